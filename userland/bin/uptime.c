/* uptime: how long the system runs, and how many processes it has. */
#include <stdio.h>
#include <sys/sysinfo.h>
#include <time.h>

int main(void) {
  struct sysinfo information;
  if (sysinfo(&information) < 0) {
    perror("uptime");
    return 1;
  }
  char now[16];
  time_t seconds = time(NULL);
  long up = information.uptime;
  strftime(now, sizeof now, "%H:%M:%S", gmtime(&seconds));
  printf("%s up %ld days, %02ld:%02ld:%02ld, %u processes\n", now, up / 86400, up / 3600 % 24,
         up / 60 % 60, up % 60, information.procs);
  return 0;
}
