/*
 * xargs [-0prtx] [-d C] [-E WORD] [-I TEXT] [-L LINES] [-n WORDS] [-s BYTES] [COMMAND [WORD ..]]:
 * runs a command with words from standard input.
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE_MAX_DEFAULT 65536

static int delimiter = -1; /* -1: blanks and newlines, with quotes */
static int is_traced, asks, skips_empty;
static long long most_words, most_lines, most_bytes = SIZE_MAX_DEFAULT;
static const char *replaced, *end_word;

static char **command;
static int command_count;
static struct buffer words; /* those that wait, each with its zero byte */
static int word_count, line_count;

static void run(char **arguments) {
  int status;
  if (is_traced || asks) {
    for (char **word = arguments; *word != NULL; word++) {
      fprintf(stderr, "%s%s", word == arguments ? "" : " ", shown(*word));
    }
    if (asks) {
      FILE *terminal = fopen("/dev/tty", "r");
      fputs("?...", stderr);
      int answer = terminal == NULL ? EOF : getc(terminal);
      if (terminal != NULL) fclose(terminal);
      if (answer != 'y' && answer != 'Y') return;
    } else {
      fputc('\n', stderr);
    }
  }
  pid_t child = fork();
  if (child < 0) give_up("cannot fork: %s", strerror(errno));
  if (child == 0) {
    int null = open("/dev/null", O_RDONLY);
    if (null > 0) dup2(null, 0);
    execvp(arguments[0], arguments);
    int error = errno;
    complain("%s", arguments[0]);
    _exit(error == ENOENT ? 127 : 126);
  }
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (WIFSIGNALED(status)) {
    complain_only("%s: terminated by signal %d", arguments[0], WTERMSIG(status));
    exit(125);
  }
  int result = WEXITSTATUS(status);
  if (result == 127 || result == 126) exit(result);
  if (result == 255) {
    complain_only("%s: exited with status 255; aborting", arguments[0]);
    exit(124);
  }
  if (result != 0) exit_status = 123;
}

/* Runs the command with the words that wait. */
static void flush_words(void) {
  char **arguments =
      must_have(NULL, (size_t)(command_count + word_count + 1) * sizeof *arguments);
  memcpy(arguments, command, (size_t)command_count * sizeof *arguments);
  char *at = words.bytes;
  for (int i = 0; i < word_count; i++, at += strlen(at) + 1) arguments[command_count + i] = at;
  arguments[command_count + word_count] = NULL;
  run(arguments);
  free(arguments);
  words.length = 0;
  word_count = line_count = 0;
}

static void run_replaced(const char *word) {
  char **arguments = must_have(NULL, (size_t)(command_count + 1) * sizeof *arguments);
  for (int i = 0; i < command_count; i++) {
    struct buffer text = {0};
    const char *at = command[i];
    buffer_add(&text, "", 0);
    for (const char *found; (found = strstr(at, replaced)) != NULL; at = found + strlen(replaced)) {
      buffer_add(&text, at, (size_t)(found - at));
      buffer_add(&text, word, strlen(word));
    }
    buffer_add(&text, at, strlen(at));
    arguments[i] = text.bytes;
  }
  arguments[command_count] = NULL;
  run(arguments);
  for (int i = 0; i < command_count; i++) free(arguments[i]);
  free(arguments);
}

static size_t command_size(void) {
  size_t size = 0;
  for (int i = 0; i < command_count; i++) size += strlen(command[i]) + 1 + sizeof(char *);
  return size;
}

static void take(const struct buffer *word, int ends_line) {
  static size_t fixed;
  if (replaced != NULL) {
    run_replaced(word->bytes + strspn(word->bytes, " \t"));
    return;
  }
  if (fixed == 0) fixed = command_size();
  size_t size = fixed + words.length + word->length + 1 + (size_t)(word_count + 1) * sizeof(char *);
  if (size > (size_t)most_bytes) {
    if (word_count == 0) give_up("argument line too long");
    flush_words();
  }
  buffer_add(&words, word->bytes, word->length + 1);
  word_count++;
  line_count += ends_line;
  if (most_words > 0 && word_count >= most_words) flush_words();
  else if (most_lines > 0 && line_count >= most_lines) flush_words();
}

/* A word up to a delimiter; false at the end. */
static int read_delimited(struct buffer *word) {
  int c = getchar();
  if (c == EOF) return 0;
  for (; c != EOF && c != delimiter; c = getchar()) buffer_add_char(word, (char)c);
  return 1;
}

