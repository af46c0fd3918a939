/*
 * Regular expressions, compiled: text to a tree, the tree to two programs for regexec.c, one
 * that reads the text forwards and one that reads it backwards. Basic and extended syntax with
 * GNU's additions: \+ \? \| in basic ones, \w \W \s \S \b \B \< \> \` \' in both.
 */
#include "regex.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define REPEAT_MAX 32767
#define NODES_MAX 60000
#define DEPTH_MAX 250

struct parser {
  struct __regex *regex;
  const char *start, *at;
  int is_extended, error, depth, groups, open[GROUPS_MAX], closed[GROUPS_MAX];
};

static struct node *alternatives(struct parser *parser);

static struct node *fail(struct parser *parser, int error) {
  if (parser->error == 0) parser->error = error;
  return NULL;
}

static struct node *make(struct parser *parser, enum node_kind kind, int value, struct node *left,
                         struct node *right) {
  struct __regex *regex = parser->regex;
  if (parser->error != 0) return NULL;
  if (++regex->node_count > NODES_MAX) return fail(parser, REG_ESPACE);
  if (regex->block_count % 64 == 0) {
    void **larger = realloc(regex->blocks, (size_t)(regex->block_count + 64) * sizeof *larger);
    if (larger == NULL) return fail(parser, REG_ESPACE);
    regex->blocks = larger;
  }
  struct node *node = calloc(1, sizeof *node);
  if (node == NULL) return fail(parser, REG_ESPACE);
  regex->blocks[regex->block_count++] = node;
  node->kind = kind;
  node->value = value;
  node->left = left;
  node->right = right;
  node->has_groups = kind == NODE_GROUP || (left != NULL && left->has_groups) ||
                     (right != NULL && right->has_groups);
  return node;
}

static struct node *clone(struct parser *parser, const struct node *node) {
  if (node == NULL || parser->error != 0) return NULL;
  struct node *left = clone(parser, node->left), *right = clone(parser, node->right);
  return make(parser, node->kind, node->value, left, right);
}

/* --- sets */

static int new_set(struct parser *parser) {
  struct __regex *regex = parser->regex;
  void *larger = realloc(regex->sets, (size_t)(regex->set_count + 1) * sizeof *regex->sets);
  if (larger == NULL) {
    fail(parser, REG_ESPACE);
    return -1;
  }
  regex->sets = larger;
  memset(regex->sets[regex->set_count], 0, sizeof *regex->sets);
  return regex->set_count++;
}

static void put(unsigned char *set, int c) {
  set[c >> 3] |= (unsigned char)(1 << (c & 7));
}

static int has(const unsigned char *set, int c) {
  return set[c >> 3] >> (c & 7) & 1;
}

static int is_word(int c) {
  return isalnum(c) || c == '_';
}

static int add_class(unsigned char *set, const char *name, size_t length) {
  int (*test)(int) = __class_test(name, length);
  if (test == NULL) return 0;
  for (int c = 0; c < 256; c++) {
    if (test(c)) put(set, c);
  }
  return 1;
}

/* One end of a range, or a single byte: x, [.x.] or [=x=]; -1 after an error. */
static int set_byte(struct parser *parser) {
  const char *at = parser->at;
  if (at[0] == '[' && (at[1] == '.' || at[1] == '=')) {
    if (at[2] == '\0' || at[3] != at[1] || at[4] != ']') {
      fail(parser, strchr(at, ']') == NULL ? REG_EBRACK : REG_ECOLLATE);
      return -1;
    }
    parser->at += 5;
    return (unsigned char)at[2];
  }
  return (unsigned char)*parser->at++;
}

