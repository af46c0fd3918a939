/* Whether an expression holds for a file, and the actions in it. */
#include "find.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int is_pruned;

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

void flush_commands(struct node *node) {
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

int evaluate(struct node *node, struct walk *walk) {
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
