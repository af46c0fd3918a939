/* touch [-acmh] [-r FILE | -t STAMP | -d DATE] FILE ..: sets files' times, making files anew. */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int two(const char **at) {
  if (!isdigit((unsigned char)(*at)[0]) || !isdigit((unsigned char)(*at)[1])) return -1;
  int value = ((*at)[0] - '0') * 10 + (*at)[1] - '0';
  *at += 2;
  return value;
}

/* [[CC]YY]MMDDhhmm[.ss] */
static int parse_stamp(const char *text, struct timespec *when) {
  time_t now = time(NULL);
  struct tm parts = *gmtime(&now), given;
  size_t digits = strspn(text, "0123456789");
  const char *at = text;
  if (digits != 8 && digits != 10 && digits != 12) return 0;
  if (digits == 12) {
    int century = two(&at);
    parts.tm_year = century * 100 + two(&at) - 1900;
  } else if (digits == 10) {
    int year = two(&at);
    parts.tm_year = year < 69 ? year + 100 : year;
  }
  parts.tm_mon = two(&at) - 1;
  parts.tm_mday = two(&at);
  parts.tm_hour = two(&at);
  parts.tm_min = two(&at);
  parts.tm_sec = 0;
  if (*at == '.') {
    at++;
    parts.tm_sec = two(&at);
  }
  if (*at != '\0' || parts.tm_sec < 0 || parts.tm_sec > 60) return 0;
  given = parts;
  when->tv_sec = mktime(&parts);
  when->tv_nsec = 0;
  return given.tm_mon == parts.tm_mon && given.tm_mday == parts.tm_mday &&
         given.tm_hour == parts.tm_hour && given.tm_min == parts.tm_min;
}

static void touch(const char *path, const struct timespec times[2], int makes, int flags) {
  if (strcmp(path, "-") == 0) {
    if (futimens(1, times) < 0) complain("setting times of %s", quoted(path));
    return;
  }
  int fd = -1, error = 0;
  if (makes) {
    fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, 0666);
    error = fd < 0 && errno != EISDIR && errno != EINVAL && errno != EPERM ? errno : 0;
    if (fd >= 0) close(fd);
  }
  if (utimensat(AT_FDCWD, path, times, flags) == 0) return;
  if (!makes && errno == ENOENT) return;
  if (error != 0 && !is_directory(path)) {
    errno = error;
    complain("cannot touch %s", quoted(path));
  } else {
    complain("setting times of %s", quoted(path));
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"no-create", no_argument, NULL, 'c'},
                                        {"date", required_argument, NULL, 'd'},
                                        {"reference", required_argument, NULL, 'r'},
                                        {"no-dereference", no_argument, NULL, 'h'},
                                        {"time", required_argument, NULL, 1},
                                        {NULL, 0, NULL, 0}};
  struct timespec times[2] = {{0, UTIME_NOW}, {0, UTIME_NOW}};
  struct stat status;
  const char *reference = NULL, *date = NULL;
  int makes = 1, sets_access = 0, sets_modified = 0, flags = 0, has_stamp = 0;
  for (int option; (option = next_option(argc, argv, "acd:fhmr:t:", longs,
                                         "touch [-acmh] [-r FILE | -t STAMP | -d DATE] FILE ..\n")) !=
                   -1;) {
    if (option == 'a') sets_access = 1;
    if (option == 'm') sets_modified = 1;
    if (option == 'c') makes = 0;
    if (option == 'h') flags = AT_SYMLINK_NOFOLLOW, makes = 0;
    if (option == 'd') date = optarg;
    if (option == 'r') reference = optarg;
    if (option == 1) {
      if (*optarg == 'a' || *optarg == 'u') sets_access = 1;
      else if (*optarg == 'm') sets_modified = 1;
      else wrong_usage("invalid argument %s for '--time'", quoted(optarg));
    }
    if (option == 't') {
      if (!parse_stamp(optarg, &times[0])) give_up("invalid date format %s", quoted(optarg));
      times[1] = times[0];
      has_stamp = 1;
    }
  }
  if (has_stamp && (reference != NULL || date != NULL)) {
    wrong_usage("cannot specify times from more than one source");
  }
  if (reference != NULL) {
    if (stat(reference, &status) < 0) {
      complain("failed to get attributes of %s", quoted(reference));
      return 1;
    }
    times[0] = (struct timespec){(long)status.st_atime, (long)status.st_atime_nsec};
    times[1] = (struct timespec){(long)status.st_mtime, (long)status.st_mtime_nsec};
  }
  if (date != NULL) {
    time_t base = reference == NULL ? time(NULL) : times[1].tv_sec;
    if (!parse_date(date, base, &times[0])) give_up("invalid date format %s", quoted(date));
    times[1] = times[0];
  }
  if (sets_access && !sets_modified) times[1].tv_nsec = UTIME_OMIT;
  if (sets_modified && !sets_access) times[0].tv_nsec = UTIME_OMIT;
  if (optind == argc) wrong_usage("missing file operand");
  for (int i = optind; i < argc; i++) touch(argv[i], times, makes, flags);
  return finish(exit_status);
}
