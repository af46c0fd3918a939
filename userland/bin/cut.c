/* cut (-b | -c | -f) LIST [-d C] [-sz] [--complement] [--output-delimiter=T] [FILE ..] */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct range {
  unsigned long first, last;
};

static struct range *ranges;
static int range_count, is_complement, is_fields, only_delimited, terminator = '\n';
static char delimiter = '\t';
static const char *between; /* null: the delimiter, or nothing */

static int is_chosen(unsigned long at) {
  for (int i = 0; i < range_count; i++) {
    if (at >= ranges[i].first && at <= ranges[i].last) return !is_complement;
  }
  return is_complement;
}

/* True where a range begins: output delimiters stand between ranges of bytes, too. */
static int is_start(unsigned long at) {
  return at > 1 && !is_chosen(at - 1);
}

static void parse_list(const char *text) {
  for (const char *at = text;; at++) {
    char *end;
    struct range range = {1, ~0ul};
    int has_first = isdigit((unsigned char)*at);
    if (has_first) {
      range.first = strtoul(at, &end, 10);
      at = end;
    }
    if (*at == '-') {
      at++;
      int has_last = isdigit((unsigned char)*at);
      if (!has_first && !has_last) wrong_usage("invalid range with no endpoint: -");
      if (has_last) {
        range.last = strtoul(at, &end, 10);
        at = end;
      }
    } else {
      range.last = range.first;
      if (!has_first && (*at == '\0' || *at == ',')) {
        wrong_usage("%ss are numbered from 1", is_fields ? "field" : "byte/character position");
      }
    }
    if (*at != '\0' && *at != ',' && !isblank((unsigned char)*at)) {
      wrong_usage("invalid %s %s", is_fields ? "field value" : "byte/character position",
                  quoted(at));
    }
    if (range.first == 0) {
      wrong_usage("%ss are numbered from 1", is_fields ? "field" : "byte/character position");
    }
    if (range.last < range.first) wrong_usage("invalid decreasing range");
    ranges = must_have(ranges, (size_t)(range_count + 1) * sizeof *ranges);
    ranges[range_count++] = range;
    if (*at == '\0') break;
  }
}

static void cut_bytes(const char *line, size_t length) {
  int has_output = 0;
  for (size_t i = 0; i < length; i++) {
    if (!is_chosen(i + 1)) continue;
    if (between != NULL && has_output && is_start(i + 1)) fputs(between, stdout);
    putchar(line[i]);
    has_output = 1;
  }
}

/* False when the line is left out. */
static int cut_fields(const char *line, size_t length) {
  const char *end = line + length;
  if (memchr(line, delimiter, length) == NULL) {
    if (!only_delimited) fwrite(line, 1, length, stdout);
    return !only_delimited;
  }
  int has_output = 0;
  unsigned long number = 1;
  for (const char *at = line;; number++) {
    const char *stop = memchr(at, delimiter, (size_t)(end - at));
    size_t size = (size_t)((stop == NULL ? end : stop) - at);
    if (is_chosen(number)) {
      if (has_output && between != NULL) fputs(between, stdout);
      else if (has_output) putchar(delimiter);
      fwrite(at, 1, size, stdout);
      has_output = 1;
    }
    if (stop == NULL) return 1;
    at = stop + 1;
  }
}

static void cut(FILE *file, const char *name) {
  char *line = NULL;
  size_t size = 0;
  errno = 0;
  for (ssize_t length; (length = getdelim(&line, &size, terminator, file)) >= 0;) {
    if (line[length - 1] == terminator) length--;
    int is_shown = 1;
    if (is_fields) is_shown = cut_fields(line, (size_t)length);
    else cut_bytes(line, (size_t)length);
    if (is_shown) putchar(terminator);
  }
  if (ferror(file)) complain("%s", shown(name));
  free(line);
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"bytes", required_argument, NULL, 'b'},
                                        {"characters", required_argument, NULL, 'c'},
                                        {"fields", required_argument, NULL, 'f'},
                                        {"delimiter", required_argument, NULL, 'd'},
                                        {"only-delimited", no_argument, NULL, 's'},
                                        {"complement", no_argument, NULL, 1},
                                        {"output-delimiter", required_argument, NULL, 2},
                                        {"zero-terminated", no_argument, NULL, 'z'},
                                        {NULL, 0, NULL, 0}};
  const char *list = NULL;
  int has_delimiter = 0;
  for (int option; (option = next_option(argc, argv, "b:c:d:f:nsz", longs,
                                         "cut (-b | -c | -f) LIST [-d C] [-s] [FILE ..]\n")) !=
                   -1;) {
    if (option == 'b' || option == 'c' || option == 'f') {
      if (list != NULL) wrong_usage("only one list may be specified");
      list = optarg;
      is_fields = option == 'f';
    }
    if (option == 'd') {
      if (*optarg != '\0' && optarg[1] != '\0') {
        wrong_usage("the delimiter must be a single character");
      }
      delimiter = *optarg;
      has_delimiter = 1;
    }
    if (option == 's') only_delimited = 1;
    if (option == 'z') terminator = '\0';
    if (option == 1) is_complement = 1;
    if (option == 2) between = optarg;
  }
  if (list == NULL) wrong_usage("you must specify a list of bytes, characters, or fields");
  if (has_delimiter && !is_fields) {
    wrong_usage("an input delimiter may be specified only when operating on fields");
  }
  if (only_delimited && !is_fields) {
    wrong_usage("suppressing non-delimited lines makes sense\n\tonly when operating on fields");
  }
  parse_list(list);
  if (optind == argc) cut(stdin, "-");
  for (int i = optind; i < argc; i++) {
    int is_input = strcmp(argv[i], "-") == 0;
    FILE *file = is_input ? stdin : fopen(argv[i], "r");
    if (file == NULL) {
      complain("%s", shown(argv[i]));
      continue;
    }
    cut(file, argv[i]);
    if (!is_input) fclose(file);
  }
  return finish(exit_status);
}
