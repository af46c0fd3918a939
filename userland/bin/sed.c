/*
 * sed [-nEirsuz] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE ..]: edits lines. The script becomes a list
 * of commands; braces and branches are indices into it.
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MATCHES 10

struct address {
  enum { NONE, LINE, LAST, PATTERN, STEP, ZERO, MORE, MULTIPLE } kind;
  long number, step;
  regex_t *regex; /* null: the one used last */
};

struct output {
  const char *name;
  FILE *file;
  struct output *next;
};

struct command {
  struct address first, last;
  int is_negated, is_active; /* within its range */
  long end_line;
  char name;
  size_t target;     /* { b t T: where to go on */
  char *label, *text; /* a i c r; s: the replacement */
  size_t text_length;
  regex_t *regex;
  int is_global, prints, occurrence, status;
  struct output *output;
  unsigned char *map; /* y */
};

static struct command *commands;
static size_t command_count;
static int is_quiet, is_extended, in_place, is_separate, terminator = '\n';
static const char *suffix = "";
static struct output *outputs;

/* --- the script */

static struct buffer script;
static size_t at;
static const char *expression = "-e expression #1";
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

static void parse_script(void) {
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

/* --- input and output */

static char **files;
static const char *file_shown;
static FILE *input, *result; /* result: where lines go; a new file with -i */
static char *next_line;      /* read ahead, to know which line is the last */
static size_t next_size;
static ssize_t next_length = -1;
static int starts_file; /* the line that was read ahead is the first of its file */
static char *temporary, *edited;
static long line_number;
static struct buffer pattern, hold;
static int lacks_newline; /* the line in hand had no terminator */

struct appended {
  const struct command *command;
  struct appended *next;
};

static struct appended *appended;

static void end_edit(void) {
  if (temporary == NULL) return;
  struct stat status;
  if (stat(edited, &status) == 0) fchmod(fileno(result), status.st_mode & 07777);
  if (fclose(result) != 0) give_up("couldn't write %s: %s", temporary, strerror(errno));
  if (*suffix != '\0') {
    char *backup = joined("", edited);
    backup = must_have(backup, strlen(edited) + strlen(suffix) + 1);
    strcpy(backup, edited);
    strcat(backup, suffix);
    rename(edited, backup);
    free(backup);
  }
  if (rename(temporary, edited) < 0) complain("cannot rename %s", temporary);
  free(temporary);
  temporary = NULL;
  result = stdout;
}

static void begin_edit(const char *name) {
  const char *slash = strrchr(name, '/');
  size_t length = slash == NULL ? 0 : (size_t)(slash - name) + 1;
  temporary = must_have(NULL, length + 16);
  memcpy(temporary, name, length);
  strcpy(temporary + length, "sedXXXXXX");
  int fd = mkstemp(temporary);
  result = fd < 0 ? NULL : fdopen(fd, "w");
  if (result == NULL) give_up("couldn't open temporary file %s: %s", temporary, strerror(errno));
  edited = (char *)name;
}

/* Opens the next file that can be read; false when there is none. */
static int open_next(void) {
  for (; *files != NULL; files++) {
    struct stat status;
    const char *name = *files;
    if (strcmp(name, "-") == 0 && !in_place) {
      input = stdin;
      file_shown = "-";
    } else if (stat(name, &status) == 0 && S_ISDIR(status.st_mode)) {
      if (in_place) complain_only("couldn't edit %s: not a regular file", name);
      else complain_only("couldn't read %s: Is a directory", name);
      exit_status = in_place ? 4 : 2;
      continue;
    } else if ((input = fopen(name, "r")) == NULL) {
      complain("can't read %s", name);
      exit_status = 2;
      continue;
    }
    file_shown = name;
    files++;
    return 1;
  }
  return 0;
}

static void close_input(void) {
  if (input != NULL && input != stdin) fclose(input);
  input = NULL;
}

/* Reads a line ahead, from further files unless each is by itself. */
static void read_ahead(void) {
  for (;;) {
    if (input == NULL) {
      if (!open_next()) {
        next_length = -1;
        return;
      }
      starts_file = 1;
    } else {
      starts_file = 0;
    }
    next_length = getdelim(&next_line, &next_size, terminator, input);
    if (next_length >= 0) return;
    close_input();
    if (in_place) return;
  }
}

/* With -s each file has a last line: what follows comes from another one then. */
static int is_last(void) {
  return next_length < 0 || (is_separate && starts_file);
}

/* The next line into the pattern space, after what is there; false at the end. */
static int read_line_into(struct buffer *to) {
  if (next_length < 0 && in_place) {
    end_edit();
    if (!open_next()) return 0;
    begin_edit(file_shown);
    line_number = 0;
    read_ahead();
    if (next_length < 0) return read_line_into(to);
  }
  if (next_length < 0) return 0;
  ssize_t length = next_length;
  lacks_newline = next_line[length - 1] != terminator;
  if (!lacks_newline) length--;
  buffer_add(to, next_line, (size_t)length);
  line_number = is_separate && starts_file ? 1 : line_number + 1;
  read_ahead();
  return 1;
}

static void put(FILE *file, const char *text, size_t length) {
  static FILE *unfinished; /* a line without its end was the last one written there */
  if (unfinished == file) putc(terminator, file);
  unfinished = NULL;
  fwrite(text, 1, length, file);
  if (lacks_newline && is_last()) unfinished = file;
  else putc(terminator, file);
}

static void put_pattern(void) {
  put(result, pattern.bytes, pattern.length);
}

static void copy_file(const char *name) {
  FILE *file = fopen(name, "r");
  char block[4096];
  size_t count;
  while (file != NULL && (count = fread(block, 1, sizeof block, file)) > 0) {
    fwrite(block, 1, count, result);
  }
  if (file != NULL) fclose(file);
}

/* What a and r asked for at the end of the cycle. */
static void put_appended(void) {
  while (appended != NULL) {
    struct appended *first = appended;
    if (lacks_newline && is_last() && first->command != NULL) {
      putc(terminator, result);
      lacks_newline = 0;
    }
    if (first->command->name == 'a') {
      fwrite(first->command->text, 1, first->command->text_length, result);
    } else {
      copy_file(first->command->text);
    }
    appended = first->next;
    free(first);
  }
}

static void append(const struct command *command) {
  struct appended **end = &appended;
  while (*end != NULL) end = &(*end)->next;
  *end = must_have(NULL, sizeof **end);
  **end = (struct appended){command, NULL};
}

/* --- commands */

static regex_t *last_regex;

static int search(regex_t *regex, size_t from, regmatch_t *matches) {
  if (regex == NULL) regex = last_regex;
  if (regex == NULL) give_up("no previous regular expression");
  last_regex = regex;
  matches[0] = (regmatch_t){0, (regoff_t)pattern.length};
  if (from == 0) return regexec(regex, pattern.bytes, MATCHES, matches, REG_STARTEND) == 0;
  /* The text before `from` is context; a match begins after it. */
  matches[0].rm_so = (regoff_t)from;
  return regexec(regex, pattern.bytes, MATCHES, matches, REG_STARTEND | REG_NOTBOL) == 0;
}

static int matches_address(const struct address *address) {
  regmatch_t matches[MATCHES];
  switch (address->kind) {
    case LINE:
      return line_number == address->number;
    case LAST:
      return is_last();
    case PATTERN:
      return search(address->regex, 0, matches);
    case STEP:
      if (address->step <= 0) return line_number == address->number;
      return line_number >= address->number &&
             (line_number - address->number) % address->step == 0;
    default:
      return 0;
  }
}

/* Begins a range at this line; the line itself is in it. */
static void begin_range(struct command *command) {
  const struct address *last = &command->last;
  command->is_active = 1;
  command->end_line = 0;
  if (last->kind == LINE) command->end_line = last->number;
  if (last->kind == MORE) command->end_line = line_number + last->number;
  if (last->kind == MULTIPLE && last->number > 0) {
    command->end_line = (line_number + last->number - 1) / last->number * last->number;
  }
  int ends_by_line = last->kind == LINE || last->kind == MORE || last->kind == MULTIPLE;
  if (ends_by_line && line_number >= command->end_line) command->is_active = 0;
  if (last->kind == LAST && is_last()) command->is_active = 0;
}

static int is_selected(struct command *command) {
  if (command->first.kind == NONE) return 1;
  if (command->last.kind == NONE) return matches_address(&command->first);
  if (command->first.kind == ZERO && line_number == 1 && !command->is_active) {
    command->first.kind = LINE; /* 0,/x/: the range is open before the first line */
    command->is_active = 1;
  }
  if (command->is_active) {
    if (command->last.kind == PATTERN || command->last.kind == LAST) {
      if (matches_address(&command->last)) command->is_active = 0;
      return 1;
    }
    if (line_number >= command->end_line) command->is_active = 0;
    if (line_number <= command->end_line) return 1;
  }
  if (!matches_address(&command->first)) return 0;
  begin_range(command);
  return 1;
}

/* How the replacement changes the case of what it adds: \U \L \u \l \E. */
struct casing {
  int all, once;
};

static void add_cased(struct buffer *to, struct casing *casing, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    int c = (unsigned char)text[i];
    int how = casing->once != 0 ? casing->once : casing->all;
    casing->once = 0;
    if (how == 'U' || how == 'u') c = toupper(c);
    if (how == 'L' || how == 'l') c = tolower(c);
    buffer_add_char(to, (char)c);
  }
}

