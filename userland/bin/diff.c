/*
 * diff [-bBiqrsuwN] [-U N] FILE FILE: how lines differ. The shortest script is found by Myers's
 * method: the furthest point on each diagonal after each number of changes, in divided halves, so
 * that memory grows with the files' length only.
 */
#include "command.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct line {
  const char *text;
  size_t length;
  unsigned hash;
};

struct file {
  const char *name;
  struct buffer bytes;
  struct line *lines;
  long count;
  char *is_changed; /* by line */
  int lacks_newline, is_binary;
  struct stat status;
};

static int ignores_case, ignores_amount, ignores_space, is_brief, tells_same, is_recursive;
static int is_unified, takes_missing;
static long context = 3;
static const char *options_text = "";

/* --- lines */

/* The next byte that counts, or -1. */
static int next_byte(const char **at, const char *end) {
  while (*at < end) {
    int c = (unsigned char)*(*at)++;
    if (isspace(c) && ignores_space) continue;
    if (isspace(c) && ignores_amount) {
      while (*at < end && isspace((unsigned char)**at)) ++*at;
      if (*at == end) return -1;
      return ' ';
    }
    return ignores_case ? tolower(c) : c;
  }
  return -1;
}

static int is_same(const struct line *a, const struct line *b) {
  if (a->hash != b->hash) return 0;
  const char *x = a->text, *y = b->text;
  for (;;) {
    int c = next_byte(&x, a->text + a->length);
    if (c != next_byte(&y, b->text + b->length)) return 0;
    if (c < 0) return 1;
  }
}

static void add_line(struct file *file, const char *text, size_t length) {
  if (file->count % 256 == 0) {
    file->lines = must_have(file->lines, (size_t)(file->count + 256) * sizeof *file->lines);
  }
  struct line *line = &file->lines[file->count++];
  *line = (struct line){text, length, 5381};
  const char *at = text;
  for (int c; (c = next_byte(&at, text + length)) >= 0;) line->hash = line->hash * 33 + (unsigned)c;
}

/* False when it cannot be read, which was told. */
static int load(struct file *file, const char *name) {
  memset(file, 0, sizeof *file);
  file->name = name;
  char block[8192];
  size_t count;
  FILE *input = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
  if (input == NULL) {
    complain("%s", name);
    return 0;
  }
  fstat(fileno(input), &file->status);
  buffer_add(&file->bytes, "", 0);
  while ((count = fread(block, 1, sizeof block, input)) > 0) buffer_add(&file->bytes, block, count);
  if (ferror(input)) complain("%s", name);
  if (input != stdin) fclose(input);
  const char *at = file->bytes.bytes, *end = at + file->bytes.length;
  file->is_binary = memchr(at, '\0', file->bytes.length) != NULL;
  while (at < end) {
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    if (stop == NULL) file->lacks_newline = 1;
    /* A last line without its newline differs from one that has it. */
    add_line(file, at, (size_t)((stop == NULL ? end : stop) - at));
    if (stop == NULL && !ignores_space && !ignores_amount) file->lines[file->count - 1].hash ^= 1;
    at = stop == NULL ? end : stop + 1;
  }
  file->is_changed = must_have(NULL, (size_t)file->count + 1);
  memset(file->is_changed, 0, (size_t)file->count + 1);
  return 1;
}

static void unload(struct file *file) {
  free(file->bytes.bytes);
  free(file->lines);
  free(file->is_changed);
}

/* --- the shortest script */

static struct file *old, *new;
static long *forwards, *backwards; /* by diagonal */

struct middle {
  long x, y, changes;
};

