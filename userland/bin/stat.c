/* stat [-L] [-c FORMAT | --printf=FORMAT | -t] FILE ..: what is known of a file. */
#include "command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

static int follows, has_escapes;

static void full_time(char *to, unsigned long seconds, unsigned long nanoseconds) {
  time_t when = (time_t)seconds;
  size_t length = strftime(to, 40, "%Y-%m-%d %H:%M:%S", gmtime(&when));
  sprintf(to + length, ".%09lu +0000", nanoseconds);
}

static void name_with_target(char *to, size_t size, const char *path, const struct stat *status) {
  char target[1024];
  ssize_t length = S_ISLNK(status->st_mode) ? readlink(path, target, sizeof target - 1) : -1;
  snprintf(to, size, "%s", quoted(path));
  if (length < 0) return;
  target[length] = '\0';
  snprintf(to, size, "%s -> %s", quoted(path), quoted(target));
}

/* What a letter stands for; null if it is none. *type becomes the conversion: s, u, o or x. */
static const char *value_of(char letter, const char *path, const struct stat *status, char *type,
                            unsigned long long *number) {
  static char text[4200];
  *type = 's';
  *text = '\0';
  switch (letter) {
    case 'n':
      snprintf(text, sizeof text, "%s", path);
      return text;
    case 'N':
      name_with_target(text, sizeof text, path, status);
      return text;
    case 'A':
      mode_text(status->st_mode, text);
      return text;
    case 'F':
      return file_kind(status);
    case 'U':
      return user_name(status->st_uid);
    case 'G':
      return group_name(status->st_gid);
    case 'x':
      full_time(text, status->st_atime, status->st_atime_nsec);
      return text;
    case 'y':
      full_time(text, status->st_mtime, status->st_mtime_nsec);
      return text;
    case 'z':
      full_time(text, status->st_ctime, status->st_ctime_nsec);
      return text;
    case 'w':
      return "-";
  }
  static const char letters[] = "asbBdfhiotTugXYZWD";
  if (letter == '\0' || strchr(letters, letter) == NULL) return NULL;
  const unsigned long long values[] = {
      status->st_mode & 07777, (unsigned long long)status->st_size, status->st_blocks, 512,
      status->st_dev, status->st_mode, status->st_nlink, status->st_ino, status->st_blksize,
      major(status->st_rdev), minor(status->st_rdev), status->st_uid, status->st_gid,
      status->st_atime, status->st_mtime, status->st_ctime, 0, status->st_dev};
  *number = values[strchr(letters, letter) - letters];
  *type = letter == 'a' ? 'o' : strchr("ftTD", letter) != NULL ? 'x' : 'u';
  return text;
}

static void show(const char *format, const char *path, const struct stat *status) {
  for (const char *at = format; *at != '\0';) {
    if (*at == '\\' && has_escapes) {
      at = put_escape(at + 1);
      continue;
    }
    if (*at != '%' || at[1] == '\0') {
      putchar(*at++);
      continue;
    }
    size_t length = 1 + strspn(at + 1, "-+ #0'123456789.");
    char directive[40], type;
    unsigned long long number = 0;
    const char *text = value_of(at[length], path, status, &type, &number);
    if (text == NULL || length > 30) {
      if (at[length] == '%') putchar('%');
      else printf("?");
      at += length + (at[length] != '\0');
      continue;
    }
    memcpy(directive, at, length);
    if (type == 's') {
      strcpy(directive + length, "s");
      printf(directive, text);
    } else {
      sprintf(directive + length, "ll%c", type);
      printf(directive, number);
    }
    at += length + 1;
  }
}

static const char full[] = "  File: %N\n"
                           "  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n"
                           "Device: %d\tInode: %-11i Links: %h\n"
                           "Access: (%04a/%10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\n"
                           "Access: %x\nModify: %y\nChange: %z\n Birth: %w\n";

int main(int argc, char **argv) {
  static const struct option longs[] = {{"format", required_argument, NULL, 'c'},
                                        {"dereference", no_argument, NULL, 'L'},
                                        {"terse", no_argument, NULL, 't'},
                                        {"printf", required_argument, NULL, 1},
                                        {NULL, 0, NULL, 0}};
  const char *format = full, *end = "";
  for (int option; (option = next_option(argc, argv, "c:Lt", longs,
                                         "stat [-L] [-c FORMAT | -t] FILE ..\n")) != -1;) {
    if (option == 'L') follows = 1;
    if (option == 'c') format = optarg, end = "\n", has_escapes = 0;
    if (option == 1) format = optarg, end = "", has_escapes = 1;
    if (option == 't') format = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o", end = "\n";
  }
  if (optind == argc) wrong_usage("missing operand");
  for (int i = optind; i < argc; i++) {
    struct stat status;
    if ((follows ? stat(argv[i], &status) : lstat(argv[i], &status)) < 0) {
      complain("cannot statx %s", quoted(argv[i]));
      continue;
    }
    show(format, argv[i], &status);
    fputs(end, stdout);
  }
  return finish(exit_status);
}
