/* free: memory in KiB. */
#include <stdio.h>
#include <sys/sysinfo.h>

int main(void) {
  struct sysinfo information;
  if (sysinfo(&information) < 0) {
    perror("free");
    return 1;
  }
  unsigned long long unit = information.mem_unit;
  unsigned long long total = information.totalram * unit / 1024;
  unsigned long long unused = information.freeram * unit / 1024;
  printf("%12s%12s%12s\n", "total", "used", "free");
  printf("%12llu%12llu%12llu\n", total, total - unused, unused);
  return 0;
}
