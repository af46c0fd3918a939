/*
 * Directories: entries one by one, or all of them sorted.
 */
#include "internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct __directory {
  int fd;
  long at, end; /* within buffer */
  long next;    /* the position of the entry after the one that was read */
  struct dirent entry;
  char buffer[4096] __attribute__((aligned(8)));
};

DIR *fdopendir(int fd) {
  DIR *directory = malloc(sizeof *directory);
  if (directory == NULL) return NULL;
  directory->fd = fd;
  directory->at = directory->end = 0;
  directory->next = lseek(fd, 0, SEEK_CUR);
  return directory;
}

DIR *opendir(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (directory == NULL && fd >= 0) close(fd);
  return directory;
}

int dirfd(DIR *directory) {
  return directory->fd;
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
  directory->next = (long)record->d_off;
  directory->entry.d_ino = (ino_t)record->d_ino;
  directory->entry.d_type = record->d_type;
  strncpy(directory->entry.d_name, record->d_name, sizeof directory->entry.d_name - 1);
  directory->entry.d_name[sizeof directory->entry.d_name - 1] = '\0';
  return &directory->entry;
}

void seekdir(DIR *directory, long position) {
  lseek(directory->fd, position, SEEK_SET);
  directory->at = directory->end = 0;
  directory->next = position;
}

long telldir(DIR *directory) {
  return directory->next;
}

void rewinddir(DIR *directory) {
  seekdir(directory, 0);
}

int closedir(DIR *directory) {
  int result = close(directory->fd);
  free(directory);
  return result;
}

int alphasort(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int fail(struct dirent **entries, int count, DIR *directory) {
  while (count > 0) free(entries[--count]);
  free(entries);
  closedir(directory);
  errno = ENOMEM;
  return -1;
}

int scandir(const char *path, struct dirent ***entries, int (*wanted)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **)) {
  DIR *directory = opendir(path);
  struct dirent **all = NULL;
  int count = 0, room = 0;
  if (directory == NULL) return -1;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (wanted != NULL && !wanted(entry)) continue;
    if (count == room) {
      room = room == 0 ? 16 : room * 2;
      struct dirent **larger = realloc(all, (size_t)room * sizeof *all);
      if (larger == NULL) return fail(all, count, directory);
      all = larger;
    }
    all[count] = malloc(sizeof **all);
    if (all[count] == NULL) return fail(all, count, directory);
    *all[count++] = *entry;
  }
  closedir(directory);
  if (compare != NULL && count > 1) {
    qsort(all, (size_t)count, sizeof *all, (int (*)(const void *, const void *))compare);
  }
  *entries = all;
  return count;
}
