/* The expression: words to a tree of nodes. */
#include "find.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static char **words; /* of the expression; a null pointer at the end */
int has_action, is_depth_first, is_one_device;
long long min_depth, max_depth = -1;

static struct node *parse_list(void);

struct node *make(enum kind kind, struct node *left, struct node *right) {
  struct node *node = must_have(NULL, sizeof *node);
  memset(node, 0, sizeof *node);
  node->kind = kind;
  node->left = left;
  node->right = right;
  return node;
}

static const char *argument(const char *name) {
  if (*words == NULL) give_up("missing argument to `%s'", name);
  return *words++;
}

static struct node *number(enum kind kind, const char *name, int with_unit) {
  const char *text = argument(name), *given = text;
  struct node *node = make(kind, NULL, NULL);
  char *end;
  if (*text == '+' || *text == '-') node->sign = *text++;
  errno = 0;
  node->number = strtoll(text, &end, 10);
  node->unit = 512;
  if (with_unit && *end != '\0' && end[1] == '\0') {
    const char *found = strchr("bcwkMG", *end);
    static const long long units[] = {512, 1, 2, 1024, 1048576, 1073741824};
    if (found == NULL) give_up("invalid %s type `%c'", name, *end);
    node->unit = units[found - "bcwkMG"];
    end++;
  }
  if (end == text || *end != '\0' || errno != 0) {
    if (with_unit) give_up("Invalid argument `%s' to %s", given, name);
    give_up("invalid argument `%s' to `%s'", given, name);
  }
  return node;
}

static struct node *type_test(const char *name) {
  struct node *node = make(TYPE, NULL, NULL);
  node->text = argument(name);
  for (const char *at = node->text;; at += 2) {
    if (*at == '\0') give_up("Last file type in list argument to %s is missing, i.e., list is "
                             "ending on: ','", name);
    if (strchr("bcdpfls", *at) == NULL) give_up("Unknown argument to %s: %c", name, *at);
    if (at[1] == '\0') return node;
    if (at[1] != ',') give_up("Must separate multiple arguments to %s using: ','", name);
  }
}

static struct node *permissions(const char *name) {
  struct node *node = make(PERMISSIONS, NULL, NULL);
  const char *text = argument(name), *given = text;
  if (*text == '-' || *text == '/') node->sign = *text++;
  struct mode_change *change = parse_mode(text);
  if (change == NULL) give_up("invalid mode %s", quoted(given));
  node->number = change_mode(change, 0, 0, 0);
  return node;
}

static struct node *command(const char *name) {
  struct node *node = make(EXEC, NULL, NULL);
  node->asks = strncmp(name, "-ok", 3) == 0;
  node->in_directory = strlen(name) > 5 || strcmp(name, "-okdir") == 0;
  node->command = words;
  for (; *words != NULL; words++, node->word_count++) {
    int is_plus = strcmp(*words, "+") == 0 && node->word_count > 0 &&
                  strcmp(words[-1], "{}") == 0 && !node->asks;
    if (!is_plus && strcmp(*words, ";") != 0) continue;
    if (node->word_count == 0) break;
    *words++ = NULL;
    if (is_plus) {
      node->kind = EXEC_ALL;
      node->word_count--;
    }
    has_action = 1;
    return node;
  }
  give_up("missing argument to `%s'", name);
}

static struct node *newer(const char *name) {
  struct node *node = make(NEWER, NULL, NULL);
  const char *path = argument(name);
  if (stat(path, &node->status) < 0) {
    complain("%s", quoted(path));
    exit(1);
  }
  return node;
}

static struct node *owner(const char *name, int is_group) {
  struct node *node = make(is_group ? GROUP : USER, NULL, NULL);
  const char *text = argument(name);
  unsigned id;
  if (!(is_group ? parse_group(text, &id) : parse_user(text, &id))) {
    give_up("%s is not the name of a known %s", quoted(text), is_group ? "group" : "user");
  }
  node->number = id;
  return node;
}

