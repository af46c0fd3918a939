/*
 * fnmatch: one star is enough to come back to, since a later star makes the earlier one's choice
 * final; with FNM_PATHNAME a star ends at a slash.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

/* Matches one bracket expression against c; gives what follows it, or null when it has no end. */
static const char *bracket(const char *pattern, int c, int flags, int *is_match) {
  int is_negated = *pattern == '!' || *pattern == '^', is_found = 0;
  int other = !(flags & FNM_CASEFOLD) ? c : islower(c) ? toupper(c) : tolower(c);
  const char *at = pattern + is_negated;
  for (int is_first = 1; *at != '\0' && (*at != ']' || is_first); is_first = 0) {
    if (at[0] == '[' && at[1] == ':') {
      const char *end = strstr(at + 2, ":]");
      if (end != NULL) {
        int (*test)(int) = __class_test(at + 2, (size_t)(end - at - 2));
        is_found |= test != NULL && test(c) != 0;
        at = end + 2;
        continue;
      }
    }
    if (*at == '\\' && at[1] != '\0' && !(flags & FNM_NOESCAPE)) at++;
    int low = (unsigned char)*at++, high = low;
    if (*at == '-' && at[1] != ']' && at[1] != '\0') {
      at++;
      if (*at == '\\' && at[1] != '\0' && !(flags & FNM_NOESCAPE)) at++;
      high = (unsigned char)*at++;
    }
    is_found |= (c >= low && c <= high) || (other >= low && other <= high);
  }
  *is_match = is_found != is_negated;
  return *at == ']' ? at + 1 : NULL;
}

static int is_same(int a, int b, int flags) {
  return a == b || (flags & FNM_CASEFOLD && tolower(a) == tolower(b));
}

/* One pattern element against one character; *next is what follows it. */
static int matches_one(const char *pattern, const char **next, int c, int flags) {
  int is_match = 0;
  *next = pattern + 1;
  switch (*pattern) {
    case '\0':
      return 0;
    case '?':
      return c != '/' || !(flags & FNM_PATHNAME);
    case '[': {
      const char *end = bracket(pattern + 1, c, flags, &is_match);
      if (end == NULL) return c == '[';
      *next = end;
      return is_match && !(c == '/' && flags & FNM_PATHNAME);
    }
    case '\\':
      if (!(flags & FNM_NOESCAPE) && pattern[1] != '\0') {
        *next = pattern + 2;
        return is_same((unsigned char)pattern[1], c, flags);
      }
  }
  return is_same((unsigned char)*pattern, c, flags);
}

int fnmatch(const char *pattern, const char *text, int flags) {
  const char *star = NULL, *star_text = NULL;
  const char *start = text;
  for (;;) {
    int c = (unsigned char)*text;
    int is_first = text == start || (flags & FNM_PATHNAME && text[-1] == '/');
    int is_hidden = c == '.' && is_first && flags & FNM_PERIOD;
    const char *next;
    if (*pattern == '*' && !is_hidden) {
      star = ++pattern;
      star_text = text;
      continue;
    }
    if (*pattern == '\0' && c == '\0') return 0;
    int is_special = *pattern == '?' || *pattern == '[';
    if (c != '\0' && !(is_hidden && is_special) && matches_one(pattern, &next, c, flags)) {
      pattern = next;
      text++;
    } else if (star != NULL && *star_text != '\0' &&
               !(*star_text == '/' && flags & FNM_PATHNAME)) {
      pattern = star;
      text = ++star_text;
    } else {
      return FNM_NOMATCH;
    }
  }
}
