/*
 * Tests inside the kernel: division, strings, formats, lists, locks, wait queues, timers, process
 * numbers, paths.
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <kernel/list.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/selftest.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder);

static u32 seed;

static u32 random(void) {
  seed = seed * 1664525 + 1013904223;
  return seed ^ seed >> 15;
}

/* Bit by bit, as on paper. */
static u64 slow_divide(u64 dividend, u64 divisor, u64 *rest) {
  u64 quotient = 0;
  *rest = 0;
  for (int bit = 63; bit >= 0; bit--) {
    bool carry = *rest >> 63;
    *rest = *rest << 1 | (dividend >> bit & 1);
    if (carry || *rest >= divisor) {
      *rest -= divisor;
      quotient |= 1ull << bit;
    }
  }
  return quotient;
}

static bool divides(u64 dividend, u64 divisor) {
  u64 rest, slow_rest, quotient = __udivmoddi4(dividend, divisor, &rest);
  return quotient == slow_divide(dividend, divisor, &slow_rest) && rest == slow_rest &&
         dividend / divisor == quotient && dividend % divisor == rest;
}

static bool division_edges(void) {
  static const u64 edges[] = {1, 2, 3, 10, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000ull,
                              0x100000001ull, 0x7fffffffffffffffull, 0x8000000000000000ull,
                              0xffffffff00000000ull, 0xfffffffeffffffffull, 0xffffffffffffffffull};
  bool good = true;
  for (u32 i = 0; i < array_length(edges); i++)
    for (u32 j = 0; j < array_length(edges); j++)
      good &= divides(edges[i], edges[j]) && divides(edges[i] - 1, edges[j]);
  return good;
}

static bool division_random(void) {
  bool good = true;
  seed = 1;
  for (u32 i = 0; i < 2000; i++) {
    u64 dividend = (u64)random() << 32 | random(), divisor = (u64)random() << 32 | random();
    good &= divides(dividend >> random() % 64, (divisor >> random() % 64) | 1);
  }
  return good;
}

static bool division_signed(void) {
  volatile s64 big = -1000000000007ll, small = -7, least = (s64)0x8000000000000000ull, one = 1;
  return big / small == 142857142858ll && big % small == -1 && big / -small == -142857142858ll &&
         -big % small == 1 && least / one == least && least % one == 0 && least / 2 == -(1ll << 62);
}

/* Products by additions, shifts by doublings. */
static bool multiply_shift(void) {
  volatile u64 a = 0x123456789abull, b = 0xabcdef0123ull, one = 1;
  u64 sum = 0, doubled = a;
  for (u32 bit = 0; bit < 64; bit++, doubled += doubled) {
    sum += b >> bit & 1 ? doubled : 0;
    if (a << bit != doubled || one << bit >> bit != 1)
      return false;
  }
  return a * b == sum && (s64)(one << 63) >> 40 == -(1ll << 23);
}

/* Each function against the obvious loop, at all small sizes and alignments. */
static u8 area[96], wanted[96];

static void areas_fill(void) {
  for (u32 i = 0; i < sizeof(area); i++)
    area[i] = wanted[i] = i * 7 + 1;
}

static bool memory_copies(void) {
  bool good = true;
  for (u32 to = 0; to < 5; to++)
    for (u32 from = 40; from < 45; from++)
      for (u32 count = 0; count < 33; count++) {
        areas_fill();
        for (u32 i = 0; i < count; i++)
          wanted[to + i] = wanted[from + i];
        good &= memcpy(area + to, area + from, count) == area + to &&
                memcmp(area, wanted, sizeof(area)) == 0;
      }
  return good;
}

static bool memory_moves(void) {
  u8 kept[96];
  bool good = true;
  for (u32 to = 0; to < 24; to++)
    for (u32 from = 0; from < 24; from++)
      for (u32 count = 0; count < 40; count += 3) {
        areas_fill();
        for (u32 i = 0; i < sizeof(kept); i++)
          kept[i] = wanted[i];
        for (u32 i = 0; i < count; i++)
          wanted[to + i] = kept[from + i];
        memmove(area + to, area + from, count);
        good &= memcmp(area, wanted, sizeof(area)) == 0;
      }
  return good;
}

static bool memory_sets(void) {
  bool good = true;
  for (u32 to = 0; to < 5; to++)
    for (u32 count = 0; count < 40; count++) {
      areas_fill();
      for (u32 i = 0; i < count; i++)
        wanted[to + i] = 0xa5;
      memset(area + to, 0x3a5, count);
      good &= memcmp(area, wanted, sizeof(area)) == 0;
    }
  return good;
}

