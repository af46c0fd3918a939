/*
 * The script: text to a list of commands. Braces and branches are indices into it.
 */
#include "sed.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct command *commands;
size_t command_count;
int is_quiet, is_extended, in_place, is_separate, terminator = '\n';
struct output *outputs;

static struct buffer script;
static size_t at;
static const char *const expression = "-e expression #1";
static size_t open_braces[64];
static int depth;

static _Noreturn void bad(const char *message) {
  give_up("%s, char %lu: %s", expression, (unsigned long)at, message);
}

static int peek(void) {
  return at < script.length ? (unsigned char)script.bytes[at] : EOF;
}

static int next(void) {
  int c = peek();
  if (c != EOF) at++;
  return c;
}

static void skip_blanks(void) {
  while (peek() != EOF && isspace(peek()) && peek() != '\n') at++;
}

/* The text up to the delimiter; \delimiter is the delimiter, \n a newline. */
static char *delimited(int delimiter, int is_regex, const char *error) {
  struct buffer text = {0};
  int in_bracket = 0;
  buffer_add(&text, "", 0);
  for (int c; (c = next()) != delimiter || in_bracket;) {
    if (c == EOF || (c == '\n' && is_regex)) bad(error);
    if (c == '\\' && !in_bracket) {
      c = next();
      if (c == EOF) bad(error);
      if (c == delimiter) {
        if (delimiter != '\n' && !isalnum(delimiter) && is_regex && strchr("*.[]^$+?(){}|", c)) {
          buffer_add_char(&text, '\\');
        }
        if (!is_regex && c == '&') buffer_add_char(&text, '\\');
      } else if (c == 'n' && is_regex) {
        c = '\n';
      } else {
        buffer_add_char(&text, '\\');
      }
    } else if (is_regex && c == '[' && !in_bracket) {
      in_bracket = 1;
      buffer_add_char(&text, '[');
      if (peek() == '^') buffer_add_char(&text, (char)next());
      if (peek() == ']') buffer_add_char(&text, (char)next());
      continue;
    } else if (in_bracket && c == '[' && (peek() == ':' || peek() == '.' || peek() == '=')) {
      int kind = next();
      buffer_add_char(&text, '[');
      buffer_add_char(&text, (char)kind);
      while ((c = next()) != EOF && !(c == kind && peek() == ']')) buffer_add_char(&text, (char)c);
      if (c == EOF) bad(error);
      buffer_add_char(&text, (char)kind);
      c = next();
    } else if (in_bracket && c == '\\' && peek() == 'n') {
      next();
      c = '\n';
    } else if (in_bracket && c == ']') {
      in_bracket = 0;
    }
    buffer_add_char(&text, (char)c);
  }
  return text.bytes;
}

/* \t and other letters that regular expressions do not know. */
static char *plain_escapes(const char *text) {
  static const char from[] = "tfvar", to[] = "\t\f\v\a\r";
  struct buffer result = {0};
  buffer_add(&result, "", 0);
  for (; *text != '\0'; text++) {
    const char *found = *text == '\\' && text[1] != '\0' ? strchr(from, text[1]) : NULL;
    if (found != NULL) {
      buffer_add_char(&result, to[found - from]);
      text++;
    } else {
      buffer_add_char(&result, *text);
      if (*text == '\\' && text[1] != '\0') buffer_add_char(&result, *++text);
    }
  }
  return result.bytes;
}

static regex_t *compile(const char *text, int flags) {
  if (*text == '\0') {
    if (flags != 0) bad("no previous regular expression");
    return NULL;
  }
  regex_t *regex = must_have(NULL, sizeof *regex);
  char message[80], *plain = plain_escapes(text);
  int error = regcomp(regex, plain, flags | (is_extended ? REG_EXTENDED : 0));
  if (error != 0) {
    regerror(error, regex, message, sizeof message);
    bad(message);
  }
  free(plain);
  return regex;
}

static long number(void) {
  long value = 0;
  while (peek() != EOF && isdigit(peek())) value = value * 10 + next() - '0';
  return value;
}

static int parse_address(struct address *address, int is_second) {
  int c = peek();
  if (c != EOF && isdigit(c)) {
    address->kind = LINE;
    address->number = number();
    if (peek() == '~' && !is_second) {
      at++;
      address->kind = STEP;
      address->step = number();
    }
    if (!is_second && address->kind == LINE && address->number == 0) address->kind = ZERO;
    return 1;
  }
  if (c == '$') {
    at++;
    address->kind = LAST;
    return 1;
  }
  if (is_second && (c == '+' || c == '~')) {
    at++;
    address->kind = c == '+' ? MORE : MULTIPLE;
    if (peek() == EOF || !isdigit(peek())) bad("expected number");
    address->number = number();
    return 1;
  }
  if (c != '/' && c != '\\') return 0;
  at++;
  if (c == '\\') c = next();
  char *text = delimited(c, 1, "unterminated address regex");
  int flags = 0;
  while (peek() == 'I' || peek() == 'M') {
    if (next() == 'I') flags |= REG_ICASE;
  }
  address->kind = PATTERN;
  address->regex = compile(text, flags);
  free(text);
  return 1;
}

