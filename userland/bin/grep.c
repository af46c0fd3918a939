/*
 * grep [-EFGivnclLqshHowxrRabzZ] [-ABC N] [-m N] [-e PATTERN] [-f FILE] [--include=G] PATTERN
 * [FILE ..]: the lines that match one of the patterns, which stand on a line each.
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pattern {
  regex_t regex;
  const char *text; /* as it was given */
  size_t length;
};

static struct pattern *patterns;
static int pattern_count;
static int is_extended, is_fixed, ignores_case, is_inverted, shows_numbers, counts_only;
static int lists_matching, lists_others, is_quiet, hides_errors, shows_parts, matches_words;
static int matches_lines, is_recursive, shows_bytes, is_text, terminator = '\n';
static int shows_names = -1;
static long long before, after, most = -1;
static const char *includes[32], *excludes[32];
static int include_count, exclude_count;

static int has_match, had_error;

/* --- patterns */

/* A fixed string as a regular expression: what is special there is escaped. */
static char *escaped(const char *text, size_t length) {
  struct buffer result = {0};
  buffer_add(&result, "", 0);
  for (size_t i = 0; i < length; i++) {
    if (strchr("\\.[]*^$", text[i]) != NULL && text[i] != '\0') buffer_add_char(&result, '\\');
    buffer_add_char(&result, text[i]);
  }
  return result.bytes;
}

static void add_pattern(const char *text, size_t length) {
  patterns = must_have(patterns, (size_t)(pattern_count + 1) * sizeof *patterns);
  struct pattern *pattern = &patterns[pattern_count++];
  char *copy = must_have(NULL, length + 1);
  memcpy(copy, text, length);
  copy[length] = '\0';
  pattern->text = copy;
  pattern->length = length;
}

static void add_patterns(const char *text) {
  for (;;) {
    size_t length = strcspn(text, "\n");
    add_pattern(text, length);
    if (text[length] == '\0') return;
    text += length + 1;
  }
}

static void add_pattern_file(const char *name) {
  FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
  char *line = NULL;
  size_t size = 0;
  if (file == NULL) {
    complain("%s", shown(name));
    exit(2);
  }
  for (ssize_t length; (length = read_line(file, &line, &size)) >= 0;) {
    if (length > 0 && line[length - 1] == '\n') length--;
    add_pattern(line, (size_t)length);
  }
  free(line);
  if (file != stdin) fclose(file);
}

static void compile(void) {
  for (int i = 0; i < pattern_count; i++) {
    struct pattern *pattern = &patterns[i];
    const char *text = is_fixed ? escaped(pattern->text, pattern->length) : pattern->text;
    int flags = (is_extended && !is_fixed ? REG_EXTENDED : 0) | (ignores_case ? REG_ICASE : 0);
    int error = regcomp(&pattern->regex, text, flags);
    if (error == 0) continue;
    char message[80];
    regerror(error, &pattern->regex, message, sizeof message);
    give_up("%s", message);
  }
}

/* --- lines */

static int is_word_byte(char c) {
  return isalnum((unsigned char)c) || c == '_';
}

/* Shortens or moves a match until it stands between bytes that are no part of a word. */
static int as_word(const struct pattern *pattern, const char *line, regmatch_t *match,
                   regoff_t length) {
  regoff_t start = match->rm_so, end = match->rm_eo;
  for (;;) {
    int is_apart = (start == 0 || !is_word_byte(line[start - 1])) &&
                   (end == length || !is_word_byte(line[end]));
    if (is_apart) {
      *match = (regmatch_t){start, end};
      return 1;
    }
    regmatch_t shorter = {start, end - 1};
    int flags = REG_STARTEND | (start > 0 ? REG_NOTBOL : 0) | REG_NOTEOL;
    if (end > start && regexec(&pattern->regex, line, 1, &shorter, flags) == 0 &&
        shorter.rm_so == start) {
      end = shorter.rm_eo;
      continue;
    }
    if (start >= length) return 0;
    regmatch_t later = {start + 1, length};
    if (regexec(&pattern->regex, line, 1, &later, REG_STARTEND | REG_NOTBOL) != 0) return 0;
    start = later.rm_so;
    end = later.rm_eo;
  }
}

