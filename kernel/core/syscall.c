/*
 * Dispatch of system calls: the number in eax, the arguments in ebx, ecx, edx, esi, edi, ebp, the
 * result in eax. Every other register comes back as it was (Y05).
 */
#include <kernel/printk.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <uapi/errno.h>
#include <uapi/syscall.h>

#define INT_SIZE 2 /* bytes of `int $0x80` */

typedef long syscall_function(u32 a, u32 b, u32 c, u32 d, u32 e, u32 f);

static syscall_function *const table[SYS_count] = {
#define SYSCALL(number, name, arguments) [number] = (syscall_function *)sys_##name,
#include <uapi/syscall.tbl>
#undef SYSCALL
};

void syscall_dispatch(struct trapframe *frame) {
  u32 number = frame->eax;

  frame->err = number; /* kept for a restart */
  if (number >= SYS_count || !table[number]) {
    frame->eax = -ENOSYS;
    return;
  }
  frame->eax =
      table[number](frame->ebx, frame->ecx, frame->edx, frame->esi, frame->edi, frame->ebp);
}

/* A call that a signal interrupted, where no handler ran, is made again. */
void syscall_restart_if_asked(struct trapframe *frame) {
  if (frame->trapno == T_SYSCALL && frame->eax == (u32)-ERESTARTSYS) {
    frame->eax = frame->err;
    frame->eip -= INT_SIZE;
  }
}

long sys_restart_syscall(void) { return -EINTR; }
