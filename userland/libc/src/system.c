/*
 * System calls as POSIX names them. Each is one line: the call, then errno.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* --- files */

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
  va_end(list);
  return __result(__syscall(SYS_open, path, flags, mode));
}

int creat(const char *path, mode_t mode) {
  return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  long argument = va_arg(list, long);
  va_end(list);
  return __result(__syscall(SYS_fcntl64, fd, command, argument));
}

int ioctl(int fd, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  return __result(__syscall(SYS_ioctl, fd, request, argument));
}

ssize_t read(int fd, void *to, size_t count) {
  return __result(__syscall(SYS_read, fd, to, count));
}

ssize_t write(int fd, const void *from, size_t count) {
  return __result(__syscall(SYS_write, fd, from, count));
}

off_t lseek(int fd, off_t offset, int whence) {
  return __result(__syscall(SYS_lseek, fd, offset, whence));
}

int close(int fd) {
  return __result(__syscall(SYS_close, fd));
}

int dup(int fd) {
  return __result(__syscall(SYS_dup, fd));
}

int dup2(int fd, int as) {
  return __result(__syscall(SYS_dup2, fd, as));
}

int pipe(int ends[2]) {
  return __result(__syscall(SYS_pipe, ends));
}

int access(const char *path, int mode) {
  return __result(__syscall(SYS_access, path, mode));
}

int chdir(const char *path) {
  return __result(__syscall(SYS_chdir, path));
}

char *getcwd(char *to, size_t size) {
  return __result(__syscall(SYS_getcwd, to, size)) < 0 ? NULL : to;
}

int link(const char *from, const char *to) {
  return __result(__syscall(SYS_link, from, to));
}

int symlink(const char *target, const char *path) {
  return __result(__syscall(SYS_symlink, target, path));
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t size) {
  return __result(__syscall(SYS_readlink, path, to, size));
}

int unlink(const char *path) {
  return __result(__syscall(SYS_unlink, path));
}

int rmdir(const char *path) {
  return __result(__syscall(SYS_rmdir, path));
}

int remove(const char *path) {
  long answer = __syscall(SYS_unlink, path);
  return __result(answer == -EISDIR ? __syscall(SYS_rmdir, path) : answer);
}

int rename(const char *from, const char *to) {
  return __result(__syscall(SYS_rename, from, to));
}

void sync(void) {
  __syscall(SYS_sync);
}

int stat(const char *restrict path, struct stat *restrict status) {
  return __result(__syscall(SYS_stat64, path, status));
}

int lstat(const char *restrict path, struct stat *restrict status) {
  return __result(__syscall(SYS_lstat64, path, status));
}

int fstat(int fd, struct stat *status) {
  return __result(__syscall(SYS_fstat64, fd, status));
}

int mkdir(const char *path, mode_t mode) {
  return __result(__syscall(SYS_mkdir, path, mode));
}

int mknod(const char *path, mode_t mode, dev_t device) {
  return __result(__syscall(SYS_mknod, path, mode, (long)device));
}

int chmod(const char *path, mode_t mode) {
  return __result(__syscall(SYS_chmod, path, mode));
}

mode_t umask(mode_t mask) {
  return __syscall(SYS_umask, mask);
}

/* --- terminals */

int tcgetattr(int fd, struct termios *settings) {
  return __result(__syscall(SYS_ioctl, fd, TCGETS, settings));
}

int tcsetattr(int fd, int when, const struct termios *settings) {
  return __result(__syscall(SYS_ioctl, fd, TCSETS + when, settings));
}

int isatty(int fd) {
  struct termios settings;
  return tcgetattr(fd, &settings) == 0;
}

pid_t tcgetpgrp(int fd) {
  pid_t group;
  return ioctl(fd, TIOCGPGRP, &group) < 0 ? -1 : group;
}

int tcsetpgrp(int fd, pid_t group) {
  return ioctl(fd, TIOCSPGRP, &group);
}

/* --- processes */

pid_t fork(void) {
  return __result(__syscall(SYS_fork));
}

int execve(const char *path, char *const arguments[], char *const environment[]) {
  return __result(__syscall(SYS_execve, path, arguments, environment));
}

pid_t waitpid(pid_t process, int *status, int options) {
  return __result(__syscall(SYS_wait4, process, status, options, 0));
}

pid_t wait(int *status) {
  return waitpid(-1, status, 0);
}

pid_t getpid(void) {
  return __syscall(SYS_getpid);
}

pid_t getppid(void) {
  return __syscall(SYS_getppid);
}

pid_t getpgrp(void) {
  return __syscall(SYS_getpgrp);
}

pid_t setsid(void) {
  return __result(__syscall(SYS_setsid));
}

int setpgid(pid_t process, pid_t group) {
  return __result(__syscall(SYS_setpgid, process, group));
}

uid_t getuid(void) {
  return __syscall(SYS_getuid32);
}

uid_t geteuid(void) {
  return __syscall(SYS_geteuid32);
}

gid_t getgid(void) {
  return __syscall(SYS_getgid32);
}

gid_t getegid(void) {
  return __syscall(SYS_getegid32);
}

int pause(void) {
  return __result(__syscall(SYS_pause));
}

unsigned alarm(unsigned seconds) {
  return __syscall(SYS_alarm, seconds);
}