/* The first match of any pattern at or after `from`. */
static int find(const char *line, regoff_t from, regoff_t length, regmatch_t *found) {
  int is_found = 0;
  for (int i = 0; i < pattern_count; i++) {
    regmatch_t match = {from, length};
    int flags = REG_STARTEND | (from > 0 ? REG_NOTBOL : 0);
    if (regexec(&patterns[i].regex, line, 1, &match, flags) != 0) continue;
    if (matches_lines && (match.rm_so != 0 || match.rm_eo != length)) continue;
    if (matches_words && !matches_lines && !as_word(&patterns[i], line, &match, length)) continue;
    if (!is_found || match.rm_so < found->rm_so ||
        (match.rm_so == found->rm_so && match.rm_eo > found->rm_eo)) {
      *found = match;
    }
    is_found = 1;
    if (!shows_parts) return 1;
  }
  return is_found;
}

struct input {
  FILE *file;
  const char *name;
  long number;
  long long offset;
  int is_binary;
  struct held {
    char *text;
    ssize_t length;
    long number;
    long long offset;
  } *held; /* lines before a match that may be shown: a ring */
  long long held_count;
  long last_shown;
};

static void prefix(const struct input *input, long number, long long offset, char mark) {
  if (shows_names > 0) printf("%s%c", input->name, mark);
  if (shows_numbers) printf("%ld%c", number, mark);
  if (shows_bytes) printf("%lld%c", offset, mark);
}

static void show_line(struct input *input, const char *line, ssize_t length, long number,
                      long long offset, char mark) {
  if ((before > 0 || after > 0) && input->last_shown > 0 && number > input->last_shown + 1) {
    puts("--");
  }
  prefix(input, number, offset, mark);
  fwrite(line, 1, (size_t)length, stdout);
  putchar(terminator);
  input->last_shown = number;
}

static void show_held(struct input *input) {
  long long count = input->held_count < before ? input->held_count : before;
  for (long long i = input->held_count - count; i < input->held_count; i++) {
    const struct held *held = &input->held[i % before];
    if (held->number <= input->last_shown) continue;
    show_line(input, held->text, held->length, held->number, held->offset, '-');
  }
  input->held_count = 0;
}

static void hold(struct input *input, const char *line, ssize_t length) {
  if (input->held == NULL) {
    input->held = must_have(NULL, (size_t)before * sizeof *input->held);
    memset(input->held, 0, (size_t)before * sizeof *input->held);
  }
  struct held *held = &input->held[input->held_count++ % before];
  held->text = must_have(held->text, (size_t)length + 1);
  memcpy(held->text, line, (size_t)length);
  held->length = length;
  held->number = input->number;
  held->offset = input->offset;
}

static void show_matches(struct input *input, const char *line, regoff_t length) {
  regmatch_t match;
  for (regoff_t at = 0; at <= length && find(line, at, length, &match);) {
    if (match.rm_eo == match.rm_so) {
      at = match.rm_eo + 1;
      continue;
    }
    prefix(input, input->number, input->offset + match.rm_so, ':');
    fwrite(line + match.rm_so, 1, (size_t)(match.rm_eo - match.rm_so), stdout);
    putchar(terminator);
    at = match.rm_eo;
  }
}

/* The number of lines that were selected. */
static long long search(struct input *input) {
  char *line = NULL;
  size_t size = 0;
  long long found = 0, left = 0;
  int only_first = is_quiet || lists_matching || lists_others;
  errno = 0;
  for (ssize_t length; (length = getdelim(&line, &size, terminator, input->file)) >= 0;) {
    ssize_t whole = length;
    regmatch_t match;
    input->number++;
    if (line[length - 1] == terminator) line[--length] = '\0';
    if (!is_text && terminator == '\n' && memchr(line, '\0', (size_t)length) != NULL) {
      input->is_binary = 1;
    }
    int is_selected = most != 0 && find(line, 0, (regoff_t)length, &match) != is_inverted;
    if (is_selected && (most < 0 || found < most)) {
      found++;
      if (only_first) break;
      if (!counts_only && input->is_binary) {
        complain_only("%s: binary file matches", input->name);
        break;
      }
      if (!counts_only) {
        if (before > 0) show_held(input);
        if (!shows_parts) {
          show_line(input, line, length, input->number, input->offset, ':');
        } else if (!is_inverted) {
          show_matches(input, line, (regoff_t)length);
        }
        left = after;
      }
    } else if (left > 0 && !counts_only && !shows_parts) {
      show_line(input, line, length, input->number, input->offset, '-');
      left--;
    } else if (before > 0 && !counts_only && !shows_parts) {
      hold(input, line, length);
    }
    if (most >= 0 && found >= most && left == 0) break;
    input->offset += whole;
  }
  if (ferror(input->file) && !hides_errors) complain("%s", shown(input->name));
  if (ferror(input->file)) had_error = 1;
  free(line);
  return found;
}