static bool memory_compares(void) {
  areas_fill();
  bool good = memcmp(area, wanted, sizeof(area)) == 0 && memcmp("a", "b", 0) == 0;
  for (u32 i = 0; i < sizeof(area); i++) {
    wanted[i]++;
    good &= memcmp(area, wanted, sizeof(area)) < 0 && memcmp(wanted, area, sizeof(area)) > 0;
    good &= memcmp(area, wanted, i) == 0;
    wanted[i]--;
  }
  return good && memcmp("\x7f", "\x80", 1) < 0;
}

static bool string_lengths(void) {
  return strlen("") == 0 && strlen("abc") == 3 && strlen("a\0b") == 1;
}

static bool string_compares(void) {
  return strcmp("", "") == 0 && strcmp("a", "b") < 0 && strcmp("b", "a") > 0 && strcmp("a", "") > 0 &&
         strcmp("abc", "abd") < 0 && strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0 &&
         strncmp("a", "b", 0) == 0 && strncmp("a\0x", "a\0y", 3) == 0;
}

static bool string_finds(void) {
  const char *text = "a/b/c";
  return strchr(text, '/') == text + 1 && strchr(text, 'x') == NULL && strchr(text, 0) == text + 5;
}

static bool string_cuts(void) {
  char text[6] = "-----";
  strlcpy(text, "abcdefgh", 4);
  bool good = strcmp(text, "abc") == 0 && text[4] == '-';
  strlcpy(text, "x", sizeof(text));
  return good && strcmp(text, "x") == 0;
}

static bool formats(void) {
  char text[64];
  snprintk(text, sizeof(text), "%5d|%-4u|%08x|%s|%llu", -42, 7u, 0xbeefu, "s", 12345678901234ull);
  return strcmp(text, "  -42|7   |0000beef|s|12345678901234") == 0;
}

static bool formats_extreme(void) {
  char text[96];
  snprintk(text, sizeof(text), "%d %u %x %lld %llu %llx", (int)0x80000000, 0xffffffffu, 0u,
           (s64)0x8000000000000000ull, ~0ull, 0x123456789abcdefull);
  return strcmp(text, "-2147483648 4294967295 0 -9223372036854775808 18446744073709551615 "
                      "123456789abcdef") == 0;
}

static bool formats_cut(void) {
  char text[8] = "-------";
  int length = snprintk(text, 5, "%s", "abcdefgh");
  return length == 8 && strcmp(text, "abcd") == 0 && text[5] == '-' && snprintk(NULL, 0, "%d", 123) == 3;
}

static bool formats_text(void) {
  char text[32];
  snprintk(text, sizeof(text), "%c%%%5s|%-5s|%03d", 'x', "ab", "cd", 7);
  return strcmp(text, "x%   ab|cd   |007") == 0;
}

static bool command_line(void) {
  char value[64];
  return cmdline_get("selftest", value, sizeof(value)) && value[0] &&
         !cmdline_get("self", value, sizeof(value)) && !cmdline_get("nothing", value, sizeof(value));
}

struct item {
  u32 value;
  struct list link;
};

static u32 list_number(const struct list *head) {
  u32 number = 0;
  list_for_each(link, head) {
    number = number * 10 + list_entry(link, struct item, link)->value;
    if (link->next->previous != link || link->previous->next != link)
      return 0;
  }
  return number;
}

static bool lists(void) {
  struct list head = LIST_INIT(head);
  struct item items[4] = {{1, {0}}, {2, {0}}, {3, {0}}, {4, {0}}};
  bool good = list_empty(&head);
  list_add_tail(&head, &items[1].link);
  list_add_tail(&head, &items[2].link);
  list_add(&head, &items[0].link);
  list_insert(&items[3].link, &items[0].link, items[0].link.next);
  good &= list_number(&head) == 1423;
  list_remove(&items[3].link);
  list_remove(&items[3].link); /* twice does no harm */
  return good && list_number(&head) == 123 && list_empty(&items[3].link);
}

static bool lists_while_removing(void) {
  struct list head = LIST_INIT(head);
  struct item items[6];
  for (u32 i = 0; i < 6; i++) {
    items[i].value = i + 1;
    list_add_tail(&head, &items[i].link);
  }
  list_for_each_safe(link, after, &head) {
    if (list_entry(link, struct item, link)->value % 2)
      list_remove(link);
  }
  return list_number(&head) == 246;
}

DEFINE_SPINLOCK(test_lock);

static bool spin_locks(void) {
  u32 depth = this_cpu()->lock_depth;
  spin_lock(&test_lock);
  bool good = spin_held(&test_lock) && this_cpu()->lock_depth == depth + 1;
  spin_unlock(&test_lock);
  return good && !spin_held(&test_lock) && this_cpu()->lock_depth == depth && test_lock.locked == 0;
}

