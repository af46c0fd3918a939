/* What the files of libc share among themselves. */
#ifndef INTERNAL_H
#define INTERNAL_H

#include <stddef.h>
#include <sys/types.h>

/* The raw kernel result: a value or -errno. Takes up to six arguments after the number. */
long __syscall(long number, ...);

/* Sets errno and gives -1 when the kernel answered -4095..-1, else the answer. */
long __result(long answer);

/* The end of a signal handler, in assembly. */
void __signal_return(void);

/* Flushes every open stream; exit calls it after the atexit functions. */
void __flush_all(void);

_Noreturn void __libc_start(long *stack);

struct _IO_FILE {
  int fd;
  int mode; /* _IOFBF, _IOLBF, _IONBF */
  unsigned char is_readable, is_writable, is_append, is_at_end, has_error, owns_buffer;
  unsigned char *buffer; /* null until the first transfer */
  size_t capacity;
  size_t at, end; /* reading: next byte, end of what was read; writing: 0, bytes that wait */
  unsigned char is_writing;
  int pushed_back; /* -1: none */
  struct _IO_FILE *next;
};

/* Where formatted output goes: put is called with pieces of text. */
struct sink {
  void (*put)(struct sink *sink, const char *text, size_t count);
  size_t count; /* of all bytes so far */
};

void __format(struct sink *sink, const char *format, __builtin_va_list arguments);

/* Converts a long double by %e, %f, %g or %a; returns the length in `to`. */
int __format_float(char *to, size_t size, long double value, char conversion, int precision,
                   int is_alternate);

#endif
