/* mount [-r] [-t TYPE] [-o OPTIONS] SOURCE DIRECTORY: mounts; without operands lists the mounts. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static unsigned long flags;
static struct buffer data; /* options that the file system itself is to understand */

static const struct {
  const char *name;
  unsigned long set, clear;
} known[] = {
    {"ro", MS_RDONLY, 0},
    {"rw", 0, MS_RDONLY},
    {"remount", MS_REMOUNT, 0},
    {"bind", MS_BIND, 0},
    {"nosuid", MS_NOSUID, 0},
    {"suid", 0, MS_NOSUID},
    {"nodev", MS_NODEV, 0},
    {"dev", 0, MS_NODEV},
    {"noexec", MS_NOEXEC, 0},
    {"exec", 0, MS_NOEXEC},
    {"sync", MS_SYNCHRONOUS, 0},
    {"async", 0, MS_SYNCHRONOUS},
    {"noatime", MS_NOATIME, 0},
    {"atime", 0, MS_NOATIME},
    {"relatime", MS_RELATIME, 0},
    {"defaults", 0, 0},
};

static void take_options(char *list) {
  for (char *rest = list, *word; (word = strsep(&rest, ",")) != NULL;) {
    unsigned i = 0, count = sizeof known / sizeof *known;
    while (i < count && strcmp(known[i].name, word) != 0) i++;
    if (i < count) {
      flags = (flags | known[i].set) & ~known[i].clear;
    } else if (*word != '\0') {
      if (data.length > 0) buffer_add_char(&data, ',');
      buffer_add(&data, word, strlen(word));
    }
  }
}

/* The next field of a line of /proc/mounts, its \040 and the like undone. */
static char *field(char **at) {
  char *start = strsep(at, " \n"), *to = start;
  if (start == NULL) return NULL;
  for (char *from = start; *from != '\0';) {
    if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
      *to++ = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
      from += 4;
    } else {
      *to++ = *from++;
    }
  }
  *to = '\0';
  return start;
}

/* Shows each mount of the type, all where it is null; or finds what is mounted at `place`. */
static char *list(const char *type, const char *place) {
  FILE *file = fopen("/proc/mounts", "r");
  char *line = NULL, *found = NULL;
  size_t size = 0;
  if (file == NULL) {
    complain("/proc/mounts");
    return NULL;
  }
  while (read_line(file, &line, &size) >= 0) {
    char *at = line;
    char *source = field(&at), *target = field(&at), *kind = field(&at), *options = field(&at);
    if (options == NULL) continue;
    if (place != NULL) {
      if (strcmp(place, target) != 0 && strcmp(place, source) != 0) continue;
      free(found);
      found = copy_text(source);
    } else if (type == NULL || strcmp(type, kind) == 0) {
      printf("%s on %s type %s (%s)\n", source, target, kind, options);
    }
  }
  free(line);
  fclose(file);
  return found;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"types", required_argument, NULL, 't'},
                                        {"options", required_argument, NULL, 'o'},
                                        {"read-only", no_argument, NULL, 'r'},
                                        {"rw", no_argument, NULL, 'w'},
                                        {"bind", no_argument, NULL, 'B'},
                                        {NULL, 0, NULL, 0}};
  const char *type = NULL;
  for (int option;
       (option = next_option(argc, argv, "t:o:rwB", longs,
                             "mount [-rw] [-t TYPE] [-o OPTIONS] SOURCE DIRECTORY\n")) != -1;) {
    if (option == 't') type = optarg;
    if (option == 'o') take_options(optarg);
    if (option == 'r') flags |= MS_RDONLY;
    if (option == 'w') flags &= ~(unsigned long)MS_RDONLY;
    if (option == 'B') flags |= MS_BIND;
  }
  int count = argc - optind;
  if (count == 0) {
    list(type, NULL);
    return finish(exit_status);
  }
  if (count > 2 || (count == 1 && !(flags & MS_REMOUNT))) wrong_usage("bad usage");
  const char *target = argv[argc - 1], *source = argv[optind];
  if (count == 1) {
    source = list(NULL, target);
    if (source == NULL) source = "none";
  }
  if (type == NULL && !(flags & (MS_BIND | MS_REMOUNT))) type = "ext2";
  if (mount(source, target, type, flags, data.length == 0 ? NULL : data.bytes) == 0) return 0;
  const char *why = strerror(errno);
  if (errno == ENOENT) why = access(target, 0) < 0 ? "mount point does not exist" : "no such source";
  if (errno == ENODEV) why = "unknown filesystem type";
  if (errno == ENOTDIR) why = "mount point is not a directory";
  if (errno == ENOTBLK) why = "the source is not a block device";
  if (errno == EPERM) why = "permission denied";
  fprintf(stderr, "mount: %s: %s%s%s.\n", target, why, errno == ENODEV ? " " : "",
          errno == ENODEV && type != NULL ? quoted(type) : "");
  return 32;
}
