/* whoami: the user's name. */
#include "command.h"

#include <unistd.h>

int main(int argc, char **argv) {
  while (next_option(argc, argv, "", NULL, "whoami\n") != -1) continue;
  if (optind < argc) wrong_usage("extra operand %s", quoted(argv[optind]));
  puts(user_name(geteuid()));
  return finish(0);
}
