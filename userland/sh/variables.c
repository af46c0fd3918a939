/*
 * Variables, positional parameters, arithmetic.
 */
#include "sh.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct variable {
  char *name;
  char *value; /* null: exported but not set */
  int is_exported;
  struct variable *next;
};

static struct variable *variables;

char **positional;
int positional_count;
const char *shell_name = "sh";

int is_name(const char *text, size_t length) {
  if (length == 0 || isdigit((unsigned char)*text)) return 0;
  for (size_t i = 0; i < length; i++) {
    if (!isalnum((unsigned char)text[i]) && text[i] != '_') return 0;
  }
  return 1;
}

static struct variable *find(const char *name) {
  struct variable *variable = variables;
  while (variable != NULL && strcmp(variable->name, name) != 0) variable = variable->next;
  return variable;
}

static char *copy_of(const char *text) {
  return strcpy(must_alloc(NULL, strlen(text) + 1), text);
}

static struct variable *make(const char *name) {
  struct variable *variable = find(name);
  if (variable != NULL) return variable;
  variable = must_alloc(NULL, sizeof *variable);
  variable->name = copy_of(name);
  variable->value = NULL;
  variable->is_exported = 0;
  variable->next = variables;
  return variables = variable;
}

const char *get_variable(const char *name) {
  struct variable *variable = find(name);
  return variable == NULL ? NULL : variable->value;
}

int set_variable(const char *name, const char *value) {
  if (!is_name(name, strlen(name))) {
    dprintf(2, "sh: '%s' is not a variable's name\n", name);
    return 0;
  }
  struct variable *variable = make(name);
  char *old = variable->value;
  variable->value = copy_of(value);
  free(old);
  return 1;
}

void unset_variable(const char *name) {
  for (struct variable **at = &variables; *at != NULL; at = &(*at)->next) {
    struct variable *variable = *at;
    if (strcmp(variable->name, name) != 0) continue;
    *at = variable->next;
    free(variable->name);
    free(variable->value);
    free(variable);
    return;
  }
}

void export_variable(const char *name) {
  make(name)->is_exported = 1;
}

void print_variables(int only_exported) {
  for (struct variable *variable = variables; variable != NULL; variable = variable->next) {
    if (variable->value == NULL || (only_exported && !variable->is_exported)) continue;
    dprintf(1, "%s%s='%s'\n", only_exported ? "export " : "", variable->name, variable->value);
  }
}

void take_environment(char **environment) {
  for (; environment != NULL && *environment != NULL; environment++) {
    char *equals = strchr(*environment, '=');
    if (equals == NULL || !is_name(*environment, (size_t)(equals - *environment))) continue;
    char *name = strndup(*environment, (size_t)(equals - *environment));
    set_variable(name, equals + 1);
    export_variable(name);
    free(name);
  }
}

char **make_environment(void) {
  struct list list = {0};
  for (struct variable *variable = variables; variable != NULL; variable = variable->next) {
    if (!variable->is_exported || variable->value == NULL) continue;
    struct text text = {0};
    text_add_all(&text, variable->name);
    text_add(&text, '=');
    text_add_all(&text, variable->value);
    list_add(&list, text.bytes);
  }
  if (list.count == 0) list_add(&list, NULL);
  return list.items;
}

/* --- arithmetic: POSIX $((..)), long integers, precedence climbing over one table */

struct operator {
  const char *text;
  int level;
};

/* Longer spellings first. */
static const struct operator operators[] = {
    {"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4},  {"==", 6}, {"!=", 6}, {"<<", 8}, {">>", 8},
    {"<=", 7}, {">=", 7}, {"<", 7},  {">", 7},  {"&", 5},  {"+", 9},  {"-", 9},  {"*", 10},
    {"/", 10}, {"%", 10},
};

struct arithmetic {
  const char *at;
  int failed;
  int depth;
};

static long expression(struct arithmetic *state, int level);

static void skip_blanks(struct arithmetic *state) {
  while (isspace((unsigned char)*state->at)) state->at++;
}

static long fail(struct arithmetic *state, const char *why) {
  if (!state->failed) dprintf(2, "sh: arithmetic: %s at '%s'\n", why, state->at);
  state->failed = 1;
  return 0;
}

static long assignment_or_value(struct arithmetic *state) {
  char name[64];
  size_t length = 0;
  while ((isalnum((unsigned char)*state->at) || *state->at == '_') && length < sizeof name - 1) {
    name[length++] = *state->at++;
  }
  name[length] = '\0';
  skip_blanks(state);
  if (*state->at == '=' && state->at[1] != '=') {
    state->at++;
    long value = expression(state, 0);
    char text[16];
    snprintf(text, sizeof text, "%ld", value);
    set_variable(name, text);
    return value;
  }
  const char *value = get_variable(name);
  return value == NULL ? 0 : strtol(value, NULL, 0);
}

static long primary(struct arithmetic *state) {
  skip_blanks(state);
  char c = *state->at;
  if (c == '(') {
    state->at++;
    long value = expression(state, 0);
    skip_blanks(state);
    if (*state->at != ')') return fail(state, "expected ')'");
    state->at++;
    return value;
  }
  if (c != '\0' && strchr("-+!~", c) != NULL) {
    if (++state->depth > 100) return fail(state, "too deeply nested");
    state->at++;
    long value = primary(state);
    state->depth--;
    return c == '-' ? -value : c == '!' ? !value : c == '~' ? ~value : value;
  }
  if (isdigit((unsigned char)c)) {
    char *end;
    long value = strtol(state->at, &end, 0);
    state->at = end;
    return value;
  }
  if (isalpha((unsigned char)c) || c == '_') return assignment_or_value(state);
  return fail(state, "expected a number or a name");
}

static long combine(struct arithmetic *state, const char *operator, long left, long right) {
  switch (operator[0] | operator[1] << 8) {
    case '|' | '|' << 8:
      return left || right;
    case '&' | '&' << 8:
      return left && right;
    case '=' | '=' << 8:
      return left == right;
    case '!' | '=' << 8:
      return left != right;
    case '<' | '=' << 8:
      return left <= right;
    case '>' | '=' << 8:
      return left >= right;
    case '<' | '<' << 8:
      return left << (right & 31);
    case '>' | '>' << 8:
      return left >> (right & 31);
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      if (right == 0) return fail(state, "division by zero");
      if (right == -1) return *operator == '/' ? -left : 0; /* LONG_MIN / -1 would trap */
      return *operator == '/' ? left / right : left % right;
  }
}

static long expression(struct arithmetic *state, int level) {
  if (++state->depth > 100) return fail(state, "too deeply nested");
  long left = primary(state);
  while (!state->failed) {
    const struct operator *found = NULL;
    skip_blanks(state);
    for (unsigned i = 0; found == NULL && i < sizeof operators / sizeof *operators; i++) {
      const char *text = operators[i].text;
      if (strncmp(state->at, text, strlen(text)) == 0) found = &operators[i];
    }
    if (found == NULL || found->level <= level) break;
    state->at += strlen(found->text);
    left = combine(state, found->text, left, expression(state, found->level));
  }
  state->depth--;
  return left;
}

long evaluate(const char *text, int *failed) {
  struct arithmetic state = {text, 0, 0};
  skip_blanks(&state);
  long value = *state.at == '\0' ? 0 : expression(&state, 0);
  skip_blanks(&state);
  if (*state.at != '\0') fail(&state, "expected an operator");
  *failed = state.failed;
  return value;
}
