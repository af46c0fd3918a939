/* hostname: the system's name. */
#include "command.h"

#include <unistd.h>

int main(int argc, char **argv) {
  char name[256];
  while (next_option(argc, argv, "s", NULL, "hostname\n") != -1) continue;
  if (gethostname(name, sizeof name) < 0) {
    complain("gethostname");
    return 1;
  }
  puts(name);
  return finish(0);
}
