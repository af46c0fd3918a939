/*
 * The environment, and the exec calls that search it. The array is copied at the first change, so
 * that strings the kernel laid out are never freed.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MAX 64

static char **owned; /* environ, once it was copied */

static char **find(const char *name, size_t length) {
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return entry;
  }
  return NULL;
}

char *getenv(const char *name) {
  size_t length = strlen(name);
  char **entry = find(name, length);
  return entry == NULL ? NULL : *entry + length + 1;
}

static int append(char *assignment) {
  size_t count = 0;
  while (environ != NULL && environ[count] != NULL) count++;
  char **larger = malloc((count + 2) * sizeof *larger);
  if (larger == NULL) return -1;
  if (count > 0) memcpy(larger, environ, count * sizeof *larger);
  larger[count] = assignment;
  larger[count + 1] = NULL;
  free(owned);
  environ = owned = larger;
  return 0;
}

int putenv(char *assignment) {
  char *equals = strchr(assignment, '=');
  if (equals == NULL) return unsetenv(assignment);
  char **entry = find(assignment, (size_t)(equals - assignment));
  if (entry == NULL) return append(assignment);
  *entry = assignment;
  return 0;
}

int setenv(const char *name, const char *value, int overwrite) {
  size_t length = strlen(name);
  if (length == 0 || strchr(name, '=') != NULL) {
    errno = EINVAL;
    return -1;
  }
  if (!overwrite && find(name, length) != NULL) return 0;
  char *assignment = malloc(length + strlen(value) + 2);
  if (assignment == NULL) return -1;
  memcpy(assignment, name, length);
  assignment[length] = '=';
  strcpy(assignment + length + 1, value);
  return putenv(assignment);
}

int unsetenv(const char *name) {
  char **entry = find(name, strlen(name));
  for (; entry != NULL && *entry != NULL; entry++) entry[0] = entry[1];
  return 0;
}

int execv(const char *path, char *const arguments[]) {
  return execve(path, arguments, environ);
}

int execvp(const char *name, char *const arguments[]) {
  char path[4096];
  if (strchr(name, '/') != NULL) return execv(name, arguments);
  const char *directories = getenv("PATH");
  if (directories == NULL) directories = "/bin";
  int error = ENOENT;
  for (;;) {
    size_t length = strcspn(directories, ":");
    if (length + strlen(name) + 2 <= sizeof path) {
      memcpy(path, directories, length);
      if (length > 0) path[length++] = '/';
      strcpy(path + length, name);
      execv(path, arguments);
      if (errno != ENOENT && errno != ENOTDIR) error = errno;
    }
    directories += strcspn(directories, ":");
    if (*directories++ == '\0') break;
  }
  errno = error;
  return -1;
}

static int collect(char **arguments, const char *first, va_list list) {
  int count = 0;
  for (const char *next = first; next != NULL; next = va_arg(list, const char *)) {
    if (count == ARGUMENTS_MAX - 1) {
      errno = E2BIG;
      return -1;
    }
    arguments[count++] = (char *)next;
  }
  arguments[count] = NULL;
  return 0;
}

int execl(const char *path, const char *first, ...) {
  char *arguments[ARGUMENTS_MAX];
  va_list list;
  va_start(list, first);
  int failed = collect(arguments, first, list);
  va_end(list);
  return failed ? -1 : execv(path, arguments);
}

int execlp(const char *name, const char *first, ...) {
  char *arguments[ARGUMENTS_MAX];
  va_list list;
  va_start(list, first);
  int failed = collect(arguments, first, list);
  va_end(list);
  return failed ? -1 : execvp(name, arguments);
}
