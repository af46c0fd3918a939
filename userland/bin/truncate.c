/* truncate [-co] (-s SIZE | -r FILE) FILE ..: sets files' sizes; SIZE may begin with + - < > / %. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static long long size;
static char how;

static long long wanted(long long old) {
  switch (how) {
    case '+':
      return old + size;
    case '-':
      return old > size ? old - size : 0;
    case '<':
      return old < size ? old : size;
    case '>':
      return old > size ? old : size;
    case '/':
      return old / size * size;
    case '%':
      return (old + size - 1) / size * size;
    default:
      return size;
  }
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"size", required_argument, NULL, 's'},
                                        {"reference", required_argument, NULL, 'r'},
                                        {"no-create", no_argument, NULL, 'c'},
                                        {NULL, 0, NULL, 0}};
  const char *text = NULL, *reference = NULL;
  int flags = O_WRONLY | O_NONBLOCK | O_CREAT;
  for (int option; (option = next_option(argc, argv, "cs:r:", longs,
                                         "truncate [-c] (-s SIZE | -r FILE) FILE ..\n")) != -1;) {
    if (option == 'c') flags &= ~O_CREAT;
    if (option == 'r') reference = optarg;
    if (option == 's') text = optarg;
  }
  if (text == NULL && reference == NULL) {
    wrong_usage("you must specify either %s or %s", quoted("--size"), quoted("--reference"));
  }
  if (text != NULL) {
    const char *digits = text + strspn(text, " ");
    if (*digits != '\0' && strchr("+-<>/%", *digits) != NULL) how = *digits++;
    if (!parse_size(digits, &size)) give_up("Invalid number: %s", quoted(digits));
    if (size == 0 && (how == '/' || how == '%')) give_up("division by zero");
  }
  if (optind == argc) wrong_usage("missing file operand");
  struct stat status;
  if (reference != NULL) {
    if (stat(reference, &status) < 0) {
      complain("cannot stat %s", quoted(reference));
      return 1;
    }
    size = text == NULL ? status.st_size : size;
  }
  for (int i = optind; i < argc; i++) {
    int fd = open(argv[i], flags, 0666);
    if (fd < 0) {
      if (!(flags & O_CREAT) && errno == ENOENT) continue;
      complain("cannot open %s for writing", quoted(argv[i]));
      continue;
    }
    long long old = fstat(fd, &status) < 0 ? 0 : status.st_size;
    if (ftruncate64(fd, wanted(old)) < 0) {
      complain("failed to truncate %s at %lld bytes", quoted(argv[i]), wanted(old));
    }
    close(fd);
  }
  return finish(exit_status);
}
