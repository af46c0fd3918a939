/*
 * find [-HL] [PATH ..] [EXPRESSION]: the files of trees that an expression holds for. The
 * expression becomes a tree of nodes that is evaluated for each file.
 */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static char **words; /* of the expression; a null pointer at the end */
static int has_action, is_depth_first, is_pruned;
static long long min_depth, max_depth = -1;
static int is_one_device;
static time_t now;

static struct node *parse_list(void);

static struct node *make(enum kind kind, struct node *left, struct node *right) {
  struct node *node = must_have(NULL, sizeof *node);
  memset(node, 0, sizeof *node);
  node->kind = kind;
  node->left = left;
  node->right = right;
  return node;
}

/* --- parsing */

static const char *argument(const char *name) {
  if (*words == NULL) give_up("missing argument to `%s'", name);
  return *words++;
}

static struct node *number(enum kind kind, const char *name, int with_unit) {
  const char *text = argument(name), *given = text;
  struct node *node = make(kind, NULL, NULL);
  char *end;
  if (*text == '+' || *text == '-') node->sign = *text++;
  errno = 0;
  node->number = strtoll(text, &end, 10);
  node->unit = 512;
  if (with_unit && *end != '\0' && end[1] == '\0') {
    const char *found = strchr("bcwkMG", *end);
    static const long long units[] = {512, 1, 2, 1024, 1048576, 1073741824};
    if (found == NULL) give_up("invalid %s type `%c'", name, *end);
    node->unit = units[found - "bcwkMG"];
    end++;
  }
  if (end == text || *end != '\0' || errno != 0) {
    if (with_unit) give_up("Invalid argument `%s' to %s", given, name);
    give_up("invalid argument `%s' to `%s'", given, name);
  }
  return node;
}

static struct node *type_test(const char *name) {
  struct node *node = make(TYPE, NULL, NULL);
  node->text = argument(name);
  for (const char *at = node->text;; at += 2) {
    if (*at == '\0') give_up("Last file type in list argument to %s is missing, i.e., list is "
                             "ending on: ','", name);
    if (strchr("bcdpfls", *at) == NULL) give_up("Unknown argument to %s: %c", name, *at);
    if (at[1] == '\0') return node;
    if (at[1] != ',') give_up("Must separate multiple arguments to %s using: ','", name);
  }
}

static struct node *permissions(const char *name) {
  struct node *node = make(PERMISSIONS, NULL, NULL);
  const char *text = argument(name), *given = text;
  if (*text == '-' || *text == '/') node->sign = *text++;
  struct mode_change *change = parse_mode(text);
  if (change == NULL) give_up("invalid mode %s", quoted(given));
  node->number = change_mode(change, 0, 0, 0);
  return node;
}

static struct node *command(const char *name) {
  struct node *node = make(EXEC, NULL, NULL);
  node->asks = strncmp(name, "-ok", 3) == 0;
  node->in_directory = strlen(name) > 5 || strcmp(name, "-okdir") == 0;
  node->command = words;
  for (; *words != NULL; words++, node->word_count++) {
    int is_plus = strcmp(*words, "+") == 0 && node->word_count > 0 &&
                  strcmp(words[-1], "{}") == 0 && !node->asks;
    if (!is_plus && strcmp(*words, ";") != 0) continue;
    if (node->word_count == 0) break;
    *words++ = NULL;
    if (is_plus) {
      node->kind = EXEC_ALL;
      node->word_count--;
    }
    has_action = 1;
    return node;
  }
  give_up("missing argument to `%s'", name);
}

static struct node *newer(const char *name) {
  struct node *node = make(NEWER, NULL, NULL);
  const char *path = argument(name);
  if (stat(path, &node->status) < 0) {
    complain("%s", quoted(path));
    exit(1);
  }
  return node;
}