/* A word by the rules of quotes and backslashes; *ends_line when a newline ended it. */
static int read_word(struct buffer *word, int *ends_line) {
  int c = getchar(), quote = 0;
  while (c == '\n' || (isblank(c) && c != EOF)) c = getchar();
  if (c == EOF) return 0;
  for (; c != EOF; c = getchar()) {
    if (quote != 0) {
      if (c == '\n') {
        complain_only("unmatched %s quote; by default quotes are special to xargs unless you use "
                      "the -0 option", quote == '\'' ? "single" : "double");
        if (word_count > 0) flush_words();
        exit(1);
      }
      if (c == quote) quote = 0;
      else buffer_add_char(word, (char)c);
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '\\') {
      c = getchar();
      if (c != EOF) buffer_add_char(word, (char)c);
    } else if (c == '\n' || (isblank(c) && replaced == NULL)) {
      break;
    } else {
      buffer_add_char(word, (char)c);
    }
  }
  if (quote != 0) {
    complain_only("unmatched %s quote; by default quotes are special to xargs unless you use the "
                  "-0 option", quote == '\'' ? "single" : "double");
    if (word_count > 0) flush_words();
    exit(1);
  }
  *ends_line = c == '\n' || c == EOF;
  return 1;
}

static long long count(const char *text, char option) {
  long long value;
  if (!parse_number(text, &value)) give_up("invalid number \"%s\" for -%c option", text, option);
  if (value < 1) {
    complain_only("value %s for -%c option should be >= 1", text, option);
    wrong_usage(NULL);
  }
  return value;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"null", no_argument, NULL, '0'},
                                        {"delimiter", required_argument, NULL, 'd'},
                                        {"max-args", required_argument, NULL, 'n'},
                                        {"max-lines", required_argument, NULL, 'L'},
                                        {"max-procs", required_argument, NULL, 'P'},
                                        {"no-run-if-empty", no_argument, NULL, 'r'},
                                        {"verbose", no_argument, NULL, 't'},
                                        {"interactive", no_argument, NULL, 'p'},
                                        {NULL, 0, NULL, 0}};
  static char *standard[] = {"echo", NULL};
  for (int option; (option = next_option(argc, argv, "+0d:E:I:L:n:pP:rs:tx", longs,
                                         "xargs [-0prt] [-d C] [-I TEXT] [-L N] [-n N] "
                                         "[COMMAND [WORD ..]]\n")) != -1;) {
    if (option == '0') delimiter = '\0';
    if (option == 'd') delimiter = strcmp(optarg, "\\n") == 0   ? '\n'
                                   : strcmp(optarg, "\\0") == 0 ? '\0'
                                   : strcmp(optarg, "\\t") == 0 ? '\t'
                                                                : (unsigned char)*optarg;
    if (option == 'E') end_word = optarg;
    if (option == 'I') {
      if (most_words > 0) {
        fprintf(stderr, "%s: warning: options --max-args and --replace/-I/-i are mutually "
                        "exclusive, ignoring previous --max-args value\n",
                program_invocation_name);
      }
      replaced = optarg;
      most_words = most_lines = 0;
    }
    if (option == 'L') most_lines = count(optarg, 'L'), most_words = 0;
    if (option == 'n') {
      most_words = count(optarg, 'n');
      if (replaced != NULL && most_words > 1) replaced = NULL;
      if (replaced != NULL) most_words = 0;
    }
    if (option == 'p') asks = 1;
    if (option == 'r') skips_empty = 1;
    if (option == 's') most_bytes = count(optarg, 's');
    if (option == 't') is_traced = 1;
  }
  command = optind < argc ? argv + optind : standard;
  command_count = optind < argc ? argc - optind : 1;
  struct buffer word = {0};
  int ends_line = 1, has_words = 0;
  for (;; has_words = 1) {
    word.length = 0;
    buffer_add(&word, "", 0);
    if (!(delimiter >= 0 ? read_delimited(&word) : read_word(&word, &ends_line))) break;
    if (end_word != NULL && strcmp(word.bytes, end_word) == 0) break;
    take(&word, ends_line);
  }
  if (word_count > 0 || (!has_words && !skips_empty && replaced == NULL)) flush_words();
  return exit_status;
}
