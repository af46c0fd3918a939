/*
 * When memory is short. Programs may map more than there is (a single mapping of more than all of
 * the memory is refused); frames are given as pages are touched. Clean pages of files go first, then
 * dirty ones once they are written. A reserve is kept from programs, so that the kernel can go on;
 * who touches a page when only that is left makes the process that holds most memory end. init and
 * kernel threads are never chosen.
 *
 * For tests, with `failalloc` on the command line: a task makes one of its next allocations fail.
 */
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>

#define RESERVE_MOST 64 /* frames */
#define DYING_TICKS 100 /* a process that was told to end has so long, then the next is chosen */

u32 oom_kills;
static u32 last_kill; /* tick */

/* Counts down to the allocation that shall fail. */
bool allocation_fails(void) {
  struct task *task = current;
  if (task->fail_after == 0 || this_cpu()->irq_depth > 0)
    return false;
  return --task->fail_after == 0;
}

static u32 reserve(void) { return min_u32(RESERVE_MOST, frames_total() / 64); }

/* A frame for a program's page. NULL when only the reserve is left. */
struct page *page_alloc_user(void) {
  if (frames_free() <= reserve() && !cache_reclaim(1))
    return NULL;
  return page_alloc();
}

/* Whether a mapping of private memory may be made at all. */
bool may_commit(u32 pages) { return pages <= frames_total(); }

bool is_dying(const struct task *task) {
  return (task->signals.pending & signal_bit(SIGKILL)) != 0;
}

/* Makes a process end, unless one is about to. False if there is none. */
bool out_of_memory(void) {
  struct task *victim = NULL;
  bool waiting = false;
  bool irqs = spin_lock_save(&task_lock);
  list_for_each(link, &all_tasks) {
    struct task *task = list_entry(link, struct task, all_link);
    if (!task->mm || task == init_task || task->state == TASK_ZOMBIE)
      continue;
    if (is_dying(task))
      waiting |= ticks_now() - last_kill < DYING_TICKS;
    else if (!victim || task->mm->resident >= victim->mm->resident)
      victim = task;
  }
  if (victim && !waiting) {
    oom_kills++;
    last_kill = ticks_now();
    printk("out of memory: killed process %d (%s), which has %u KiB\n", victim->pid, victim->name,
           victim->mm->resident * (PAGE_SIZE / 1024));
    signal_send(victim, SIGKILL, NULL);
  }
  spin_unlock_restore(&task_lock, irqs);
  return victim || waiting;
}