static struct output *open_output(const char *name) {
  for (struct output *output = outputs; output != NULL; output = output->next) {
    if (strcmp(output->name, name) == 0) return output;
  }
  struct output *output = must_have(NULL, sizeof *output);
  output->name = copy_text(name);
  output->file = strcmp(name, "/dev/stdout") == 0   ? stdout
                 : strcmp(name, "/dev/stderr") == 0 ? stderr
                                                    : fopen(name, "w");
  if (output->file == NULL) give_up("couldn't open file %s: %s", name, strerror(errno));
  output->next = outputs;
  return outputs = output;
}

/* The rest of the line: a file's name. */
static char *file_name(void) {
  struct buffer name = {0};
  skip_blanks();
  while (peek() != EOF && peek() != '\n') buffer_add_char(&name, (char)next());
  if (name.length == 0) bad("missing filename in r/R/w/W commands");
  return name.bytes;
}

static char *label(void) {
  struct buffer name = {0};
  skip_blanks();
  buffer_add(&name, "", 0);
  while (peek() != EOF && peek() != '\n' && peek() != ';' && peek() != '}') {
    buffer_add_char(&name, (char)next());
  }
  while (name.length > 0 && isspace((unsigned char)name.bytes[name.length - 1])) {
    name.bytes[--name.length] = '\0';
  }
  return name.bytes;
}

/* The text of a, i and c: on the same line, or after a backslash and a newline. */
static void parse_text(struct command *command) {
  struct buffer text = {0};
  int is_missing = 0;
  buffer_add(&text, "", 0);
  skip_blanks();
  if (peek() == EOF) bad("expected \\ after `a', `c' or `i'");
  if (peek() == '\\') {
    at++;
    skip_blanks();
    if (peek() == '\n') at++;
    else if (peek() == EOF) is_missing = 1;
  }
  for (int c; (c = next()) != EOF && c != '\n';) {
    if (c == '\\') c = next();
    if (c == EOF) break;
    buffer_add_char(&text, (char)c);
  }
  if (!is_missing) buffer_add_char(&text, '\n');
  command->text = text.bytes;
  command->text_length = text.length;
}

static void parse_substitution(struct command *command) {
  int delimiter = next(), flags = 0;
  if (delimiter == EOF || delimiter == '\n' || delimiter == '\\') {
    bad("unterminated `s' command");
  }
  char *pattern = delimited(delimiter, 1, "unterminated `s' command");
  command->text = delimited(delimiter, 0, "unterminated `s' command");
  for (;;) {
    int c = peek();
    if (c == 'g') {
      at += command->is_global;
      if (command->is_global) bad("multiple `g' options to `s' command");
      command->is_global = 1;
    } else if (c == 'p') {
      at += command->prints;
      if (command->prints) bad("multiple `p' options to `s' command");
      command->prints = 1;
    } else if (c == 'i' || c == 'I') {
      flags |= REG_ICASE;
    } else if (c == 'm' || c == 'M') {
      flags |= REG_NEWLINE;
    } else if (c != EOF && isdigit(c)) {
      if (command->occurrence > 0) bad("multiple number options to `s' command");
      command->occurrence = (int)number();
      if (command->occurrence == 0) bad("number option to `s' command may not be zero");
      continue;
    } else if (c == 'w') {
      at++;
      command->output = open_output(file_name());
      break;
    } else {
      if (c != EOF && c != '}' && c != '#' && c != ';' && !isspace(c)) {
        at++;
        bad("unknown option to `s'");
      }
      break;
    }
    at++;
  }
  command->regex = compile(pattern, flags);
  int groups = command->regex == NULL ? 9 : (int)command->regex->re_nsub;
  for (const char *text = command->text; *text != '\0'; text++) {
    if (*text != '\\' || text[1] == '\0') continue;
    text++;
    if (isdigit((unsigned char)*text) && *text - '0' > groups) {
      char message[64];
      sprintf(message, "invalid reference \\%c on `s' command's RHS", *text);
      bad(message);
    }
  }
  free(pattern);
}