static struct node *owner(const char *name, int is_group) {
  struct node *node = make(is_group ? GROUP : USER, NULL, NULL);
  const char *text = argument(name);
  unsigned id;
  if (!(is_group ? parse_group(text, &id) : parse_user(text, &id))) {
    give_up("%s is not the name of a known %s", quoted(text), is_group ? "group" : "user");
  }
  node->number = id;
  return node;
}

static struct node *pattern(enum kind kind, const char *name, int folds) {
  struct node *node = make(kind, NULL, NULL);
  node->text = argument(name);
  node->flags = folds ? FNM_CASEFOLD : 0;
  if (kind == REGEX) {
    char message[80], *whole = must_have(NULL, strlen(node->text) + 16);
    sprintf(whole, "^\\(%s\\)$", node->text);
    int error = regcomp(&node->regex, whole, folds ? REG_ICASE : 0);
    if (error != 0) {
      regerror(error, &node->regex, message, sizeof message);
      give_up("%s", message);
    }
    free(whole);
  }
  return node;
}

static struct node *timed(const char *name, char letter, long long unit) {
  struct node *node = number(TIME, name, 0);
  node->flags = letter;
  node->unit = unit;
  return node;
}

static struct node *action(enum kind kind) {
  has_action = 1;
  return make(kind, NULL, NULL);
}

/* Options that hold for the whole walk are true where they stand. */
static struct node *global_option(const char *name) {
  if (strcmp(name, "-depth") == 0 || strcmp(name, "-d") == 0) is_depth_first = 1;
  else if (strcmp(name, "-xdev") == 0 || strcmp(name, "-mount") == 0) is_one_device = 1;
  else if (strcmp(name, "-mindepth") == 0 || strcmp(name, "-maxdepth") == 0) {
    const char *text = argument(name);
    long long value;
    if (!parse_number(text, &value) || *text < '0' || *text > '9') {
      give_up("Expected a positive decimal integer argument to %s, but got %s", name,
              quoted(text));
    }
    if (name[2] == 'i') min_depth = value;
    else max_depth = value;
  } else if (strcmp(name, "-noleaf") != 0) {
    return NULL;
  }
  return make(TRUE, NULL, NULL);
}

static struct node *test(const char *name) {
  static const struct {
    const char *name;
    enum kind kind;
    int folds;
  } patterns[] = {{"-name", NAME, 0}, {"-iname", NAME, 1},       {"-path", PATH, 0},
                  {"-ipath", PATH, 1}, {"-wholename", PATH, 0},  {"-lname", LINK_NAME, 0},
                  {"-ilname", LINK_NAME, 1}, {"-regex", REGEX, 0}, {"-iregex", REGEX, 1}};
  for (unsigned i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    if (strcmp(patterns[i].name, name) == 0) {
      return pattern(patterns[i].kind, name, patterns[i].folds);
    }
  }
  static const struct {
    const char *name;
    char letter;
    long long unit;
  } times[] = {{"-mtime", 'm', 86400}, {"-atime", 'a', 86400}, {"-ctime", 'c', 86400},
               {"-mmin", 'm', 60},     {"-amin", 'a', 60},     {"-cmin", 'c', 60}};
  for (unsigned i = 0; i < sizeof times / sizeof *times; i++) {
    if (strcmp(times[i].name, name) == 0) return timed(name, times[i].letter, times[i].unit);
  }
  if (strcmp(name, "-type") == 0) return type_test(name);
  if (strcmp(name, "-size") == 0) return number(SIZE, name, 1);
  if (strcmp(name, "-links") == 0) return number(LINKS, name, 0);
  if (strcmp(name, "-inum") == 0) return number(INODE, name, 0);
  if (strcmp(name, "-perm") == 0) return permissions(name);
  if (strcmp(name, "-newer") == 0) return newer(name);
  if (strcmp(name, "-samefile") == 0) {
    struct node *node = newer(name);
    node->kind = SAME;
    return node;
  }
  if (strcmp(name, "-user") == 0 || strcmp(name, "-uid") == 0) return owner(name, 0);
  if (strcmp(name, "-group") == 0 || strcmp(name, "-gid") == 0) return owner(name, 1);
  if (strcmp(name, "-empty") == 0) return make(EMPTY, NULL, NULL);
  if (strcmp(name, "-true") == 0) return make(TRUE, NULL, NULL);
  if (strcmp(name, "-false") == 0) return make(FALSE, NULL, NULL);
  if (strcmp(name, "-prune") == 0) return make(PRUNE, NULL, NULL);
  if (strcmp(name, "-quit") == 0) return make(QUIT, NULL, NULL);
  if (strcmp(name, "-print") == 0) return action(PRINT);
  if (strcmp(name, "-print0") == 0) return action(PRINT_ZERO);
  if (strcmp(name, "-ls") == 0) return action(LS);
  if (strcmp(name, "-delete") == 0) {
    is_depth_first = 1;
    return action(DELETE);
  }
  if (strcmp(name, "-printf") == 0) {
    struct node *node = action(PRINTF);
    node->text = argument(name);
    return node;
  }
  if (strcmp(name, "-exec") == 0 || strcmp(name, "-execdir") == 0 || strcmp(name, "-ok") == 0 ||
      strcmp(name, "-okdir") == 0) {
    return command(name);
  }
  return NULL;
}

