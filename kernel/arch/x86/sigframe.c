/*
 * Running a signal handler: the interrupted registers go to a frame on the user stack, in Linux's
 * layout, and the program continues in the handler. Its return address is the libc's restorer, or
 * code in the frame itself, which calls sigreturn; that takes the frame down again.
 */
#include <asm/clock.h>
#include <asm/register.h>
#include <asm/segment.h>
#include <asm/sigframe.h>
#include <asm/uaccess.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <uapi/errno.h>
#include <uapi/syscall.h>

struct fpu_state {
  u8 area[FPU_AREA_SIZE];
  u32 status;
};

struct old_frame {
  u32 return_address;
  int number;
  struct sigcontext context;
  struct fpu_state fpu_unused;
  u32 mask_high;
  u8 code[8];
  struct fpu_state fpu;
};

struct info_frame {
  u32 return_address;
  int number;
  u32 info_pointer, context_pointer;
  struct kernel_siginfo info;
  struct kernel_ucontext context;
  u8 code[8];
  struct fpu_state fpu;
};

static void context_save(struct sigcontext *to, const struct trapframe *frame) {
  memset(to, 0, sizeof(*to));
  to->gs = frame->gs;
  to->fs = frame->fs;
  to->es = frame->es;
  to->ds = frame->ds;
  to->edi = frame->edi;
  to->esi = frame->esi;
  to->ebp = frame->ebp;
  to->esp = to->esp_at_signal = frame->esp;
  to->ebx = frame->ebx;
  to->edx = frame->edx;
  to->ecx = frame->ecx;
  to->eax = frame->eax;
  to->trapno = frame->trapno;
  to->err = frame->err;
  to->eip = frame->eip;
  to->cs = frame->cs;
  to->eflags = frame->eflags;
  to->ss = frame->ss;
}

/* User data: selectors keep ring 3, flags only what a program may change. */
static void context_load(struct trapframe *frame, const struct sigcontext *from) {
  frame->gs = from->gs;
  frame->fs = from->fs;
  frame->es = from->es;
  frame->ds = from->ds;
  frame->edi = from->edi;
  frame->esi = from->esi;
  frame->ebp = from->ebp;
  frame->esp = from->esp;
  frame->ebx = from->ebx;
  frame->edx = from->edx;
  frame->ecx = from->ecx;
  frame->eax = from->eax;
  frame->eip = from->eip;
  frame->cs = from->cs | 3;
  frame->ss = from->ss | 3;
  frame->eflags = (frame->eflags & ~EFLAGS_USER) | (from->eflags & EFLAGS_USER);
}

static bool fpu_save(struct fpu_state *to, u32 user_address, u32 *pointer) {
  *pointer = 0;
  if (!current->fpu_used)
    return false;
  fpu_copy(current);
  memcpy(to->area, current->fpu, FPU_AREA_SIZE);
  to->status = 0;
  *pointer = user_address;
  return true;
}

static int fpu_load(u32 pointer) {
  fpu_drop(current);
  if (pointer == 0)
    return 0;
  if (copy_from_user(current->fpu, (void *)pointer, FPU_AREA_SIZE) < 0)
    return -EFAULT;
  current->fpu_used = true;
  return 0;
}

static void code_fill(u8 *code, bool with_info) {
  static const u8 plain[8] = {0x58, 0xb8, SYS_sigreturn, 0, 0, 0, 0xcd, T_SYSCALL};
  static const u8 info[8] = {0xb8, SYS_rt_sigreturn, 0, 0, 0, 0xcd, T_SYSCALL, 0x90};
  memcpy(code, with_info ? info : plain, 8); /* pop %eax;] mov $n, %eax; int $0x80 */
}

static bool is_on_alternate_stack(u32 esp) {
  return esp - current->alternate_stack - 1 < current->alternate_size;
}

/* Where the frame's end comes: the interrupted stack, or the one set aside for handlers. */
static u32 stack_for(const struct trapframe *frame, const struct kernel_sigaction *action) {
  if ((action->flags & SA_ONSTACK) && current->alternate_size > 0 &&
      !is_on_alternate_stack(frame->esp))
    return current->alternate_stack + current->alternate_size;
  return frame->esp;
}

