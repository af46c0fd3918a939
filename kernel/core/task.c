/*
 * Tasks: making and freeing them, process numbers, and the first one.
 */
#include <asm/paging.h>
#include <asm/segment.h>
#include <asm/tss.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <uapi/mman.h>

#define PID_MAX 32768
#define UMASK_DEFAULT 022

extern const u8 _binary_initcode_start[], _binary_initcode_size[];

struct task idle_task, *init_task;
struct list all_tasks = LIST_INIT(all_tasks);
static struct lock_class task_lock_class = {.name = "task_lock"};
struct spinlock task_lock = SPINLOCK_INIT(task_lock_class);
static u32 pid_used[PID_MAX / 32]; /* task_lock */
static int pid_last;
static u32 tasks;

static int pid_take(void) {
  ASSERT(spin_held(&task_lock));
  for (u32 tries = 1; tries < PID_MAX; tries++) {
    int pid = (pid_last + tries) % PID_MAX;
    if (pid == 0 || (pid_used[pid / 32] & 1u << pid % 32))
      continue;
    pid_used[pid / 32] |= 1u << pid % 32;
    pid_last = pid;
    return pid;
  }
  return 0;
}

/* What runs on a CPU when nothing else does, on the stack where it began. */
void idle_task_init(struct task *idle, void *kstack) {
  idle->kstack = kstack;
  idle->state = TASK_RUNNING;
  strlcpy(idle->name, "idle", sizeof(idle->name));
  list_init(&idle->children);
  list_init(&idle->sibling_link);
  list_init(&idle->all_link);
  list_init(&idle->run_link);
  wait_queue_init(&idle->child_wait);
}

/* The boot stack becomes the first CPU's idle task. */
void task_init(void) {
  extern u8 stack[];
  idle_task_init(&idle_task, stack);
}

/*
 * A task in state EMBRYO with a number and a stack. At the top of the stack lies room for the frame
 * of its way to user mode, then the address of trapret, then a context that begins in forkret: the
 * first switch to it returns into forkret, that into trapret, that into the program. NULL if memory
 * or numbers are out.
 */
struct task *task_alloc(void) {
  struct task *task = kzalloc(sizeof(*task));
  if (!task)
    return NULL;
  task->kstack = kstack_alloc();
  if (!task->kstack) {
    kfree(task);
    return NULL;
  }
  u8 *sp = (u8 *)task->kstack + KSTACKSIZE;
  sp -= sizeof(struct trapframe);
  task->frame = (struct trapframe *)sp;
  memset(task->frame, 0, sizeof(*task->frame));
  sp -= 4;
  *(u32 *)sp = (u32)trapret;
  sp -= sizeof(struct context);
  task->context = (struct context *)sp;
  memset(task->context, 0, sizeof(*task->context));
  task->context->eip = (u32)forkret;

  task->state = TASK_EMBRYO;
  task->start_tick = ticks_now();
  task->exit_signal = SIGCHLD;
  task->umask = UMASK_DEFAULT;
  wait_queue_init(&task->child_wait);
  list_init(&task->children);
  list_init(&task->sibling_link);
  list_init(&task->run_link);
  list_init(&task->alarm.link);

  bool irqs = spin_lock_save(&task_lock);
  task->pid = task->tgid = pid_take();
  if (task->pid) {
    list_add_tail(&all_tasks, &task->all_link);
    tasks++;
  }
  spin_unlock_restore(&task_lock, irqs);
  if (task->pid == 0) {
    kstack_free(task->kstack);
    kfree(task);
    return NULL;
  }
  return task;
}

/* Never the current task: its stack goes too. */
void task_free(struct task *task) {
  ASSERT(task != current);
  bool irqs = spin_lock_save(&task_lock);
  pid_used[task->pid / 32] &= ~(1u << task->pid % 32);
  list_remove(&task->all_link);
  tasks--;
  spin_unlock_restore(&task_lock, irqs);
  kstack_free(task->kstack);
  kfree(task);
}

struct task *task_find(int pid) {
  ASSERT(spin_held(&task_lock));
  list_for_each(link, &all_tasks) {
    struct task *task = list_entry(link, struct task, all_link);
    if (task->pid == pid)
      return task;
  }
  return NULL;
}

u32 task_count(void) { return tasks; }

/* The first process: one page at address 0 with initcode, entered at 0 with the stack at its end. */
void user_init(void) {
  struct task *task = task_alloc();
  u32 size = (u32)_binary_initcode_size;

  if (!task || !(task->mm = mm_new()))
    panic("no memory for the first process");
  ASSERT(size <= PAGE_SIZE);
  /* Made by hand: there is no current process yet whose mutexes could sleep. */
  if (vma_map(task->mm, 0, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
              MAP_PRIVATE | MAP_ANONYMOUS, NULL, 0) < 0 ||
      mm_write(task->mm, 0, _binary_initcode_start, size) < 0)
    panic("no memory for initcode");

  limits_init(task);
  task->frame->cs = USER_CS;
  task->frame->ds = task->frame->es = task->frame->ss = USER_DS;
  task->frame->eflags = EFLAGS_IF | EFLAGS_FIXED;
  task->frame->esp = PAGE_SIZE;
  task->frame->eip = 0;
  task->pgid = task->sid = task->pid;
  strlcpy(task->name, "initcode", sizeof(task->name));
  init_task = task;
  make_runnable(task);
}