static struct node *pattern(enum kind kind, const char *name, int folds) {
  struct node *node = make(kind, NULL, NULL);
  node->text = argument(name);
  node->flags = folds ? FNM_CASEFOLD : 0;
  if (kind == REGEX) {
    char message[80], *whole = must_have(NULL, strlen(node->text) + 16);
    sprintf(whole, "^\\(%s\\)$", node->text);
    int error = regcomp(&node->regex, whole, folds ? REG_ICASE : 0);
    if (error != 0) {
      regerror(error, &node->regex, message, sizeof message);
      give_up("%s", message);
    }
    free(whole);
  }
  return node;
}

static struct node *timed(const char *name, char letter, long long unit) {
  struct node *node = number(TIME, name, 0);
  node->flags = letter;
  node->unit = unit;
  return node;
}

static struct node *action(enum kind kind) {
  has_action = 1;
  return make(kind, NULL, NULL);
}

/* Options that hold for the whole walk are true where they stand. */
static struct node *global_option(const char *name) {
  if (strcmp(name, "-depth") == 0 || strcmp(name, "-d") == 0) is_depth_first = 1;
  else if (strcmp(name, "-xdev") == 0 || strcmp(name, "-mount") == 0) is_one_device = 1;
  else if (strcmp(name, "-mindepth") == 0 || strcmp(name, "-maxdepth") == 0) {
    const char *text = argument(name);
    long long value;
    if (!parse_number(text, &value) || *text < '0' || *text > '9') {
      give_up("Expected a positive decimal integer argument to %s, but got %s", name,
              quoted(text));
    }
    if (name[2] == 'i') min_depth = value;
    else max_depth = value;
  } else if (strcmp(name, "-noleaf") != 0) {
    return NULL;
  }
  return make(TRUE, NULL, NULL);
}

static struct node *test(const char *name) {
  static const struct {
    const char *name;
    enum kind kind;
    int folds;
  } patterns[] = {{"-name", NAME, 0}, {"-iname", NAME, 1},       {"-path", PATH, 0},
                  {"-ipath", PATH, 1}, {"-wholename", PATH, 0},  {"-lname", LINK_NAME, 0},
                  {"-ilname", LINK_NAME, 1}, {"-regex", REGEX, 0}, {"-iregex", REGEX, 1}};
  for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    if (strcmp(patterns[i].name, name) == 0) {
      return pattern(patterns[i].kind, name, patterns[i].folds);
    }
  }
  static const struct {
    const char *name;
    char letter;
    long long unit;
  } times[] = {{"-mtime", 'm', 86400}, {"-atime", 'a', 86400}, {"-ctime", 'c', 86400},
               {"-mmin", 'm', 60},     {"-amin", 'a', 60},     {"-cmin", 'c', 60}};
  for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
    if (strcmp(times[i].name, name) == 0) return timed(name, times[i].letter, times[i].unit);
  }
  if (strcmp(name, "-type") == 0) return type_test(name);
  if (strcmp(name, "-size") == 0) return number(SIZE, name, 1);
  if (strcmp(name, "-links") == 0) return number(LINKS, name, 0);
  if (strcmp(name, "-inum") == 0) return number(INODE, name, 0);
  if (strcmp(name, "-perm") == 0) return permissions(name);
  if (strcmp(name, "-newer") == 0) return newer(name);
  if (strcmp(name, "-samefile") == 0) {
    struct node *node = newer(name);
    node->kind = SAME;
    return node;
  }
  if (strcmp(name, "-user") == 0 || strcmp(name, "-uid") == 0) return owner(name, 0);
  if (strcmp(name, "-group") == 0 || strcmp(name, "-gid") == 0) return owner(name, 1);
  if (strcmp(name, "-empty") == 0) return make(EMPTY, NULL, NULL);
  if (strcmp(name, "-true") == 0) return make(TRUE, NULL, NULL);
  if (strcmp(name, "-false") == 0) return make(FALSE, NULL, NULL);
  if (strcmp(name, "-prune") == 0) return make(PRUNE, NULL, NULL);
  if (strcmp(name, "-quit") == 0) return make(QUIT, NULL, NULL);
  if (strcmp(name, "-print") == 0) return action(PRINT);
  if (strcmp(name, "-print0") == 0) return action(PRINT_ZERO);
  if (strcmp(name, "-ls") == 0) return action(LS);
  if (strcmp(name, "-delete") == 0) {
    is_depth_first = 1;
    return action(DELETE);
  }
  if (strcmp(name, "-printf") == 0) {
    struct node *node = action(PRINTF);
    node->text = argument(name);
    return node;
  }
  if (strcmp(name, "-exec") == 0 || strcmp(name, "-execdir") == 0 || strcmp(name, "-ok") == 0 ||
      strcmp(name, "-okdir") == 0) {
    return command(name);
  }
  return NULL;
}