static int is_word(const char *text) {
  return *words != NULL && strcmp(*words, text) == 0;
}

static int takes(const char *first, const char *second) {
  if (!is_word(first) && !is_word(second)) return 0;
  words++;
  return 1;
}

static struct node *parse_primary(const char *before) {
  if (*words == NULL || is_word(")")) {
    if (*words == NULL && before != NULL && strcmp(before, "(") == 0) {
      give_up("invalid expression; expected to find a ')' but didn't see one. Perhaps you need "
              "an extra predicate after '('");
    }
    if (before != NULL && strcmp(before, "!") == 0) {
      give_up("expected an expression after '%s'", before);
    }
    if (before != NULL) give_up("expected an expression after '%s'", before);
    give_up("invalid expression; you have too many ')'");
  }
  const char *name = *words++;
  if (strcmp(name, "!") == 0 || strcmp(name, "-not") == 0) {
    return make(NOT, parse_primary(name), NULL);
  }
  if (strcmp(name, "(") == 0) {
    if (is_word(")")) give_up("invalid expression; empty parentheses are not allowed.");
    if (*words == NULL) parse_primary(name);
    struct node *inside = parse_list();
    if (!takes(")", ")")) {
      give_up("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
    }
    return inside;
  }
  if (strcmp(name, "-o") == 0 || strcmp(name, "-a") == 0 || strcmp(name, ",") == 0 ||
      strcmp(name, "-or") == 0 || strcmp(name, "-and") == 0) {
    give_up("invalid expression; you have used a binary operator '%s' with nothing before it.",
            name);
  }
  struct node *node = global_option(name);
  if (node == NULL) node = test(name);
  if (node == NULL) {
    if (*name != '-') {
      complain_only("paths must precede expression: `%s'", name);
      exit(1);
    }
    give_up("unknown predicate `%s'", name);
  }
  return node;
}

static int ends_terms(void) {
  return *words == NULL || is_word(")") || is_word("-o") || is_word("-or") || is_word(",");
}

static struct node *parse_and(void) {
  struct node *left = parse_primary(NULL);
  while (!ends_terms()) {
    const char *name = *words;
    int is_named = takes("-a", "-and");
    left = make(AND, left, parse_primary(is_named ? name : NULL));
  }
  return left;
}

static struct node *parse_or(void) {
  struct node *left = parse_and();
  while (is_word("-o") || is_word("-or")) {
    const char *name = *words++;
    if (*words == NULL) give_up("expected an expression after '%s'", name);
    left = make(OR, left, parse_and());
  }
  return left;
}

static struct node *parse_list(void) {
  struct node *left = parse_or();
  while (takes(",", ",")) left = make(LIST, left, parse_or());
  return left;
}

/* --- evaluation */

static int compares(const struct node *node, long long value) {
  if (node->sign == '+') return value > node->number;
  if (node->sign == '-') return value < node->number;
  return value == node->number;
}

static char type_letter(mode_t mode) {
  static const char letters[] = "?pc?d?b?f?l?s???";
  return letters[(mode & S_IFMT) >> 12];
}

static int is_empty(const struct walk *walk) {
  if (S_ISREG(walk->status.st_mode)) return walk->status.st_size == 0;
  if (!S_ISDIR(walk->status.st_mode)) return 0;
  char entries[1024];
  int fd = openat(walk->fd, walk->name, O_RDONLY | O_DIRECTORY);
  long length = fd < 0 ? 0 : syscall(SYS_getdents64, fd, entries, sizeof entries);
  if (fd >= 0) close(fd);
  return length > 0 && length <= 64; /* . and .. take 24 bytes each */
}

static int is_in_time(const struct node *node, const struct stat *status) {
  unsigned long then = node->flags == 'm'   ? status->st_mtime
                       : node->flags == 'a' ? status->st_atime
                                            : status->st_ctime;
  long long age = (long long)now - (long)then;
  if (node->unit == 60 && node->sign != '\0') {
    return node->sign == '+' ? age > node->number * 60 : age < node->number * 60;
  }
  return compares(node, age >= 0 ? age / node->unit : -1);
}

static int link_matches(const struct node *node, const struct walk *walk) {
  char target[4097];
  ssize_t length = readlinkat(walk->fd, walk->name, target, sizeof target - 1);
  if (length < 0) return 0;
  target[length] = '\0';
  return fnmatch(node->text, target, node->flags) == 0;
}

/* A word of a command with each {} replaced by the path. */
static char *fill_in(const char *word, const char *path) {
  struct buffer text = {0};
  buffer_add(&text, "", 0);
  for (const char *braces; (braces = strstr(word, "{}")) != NULL; word = braces + 2) {
    buffer_add(&text, word, (size_t)(braces - word));
    buffer_add(&text, path, strlen(path));
  }
  buffer_add(&text, word, strlen(word));
  return text.bytes;
}

/* The exit status, or -1. `directory` is where to run, AT_FDCWD for here. */
static int run(char **arguments, int directory) {
  int status;
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    if (directory != AT_FDCWD && fchdir(directory) < 0) _exit(1);
    execvp(arguments[0], arguments);
    complain("%s", quoted(arguments[0]));
    _exit(1);
  }
  while (child > 0 && waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int execute(const struct node *node, const struct walk *walk) {
  char **arguments = must_have(NULL, (size_t)(node->word_count + 1) * sizeof *arguments);
  char *path = node->in_directory ? joined(".", walk->name) : copy_text(walk->path);
  if (node->asks) {
    fflush(stdout);
    fprintf(stderr, "< %s ... %s > ? ", node->command[0], walk->path);
    int first = getchar();
    for (int c = first; c != EOF && c != '\n';) c = getchar();
    if (first != 'y' && first != 'Y') return 0;
  }
  for (int i = 0; i < node->word_count; i++) arguments[i] = fill_in(node->command[i], path);
  arguments[node->word_count] = NULL;
  int status = run(arguments, node->in_directory ? walk->fd : AT_FDCWD);
  for (int i = 0; i < node->word_count; i++) free(arguments[i]);
  free(arguments);
  free(path);
  return status == 0;
}

#define PENDING_MAX 65536

static void execute_pending(struct node *node) {
  if (node->pending_count == 0) return;
  char **arguments =
      must_have(NULL, (size_t)(node->word_count + node->pending_count + 1) * sizeof *arguments);
  char *at = node->pending.bytes;
  memcpy(arguments, node->command, (size_t)node->word_count * sizeof *arguments);
  for (int i = 0; i < node->pending_count; i++, at += strlen(at) + 1) {
    arguments[node->word_count + i] = at;
  }
  arguments[node->word_count + node->pending_count] = NULL;
  if (run(arguments, AT_FDCWD) != 0) exit_status = 1;
  free(arguments);
  node->pending.length = 0;
  node->pending_count = 0;
}

static void flush_commands(struct node *node) {
  if (node == NULL) return;
  if (node->kind == EXEC_ALL) execute_pending(node);
  flush_commands(node->left);
  flush_commands(node->right);
}

static int delete(const struct walk *walk) {
  if (strcmp(walk->path, ".") == 0) return 1;
  int flags = S_ISDIR(walk->status.st_mode) ? AT_REMOVEDIR : 0;
  if (unlinkat(walk->fd, walk->name, flags) == 0) return 1;
  complain("cannot delete %s", quoted(walk->path));
  return 0;
}

static void show_escape(char c) {
  static const char from[] = "abfnrtv\\0", to[] = "\a\b\f\n\r\t\v\\";
  const char *found = strchr(from, c);
  if (found == NULL || c == '\0') printf("\\%c", c);
  else putchar(c == '0' ? '\0' : to[found - from]);
}

static void show_directive(char c, const struct walk *walk) {
  const struct stat *status = &walk->status;
  char text[64], target[4097];
  const char *slash = strrchr(walk->path, '/');
  time_t when = (time_t)status->st_mtime;
  switch (c) {
    case 'p':
      fputs(walk->path, stdout);
      break;
    case 'f':
      fputs(slash == NULL || slash[1] == '\0' ? walk->path : slash + 1, stdout);
      break;
    case 'h':
      if (slash == NULL) putchar('.');
      else fwrite(walk->path, 1, (size_t)(slash - walk->path), stdout);
      break;
    case 's':
      printf("%lld", status->st_size);
      break;
    case 'd':
      printf("%d", walk->depth);
      break;
    case 'y':
      putchar(type_letter(status->st_mode));
      break;
    case 'm':
      printf("%o", status->st_mode & 07777);
      break;
    case 'M':
      mode_text(status->st_mode, text);
      fputs(text, stdout);
      break;
    case 'i':
      printf("%llu", status->st_ino);
      break;
    case 'n':
      printf("%u", status->st_nlink);
      break;
    case 'u':
      fputs(user_name(status->st_uid), stdout);
      break;
    case 'g':
      fputs(group_name(status->st_gid), stdout);
      break;
    case 'U':
      printf("%u", status->st_uid);
      break;
    case 'G':
      printf("%u", status->st_gid);
      break;
    case 'b':
      printf("%llu", status->st_blocks);
      break;
    case 'k':
      printf("%llu", (status->st_blocks + 1) / 2);
      break;
    case 't':
      strftime(text, sizeof text, "%a %b %e %H:%M:%S", gmtime(&when));
      printf("%s.%09lu0 %d", text, status->st_mtime_nsec, gmtime(&when)->tm_year + 1900);
      break;
    case 'l':
      if (S_ISLNK(status->st_mode)) {
        ssize_t length = readlinkat(walk->fd, walk->name, target, sizeof target);
        if (length > 0) fwrite(target, 1, (size_t)length, stdout);
      }
      break;
    case '%':
      putchar('%');
      break;
    default:
      printf("%%%c", c);
  }
}

static void show_formatted(const char *format, const struct walk *walk) {
  for (const char *at = format; *at != '\0'; at++) {
    if (*at == '\\' && at[1] != '\0') show_escape(*++at);
    else if (*at == '%' && at[1] != '\0') show_directive(*++at, walk);
    else putchar(*at);
  }
}

static void show_long(const struct walk *walk) {
  const struct stat *status = &walk->status;
  char mode[11], when[32];
  time_t modified = (time_t)status->st_mtime;
  mode_text(status->st_mode, mode);
  int is_recent = modified <= now && modified > now - 31556952 / 2;
  strftime(when, sizeof when, is_recent ? "%b %e %H:%M" : "%b %e  %Y", gmtime(&modified));
  printf("%9llu %6llu %s %3u %-8s %-8s %8lld %s %s", status->st_ino, (status->st_blocks + 1) / 2,
         mode, status->st_nlink, user_name(status->st_uid), group_name(status->st_gid),
         status->st_size, when, walk->path);
  if (S_ISLNK(status->st_mode)) fputs(" -> ", stdout), show_directive('l', walk);
  putchar('\n');
}

static int evaluate(struct node *node, struct walk *walk);

static int has_permissions(const struct node *node, mode_t mode) {
  mode_t wanted = (mode_t)node->number;
  mode &= 07777;
  if (node->sign == '-') return (mode & wanted) == wanted;
  if (node->sign == '/') return wanted == 0 || (mode & wanted) != 0;
  return mode == wanted;
}

static int name_matches(const struct node *node, const struct walk *walk) {
  char *part = last_part(walk->path);
  int result = fnmatch(node->text, part, node->flags) == 0;
  free(part);
  return result;
}

static int holds(struct node *node, struct walk *walk) {
  const struct stat *status = &walk->status;
  switch (node->kind) {
    case NAME:
      return name_matches(node, walk);
    case PATH:
      return fnmatch(node->text, walk->path, node->flags) == 0;
    case LINK_NAME:
      return link_matches(node, walk);
    case REGEX:
      return regexec(&node->regex, walk->path, 0, NULL, 0) == 0;
    case TYPE:
      return strchr(node->text, type_letter(status->st_mode)) != NULL;
    case SIZE:
      return compares(node, (status->st_size + node->unit - 1) / node->unit);
    case EMPTY:
      return is_empty(walk);
    case NEWER:
      return status->st_mtime != node->status.st_mtime
                 ? status->st_mtime > node->status.st_mtime
                 : status->st_mtime_nsec > node->status.st_mtime_nsec;
    case TIME:
      return is_in_time(node, status);
    case PERMISSIONS:
      return has_permissions(node, status->st_mode);
    case LINKS:
      return compares(node, status->st_nlink);
    case INODE:
      return compares(node, (long long)status->st_ino);
    case SAME:
      return is_same_file(status, &node->status);
    case USER:
      return status->st_uid == (uid_t)node->number;
    default:
      return status->st_gid == (gid_t)node->number;
  }
}

static int evaluate(struct node *node, struct walk *walk) {
  switch (node->kind) {
    case AND:
      return evaluate(node->left, walk) && evaluate(node->right, walk);
    case OR:
      return evaluate(node->left, walk) || evaluate(node->right, walk);
    case LIST:
      evaluate(node->left, walk);
      return evaluate(node->right, walk);
    case NOT:
      return !evaluate(node->left, walk);
    case TRUE:
      return 1;
    case FALSE:
      return 0;
    case PRINT:
      puts(walk->path);
      return 1;
    case PRINT_ZERO:
      printf("%s%c", walk->path, '\0');
      return 1;
    case PRINTF:
      show_formatted(node->text, walk);
      return 1;
    case LS:
      show_long(walk);
      return 1;
    case EXEC:
      return execute(node, walk);
    case EXEC_ALL:
      buffer_add(&node->pending, walk->path, strlen(walk->path) + 1);
      node->pending_count++;
      if (node->pending.length > PENDING_MAX) execute_pending(node);
      return 1;
    case DELETE:
      return delete(walk);
    case PRUNE:
      is_pruned = 1;
      return 1;
    case QUIT:
      flush_commands(walk->context);
      exit(finish(exit_status));
    default:
      return holds(node, walk);
  }
}

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
  words = argv + last;
  now = time(NULL);
  struct node *expression = *words == NULL ? make(TRUE, NULL, NULL) : parse_list();
  if (*words != NULL) give_up("invalid expression; you have too many ')'");
  if (!has_action) expression = make(AND, expression, make(PRINT, NULL, NULL));
  for (; *paths != NULL; paths++) {
    struct walk walk = {.is_one_device = is_one_device, .context = expression};
    walk_tree(*paths, links, &walk, visit);
  }
  flush_commands(expression);
  return finish(exit_status);
}
