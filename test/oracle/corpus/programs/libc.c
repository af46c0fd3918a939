/* A program that leans on its C library: threads and their variables, formats, sorting, patterns, time, files. */
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static __thread int mine = 5;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long long sum;
static jmp_buf back;

static void *work(void *number)
{
  for (int i = 0; i < 1000; i++) {
    pthread_mutex_lock(&lock);
    sum += (mine += (int)(long)number);
    pthread_mutex_unlock(&lock);
  }
  return (void *)(long)mine;
}

static int upwards(const void *a, const void *b)
{
  return strcmp(*(char *const *)a, *(char *const *)b);
}

static void caught(int signal)
{
  longjmp(back, signal);
}

int main(int argc, char **argv)
{
  pthread_t threads[4];
  for (long i = 0; i < 4; i++)
    pthread_create(threads + i, 0, work, (void *)i);
  for (int i = 0; i < 4; i++) {
    void *result;
    pthread_join(threads[i], &result);
    printf("thread %d: %ld\n", i, (long)result);
  }
  printf("%d %lld %llu %.17g %a %Lf\n", mine, sum, 12345678901234567890ull / 7, sin(1), exp(1), 1.0L / 3);

  char *words[] = {"pear", "fig", "apple", "quince", "date"};
  qsort(words, 5, sizeof *words, upwards);
  for (int i = 0; i < 5; i++)
    printf("%s%c", words[i], i < 4 ? ' ' : '\n');

  regex_t pattern;
  regmatch_t found[2];
  regcomp(&pattern, "([0-9]+)-x", REG_EXTENDED);
  printf("%d", regexec(&pattern, "ab 123-x", 2, found, 0));
  printf(" %d..%d\n", (int)found[1].rm_so, (int)found[1].rm_eo);

  struct tm when = {.tm_year = 100, .tm_mon = 1, .tm_mday = 29};
  char text[64];
  time_t seconds = mktime(&when);
  strftime(text, sizeof text, "%A %j %F", gmtime(&seconds));
  printf("%s %lld\n", text, (long long)seconds);

  wchar_t wide[16];
  swprintf(wide, 16, L"%ls-%d", L"wide", 7);
  printf("%ls %zu %s\n", wide, wcslen(wide), strerror(ENOENT));

  signal(SIGSEGV, caught);
  int number = setjmp(back);
  if (!number)
    *(volatile int *)8 = 1;
  printf("signal %d\n", number);
  fflush(stdout);

  pid_t child = fork();
  if (!child)
    _exit(strtol("0x2a", 0, 0));
  int status;
  waitpid(child, &status, 0);
  printf("child %d, %s, %s\n", WEXITSTATUS(status), argc > 1 ? argv[1] : "-", dlsym(0, "main") ? "found" : "none");
  return 0;
}
