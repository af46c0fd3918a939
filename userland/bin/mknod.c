/* mknod [-m MODE] NAME (b | c | u) MAJOR MINOR | NAME p: makes device files and named pipes. */
#include "command.h"

#include <string.h>
#include <sys/sysmacros.h>

static unsigned number(const char *text, const char *what) {
  long long value;
  if (!parse_number(text, &value) || value < 0) give_up("invalid %s device number %s", what, quoted(text));
  return (unsigned)value;
}

int main(int argc, char **argv) {
  static const struct option longs[] = {{"mode", required_argument, NULL, 'm'},
                                        {NULL, 0, NULL, 0}};
  mode_t mode = 0666, mask = umask(0);
  int has_mode = 0;
  umask(mask);
  for (int option; (option = next_option(argc, argv, "m:", longs,
                                         "mknod [-m MODE] NAME TYPE [MAJOR MINOR]\n")) != -1;) {
    struct mode_change *change = option == 'm' ? parse_mode(optarg) : NULL;
    if (change == NULL) give_up("invalid mode");
    mode = change_mode(change, 0666, 0, mask);
    has_mode = 1;
  }
  char **operands = argv + optind;
  int count = argc - optind, is_pipe = count > 1 && *operands[1] == 'p';
  int expected = count <= 1 || is_pipe ? 2 : 4;
  if (count < expected) {
    if (count == 0) wrong_usage("missing operand");
    complain_only("missing operand after %s", quoted(operands[count - 1]));
    if (expected == 4 && count == 2) {
      fprintf(stderr, "Special files require major and minor device numbers.\n");
    }
    wrong_usage(NULL);
  }
  if (count > expected) wrong_usage("extra operand %s", quoted(operands[expected]));
  char type = *operands[1];
  if (type == '\0' || strchr("bcup", type) == NULL) {
    wrong_usage("invalid device type %s", quoted(operands[1]));
  }
  mode_t kind = type == 'p' ? S_IFIFO : type == 'b' ? S_IFBLK : S_IFCHR;
  dev_t device = is_pipe ? 0 : makedev(number(operands[2], "major"), number(operands[3], "minor"));
  if (mknod(operands[0], kind | mode, device) < 0) complain("%s", shown(operands[0]));
  else if (has_mode) chmod(operands[0], mode);
  return finish(exit_status);
}