static struct node *bracket(struct parser *parser) {
  int index = new_set(parser), is_negated = *parser->at == '^';
  if (index < 0) return NULL;
  unsigned char *set = parser->regex->sets[index];
  parser->at += is_negated;
  for (int is_first = 1; is_first || *parser->at != ']'; is_first = 0) {
    if (*parser->at == '\0') return fail(parser, REG_EBRACK);
    if (parser->at[0] == '[' && parser->at[1] == ':') {
      const char *end = strstr(parser->at + 2, ":]");
      if (end == NULL) return fail(parser, REG_EBRACK);
      if (!add_class(set, parser->at + 2, (size_t)(end - parser->at - 2))) {
        return fail(parser, REG_ECTYPE);
      }
      parser->at = end + 2;
      continue;
    }
    int low = set_byte(parser), high = low;
    if (low < 0) return NULL;
    if (parser->at[0] == '-' && parser->at[1] != ']' && parser->at[1] != '\0') {
      parser->at++;
      high = set_byte(parser);
      if (high < 0) return NULL;
      if (high < low) return fail(parser, REG_ERANGE);
    }
    for (int c = low; c <= high; c++) put(set, c);
  }
  parser->at++;
  if (parser->regex->flags & REG_ICASE) {
    for (int c = 0; c < 256; c++) {
      if (has(set, c)) put(set, tolower(c)), put(set, toupper(c));
    }
  }
  for (int i = 0; i < 32 && is_negated; i++) set[i] = (unsigned char)~set[i];
  if (is_negated && parser->regex->flags & REG_NEWLINE) set['\n' >> 3] &= ~(1 << ('\n' & 7));
  return make(parser, NODE_SET, index, NULL, NULL);
}

/* \w and \s, or without what they name: \W and \S. */
static struct node *named_set(struct parser *parser, int c) {
  int index = new_set(parser);
  if (index < 0) return NULL;
  for (int i = 0; i < 256; i++) {
    int is_in = tolower(c) == 'w' ? is_word(i) : isspace(i);
    if ((is_in != 0) != (isupper(c) != 0)) put(parser->regex->sets[index], i);
  }
  return make(parser, NODE_SET, index, NULL, NULL);
}

/* --- the grammar */

static struct node *group(struct parser *parser) {
  int number = ++parser->groups;
  if (++parser->depth > DEPTH_MAX) return fail(parser, REG_ESPACE);
  struct node *inside = alternatives(parser);
  parser->depth--;
  if (parser->error != 0) return NULL;
  int is_closed = parser->is_extended ? *parser->at == ')'
                                      : parser->at[0] == '\\' && parser->at[1] == ')';
  if (!is_closed) return fail(parser, REG_EPAREN);
  parser->at += parser->is_extended ? 1 : 2;
  if (number < GROUPS_MAX) parser->closed[number] = 1;
  return make(parser, NODE_GROUP, number, inside, NULL);
}

static struct node *byte_node(struct parser *parser, int c) {
  return make(parser, NODE_BYTE, parser->regex->fold[c], NULL, NULL);
}

static struct node *escaped(struct parser *parser) {
  static const char letters[] = "bB<>`'";
  static const enum assertion assertions[] = {AT_BOUNDARY, AT_INSIDE,     AT_WORD_START,
                                              AT_WORD_END, AT_TEXT_START, AT_TEXT_END};
  int c = (unsigned char)parser->at[1];
  if (c == '\0') return fail(parser, REG_EESCAPE);
  parser->at += 2;
  const char *found = strchr(letters, c);
  if (found != NULL) {
    return make(parser, NODE_ASSERT, (int)assertions[found - letters], NULL, NULL);
  }
  if (strchr("wWsS", c) != NULL) return named_set(parser, c);
  if (!parser->is_extended && c == '(') return group(parser);
  if (!parser->is_extended && c == '{') return fail(parser, REG_BADRPT);
  if (c >= '1' && c <= '9') {
    if (!parser->closed[c - '0']) return fail(parser, REG_ESUBREG);
    parser->regex->has_back = 1;
    return make(parser, NODE_BACK, c - '0', NULL, NULL);
  }
  return byte_node(parser, c);
}

/* Whether an expression ends at `at`: at the end, before ) and before |. */
static int is_end(const struct parser *parser, const char *at) {
  if (*at == '\0') return 1;
  if (parser->is_extended) return *at == '|' || (*at == ')' && parser->depth > 0);
  return at[0] == '\\' && (at[1] == '|' || (at[1] == ')' && parser->depth > 0));
}

