/*
 * Users and groups, from the lines of /etc/passwd and /etc/group. An answer lasts until the next.
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMBERS_MAX 64

/* Cuts a line at its colons; gives the number of fields. */
static int fields(char *line, char **to, int max) {
  int count = 0;
  char *end = strchr(line, '\n');
  if (end != NULL) *end = '\0';
  for (char *at = line; count < max; count++) {
    to[count] = at;
    at = strchr(at, ':');
    if (at == NULL) return count + 1;
    *at++ = '\0';
  }
  return count;
}

/* The first line of `path` with the name, or with the number where the name is null. */
static char **find(const char *path, const char *name, unsigned number, int count) {
  static char line[1024];
  static char *parts[7];
  FILE *file = fopen(path, "re");
  int is_found = 0;
  while (file != NULL && !is_found && fgets(line, sizeof line, file) != NULL) {
    if (fields(line, parts, count) < count) continue;
    is_found = name != NULL ? strcmp(parts[0], name) == 0
                            : strtoul(parts[2], NULL, 10) == number;
  }
  if (file != NULL) fclose(file);
  return is_found ? parts : NULL;
}

static struct passwd *user(char **parts) {
  static struct passwd found;
  if (parts == NULL) return NULL;
  found.pw_name = parts[0];
  found.pw_passwd = parts[1];
  found.pw_uid = (uid_t)strtoul(parts[2], NULL, 10);
  found.pw_gid = (gid_t)strtoul(parts[3], NULL, 10);
  found.pw_gecos = parts[4];
  found.pw_dir = parts[5];
  found.pw_shell = parts[6];
  return &found;
}

struct passwd *getpwuid(uid_t number) {
  return user(find("/etc/passwd", NULL, number, 7));
}

struct passwd *getpwnam(const char *name) {
  return user(find("/etc/passwd", name, 0, 7));
}

static struct group *group(char **parts) {
  static struct group found;
  static char *members[MEMBERS_MAX + 1];
  if (parts == NULL) return NULL;
  int count = 0;
  char *rest = parts[3];
  for (char *name; count < MEMBERS_MAX && (name = strsep(&rest, ",")) != NULL;) {
    if (*name != '\0') members[count++] = name;
  }
  members[count] = NULL;
  found.gr_name = parts[0];
  found.gr_passwd = parts[1];
  found.gr_gid = (gid_t)strtoul(parts[2], NULL, 10);
  found.gr_mem = members;
  return &found;
}

struct group *getgrgid(gid_t number) {
  return group(find("/etc/group", NULL, number, 4));
}

struct group *getgrnam(const char *name) {
  return group(find("/etc/group", name, 0, 4));
}
