/*
 * Word expansion (POSIX XCU 2.6): tilde, parameters, commands, arithmetic, then field splitting,
 * pathnames, quote removal. While a field is built, a character that was quoted has a backslash
 * before it, so that globbing knows it; the backslashes go at the end.
 */
#include "sh.h"

#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NESTING_MAX 100

struct expansion {
  struct text field;
  int has_field;      /* the field exists, though it may be empty: it had quotes */
  struct list *fields; /* null: no splitting */
};

static int nesting;

static void expand(struct expansion *expansion, const char *word, int is_quoted);

static void add(struct expansion *expansion, char c, int is_quoted) {
  if (is_quoted) text_add(&expansion->field, '\\');
  text_add(&expansion->field, c);
  expansion->has_field = 1;
}

static char *unescaped(const char *text) {
  struct text plain = {0};
  text_add_all(&plain, "");
  for (; *text != '\0'; text++) {
    if (*text == '\\' && text[1] != '\0') text++;
    text_add(&plain, *text);
  }
  return plain.length == 0 ? arena_text("", 0) : plain.bytes;
}

/* --- pathnames */

static int has_glob(const char *text) {
  for (; *text != '\0'; text++) {
    if (*text == '\\' && text[1] != '\0') text++;
    else if (strchr("*?[", *text) != NULL) return 1;
  }
  return 0;
}

static void glob_from(const char *directory, const char *pattern, struct list *found) {
  const char *slash = strchr(pattern, '/');
  size_t length = slash == NULL ? strlen(pattern) : (size_t)(slash - pattern);
  char *part = arena_text(pattern, length);
  const char *rest = slash == NULL ? NULL : slash + strspn(slash, "/");
  struct text path = {0};
  if (!has_glob(part)) {
    text_add_all(&path, directory);
    text_add_all(&path, unescaped(part));
    struct stat status;
    if (rest == NULL) {
      if (lstat(path.bytes, &status) == 0) list_add(found, path.bytes);
      return;
    }
    text_add(&path, '/');
    glob_from(path.bytes, rest, found);
    return;
  }
  DIR *open = opendir(*directory == '\0' ? "." : directory);
  if (open == NULL) return;
  for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
    if (fnmatch(part, entry->d_name, FNM_PERIOD) != 0) continue;
    path = (struct text){0};
    text_add_all(&path, directory);
    text_add_all(&path, entry->d_name);
    if (rest == NULL) {
      list_add(found, path.bytes);
    } else {
      text_add(&path, '/');
      glob_from(path.bytes, rest, found);
    }
  }
  closedir(open);
}

