/*
 * Directories, pattern matching, options.
 */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct __directory {
  int fd;
  long at, end; /* within buffer */
  struct dirent entry;
  char buffer[4096] __attribute__((aligned(8)));
};

DIR *opendir(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return NULL;
  DIR *directory = malloc(sizeof *directory);
  if (directory == NULL) {
    close(fd);
    return NULL;
  }
  directory->fd = fd;
  directory->at = directory->end = 0;
  return directory;
}

struct dirent *readdir(DIR *directory) {
  if (directory->at >= directory->end) {
    directory->at = 0;
    directory->end = __result(
        __syscall(SYS_getdents64, directory->fd, directory->buffer, sizeof directory->buffer));
    if (directory->end <= 0) {
      directory->end = 0;
      return NULL;
    }
  }
  struct dirent64 *record = (struct dirent64 *)(directory->buffer + directory->at);
  directory->at += record->d_reclen;
  directory->entry.d_ino = (ino_t)record->d_ino;
  directory->entry.d_type = record->d_type;
  strncpy(directory->entry.d_name, record->d_name, sizeof directory->entry.d_name - 1);
  directory->entry.d_name[sizeof directory->entry.d_name - 1] = '\0';
  return &directory->entry;
}

void rewinddir(DIR *directory) {
  lseek(directory->fd, 0, SEEK_SET);
  directory->at = directory->end = 0;
}

int closedir(DIR *directory) {
  int result = close(directory->fd);
  free(directory);
  return result;
}

/* --- fnmatch */

/* Matches one bracket expression against c; gives what follows it, or null when it has no end. */
static const char *bracket(const char *pattern, int c, int *is_match) {
  int is_negated = *pattern == '!' || *pattern == '^';
  const char *at = pattern + is_negated;
  *is_match = is_negated;
  for (int is_first = 1; *at != '\0' && (*at != ']' || is_first); is_first = 0) {
    unsigned char low = (unsigned char)*at++;
    unsigned char high = low;
    if (*at == '-' && at[1] != ']' && at[1] != '\0') {
      high = (unsigned char)at[1];
      at += 2;
    }
    if (c >= low && c <= high) *is_match = !is_negated;
  }
  return *at == ']' ? at + 1 : NULL;
}

/* One star is enough to come back to: a later star makes the earlier one's choice final. */
int fnmatch(const char *pattern, const char *text, int flags) {
  const char *star = NULL, *star_text = NULL;
  const char *start = text;
  for (;;) {
    int c = (unsigned char)*text;
    int is_hidden = c == '.' && text == start && flags & FNM_PERIOD;
    int is_match = 0;
    const char *next = pattern + 1;
    if (*pattern == '*' && !is_hidden) {
      star = next;
      star_text = text;
      pattern = next;
      continue;
    }
    if (*pattern == '\0' && c == '\0') return 0;
    if (c == '\0') return FNM_NOMATCH;
    if (*pattern == '?') {
      is_match = !is_hidden && !(c == '/' && flags & FNM_PATHNAME);
    } else if (*pattern == '[') {
      const char *end = bracket(next, c, &is_match);
      if (end == NULL) is_match = c == '[';
      else next = end;
      if (is_hidden || (c == '/' && flags & FNM_PATHNAME)) is_match = 0;
    } else if (*pattern == '\\' && !(flags & FNM_NOESCAPE) && *next != '\0') {
      is_match = *next++ == (char)c;
    } else {
      is_match = *pattern != '\0' && *pattern == (char)c;
    }
    if (is_match) {
      pattern = next;
      text++;
    } else if (star != NULL && !(*star_text == '/' && flags & FNM_PATHNAME)) {
      pattern = star;
      text = ++star_text;
    } else {
      return FNM_NOMATCH;
    }
  }
}

/* --- getopt */

char *optarg;
int optind = 1;
int opterr = 1;
int optopt;

int getopt(int argc, char *const argv[], const char *options) {
  static int at; /* within argv[optind]; 0: at its start */
  if (at == 0) {
    if (optind >= argc || argv[optind][0] != '-' || argv[optind][1] == '\0') return -1;
    if (strcmp(argv[optind], "--") == 0) {
      optind++;
      return -1;
    }
    at = 1;
  }
  int option = (unsigned char)argv[optind][at++];
  const char *row = option == ':' ? NULL : strchr(options, option);
  char *rest = argv[optind] + at;
  int is_last = *rest == '\0';
  optopt = option;
  if (row != NULL && row[1] == ':') {
    at = 0;
    optind++;
    optarg = is_last ? argv[optind] : rest;
    if (!is_last) return option;
    if (optind < argc) {
      optind++;
      return option;
    }
    if (opterr) fprintf(stderr, "%s: option -%c needs an argument\n", argv[0], option);
    return *options == ':' ? ':' : '?';
  }
  if (is_last) {
    at = 0;
    optind++;
  }
  if (row != NULL) return option;
  if (opterr) fprintf(stderr, "%s: unknown option -%c\n", argv[0], option);
  return '?';
}
