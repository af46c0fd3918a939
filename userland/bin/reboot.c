/* reboot: writes everything back and restarts the machine. */
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(void) {
  sync();
  reboot(RB_AUTOBOOT);
  perror("reboot");
  return 1;
}
