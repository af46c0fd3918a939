/* What the parts of the program `limits` share: checks, and system calls without a libc. */
#ifndef LIMITS_H
#define LIMITS_H

#include <uapi/errno.h>
#include <uapi/fcntl.h>
#include <uapi/limits.h>
#include <uapi/mman.h>
#include <uapi/prctl.h>
#include <uapi/resource.h>
#include <uapi/signal.h>
#include <uapi/stat.h>
#include <uapi/syscall.h>
#include <uapi/sysinfo.h>
#include <uapi/wait.h>

#define NULL ((void *)0)
#define PAGE 4096u
#define SELF "/bin/limits"

long system_call(long number, ...);

struct deed {
  const char *name;
  void (*run)(void);
};
extern const struct deed cow_deeds[], exec_deeds[], process_deeds[], memory_deeds[];

unsigned length(const char *text);
int equal(const char *a, const char *b);
void print(const char *text);
void print_number(long number);
void fail_at(int line, long value) __attribute__((noreturn));
void leave(int status) __attribute__((noreturn));
void *memset(void *to, int value, unsigned count);
void *memcpy(void *to, const void *from, unsigned count);

/* Says where and stops the process with status 1. */
#define CHECK(condition)                                                                           \
  do {                                                                                             \
    if (!(condition))                                                                              \
      fail_at(__LINE__, 0);                                                                        \
  } while (0)
#define CHECK_IS(call, wanted)                                                                     \
  do {                                                                                             \
    long answer_ = (long)(call);                                                                   \
    if (answer_ != (long)(wanted))                                                                 \
      fail_at(__LINE__, answer_);                                                                  \
  } while (0)

int fork(void);
int wait_for(int pid); /* the status word */
long frames_free(void);
char *map_memory(unsigned pages, int flags);
void handle(int number, void (*handler)(int), unsigned long flags);
void sleep_ticks(int ticks);

#endif
