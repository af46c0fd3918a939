/*
 * The grammar, by recursive descent (POSIX XCU 2.10): a list of and-or lists of pipelines of
 * commands. Reserved words are words that stand where a command may begin.
 */
#include "sh.h"

#include <stdlib.h>
#include <string.h>

#define NESTING_MAX 200

static int nesting;

static struct node *compound_list(struct lexer *lexer);

static struct node *make(enum kind kind, struct node *left, struct node *right) {
  struct node *node = arena_alloc(sizeof *node);
  node->kind = kind;
  node->left = left;
  node->right = right;
  return node;
}

static int is_word(struct lexer *lexer, const char *word) {
  return lex_peek(lexer) == T_WORD && strcmp(lexer->word, word) == 0;
}

static int accept_word(struct lexer *lexer, const char *word) {
  if (!is_word(lexer, word)) return 0;
  lex_next(lexer);
  return 1;
}

static void expect_word(struct lexer *lexer, const char *word) {
  if (!accept_word(lexer, word)) {
    char text[32];
    strcpy(text, "'");
    strcat(text, word);
    strcat(text, "'");
    syntax_error(lexer, text);
  }
}

static int accept(struct lexer *lexer, enum token kind) {
  if (lex_peek(lexer) != kind) return 0;
  lex_next(lexer);
  return 1;
}

static void skip_newlines(struct lexer *lexer) {
  while (lex_peek(lexer) == T_NEWLINE) {
    lexer->is_continuing = 1;
    lex_next(lexer);
  }
}

static int ends_list(struct lexer *lexer) {
  static const char *const closers[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};
  enum token kind = lex_peek(lexer);
  if (kind == T_END || kind == T_CLOSE || kind == T_DOUBLE_SEMICOLON) return 1;
  for (unsigned i = 0; i < sizeof closers / sizeof *closers; i++) {
    if (is_word(lexer, closers[i])) return 1;
  }
  return 0;
}

static int is_redirection(enum token kind) {
  return kind == T_NUMBER || kind >= T_LESS;
}

static void redirection(struct lexer *lexer, struct node *node) {
  struct redirection *made = arena_alloc(sizeof *made);
  made->fd = -1;
  if (lex_peek(lexer) == T_NUMBER) {
    made->fd = atoi(lexer->word);
    lex_next(lexer);
  }
  made->kind = lex_peek(lexer);
  lex_next(lexer);
  int is_input = made->kind == T_LESS || made->kind == T_HERE || made->kind == T_HERE_TABS ||
                 made->kind == T_LESS_AND || made->kind == T_LESS_GREATER;
  if (made->fd < 0) made->fd = is_input ? 0 : 1;
  enum token kind = lex_peek(lexer);
  if (kind != T_WORD && kind != T_NUMBER) {
    syntax_error(lexer, "a file name after the redirection");
    return;
  }
  made->target = lexer->word;
  struct redirection **end = &node->redirections;
  while (*end != NULL) end = &(*end)->next;
  *end = made;
  if (made->kind == T_HERE || made->kind == T_HERE_TABS) lex_here_document(lexer, made);
  lex_next(lexer);
}

static void redirections(struct lexer *lexer, struct node *node) {
  while (!lexer->failed && is_redirection(lex_peek(lexer))) redirection(lexer, node);
}

static int is_assignment(const char *word) {
  const char *equals = strchr(word, '=');
  return equals != NULL && is_name(word, (size_t)(equals - word));
}

static struct node *simple_command(struct lexer *lexer) {
  struct node *node = make(N_COMMAND, NULL, NULL);
  for (;;) {
    enum token kind = lex_peek(lexer);
    if (lexer->failed) break;
    if (is_redirection(kind)) {
      redirection(lexer, node);
      continue;
    }
    if (kind != T_WORD) break;
    int is_first = node->words.count == 0;
    list_add(is_first && is_assignment(lexer->word) ? &node->assignments : &node->words,
             lexer->word);
    lex_next(lexer);
    if (lex_peek(lexer) == T_OPEN && is_first && node->words.count == 1) {
      lex_next(lexer);
      if (!accept(lexer, T_CLOSE)) syntax_error(lexer, "')' of a function definition");
      skip_newlines(lexer);
      node->kind = N_FUNCTION;
      node->name = node->words.items[0];
      nesting++;
      node->left = parse_command(lexer);
      nesting--;
      break;
    }
  }
  if (node->kind == N_COMMAND && node->words.count + node->assignments.count == 0 &&
      node->redirections == NULL) {
    syntax_error(lexer, "a command");
  }
  return node;
}

static struct node *if_clause(struct lexer *lexer) {
  struct node *node = make(N_IF, compound_list(lexer), NULL);
  expect_word(lexer, "then");
  node->right = compound_list(lexer);
  if (accept_word(lexer, "elif")) {
    node->otherwise = if_clause(lexer);
    return node; /* the innermost took the fi */
  }
  if (accept_word(lexer, "else")) node->otherwise = compound_list(lexer);
  expect_word(lexer, "fi");
  return node;
}

static struct node *do_group(struct lexer *lexer) {
  skip_newlines(lexer);
  expect_word(lexer, "do");
  struct node *body = compound_list(lexer);
  expect_word(lexer, "done");
  return body;
}

static struct node *for_clause(struct lexer *lexer) {
  struct node *node = make(N_FOR, NULL, NULL);
  if (lex_peek(lexer) != T_WORD || !is_name(lexer->word, strlen(lexer->word))) {
    syntax_error(lexer, "a variable's name after 'for'");
    return node;
  }
  node->name = lexer->word;
  lex_next(lexer);
  skip_newlines(lexer);
  if (accept_word(lexer, "in")) {
    node->has_in = 1;
    while (lex_peek(lexer) == T_WORD) {
      list_add(&node->words, lexer->word);
      lex_next(lexer);
    }
  }
  accept(lexer, T_SEMICOLON);
  node->left = do_group(lexer);
  return node;
}