static void search_file(FILE *file, const char *name) {
  struct input input = {.file = file, .name = name};
  long long found = search(&input);
  if (found > 0 && !lists_others) has_match = 1;
  if (found == 0 && lists_others) has_match = 1;
  if (input.held != NULL) {
    for (long long i = 0; i < before; i++) free(input.held[i].text);
    free(input.held);
  }
  if (is_quiet) {
    if (found > 0) exit(0);
    return;
  }
  if (counts_only && !lists_matching && !lists_others) {
    if (shows_names > 0) printf("%s:", name);
    printf("%lld\n", found);
  }
  if ((lists_matching && found > 0) || (lists_others && found == 0)) puts(name);
}

static void fail(const char *path, int error) {
  had_error = 1;
  if (hides_errors) return;
  errno = error;
  complain("%s", shown(path));
}

static void search_path(const char *path, int directory, const char *name) {
  int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
  FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
  if (file == NULL) {
    fail(path, errno);
    return;
  }
  search_file(file, path);
  fclose(file);
}

static int is_wanted(const char *name) {
  for (int i = 0; i < exclude_count; i++) {
    if (fnmatch(excludes[i], name, 0) == 0) return 0;
  }
  for (int i = 0; i < include_count; i++) {
    if (fnmatch(includes[i], name, 0) == 0) return 1;
  }
  return include_count == 0;
}

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  const char *path = walk->path;
  if (*(const char *)walk->context == '\0') path += 2; /* no operand: names without ./ */
  if (event == WALK_FAILED || event == WALK_UNREADABLE) fail(path, walk->error);
  if (event == WALK_CYCLE) complain_only("%s: warning: recursive directory loop", path);
  if (event != WALK_FILE) return WALK_ON;
  if (walk->depth > 0 && !S_ISREG(walk->status.st_mode)) return WALK_ON;
  if (is_wanted(walk->name)) search_path(path, walk->fd, walk->name);
  return WALK_ON;
}

static void search_operand(const char *path) {
  struct stat status;
  if (strcmp(path, "-") == 0) {
    search_file(stdin, "(standard input)");
  } else if (is_recursive) {
    struct walk walk = {.context = (void *)path};
    enum walk_links links = is_recursive == 'R' ? WALK_FOLLOW_ALL : WALK_FOLLOW_OPERANDS;
    walk_tree(*path == '\0' ? "." : path, links, &walk, visit);
  } else if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
    complain_only("%s: Is a directory", shown(path));
    had_error = 1;
  } else {
    search_path(path, AT_FDCWD, path);
  }
}

/* --- options */

