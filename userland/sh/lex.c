/*
 * Tokens. Words keep their quotes and $-constructs as written; a construct may span lines, and then
 * more input is asked for. Here-documents are read when the line that names them has ended.
 */
#include "sh.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 4096

void input_discard(struct input *input) {
  input->at = input->end = 0;
  input->here = NULL;
  if (input->fd < 0) input->text = "";
}

/* Reads more from the descriptor. A terminal gives a line; else one byte at a time, so that what
 * follows is left for the commands that read the same descriptor. */
static int refill(struct lexer *lexer) {
  struct input *input = lexer->input;
  if (input->line == NULL) input->line = must_alloc(NULL, READ_SIZE);
  if (input->is_interactive) {
    const char *prompt = lexer->is_continuing ? "> " : "$ ";
    if (!lexer->is_continuing) report_jobs();
    if (write(2, prompt, strlen(prompt)) < 0) return 0;
  }
  ssize_t count = read(input->fd, input->line, input->is_interactive ? READ_SIZE : 1);
  if (count < 0 && errno == EINTR && input->is_interactive) leaving = LEAVE_INTERRUPT;
  if (count <= 0) return 0;
  input->at = 0;
  input->end = (size_t)count;
  return 1;
}

/* The next character without taking it, or EOF. */
static int peek(struct lexer *lexer) {
  struct input *input = lexer->input;
  if (input->fd < 0) return *input->text == '\0' ? EOF : (unsigned char)*input->text;
  if (input->at == input->end && !refill(lexer)) return EOF;
  return (unsigned char)input->line[input->at];
}

static int take(struct lexer *lexer) {
  int c = peek(lexer);
  if (c == EOF) return EOF;
  if (lexer->input->fd < 0) lexer->input->text++;
  else lexer->input->at++;
  if (c == '\n') lexer->input->line_number++;
  return c;
}

void syntax_error(struct lexer *lexer, const char *expected) {
  if (lexer->failed) return;
  lexer->failed = 1;
  if (leaving == LEAVE_INTERRUPT) return;
  static const char *const names[] = {
      "end of input", "newline", "", "", ";", ";;", "&", "&&", "||", "|", "(",
      ")", "<", ">", ">>", "<<", "<<-", "<&", ">&", "<>", ">|"};
  const char *found = lexer->kind == T_WORD || lexer->kind == T_NUMBER ? lexer->word
                                                                       : names[lexer->kind];
  dprintf(2, "sh: line %d: found '%s', expected %s\n", lexer->input->line_number, found, expected);
  last_status = 2;
}

static void lex_construct(struct lexer *lexer, struct text *word);

/* Copies up to and including `end`, which closes what was opened. */
static void copy_until(struct lexer *lexer, struct text *word, int end, int is_nesting) {
  lexer->is_continuing = 1;
  for (;;) {
    int c = peek(lexer);
    if (c == EOF) {
      lexer->kind = T_END;
      syntax_error(lexer, end == '\'' ? "a closing '" : end == '"' ? "a closing \"" : "a closing bracket");
      return;
    }
    if (c == end) {
      text_add(word, (char)take(lexer));
      return;
    }
    if (end == '\'') text_add(word, (char)take(lexer));
    else if (end == '"' && c == '\'') text_add(word, (char)take(lexer));
    else if (is_nesting && c == '(') {
      text_add(word, (char)take(lexer));
      copy_until(lexer, word, ')', 1);
    } else lex_construct(lexer, word);
  }
}

/* One character of a word, or a whole quoted or $-construct. */
static void lex_construct(struct lexer *lexer, struct text *word) {
  int c = take(lexer);
  text_add(word, (char)c);
  if (c == '\\') {
    int next = take(lexer);
    if (next == '\n') word->bytes[--word->length] = '\0'; /* a line goes on */
    else if (next != EOF) text_add(word, (char)next);
  } else if (c == '\'' || c == '"' || c == '`') {
    copy_until(lexer, word, c, 0);
  } else if (c == '$') {
    int next = peek(lexer);
    if (next != '(' && next != '{') return;
    text_add(word, (char)take(lexer));
    copy_until(lexer, word, next == '(' ? ')' : '}', next == '(');
  }
}

static int is_word_end(int c) {
  return c == EOF || strchr(" \t\n;&|<>()", c) != NULL;
}

static void lex_word(struct lexer *lexer) {
  struct text word = {0};
  int is_number = 1;
  text_add(&word, ' ');
  word.bytes[--word.length] = '\0';
  while (!is_word_end(peek(lexer))) {
    if (!isdigit(peek(lexer))) is_number = 0;
    lex_construct(lexer, &word);
    lexer->is_continuing = 1;
  }
  lexer->word = word.bytes;
  int c = peek(lexer);
  lexer->kind = is_number && word.length > 0 && (c == '<' || c == '>') ? T_NUMBER : T_WORD;
}

