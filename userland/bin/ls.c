/* ls [-1aACcdfFghiklmnopqrRsStuUx] [PATH ..]: directories' entries and files, in order. */
#include "command.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct entry {
  char *name; /* as shown */
  char *path;
  struct stat status;
};

static enum { ONE_A_LINE, DOWN, ACROSS, COMMAS, LONG } format;
static enum { BY_NAME, BY_SIZE, BY_TIME, BY_EXTENSION, UNSORTED } order;
static enum { MODIFIED, CHANGED, ACCESSED } which_time;
static enum { NO_MARK, SLASH, ALL_MARKS } marks;
static enum { HIDDEN, ALMOST_ALL, ALL } shows;
static int shows_inode, shows_blocks, is_human, is_numeric, hides_owner, hides_group, is_reverse;
static int is_directory_itself, is_recursive, follows, hides_control, is_full_time;
#define NO_WIDTH 1000000 /* -w 0 */

static int line_width = 80;
static int blocks_width, inode_width;

/* --- order */

static const struct timespec time_of(const struct stat *status) {
  switch (which_time) {
    case CHANGED:
      return (struct timespec){(long)status->st_ctime, (long)status->st_ctime_nsec};
    case ACCESSED:
      return (struct timespec){(long)status->st_atime, (long)status->st_atime_nsec};
    default:
      return (struct timespec){(long)status->st_mtime, (long)status->st_mtime_nsec};
  }
}

static int compare(const void *first, const void *second) {
  const struct entry *a = first, *b = second;
  int result = 0;
  if (order == BY_SIZE) {
    result = (a->status.st_size < b->status.st_size) - (a->status.st_size > b->status.st_size);
  } else if (order == BY_TIME) {
    struct timespec x = time_of(&a->status), y = time_of(&b->status);
    result = x.tv_sec != y.tv_sec ? (x.tv_sec < y.tv_sec) - (x.tv_sec > y.tv_sec)
                                  : (x.tv_nsec < y.tv_nsec) - (x.tv_nsec > y.tv_nsec);
  } else if (order == BY_EXTENSION) {
    const char *x = strrchr(a->name, '.'), *y = strrchr(b->name, '.');
    result = strcmp(x == NULL ? "" : x, y == NULL ? "" : y);
  }
  if (result == 0) result = strcmp(a->name, b->name);
  return is_reverse ? -result : result;
}

/* --- one entry */

static unsigned long long kilobytes(const struct stat *status) {
  return (status->st_blocks + 1) / 2;
}

static const char *blocks_text(const struct stat *status, char *text) {
  if (is_human) return human_size(status->st_blocks * 512, text);
  sprintf(text, "%llu", kilobytes(status));
  return text;
}

static char mark(mode_t mode) {
  if (S_ISDIR(mode)) return marks == NO_MARK ? '\0' : '/';
  if (marks != ALL_MARKS) return '\0';
  if (S_ISLNK(mode)) return '@';
  if (S_ISFIFO(mode)) return '|';
  if (S_ISSOCK(mode)) return '=';
  return S_ISREG(mode) && mode & 0111 ? '*' : '\0';
}

static int width_of(const struct entry *entry) {
  int width = (int)strlen(entry->name) + (mark(entry->status.st_mode) != '\0');
  if (shows_inode) width += inode_width + 1;
  if (shows_blocks) width += blocks_width + 1;
  return width;
}

static void show_name(const struct entry *entry, int with_mark) {
  for (const char *at = entry->name; *at != '\0'; at++) {
    putchar(hides_control && !isprint((unsigned char)*at) ? '?' : *at);
  }
  char c = mark(entry->status.st_mode);
  if (with_mark && c != '\0') putchar(c);
}

static void show_front(const struct entry *entry) {
  char text[24];
  if (shows_inode) printf("%*llu ", inode_width, entry->status.st_ino);
  if (shows_blocks) printf("%*s ", blocks_width, blocks_text(&entry->status, text));
}

static void show_short(const struct entry *entry) {
  show_front(entry);
  show_name(entry, 1);
}

/* --- the long format */

struct widths {
  int links, user, group, size, major, minor;
};

static const char *size_text(const struct stat *status, char *text) {
  if (is_human) return human_size((unsigned long long)status->st_size, text);
  sprintf(text, "%lld", status->st_size);
  return text;
}

static const char *user_text(const struct stat *status, char *text) {
  if (!is_numeric) return user_name(status->st_uid);
  sprintf(text, "%u", status->st_uid);
  return text;
}

static const char *group_text(const struct stat *status, char *text) {
  if (!is_numeric) return group_name(status->st_gid);
  sprintf(text, "%u", status->st_gid);
  return text;
}

