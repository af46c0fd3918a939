/* ps: the processes, as /proc tells of them. */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uapi/time.h>

/* The fields of /proc/PID/stat after the name in parentheses, counted from 3. */
enum { STATE = 3, PARENT = 4, USER_TIME = 14, SYSTEM_TIME = 15, SIZE = 23 };

static const char *field(const char *after_name, int number) {
  for (int at = STATE - 1; at < number && after_name != NULL; at++) {
    after_name = strchr(after_name, ' ');
    if (after_name != NULL) after_name++;
  }
  return after_name == NULL ? "0" : after_name;
}

static void read_text(const char *path, char *text, size_t size) {
  FILE *file = fopen(path, "r");
  size_t length = file == NULL ? 0 : fread(text, 1, size - 1, file);
  text[length] = '\0';
  for (size_t i = 0; i + 1 < length; i++) {
    if (text[i] == '\0') text[i] = ' ';
  }
  if (file != NULL) fclose(file);
}

static void show(const char *process) {
  char path[64], status[512], command[128];
  snprintf(path, sizeof path, "/proc/%s/stat", process);
  read_text(path, status, sizeof status);
  char *name = strchr(status, '('), *end = strrchr(status, ')');
  if (name == NULL || end == NULL) return; /* it has ended meanwhile */
  snprintf(path, sizeof path, "/proc/%s/cmdline", process);
  read_text(path, command, sizeof command);
  const char *after = end + 1;
  unsigned long ticks = strtoul(field(after, USER_TIME), NULL, 10) +
                        strtoul(field(after, SYSTEM_TIME), NULL, 10);
  printf("%5s %5d %c %7lu %6lu.%02lu ", process, atoi(field(after, PARENT)), *field(after, STATE),
         strtoul(field(after, SIZE), NULL, 10) / 1024, ticks / USER_HZ, ticks % USER_HZ);
  if (command[0] != '\0') puts(command);
  else printf("[%.*s]\n", (int)(end - name - 1), name + 1);
}

static int by_number(const void *a, const void *b) {
  return atoi(*(char *const *)a) - atoi(*(char *const *)b);
}

int main(void) {
  char *processes[512];
  int count = 0;
  DIR *directory = opendir("/proc");
  if (directory == NULL) {
    perror("ps: /proc");
    return 1;
  }
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    if (isdigit((unsigned char)entry->d_name[0]) && count < 512) {
      processes[count++] = strdup(entry->d_name);
    }
  }
  closedir(directory);
  qsort(processes, (size_t)count, sizeof *processes, by_number);
  puts("  PID  PPID S     KiB      TIME COMMAND");
  for (int i = 0; i < count; i++) show(processes[i]);
  return 0;
}
