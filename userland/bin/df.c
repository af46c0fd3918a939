/* df [-ahikPT] [-t TYPE] [FILE ..]: how full file systems are: those mounted, or the files'. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define COLUMNS 7

struct mount {
  char *source, *target, *type;
  dev_t device;
  int is_hidden;
};

static struct mount *mounts;
static int mount_count;
static int shows_all, is_human, shows_inodes, shows_type, is_portable;
static const char *only_type;

static char *(*rows)[COLUMNS];
static int row_count;

static void read_mounts(void) {
  FILE *file = fopen("/proc/mounts", "r");
  char *line = NULL;
  size_t size = 0;
  if (file == NULL) {
    complain("cannot read table of mounted file systems: /proc/mounts");
    exit(1);
  }
  while (read_line(file, &line, &size) >= 0) {
    char *at = line, *source = strsep(&at, " "), *target = strsep(&at, " ");
    char *type = strsep(&at, " ");
    struct stat status;
    if (type == NULL || stat(target, &status) < 0) continue;
    mounts = must_have(mounts, (size_t)(mount_count + 1) * sizeof *mounts);
    mounts[mount_count++] = (struct mount){copy_text(source), copy_text(target), copy_text(type),
                                           status.st_dev, 0};
  }
  free(line);
  fclose(file);
}

static char *amount(unsigned long long blocks, unsigned long long block_size) {
  char text[24];
  unsigned long long bytes = blocks * block_size;
  if (shows_inodes && !is_human) snprintf(text, sizeof text, "%llu", blocks);
  else if (is_human) human_size(shows_inodes ? blocks : bytes, text);
  else snprintf(text, sizeof text, "%llu", (bytes + 1023) / 1024);
  return copy_text(text);
}

static char *percentage(unsigned long long used, unsigned long long free) {
  char text[24];
  unsigned long long whole = used + free;
  if (whole == 0) return copy_text("-");
  unsigned long long part = used * 100;
  snprintf(text, sizeof text, "%llu%%", part / whole + (part % whole != 0));
  return copy_text(text);
}

/* Adds a row; not for a file system without blocks, unless it was asked for. */
static void add(const struct mount *mount, const char *place, int is_wanted) {
  struct statvfs status;
  if (only_type != NULL && strcmp(only_type, mount->type) != 0) return;
  if (statvfs(place, &status) < 0) {
    complain("%s", shown(place));
    return;
  }
  if (status.f_blocks == 0 && !is_wanted && !shows_all) return;
  unsigned long long whole = shows_inodes ? status.f_files : status.f_blocks;
  unsigned long long free = shows_inodes ? status.f_ffree : status.f_bfree;
  unsigned long long left = shows_inodes ? status.f_ffree : status.f_bavail;
  rows = must_have(rows, (size_t)(row_count + 1) * sizeof *rows);
  char **row = rows[row_count++];
  row[0] = mount->source;
  row[1] = mount->type;
  row[2] = amount(whole, status.f_frsize);
  row[3] = amount(whole - free, status.f_frsize);
  row[4] = amount(left, status.f_frsize);
  row[5] = percentage(whole - free, left);
  row[6] = mount->target;
}

static void add_file(const char *path) {
  struct stat status;
  const struct mount *found = NULL;
  if (stat(path, &status) < 0) {
    complain("%s", shown(path));
    return;
  }
  for (int i = 0; i < mount_count; i++) {
    if (mounts[i].device != status.st_dev) continue;
    if (found == NULL || strlen(mounts[i].target) <= strlen(found->target)) found = &mounts[i];
  }
  struct mount unknown = {"-", "-", "-", 0, 0};
  add(found == NULL ? &unknown : found, path, 1);
}

/* Of several mounts of one device the one with the shortest name counts. */
static void hide_repeated(void) {
  for (int i = 0; i < mount_count; i++) {
    for (int j = 0; j < i; j++) {
      if (mounts[j].is_hidden || mounts[i].device != mounts[j].device) continue;
      int is_shorter = strlen(mounts[i].target) < strlen(mounts[j].target);
      mounts[is_shorter ? j : i].is_hidden = 1;
    }
  }
}

static void show(void) {
  int widths[COLUMNS] = {14, 4, 5, 5, 5, 4, 0};
  for (int column = 0; column < COLUMNS; column++) {
    for (int i = 0; i < row_count; i++) {
      int length = (int)strlen(rows[i][column]);
      if (length > widths[column]) widths[column] = length;
    }
  }
  for (int i = 0; i < row_count; i++) {
    printf("%-*s ", widths[0], rows[i][0]);
    if (shows_type) printf("%-*s ", widths[1], rows[i][1]);
    for (int column = 2; column < 6; column++) printf("%*s ", widths[column], rows[i][column]);
    puts(rows[i][6]);
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"all", no_argument, NULL, 'a'},
                                        {"human-readable", no_argument, NULL, 'h'},
                                        {"inodes", no_argument, NULL, 'i'},
                                        {"print-type", no_argument, NULL, 'T'},
                                        {"type", required_argument, NULL, 't'},
                                        {"portability", no_argument, NULL, 'P'},
                                        {NULL, 0, NULL, 0}};
  for (int option; (option = next_option(argc, argv, "ahikPTt:", longs,
                                         "df [-ahikPT] [-t TYPE] [FILE ..]\n")) != -1;) {
    if (option == 'a') shows_all = 1;
    if (option == 'h') is_human = 1;
    if (option == 'i') shows_inodes = 1;
    if (option == 'k') is_human = 0;
    if (option == 'P') is_portable = 1;
    if (option == 'T') shows_type = 1;
    if (option == 't') only_type = optarg;
  }
  read_mounts();
  rows = must_have(NULL, sizeof *rows);
  row_count = 1;
  const char *size = is_human ? "Size" : is_portable ? "1024-blocks" : "1K-blocks";
  const char *head[] = {"Filesystem", "Type", size, "Used", "Available", "Use%", "Mounted on"};
  if (is_human && !shows_inodes) head[4] = "Avail";
  if (is_portable) head[5] = "Capacity";
  if (shows_inodes) head[2] = "Inodes", head[3] = "IUsed", head[4] = "IFree", head[5] = "IUse%";
  for (int i = 0; i < COLUMNS; i++) rows[0][i] = (char *)head[i];
  if (optind == argc && !shows_all) hide_repeated();
  for (int i = 0; i < mount_count && optind == argc; i++) {
    if (!mounts[i].is_hidden) add(&mounts[i], mounts[i].target, 0);
  }
  for (int i = optind; i < argc; i++) add_file(argv[i]);
  if (row_count == 1) {
    if (exit_status == 0) complain_only("no file systems processed");
    return exit_status;
  }
  show();
  return finish(exit_status);
}
