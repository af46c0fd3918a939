/* halt: writes everything back and powers the machine off. */
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

int main(void) {
  sync();
  reboot(RB_POWER_OFF);
  perror("halt");
  return 1;
}