static void add_replacement(struct buffer *to, const char *text, const regmatch_t *matches) {
  static const char from[] = "ntfvar", plain[] = "\n\t\f\v\a\r";
  struct casing casing = {0};
  for (; *text != '\0'; text++) {
    int group = -1;
    if (*text == '&') group = 0;
    else if (*text == '\\' && text[1] != '\0') {
      text++;
      const char *found = strchr(from, *text);
      if (isdigit((unsigned char)*text)) group = *text - '0';
      else if (*text == 'U' || *text == 'L') casing = (struct casing){*text, 0};
      else if (*text == 'E') casing = (struct casing){0, 0};
      else if (*text == 'u' || *text == 'l') casing.once = *text;
      else add_cased(to, &casing, found != NULL ? &plain[found - from] : text, 1);
    } else {
      add_cased(to, &casing, text, 1);
    }
    if (group >= 0 && matches[group].rm_so >= 0) {
      add_cased(to, &casing, pattern.bytes + matches[group].rm_so,
                (size_t)(matches[group].rm_eo - matches[group].rm_so));
    }
  }
}

/* True when something was replaced. */
static int substitute(const struct command *command) {
  static struct buffer made;
  regmatch_t matches[MATCHES];
  size_t from = 0, copied = 0;
  int count = 0, is_changed = 0;
  made.length = 0;
  buffer_add(&made, "", 0);
  long last_end = -1;
  while (from <= pattern.length && search(command->regex, from, matches)) {
    size_t start = (size_t)matches[0].rm_so, end = (size_t)matches[0].rm_eo;
    int is_repeated = start == end && (long)start == last_end; /* empty, right after a match */
    if (!is_repeated) count++;
    int wanted = command->occurrence == 0 ? 1 : command->occurrence;
    if (!is_repeated && (count == wanted || (command->is_global && count > wanted))) {
      buffer_add(&made, pattern.bytes + copied, start - copied);
      add_replacement(&made, command->text, matches);
      copied = end;
      is_changed = 1;
      if (!command->is_global) break;
    }
    last_end = (long)end;
    from = start == end ? end + 1 : end;
  }
  if (!is_changed) return 0;
  buffer_add(&made, pattern.bytes + copied, pattern.length - copied);
  struct buffer held = pattern;
  pattern = made;
  made = held;
  if (command->prints) put_pattern();
  if (command->output != NULL) put(command->output->file, pattern.bytes, pattern.length);
  return 1;
}

