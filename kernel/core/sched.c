/*
 * The scheduler: a ring of runnable tasks, each runs until it sleeps or its slice is over. A task that
 * sleeps earns back what it used of its slice; when it is woken with something left while a task runs
 * that has used up a whole slice since it last slept, it runs at once. schedule() switches from task
 * to task; with nothing to run it switches to the idle task, which is the boot stack standing in
 * scheduler(). runqueue_lock is held across every switch: the task that is switched to releases it.
 */
#include <asm/clock.h>
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/vfs.h>

#define SLICE_TICKS 4

DEFINE_SPINLOCK(runqueue_lock);
static struct list runqueue = LIST_INIT(runqueue); /* task->run_link; runqueue_lock */
static u32 runnable, switches, idle_tick_count;    /* runqueue_lock */

/* Loads what belongs to the task: page directory, kernel stack for entries from user mode, TLS. */
static void switch_uvm(struct task *task) {
  struct cpu *cpu = this_cpu();
  mm_switch(task->mm);
  cpu->tss.esp0 = (u32)task->kstack + KSTACKSIZE;
  gdt_set_tls(task->tls);
}

static void switch_kvm(void) { mm_switch(NULL); }

static struct task *runqueue_pop(void) {
  ASSERT(spin_held(&runqueue_lock));
  if (list_empty(&runqueue))
    return NULL;
  struct task *task = list_entry(runqueue.next, struct task, run_link);
  list_remove(&task->run_link);
  runnable--;
  return task;
}

/* Behind what has not used up a slice since it slept, before what has. */
static void enqueue_before_hogs(struct task *task) {
  ASSERT(spin_held(&runqueue_lock));
  struct list *place = &runqueue;
  list_for_each(link, &runqueue) {
    if (list_entry(link, struct task, run_link)->is_hog) {
      place = link;
      break;
    }
  }
  list_add_tail(place, &task->run_link);
}

/* The only caller of swtch. Returns when the previous task is switched to again. */
static void switch_to(struct task *previous, struct task *next) {
  struct cpu *cpu = this_cpu();
  ASSERT(spin_held(&runqueue_lock) && cpu->lock_depth == 1 && cpu->irq_depth == 0);
  struct context **save = previous == cpu->idle ? &cpu->scheduler : &previous->context;
  struct context *load = next == cpu->idle ? cpu->scheduler : next->context;

  fpu_switch_from(previous);
  cpu->task = next;
  cpu->need_reschedule = false;
  if (next != cpu->idle) {
    switch_uvm(next);
    if (next->slice == 0)
      next->slice = SLICE_TICKS;
  }
  next->state = TASK_RUNNING;
  switches++;
  swtch(save, load);
}

/* Gives the CPU away. A task that is RUNNING still stays runnable; one that has set another state
 * comes back after wake(). No spinlock may be held, and never in an interrupt handler. */
void schedule(void) {
  ASSERT(this_cpu()->irq_depth == 0 && this_cpu()->lock_depth == 0);
  bool were_on = spin_lock_save(&runqueue_lock);
  struct task *task = current;

  ASSERT(task != this_cpu()->idle);
  this_cpu()->need_reschedule = false;
  struct task *next = runqueue_pop();
  if (task->state != TASK_RUNNING) {
    task->is_hog = false;
    task->slept_at = ticks_now();
  } else if (next) {
    task->state = TASK_RUNNABLE;
    if (task->slice > 0) /* it was interrupted by a wake-up and goes on after that */
      enqueue_before_hogs(task);
    else
      list_add_tail(&runqueue, &task->run_link);
    runnable++;
  }
  if (!next && task->state == TASK_RUNNING)
    task->slice = max_u32(task->slice, 1);
  else
    switch_to(task, next ? next : this_cpu()->idle);
  spin_unlock_restore(&runqueue_lock, were_on);
}

/* What the idle task does for ever: runs what is runnable, else waits for an interrupt. */
void scheduler(void) {
  for (;;) {
    irq_disable();
    spin_lock(&runqueue_lock);
    struct task *next = runqueue_pop();
    if (next) {
      switch_to(this_cpu()->idle, next);
      switch_kvm();
    }
    spin_unlock(&runqueue_lock);
    if (!next)
      irq_enable_and_halt();
  }
}

void schedule_tail(void) { spin_unlock(&runqueue_lock); }

/* A new task's first instructions in the kernel; trapret is below it on the stack. */
void forkret(void) {
  static bool first = true;
  schedule_tail();
  irq_enable();
  if (first) { /* mounting sleeps, so it needs a task */
    first = false;
    mount_root();
    ksym_init();
    printk("forkret: root file system mounted by pid %d\n", current->pid);
    selftest_run();
  }
  irq_disable();
}

/* A task that is woken with something left of its slice may interrupt one of the kind. */
static void enqueue_woken(struct task *task) {
  ASSERT(spin_held(&runqueue_lock));
  task->slice = min_u32(task->slice + (ticks_now() - task->slept_at), SLICE_TICKS);
  if (task->slice > 0) {
    enqueue_before_hogs(task);
    if (current->is_hog && current != this_cpu()->idle)
      this_cpu()->need_reschedule = true;
  } else {
    list_add_tail(&runqueue, &task->run_link);
  }
  runnable++;
}

/* Makes a task runnable if it sleeps. Any context. */
void wake(struct task *task) {
  bool were_on = spin_lock_save(&runqueue_lock);
  if (task->state == TASK_SLEEPING || task->state == TASK_UNINTERRUPTIBLE) {
    if (task == current) { /* about to sleep, still here */
      task->state = TASK_RUNNING;
    } else {
      task->state = TASK_RUNNABLE;
      enqueue_woken(task);
    }
  }
  spin_unlock_restore(&runqueue_lock, were_on);
}

/* A new task's first time on the queue: in front, so that a child runs before its parent (S1). */
void make_runnable(struct task *task) {
  bool were_on = spin_lock_save(&runqueue_lock);
  ASSERT(task->state == TASK_EMBRYO || task->state == TASK_STOPPED);
  task->state = TASK_RUNNABLE;
  list_add(&runqueue, &task->run_link);
  runnable++;
  spin_unlock_restore(&runqueue_lock, were_on);
}

/* In the timer interrupt: charges the tick, and ends the slice if another task waits. */
void scheduler_tick(bool user) {
  struct cpu *cpu = this_cpu();
  struct task *task = cpu->task;

  if (task == cpu->idle) {
    idle_tick_count++;
    return;
  }
  if (user)
    task->user_ticks++;
  else
    task->system_ticks++;
  if (task->slice > 0)
    task->slice--;
  task->is_hog |= task->slice == 0;
  if (task->slice == 0 && !list_empty(&runqueue))
    cpu->need_reschedule = true;
  limit_check_cpu(task);
}

void yield(void) {
  current->slice = 0;
  schedule();
}

u32 switch_count(void) { return switches; }

u32 runnable_count(void) { return runnable; }

u32 idle_ticks(void) { return idle_tick_count; }
