/*
 * Kernel messages. %d %i %u %x %p %s %c %%, with -, 0, a width, and l or ll before d u x.
 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <kernel/types.h>

void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Length of the whole text, as C's snprintf. */
int snprintk(char *to, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int vsnprintk(char *to, size_t size, const char *format, __builtin_va_list arguments);

/* For our own bugs only: prints the message and a symbolised stack, and stops the machine. */
void panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void backtrace_print(u32 ebp, u32 eip);

#define ASSERT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition))                                                                              \
      panic("%s:%d: not true: %s", __FILE__, __LINE__, #condition);                                \
  } while (0)

/* ksym.c: the kernel's own symbols, once they have been read from the disk. */
void ksym_init(void);
const char *ksym_find(u32 address, u32 *offset);

/* cmdline.c: words of the form key or key=value, put into boot_args by the image builder. */
bool cmdline_get(const char *key, char *value, size_t size);
const char *cmdline_text(void);
void selftest_run(void);

#endif