/* l: visibly, in lines of at most 69 characters and a backslash. */
static void list_pattern(void) {
  static const char from[] = "\a\b\f\n\r\t\v\\", to[] = "abfnrtv\\";
  int column = 0;
  for (size_t i = 0; i < pattern.length; i++) {
    char text[8];
    unsigned char c = (unsigned char)pattern.bytes[i];
    const char *found = c == 0 ? NULL : strchr(from, c);
    if (found != NULL) sprintf(text, "\\%c", to[found - from]);
    else if (isprint(c)) sprintf(text, "%c", c);
    else sprintf(text, "\\%03o", c);
    int length = (int)strlen(text);
    if (column + length > 69) {
      fputs("\\\n", result);
      column = 0;
    }
    fputs(text, result);
    column += length;
  }
  fputs("$\n", result);
}

static _Noreturn void quit(int status, int prints) {
  if (prints && !is_quiet) put_pattern();
  put_appended();
  if (temporary != NULL) {
    /* The rest of the file stays as it was. */
    while (next_length >= 0) {
      fwrite(next_line, 1, (size_t)next_length, result);
      read_ahead();
    }
    end_edit();
  }
  for (struct output *output = outputs; output != NULL; output = output->next) {
    fflush(output->file);
  }
  status = status != 0 ? status : exit_status;
  exit(finish(status) == status ? status : 4);
}