/* Takes the character if it is next. */
static int accept(struct lexer *lexer, int c) {
  if (peek(lexer) != c) return 0;
  take(lexer);
  return 1;
}

static void read_here_documents(struct lexer *lexer) {
  for (struct redirection *here = lexer->input->here; here != NULL; here = here->next_here) {
    struct text body = {0}, line = {0};
    const char *delimiter = expand_text(here->target);
    here->is_literal = strpbrk(here->target, "'\"\\") != NULL;
    text_add_all(&body, "");
    for (;;) {
      line.length = 0;
      int c;
      while (here->kind == T_HERE_TABS && peek(lexer) == '\t') take(lexer);
      while ((c = take(lexer)) != EOF && c != '\n') text_add(&line, (char)c);
      const char *text = line.length == 0 ? "" : line.bytes;
      if (line.length > 0) line.bytes[line.length] = '\0';
      if ((c == EOF && line.length == 0) || strcmp(text, delimiter) == 0) break;
      text_add_all(&body, text);
      text_add(&body, '\n');
    }
    here->target = body.length == 0 ? arena_text("", 0) : body.bytes;
  }
  lexer->input->here = NULL;
}

void lex_here_document(struct lexer *lexer, struct redirection *redirection) {
  struct redirection **end = &lexer->input->here;
  while (*end != NULL) end = &(*end)->next_here;
  *end = redirection;
}

static void lex(struct lexer *lexer) {
  for (;;) {
    int c = peek(lexer);
    if (c == '#') {
      while (peek(lexer) != EOF && peek(lexer) != '\n') take(lexer);
    } else if (c == '\\') {
      /* Only a continued line is skipped here; anything else begins a word. */
      struct input *input = lexer->input;
      const char *next = input->fd < 0 ? input->text + 1 : input->line + input->at + 1;
      if (input->fd >= 0 && !input->is_interactive) break;
      if (*next != '\n') break;
      take(lexer);
      take(lexer);
    } else if (c == ' ' || c == '\t' || c == '\r') {
      take(lexer);
    } else {
      break;
    }
  }
  int c = peek(lexer);
  if (!is_word_end(c)) {
    lex_word(lexer);
    return;
  }
  take(lexer);
  lexer->word = NULL;
  switch (c) {
    case EOF:
      lexer->kind = T_END;
      break;
    case '\n':
      lexer->kind = T_NEWLINE;
      if (lexer->input->here != NULL) read_here_documents(lexer);
      break;
    case ';':
      lexer->kind = accept(lexer, ';') ? T_DOUBLE_SEMICOLON : T_SEMICOLON;
      break;
    case '&':
      lexer->kind = accept(lexer, '&') ? T_AND : T_AMPERSAND;
      break;
    case '|':
      lexer->kind = accept(lexer, '|') ? T_OR : T_PIPE;
      break;
    case '(':
      lexer->kind = T_OPEN;
      break;
    case ')':
      lexer->kind = T_CLOSE;
      break;
    case '<':
      if (accept(lexer, '<')) lexer->kind = accept(lexer, '-') ? T_HERE_TABS : T_HERE;
      else lexer->kind = accept(lexer, '&')   ? T_LESS_AND
                         : accept(lexer, '>') ? T_LESS_GREATER
                                              : T_LESS;
      break;
    default: /* > */
      lexer->kind = accept(lexer, '>')   ? T_APPEND
                    : accept(lexer, '&') ? T_GREATER_AND
                    : accept(lexer, '|') ? T_CLOBBER
                                         : T_GREATER;
  }
}

enum token lex_peek(struct lexer *lexer) {
  if (!lexer->has_token) {
    lex(lexer);
    lexer->has_token = 1;
    if (lexer->kind != T_NEWLINE && lexer->kind != T_END) lexer->is_continuing = 1;
  }
  return lexer->kind;
}

void lex_next(struct lexer *lexer) {
  lex_peek(lexer);
  lexer->has_token = 0;
}

/* --- the same constructs in text that was already read */

static const char *skip_until(const char *at, char end) {
  int depth = 0;
  while (at != NULL && *at != '\0' && !(*at == end && depth == 0)) {
    if (end == ')' && *at == '(') depth++, at++;
    else if (end == ')' && *at == ')') depth--, at++;
    else if (end == '\'' || (end == '"' && *at == '\'')) at++;
    else at = skip_construct(at);
  }
  return at == NULL || *at == '\0' ? NULL : at + 1;
}

const char *skip_construct(const char *at) {
  switch (*at) {
    case '\\':
      return at[1] == '\0' ? at + 1 : at + 2;
    case '\'':
    case '"':
    case '`':
      return skip_until(at + 1, *at);
    case '$':
      if (at[1] == '(') return skip_until(at + 2, ')');
      if (at[1] == '{') return skip_until(at + 2, '}');
      return at + 1;
    default:
      return at + 1;
  }
}
