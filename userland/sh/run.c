/*
 * Running the tree. Builtins and functions run in the shell; other commands in a child, in a
 * process group of their own when the shell is interactive.
 */
#include "sh.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPELINE_MAX 64
#define SAVED_FROM 10 /* the shell's own descriptors: scripts, and those put aside by redirections */
#define DEPTH_MAX 200

struct function {
  char *name;
  struct node *body;
  struct function *next;
};

int last_status;
pid_t last_background;
pid_t shell_pid;
int is_interactive;
enum leave leaving;
int leave_count;
int loop_depth;

static struct function *functions;
static int has_new_function; /* the current arena holds a function's body: keep it */
static int depth;

void shell_exit(int status) {
  exit(status);
}

/* --- redirections */

/* What a pipe takes while nobody reads it. */
#define PIPE_ROOM 4096

static void write_body(int fd, const char *body, size_t length) {
  for (ssize_t done; length > 0 && (done = write(fd, body, length)) > 0;) {
    body += done;
    length -= (size_t)done;
  }
}

/* A descriptor that reads the document. A text too long for a pipe has a writer of its own. */
static int here_document(const struct redirection *redirection) {
  const char *body = redirection->is_literal ? redirection->target
                                             : expand_here(redirection->target);
  size_t length = strlen(body);
  int ends[2];
  if (pipe(ends) < 0) return -1;
  if (length <= PIPE_ROOM) {
    write_body(ends[1], body, length);
  } else {
    pid_t writer = fork();
    if (writer == 0) {
      close(ends[0]);
      write_body(ends[1], body, length);
      _exit(0);
    }
    if (writer < 0) {
      dprintf(2, "sh: cannot fork: %s\n", strerror(errno));
      close(ends[0]);
      ends[0] = -1;
    }
  }
  close(ends[1]);
  return ends[0];
}

static int open_target(const struct redirection *redirection) {
  const char *target = expand_text(redirection->target);
  static const struct {
    enum token kind;
    int flags;
  } rows[] = {
      {T_LESS, O_RDONLY},
      {T_GREATER, O_WRONLY | O_CREAT | O_TRUNC},
      {T_CLOBBER, O_WRONLY | O_CREAT | O_TRUNC},
      {T_APPEND, O_WRONLY | O_CREAT | O_APPEND},
      {T_LESS_GREATER, O_RDWR | O_CREAT},
  };
  for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (rows[i].kind != redirection->kind) continue;
    int fd = open(target, rows[i].flags, 0666);
    if (fd < 0) dprintf(2, "sh: %s: %s\n", target, strerror(errno));
    return fd;
  }
  return -1;
}

/* Applies redirections in order; with `saved`, notes what to put back. False after an error. */
static int redirect(const struct redirection *list, struct list *saved) {
  for (const struct redirection *each = list; each != NULL; each = each->next) {
    int is_copy = each->kind == T_LESS_AND || each->kind == T_GREATER_AND;
    if (saved != NULL) {
      int *pair = arena_alloc(2 * sizeof *pair);
      pair[0] = each->fd;
      pair[1] = fcntl(each->fd, F_DUPFD_CLOEXEC, SAVED_FROM);
      list_add(saved, (char *)pair);
    }
    int from = -1;
    if (is_copy) {
      const char *target = expand_text(each->target);
      if (strcmp(target, "-") == 0) {
        close(each->fd);
        continue;
      }
      char *end;
      from = (int)strtol(target, &end, 10);
      if (*end != '\0' || end == target || fcntl(from, F_GETFD) < 0) {
        dprintf(2, "sh: %s: not an open descriptor\n", target);
        return 0;
      }
    } else if (each->kind == T_HERE || each->kind == T_HERE_TABS) {
      from = here_document(each);
    } else {
      from = open_target(each);
    }
    if (from < 0) return 0;
    if (from != each->fd) {
      dup2(from, each->fd);
      if (!is_copy) close(from);
    }
  }
  return 1;
}

static void restore(const struct list *saved) {
  for (int i = saved->count - 1; i >= 0; i--) {
    const int *pair = (const int *)saved->items[i];
    if (pair[1] < 0) {
      close(pair[0]);
    } else {
      dup2(pair[1], pair[0]);
      close(pair[1]);
    }
  }
}

/* --- commands */

static void assign(const char *word, int is_exported) {
  const char *equals = strchr(word, '=');
  char *name = arena_text(word, (size_t)(equals - word));
  if (set_variable(name, expand_text(equals + 1)) && is_exported) export_variable(name);
}

static struct function *find_function(const char *name) {
  struct function *function = functions;
  while (function != NULL && strcmp(function->name, name) != 0) function = function->next;
  return function;
}