enum outcome { NEXT, END_CYCLE, RESTART, DELETED };

static void copy(struct buffer *to, const struct buffer *from) {
  to->length = 0;
  buffer_add(to, from->bytes, from->length);
}

static void add_line(struct buffer *to, const struct buffer *from) {
  buffer_add_char(to, '\n');
  buffer_add(to, from->bytes, from->length);
}

/* n and N: the next line instead of, or after, the one in hand. */
static void go_to_next(int adds) {
  if (is_last() && (next_length < 0 && (!in_place || *files == NULL))) quit(0, 1);
  if (!adds && !is_quiet) put_pattern();
  put_appended();
  if (adds) buffer_add_char(&pattern, '\n');
  else pattern.length = 0;
  read_line_into(&pattern);
  if (pattern.length == 0) buffer_add(&pattern, "", 0);
}

/* One command; *next is where to go on. */
static enum outcome execute(struct command *command, size_t *next, int *is_replaced) {
  char *newline;
  switch (command->name) {
    case '=':
      fprintf(result, "%ld\n", line_number);
      break;
    case 'a':
    case 'r':
      append(command);
      break;
    case 'i':
      fwrite(command->text, 1, command->text_length, result);
      break;
    case 'c':
      if (command->last.kind == NONE || !command->is_active || command->is_negated) {
        fwrite(command->text, 1, command->text_length, result);
      }
      return DELETED;
    case 'b':
      *next = command->target;
      break;
    case 't':
      if (*is_replaced) *next = command->target;
      *is_replaced = 0;
      break;
    case 'T':
      if (!*is_replaced) *next = command->target;
      *is_replaced = 0;
      break;
    case 'd':
      return DELETED;
    case 'D':
      newline = memchr(pattern.bytes, '\n', pattern.length);
      if (newline == NULL) return DELETED;
      pattern.length -= (size_t)(newline + 1 - pattern.bytes);
      memmove(pattern.bytes, newline + 1, pattern.length + 1);
      return RESTART;
    case 'g':
      copy(&pattern, &hold);
      break;
    case 'G':
      add_line(&pattern, &hold);
      break;
    case 'h':
      copy(&hold, &pattern);
      break;
    case 'H':
      add_line(&hold, &pattern);
      break;
    case 'l':
      list_pattern();
      break;
    case 'n':
    case 'N':
      go_to_next(command->name == 'N');
      break;
    case 'p':
      put_pattern();
      break;
    case 'P':
      newline = memchr(pattern.bytes, '\n', pattern.length);
      if (newline == NULL) put_pattern();
      else fwrite(pattern.bytes, 1, (size_t)(newline + 1 - pattern.bytes), result);
      break;
    case 'q':
      quit(command->status, 1);
    case 'Q':
      quit(command->status, 0);
    case 's':
      *is_replaced |= substitute(command);
      break;
    case 'w':
      put(command->output->file, pattern.bytes, pattern.length);
      break;
    case 'x': {
      struct buffer held = pattern;
      pattern = hold;
      hold = held;
      break;
    }
    case 'y':
      for (size_t i = 0; i < pattern.length; i++) {
        pattern.bytes[i] = (char)command->map[(unsigned char)pattern.bytes[i]];
      }
      break;
    case 'z':
      pattern.length = 0;
      buffer_add(&pattern, "", 0);
      break;
    case 'F':
      fprintf(result, "%s\n", file_shown);
  }
  return NEXT;
}

