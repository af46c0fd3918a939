/* ln [-fisnrTv] [-t DIRECTORY] TARGET .. NAME: another name for a file; -s a symbolic link. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int is_symbolic, is_forced, is_interactive, keeps_link, is_relative, is_verbose;

/* `target` as seen from the directory of `name`; null when one of them is not there. */
static char *relative(const char *target, const char *name) {
  char *copy = copy_text(name), *slash = strrchr(copy, '/');
  if (slash == NULL) strcpy(copy, ".");
  else slash[slash == copy] = '\0';
  char *from = realpath(slash == NULL ? "." : copy, NULL), *to = realpath(target, NULL);
  if (from == NULL || to == NULL) return NULL;
  size_t same = 0, at = 0;
  for (; from[at] != '\0' && from[at] == to[at]; at++) {
    if (from[at] == '/') same = at;
  }
  if ((from[at] == '\0' || from[at] == '/') && (to[at] == '\0' || to[at] == '/')) same = at;
  if (from[1] == '\0') same = 0;
  struct buffer path = {0};
  for (const char *rest = from + same; (rest = strchr(rest, '/')) != NULL; rest++) {
    if (rest[1] != '\0') buffer_add(&path, "../", 3);
  }
  const char *rest = to + same + (to[same] == '/');
  buffer_add(&path, rest, strlen(rest));
  if (path.length == 0) buffer_add_char(&path, '.');
  else if (path.bytes[path.length - 1] == '/') path.bytes[--path.length] = '\0';
  return path.bytes;
}

static void make(const char *operand, const char *name) {
  struct stat old, source;
  const char *target = operand;
  if (!is_symbolic) {
    if (lstat(operand, &source) < 0) {
      complain("failed to access %s", quoted(operand));
      return;
    }
    if (S_ISDIR(source.st_mode)) {
      complain_only("%s: hard link not allowed for directory", shown(operand));
      return;
    }
  }
  if (is_relative && is_symbolic) {
    char *shorter = relative(operand, name);
    if (shorter != NULL) target = shorter;
  }
  if (lstat(name, &old) == 0 && (is_forced || is_interactive)) {
    if (S_ISDIR(old.st_mode)) {
      complain_only("%s: cannot overwrite directory", shown(name));
      return;
    }
    if ((is_symbolic ? stat(operand, &source) : 0) == 0 && is_same_file(&old, &source) &&
        (!is_symbolic || !S_ISLNK(old.st_mode))) {
      if (strcmp(operand, name) == 0 || old.st_nlink == 1) {
        complain_only("%s and %s are the same file", quoted(operand), quoted(name));
        return;
      }
    }
    if (is_interactive && !ask("replace %s? ", quoted(name))) return;
    if (unlink(name) < 0) {
      complain("cannot remove %s", quoted(name));
      return;
    }
  }
  if ((is_symbolic ? symlink(target, name) : link(target, name)) == 0) {
    if (is_verbose) printf("%s %c> %s\n", quoted(name), is_symbolic ? '-' : '=', quoted(target));
    return;
  }
  const char *kind = is_symbolic ? "symbolic" : "hard";
  if (errno == EEXIST || (is_symbolic && *target != '\0')) {
    complain("failed to create %s link %s", kind, quoted(name));
  } else {
    complain("failed to create %s link %s %c> %s", kind, quoted(name), is_symbolic ? '-' : '=',
             quoted(target));
  }
}

/* With -n a link to a directory is a name to replace. */
static int holds_links(const char *path) {
  struct stat status;
  if (keeps_link && lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) return 0;
  return is_directory(path);
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"symbolic", no_argument, NULL, 's'},
                                        {"force", no_argument, NULL, 'f'},
                                        {"interactive", no_argument, NULL, 'i'},
                                        {"no-dereference", no_argument, NULL, 'n'},
                                        {"relative", no_argument, NULL, 'r'},
                                        {"no-target-directory", no_argument, NULL, 'T'},
                                        {"target-directory", required_argument, NULL, 't'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {NULL, 0, NULL, 0}};
  const char *directory = NULL;
  int is_plain = 0;
  for (int option; (option = next_option(argc, argv, "fist:nrTvPL", longs,
                                         "ln [-fisnrTv] TARGET .. NAME\n")) != -1;) {
    if (option == 's') is_symbolic = 1;
    if (option == 'f') is_forced = 1, is_interactive = 0;
    if (option == 'i') is_interactive = 1, is_forced = 0;
    if (option == 'n') keeps_link = 1;
    if (option == 'r') is_relative = 1;
    if (option == 'T') is_plain = 1;
    if (option == 'v') is_verbose = 1;
    if (option == 't') directory = optarg;
  }
  int count = argc - optind;
  char **operands = argv + optind;
  if (count == 0) wrong_usage("missing file operand");
  if (is_plain && count != 2) {
    if (count < 2) wrong_usage("missing destination file operand after %s", quoted(operands[0]));
    wrong_usage("extra operand %s", quoted(operands[2]));
  }
  if (directory == NULL && count == 1) directory = ".";
  else if (directory == NULL && !is_plain && (count > 2 || holds_links(operands[count - 1]))) {
    directory = operands[--count];
    if (!is_target(directory)) return exit_status;
  }
  if (directory == NULL) {
    make(operands[0], operands[1]);
    return finish(exit_status);
  }
  for (int i = 0; i < count; i++) {
    char *part = last_part(operands[i]);
    char *name = strcmp(directory, ".") == 0 && argc - optind == 1 ? copy_text(part)
                                                                   : joined(directory, part);
    make(operands[i], name);
    free(name);
    free(part);
  }
  return finish(exit_status);
}