static struct node *atom(struct parser *parser, int is_first) {
  int c = (unsigned char)*parser->at;
  switch (c) {
    case '\\':
      return escaped(parser);
    case '[':
      parser->at++;
      return bracket(parser);
    case '.':
      parser->at++;
      return make(parser, NODE_ANY, 0, NULL, NULL);
    case '^':
      parser->at++;
      if (parser->is_extended || is_first) return make(parser, NODE_ASSERT, AT_START, NULL, NULL);
      return byte_node(parser, c);
    case '$':
      parser->at++;
      if (parser->is_extended || is_end(parser, parser->at)) {
        return make(parser, NODE_ASSERT, AT_END, NULL, NULL);
      }
      return byte_node(parser, c);
  }
  if (parser->is_extended) {
    if (c == '(') {
      parser->at++;
      return group(parser);
    }
    if (c == '*' || c == '+' || c == '?') return fail(parser, REG_BADRPT);
    if (c == '{') {
      int is_count = isdigit((unsigned char)parser->at[1]) || parser->at[1] == ',';
      if (is_count) return fail(parser, REG_BADRPT);
    }
  }
  parser->at++;
  return byte_node(parser, c);
}

/* min copies, then max - min that may be left out, or any number where max is -1. */
static struct node *repeat(struct parser *parser, struct node *node, int min, int max) {
  struct node *tail = NULL;
  if (max < 0) {
    tail = make(parser, NODE_STAR, 0, min == 0 ? node : clone(parser, node), NULL);
  }
  for (int i = min; i < max; i++) {
    struct node *copy = clone(parser, node);
    tail = make(parser, NODE_MAYBE, 0,
                tail == NULL ? copy : make(parser, NODE_JOIN, 0, copy, tail), NULL);
  }
  for (int i = 0; i < min; i++) {
    struct node *copy = i == 0 ? node : clone(parser, node);
    tail = tail == NULL ? copy : make(parser, NODE_JOIN, 0, copy, tail);
  }
  return tail == NULL ? make(parser, NODE_EMPTY, 0, NULL, NULL) : tail;
}

static long bound(struct parser *parser) {
  long value = 0;
  if (!isdigit((unsigned char)*parser->at)) return -1;
  while (isdigit((unsigned char)*parser->at)) {
    value = value * 10 + *parser->at++ - '0';
    if (value > REPEAT_MAX) {
      fail(parser, REG_ESIZE);
      return -1;
    }
  }
  return value;
}

/* What stands between braces, the first of which was taken. */
static struct node *counted(struct parser *parser, struct node *node) {
  long min = bound(parser), max = min;
  int has_min = min >= 0;
  if (min < 0) min = 0;
  if (*parser->at == ',') {
    parser->at++;
    max = bound(parser);
    has_min = 1;
  }
  if (parser->error != 0) return NULL;
  if (!has_min) return fail(parser, *parser->at == '\0' ? REG_EBRACE : REG_BADBR);
  const char *end = parser->is_extended ? "}" : "\\}";
  if (strncmp(parser->at, end, strlen(end)) != 0) {
    return fail(parser, *parser->at == '\0' || parser->at[1] == '\0' ? REG_EBRACE : REG_BADBR);
  }
  parser->at += strlen(end);
  if (max >= 0 && max < min) return fail(parser, REG_BADBR);
  return repeat(parser, node, (int)min, (int)max);
}

/* In extended syntax a brace that begins no count is itself. */
static int begins_count(const char *at) {
  const char *end = at + 1 + strspn(at + 1, "0123456789");
  if (*end == ',') end += 1 + strspn(end + 1, "0123456789");
  return *end == '}' && end > at + 1;
}

