/*
 * Signal numbers, actions and the frame that a handler finds above its arguments, Linux i386.
 */
#ifndef UAPI_SIGNAL_H
#define UAPI_SIGNAL_H

#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPWR 30
#define SIGSYS 31
#define SIGNAL_COUNT 65 /* numbers 1..64 exist */

#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO 0x00000004
#define SA_RESTORER 0x04000000
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000

#define SIGNAL_DEFAULT 0ul /* the handler values; libc casts them to SIG_DFL and SIG_IGN */
#define SIGNAL_IGNORE 1ul

/* The argument of rt_sigaction; its last argument is the size of the mask, 8. */
struct kernel_sigaction {
  unsigned long handler;
  unsigned long flags;
  unsigned long restorer;
  unsigned long long mask;
};

/* The argument of the older sigaction (67). */
struct old_sigaction {
  unsigned long handler;
  unsigned long mask;
  unsigned long flags;
  unsigned long restorer;
};

/* The registers a handler interrupted. sigreturn puts them back as the handler left them. */
struct sigcontext {
  unsigned short gs, gs_high, fs, fs_high, es, es_high, ds, ds_high;
  unsigned long edi, esi, ebp, esp, ebx, edx, ecx, eax;
  unsigned long trapno, err, eip;
  unsigned short cs, cs_high;
  unsigned long eflags, esp_at_signal;
  unsigned short ss, ss_high;
  unsigned long fpstate;
  unsigned long oldmask;
  unsigned long cr2;
};

struct kernel_siginfo {
  int si_signo;
  int si_errno;
  int si_code;
  union {
    int pad[29];
    struct {
      int pid;
      unsigned uid;
      int status;
    } process;
    unsigned long address;
  } u;
};

struct kernel_ucontext {
  unsigned long flags;
  unsigned long link;
  unsigned long stack_pointer, stack_flags, stack_size;
  struct sigcontext registers;
  unsigned long long mask;
};

/* The argument of sigaltstack. */
struct kernel_stack {
  unsigned long ss_sp;
  int ss_flags;
  unsigned long ss_size;
};

#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 2048

#define SI_USER 0
#define SI_KERNEL 0x80
#define ILL_ILLOPN 2
#define FPE_INTDIV 1
#define FPE_INTOVF 2
#define FPE_FLTINV 7
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1
#define CLD_EXITED 1
#define CLD_KILLED 2
#define CLD_STOPPED 5
#define CLD_CONTINUED 6
#define TRAP_BRKPT 1
#define TRAP_TRACE 2

#endif