/* Runs from both ends until the paths meet; a point on a shortest path, where they met. */
static struct middle find_middle(long x_low, long x_high, long y_low, long y_high) {
  long delta = (x_high - x_low) - (y_high - y_low), is_odd = delta & 1;
  long zero = x_low - y_low, far = x_high - y_high;
  forwards[zero + 1] = x_low;
  backwards[far - 1] = x_high;
  for (long changes = 0;; changes++) {
    for (long k = changes; k >= -changes; k -= 2) {
      long d = zero + k, x;
      if (k == -changes || (k != changes && forwards[d - 1] < forwards[d + 1])) x = forwards[d + 1];
      else x = forwards[d - 1] + 1;
      long y = x - d;
      while (x < x_high && y < y_high && x >= x_low && y >= y_low &&
             is_same(&old->lines[x], &new->lines[y])) {
        x++, y++;
      }
      forwards[d] = x;
      long other = d - far;
      if (is_odd && other >= -(changes - 1) && other <= changes - 1 && x >= backwards[d]) {
        return (struct middle){x, y, 2 * changes - 1};
      }
    }
    for (long k = changes; k >= -changes; k -= 2) {
      long d = far + k, x;
      if (k == changes || (k != -changes && backwards[d - 1] < backwards[d + 1])) x = backwards[d - 1];
      else x = backwards[d + 1] - 1;
      long y = x - d;
      while (x > x_low && y > y_low && x <= x_high && y <= y_high &&
             is_same(&old->lines[x - 1], &new->lines[y - 1])) {
        x--, y--;
      }
      backwards[d] = x;
      long other = d - zero;
      if (!is_odd && other >= -changes && other <= changes && x <= forwards[d]) {
        return (struct middle){x, y, 2 * changes};
      }
    }
  }
}

static void compare(long x_low, long x_high, long y_low, long y_high) {
  for (;;) {
    while (x_low < x_high && y_low < y_high && is_same(&old->lines[x_low], &new->lines[y_low])) {
      x_low++, y_low++;
    }
    while (x_low < x_high && y_low < y_high &&
           is_same(&old->lines[x_high - 1], &new->lines[y_high - 1])) {
      x_high--, y_high--;
    }
    if (x_low == x_high || y_low == y_high) break;
    struct middle middle = find_middle(x_low, x_high, y_low, y_high);
    compare(x_low, middle.x, y_low, middle.y);
    x_low = middle.x;
    y_low = middle.y;
  }
  while (x_low < x_high) old->is_changed[x_low++] = 1;
  while (y_low < y_high) new->is_changed[y_low++] = 1;
}

/* Moves a run of changed lines down as far as it goes, as people expect insertions to stand. */
static void slide(struct file *file, const struct file *other) {
  long there = 0;
  for (long start = 0; start < file->count;) {
    if (!file->is_changed[start]) {
      while (there < other->count && other->is_changed[there]) there++;
      start++, there++;
      continue;
    }
    long end = start;
    while (end < file->count && file->is_changed[end]) end++;
    while (end < file->count && !(there < other->count && other->is_changed[there]) &&
           is_same(&file->lines[start], &file->lines[end])) {
      file->is_changed[start++] = 0;
      file->is_changed[end++] = 1;
      there++;
      while (end < file->count && file->is_changed[end]) end++;
    }
    start = end;
  }
}

static void find_changes(struct file *a, struct file *b) {
  long size = a->count + b->count + 3;
  long *memory = must_have(NULL, (size_t)(2 * size) * sizeof *memory);
  forwards = memory + b->count + 1;
  backwards = memory + size + b->count + 1;
  old = a;
  new = b;
  compare(0, a->count, 0, b->count);
  free(memory);
  slide(a, b);
  slide(b, a);
}

/* --- output */

struct hunk {
  long old_start, old_end, new_start, new_end;
};

/* The next run of changes from a position on where both are in step; false at the end. */
static int next_hunk(const struct file *a, const struct file *b, struct hunk *hunk) {
  long x = hunk->old_end, y = hunk->new_end;
  while (x < a->count && y < b->count && !a->is_changed[x] && !b->is_changed[y]) x++, y++;
  if (x == a->count && y == b->count) return 0;
  hunk->old_start = hunk->old_end = x;
  hunk->new_start = hunk->new_end = y;
  while (hunk->old_end < a->count && a->is_changed[hunk->old_end]) hunk->old_end++;
  while (hunk->new_end < b->count && b->is_changed[hunk->new_end]) hunk->new_end++;
  return 1;
}

static void show_lines(const struct file *file, long from, long to, const char *mark) {
  for (; from < to; from++) {
    const struct line *line = &file->lines[from];
    fputs(mark, stdout);
    fwrite(line->text, 1, line->length, stdout);
    putchar('\n');
    if (from == file->count - 1 && file->lacks_newline) puts("\\ No newline at end of file");
  }
}

static void show_range(long from, long to) {
  if (to - from > 1) printf("%ld,%ld", from + 1, to);
  else printf("%ld", to - from == 0 ? from : from + 1);
}

