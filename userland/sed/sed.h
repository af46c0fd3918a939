/* sed: what the parser of scripts and the editor share. */
#ifndef SED_H
#define SED_H

#include "command.h"

#include <regex.h>

struct address {
  enum { NONE, LINE, LAST, PATTERN, STEP, ZERO, MORE, MULTIPLE } kind;
  long number, step;
  regex_t *regex; /* null: the one used last */
};

struct output {
  const char *name;
  FILE *file;
  struct output *next;
};

struct command {
  struct address first, last;
  int is_negated, is_active; /* within its range */
  long end_line;
  char name;
  size_t target;     /* { b t T: where to go on */
  char *label, *text; /* a i c r; s: the replacement */
  size_t text_length;
  regex_t *regex;
  int is_global, prints, occurrence, status;
  struct output *output;
  unsigned char *map; /* y */
};

extern struct command *commands;
extern size_t command_count;
extern int is_quiet, is_extended, in_place, is_separate, terminator;
extern struct output *outputs;

/* --- script.c */

/* Adds a line or more to the script. */
void add_script(const char *text);
/* Makes commands of the script; ends the program with a message when it is wrong. */
void parse_script(void);

/* --- edit.c */

extern char **files;
/* Runs the commands for each line of the files; -i keeps old files under their name and `suffix`. */
void edit(const char *suffix);

#endif