static struct node *case_clause(struct lexer *lexer) {
  struct node *node = make(N_CASE, NULL, NULL);
  if (lex_peek(lexer) != T_WORD) {
    syntax_error(lexer, "a word after 'case'");
    return node;
  }
  list_add(&node->words, lexer->word);
  lex_next(lexer);
  skip_newlines(lexer);
  expect_word(lexer, "in");
  skip_newlines(lexer);
  struct node **end = &node->next;
  while (!lexer->failed && !is_word(lexer, "esac")) {
    struct node *arm = make(N_CASE, NULL, NULL);
    accept(lexer, T_OPEN);
    do {
      if (lex_peek(lexer) != T_WORD) syntax_error(lexer, "a pattern");
      else list_add(&arm->patterns, lexer->word);
      lex_next(lexer);
    } while (accept(lexer, T_PIPE));
    if (!accept(lexer, T_CLOSE)) syntax_error(lexer, "')' after the pattern");
    skip_newlines(lexer);
    if (!ends_list(lexer)) arm->left = compound_list(lexer);
    *end = arm;
    end = &arm->next;
    if (!accept(lexer, T_DOUBLE_SEMICOLON)) break;
    skip_newlines(lexer);
  }
  expect_word(lexer, "esac");
  return node;
}

static struct node *command(struct lexer *lexer) {
  struct node *node;
  if (accept(lexer, T_OPEN)) {
    node = make(N_SUBSHELL, compound_list(lexer), NULL);
    if (!accept(lexer, T_CLOSE)) syntax_error(lexer, "')'");
  } else if (accept_word(lexer, "{")) {
    node = make(N_GROUP, compound_list(lexer), NULL);
    expect_word(lexer, "}");
  } else if (accept_word(lexer, "if")) {
    node = if_clause(lexer);
  } else if (accept_word(lexer, "while")) {
    struct node *condition = compound_list(lexer);
    node = make(N_WHILE, condition, do_group(lexer));
  } else if (accept_word(lexer, "until")) {
    struct node *condition = compound_list(lexer);
    node = make(N_UNTIL, condition, do_group(lexer));
  } else if (accept_word(lexer, "for")) {
    node = for_clause(lexer);
  } else if (accept_word(lexer, "case")) {
    node = case_clause(lexer);
  } else if (ends_list(lexer)) {
    syntax_error(lexer, "a command");
    return NULL;
  } else {
    return simple_command(lexer);
  }
  redirections(lexer, node);
  return node;
}

static struct node *pipeline(struct lexer *lexer) {
  int is_negated = 0;
  while (accept_word(lexer, "!")) is_negated = !is_negated;
  struct node *first = command(lexer);
  struct node *last = first;
  int count = 1;
  while (!lexer->failed && accept(lexer, T_PIPE)) {
    skip_newlines(lexer);
    last = last->next = command(lexer);
    count++;
  }
  if (lexer->failed || (count == 1 && !is_negated)) return first;
  struct node *node = make(N_PIPELINE, first, NULL);
  node->is_negated = is_negated;
  return node;
}

static struct node *and_or(struct lexer *lexer) {
  struct node *node = pipeline(lexer);
  while (!lexer->failed) {
    enum kind kind = lex_peek(lexer) == T_AND ? N_AND : N_OR;
    if (kind == N_OR && lex_peek(lexer) != T_OR) break;
    lex_next(lexer);
    skip_newlines(lexer);
    node = make(kind, node, pipeline(lexer));
  }
  return node;
}

/* And-or lists up to a closer; newlines separate as ; does where `has_lines`. */
static struct node *list(struct lexer *lexer, int has_lines) {
  struct node *node = NULL;
  while (!lexer->failed) {
    struct node *next = and_or(lexer);
    if (lexer->failed) break;
    enum token kind = lex_peek(lexer);
    if (kind == T_AMPERSAND) next = make(N_BACKGROUND, next, NULL);
    node = node == NULL ? next : make(N_SEQUENCE, node, next);
    if (kind == T_AMPERSAND || kind == T_SEMICOLON) lex_next(lexer);
    else if (kind != T_NEWLINE || !has_lines) break;
    if (has_lines) skip_newlines(lexer);
    if (lex_peek(lexer) == T_NEWLINE || ends_list(lexer)) break;
  }
  return node;
}

static struct node *compound_list(struct lexer *lexer) {
  skip_newlines(lexer);
  if (++nesting > NESTING_MAX) {
    syntax_error(lexer, "less nesting");
    nesting--;
    return NULL;
  }
  struct node *node = list(lexer, 1);
  nesting--;
  return node;
}

struct node *parse_command(struct lexer *lexer) {
  if (nesting > 0) return command(lexer); /* a function's body */
  while (lex_peek(lexer) == T_NEWLINE) {
    lex_next(lexer);
    lexer->is_continuing = 0;
  }
  if (lex_peek(lexer) == T_END) return NULL;
  struct node *node = list(lexer, 0);
  if (!lexer->failed && lex_peek(lexer) != T_NEWLINE && lex_peek(lexer) != T_END) {
    syntax_error(lexer, "the end of the command");
  }
  if (!lexer->failed && lex_peek(lexer) == T_NEWLINE) lex_next(lexer);
  nesting = 0;
  return lexer->failed ? NULL : node;
}