static bool spin_locks_and_interrupts(void) {
  bool good = irqs_enabled();
  bool were_on = spin_lock_save(&test_lock);
  good &= were_on && !irqs_enabled();
  spin_unlock_restore(&test_lock, were_on);
  good &= irqs_enabled();
  irq_disable();
  were_on = spin_lock_save(&test_lock);
  spin_unlock_restore(&test_lock, were_on);
  good &= !were_on && !irqs_enabled();
  irq_enable();
  return good;
}

static bool mutexes(void) {
  struct mutex mutex;
  mutex_init(&mutex);
  bool good = !mutex_held(&mutex) && mutex_try(&mutex) && mutex_held(&mutex) && !mutex_try(&mutex);
  mutex_unlock(&mutex);
  mutex_lock(&mutex);
  good &= mutex_held(&mutex);
  mutex_unlock(&mutex);
  return good && mutex.owner == NULL && list_empty(&mutex.queue.waiters);
}

/* A wake-up between joining the queue and sleeping is not lost. */
static bool wait_queues(void) {
  DEFINE_WAIT_QUEUE(queue);
  struct waiter waiter;
  list_init(&waiter.link);
  wait_begin(&queue, &waiter, TASK_UNINTERRUPTIBLE);
  bool good = !list_empty(&queue.waiters) && current->state == TASK_UNINTERRUPTIBLE;
  wake_all(&queue);
  good &= current->state == TASK_RUNNING && list_empty(&queue.waiters);
  schedule(); /* comes back at once */
  wait_end(&queue, &waiter);
  return good;
}

static bool wait_queues_wake_one(void) {
  DEFINE_WAIT_QUEUE(queue);
  struct waiter first, second;
  list_init(&first.link);
  list_init(&second.link);
  wait_begin(&queue, &first, TASK_UNINTERRUPTIBLE);
  wait_begin(&queue, &second, TASK_UNINTERRUPTIBLE);
  wake_one(&queue);
  bool good = list_empty(&first.link) && !list_empty(&second.link);
  wait_end(&queue, &first);
  wait_end(&queue, &second);
  return good && list_empty(&queue.waiters) && current->state == TASK_RUNNING;
}

static u32 fired, fired_order;

static void on_timer(struct timer *timer) {
  fired++;
  fired_order = fired_order * 10 + (u32)timer->data;
}

static struct timer test_timers[3] = {
    {.fire = on_timer, .data = (void *)1},
    {.fire = on_timer, .data = (void *)2},
    {.fire = on_timer, .data = (void *)3},
};

static void sleep(u32 count) {
  current->state = TASK_UNINTERRUPTIBLE;
  schedule_timeout(count);
}

static bool timers_in_order(void) {
  u32 now = ticks_now();
  fired = fired_order = 0;
  for (u32 i = 0; i < 3; i++)
    list_init(&test_timers[i].link);
  timer_arm(&test_timers[2], now + 3);
  timer_arm(&test_timers[0], now + 1);
  timer_arm(&test_timers[1], now + 2);
  sleep(5);
  return fired == 3 && fired_order == 123;
}

static bool timers_cancelled(void) {
  fired = 0;
  timer_arm(&test_timers[0], ticks_now() + 1);
  bool good = timer_cancel(&test_timers[0]) && !timer_cancel(&test_timers[0]);
  sleep(3);
  return good && fired == 0;
}

static bool sleeping(void) {
  u32 from = ticks_now();
  sleep(4);
  u32 took = ticks_now() - from;
  return took >= 4 && took <= 6;
}

static bool clocks(void) {
  u64 last = nanoseconds_since_boot();
  bool good = true;
  for (u32 i = 0; i < 1000; i++) {
    u64 now = nanoseconds_since_boot();
    good &= now >= last;
    last = now;
  }
  return good && ticks_from_nanoseconds(1) == 2 && ticks_from_nanoseconds(10000000) == 2 &&
         ticks_from_nanoseconds(~0ull >> 1) == 0x7fffffff;
}

static struct task *found(int pid) {
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = task_find(pid);
  spin_unlock_restore(&task_lock, irqs);
  return task;
}

static bool process_numbers(void) {
  u32 before = frames_free(), count = task_count();
  struct task *a = task_alloc(), *b = task_alloc();
  bool good = a && b && a->pid != b->pid && found(a->pid) == a && found(b->pid) == b;
  int pid = a->pid;
  task_free(a);
  good &= found(pid) == NULL && found(b->pid) == b && task_count() == count + 1;
  task_free(b);
  return good && task_count() == count && frames_free() == before && found(0) == NULL;
}

