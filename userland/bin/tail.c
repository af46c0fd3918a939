/* tail [-n [+]LINES | -c [+]BYTES] [-fqvz] [-s SECONDS] [FILE ..]: the end of files; -f waits. */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long long count = 10;
static int is_bytes, is_from_start, follows, terminator = '\n';
static double pause_seconds = 1;

/* From a line or byte on, counted from 1. */
static void show_from(FILE *file) {
  long long left = count - 1;
  for (int c; left > 0 && (c = getc(file)) != EOF;) left -= is_bytes || c == terminator;
  for (int c; (c = getc(file)) != EOF;) putchar(c);
}

static void show_last_bytes(FILE *file) {
  size_t room = (size_t)count;
  char *ring = must_have(NULL, room + 1);
  size_t at = 0;
  for (int c; (c = getc(file)) != EOF; at++) {
    if (room > 0) ring[at % room] = (char)c;
  }
  for (size_t i = at > room ? at - room : 0; i < at && room > 0; i++) putchar(ring[i % room]);
  free(ring);
}

struct line {
  char *text;
  size_t size;
  ssize_t length;
};

/* The ring grows with the input, so that a large count costs nothing. */
static void show_last_lines(FILE *file) {
  struct line *lines = NULL, spare = {0};
  size_t room = 0, at = 0, most = (size_t)count;
  while (most > 0 && (spare.length = getdelim(&spare.text, &spare.size, terminator, file)) >= 0) {
    if (room < most && at == room) {
      size_t larger = room == 0 ? 16 : room * 2;
      if (larger > most) larger = most;
      lines = must_have(lines, larger * sizeof *lines);
      memset(lines + room, 0, (larger - room) * sizeof *lines);
      room = larger;
    }
    struct line held = lines[at % room];
    lines[at % room] = spare;
    spare = held;
    at++;
  }
  for (size_t i = at > room ? at - room : 0; i < at; i++) {
    fwrite(lines[i % room].text, 1, (size_t)lines[i % room].length, stdout);
  }
  for (size_t i = 0; i < room; i++) free(lines[i].text);
  free(lines);
  free(spare.text);
}

static void set_count(const char *text, int is_of_bytes) {
  is_bytes = is_of_bytes;
  is_from_start = *text == '+';
  const char *digits = text + (*text == '+' || *text == '-');
  if (!parse_size(digits, &count) || !isdigit((unsigned char)*digits)) {
    give_up("invalid number of %s: %s", is_bytes ? "bytes" : "lines", quoted(text));
  }
}

/* The old forms, tail -5 and tail +5. */
static void take_old_form(int *argc, char **argv) {
  if (*argc < 2 || argv[1][0] == '\0' || strchr("-+", argv[1][0]) == NULL ||
      !isdigit((unsigned char)argv[1][1])) {
    return;
  }
  char *end = argv[1] + 1 + strspn(argv[1] + 1, "0123456789");
  follows = *end == 'f';
  if (follows || *end == 'l') *end = '\0';
  set_count(argv[1], 0);
  for (int i = 1; i < *argc; i++) argv[i] = argv[i + 1];
  --*argc;
}

/* Shows what is added to the files, until somebody interrupts. */
static void follow(FILE **files, char **names, int file_count, int last, int titles) {
  for (;;) {
    for (int i = 0; i < file_count; i++) {
      if (files[i] == NULL) continue;
      clearerr(files[i]);
      struct stat status;
      long at = ftell(files[i]);
      if (at > 0 && fstat(fileno(files[i]), &status) == 0 && S_ISREG(status.st_mode) &&
          status.st_size < at) {
        complain_only("%s: file truncated", shown(names[i]));
        rewind(files[i]);
      }
      for (int c; (c = getc(files[i])) != EOF;) {
        if (titles && last != i) printf("\n==> %s <==\n", names[i]);
        last = i;
        putchar(c);
      }
    }
    fflush(stdout);
    long seconds = (long)pause_seconds;
    nanosleep(&(struct timespec){seconds, (long)((pause_seconds - (double)seconds) * 1e9)}, NULL);
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"lines", required_argument, NULL, 'n'},
                                        {"bytes", required_argument, NULL, 'c'},
                                        {"follow", optional_argument, NULL, 'f'},
                                        {"quiet", no_argument, NULL, 'q'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"sleep-interval", required_argument, NULL, 's'},
                                        {"zero-terminated", no_argument, NULL, 'z'},
                                        {NULL, 0, NULL, 0}};
  static char *standard[] = {"-", NULL};
  int titles = -1, is_first = 1, last = -1;
  take_old_form(&argc, argv);
  for (int option; (option = next_option(argc, argv, "n:c:fFqvs:z", longs,
                                         "tail [-n LINES | -c BYTES] [-fqvz] [FILE ..]\n")) != -1;) {
    if (option == 'n' || option == 'c') set_count(optarg, option == 'c');
    if (option == 'f' || option == 'F') follows = 1;
    if (option == 'q') titles = 0;
    if (option == 'v') titles = 1;
    if (option == 's') pause_seconds = atof(optarg);
    if (option == 'z') terminator = '\0';
  }
  char **names = optind < argc ? argv + optind : standard;
  int file_count = optind < argc ? argc - optind : 1;
  if (titles < 0) titles = file_count > 1;
  FILE **files = must_have(NULL, (size_t)file_count * sizeof *files);
  for (int i = 0; i < file_count; i++) {
    int is_input = strcmp(names[i], "-") == 0;
    files[i] = is_input ? stdin : fopen(names[i], "r");
    if (files[i] == NULL) {
      complain("cannot open %s for reading", quoted(names[i]));
      continue;
    }
    if (titles) {
      printf("%s==> %s <==\n", is_first ? "" : "\n", is_input ? "standard input" : names[i]);
    }
    is_first = 0;
    last = i;
    errno = 0;
    if (is_from_start) show_from(files[i]);
    else if (is_bytes) show_last_bytes(files[i]);
    else show_last_lines(files[i]);
    if (ferror(files[i])) complain("error reading %s", quoted(names[i]));
    if (!follows && !is_input) fclose(files[i]);
  }
  if (follows) {
    fflush(stdout);
    follow(files, names, file_count, last, titles);
  }
  return finish(exit_status);
}