static const struct option longs[] = {
    {"extended-regexp", no_argument, NULL, 'E'},   {"fixed-strings", no_argument, NULL, 'F'},
    {"basic-regexp", no_argument, NULL, 'G'},      {"ignore-case", no_argument, NULL, 'i'},
    {"invert-match", no_argument, NULL, 'v'},      {"line-number", no_argument, NULL, 'n'},
    {"count", no_argument, NULL, 'c'},             {"files-with-matches", no_argument, NULL, 'l'},
    {"files-without-match", no_argument, NULL, 'L'}, {"quiet", no_argument, NULL, 'q'},
    {"silent", no_argument, NULL, 'q'},            {"no-messages", no_argument, NULL, 's'},
    {"only-matching", no_argument, NULL, 'o'},     {"word-regexp", no_argument, NULL, 'w'},
    {"line-regexp", no_argument, NULL, 'x'},       {"recursive", no_argument, NULL, 'r'},
    {"regexp", required_argument, NULL, 'e'},      {"file", required_argument, NULL, 'f'},
    {"with-filename", no_argument, NULL, 'H'},     {"no-filename", no_argument, NULL, 'h'},
    {"max-count", required_argument, NULL, 'm'},   {"byte-offset", no_argument, NULL, 'b'},
    {"after-context", required_argument, NULL, 'A'}, {"before-context", required_argument, NULL, 'B'},
    {"context", required_argument, NULL, 'C'},     {"text", no_argument, NULL, 'a'},
    {"null-data", no_argument, NULL, 'z'},         {"include", required_argument, NULL, 1},
    {"exclude", required_argument, NULL, 2},       {"color", optional_argument, NULL, 3},
    {"colour", optional_argument, NULL, 3},        {NULL, 0, NULL, 0}};

static long long number(const char *text, const char *what) {
  long long value;
  if (!parse_number(text, &value) || value < 0) give_up("%s: invalid %s", text, what);
  return value;
}

static void set_flag(int option) {
  switch (option) {
    case 'E':
    case 'G':
    case 'F':
      is_extended = option == 'E';
      is_fixed = option == 'F';
      break;
    case 'y':
    case 'i':
      ignores_case = 1;
      break;
    case 'v':
      is_inverted = 1;
      break;
    case 'n':
      shows_numbers = 1;
      break;
    case 'c':
      counts_only = 1;
      break;
    case 'l':
      lists_matching = 1;
      break;
    case 'L':
      lists_others = 1;
      break;
    case 'q':
      is_quiet = 1;
      break;
    case 's':
      hides_errors = 1;
      break;
    case 'o':
      shows_parts = 1;
      break;
    case 'w':
      matches_words = 1;
      break;
    case 'x':
      matches_lines = 1;
      break;
    case 'r':
    case 'R':
      is_recursive = option;
      break;
    case 'H':
    case 'h':
      shows_names = option == 'H';
      break;
    case 'b':
      shows_bytes = 1;
      break;
    case 'a':
      is_text = 1;
      break;
    case 'z':
      terminator = '\0';
      break;
  }
}

int main(int argc, char **argv) {
  int has_pattern = 0;
  usage_status = trouble_status = 2;
  is_extended = strcmp(program_name(), "egrep") == 0;
  for (int option; (option = next_option(argc, argv, "EFGivnclLqsowxrRe:f:hHyA:B:C:m:abz0123456789",
                                         longs, "grep [OPTION ..] PATTERN [FILE ..]\n")) != -1;) {
    if (option == 'e') add_patterns(optarg), has_pattern = 1;
    else if (option == 'f') add_pattern_file(optarg), has_pattern = 1;
    else if (option == 'A') after = number(optarg, "context length argument");
    else if (option == 'B') before = number(optarg, "context length argument");
    else if (option == 'C') before = after = number(optarg, "context length argument");
    else if (option >= '0' && option <= '9') before = after = after * 10 + option - '0';
    else if (option == 'm') most = number(optarg, "max count");
    else if (option == 1 && include_count < 32) includes[include_count++] = optarg;
    else if (option == 2 && exclude_count < 32) excludes[exclude_count++] = optarg;
    else set_flag(option);
  }
  if (!has_pattern && optind == argc) {
    fprintf(stderr, "Usage: %s [OPTION]... PATTERNS [FILE]...\n", program_invocation_name);
    wrong_usage(NULL);
  }
  if (!has_pattern) add_patterns(argv[optind++]);
  compile();
  int count = argc - optind;
  int names_are_set = shows_names >= 0;
  if (!names_are_set) shows_names = count > 1 || (is_recursive && count != 1);
  if (is_recursive && count == 1 && !names_are_set) {
    struct stat status;
    if (stat(argv[optind], &status) == 0 && S_ISDIR(status.st_mode)) shows_names = 1;
  }
  if (count == 0) search_operand(is_recursive ? "" : "-");
  for (int i = optind; i < argc; i++) search_operand(argv[i]);
  int status = had_error ? 2 : !has_match;
  return finish(status) == status ? status : 2;
}