static void define_function(const struct node *node) {
  struct function *function = find_function(node->name);
  if (function == NULL) {
    function = must_alloc(NULL, sizeof *function);
    function->name = strdup(node->name);
    function->next = functions;
    functions = function;
  }
  function->body = node->left;
  has_new_function = 1;
}

static int call_function(const struct function *function, int argc, char **argv) {
  char **outer = positional;
  int outer_count = positional_count;
  positional = argv + 1;
  positional_count = argc - 1;
  int status = run(function->body);
  if (leaving == LEAVE_RETURN) leaving = LEAVE_NOT;
  positional = outer;
  positional_count = outer_count;
  return status;
}

/* A file that execve does not know is a script when it is text. */
static void try_script(const char *path, char **argv) {
  char start[128];
  int fd = open(path, O_RDONLY);
  ssize_t count = fd < 0 ? -1 : read(fd, start, sizeof start);
  if (fd >= 0) close(fd);
  if (count < 0 || memchr(start, '\0', (size_t)count) != NULL) return;
  struct list arguments = {0};
  list_add(&arguments, "sh");
  list_add(&arguments, (char *)path);
  for (char **argument = argv + 1; *argument != NULL; argument++) list_add(&arguments, *argument);
  execve("/bin/sh", arguments.items, make_environment());
}

static _Noreturn void exec_failed(const char *name, int error) {
  int is_missing = error == ENOENT || error == ENOTDIR;
  if (is_missing && strchr(name, '/') == NULL) dprintf(2, "sh: %s: not found\n", name);
  else dprintf(2, "sh: %s: %s\n", name, strerror(error));
  _exit(is_missing ? 127 : 126);
}

/* Becomes the program. */
static _Noreturn void exec_program(char **argv) {
  char **environment = make_environment();
  int error = ENOENT;
  if (strchr(argv[0], '/') != NULL) {
    execve(argv[0], argv, environment);
    error = errno;
    if (error == ENOEXEC) try_script(argv[0], argv);
    exec_failed(argv[0], error);
  }
  const char *directories = get_variable("PATH");
  if (directories == NULL) directories = "/bin";
  while (*directories != '\0') {
    size_t length = strcspn(directories, ":");
    struct text path = {0};
    text_add_all(&path, arena_text(directories, length));
    if (length > 0) text_add(&path, '/');
    text_add_all(&path, argv[0]);
    execve(path.bytes, argv, environment);
    if (errno == ENOEXEC) try_script(path.bytes, argv);
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    directories += length + (directories[length] == ':');
  }
  exec_failed(argv[0], error);
}

/* In a child: signals and groups as a command expects them. */
static void become_child(pid_t group, int is_background) {
  if (is_interactive) {
    pid_t self = getpid();
    setpgid(self, group == 0 ? self : group);
    if (!is_background) tcsetpgrp(0, group == 0 ? self : group);
  }
  static const int defaults[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGTERM};
  int is_ignored = is_background && !is_interactive;
  for (unsigned i = 0; i < sizeof defaults / sizeof *defaults; i++) {
    signal(defaults[i], is_ignored && i < 2 ? SIG_IGN : SIG_DFL);
  }
  if (is_background && !is_interactive) {
    int null = open("/dev/null", O_RDONLY);
    if (null > 0) dup2(null, 0), close(null);
  }
  is_interactive = 0;
  forget_jobs();
}

static int run_in_shell(struct node *node, struct list *arguments, builtin function) {
  struct list saved = {0};
  int is_exec = strcmp(arguments->items[0], "exec") == 0;
  int status = 1;
  if (redirect(node->redirections, is_exec ? NULL : &saved)) {
    for (int i = 0; i < node->assignments.count; i++) assign(node->assignments.items[i], 0);
    if (is_exec && arguments->count > 1) exec_program(arguments->items + 1);
    struct function *defined = find_function(arguments->items[0]);
    if (is_exec) status = 0;
    else if (defined != NULL) status = call_function(defined, arguments->count, arguments->items);
    else status = function(arguments->count, arguments->items);
  }
  restore(&saved);
  return status;
}

/* What the user sees of a background job or a killed one. */
static char *describe(const struct node *node) {
  struct text text = {0};
  text_add_all(&text, "");
  for (int i = 0; node->kind == N_COMMAND && i < node->words.count; i++) {
    if (i > 0) text_add(&text, ' ');
    text_add_all(&text, node->words.items[i]);
  }
  return text.length == 0 ? "(command)" : text.bytes;
}

static void run_child(struct node *node);

/* Forks one child for a whole tree and waits for it, unless it goes to the background. */
static int run_forked(struct node *node, int is_background) {
  pid_t group = 0;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0) {
    dprintf(2, "sh: cannot fork: %s\n", strerror(errno));
    return 1;
  }
  if (child == 0) {
    become_child(0, is_background);
    run_child(node);
  }
  join_group(child, &group, !is_background);
  if (!is_background) return wait_foreground(&child, 1);
  last_background = child;
  add_background(group, &child, 1, describe(node));
  return 0;
}