static bool process_creation_fails(void) {
  u32 before = frames_free(), blocks = kmalloc_count(), failures = 0;
  struct task *task = NULL;
  bool good = true;
  for (; !task && failures < 10; failures++) {
    current->fail_after = failures + 1;
    task = task_alloc();
    good &= task || (frames_free() == before && kmalloc_count() == blocks);
  }
  current->fail_after = 0;
  if (task)
    task_free(task);
  return good && task && failures >= 4 && frames_free() == before && kmalloc_count() == blocks;
}

static bool task_lists(void) {
  u32 count = 0;
  bool good = true;
  bool irqs = spin_lock_save(&task_lock);
  list_for_each(link, &all_tasks) {
    struct task *task = list_entry(link, struct task, all_link);
    good &= link->next->previous == link && task_find(task->pid) == task;
    count++;
  }
  spin_unlock_restore(&task_lock, irqs);
  return good && count == task_count();
}

static bool scheduling(void) {
  u32 before = switch_count();
  yield();
  sleep(1);
  return switch_count() > before && current->state == TASK_RUNNING && this_cpu()->irq_depth == 0;
}

static int walk(const char *path, struct inode **inode) {
  struct step *step;
  int error = path_walk(root_step, path, WALK_FOLLOW, &step, NULL);
  *inode = NULL;
  if (!error) {
    *inode = step->inode;
    step_put(step);
  }
  return error;
}

static bool paths(void) {
  struct inode *a, *b, *c;
  return walk("/bin/sh", &a) == 0 && walk("bin//./sh", &b) == 0 &&
         walk("/../bin/../bin/sh", &c) == 0 && a == b && b == c && walk("/", &a) == 0 &&
         walk("/..", &b) == 0 && a == b;
}

static bool paths_refused(void) {
  static char longest[300];
  struct inode *inode;
  memset(longest, 'x', sizeof(longest) - 1);
  return walk("/nothing", &inode) == -ENOENT && walk("/bin/sh/x", &inode) == -ENOTDIR &&
         walk("/bin/sh/", &inode) == -ENOTDIR && walk("", &inode) == -ENOENT &&
         walk(longest, &inode) == -ENAMETOOLONG;
}

static bool path_names(void) {
  struct step *step;
  char name[32];
  if (path_walk(root_step, "/bin/../bin/./sh", WALK_FOLLOW, &step, NULL) < 0)
    return false;
  int length = path_name(step, name, sizeof(name));
  step_put(step);
  return length >= 0 && strcmp(name, "/bin/sh") == 0;
}

static bool paths_in_short_memory(void) {
  struct inode *inode;
  u32 blocks = kmalloc_count(), failures = 0;
  bool good = true;
  int error = -ENOMEM;
  for (; error && failures < 20; failures++) {
    current->fail_after = failures + 1;
    error = walk("/bin/sh", &inode);
    good &= error == 0 || error == -ENOMEM;
  }
  current->fail_after = 0;
  return good && failures > 1 && kmalloc_count() == blocks;
}

static bool symbols(void) {
  u32 offset;
  const char *name = ksym_find((u32)schedule + 1, &offset);
  return name && strcmp(name, "schedule") == 0 && offset == 1;
}

const struct selftest core_selftests[] = {
    {"division at the edges", division_edges},
    {"division of any numbers", division_random},
    {"division with signs", division_signed},
    {"multiplication and shifts", multiply_shift},
    {"memcpy", memory_copies},
    {"memmove", memory_moves},
    {"memset", memory_sets},
    {"memcmp", memory_compares},
    {"strlen", string_lengths},
    {"strcmp", string_compares},
    {"strchr", string_finds},
    {"strlcpy", string_cuts},
    {"printk formats", formats},
    {"printk of extremes", formats_extreme},
    {"printk cut off", formats_cut},
    {"printk of text", formats_text},
    {"command line", command_line},
    {"lists", lists},
    {"lists while removing", lists_while_removing},
    {"spinlocks", spin_locks},
    {"spinlocks and interrupts", spin_locks_and_interrupts},
    {"mutexes", mutexes},
    {"wait queues", wait_queues},
    {"wait queues wake one", wait_queues_wake_one},
    {"timers in order", timers_in_order},
    {"timers cancelled", timers_cancelled},
    {"sleeping", sleeping},
    {"clocks", clocks},
    {"process numbers", process_numbers},
    {"failing process creation", process_creation_fails},
    {"task lists", task_lists},
    {"scheduling", scheduling},
    {"paths", paths},
    {"paths refused", paths_refused},
    {"path names", path_names},
    {"paths in short memory", paths_in_short_memory},
    {"kernel symbols", symbols},
    {NULL, NULL},
};