static void widen(int *width, const char *text) {
  int length = (int)strlen(text);
  if (length > *width) *width = length;
}

static struct widths measure(const struct entry *entries, int count) {
  struct widths widths = {0};
  char text[64];
  for (int i = 0; i < count; i++) {
    const struct stat *status = &entries[i].status;
    sprintf(text, "%u", status->st_nlink);
    widen(&widths.links, text);
    widen(&widths.user, user_text(status, text));
    widen(&widths.group, group_text(status, text));
    if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
      sprintf(text, "%u", major(status->st_rdev));
      widen(&widths.major, text);
      sprintf(text, "%u", minor(status->st_rdev));
      widen(&widths.minor, text);
    } else {
      widen(&widths.size, size_text(status, text));
    }
  }
  int numbers = widths.major == 0 ? 0 : widths.major + 2 + widths.minor;
  if (widths.size < numbers) widths.size = numbers;
  return widths;
}

/* The year stands in the clock's place for what is older than half a year, or in the future. */
static void show_time(const struct stat *status) {
  static time_t now;
  char text[64];
  struct timespec when = time_of(status);
  time_t seconds = when.tv_sec;
  if (now == 0) now = time(NULL);
  const struct tm *parts = gmtime(&seconds);
  if (is_full_time) {
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", parts);
    printf("%s.%09ld +0000 ", text, when.tv_nsec);
    return;
  }
  int is_recent = seconds <= now && seconds > now - 31556952 / 2;
  strftime(text, sizeof text, is_recent ? "%b %e %H:%M" : "%b %e  %Y", parts);
  printf("%s ", text);
}

static void show_long(const struct entry *entry, const struct widths *widths) {
  const struct stat *status = &entry->status;
  char mode[11], text[64], target[4096];
  mode_text(status->st_mode, mode);
  show_front(entry);
  printf("%s %*u ", mode, widths->links, status->st_nlink);
  if (!hides_owner) printf("%-*s ", widths->user, user_text(status, text));
  if (!hides_group) printf("%-*s ", widths->group, group_text(status, text));
  if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
    int room = widths->size - 2 - widths->minor;
    printf("%*u, %*u ", room > widths->major ? room : widths->major, major(status->st_rdev),
           widths->minor, minor(status->st_rdev));
  } else {
    printf("%*s ", widths->size, size_text(status, text));
  }
  show_time(status);
  show_name(entry, !S_ISLNK(status->st_mode));
  if (S_ISLNK(status->st_mode)) {
    ssize_t length = readlink(entry->path, target, sizeof target - 1);
    struct stat there;
    if (length >= 0) printf(" -> %.*s", (int)length, target);
    char c = marks != NO_MARK && stat(entry->path, &there) == 0 ? mark(there.st_mode) : '\0';
    if (c != '\0') putchar(c);
  }
  putchar('\n');
}

/* --- columns */

/* The widths of `columns` columns; false when the lines get too long. */
static int fit(const struct entry *entries, int count, int columns, int *widths) {
  int rows = (count + columns - 1) / columns, length = 0;
  for (int column = 0; column < columns; column++) widths[column] = 3;
  for (int i = 0; i < count; i++) {
    int column = format == DOWN ? i / rows : i % columns;
    int width = width_of(&entries[i]) + (column == columns - 1 ? 0 : 2);
    if (width > widths[column]) widths[column] = width;
  }
  for (int column = 0; column < columns; column++) length += widths[column];
  return length < line_width;
}

/* Moves from column `from` to column `to` of the screen, by tabs as far as they reach. */
static void indent(int from, int to) {
  while (from < to) {
    if (line_width < NO_WIDTH && to / 8 > (from + 1) / 8) {
      putchar('\t');
      from += 8 - from % 8;
    } else {
      putchar(' ');
      from++;
    }
  }
}

static void show_columns(const struct entry *entries, int count) {
  int columns = line_width / 3 < count ? line_width / 3 : count;
  if (columns < 1) columns = 1;
  int *widths = must_have(NULL, (size_t)columns * sizeof *widths);
  while (columns > 1 && !fit(entries, count, columns, widths)) columns--;
  if (columns == 1) fit(entries, count, 1, widths);
  int rows = (count + columns - 1) / columns;
  for (int row = 0; row < rows; row++) {
    int at = 0, start = 0;
    for (int column = 0; column < columns; column++) {
      int i = format == DOWN ? column * rows + row : row * columns + column;
      if (i >= count) break;
      if (column > 0) indent(at, start);
      show_short(&entries[i]);
      at = start + width_of(&entries[i]);
      start += widths[column];
    }
    putchar('\n');
  }
  free(widths);
}