static int by_name(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void glob_field(const char *field, struct list *fields) {
  struct list found = {0};
  if (has_glob(field)) {
    if (*field == '/') glob_from("/", field + strspn(field, "/"), &found);
    else glob_from("", field, &found);
  }
  if (found.count == 0) {
    list_add(fields, unescaped(field));
    return;
  }
  qsort(found.items, (size_t)found.count, sizeof *found.items, by_name);
  for (int i = 0; i < found.count; i++) list_add(fields, found.items[i]);
}

/* --- fields */

static void end_field(struct expansion *expansion) {
  if (!expansion->has_field) return;
  glob_field(expansion->field.length == 0 ? "" : expansion->field.bytes, expansion->fields);
  expansion->field = (struct text){0};
  expansion->has_field = 0;
}

/* Adds the value of an expansion: quoted as it is, else split at the characters of IFS. */
static void add_value(struct expansion *expansion, const char *value, int is_quoted) {
  const char *separators = get_variable("IFS");
  if (separators == NULL) separators = " \t\n";
  for (; *value != '\0'; value++) {
    if (!is_quoted && expansion->fields != NULL && strchr(separators, *value) != NULL) {
      if (!isspace((unsigned char)*value)) expansion->has_field = 1;
      end_field(expansion);
    } else {
      add(expansion, *value, is_quoted || *value == '\\');
    }
  }
}

static void add_positional(struct expansion *expansion, int is_star, int is_quoted) {
  if (is_quoted && is_star) {
    const char *separators = get_variable("IFS");
    char between = separators == NULL ? ' ' : *separators;
    for (int i = 0; i < positional_count; i++) {
      if (i > 0 && between != '\0') add(expansion, between, 1);
      add_value(expansion, positional[i], 1);
    }
    return;
  }
  for (int i = 0; i < positional_count; i++) {
    if (i > 0) {
      if (expansion->fields != NULL) end_field(expansion);
      else add(expansion, ' ', is_quoted);
    }
    if (is_quoted) expansion->has_field = 1;
    add_value(expansion, positional[i], is_quoted);
  }
}

/* --- parameters */

static const char *number_text(long value) {
  char text[16];
  return arena_text(text, (size_t)snprintf(text, sizeof text, "%ld", value));
}

/* The value of a parameter by its name of `length` characters; null when it is not set. */
static const char *parameter(const char *name, size_t length) {
  if (isdigit((unsigned char)*name)) {
    int index = atoi(name);
    if (index == 0) return shell_name;
    return index <= positional_count ? positional[index - 1] : NULL;
  }
  if (length == 1) {
    switch (*name) {
      case '?':
        return number_text(last_status);
      case '$':
        return number_text(shell_pid);
      case '!':
        return last_background == 0 ? NULL : number_text(last_background);
      case '#':
        return number_text(positional_count);
      case '-':
        return is_interactive ? "i" : "";
    }
  }
  return get_variable(arena_text(name, length));
}

static size_t name_length(const char *text) {
  if (*text != '\0' && strchr("?$!#-@*", *text) != NULL) return 1;
  if (isdigit((unsigned char)*text)) {
    size_t length = 1;
    while (isdigit((unsigned char)text[length])) length++;
    return length;
  }
  size_t length = 0;
  while (isalnum((unsigned char)text[length]) || text[length] == '_') length++;
  return length;
}

/* ${x#pattern} and its kin: the value without the part that matches. */
static const char *trimmed(const char *value, const char *pattern, char side, int is_longest) {
  size_t length = strlen(value);
  for (size_t i = 0; i <= length; i++) {
    size_t cut = is_longest == (side == '#') ? length - i : i;
    if (side == '#') {
      if (fnmatch(pattern, arena_text(value, cut), 0) == 0) return value + cut;
    } else if (fnmatch(pattern, value + cut, 0) == 0) {
      return arena_text(value, cut);
    }
  }
  return value;
}

static void substitute(struct expansion *expansion, const char *name, size_t length,
                       const char *modifier, int is_quoted) {
  const char *value = parameter(name, length);
  int has_colon = *modifier == ':';
  const char *word = modifier + has_colon + 1;
  int is_missing = value == NULL || (has_colon && *value == '\0');
  char operator = modifier[has_colon];
  if (operator == '#' || operator == '%') {
    int is_longest = *word == operator;
    value = trimmed(value == NULL ? "" : value, expand_pattern(word + is_longest), operator,
                    is_longest);
    add_value(expansion, value, is_quoted);
    return;
  }
  if (operator == '+') {
    if (!is_missing) expand(expansion, word, is_quoted);
    return;
  }
  if (!is_missing) {
    add_value(expansion, value, is_quoted);
  } else if (operator == '-') {
    expand(expansion, word, is_quoted);
  } else if (operator == '=') {
    value = expand_text(word);
    set_variable(arena_text(name, length), value);
    add_value(expansion, value, is_quoted);
  } else {
    dprintf(2, "sh: %s: %s\n", arena_text(name, length),
            *word == '\0' ? "parameter not set" : expand_text(word));
    last_status = 1;
    if (!is_interactive) shell_exit(1);
    leaving = LEAVE_INTERRUPT;
  }
}

/* `text` is what stands between the braces. */
static void braces(struct expansion *expansion, const char *text, int is_quoted) {
  size_t length = name_length(text);
  if (*text == '#' && text[1] != '\0') {
    const char *value = parameter(text + 1, name_length(text + 1));
    add_value(expansion, number_text(value == NULL ? 0 : (long)strlen(value)), is_quoted);
  } else if (length == 1 && (*text == '@' || *text == '*')) {
    add_positional(expansion, *text == '*', is_quoted);
  } else if (length > 0 && text[length] == '\0') {
    const char *value = parameter(text, length);
    if (value != NULL) add_value(expansion, value, is_quoted);
  } else if (length > 0 && strchr("-=?+#%:", text[length]) != NULL &&
             (text[length] != ':' ||
              (text[length + 1] != '\0' && strchr("-=?+", text[length + 1]) != NULL))) {
    substitute(expansion, text, length, text + length, is_quoted);
  } else {
    dprintf(2, "sh: ${%s}: bad substitution\n", text);
    last_status = 1;
    leaving = LEAVE_INTERRUPT;
  }
}

/* Expands what begins with $ at `at`; gives what follows. */
static const char *dollar(struct expansion *expansion, const char *at, int is_quoted) {
  const char *end = skip_construct(at);
  if (end == NULL) end = at + strlen(at);
  if (at[1] == '{') {
    braces(expansion, arena_text(at + 2, (size_t)(end - at - 3)), is_quoted);
    return end;
  }
  if (at[1] == '(' && at[2] == '(' && end - at > 5 && end[-2] == ')') {
    int failed;
    long value = evaluate(expand_text(arena_text(at + 3, (size_t)(end - at - 5))), &failed);
    if (failed) {
      last_status = 1;
      leaving = LEAVE_INTERRUPT;
    }
    add_value(expansion, number_text(value), is_quoted);
    return end;
  }
  if (at[1] == '(') {
    add_value(expansion, run_captured(arena_text(at + 2, (size_t)(end - at - 3))), is_quoted);
    return end;
  }
  size_t length = name_length(at + 1);
  if (isdigit((unsigned char)at[1])) length = 1;
  if (length == 0) {
    add(expansion, '$', is_quoted);
    return at + 1;
  }
  if (at[1] == '@' || at[1] == '*') {
    add_positional(expansion, at[1] == '*', is_quoted);
  } else {
    const char *value = parameter(arena_text(at + 1, length), length);
    if (value != NULL) add_value(expansion, value, is_quoted);
  }
  return at + 1 + length;
}

static const char *backquotes(struct expansion *expansion, const char *at, int is_quoted) {
  struct text command = {0};
  text_add_all(&command, "");
  for (at++; *at != '\0' && *at != '`'; at++) {
    if (*at == '\\' && at[1] != '\0' && strchr("$`\\", at[1]) != NULL) at++;
    text_add(&command, *at);
  }
  if (command.length > 0) add_value(expansion, run_captured(command.bytes), is_quoted);
  return *at == '`' ? at + 1 : at;
}

/* --- words */

static const char *double_quotes(struct expansion *expansion, const char *at) {
  expansion->has_field |= !(at[1] == '$' && at[2] == '@' && at[3] == '"');
  for (at++; *at != '\0' && *at != '"';) {
    if (*at == '$') at = dollar(expansion, at, 1);
    else if (*at == '`') at = backquotes(expansion, at, 1);
    else if (*at == '\\' && at[1] != '\0' && strchr("$`\"\\\n", at[1]) != NULL) {
      if (at[1] != '\n') add(expansion, at[1], 1);
      at += 2;
    } else add(expansion, *at++, 1);
  }
  return *at == '"' ? at + 1 : at;
}

static const char *single_quotes(struct expansion *expansion, const char *at) {
  expansion->has_field = 1;
  for (at++; *at != '\0' && *at != '\''; at++) add(expansion, *at, 1);
  return *at == '\'' ? at + 1 : at;
}

static const char *tilde(struct expansion *expansion, const char *word) {
  const char *home = get_variable("HOME");
  if (*word != '~' || (word[1] != '\0' && word[1] != '/') || home == NULL) return word;
  add_value(expansion, home, 1);
  return word + 1;
}

static void expand(struct expansion *expansion, const char *word, int is_quoted) {
  if (++nesting > NESTING_MAX) {
    dprintf(2, "sh: expansion is too deeply nested\n");
    leaving = LEAVE_INTERRUPT;
    nesting--;
    return;
  }
  const char *at = is_quoted ? word : tilde(expansion, word);
  while (*at != '\0' && leaving != LEAVE_INTERRUPT) {
    if (*at == '$') at = dollar(expansion, at, is_quoted);
    else if (*at == '`') at = backquotes(expansion, at, is_quoted);
    else if (*at == '"') at = double_quotes(expansion, at);
    else if (*at == '\'' && !is_quoted) at = single_quotes(expansion, at);
    else if (*at == '\\' && at[1] != '\0') {
      add(expansion, at[1], 1);
      at += 2;
    } else add(expansion, *at++, is_quoted);
  }
  nesting--;
}

void expand_word(const char *word, struct list *fields) {
  struct expansion expansion = {.fields = fields};
  expand(&expansion, word, 0);
  end_field(&expansion);
}

char *expand_pattern(const char *word) {
  struct expansion expansion = {0};
  expand(&expansion, word, 0);
  return expansion.field.length == 0 ? arena_text("", 0) : expansion.field.bytes;
}

char *expand_text(const char *word) {
  return unescaped(expand_pattern(word));
}

char *expand_here(const char *body) {
  struct expansion expansion = {0};
  while (*body != '\0' && leaving != LEAVE_INTERRUPT) {
    if (*body == '$') body = dollar(&expansion, body, 1);
    else if (*body == '`') body = backquotes(&expansion, body, 1);
    else if (*body == '\\' && body[1] != '\0' && strchr("$`\\\n", body[1]) != NULL) {
      if (body[1] != '\n') add(&expansion, body[1], 1);
      body += 2;
    } else add(&expansion, *body++, 1);
  }
  return expansion.field.length == 0 ? arena_text("", 0) : unescaped(expansion.field.bytes);
}
