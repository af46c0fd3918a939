/*
 * Users and groups by name and number. The last answer is kept: a listing asks the same again.
 */
#include "command.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

struct name {
  unsigned number;
  int is_known;
  char text[64];
};

static const char *remember(struct name *name, unsigned number, const char *found) {
  name->number = number;
  name->is_known = 1;
  if (found == NULL) snprintf(name->text, sizeof name->text, "%u", number);
  else snprintf(name->text, sizeof name->text, "%s", found);
  return name->text;
}

const char *user_name(uid_t user) {
  static struct name last;
  if (last.is_known && last.number == user) return last.text;
  struct passwd *found = getpwuid(user);
  return remember(&last, user, found == NULL ? NULL : found->pw_name);
}

const char *group_name(gid_t group) {
  static struct name last;
  if (last.is_known && last.number == group) return last.text;
  struct group *found = getgrgid(group);
  return remember(&last, group, found == NULL ? NULL : found->gr_name);
}

static int number(const char *text, unsigned *value) {
  long long parsed;
  if (*text == '+') text++;
  if (*text < '0' || *text > '9' || !parse_number(text, &parsed)) return 0;
  *value = (unsigned)parsed;
  return parsed < 0xffffffffll;
}

int parse_user(const char *text, uid_t *user) {
  struct passwd *found = getpwnam(text);
  if (found == NULL) return number(text, user);
  *user = found->pw_uid;
  return 1;
}

int parse_group(const char *text, gid_t *group) {
  struct group *found = getgrnam(text);
  if (found == NULL) return number(text, group);
  *group = found->gr_gid;
  return 1;
}
