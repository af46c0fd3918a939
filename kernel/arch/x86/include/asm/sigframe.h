/*
 * Entering a signal handler in user mode and coming back.
 */
#ifndef ASM_SIGFRAME_H
#define ASM_SIGFRAME_H

#include <asm/trapframe.h>
#include <uapi/signal.h>

int sigframe_push(struct trapframe *frame, const struct kernel_siginfo *info,
                  const struct kernel_sigaction *action, u64 mask);
long sigframe_pop(struct trapframe *frame, bool with_info);

#endif