static void show_commas(const struct entry *entries, int count) {
  int at = 0;
  for (int i = 0; i < count; i++) {
    int width = width_of(&entries[i]);
    if (i > 0 && (at + 2 + width >= line_width)) {
      fputs(",\n", stdout);
      at = 0;
    } else if (i > 0) {
      fputs(", ", stdout);
      at += 2;
    }
    show_short(&entries[i]);
    at += width;
  }
  putchar('\n');
}

static void show(struct entry *entries, int count) {
  char text[24];
  blocks_width = inode_width = 0;
  if (order != UNSORTED) qsort(entries, (size_t)count, sizeof *entries, compare);
  for (int i = 0; i < count; i++) {
    widen(&blocks_width, blocks_text(&entries[i].status, text));
    sprintf(text, "%llu", entries[i].status.st_ino);
    widen(&inode_width, text);
  }
  if (count == 0) return;
  if (format == COMMAS) show_commas(entries, count);
  else if (format == DOWN || format == ACROSS) show_columns(entries, count);
  else {
    struct widths widths = measure(entries, count);
    for (int i = 0; i < count; i++) {
      if (format == LONG) {
        show_long(&entries[i], &widths);
      } else {
        show_short(&entries[i]);
        putchar('\n');
      }
    }
  }
}

/* --- directories */

struct pending {
  char *path;
  struct pending *next;
};

