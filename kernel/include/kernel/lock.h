/*
 * Spinlocks, mutexes and wait queues. Every spinlock belongs to a class, named where it is made. A
 * class is either taken by interrupt handlers too, and then always with interrupts off, or never:
 * spin_lock checks that. With one CPU a spinlock that is found taken is a bug, not a wait.
 */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H

#include <asm/cpu.h>
#include <kernel/list.h>
#include <kernel/types.h>

struct lock_class {
  const char *name;
  bool used_in_irq;   /* taken by an interrupt handler at least once */
  bool used_irqs_on;  /* taken with interrupts on at least once */
  u32 acquisitions;
};

struct spinlock {
  volatile u32 locked;
  struct lock_class *class;
  struct cpu *owner;
  u32 taken_at; /* return address of the taker */
};

#define SPINLOCK_INIT(class_) {0, &(class_), NULL, 0}
#define DEFINE_SPINLOCK(name_)                                                                     \
  static struct lock_class name_##_class = {.name = #name_};                                       \
  static struct spinlock name_ = SPINLOCK_INIT(name_##_class)

void spin_init(struct spinlock *lock, struct lock_class *class);
void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);
bool spin_held(const struct spinlock *lock);

/* Interrupts off, and the lock; the result goes back to spin_unlock_restore. */
static inline bool spin_lock_save(struct spinlock *lock) {
  bool were_on = irqs_enabled();
  irq_disable();
  spin_lock(lock);
  return were_on;
}

static inline void spin_unlock_restore(struct spinlock *lock, bool were_on) {
  spin_unlock(lock);
  if (were_on)
    irq_enable();
}

struct wait_queue {
  struct spinlock lock;
  struct list waiters; /* struct waiter; under lock */
};

struct waiter {
  struct list link;
  struct task *task;
};

extern struct lock_class wait_queue_class;

#define WAIT_QUEUE_INIT(name) {SPINLOCK_INIT(wait_queue_class), LIST_INIT((name).waiters)}
#define DEFINE_WAIT_QUEUE(name) static struct wait_queue name = WAIT_QUEUE_INIT(name)

void wait_queue_init(struct wait_queue *queue);
void wait_begin(struct wait_queue *queue, struct waiter *waiter, int state);
void wait_end(struct wait_queue *queue, struct waiter *waiter);
void wake_all(struct wait_queue *queue);
void wake_one(struct wait_queue *queue);

#define TASK_RUNNABLE 0
#define TASK_RUNNING 1
#define TASK_SLEEPING 2       /* woken by signals too */
#define TASK_UNINTERRUPTIBLE 3
#define TASK_STOPPED 4
#define TASK_ZOMBIE 5
#define TASK_EMBRYO 6

void schedule(void);
bool signal_pending(void);

/* Sleeps until the condition holds. The condition is looked at only after the task stands in the
 * queue, so that no wake-up is lost. */
#define wait_event(queue, condition)                                                               \
  do {                                                                                             \
    struct waiter waiter_;                                                                         \
    list_init(&waiter_.link);                                                                      \
    for (;;) {                                                                                     \
      wait_begin((queue), &waiter_, TASK_UNINTERRUPTIBLE);                                         \
      if (condition)                                                                               \
        break;                                                                                     \
      schedule();                                                                                  \
    }                                                                                              \
    wait_end((queue), &waiter_);                                                                   \
  } while (0)

/* The same; gives up with true when a signal is pending. */
#define wait_event_interrupted(queue, condition)                                                   \
  ({                                                                                               \
    struct waiter waiter_;                                                                         \
    list_init(&waiter_.link);                                                                      \
    bool interrupted_ = false;                                                                     \
    for (;;) {                                                                                     \
      wait_begin((queue), &waiter_, TASK_SLEEPING);                                                \
      if (condition)                                                                               \
        break;                                                                                     \
      if (signal_pending()) {                                                                      \
        interrupted_ = true;                                                                       \
        break;                                                                                     \
      }                                                                                            \
      schedule();                                                                                  \
    }                                                                                              \
    wait_end((queue), &waiter_);                                                                   \
    interrupted_;                                                                                  \
  })

/* A lock that is held across sleeps. Never taken by interrupt handlers. */
struct mutex {
  struct task *owner; /* under queue.lock */
  struct wait_queue queue;
};

extern struct lock_class mutex_class;

#define MUTEX_INIT(name) {NULL, {SPINLOCK_INIT(mutex_class), LIST_INIT((name).queue.waiters)}}

void mutex_init(struct mutex *mutex);
bool mutex_try(struct mutex *mutex); /* false if it is held */
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
bool mutex_held(const struct mutex *mutex);

#endif