static void edit(void) {
  int keeps_pattern = 0;
  buffer_add(&hold, "", 0);
  if (!in_place) read_ahead();
  for (;;) {
    if (!keeps_pattern) {
      pattern.length = 0;
      buffer_add(&pattern, "", 0);
      if (!read_line_into(&pattern)) break;
    }
    keeps_pattern = 0;
    int is_replaced = 0;
    enum outcome outcome = NEXT;
    for (size_t i = 0; i < command_count && outcome == NEXT;) {
      struct command *command = &commands[i++];
      if (command->name == ':' || command->name == '}') continue;
      int is_chosen = is_selected(command) != command->is_negated;
      if (command->name == '{') {
        if (!is_chosen) i = command->target;
      } else if (is_chosen) {
        outcome = execute(command, &i, &is_replaced);
      }
    }
    if (outcome == NEXT && !is_quiet) put_pattern();
    put_appended();
    keeps_pattern = outcome == RESTART;
  }
  end_edit();
}

/* --- options */

static void add_script(const char *text) {
  if (script.bytes != NULL) buffer_add_char(&script, '\n');
  buffer_add(&script, text, strlen(text));
}

static void add_script_file(const char *name) {
  FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
  struct buffer text = {0};
  if (file == NULL) give_up("couldn't open file %s: %s", name, strerror(errno));
  buffer_add(&text, "", 0);
  for (int c; (c = getc(file)) != EOF;) buffer_add_char(&text, (char)c);
  if (text.length > 0 && text.bytes[text.length - 1] == '\n') text.bytes[--text.length] = '\0';
  if (file != stdin) fclose(file);
  add_script(text.bytes);
}

int main(int argc, char **argv) {
  static const struct option longs[] = {
      {"quiet", no_argument, NULL, 'n'},          {"silent", no_argument, NULL, 'n'},
      {"expression", required_argument, NULL, 'e'}, {"file", required_argument, NULL, 'f'},
      {"regexp-extended", no_argument, NULL, 'E'}, {"in-place", optional_argument, NULL, 'i'},
      {"separate", no_argument, NULL, 's'},       {"unbuffered", no_argument, NULL, 'u'},
      {"null-data", no_argument, NULL, 'z'},      {NULL, 0, NULL, 0}};
  static char *standard[] = {"-", NULL};
  int has_script = 0;
  result = stdout;
  for (int option; (option = next_option(argc, argv, "ne:f:Eri::suz", longs,
                                         "sed [-nEisuz] [-e SCRIPT] [-f FILE] [SCRIPT] "
                                         "[FILE ..]\n")) != -1;) {
    if (option == 'n') is_quiet = 1;
    if (option == 'e') add_script(optarg), has_script = 1;
    if (option == 'f') add_script_file(optarg), has_script = 1;
    if (option == 'E' || option == 'r') is_extended = 1;
    if (option == 's') is_separate = 1;
    if (option == 'u') setvbuf(stdout, NULL, _IOLBF, 0);
    if (option == 'z') terminator = '\0';
    if (option == 'i') {
      in_place = is_separate = 1;
      if (optarg != NULL) suffix = optarg;
    }
  }
  if (!has_script) {
    if (optind == argc) {
      fprintf(stderr, "usage: sed [-nEisuz] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE ..]\n");
      return 1;
    }
    add_script(argv[optind++]);
  }
  parse_script();
  resolve_labels();
  files = optind < argc ? argv + optind : standard;
  edit();
  for (struct output *output = outputs; output != NULL; output = output->next) {
    if (output->file != stdout) fflush(output->file);
  }
  trouble_status = 4;
  return finish(exit_status);
}
