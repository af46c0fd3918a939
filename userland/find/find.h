/* find: what the parser of expressions, their evaluation and the walk share. */
#ifndef FIND_H
#define FIND_H

#include "command.h"

#include <regex.h>
#include <time.h>

enum kind {
  AND, OR, NOT, LIST, TRUE, FALSE, NAME, PATH, LINK_NAME, REGEX, TYPE, SIZE, EMPTY, NEWER, TIME,
  PERMISSIONS, LINKS, INODE, SAME, USER, GROUP, PRINT, PRINT_ZERO, PRINTF, LS, EXEC, EXEC_ALL,
  DELETE, PRUNE, QUIT
};

struct node {
  enum kind kind;
  struct node *left, *right;
  const char *text;
  int flags;          /* fnmatch flags; of TIME: the letter and the unit */
  char sign;          /* + - or 0, of a number; / - or 0, of permissions */
  long long number;
  long long unit;
  struct stat status; /* NEWER, SAME */
  char **command;     /* EXEC: words */
  int word_count, asks, in_directory;
  struct buffer pending; /* EXEC_ALL: paths that wait, each with its zero byte */
  int pending_count;
  regex_t regex;
};

extern time_t now;

/* --- parse.c */

extern int has_action, is_depth_first, is_one_device;
extern long long min_depth, max_depth;

struct node *make(enum kind kind, struct node *left, struct node *right);
/* The words of an expression, a null pointer at their end; ends the program when it is wrong. */
struct node *parse_expression(char **expression);

/* --- evaluate.c */

extern int is_pruned;

int evaluate(struct node *node, struct walk *walk);
/* Runs what -exec .. + has gathered. */
void flush_commands(struct node *node);

#endif
