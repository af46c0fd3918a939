/*
 * What the commands share: messages as GNU words them, exit statuses, options, sizes, modes,
 * walks through trees, copying. A command that met an error goes on with its next operand.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>

/* --- messages.c */

/* What main returns; complain sets it. */
extern int exit_status;
/* The status for a wrong command line; 1 unless the command says otherwise. */
extern int usage_status;
/* What complain sets; 1 unless the command says otherwise. */
extern int trouble_status;

/* "NAME: text: the error in errno". */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "NAME: text". */
void complain_only(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As complain_only, then exits. */
_Noreturn void give_up(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "Try 'NAME --help' for more information.", after a message if there is one; exits. */
_Noreturn void wrong_usage(const char *format, ...);
/* The name in quotes, as a shell would take it. Holds until four more were made. */
const char *quoted(const char *name);
/* The same, with quotes only where a shell needs them. */
const char *shown(const char *name);
/* Asks on standard error; true when the answer begins with y. */
int ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Writes out standard output; the status, or 1 with a message when something was not written. */
int finish(int status);
/* The program's name without directories. */
const char *program_name(void);

/* getopt_long; --help prints `usage` and exits, a wrong option ends in wrong_usage. */
int next_option(int argc, char **argv, const char *letters, const struct option *longs,
                const char *usage);

/* --- memory.c */

/* Never null: the program ends with a message when memory is out. */
void *must_have(void *block, size_t size);
char *copy_text(const char *text);
/* directory/name, in memory of its own. */
char *joined(const char *directory, const char *name);
/* The part after the last slash; trailing slashes do not count. In memory of its own. */
char *last_part(const char *path);

struct buffer {
  char *bytes; /* ends in a zero byte that length does not count */
  size_t length, room;
};
void buffer_add(struct buffer *buffer, const void *bytes, size_t count);
void buffer_add_char(struct buffer *buffer, char c);

/* A line with its terminator if it has one; the length, or -1 at the end or after an error. */
ssize_t read_line(FILE *file, char **line, size_t *size);

/* --- escapes.c */

/* Puts what the escape means whose backslash stands before `at`; gives what follows it. */
const char *put_escape(const char *at);

/* --- numbers.c */

/* A decimal number with a suffix: b 512, kB 1000, K or KiB 1024, and so on; false if it is none. */
int parse_size(const char *text, long long *value);
/* A plain decimal number; false if it is none. */
int parse_number(const char *text, long long *value);
/* 1.5K: rounded up, in at most four characters and a letter. */
const char *human_size(unsigned long long bytes, char *to);

/* --- modes.c */

struct mode_change; /* a list of clauses */
/* Octal or symbolic; null if it is neither. */
struct mode_change *parse_mode(const char *text);
mode_t change_mode(const struct mode_change *change, mode_t mode, int is_directory, mode_t mask);
/* drwxr-xr-x; `to` has room for 11. */
void mode_text(mode_t mode, char *to);
/* "directory", "regular empty file" and so on. */
const char *file_kind(const struct stat *status);

/* --- owners.c */

/* Names, or numbers where nobody has the name. */
const char *user_name(uid_t user);
const char *group_name(gid_t group);
/* A name or a number; false if it is neither. */
int parse_user(const char *text, uid_t *user);
int parse_group(const char *text, gid_t *group);

/* --- dates.c */

/* What GNU date would make of the common forms; false if it is none of them. */
int parse_date(const char *text, time_t now, struct timespec *when);

/* --- resolve.c */

/* The name without links; mode e, f or m says what may be missing. Null with errno. */
char *resolve(const char *path, int mode);
/* True for a directory, or a link to one. */
int is_directory(const char *path);
/* The same for the directory that files are to go to; says why it is none. */
int is_target(const char *path);

/* --- walk.c */

enum walk_event {
  WALK_FILE,       /* anything but a directory */
  WALK_DIRECTORY,  /* before its entries */
  WALK_AFTER,      /* after its entries */
  WALK_FAILED,     /* no status; errno is in `error` */
  WALK_UNREADABLE, /* a directory that cannot be listed; errno is in `error` */
  WALK_CYCLE       /* a directory that is among those around it */
};
enum walk_answer { WALK_ON, WALK_SKIP, WALK_STOP };
enum walk_links { WALK_PHYSICAL, WALK_FOLLOW_OPERANDS, WALK_FOLLOW_ALL };

struct walk {
  const char *path; /* the operand, and the names below it */
  const char *name; /* the last part */
  int fd;           /* where `name` is to be looked up */
  int depth;        /* 0: the operand */
  int error;
  int is_one_device; /* set before the walk: stays on the operand's file system */
  int is_by_inode;   /* set before the walk: entries in the order of their inodes, as cp has them */
  struct stat status;
  void *context;
};

/* Visits a tree without recursion, however deep. The visitor's WALK_SKIP leaves a directory out. */
enum walk_answer walk_tree(const char *path, enum walk_links links, struct walk *walk,
                           enum walk_answer (*visit)(struct walk *walk, enum walk_event event));

/* --- copy.c */

struct copy_options {
  int is_recursive, is_forced, is_verbose, is_update, is_hard_link, is_symbolic_link;
  enum { COPY_OVERWRITES, COPY_ASKS, COPY_SKIPS } existing;
  enum { COPY_KEEPS_LINKS, COPY_FOLLOWS_OPERANDS, COPY_FOLLOWS_ALL } links;
  int keeps_mode, keeps_owner, keeps_times, keeps_hard_links;
  int has_default_mode, is_one_device, removes_destination, is_move, copies_attributes_only;
};

/* Copies a file or a tree to the name `to`; false after an error, which was told. */
int copy_to(const char *from, const char *to, const struct copy_options *options);
/* True when both are the same file. */
int is_same_file(const struct stat *a, const struct stat *b);
/* Bytes from one descriptor to another, holes kept; 0, -1 reading failed, -2 writing failed. */
int copy_bytes(int from, int to, const struct stat *status);

#endif
