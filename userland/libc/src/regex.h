/* What the two halves of the regular expressions share: the compiler's tree and the programs. */
#ifndef REGEX_INTERNAL_H
#define REGEX_INTERNAL_H

#include <regex.h>

#define GROUPS_MAX 64

enum node_kind {
  NODE_EMPTY,
  NODE_BYTE,
  NODE_ANY,
  NODE_SET,
  NODE_ASSERT,
  NODE_JOIN,   /* left then right */
  NODE_CHOICE, /* left or right */
  NODE_STAR,   /* left, any number of times */
  NODE_MAYBE,  /* left or nothing */
  NODE_GROUP,  /* left, noted as a group */
  NODE_BACK    /* what a group matched */
};

enum assertion { AT_START, AT_END, AT_BOUNDARY, AT_INSIDE, AT_WORD_START, AT_WORD_END,
                 AT_TEXT_START, AT_TEXT_END };

struct node {
  enum node_kind kind;
  int value;           /* byte, set, assertion or group */
  int has_groups;      /* a group is in it */
  struct node *left, *right;
  int start[2], end[2]; /* its instructions, forwards and backwards */
};

enum operation { OP_BYTE, OP_ANY, OP_SET, OP_ASSERT, OP_SPLIT, OP_JUMP, OP_SAVE, OP_BACK, OP_END };

struct instruction {
  unsigned char operation;
  int value, other; /* OP_SPLIT: both ways, the first is tried first */
};

struct program {
  struct instruction *code;
  int count, room;
};

struct __regex {
  int flags;
  struct node *nodes, *root; /* nodes: a list of blocks, for freeing */
  struct program programs[2]; /* forwards, and backwards over the text */
  unsigned char (*sets)[32];
  int set_count, node_count, has_back;
  unsigned char first[32]; /* bytes a match can begin with */
  int can_be_empty;
  unsigned char fold[256];
  void **blocks;
  int block_count;
};

#endif