static void show_normal(const struct file *a, const struct file *b) {
  struct hunk hunk = {0};
  while (next_hunk(a, b, &hunk)) {
    int removes = hunk.old_end > hunk.old_start, adds = hunk.new_end > hunk.new_start;
    show_range(hunk.old_start, hunk.old_end);
    putchar(removes && adds ? 'c' : removes ? 'd' : 'a');
    show_range(hunk.new_start, hunk.new_end);
    putchar('\n');
    show_lines(a, hunk.old_start, hunk.old_end, "< ");
    if (removes && adds) puts("---");
    show_lines(b, hunk.new_start, hunk.new_end, "> ");
  }
}

static void show_title(const struct file *file, const char *mark) {
  char text[64];
  time_t when = (time_t)file->status.st_mtime;
  strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime(&when));
  printf("%s %s\t%s.%09lu +0000\n", mark, file->name, text, file->status.st_mtime_nsec);
}

static void show_unified_range(char sign, long from, long to) {
  printf("%c%ld", sign, to == from ? from : from + 1);
  if (to - from != 1) printf(",%ld", to - from);
}

static void show_unified(const struct file *a, const struct file *b) {
  struct hunk hunk = {0}, next = {0};
  show_title(a, "---");
  show_title(b, "+++");
  int has_next = next_hunk(a, b, &next);
  while (has_next) {
    struct hunk first = next, last = next;
    struct hunk probe = next;
    while ((has_next = next_hunk(a, b, &probe)) && probe.old_start - last.old_end <= 2 * context) {
      last = probe;
    }
    long from = first.old_start - context < 0 ? 0 : first.old_start - context;
    long to = last.old_end + context > a->count ? a->count : last.old_end + context;
    long new_from = first.new_start - (first.old_start - from);
    long new_to = last.new_end + (to - last.old_end);
    printf("@@ ");
    show_unified_range('-', from, to);
    putchar(' ');
    show_unified_range('+', new_from, new_to);
    puts(" @@");
    hunk = first;
    long at = from;
    for (;;) {
      show_lines(a, at, hunk.old_start, " ");
      show_lines(a, hunk.old_start, hunk.old_end, "-");
      show_lines(b, hunk.new_start, hunk.new_end, "+");
      at = hunk.old_end;
      if (hunk.old_start == last.old_start && hunk.new_start == last.new_start) break;
      next_hunk(a, b, &hunk);
    }
    show_lines(a, at, to, " ");
    next = probe;
  }
}

static int is_equal(const struct file *a, const struct file *b) {
  return a->bytes.length == b->bytes.length &&
         memcmp(a->bytes.bytes, b->bytes.bytes, a->bytes.length) == 0;
}

/* Compares two files; notes a difference in the exit status. */
static void compare_files(const char *first, const char *second, int has_title) {
  struct file a, b;
  if (!load(&a, first)) return;
  if (!load(&b, second)) {
    unload(&a);
    return;
  }
  int differs = !is_equal(&a, &b);
  if (differs && (a.is_binary || b.is_binary)) {
    printf("%s %s and %s differ\n", is_brief ? "Files" : "Binary files", first, second);
  } else if (differs) {
    find_changes(&a, &b);
    differs = memchr(a.is_changed, 1, (size_t)a.count + 1) != NULL ||
              memchr(b.is_changed, 1, (size_t)b.count + 1) != NULL;
    if (differs && is_brief) {
      printf("Files %s and %s differ\n", first, second);
    } else if (differs) {
      if (has_title) printf("diff%s %s %s\n", options_text, first, second);
      if (is_unified) show_unified(&a, &b);
      else show_normal(&a, &b);
    }
  }
  if (!differs && tells_same) printf("Files %s and %s are identical\n", first, second);
  if (differs && exit_status == 0) exit_status = 1;
  unload(&a);
  unload(&b);
}

/* --- directories */

