/* Messages that begin with the program's name, as BSD has them. */
#ifndef _ERR_H
#define _ERR_H

#include <stdarg.h>

void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vwarn(const char *format, va_list arguments);
void vwarnx(const char *format, va_list arguments);
_Noreturn void err(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void errx(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