static struct node *repeated(struct parser *parser, int is_first) {
  struct node *node;
  if (!parser->is_extended && is_first && *parser->at == '*') {
    parser->at++;
    node = byte_node(parser, '*');
  } else {
    node = atom(parser, is_first);
  }
  int is_anchor = node != NULL && node->kind == NODE_ASSERT && node->value == AT_START &&
                  !parser->is_extended;
  while (parser->error == 0) {
    const char *at = parser->at;
    int is_escaped = !parser->is_extended && at[0] == '\\' && at[1] != '\0';
    char operator = is_escaped ? at[1] : at[0];
    if (is_anchor && *at == '*') break;
    if (operator == '*' && !is_escaped) {
      parser->at++;
      node = repeat(parser, node, 0, -1);
    } else if ((operator == '+' || operator == '?') && is_escaped != parser->is_extended) {
      parser->at += is_escaped ? 2 : 1;
      node = repeat(parser, node, operator == '+', operator == '+' ? -1 : 1);
    } else if (operator == '{' && is_escaped != parser->is_extended) {
      if (parser->is_extended && !begins_count(at)) break;
      parser->at += is_escaped ? 2 : 1;
      node = counted(parser, node);
    } else {
      break;
    }
  }
  return node;
}

static struct node *sequence(struct parser *parser) {
  struct node *parts[64], *result = NULL;
  int count = 0, is_first = 1;
  while (parser->error == 0 && !is_end(parser, parser->at)) {
    if (!parser->is_extended && parser->at[0] == '\\' && parser->at[1] == ')') {
      return fail(parser, REG_ERPAREN);
    }
    struct node *next = repeated(parser, is_first);
    is_first = !parser->is_extended && is_first && next != NULL && next->kind == NODE_ASSERT &&
               next->value == AT_START;
    if (count == 64) {
      for (int i = 62; i >= 0; i--) parts[63] = make(parser, NODE_JOIN, 0, parts[i], parts[63]);
      parts[0] = parts[63];
      count = 1;
    }
    parts[count++] = next;
  }
  if (count == 0) return make(parser, NODE_EMPTY, 0, NULL, NULL);
  result = parts[count - 1];
  for (int i = count - 2; i >= 0; i--) result = make(parser, NODE_JOIN, 0, parts[i], result);
  return result;
}

static struct node *alternatives(struct parser *parser) {
  struct node *left = sequence(parser);
  while (parser->error == 0) {
    int is_choice = parser->is_extended ? *parser->at == '|'
                                        : parser->at[0] == '\\' && parser->at[1] == '|';
    if (!is_choice) break;
    parser->at += parser->is_extended ? 1 : 2;
    left = make(parser, NODE_CHOICE, 0, left, sequence(parser));
  }
  return left;
}

/* --- programs */

static int emit(struct program *program, int operation, int value, int other) {
  if (program->count == program->room) {
    int room = program->room == 0 ? 64 : program->room * 2;
    struct instruction *larger = realloc(program->code, (size_t)room * sizeof *larger);
    if (larger == NULL) return -1;
    program->code = larger;
    program->room = room;
  }
  program->code[program->count] =
      (struct instruction){(unsigned char)operation, value, other};
  return program->count++;
}

/* False when memory is out. */
static int generate(struct program *program, struct node *node, int backwards) {
  static const unsigned char simple[] = {[NODE_BYTE] = OP_BYTE, [NODE_ANY] = OP_ANY,
                                         [NODE_SET] = OP_SET, [NODE_ASSERT] = OP_ASSERT,
                                         [NODE_BACK] = OP_BACK};
  int done = 1, split, jump;
  node->start[backwards] = program->count;
  switch (node->kind) {
    case NODE_EMPTY:
      break;
    case NODE_JOIN:
      done = generate(program, backwards ? node->right : node->left, backwards) &&
             generate(program, backwards ? node->left : node->right, backwards);
      break;
    case NODE_CHOICE:
      split = emit(program, OP_SPLIT, 0, 0);
      done = split >= 0 && generate(program, node->left, backwards);
      jump = emit(program, OP_JUMP, 0, 0);
      if (!done || jump < 0) return 0;
      program->code[split].value = split + 1;
      program->code[split].other = program->count;
      done = generate(program, node->right, backwards);
      program->code[jump].value = program->count;
      break;
    case NODE_STAR:
    case NODE_MAYBE:
      split = emit(program, OP_SPLIT, 0, 0);
      if (split < 0 || !generate(program, node->left, backwards)) return 0;
      if (node->kind == NODE_STAR) done = emit(program, OP_JUMP, split, 0) >= 0;
      program->code[split].value = split + 1;
      program->code[split].other = program->count;
      break;
    case NODE_GROUP:
      done = emit(program, OP_SAVE, node->value * 2, 0) >= 0 &&
             generate(program, node->left, backwards) &&
             emit(program, OP_SAVE, node->value * 2 + 1, 0) >= 0;
      break;
    default:
      done = emit(program, simple[node->kind], node->value, 0) >= 0;
  }
  node->end[backwards] = program->count;
  return done;
}

