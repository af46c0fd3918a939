/*
 * Editing: one line after another goes through the commands. A line is read ahead, so that the last
 * one is known.
 */
#include "sed.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MATCHES 10 /* the whole, and \1 to \9 */

char **files;
static const char *file_shown;
static const char *suffix = "";
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

void edit(const char *backup_suffix) {
  suffix = backup_suffix;
  int keeps_pattern = 0;
  result = stdout;
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