static int is_name(const struct dirent *entry) {
  return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static const char *kind(const struct stat *status) {
  if (S_ISDIR(status->st_mode)) return "directory";
  if (S_ISREG(status->st_mode)) return status->st_size == 0 ? "regular empty file" : "regular file";
  return S_ISFIFO(status->st_mode) ? "fifo" : "special file";
}

static void compare_directories(const char *first, const char *second);

static void compare_entries(const char *first, const char *second) {
  struct stat a, b;
  if (stat(first, &a) < 0 || stat(second, &b) < 0) {
    complain("%s", stat(first, &a) < 0 ? first : second);
  } else if (S_ISDIR(a.st_mode) && S_ISDIR(b.st_mode)) {
    if (is_recursive) compare_directories(first, second);
    else printf("Common subdirectories: %s and %s\n", first, second);
  } else if (S_ISREG(a.st_mode) && S_ISREG(b.st_mode)) {
    compare_files(first, second, 1);
  } else {
    printf("File %s is a %s while file %s is a %s\n", first, kind(&a), second, kind(&b));
    if (exit_status == 0) exit_status = 1;
  }
}

static void only_in(const char *directory, const char *other, const char *name, int is_second) {
  char *path = joined(directory, name), *missing = joined(other, name);
  struct stat status;
  if (takes_missing && stat(path, &status) == 0 && S_ISREG(status.st_mode)) {
    compare_files(is_second ? "/dev/null" : path, is_second ? path : "/dev/null", 1);
  } else {
    printf("Only in %s: %s\n", directory, name);
    if (exit_status == 0) exit_status = 1;
  }
  free(path);
  free(missing);
}

static void compare_directories(const char *first, const char *second) {
  struct dirent **a, **b;
  int a_count = scandir(first, &a, is_name, alphasort);
  int b_count = scandir(second, &b, is_name, alphasort);
  if (a_count < 0 || b_count < 0) {
    complain("%s", a_count < 0 ? first : second);
    return;
  }
  for (int i = 0, j = 0; i < a_count || j < b_count;) {
    int order = i == a_count ? 1 : j == b_count ? -1 : strcmp(a[i]->d_name, b[j]->d_name);
    if (order < 0) {
      only_in(first, second, a[i++]->d_name, 0);
    } else if (order > 0) {
      only_in(second, first, b[j++]->d_name, 1);
    } else {
      char *x = joined(first, a[i++]->d_name), *y = joined(second, b[j++]->d_name);
      compare_entries(x, y);
      free(x);
      free(y);
    }
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"brief", no_argument, NULL, 'q'},
                                        {"recursive", no_argument, NULL, 'r'},
                                        {"unified", optional_argument, NULL, 'u'},
                                        {"report-identical-files", no_argument, NULL, 's'},
                                        {"ignore-case", no_argument, NULL, 'i'},
                                        {"ignore-all-space", no_argument, NULL, 'w'},
                                        {"ignore-space-change", no_argument, NULL, 'b'},
                                        {"new-file", no_argument, NULL, 'N'},
                                        {NULL, 0, NULL, 0}};
  struct buffer text = {0};
  usage_status = trouble_status = 2;
  buffer_add(&text, "", 0);
  for (int option; (option = next_option(argc, argv, "biNqrsuU:w", longs,
                                         "diff [-biNqrsuw] [-U N] FILE FILE\n")) != -1;) {
    long long value;
    if (option == 'b') ignores_amount = 1;
    if (option == 'i') ignores_case = 1;
    if (option == 'N') takes_missing = 1;
    if (option == 'q') is_brief = 1;
    if (option == 'r') is_recursive = 1;
    if (option == 's') tells_same = 1;
    if (option == 'u' || option == 'U') is_unified = 1;
    if (option == 'U') {
      if (!parse_number(optarg, &value) || value < 0) wrong_usage("invalid context length '%s'", optarg);
      context = (long)value;
    }
    if (option == 'w') ignores_space = 1;
  }
  for (int i = 1; i < optind; i++) {
    if (argv[i][0] != '-' || argv[i][1] == '\0') continue;
    buffer_add_char(&text, ' ');
    buffer_add(&text, argv[i], strlen(argv[i]));
  }
  options_text = text.bytes;
  if (argc - optind != 2) {
    if (argc - optind > 2) give_up("extra operand '%s'\n%s: Try '%s --help' for more information.",
                                   argv[optind + 2], argv[0], argv[0]);
    give_up("missing operand after '%s'\n%s: Try '%s --help' for more information.",
            argv[argc - 1], argv[0], argv[0]);
  }
  char *first = argv[optind], *second = argv[optind + 1];
  struct stat a, b;
  int has_a = stat(first, &a) == 0, has_b = stat(second, &b) == 0;
  if (has_a && has_b && S_ISDIR(a.st_mode) && S_ISDIR(b.st_mode)) {
    compare_directories(first, second);
  } else {
    if (has_a && S_ISDIR(a.st_mode)) first = joined(first, last_part(second));
    else if (has_b && S_ISDIR(b.st_mode)) second = joined(second, last_part(first));
    compare_files(first, second, 0);
  }
  return finish(exit_status);
}