static void expand_arguments(const struct node *node, struct list *arguments) {
  for (int i = 0; i < node->words.count; i++) expand_word(node->words.items[i], arguments);
}

static int run_command(struct node *node) {
  struct list arguments = {0};
  int status_before = last_status;
  expand_arguments(node, &arguments);
  if (leaving == LEAVE_INTERRUPT) return 1;
  if (arguments.count == 0) {
    struct list saved = {0};
    last_status = 0;
    for (int i = 0; i < node->assignments.count; i++) assign(node->assignments.items[i], 0);
    int is_done = redirect(node->redirections, &saved);
    restore(&saved);
    return is_done ? last_status : 1;
  }
  last_status = status_before;
  builtin function = find_builtin(arguments.items[0]);
  if (function != NULL || find_function(arguments.items[0]) != NULL) {
    return run_in_shell(node, &arguments, function);
  }
  struct node *copy = arena_alloc(sizeof *copy);
  *copy = *node;
  copy->expanded = arguments; /* the child need not expand again */
  return run_forked(copy, 0);
}

/* In a child: runs the tree, then ends. */
static void run_child(struct node *node) {
  if (node->kind == N_COMMAND) {
    struct list arguments = node->expanded;
    if (arguments.count == 0) expand_arguments(node, &arguments);
    if (arguments.count > 0 && find_builtin(arguments.items[0]) == NULL &&
        find_function(arguments.items[0]) == NULL) {
      for (int i = 0; i < node->assignments.count; i++) assign(node->assignments.items[i], 1);
      if (!redirect(node->redirections, NULL)) _exit(1);
      exec_program(arguments.items);
    }
  }
  if (node->kind == N_SUBSHELL) {
    if (!redirect(node->redirections, NULL)) _exit(1);
    shell_exit(run(node->left));
  }
  shell_exit(run(node));
}

static int run_pipeline(struct node *node, int is_background) {
  pid_t processes[PIPELINE_MAX];
  pid_t group = 0;
  int count = 0, input = -1;
  struct text text = {0};
  fflush(stdout);
  for (struct node *each = node->left; each != NULL && count < PIPELINE_MAX; each = each->next) {
    int ends[2] = {-1, -1};
    if (each->next != NULL && pipe(ends) < 0) break;
    pid_t child = fork();
    if (child < 0) {
      dprintf(2, "sh: cannot fork: %s\n", strerror(errno));
      break;
    }
    if (child == 0) {
      become_child(group, is_background);
      if (input >= 0) dup2(input, 0), close(input);
      if (ends[1] >= 0) dup2(ends[1], 1), close(ends[1]), close(ends[0]);
      run_child(each);
    }
    join_group(child, &group, !is_background);
    processes[count++] = child;
    if (input >= 0) close(input);
    if (ends[1] >= 0) close(ends[1]);
    input = ends[0];
    if (text.length > 0) text_add_all(&text, " | ");
    text_add_all(&text, describe(each));
  }
  if (input >= 0) close(input);
  if (count == 0) return 1;
  if (is_background) {
    last_background = processes[count - 1];
    add_background(group, processes, count, text.bytes);
    return 0;
  }
  int status = wait_foreground(processes, count);
  return node->is_negated ? status == 0 : status;
}

/* --- control */

/* After a body: true when the loop ends. */
static int leaves_loop(void) {
  if (leaving == LEAVE_NOT) return 0;
  if (leaving != LEAVE_BREAK && leaving != LEAVE_CONTINUE) return 1;
  if (--leave_count > 0) return 1;
  int is_break = leaving == LEAVE_BREAK;
  leaving = LEAVE_NOT;
  return is_break;
}

static int run_loop(struct node *node) {
  int status = 0;
  loop_depth++;
  struct mark mark = arena_mark();
  for (;; arena_release(mark)) {
    int condition = run(node->left);
    if (leaves_loop() || (condition == 0) == (node->kind == N_UNTIL)) break;
    status = run(node->right);
    if (leaves_loop()) break;
  }
  loop_depth--;
  return status;
}

static int run_for(struct node *node) {
  struct list words = {0};
  int status = 0;
  for (int i = 0; i < node->words.count; i++) expand_word(node->words.items[i], &words);
  for (int i = 0; !node->has_in && i < positional_count; i++) list_add(&words, positional[i]);
  loop_depth++;
  struct mark mark = arena_mark();
  for (int i = 0; i < words.count; i++, arena_release(mark)) {
    set_variable(node->name, words.items[i]);
    status = run(node->left);
    if (leaves_loop()) break;
  }
  loop_depth--;
  return status;
}

