/* Signals: C11 7.14 and POSIX <signal.h>; numbers from the kernel. */
#ifndef _SIGNAL_H
#define _SIGNAL_H

#include <sys/types.h>
#include <uapi/signal.h>

typedef int sig_atomic_t;
/* As large as glibc's; the kernel's 64 signals lie in the first two words. */
typedef struct {
  unsigned long __words[32];
} sigset_t;

typedef void (*sighandler_t)(int);

#define SIG_DFL ((sighandler_t)0)
#define SIG_IGN ((sighandler_t)1)
#define SIG_ERR ((sighandler_t)-1)
#define NSIG SIGNAL_COUNT

struct sigaction {
  sighandler_t sa_handler;
  sigset_t sa_mask;
  int sa_flags;
  void (*sa_restorer)(void);
};

sighandler_t signal(int signal, sighandler_t handler);
int raise(int signal);
int kill(pid_t process, int signal);
int killpg(pid_t group, int signal);
int sigaction(int signal, const struct sigaction *restrict action,
              struct sigaction *restrict previous);
int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict previous);
int sigsuspend(const sigset_t *mask);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int signal);
int sigdelset(sigset_t *set, int signal);
int sigismember(const sigset_t *set, int signal);

#endif
