/*
 * The words for errors and signals.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const errors[] = {
    [0] = "Success",
    [EPERM] = "Operation not permitted",
    [ENOENT] = "No such file or directory",
    [ESRCH] = "No such process",
    [EINTR] = "Interrupted system call",
    [EIO] = "Input/output error",
    [ENXIO] = "No such device or address",
    [E2BIG] = "Argument list too long",
    [ENOEXEC] = "Exec format error",
    [EBADF] = "Bad file descriptor",
    [ECHILD] = "No child processes",
    [EAGAIN] = "Resource temporarily unavailable",
    [ENOMEM] = "Cannot allocate memory",
    [EACCES] = "Permission denied",
    [EFAULT] = "Bad address",
    [EBUSY] = "Device or resource busy",
    [EEXIST] = "File exists",
    [EXDEV] = "Invalid cross-device link",
    [ENOTBLK] = "Block device required",
    [ENODEV] = "No such device",
    [ENOTDIR] = "Not a directory",
    [EISDIR] = "Is a directory",
    [EINVAL] = "Invalid argument",
    [ENFILE] = "Too many open files in system",
    [EMFILE] = "Too many open files",
    [ENOTTY] = "Inappropriate ioctl for device",
    [EFBIG] = "File too large",
    [ENOSPC] = "No space left on device",
    [ESPIPE] = "Illegal seek",
    [EROFS] = "Read-only file system",
    [EMLINK] = "Too many links",
    [EPIPE] = "Broken pipe",
    [ETXTBSY] = "Text file busy",
    [EOVERFLOW] = "Value too large for defined data type",
    [EOPNOTSUPP] = "Operation not supported",
    [EDOM] = "Numerical argument out of domain",
    [ERANGE] = "Numerical result out of range",
    [ENAMETOOLONG] = "File name too long",
    [ENOSYS] = "Function not implemented",
    [ENOTEMPTY] = "Directory not empty",
    [ELOOP] = "Too many levels of symbolic links",
};

static const char *const signals[] = {
    [SIGHUP] = "Hangup",
    [SIGINT] = "Interrupt",
    [SIGQUIT] = "Quit",
    [SIGILL] = "Illegal instruction",
    [SIGTRAP] = "Trace/breakpoint trap",
    [SIGABRT] = "Aborted",
    [SIGBUS] = "Bus error",
    [SIGFPE] = "Floating point exception",
    [SIGKILL] = "Killed",
    [SIGUSR1] = "User defined signal 1",
    [SIGSEGV] = "Segmentation fault",
    [SIGUSR2] = "User defined signal 2",
    [SIGPIPE] = "Broken pipe",
    [SIGALRM] = "Alarm clock",
    [SIGTERM] = "Terminated",
    [SIGCHLD] = "Child exited",
    [SIGCONT] = "Continued",
    [SIGSTOP] = "Stopped (signal)",
    [SIGTSTP] = "Stopped",
};

static char *word(const char *const *words, unsigned count, int number, const char *otherwise) {
  static char unknown[40];
  if ((unsigned)number < count && words[number] != NULL) return (char *)words[number];
  snprintf(unknown, sizeof unknown, "%s %d", otherwise, number);
  return unknown;
}

char *strerror(int error) {
  return word(errors, sizeof errors / sizeof *errors, error, "Unknown error");
}

char *strsignal(int signal) {
  return word(signals, sizeof signals / sizeof *signals, signal, "Unknown signal");
}

void perror(const char *prefix) {
  int error = errno;
  if (prefix != NULL && *prefix != '\0') fprintf(stderr, "%s: ", prefix);
  fprintf(stderr, "%s\n", strerror(error));
}

void vwarnx(const char *format, va_list arguments) {
  fprintf(stderr, "%s: ", program_invocation_name);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
}

void vwarn(const char *format, va_list arguments) {
  int error = errno;
  fprintf(stderr, "%s: ", program_invocation_name);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, ": %s\n", strerror(error));
}

void warn(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vwarn(format, list);
  va_end(list);
}

void warnx(const char *format, ...) {
  va_list list;
  va_start(list, format);
  vwarnx(format, list);
  va_end(list);
}

void err(int status, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vwarn(format, list);
  va_end(list);
  exit(status);
}

void errx(int status, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vwarnx(format, list);
  va_end(list);
  exit(status);
}