long sys_sigaltstack(const struct kernel_stack *new, struct kernel_stack *old) {
  struct kernel_stack given = {0};
  bool is_used = is_on_alternate_stack(current->frame->esp);
  const struct kernel_stack before = {
      .ss_sp = current->alternate_stack,
      .ss_flags = current->alternate_size == 0 ? SS_DISABLE : is_used ? SS_ONSTACK : 0,
      .ss_size = current->alternate_size,
  };
  if (new && get_user(given, new) < 0)
    return -EFAULT;
  if (new && is_used)
    return -EPERM;
  if (new && (given.ss_flags & ~(SS_DISABLE | SS_ONSTACK)))
    return -EINVAL;
  if (new && !(given.ss_flags & SS_DISABLE) && given.ss_size < MINSIGSTKSZ)
    return -ENOMEM;
  if (new) {
    bool is_off = given.ss_flags & SS_DISABLE;
    current->alternate_stack = is_off ? 0 : given.ss_sp;
    current->alternate_size = is_off ? 0 : given.ss_size;
  }
  return old ? copy_to_user(old, &before, sizeof(before)) : 0;
}

static int push_old(struct trapframe *frame, int number, const struct kernel_sigaction *action,
                    u64 mask) {
  struct old_frame image;
  u32 at = align_down(stack_for(frame, action) - sizeof(image) + 4, 16) - 4;
  u32 pointer;

  memset(&image, 0, sizeof(image));
  image.number = number;
  context_save(&image.context, frame);
  fpu_save(&image.fpu, at + offsetof(struct old_frame, fpu), &pointer);
  image.context.fpstate = pointer;
  image.context.oldmask = (u32)mask;
  image.mask_high = mask >> 32;
  code_fill(image.code, false);
  image.return_address = action->flags & SA_RESTORER ? action->restorer
                                                     : at + offsetof(struct old_frame, code);
  if (copy_to_user((void *)at, &image, sizeof(image)) < 0)
    return -EFAULT;
  frame->esp = at;
  frame->eax = number;
  frame->edx = frame->ecx = 0;
  return 0;
}

static int push_info(struct trapframe *frame, const struct kernel_siginfo *info,
                     const struct kernel_sigaction *action, u64 mask) {
  struct info_frame image;
  u32 at = align_down(stack_for(frame, action) - sizeof(image) + 4, 16) - 4;
  u32 pointer;

  memset(&image, 0, sizeof(image));
  image.number = info->si_signo;
  image.info_pointer = at + offsetof(struct info_frame, info);
  image.context_pointer = at + offsetof(struct info_frame, context);
  image.info = *info;
  context_save(&image.context.registers, frame);
  fpu_save(&image.fpu, at + offsetof(struct info_frame, fpu), &pointer);
  image.context.registers.fpstate = pointer;
  image.context.registers.oldmask = (u32)mask;
  image.context.mask = mask;
  image.context.stack_pointer = current->alternate_stack;
  image.context.stack_size = current->alternate_size;
  image.context.stack_flags = current->alternate_size ? 0 : SS_DISABLE;
  code_fill(image.code, true);
  image.return_address = action->flags & SA_RESTORER ? action->restorer
                                                     : at + offsetof(struct info_frame, code);
  if (copy_to_user((void *)at, &image, sizeof(image)) < 0)
    return -EFAULT;
  frame->esp = at;
  frame->eax = info->si_signo;
  frame->edx = image.info_pointer;
  frame->ecx = image.context_pointer;
  return 0;
}

/* Makes the program continue in the handler. -EFAULT if its stack takes no frame. */
int sigframe_push(struct trapframe *frame, const struct kernel_siginfo *info,
                  const struct kernel_sigaction *action, u64 mask) {
  int error = action->flags & SA_SIGINFO ? push_info(frame, info, action, mask)
                                         : push_old(frame, info->si_signo, action, mask);
  if (error)
    return error;
  frame->eip = action->handler;
  frame->cs = USER_CS;
  frame->ss = frame->ds = frame->es = USER_DS;
  frame->eflags &= ~(EFLAGS_DF | EFLAGS_TF | EFLAGS_RF);
  return 0;
}

/* sigreturn (the return address and, in libc's restorer, %eax are popped) and rt_sigreturn. The
 * result is the interrupted code's eax. */
long sigframe_pop(struct trapframe *frame, bool with_info) {
  struct sigcontext context;
  u64 mask;
  int error;

  if (with_info) {
    struct info_frame *user = (struct info_frame *)(frame->esp - 4);
    error = copy_from_user(&context, &user->context.registers, sizeof(context));
    error |= copy_from_user(&mask, &user->context.mask, sizeof(mask));
  } else {
    struct old_frame *user = (struct old_frame *)(frame->esp - 8);
    u32 high = 0;
    error = copy_from_user(&context, &user->context, sizeof(context));
    error |= copy_from_user(&high, &user->mask_high, sizeof(high));
    mask = (u64)high << 32 | context.oldmask;
  }
  if (error || fpu_load(context.fpstate) < 0) {
    signal_force(SIGSEGV, SI_KERNEL, frame->esp);
    return 0;
  }
  sigmask_set(mask);
  context_load(frame, &context);
  frame->trapno = T_DEBUG; /* not a system call any more: nothing to restart */
  return frame->eax;
}
