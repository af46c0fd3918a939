/*
 * The shell. Text becomes tokens (lex.c), tokens a tree (parse.c), a tree runs (run.c); words are
 * expanded when they run (expand.c). Everything that one command needs while it is read and run
 * lies in an arena, and goes with it.
 */
#ifndef SH_H
#define SH_H

#include <stddef.h>
#include <sys/types.h>

/* --- memory.c: arenas and growing strings */

struct arena {
  struct chunk *chunks;
};

/* The arena of the command being read; never null while the parser or the runner works. */
extern struct arena *arena;

void *arena_alloc(size_t size);
char *arena_text(const char *text, size_t length);
void arena_free(struct arena *what);

/* A point to go back to: what was taken from the arena since is free again. */
struct mark {
  struct chunk *chunk;
  size_t used;
};

struct mark arena_mark(void);
void arena_release(struct mark mark);
/* malloc and friends that end the shell when there is no memory. */
void *must_alloc(void *old, size_t size);

struct text {
  char *bytes; /* in the arena; ends in a zero byte */
  size_t length, room;
};

void text_add(struct text *text, char c);
void text_add_all(struct text *text, const char *more);

struct list {
  char **items; /* ends in a null pointer */
  int count, room;
};

void list_add(struct list *list, char *item);

/* --- lex.c */

enum token {
  T_END,
  T_NEWLINE,
  T_WORD,
  T_NUMBER, /* digits right before < or > */
  T_SEMICOLON,
  T_DOUBLE_SEMICOLON,
  T_AMPERSAND,
  T_AND,
  T_OR,
  T_PIPE,
  T_OPEN,
  T_CLOSE,
  T_LESS,
  T_GREATER,
  T_APPEND,
  T_HERE,
  T_HERE_TABS, /* <<- */
  T_LESS_AND,
  T_GREATER_AND,
  T_LESS_GREATER,
  T_CLOBBER,
};

struct redirection {
  enum token kind;
  int fd;
  char *target; /* unexpanded; of a here-document its delimiter, then its body */
  int is_literal; /* a here-document whose delimiter was quoted */
  struct redirection *next;
  struct redirection *next_here; /* the next here-document of the same line */
};

/* Where commands come from: a descriptor, or text. */
struct input {
  int fd; /* -1: text */
  const char *text;
  int is_interactive;
  char *line; /* what was read from fd and not yet consumed */
  size_t at, end;
  int line_number;
  struct redirection *here; /* here-documents whose bodies follow the line */
};

struct lexer {
  struct input *input;
  int has_token;
  enum token kind;
  char *word;
  int is_continuing; /* the next line belongs to a command already begun */
  int failed;        /* a syntax error was reported */
};

enum token lex_peek(struct lexer *lexer);
void lex_next(struct lexer *lexer);
void lex_here_document(struct lexer *lexer, struct redirection *redirection);
void syntax_error(struct lexer *lexer, const char *expected);
/* After an error or an interrupt: forgets the rest of what was read. */
void input_discard(struct input *input);
/* Where a quoted or $-construct that begins at `at` ends; null when the text ends first. */
const char *skip_construct(const char *at);

/* --- parse.c */

enum kind {
  N_COMMAND,
  N_PIPELINE,
  N_AND,
  N_OR,
  N_SEQUENCE,
  N_BACKGROUND,
  N_SUBSHELL,
  N_GROUP,
  N_IF,
  N_WHILE,
  N_UNTIL,
  N_FOR,
  N_CASE,
  N_FUNCTION,
};

struct node {
  enum kind kind;
  struct node *left, *right, *otherwise; /* operands; condition, then, else; body */
  struct list words;   /* command and arguments; for: the words; case: the subject */
  struct list expanded;    /* command: its words, once they were expanded for a child */
  struct list assignments;
  struct redirection *redirections;
  char *name;            /* for: the variable; function: its name */
  int is_negated;        /* pipeline: ! */
  int has_in;            /* for: words were given */
  struct list patterns;  /* a case arm: its patterns */
  struct node *next;     /* pipeline: the next command; case: the next arm */
};

/* Reads one complete command; null at the end of the input, or after an error (lexer->failed). */
struct node *parse_command(struct lexer *lexer);

/* --- expand.c */

/* All expansions, splitting and globbing: one word gives any number of fields. */
void expand_word(const char *word, struct list *fields);
/* Expansions without splitting and globbing: one field. */
char *expand_text(const char *word);
/* As expand_text, but quoted characters keep a backslash, for matching. */
char *expand_pattern(const char *word);
/* A here-document's body. */
char *expand_here(const char *body);

/* --- variables.c */

const char *get_variable(const char *name);
/* False when the name is not one, or is readonly. */
int set_variable(const char *name, const char *value);
void unset_variable(const char *name);
void export_variable(const char *name);
void print_variables(int only_exported);
void take_environment(char **environment);
char **make_environment(void);
int is_name(const char *text, size_t length);
long evaluate(const char *expression, int *failed);

extern char **positional; /* $1 .. */
extern int positional_count;
extern const char *shell_name; /* $0 */

/* --- run.c */

extern int last_status;
extern pid_t last_background;
extern pid_t shell_pid;
extern int is_interactive;

/* Why control leaves loops and functions. */
enum leave { LEAVE_NOT, LEAVE_BREAK, LEAVE_CONTINUE, LEAVE_RETURN, LEAVE_INTERRUPT };
extern enum leave leaving;
extern int leave_count;
extern int loop_depth;

int run(struct node *node);
int run_text(const char *text);
int run_file(int fd, int interactive);
/* Opens a script at a descriptor that its own redirections are unlikely to name; or -1. */
int open_script(const char *path);
/* The output of a command, without the newlines at its end; in the arena. */
char *run_captured(const char *text);
_Noreturn void shell_exit(int status);

/* --- jobs.c */

struct job {
  int number;
  pid_t group;
  pid_t *processes; /* 0 once ended */
  int count, left;
  int status; /* of the last process, as wait gives it */
  char *text;
  struct job *next;
};

/* Called in the parent after each fork of a pipeline. */
void join_group(pid_t process, pid_t *group, int is_foreground);
int wait_foreground(const pid_t *processes, int count);
void add_background(pid_t group, pid_t *processes, int count, const char *text);
/* Tells of background jobs that ended, before a prompt. */
void report_jobs(void);
int wait_jobs(const char *which);
struct job *find_job(const char *which);
void list_jobs(void);
void forget_jobs(void);
int status_of(int wait_status);

/* --- builtin.c */

typedef int (*builtin)(int argc, char **argv);
builtin find_builtin(const char *name);

#endif