long syscall(long number, ...) {
  va_list list;
  long arguments[6];
  va_start(list, number);
  for (int i = 0; i < 6; i++) arguments[i] = va_arg(list, long);
  va_end(list);
  return __result(__syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
                            arguments[4], arguments[5]));
}

/* --- memory */

static char *heap_end;

int brk(void *end) {
  heap_end = (char *)__syscall(SYS_brk, end);
  if (heap_end == end) return 0;
  errno = ENOMEM;
  return -1;
}

void *sbrk(intptr_t increment) {
  if (heap_end == NULL) heap_end = (char *)__syscall(SYS_brk, 0);
  char *old = heap_end;
  if (increment != 0 && brk(old + increment) < 0) {
    heap_end = old;
    return (void *)-1;
  }
  return old;
}

void *mmap(void *wanted, size_t size, int protection, int flags, int fd, off_t offset) {
  return (void *)__result(
      __syscall(SYS_mmap2, wanted, size, protection, flags, fd, offset >> 12));
}

int munmap(void *start, size_t size) {
  return __result(__syscall(SYS_munmap, start, size));
}

int mprotect(void *start, size_t size, int protection) {
  return __result(__syscall(SYS_mprotect, start, size, protection));
}

/* --- signals */

int kill(pid_t process, int signal) {
  return __result(__syscall(SYS_kill, process, signal));
}

int killpg(pid_t group, int signal) {
  return kill(-group, signal);
}

int raise(int signal) {
  return kill(getpid(), signal);
}

int sigaction(int signal, const struct sigaction *restrict action,
              struct sigaction *restrict previous) {
  struct old_sigaction new, old;
  if (action != NULL) {
    new.handler = (unsigned long)action->sa_handler;
    new.mask = action->sa_mask.__words[0];
    new.flags = action->sa_flags | SA_RESTORER;
    new.restorer = (unsigned long)__signal_return;
  }
  long answer = __syscall(SYS_sigaction, signal, action == NULL ? NULL : &new, &old);
  if (answer == 0 && previous != NULL) {
    memset(previous, 0, sizeof *previous);
    previous->sa_handler = (sighandler_t)old.handler;
    previous->sa_mask.__words[0] = old.mask;
    previous->sa_flags = (int)old.flags;
  }
  return __result(answer);
}

sighandler_t signal(int signal, sighandler_t handler) {
  struct sigaction action, previous;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  return sigaction(signal, &action, &previous) < 0 ? SIG_ERR : previous.sa_handler;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict previous) {
  unsigned long long new = 0, old = 0;
  if (set != NULL) new = set->__words[0] | (unsigned long long)set->__words[1] << 32;
  long answer = __syscall(SYS_rt_sigprocmask, how, set == NULL ? NULL : &new, &old, sizeof old);
  if (answer == 0 && previous != NULL) {
    memset(previous, 0, sizeof *previous);
    previous->__words[0] = (unsigned long)old;
    previous->__words[1] = (unsigned long)(old >> 32);
  }
  return __result(answer);
}

int sigsuspend(const sigset_t *mask) {
  return __result(__syscall(SYS_rt_sigsuspend, mask->__words, 8));
}

int sigemptyset(sigset_t *set) {
  memset(set, 0, sizeof *set);
  return 0;
}

int sigfillset(sigset_t *set) {
  memset(set, 0xff, sizeof *set);
  return 0;
}

int sigaddset(sigset_t *set, int signal) {
  set->__words[(signal - 1) / 32] |= 1ul << ((signal - 1) % 32);
  return 0;
}

int sigdelset(sigset_t *set, int signal) {
  set->__words[(signal - 1) / 32] &= ~(1ul << ((signal - 1) % 32));
  return 0;
}

int sigismember(const sigset_t *set, int signal) {
  return set->__words[(signal - 1) / 32] >> ((signal - 1) % 32) & 1;
}

/* --- time and system */

int nanosleep(const struct timespec *wanted, struct timespec *left) {
  return __result(__syscall(SYS_nanosleep, wanted, left));
}

unsigned sleep(unsigned seconds) {
  struct timespec wanted = {(time_t)seconds, 0}, left = {0, 0};
  return nanosleep(&wanted, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

int usleep(useconds_t microseconds) {
  struct timespec wanted = {microseconds / 1000000, microseconds % 1000000 * 1000};
  return nanosleep(&wanted, NULL);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  return __result(__syscall(SYS_clock_gettime, clock, now));
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  return __result(__syscall(SYS_gettimeofday, now, zone));
}

time_t time(time_t *now) {
  time_t seconds = __syscall(SYS_time, 0);
  if (now != NULL) *now = seconds;
  return seconds;
}

clock_t times(struct tms *used) {
  return __syscall(SYS_times, used);
}

clock_t clock(void) {
  struct tms used;
  times(&used);
  return (used.tms_utime + used.tms_stime) * (CLOCKS_PER_SEC / USER_HZ);
}

int uname(struct utsname *name) {
  return __result(__syscall(SYS_uname, name));
}

int sysinfo(struct sysinfo *information) {
  return __result(__syscall(SYS_sysinfo, information));
}

int reboot(int command) {
  return __result(__syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, 0));
}
