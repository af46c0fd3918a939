/*
 * find [-HL] [PATH ..] [EXPRESSION]: the files of trees that an expression holds for. The
 * expression becomes a tree of nodes that is evaluated for each file.
 */
#include "find.h"

#include <errno.h>
#include <string.h>

time_t now;

static enum walk_answer visit(struct walk *walk, enum walk_event event) {
  if (event == WALK_FAILED || event == WALK_UNREADABLE) {
    errno = walk->error;
    complain("%s", quoted(walk->path));
    return WALK_ON;
  }
  if (event == WALK_CYCLE) {
    complain_only("File system loop detected; %s is part of the same file system loop as one of "
                  "its parents.", quoted(walk->path));
    return WALK_ON;
  }
  int is_too_deep = max_depth >= 0 && walk->depth >= max_depth;
  int is_now = event == WALK_FILE || (event == WALK_AFTER) == is_depth_first;
  is_pruned = 0;
  if (event == WALK_DIRECTORY && is_depth_first && is_too_deep) is_now = 1;
  if (is_now && walk->depth >= min_depth) evaluate(walk->context, walk);
  if (event == WALK_DIRECTORY && (is_too_deep || (is_pruned && !is_depth_first))) return WALK_SKIP;
  return WALK_ON;
}

static int begins_expression(const char *word) {
  return (*word == '-' && word[1] != '\0') || strcmp(word, "!") == 0 || strcmp(word, "(") == 0;
}

int main(int argc, char **argv) {
  static char *here[] = {".", NULL};
  enum walk_links links = WALK_PHYSICAL;
  int first = 1;
  for (; first < argc && strlen(argv[first]) == 2 && argv[first][0] == '-' &&
         strchr("HLP", argv[first][1]) != NULL; first++) {
    char option = argv[first][1];
    links = option == 'H' ? WALK_FOLLOW_OPERANDS : option == 'L' ? WALK_FOLLOW_ALL : WALK_PHYSICAL;
  }
  int last = first;
  while (last < argc && !begins_expression(argv[last])) last++;
  int path_count = last - first;
  char **paths = must_have(NULL, (size_t)(path_count + 1) * sizeof *paths);
  memcpy(paths, argv + first, (size_t)path_count * sizeof *paths);
  paths[path_count] = NULL;
  if (path_count == 0) paths = here;
  now = time(NULL);
  struct node *expression = parse_expression(argv + last);
  if (!has_action) expression = make(AND, expression, make(PRINT, NULL, NULL));
  for (; *paths != NULL; paths++) {
    struct walk walk = {.is_one_device = is_one_device, .context = expression};
    walk_tree(*paths, links, &walk, visit);
  }
  flush_commands(expression);
  return finish(exit_status);
}
