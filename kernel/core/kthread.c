/*
 * Kernel threads: tasks without user memory, that never leave the kernel and never end.
 */
#include <asm/cpu.h>
#include <asm/trapframe.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>

static void kthread_entry(void) {
  schedule_tail();
  irq_enable();
  current->kthread();
  panic("kernel thread %s has ended", current->name);
}

/* A new task that runs the function. NULL when memory is out. */
struct task *kthread_start(const char *name, void (*run)(void)) {
  struct task *task = task_alloc();
  if (!task)
    return NULL;
  strlcpy(task->name, name, sizeof(task->name));
  task->kthread = run;
  task->context->eip = (u32)kthread_entry;
  make_runnable(task);
  return task;
}