static int is_hidden(const char *name) {
  if (*name != '.') return 0;
  if (shows == ALL) return 0;
  return shows == HIDDEN || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static struct entry *read_entries(const char *path, int *count, int is_operand) {
  struct entry *entries = NULL;
  int room = 0;
  DIR *directory = opendir(path);
  *count = 0;
  if (directory == NULL) {
    complain("cannot open directory %s", quoted(path));
    if (!is_operand && exit_status != 2) exit_status = 1;
    return NULL;
  }
  for (struct dirent *found; (found = readdir(directory)) != NULL;) {
    if (is_hidden(found->d_name)) continue;
    if (*count == room) {
      room = room == 0 ? 32 : room * 2;
      entries = must_have(entries, (size_t)room * sizeof *entries);
    }
    struct entry *entry = &entries[*count];
    entry->name = copy_text(found->d_name);
    entry->path = joined(path, found->d_name);
    int failed = follows ? stat(entry->path, &entry->status) : 1;
    if (failed) failed = lstat(entry->path, &entry->status);
    if (failed && format != LONG && !is_recursive) {
      memset(&entry->status, 0, sizeof entry->status);
      failed = 0;
    }
    if (failed) complain("cannot access %s", quoted(entry->path));
    else ++*count;
  }
  closedir(directory);
  if (entries == NULL) entries = must_have(NULL, sizeof *entries);
  return entries;
}

/* Lists a directory; with -R those below it go to the front of the list. */
static int list_directory(const char *path, struct pending **pending, int has_title,
                          int is_first, int is_operand) {
  char text[24];
  int count;
  struct entry *entries = read_entries(path, &count, is_operand);
  if (entries == NULL) return 0;
  if (!is_first) putchar('\n');
  if (has_title) printf("%s:\n", path);
  if (format == LONG || shows_blocks) {
    unsigned long long total = 0;
    for (int i = 0; i < count; i++) total += entries[i].status.st_blocks;
    if (is_human) printf("total %s\n", human_size(total * 512, text));
    else printf("total %llu\n", (total + 1) / 2);
  }
  show(entries, count);
  struct pending **end = pending, *rest = *pending;
  for (int i = 0; i < count; i++) {
    const char *name = entries[i].name;
    int is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    if (is_recursive && S_ISDIR(entries[i].status.st_mode) && !is_dots) {
      *end = must_have(NULL, sizeof **end);
      (*end)->path = copy_text(entries[i].path);
      end = &(*end)->next;
    }
    free(entries[i].name);
    free(entries[i].path);
  }
  *end = rest;
  free(entries);
  return 1;
}

static void list_tree(const char *path, int has_title, int *is_first) {
  struct pending *pending = NULL;
  *is_first &= !list_directory(path, &pending, has_title || is_recursive, *is_first, 1);
  while (pending != NULL) {
    struct pending *next = pending;
    pending = next->next;
    *is_first &= !list_directory(next->path, &pending, 1, *is_first, 0);
    free(next->path);
    free(next);
  }
}

/* --- options */

static const struct option longs[] = {{"all", no_argument, NULL, 'a'},
                                      {"almost-all", no_argument, NULL, 'A'},
                                      {"directory", no_argument, NULL, 'd'},
                                      {"classify", optional_argument, NULL, 'F'},
                                      {"human-readable", no_argument, NULL, 'h'},
                                      {"inode", no_argument, NULL, 'i'},
                                      {"reverse", no_argument, NULL, 'r'},
                                      {"recursive", no_argument, NULL, 'R'},
                                      {"size", no_argument, NULL, 's'},
                                      {"numeric-uid-gid", no_argument, NULL, 'n'},
                                      {"no-group", no_argument, NULL, 'G'},
                                      {"dereference", no_argument, NULL, 'L'},
                                      {"width", required_argument, NULL, 'w'},
                                      {"full-time", no_argument, NULL, 1},
                                      {"color", optional_argument, NULL, 2},
                                      {NULL, 0, NULL, 0}};

static void set_format(int option) {
  switch (option) {
    case 'g':
      format = LONG, hides_owner = 1;
      break;
    case 'o':
      format = LONG, hides_group = 1;
      break;
    case 'n':
      format = LONG, is_numeric = 1;
      break;
    case 1:
      format = LONG, is_full_time = 1;
      break;
    case 'l':
      format = LONG;
      break;
    case '1':
      if (format != LONG) format = ONE_A_LINE;
      break;
    case 'C':
      format = DOWN;
      break;
    case 'x':
      format = ACROSS;
      break;
    case 'm':
      format = COMMAS;
  }
}

static void set_option(int option) {
  if (option == 'a') shows = ALL;
  if (option == 'A') shows = ALMOST_ALL;
  if (option == 'c') which_time = CHANGED;
  if (option == 'u') which_time = ACCESSED;
  if (option == 'd') is_directory_itself = 1;
  if (option == 'f') order = UNSORTED, shows = ALL;
  if (option == 'F') marks = ALL_MARKS;
  if (option == 'p') marks = SLASH;
  if (option == 'G') hides_group = 1;
  if (option == 'h') is_human = 1;
  if (option == 'i') shows_inode = 1;
  if (option == 'L') follows = 1;
  if (option == 'q') hides_control = 1;
  if (option == 'N') hides_control = 0;
  if (option == 'r') is_reverse = 1;
  if (option == 'R') is_recursive = 1;
  if (option == 's') shows_blocks = 1;
  if (option == 'S') order = BY_SIZE;
  if (option == 't') order = BY_TIME;
  if (option == 'U') order = UNSORTED;
  if (option == 'X') order = BY_EXTENSION;
  if (option == 'w') line_width = atoi(optarg) == 0 ? NO_WIDTH : atoi(optarg);
}

static void set_width(void) {
  struct winsize size;
  const char *columns = getenv("COLUMNS");
  if (isatty(1)) {
    format = DOWN;
    hides_control = 1;
    if (ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) line_width = size.ws_col;
  }
  if (columns != NULL && atoi(columns) > 0) line_width = atoi(columns);
}

int main(int argc, char **argv) {
  static char *here[] = {".", NULL};
  int has_time_order = 0;
  usage_status = trouble_status = 2;
  set_width();
  for (int option; (option = next_option(argc, argv, "1aAcCdfFgGhiklLmnNopqrRsStuUw:xX", longs,
                                         "ls [-1aACcdfFghilmnopqrRsStuUxX] [PATH ..]\n")) != -1;) {
    set_format(option);
    set_option(option);
    has_time_order |= option == 'c' || option == 'u';
  }
  if (has_time_order && order == BY_NAME && format != LONG) order = BY_TIME;
  char **paths = optind < argc ? argv + optind : here;
  int path_count = optind < argc ? argc - optind : 1;
  struct entry *files = must_have(NULL, (size_t)path_count * sizeof *files);
  struct entry *directories = must_have(NULL, (size_t)path_count * sizeof *directories);
  int file_count = 0, directory_count = 0;
  for (int i = 0; i < path_count; i++) {
    struct entry entry = {.name = paths[i], .path = paths[i]};
    int keeps_link = !follows && (format == LONG || is_directory_itself || marks == ALL_MARKS);
    int failed = keeps_link ? lstat(paths[i], &entry.status) : stat(paths[i], &entry.status);
    if (failed && !keeps_link && !follows) failed = lstat(paths[i], &entry.status);
    if (failed) complain("cannot access %s", quoted(paths[i]));
    else if (S_ISDIR(entry.status.st_mode) && !is_directory_itself) {
      directories[directory_count++] = entry;
    } else {
      files[file_count++] = entry;
    }
  }
  show(files, file_count);
  if (order != UNSORTED) {
    qsort(directories, (size_t)directory_count, sizeof *directories, compare);
  }
  int is_first = file_count == 0;
  for (int i = 0; i < directory_count; i++) list_tree(directories[i].path, path_count > 1, &is_first);
  return finish(exit_status);
}
