/* ls [-1adil] [PATH ..]: directories' entries and files, by name. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct entry {
  char *name; /* as shown */
  char *path;
  struct stat status;
};

static int shows_all, shows_long, shows_inode, is_one_a_line, is_directory_itself;
static int exit_status;

static void complain(const char *path) {
  fflush(stdout);
  fprintf(stderr, "ls: %s: %s\n", path, strerror(errno));
  exit_status = 1;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static void mode_text(unsigned mode, char *text) {
  static const char letters[] = "rwxrwxrwx";
  static const char types[] = "?pc?d?b?-?l?s???";
  text[0] = types[(mode & S_IFMT) >> 12];
  for (int i = 0; i < 9; i++) text[i + 1] = mode & (0400u >> i) ? letters[i] : '-';
  text[10] = '\0';
}

static void show_long(const struct entry *entry) {
  const struct stat *status = &entry->status;
  char mode[11], when[32], target[256];
  time_t modified = (time_t)status->st_mtime;
  mode_text(status->st_mode, mode);
  strftime(when, sizeof when, "%Y-%m-%d %H:%M", gmtime(&modified));
  printf("%s %3u %4u %4u ", mode, status->st_nlink, status->st_uid, status->st_gid);
  if (S_ISCHR(status->st_mode) || S_ISBLK(status->st_mode)) {
    printf("%4u,%4u", (unsigned)(status->st_rdev >> 8) & 0xfff, (unsigned)status->st_rdev & 0xff);
  } else {
    printf("%9lld", status->st_size);
  }
  printf(" %s %s", when, entry->name);
  if (S_ISLNK(status->st_mode)) {
    ssize_t length = readlink(entry->path, target, sizeof target - 1);
    if (length >= 0) printf(" -> %.*s", (int)length, target);
  }
  putchar('\n');
}

/* As many columns as the terminal holds, filled downwards; one elsewhere. */
static void show_columns(const struct entry *entries, int count) {
  struct winsize size = {0};
  int width = 0;
  for (int i = 0; i < count; i++) {
    int length = (int)strlen(entries[i].name);
    if (length > width) width = length;
  }
  int is_terminal = !is_one_a_line && isatty(1);
  if (is_terminal && (ioctl(1, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)) size.ws_col = 80;
  int columns = is_terminal ? size.ws_col / (width + 2) : 1;
  if (columns < 1) columns = 1;
  int rows = (count + columns - 1) / columns;
  for (int row = 0; row < rows; row++) {
    for (int i = row; i < count; i += rows) {
      if (shows_inode) printf("%6llu ", entries[i].status.st_ino);
      int is_last = i + rows >= count;
      printf("%-*s", is_last ? 0 : width + 2, entries[i].name);
    }
    putchar('\n');
  }
}

static void show(struct entry *entries, int count) {
  qsort(entries, (size_t)count, sizeof *entries, by_name);
  if (!shows_long) {
    show_columns(entries, count);
    return;
  }
  for (int i = 0; i < count; i++) {
    if (shows_inode) printf("%6llu ", entries[i].status.st_ino);
    show_long(&entries[i]);
  }
}

static char *joined(const char *directory, const char *name) {
  char *path = malloc(strlen(directory) + strlen(name) + 2);
  int has_slash = *directory != '\0' && directory[strlen(directory) - 1] == '/';
  sprintf(path, "%s%s%s", directory, has_slash ? "" : "/", name);
  return path;
}

static void list_directory(const char *path) {
  struct entry *entries = NULL;
  int count = 0, room = 0;
  DIR *directory = opendir(path);
  if (directory == NULL) {
    complain(path);
    return;
  }
  for (struct dirent *found; (found = readdir(directory)) != NULL;) {
    if (found->d_name[0] == '.' && !shows_all) continue;
    if (count == room) {
      room = room == 0 ? 32 : room * 2;
      entries = realloc(entries, (size_t)room * sizeof *entries);
    }
    struct entry *entry = &entries[count];
    entry->name = strdup(found->d_name);
    entry->path = joined(path, found->d_name);
    if (lstat(entry->path, &entry->status) < 0) complain(entry->path);
    else count++;
  }
  closedir(directory);
  show(entries, count);
  for (int i = 0; i < count; i++) {
    free(entries[i].name);
    free(entries[i].path);
  }
  free(entries);
}

int main(int argc, char **argv) {
  for (int option; (option = getopt(argc, argv, "1adil")) != -1;) {
    if (option == '?') return 2;
    if (option == '1') is_one_a_line = 1;
    if (option == 'a') shows_all = 1;
    if (option == 'd') is_directory_itself = 1;
    if (option == 'i') shows_inode = 1;
    if (option == 'l') shows_long = 1;
  }
  static char *const here[] = {".", NULL};
  char *const *paths = optind < argc ? argv + optind : here;
  int path_count = optind < argc ? argc - optind : 1;
  struct entry *files = malloc((size_t)path_count * sizeof *files);
  int file_count = 0;
  for (int i = 0; i < path_count; i++) {
    struct entry *entry = &files[file_count];
    entry->name = entry->path = paths[i];
    int failed = shows_long || is_directory_itself ? lstat(paths[i], &entry->status)
                                                   : stat(paths[i], &entry->status);
    if (failed) complain(paths[i]);
    else if (S_ISDIR(entry->status.st_mode) && !is_directory_itself) continue;
    else file_count++;
  }
  if (file_count > 0) show(files, file_count);
  for (int i = 0, shown = file_count; i < path_count; i++) {
    struct stat status;
    if (is_directory_itself || stat(paths[i], &status) < 0 || !S_ISDIR(status.st_mode)) continue;
    if (shown++ > 0) putchar('\n');
    if (path_count > 1) printf("%s:\n", paths[i]);
    list_directory(paths[i]);
  }
  return exit_status;
}
