/*
 * Messages, options, and the end of a command.
 */
#include "command.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUOTED_TEXTS 4

int exit_status;
int usage_status = 1;
int trouble_status = 1;

void complain(const char *format, ...) {
  int error = errno;
  va_list list;
  fflush(stdout);
  errno = error;
  va_start(list, format);
  vwarn(format, list);
  va_end(list);
  exit_status = trouble_status;
}

void complain_only(const char *format, ...) {
  va_list list;
  fflush(stdout);
  va_start(list, format);
  vwarnx(format, list);
  va_end(list);
  exit_status = trouble_status;
}

void give_up(const char *format, ...) {
  va_list list;
  fflush(stdout);
  va_start(list, format);
  vwarnx(format, list);
  va_end(list);
  exit(trouble_status);
}

void wrong_usage(const char *format, ...) {
  va_list list;
  fflush(stdout);
  va_start(list, format);
  if (format != NULL) vwarnx(format, list);
  va_end(list);
  fprintf(stderr, "Try '%s --help' for more information.\n", program_invocation_name);
  exit(usage_status);
}

const char *program_name(void) {
  const char *slash = strrchr(program_invocation_name, '/');
  return slash == NULL ? program_invocation_name : slash + 1;
}

/* --- quoting */

static int is_plain(const char *name) {
  static const char special[] = " \t\n\"'\\`$&|;<>()*?[=^!{}";
  if (*name == '\0' || *name == '~' || *name == '#') return 0;
  for (; *name != '\0'; name++) {
    unsigned char c = (unsigned char)*name;
    if (c < ' ' || c >= 127 || strchr(special, c) != NULL) return 0;
  }
  return 1;
}

/* Control characters stand outside the quotes, in $'..'. */
static void add_quoted(struct buffer *to, const char *name) {
  static const char letters[] = "\a\b\t\n\v\f\r";
  int is_open = 1;
  buffer_add_char(to, '\'');
  for (; *name != '\0'; name++) {
    unsigned char c = (unsigned char)*name;
    int is_control = c < ' ' || c >= 127;
    if (!is_control) {
      if (!is_open) buffer_add(to, "''", 2);
      is_open = 1;
      if (c == '\'') buffer_add(to, "'\\''", 4);
      else buffer_add_char(to, (char)c);
      continue;
    }
    if (is_open) buffer_add(to, "'$'", 3);
    is_open = 0;
    const char *found = c == 0 ? NULL : strchr(letters, c);
    char octal[8];
    int length = found != NULL ? snprintf(octal, sizeof octal, "\\%c", "abtnvfr"[found - letters])
                               : snprintf(octal, sizeof octal, "\\%03o", c);
    buffer_add(to, octal, (size_t)length);
  }
  buffer_add_char(to, '\'');
}

static int has_control(const char *name) {
  for (; *name != '\0'; name++) {
    if ((unsigned char)*name < ' ' || (unsigned char)*name >= 127) return 1;
  }
  return 0;
}

const char *quoted(const char *name) {
  static struct buffer texts[QUOTED_TEXTS];
  static int next;
  struct buffer *text = &texts[next++ % QUOTED_TEXTS];
  text->length = 0;
  if (strchr(name, '\'') != NULL && strpbrk(name, "\"\\$`!") == NULL && !has_control(name)) {
    buffer_add_char(text, '"');
    buffer_add(text, name, strlen(name));
    buffer_add_char(text, '"');
  } else {
    add_quoted(text, name);
  }
  return text->bytes;
}

const char *shown(const char *name) {
  return is_plain(name) ? name : quoted(name);
}

/* --- questions, options, the end */

int ask(const char *format, ...) {
  va_list list;
  fflush(stdout);
  fprintf(stderr, "%s: ", program_invocation_name);
  va_start(list, format);
  vfprintf(stderr, format, list);
  va_end(list);
  int first = getchar();
  for (int c = first; c != EOF && c != '\n';) c = getchar();
  return first == 'y' || first == 'Y';
}

int finish(int status) {
  int had_error = ferror(stdout);
  errno = 0;
  if (fflush(stdout) == 0 && !had_error && (close(1) == 0 || errno == EBADF)) return status;
  if (errno == EPIPE) return 1;
  warnx("write error%s%s", errno == 0 ? "" : ": ", errno == 0 ? "" : strerror(errno));
  return status > trouble_status ? status : trouble_status;
}

#define HELP 0x10000
#define VERSION 0x10001

int next_option(int argc, char **argv, const char *letters, const struct option *longs,
                const char *usage) {
  static struct option *rows;
  if (rows == NULL) {
    int count = 0;
    while (longs != NULL && longs[count].name != NULL) count++;
    rows = must_have(NULL, (size_t)(count + 3) * sizeof *rows);
    if (count > 0) memcpy(rows, longs, (size_t)count * sizeof *rows);
    rows[count] = (struct option){"help", no_argument, NULL, HELP};
    rows[count + 1] = (struct option){"version", no_argument, NULL, VERSION};
    rows[count + 2] = (struct option){NULL, 0, NULL, 0};
  }
  int option = getopt_long(argc, argv, letters, rows, NULL);
  if (option == '?') wrong_usage(NULL);
  if (option == HELP) {
    printf("usage: %s", usage);
    exit(finish(0));
  }
  if (option == VERSION) {
    printf("%s (ring0)\n", program_name());
    exit(finish(0));
  }
  return option;
}
