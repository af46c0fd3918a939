/*
 * The first program. It opens the console for itself and all that follow, then keeps a shell
 * running: whenever the shell ends, it starts another. Children that lost their parent come to it,
 * and are reaped here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSOLE "/dev/console"
#define CONSOLE_DEVICE 0x501 /* 5:1 */

static char *const shell[] = {"sh", "-i", NULL};
static char *const environment[] = {"PATH=/bin", "HOME=/", "TERM=vt100", NULL};

static void open_console(void) {
  if (open(CONSOLE, O_RDWR) < 0) {
    mknod(CONSOLE, S_IFCHR | 0600, CONSOLE_DEVICE);
    open(CONSOLE, O_RDWR);
  }
  dup(0); /* stdout */
  dup(0); /* stderr */
}

static _Noreturn void become_shell(void) {
  setsid();
  ioctl(0, TIOCSCTTY, 0);
  execve("/bin/sh", shell, environment);
  dprintf(2, "init: cannot run /bin/sh: %s\n", strerror(errno));
  _exit(1);
}

int main(void) {
  open_console();
  for (;;) {
    dprintf(1, "init: starting sh\n");
    pid_t child = fork();
    if (child < 0) {
      dprintf(2, "init: cannot fork: %s\n", strerror(errno));
      sleep(1);
      continue;
    }
    if (child == 0) become_shell();
    for (pid_t ended; (ended = wait(NULL)) != child;) {
      if (ended < 0 && errno != EINTR) break;
    }
  }
}