static int run_case(struct node *node) {
  char *subject = expand_text(node->words.items[0]);
  for (struct node *arm = node->next; arm != NULL; arm = arm->next) {
    for (int i = 0; i < arm->patterns.count; i++) {
      if (fnmatch(expand_pattern(arm->patterns.items[i]), subject, 0) == 0) {
        return arm->left == NULL ? 0 : run(arm->left);
      }
    }
  }
  return 0;
}

static int run_compound(struct node *node) {
  switch (node->kind) {
    case N_GROUP:
      return run(node->left);
    case N_IF: {
      int condition = run(node->left);
      if (leaving != LEAVE_NOT) return condition;
      if (condition == 0) return run(node->right);
      return node->otherwise == NULL ? 0 : run(node->otherwise);
    }
    case N_WHILE:
    case N_UNTIL:
      return run_loop(node);
    case N_FOR:
      return run_for(node);
    default:
      return run_case(node);
  }
}

static int run_redirected(struct node *node) {
  struct list saved = {0};
  int status = redirect(node->redirections, &saved) ? run_compound(node) : 1;
  restore(&saved);
  return status;
}

static int run_node(struct node *node) {
  switch (node->kind) {
    case N_COMMAND:
      return run_command(node);
    case N_PIPELINE:
      if (node->left->next == NULL) return !run(node->left);
      return run_pipeline(node, 0);
    case N_AND:
    case N_OR: {
      int status = run(node->left);
      return leaving == LEAVE_NOT && (status == 0) == (node->kind == N_AND) ? run(node->right)
                                                                            : status;
    }
    case N_SEQUENCE: {
      int status = run(node->left);
      return leaving == LEAVE_NOT ? run(node->right) : status;
    }
    case N_BACKGROUND:
      if (node->left->kind == N_PIPELINE && node->left->left->next != NULL) {
        return run_pipeline(node->left, 1);
      }
      return run_forked(node->left, 1);
    case N_SUBSHELL:
      return run_forked(node, 0);
    case N_FUNCTION:
      define_function(node);
      return 0;
    default:
      return run_redirected(node);
  }
}

int run(struct node *node) {
  if (node == NULL || leaving != LEAVE_NOT) return last_status;
  if (++depth > DEPTH_MAX) {
    dprintf(2, "sh: commands are too deeply nested\n");
    leaving = LEAVE_INTERRUPT;
    last_status = 2;
  } else {
    last_status = run_node(node);
  }
  depth--;
  return last_status;
}

/* --- sources of commands */

static int run_input(struct input *input) {
  struct arena *outer = arena;
  for (;;) {
    struct arena own = {NULL};
    struct lexer lexer = {.input = input};
    arena = &own;
    int outer_function = has_new_function;
    has_new_function = 0;
    struct node *node = parse_command(&lexer);
    if (node != NULL) run(node);
    if (!has_new_function) arena_free(&own);
    has_new_function |= outer_function;
    arena = outer;
    int is_over = node == NULL && !lexer.failed && leaving != LEAVE_INTERRUPT;
    if (lexer.failed || leaving == LEAVE_INTERRUPT) {
      input_discard(input);
      if (!input->is_interactive) return last_status;
      if (leaving == LEAVE_INTERRUPT && node == NULL) last_status = 130;
      leaving = LEAVE_NOT;
    }
    if (is_over || leaving != LEAVE_NOT) return last_status;
  }
}

int run_text(const char *text) {
  struct input input = {.fd = -1, .text = text, .line_number = 1};
  return run_input(&input);
}

int run_file(int fd, int interactive) {
  struct input input = {.fd = fd, .is_interactive = interactive, .line_number = 1};
  int status = run_input(&input);
  free(input.line);
  return status;
}

int open_script(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  int moved = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, SAVED_FROM);
  if (fd >= 0) close(fd);
  return moved;
}

char *run_captured(const char *text) {
  struct text output = {0};
  int ends[2];
  text_add_all(&output, "");
  if (pipe(ends) < 0) return arena_text("", 0);
  pid_t child = fork();
  if (child == 0) {
    is_interactive = 0; /* the reader stays in the foreground: no group of its own */
    become_child(0, 0);
    dup2(ends[1], 1);
    close(ends[0]);
    close(ends[1]);
    shell_exit(run_text(text));
  }
  close(ends[1]);
  char part[512];
  for (;;) {
    ssize_t count = read(ends[0], part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    for (ssize_t i = 0; i < count; i++) text_add(&output, part[i]);
  }
  close(ends[0]);
  int status = 0;
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  last_status = status_of(status);
  while (output.length > 0 && output.bytes[output.length - 1] == '\n') output.length--;
  if (output.length == 0) return arena_text("", 0);
  output.bytes[output.length] = '\0';
  return output.bytes;
}
