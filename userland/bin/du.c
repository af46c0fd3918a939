/*
 * du [-abchkmsSxLD] [-d DEPTH] [PATH ..]: what trees take on the disk. A file with several names
 * counts once.
 */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct seen {
  dev_t device;
  unsigned long long inode;
  struct seen *next;
};

#define BUCKETS 4096

static struct seen *buckets[BUCKETS];
static int shows_files, is_apparent, is_human, is_summary, is_separate, is_one_device;
static long long max_depth = -1;
static unsigned long long unit = 1024;

struct totals {
  unsigned long long *below; /* by depth: what the directory in hand holds so far */
  int room;
  dev_t device; /* the operand's */
};

static int was_seen(const struct stat *status) {
  struct seen **bucket = &buckets[(status->st_ino ^ status->st_dev) % BUCKETS];
  for (struct seen *seen = *bucket; seen != NULL; seen = seen->next) {
    if (seen->inode == status->st_ino && seen->device == status->st_dev) return 1;
  }
  struct seen *seen = must_have(NULL, sizeof *seen);
  *seen = (struct seen){status->st_dev, status->st_ino, *bucket};
  *bucket = seen;
  return 0;
}

static unsigned long long size_of(const struct stat *status) {
  if (!is_apparent) return status->st_blocks * 512;
  int counts = S_ISREG(status->st_mode) || S_ISLNK(status->st_mode) || S_ISDIR(status->st_mode);
  return counts ? (unsigned long long)status->st_size : 0;
}

static void show(unsigned long long bytes, const char *path) {
  char text[24];
  if (is_human) printf("%s\t%s\n", human_size(bytes, text), path);
  else printf("%llu\t%s\n", (bytes + unit - 1) / unit, path);
}

static unsigned long long *below(struct totals *totals, int depth) {
  if (depth >= totals->room) {
    int room = depth + 64;
    totals->below = must_have(totals->below, (size_t)room * sizeof *totals->below);
    for (int i = totals->room; i < room; i++) totals->below[i] = 0;
    totals->room = room;
  }
  return &totals->below[depth];
}

static int is_shown(const struct walk *walk, int is_directory) {
  if (is_summary) return walk->depth == 0;
  if (max_depth >= 0 && walk->depth > max_depth) return 0;
  return is_directory || shows_files || walk->depth == 0;
}

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  struct totals *totals = walk->context;
  if (event == WALK_FAILED || event == WALK_UNREADABLE) {
    errno = walk->error;
    complain(event == WALK_FAILED ? "cannot access %s" : "cannot read directory %s",
             quoted(walk->path));
    return WALK_ON;
  }
  int depth = walk->depth;
  if (depth == 0) totals->device = walk->status.st_dev;
  if (is_one_device && walk->status.st_dev != totals->device) return WALK_SKIP;
  if (event == WALK_FILE) {
    if (walk->status.st_nlink > 1 && was_seen(&walk->status)) return WALK_ON;
    unsigned long long bytes = size_of(&walk->status);
    *below(totals, depth) += bytes;
    if (is_shown(walk, 0)) show(bytes, walk->path);
  } else if (event == WALK_DIRECTORY) {
    if (was_seen(&walk->status)) return WALK_SKIP;
    *below(totals, depth + 1) = size_of(&walk->status);
  } else if (event == WALK_AFTER) {
    unsigned long long bytes = *below(totals, depth + 1);
    *below(totals, depth + 1) = 0;
    if (!is_separate || depth == 0) *below(totals, depth) += bytes;
    if (is_shown(walk, 1)) show(bytes, walk->path);
  }
  return WALK_ON;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"all", no_argument, NULL, 'a'},
                                        {"bytes", no_argument, NULL, 'b'},
                                        {"total", no_argument, NULL, 'c'},
                                        {"human-readable", no_argument, NULL, 'h'},
                                        {"summarize", no_argument, NULL, 's'},
                                        {"max-depth", required_argument, NULL, 'd'},
                                        {"one-file-system", no_argument, NULL, 'x'},
                                        {"apparent-size", no_argument, NULL, 1},
                                        {"dereference", no_argument, NULL, 'L'},
                                        {NULL, 0, NULL, 0}};
  static char *here[] = {".", NULL};
  enum walk_links links = WALK_PHYSICAL;
  int shows_total = 0;
  for (int option; (option = next_option(argc, argv, "abcd:hkmsSxLD", longs,
                                         "du [-abchkmsSx] [-d DEPTH] [PATH ..]\n")) != -1;) {
    if (option == 'a') shows_files = 1;
    if (option == 'b') is_apparent = 1, unit = 1, is_human = 0;
    if (option == 'c') shows_total = 1;
    if (option == 'd' && (!parse_number(optarg, &max_depth) || max_depth < 0)) {
      wrong_usage("invalid maximum depth %s", quoted(optarg));
    }
    if (option == 'h') is_human = 1;
    if (option == 'k') unit = 1024;
    if (option == 'm') unit = 1048576;
    if (option == 's') is_summary = 1;
    if (option == 'S') is_separate = 1;
    if (option == 'x') is_one_device = 1;
    if (option == 'L') links = WALK_FOLLOW_ALL;
    if (option == 'D') links = WALK_FOLLOW_OPERANDS;
    if (option == 1) is_apparent = 1;
  }
  if (is_summary && shows_files) wrong_usage("cannot both summarize and show all entries");
  char **paths = optind < argc ? argv + optind : here;
  struct totals totals = {0};
  unsigned long long total = 0;
  for (; *paths != NULL; paths++) {
    struct walk walk = {.is_one_device = is_one_device, .context = &totals};
    walk_tree(*paths, links, &walk, visit);
    total += *below(&totals, 0);
    *below(&totals, 0) = 0;
  }
  if (shows_total) show(total, "total");
  return finish(exit_status);
}
