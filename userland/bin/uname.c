/* uname [-asnrvm]: the system's name and version. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct utsname name;
  char wanted[16] = "";
  for (int option; (option = getopt(argc, argv, "asnrvm")) != -1;) {
    if (option == '?') return 2;
    size_t length = strlen(wanted);
    if (option == 'a') strcpy(wanted, "snrvm");
    else if (length < sizeof wanted - 1) wanted[length] = (char)option;
  }
  if (uname(&name) < 0) {
    perror("uname");
    return 1;
  }
  if (wanted[0] == '\0') strcpy(wanted, "s");
  const struct {
    char letter;
    const char *text;
  } fields[] = {{'s', name.sysname}, {'n', name.nodename}, {'r', name.release},
                {'v', name.version}, {'m', name.machine}};
  const char *between = "";
  for (unsigned i = 0; i < sizeof fields / sizeof *fields; i++) {
    if (strchr(wanted, fields[i].letter) == NULL) continue;
    printf("%s%s", between, fields[i].text);
    between = " ";
  }
  putchar('\n');
  return 0;
}
