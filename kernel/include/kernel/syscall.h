/*
 * System calls: each is a function sys_NAME of up to six words, in any file. The table calls them
 * all with six; by the i386 convention a function ignores those that it does not name. Declared
 * without parameters for that reason.
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

#include <asm/trapframe.h>
#include <kernel/types.h>

void syscall_dispatch(struct trapframe *frame);
void syscall_restart_if_asked(struct trapframe *frame);

#define SYSCALL(number, name, arguments) long sys_##name();
#include <uapi/syscall.tbl>
#undef SYSCALL

#endif
