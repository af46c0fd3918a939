/*
 * Names without links. Mode e: every part must be there; f: the last may be missing; m: any.
 */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40

/* The name that `path` leads to when its last part is a link whose target is not there. */
static char *behind(const char *path) {
  char target[4097];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length < 0) return NULL;
  target[length] = '\0';
  char *copy = copy_text(path), *slash = strrchr(copy, '/');
  if (*target == '/' || slash == NULL) return copy_text(target);
  slash[1] = '\0';
  return joined(copy, target);
}

char *resolve(const char *path, int mode) {
  char *copy = copy_text(path);
  for (int links = 0; links < LINKS_MAX; links++) {
    char *whole = realpath(copy, NULL);
    if (whole != NULL || mode == 'e' || errno != ENOENT || *copy == '\0') return whole;
    size_t end = strlen(copy);
    while (end > 1 && copy[end - 1] == '/') copy[--end] = '\0';
    char *next = behind(copy);
    if (next != NULL) {
      free(copy);
      copy = next;
      continue;
    }
    char *part = last_part(copy);
    copy[end - strlen(part)] = '\0';
    char *above = *copy == '\0' ? realpath(".", NULL)
                  : mode == 'm' ? resolve(copy, mode)
                                : realpath(copy, NULL);
    if (above == NULL) return NULL;
    if (strcmp(part, ".") == 0) return above;
    if (strcmp(part, "..") != 0) return joined(above, part);
    char *slash = strrchr(above, '/');
    slash[slash == above] = '\0';
    return above;
  }
  errno = ELOOP;
  return NULL;
}

int is_directory(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int is_target(const char *path) {
  if (is_directory(path)) return 1;
  if (access(path, F_OK) == 0) errno = ENOTDIR;
  complain("target %s", quoted(path));
  return 0;
}
