/*
 * Files with names nobody else has; and names without links: mkstemp, mkdtemp, tmpfile, realpath;
 * pipes to commands.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TRIES 1000
#define LINKS_MAX 40

/* Fills the six X at the template's end anew; false when they are not there. */
static int fill(char *path) {
  static const char digits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  static unsigned long long state;
  size_t length = strlen(path);
  struct timespec now = {0, 0};
  if (length < 6) return 0;
  if (state == 0) {
    clock_gettime(CLOCK_REALTIME, &now);
    state = (unsigned long long)now.tv_sec * 1000000007u + (unsigned long)now.tv_nsec;
    state ^= (unsigned long long)getpid() << 40;
  }
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  unsigned long long rest = state >> 16;
  for (size_t i = length - 6; i < length; i++, rest /= 62) path[i] = digits[rest % 62];
  return 1;
}

/* Tries names until one was free. */
static int make(char *path, int is_directory) {
  size_t length = strlen(path);
  if (length < 6 || strcmp(path + length - 6, "XXXXXX") != 0) {
    errno = EINVAL;
    return -1;
  }
  for (int i = 0; i < TRIES && fill(path); i++) {
    int made = is_directory ? mkdir(path, 0700) : open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (made >= 0 || errno != EEXIST) return made;
  }
  return -1;
}

int mkstemp(char *path) {
  return make(path, 0);
}

char *mkdtemp(char *path) {
  return make(path, 1) < 0 ? NULL : path;
}

char *tmpnam(char *to) {
  static char own[L_tmpnam];
  char *path = to == NULL ? own : to;
  strcpy(path, "/tmp/fileXXXXXX");
  for (int i = 0; i < TRIES && fill(path); i++) {
    if (access(path, F_OK) < 0 && errno == ENOENT) return path;
  }
  return NULL;
}

FILE *tmpfile(void) {
  char path[] = "/tmp/tmpXXXXXX";
  int fd = mkstemp(path);
  if (fd < 0) return NULL;
  unlink(path);
  FILE *file = fdopen(fd, "w+");
  if (file == NULL) close(fd);
  return file;
}

/* --- realpath */

/* Puts `part` before what is left to be walked; false when that is too long. */
static int push(char *rest, const char *part, size_t length) {
  size_t old = strlen(rest); /* nothing, or a slash and more */
  if (length + old + 1 > PATH_MAX) return 0;
  memmove(rest + length, rest, old + 1);
  memcpy(rest, part, length);
  return 1;
}

static char *fail(char *allocated, int error) {
  free(allocated);
  errno = error;
  return NULL;
}

char *realpath(const char *restrict path, char *restrict to) {
  char rest[PATH_MAX + 1], target[PATH_MAX];
  char *own = to == NULL ? malloc(PATH_MAX) : NULL;
  char *result = to == NULL ? own : to;
  int links = 0;
  if (result == NULL) return NULL;
  if (*path == '\0') return fail(own, ENOENT);
  if (strlen(path) >= PATH_MAX) return fail(own, ENAMETOOLONG);
  strcpy(rest, path);
  if (*path == '/') strcpy(result, "/");
  else if (getcwd(result, PATH_MAX) == NULL) return fail(own, errno);
  for (char *part = rest; *part != '\0';) {
    size_t slashes = strspn(part, "/");
    size_t length = strcspn(part + slashes, "/");
    int is_directory = part[slashes + length] == '/';
    char name[PATH_MAX];
    memcpy(name, part + slashes, length);
    name[length] = '\0';
    memmove(rest, part + slashes + length, strlen(part + slashes + length) + 1);
    part = rest;
    if (length == 0 || strcmp(name, ".") == 0) continue;
    size_t end = strlen(result);
    if (strcmp(name, "..") == 0) {
      char *slash = strrchr(result, '/');
      *(slash == result ? slash + 1 : slash) = '\0';
      continue;
    }
    if (end + length + 2 > PATH_MAX) return fail(own, ENAMETOOLONG);
    if (end > 1) result[end++] = '/';
    strcpy(result + end, name);
    struct stat status;
    if (lstat(result, &status) < 0) return fail(own, errno);
    if (S_ISLNK(status.st_mode)) {
      ssize_t size = readlink(result, target, sizeof target);
      if (size < 0) return fail(own, errno);
      if (++links > LINKS_MAX) return fail(own, ELOOP);
      if (!push(rest, target, (size_t)size)) return fail(own, ENAMETOOLONG);
      result[*target == '/' ? 1 : end > 1 ? end - 1 : 1] = '\0';
    } else if (is_directory && !S_ISDIR(status.st_mode)) {
      return fail(own, ENOTDIR);
    }
  }
  return result;
}

/* --- popen */

struct command {
  FILE *file;
  pid_t process;
  struct command *next;
};

static struct command *commands;

FILE *popen(const char *text, const char *mode) {
  int is_reading = *mode == 'r', ends[2];
  struct command *command = malloc(sizeof *command);
  if (command == NULL || pipe(ends) < 0) {
    free(command);
    return NULL;
  }
  command->process = fork();
  if (command->process == 0) {
    dup2(ends[is_reading], is_reading);
    close(ends[0]);
    close(ends[1]);
    execl("/bin/sh", "sh", "-c", text, (char *)NULL);
    _exit(127);
  }
  close(ends[is_reading]);
  fcntl(ends[!is_reading], F_SETFD, FD_CLOEXEC);
  command->file = command->process < 0 ? NULL : fdopen(ends[!is_reading], mode);
  if (command->file == NULL) {
    close(ends[!is_reading]);
    free(command);
    return NULL;
  }
  command->next = commands;
  commands = command;
  return command->file;
}

int pclose(FILE *file) {
  struct command **at = &commands;
  while (*at != NULL && (*at)->file != file) at = &(*at)->next;
  struct command *command = *at;
  if (command == NULL) {
    errno = EINVAL;
    return -1;
  }
  *at = command->next;
  int status;
  pid_t process = command->process;
  fclose(file);
  free(command);
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}