/* Notes the bytes a match can begin with; true when it can be empty or begins with \1. */
static int first_bytes(struct __regex *regex, const struct node *node) {
  int left;
  switch (node->kind) {
    case NODE_BYTE:
      for (int c = 0; c < 256; c++) {
        if (regex->fold[c] == node->value) put(regex->first, c);
      }
      return 0;
    case NODE_ANY:
      memset(regex->first, 0xff, sizeof regex->first);
      return 0;
    case NODE_SET:
      for (int i = 0; i < 32; i++) regex->first[i] |= regex->sets[node->value][i];
      return 0;
    case NODE_JOIN:
      return first_bytes(regex, node->left) && first_bytes(regex, node->right);
    case NODE_CHOICE:
      left = first_bytes(regex, node->left);
      return first_bytes(regex, node->right) || left;
    case NODE_STAR:
    case NODE_MAYBE:
      first_bytes(regex, node->left);
      return 1;
    case NODE_GROUP:
      return first_bytes(regex, node->left);
    default:
      return 1;
  }
}

void regfree(regex_t *regex) {
  struct __regex *program = regex->__program;
  if (program == NULL) return;
  for (int i = 0; i < program->block_count; i++) free(program->blocks[i]);
  free(program->blocks);
  free(program->sets);
  free(program->programs[0].code);
  free(program->programs[1].code);
  free(program);
  regex->__program = NULL;
}

int regcomp(regex_t *restrict regex, const char *restrict pattern, int flags) {
  struct __regex *program = calloc(1, sizeof *program);
  regex->__program = program;
  if (program == NULL) return REG_ESPACE;
  program->flags = flags;
  for (int c = 0; c < 256; c++) {
    program->fold[c] = (unsigned char)(flags & REG_ICASE ? tolower(c) : c);
  }
  struct parser parser = {.regex = program, .start = pattern, .at = pattern,
                          .is_extended = (flags & REG_EXTENDED) != 0};
  program->root = alternatives(&parser);
  if (parser.error == 0 && *parser.at != '\0') parser.error = REG_ERPAREN;
  for (int backwards = 0; backwards < 2 && parser.error == 0; backwards++) {
    if (!generate(&program->programs[backwards], program->root, backwards) ||
        emit(&program->programs[backwards], OP_END, 0, 0) < 0) {
      parser.error = REG_ESPACE;
    }
  }
  if (parser.error != 0) {
    regfree(regex);
    return parser.error;
  }
  program->can_be_empty = first_bytes(program, program->root);
  regex->re_nsub = (size_t)parser.groups;
  return 0;
}

size_t regerror(int error, const regex_t *restrict regex, char *restrict to, size_t size) {
  static const char *const texts[] = {"Success",
                                      "No match",
                                      "Invalid regular expression",
                                      "Invalid collation character",
                                      "Invalid character class name",
                                      "Trailing backslash",
                                      "Invalid back reference",
                                      "Unmatched [, [^, [:, [., or [=",
                                      "Unmatched ( or \\(",
                                      "Unmatched \\{",
                                      "Invalid content of \\{\\}",
                                      "Invalid range end",
                                      "Memory exhausted",
                                      "Invalid preceding regular expression",
                                      "Premature end of regular expression",
                                      "Regular expression too big",
                                      "Unmatched ) or \\)"};
  (void)regex;
  const char *text = (unsigned)error < sizeof texts / sizeof *texts ? texts[error] : "Unknown error";
  size_t length = strlen(text);
  if (size > 0) {
    size_t part = length < size ? length : size - 1;
    memcpy(to, text, part);
    to[part] = '\0';
  }
  return length + 1;
}