static void parse_map(struct command *command) {
  int delimiter = next();
  char *from = delimited(delimiter, 0, "unterminated `y' command");
  char *to = delimited(delimiter, 0, "unterminated `y' command");
  command->map = must_have(NULL, 256);
  for (int c = 0; c < 256; c++) command->map[c] = (unsigned char)c;
  const char *a = from, *b = to;
  for (; *a != '\0' && *b != '\0'; a++, b++) {
    char x = *a, y = *b;
    if (x == '\\' && a[1] != '\0') x = *++a == 'n' ? '\n' : *a;
    if (y == '\\' && b[1] != '\0') y = *++b == 'n' ? '\n' : *b;
    command->map[(unsigned char)x] = (unsigned char)y;
  }
  if (*a != *b) bad("strings for `y' command are different lengths");
}

/* What may stand after a command: blanks, then its end. */
static void end_command(void) {
  skip_blanks();
  int c = peek();
  if (c == ';' || c == '\n') at++;
  else if (c != EOF && c != '}' && c != '#') {
    at++;
    bad("extra characters after command");
  }
}

static struct command *add_command(void) {
  commands = must_have(commands, (command_count + 1) * sizeof *commands);
  struct command *command = &commands[command_count++];
  memset(command, 0, sizeof *command);
  return command;
}

static void parse_arguments(struct command *command) {
  switch (command->name) {
    case '{':
      if (depth == 64) bad("too many {'s");
      open_braces[depth++] = command_count - 1;
      return;
    case '}':
      if (command->first.kind != NONE) bad("} doesn't want any addresses");
      if (depth == 0) bad("unexpected `}'");
      commands[open_braces[--depth]].target = command_count;
      break;
    case ':':
      if (command->first.kind != NONE) bad(": doesn't want any addresses");
      command->label = label();
      if (*command->label == '\0') bad("\":\" lacks a label");
      break;
    case 'b':
    case 't':
    case 'T':
      command->label = label();
      break;
    case 'a':
    case 'i':
    case 'c':
      parse_text(command);
      return;
    case 'r':
      command->text = file_name();
      return;
    case 'w':
      command->output = open_output(file_name());
      return;
    case 's':
      parse_substitution(command);
      break;
    case 'y':
      parse_map(command);
      break;
    case 'q':
    case 'Q':
      if (command->last.kind != NONE) bad("command only uses one address");
      skip_blanks();
      command->status = (int)number();
      break;
    case 'l':
      skip_blanks();
      number();
      break;
    case '=':
    case 'd': case 'D': case 'g': case 'G': case 'h': case 'H': case 'n': case 'N':
    case 'p': case 'P': case 'x': case 'z': case 'F':
      break;
    default: {
      char message[40];
      sprintf(message, "unknown command: `%c'", command->name);
      bad(message);
    }
  }
  end_command();
}

static void parse_commands(void) {
  if (script.length >= 2 && memcmp(script.bytes, "#n", 2) == 0 &&
      (script.length == 2 || script.bytes[2] == '\n')) {
    is_quiet = 1;
  }
  for (;;) {
    while (peek() != EOF && (isspace(peek()) || peek() == ';')) at++;
    if (peek() == EOF) break;
    if (peek() == '#') {
      while (peek() != EOF && peek() != '\n') at++;
      continue;
    }
    struct command *command = add_command();
    if (parse_address(&command->first, 0)) {
      skip_blanks();
      if (peek() == ',') {
        at++;
        skip_blanks();
        if (!parse_address(&command->last, 1)) {
          at++;
          bad("unexpected `,'");
        }
        skip_blanks();
      }
      if (command->first.kind == ZERO && command->last.kind != PATTERN) {
        bad("invalid usage of line address 0");
      }
    }
    while (peek() == '!') {
      at++;
      command->is_negated = 1;
      skip_blanks();
    }
    int c = next();
    if (c == EOF) bad("missing command");
    command->name = (char)c;
    parse_arguments(command);
  }
  if (depth > 0) {
    at = 0;
    bad("unmatched `{'");
  }
}

static void resolve_labels(void) {
  for (size_t i = 0; i < command_count; i++) {
    struct command *command = &commands[i];
    if (command->name == ':' || command->label == NULL) continue;
    command->target = command_count;
    if (*command->label == '\0') continue;
    size_t j = 0;
    while (j < command_count &&
           !(commands[j].name == ':' && strcmp(commands[j].label, command->label) == 0)) {
      j++;
    }
    if (j == command_count) {
      trouble_status = 4;
      give_up("can't find label for jump to `%s'", command->label);
    }
    command->target = j;
  }
}

void add_script(const char *text) {
  if (script.bytes != NULL) buffer_add_char(&script, '\n');
  buffer_add(&script, text, strlen(text));
}

void parse_script(void) {
  parse_commands();
  resolve_labels();
}
