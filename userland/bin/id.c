/* id [-ugGn]: who is running this. */
#include "command.h"

#include <unistd.h>

int main(int argc, char **argv) {
  int which = 0, by_name = 0;
  for (int option; (option = next_option(argc, argv, "ugGnr", NULL, "id [-ugGnr]\n")) != -1;) {
    if (option == 'u' || option == 'g' || option == 'G') which = option;
    if (option == 'n') by_name = 1;
  }
  if (by_name && which == 0) give_up("cannot print only names or real IDs in default format");
  uid_t user = geteuid();
  gid_t group = getegid();
  if (which == 'u') {
    if (by_name) puts(user_name(user));
    else printf("%u\n", user);
  } else if (which != 0) {
    if (by_name) puts(group_name(group));
    else printf("%u\n", group);
  } else {
    printf("uid=%u(%s) gid=%u(%s) groups=%u(%s)\n", user, user_name(user), group,
           group_name(group), group, group_name(group));
  }
  return finish(exit_status);
}
