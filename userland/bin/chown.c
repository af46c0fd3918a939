/* chown [-cfhRv] OWNER[:GROUP] | :GROUP FILE ..: sets files' owners and groups. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define KEPT 0xffffffffu

static uid_t user = KEPT;
static gid_t group = KEPT;
static int is_recursive, is_quiet, takes_links, tells_changes, tells_all;

static void set_owner(const struct walk *walk) {
  int flags = takes_links || is_recursive ? AT_SYMLINK_NOFOLLOW : 0;
  if (fchownat(walk->fd, walk->name, user, group, flags) < 0) {
    exit_status = 1;
    if (!is_quiet) {
      complain("changing %s of %s", user == KEPT ? "group" : "ownership", quoted(walk->path));
    }
    return;
  }
  int is_changed = (user != KEPT && user != walk->status.st_uid) ||
                   (group != KEPT && group != walk->status.st_gid);
  if (tells_all || (tells_changes && is_changed)) {
    printf("%s of %s %s\n", user == KEPT ? "group" : "ownership", quoted(walk->path),
           is_changed ? "changed" : "retained");
  }
}

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  if (event == WALK_FAILED || event == WALK_UNREADABLE) {
    errno = walk->error;
    if (is_quiet) exit_status = 1;
    else if (event == WALK_FAILED) complain("cannot access %s", quoted(walk->path));
    else complain("cannot read directory %s", quoted(walk->path));
    return WALK_ON;
  }
  if (event == WALK_AFTER || event == WALK_CYCLE) return WALK_ON;
  set_owner(walk);
  return is_recursive ? WALK_ON : WALK_SKIP;
}

static void parse(char *text, int is_group) {
  char *given = copy_text(text);
  char *colon = is_group ? text : strpbrk(text, ":.");
  if (colon != NULL && !is_group) *colon++ = '\0';
  if (!is_group && *text != '\0' && !parse_user(text, &user)) {
    give_up("invalid user: %s", quoted(given));
  }
  if (colon != NULL && *colon != '\0' && !parse_group(colon, &group)) {
    give_up("invalid group: %s", quoted(given));
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"recursive", no_argument, NULL, 'R'},
                                        {"changes", no_argument, NULL, 'c'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"quiet", no_argument, NULL, 'f'},
                                        {"silent", no_argument, NULL, 'f'},
                                        {"no-dereference", no_argument, NULL, 'h'},
                                        {"reference", required_argument, NULL, 1},
                                        {NULL, 0, NULL, 0}};
  int has_reference = 0, is_group = strcmp(program_name(), "chgrp") == 0;
  for (int option; (option = next_option(argc, argv, "cfhRv", longs,
                                         "chown [-cfhRv] OWNER[:GROUP] FILE ..\n")) != -1;) {
    struct stat status;
    if (option == 'c') tells_changes = 1;
    if (option == 'f') is_quiet = 1;
    if (option == 'h') takes_links = 1;
    if (option == 'R') is_recursive = 1;
    if (option == 'v') tells_all = 1;
    if (option != 1) continue;
    if (stat(optarg, &status) < 0) {
      complain("failed to get attributes of %s", quoted(optarg));
      return 1;
    }
    user = is_group ? KEPT : status.st_uid;
    group = status.st_gid;
    has_reference = 1;
  }
  if (optind == argc) wrong_usage("missing operand");
  if (!has_reference) parse(argv[optind++], is_group);
  if (optind == argc) wrong_usage("missing operand after %s", quoted(argv[argc - 1]));
  for (int i = optind; i < argc; i++) {
    struct walk walk = {0};
    int follows = !takes_links && !is_recursive;
    walk_tree(argv[i], follows ? WALK_FOLLOW_OPERANDS : WALK_PHYSICAL, &walk, visit);
  }
  return finish(exit_status);
}
