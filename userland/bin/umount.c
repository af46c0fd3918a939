/* umount [-fl] [-a] DIRECTORY ..: takes file systems out of the tree. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* The mount points in the order they were mounted; those of `source` only, where it is given. */
static int mounts(const char *source, char ***targets) {
  FILE *file = fopen("/proc/mounts", "r");
  char *line = NULL;
  size_t size = 0;
  int count = 0;
  *targets = NULL;
  while (file != NULL && read_line(file, &line, &size) >= 0) {
    char *at = line, *from = strsep(&at, " "), *target = strsep(&at, " ");
    if (target == NULL || (source != NULL && strcmp(from, source) != 0)) continue;
    *targets = must_have(*targets, (size_t)(count + 1) * sizeof **targets);
    (*targets)[count++] = copy_text(target);
  }
  free(line);
  if (file != NULL) fclose(file);
  return count;
}

static void unmount(const char *name, int flags) {
  const char *target = name;
  struct stat status;
  if (stat(name, &status) == 0 && S_ISBLK(status.st_mode)) {
    char **targets;
    int count = mounts(name, &targets);
    if (count > 0) target = targets[count - 1];
  }
  if (umount2(target, flags) == 0) return;
  const char *why = errno == EINVAL   ? "not mounted"
                    : errno == ENOENT ? "no mount point specified"
                    : errno == EBUSY  ? "target is busy"
                    : errno == EPERM  ? "must be superuser to unmount"
                                      : strerror(errno);
  fprintf(stderr, "umount: %s: %s.\n", name, why);
  exit_status = 32;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"all", no_argument, NULL, 'a'},
                                        {"force", no_argument, NULL, 'f'},
                                        {"lazy", no_argument, NULL, 'l'},
                                        {NULL, 0, NULL, 0}};
  int flags = 0, takes_all = 0;
  for (int option; (option = next_option(argc, argv, "afl", longs,
                                         "umount [-fl] DIRECTORY .. | umount -a\n")) != -1;) {
    if (option == 'a') takes_all = 1;
    if (option == 'f') flags |= MNT_FORCE;
    if (option == 'l') flags |= MNT_DETACH;
  }
  if (optind == argc && !takes_all) wrong_usage("bad usage");
  if (takes_all) {
    char **targets;
    for (int i = mounts(NULL, &targets) - 1; i >= 0; i--) {
      if (strcmp(targets[i], "/") != 0 && strcmp(targets[i], "/proc") != 0) {
        unmount(targets[i], flags);
      }
    }
  }
  for (int i = optind; i < argc; i++) unmount(argv[i], flags);
  return finish(exit_status);
}