static int is_word(const char *text) {
  return *words != NULL && strcmp(*words, text) == 0;
}

static int takes(const char *first, const char *second) {
  if (!is_word(first) && !is_word(second)) return 0;
  words++;
  return 1;
}

static struct node *parse_primary(const char *before) {
  if (*words == NULL || is_word(")")) {
    if (*words == NULL && before != NULL && strcmp(before, "(") == 0) {
      give_up("invalid expression; expected to find a ')' but didn't see one. Perhaps you need "
              "an extra predicate after '('");
    }
    if (before != NULL && strcmp(before, "!") == 0) {
      give_up("expected an expression after '%s'", before);
    }
    if (before != NULL) give_up("expected an expression after '%s'", before);
    give_up("invalid expression; you have too many ')'");
  }
  const char *name = *words++;
  if (strcmp(name, "!") == 0 || strcmp(name, "-not") == 0) {
    return make(NOT, parse_primary(name), NULL);
  }
  if (strcmp(name, "(") == 0) {
    if (is_word(")")) give_up("invalid expression; empty parentheses are not allowed.");
    if (*words == NULL) parse_primary(name);
    struct node *inside = parse_list();
    if (!takes(")", ")")) {
      give_up("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
    }
    return inside;
  }
  if (strcmp(name, "-o") == 0 || strcmp(name, "-a") == 0 || strcmp(name, ",") == 0 ||
      strcmp(name, "-or") == 0 || strcmp(name, "-and") == 0) {
    give_up("invalid expression; you have used a binary operator '%s' with nothing before it.",
            name);
  }
  struct node *node = global_option(name);
  if (node == NULL) node = test(name);
  if (node == NULL) {
    if (*name != '-') {
      complain_only("paths must precede expression: `%s'", name);
      exit(1);
    }
    give_up("unknown predicate `%s'", name);
  }
  return node;
}

static int ends_terms(void) {
  return *words == NULL || is_word(")") || is_word("-o") || is_word("-or") || is_word(",");
}

static struct node *parse_and(void) {
  struct node *left = parse_primary(NULL);
  while (!ends_terms()) {
    const char *name = *words;
    int is_named = takes("-a", "-and");
    left = make(AND, left, parse_primary(is_named ? name : NULL));
  }
  return left;
}

static struct node *parse_or(void) {
  struct node *left = parse_and();
  while (is_word("-o") || is_word("-or")) {
    const char *name = *words++;
    if (*words == NULL) give_up("expected an expression after '%s'", name);
    left = make(OR, left, parse_and());
  }
  return left;
}

static struct node *parse_list(void) {
  struct node *left = parse_or();
  while (takes(",", ",")) left = make(LIST, left, parse_or());
  return left;
}

struct node *parse_expression(char **expression) {
  words = expression;
  struct node *node = *words == NULL ? make(TRUE, NULL, NULL) : parse_list();
  if (*words != NULL) give_up("invalid expression; you have too many ')'");
  return node;
}
