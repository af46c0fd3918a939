/*
 * Spinlocks, wait queues, mutexes. See <kernel/lock.h> for the rules that are checked here.
 */
#include <asm/percpu.h>
#include <kernel/printk.h>
#include <kernel/task.h>

struct lock_class wait_queue_class = {.name = "wait_queue"};
struct lock_class mutex_class = {.name = "mutex"};

void spin_init(struct spinlock *lock, struct lock_class *class) {
  *lock = (struct spinlock)SPINLOCK_INIT(*class);
}

/* A class taken by handlers must never be held with interrupts on: the handler would find it. */
static void check_irq_safety(struct spinlock *lock) {
  struct lock_class *class = lock->class;
  if (this_cpu()->irq_depth > 0)
    class->used_in_irq = true;
  else if (irqs_enabled())
    class->used_irqs_on = true;
  if (class->used_in_irq && class->used_irqs_on) {
    class->used_irqs_on = false; /* report once */
    panic("lock class %s: taken by interrupt handlers and with interrupts on", class->name);
  }
}

void spin_lock(struct spinlock *lock) {
  check_irq_safety(lock);
  if (lock->owner == this_cpu())
    panic("lock %s is taken already, at %x", lock->class->name, lock->taken_at);
  while (atomic_exchange(&lock->locked, 1) != 0)
    cpu_pause();
  lock->owner = this_cpu();
  lock->taken_at = (u32)__builtin_return_address(0);
  lock->class->acquisitions++;
  this_cpu()->lock_depth++;
}

void spin_unlock(struct spinlock *lock) {
  if (lock->owner != this_cpu())
    panic("lock %s is not ours to release", lock->class->name);
  lock->owner = NULL;
  this_cpu()->lock_depth--;
  atomic_exchange(&lock->locked, 0);
}

bool spin_held(const struct spinlock *lock) { return lock->owner == this_cpu(); }

void wait_queue_init(struct wait_queue *queue) {
  spin_init(&queue->lock, &wait_queue_class);
  list_init(&queue->waiters);
}

/* From here on a wake-up of the queue makes the task runnable again, even before it has slept. A
 * waiter that a signal has woken still stands in the queue: it goes to the end. */
void wait_begin(struct wait_queue *queue, struct waiter *waiter, int state) {
  bool were_on = spin_lock_save(&queue->lock);
  waiter->task = current;
  list_remove(&waiter->link);
  list_add_tail(&queue->waiters, &waiter->link);
  current->state = state;
  spin_unlock_restore(&queue->lock, were_on);
}

void wait_end(struct wait_queue *queue, struct waiter *waiter) {
  bool were_on = spin_lock_save(&queue->lock);
  list_remove(&waiter->link);
  current->state = TASK_RUNNING;
  spin_unlock_restore(&queue->lock, were_on);
}

/* The woken leave the queue: each comes back by wait_begin if its condition does not hold yet. */
static void wake_some(struct wait_queue *queue, u32 count) {
  bool were_on = spin_lock_save(&queue->lock);
  list_for_each_safe(link, after, &queue->waiters) {
    if (count-- == 0)
      break;
    struct waiter *waiter = list_entry(link, struct waiter, link);
    list_remove(link);
    wake(waiter->task);
  }
  spin_unlock_restore(&queue->lock, were_on);
}

void wake_all(struct wait_queue *queue) { wake_some(queue, 0xffffffff); }

void wake_one(struct wait_queue *queue) { wake_some(queue, 1); }

void mutex_init(struct mutex *mutex) {
  mutex->owner = NULL;
  spin_init(&mutex->queue.lock, &mutex_class);
  list_init(&mutex->queue.waiters);
}

bool mutex_try(struct mutex *mutex) {
  bool were_on = spin_lock_save(&mutex->queue.lock);
  bool taken = mutex->owner == NULL;
  if (taken)
    mutex->owner = current;
  spin_unlock_restore(&mutex->queue.lock, were_on);
  return taken;
}

void mutex_lock(struct mutex *mutex) {
  ASSERT(mutex->owner != current);
  if (!mutex_try(mutex))
    wait_event(&mutex->queue, mutex_try(mutex));
}

void mutex_unlock(struct mutex *mutex) {
  ASSERT(mutex->owner == current);
  bool were_on = spin_lock_save(&mutex->queue.lock);
  mutex->owner = NULL;
  spin_unlock_restore(&mutex->queue.lock, were_on);
  wake_one(&mutex->queue);
}

bool mutex_held(const struct mutex *mutex) { return mutex->owner == current; }
