/* The system interface: POSIX <unistd.h>. */
#ifndef _UNISTD_H
#define _UNISTD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uapi/fcntl.h>
#include <uapi/syscall.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
extern char **environ;
extern char *optarg;
extern int optind;
extern int opterr;
extern int optopt;
extern char *program_invocation_name;

ssize_t read(int fd, void *to, size_t count);
ssize_t write(int fd, const void *from, size_t count);
off_t lseek(int fd, off_t offset, int whence);
int close(int fd);
int dup(int fd);
int dup2(int fd, int as);
int pipe(int ends[2]);
int access(const char *path, int mode);
int chdir(const char *path);
char *getcwd(char *to, size_t size);
int link(const char *from, const char *to);
int symlink(const char *target, const char *path);
ssize_t readlink(const char *restrict path, char *restrict to, size_t size);
int unlink(const char *path);
int rmdir(const char *path);
int unlinkat(int directory, const char *path, int flags);
int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags);
int symlinkat(const char *target, int directory, const char *path);
ssize_t readlinkat(int directory, const char *restrict path, char *restrict to, size_t size);
int faccessat(int directory, const char *path, int mode, int flags);
int chown(const char *path, uid_t user, gid_t group);
int lchown(const char *path, uid_t user, gid_t group);
int fchown(int fd, uid_t user, gid_t group);
int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags);
int truncate(const char *path, off_t size);
int ftruncate(int fd, off_t size);
int truncate64(const char *path, off64_t size);
int ftruncate64(int fd, off64_t size);
off64_t lseek64(int fd, off64_t offset, int whence);
ssize_t pread(int fd, void *to, size_t count, off_t offset);
int fchdir(int fd);
int fsync(int fd);
int fdatasync(int fd);
int dup3(int fd, int as, int flags);
int pipe2(int ends[2], int flags);
int isatty(int fd);
void sync(void);
int gethostname(char *to, size_t size);

pid_t fork(void);
int execv(const char *path, char *const arguments[]);
int execve(const char *path, char *const arguments[], char *const environment[]);
int execvp(const char *name, char *const arguments[]);
int execl(const char *path, const char *first, ...);
int execlp(const char *name, const char *first, ...);
_Noreturn void _exit(int status);
pid_t getpid(void);
pid_t getppid(void);
pid_t getpgrp(void);
pid_t setsid(void);
int setpgid(pid_t process, pid_t group);
pid_t tcgetpgrp(int fd);
int tcsetpgrp(int fd, pid_t group);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
unsigned sleep(unsigned seconds);
int usleep(useconds_t microseconds);
unsigned alarm(unsigned seconds);
int pause(void);
int brk(void *end);
void *sbrk(intptr_t increment);
long syscall(long number, ...);

int getopt(int argc, char *const argv[], const char *options);

#endif
