/*
 * The contents of /proc: what ps, free, uptime, mount and their like read, in Linux's formats.
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/pci.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/tty.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/mman.h>

#define KIB_PER_PAGE (PAGE_SIZE / 1024)

static void print(struct proc_text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void print(struct proc_text *text, const char *format, ...) {
  u32 at = min_u32(text->length, text->room);
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  text->length += vsnprintk(text->bytes + at, text->room - at, format, arguments);
  __builtin_va_end(arguments);
}

static int meminfo(struct proc_text *text, int pid) {
  u32 total = frames_total() * KIB_PER_PAGE, free = frames_free() * KIB_PER_PAGE;
  u32 cached = cache_page_count() * KIB_PER_PAGE;
  (void)pid;
  print(text, "MemTotal:       %8u kB\n", total);
  print(text, "MemFree:        %8u kB\n", free);
  print(text, "MemAvailable:   %8u kB\n", free + cached);
  print(text, "Buffers:        %8u kB\n", 0);
  print(text, "Cached:         %8u kB\n", cached);
  print(text, "Dirty:          %8u kB\n", cache_dirty_count() * KIB_PER_PAGE);
  print(text, "SwapTotal:      %8u kB\n", 0);
  print(text, "SwapFree:       %8u kB\n", 0);
  return 0;
}

static int uptime(struct proc_text *text, int pid) {
  u32 now = ticks_now(), idle = idle_ticks();
  (void)pid;
  print(text, "%u.%02u %u.%02u\n", now / HZ, now % HZ, idle / HZ, idle % HZ);
  return 0;
}

static int loadavg(struct proc_text *text, int pid) {
  u32 loads[3], running = runnable_count() + 1;
  (void)pid;
  load_average(loads);
  for (u32 i = 0; i < 3; i++)
    print(text, "%u.%02u ", loads[i] / 100, loads[i] % 100);
  print(text, "%u/%u %d\n", running, task_count(), current->pid);
  return 0;
}

static int stat(struct proc_text *text, int pid) {
  u32 user = 0, system = 0, total = 0;
  bool irqs = spin_lock_save(&task_lock);
  (void)pid;
  list_for_each(link, &all_tasks) {
    struct task *task = list_entry(link, struct task, all_link);
    user += task->user_ticks;
    system += task->system_ticks;
  }
  spin_unlock_restore(&task_lock, irqs);
  for (u32 irq = 0; irq < 16; irq++)
    total += irq_count(irq);
  print(text, "cpu  %u 0 %u %u 0 0 0 0 0 0\n", user, system, idle_ticks());
  print(text, "cpu0 %u 0 %u %u 0 0 0 0 0 0\n", user, system, idle_ticks());
  print(text, "intr %u", total);
  for (u32 irq = 0; irq < 16; irq++)
    print(text, " %u", irq_count(irq));
  print(text, "\nctxt %u\nbtime %u\n", switch_count(), seconds_of_day() - ticks_now() / HZ);
  print(text, "processes %u\nprocs_running %u\n", task_count(), runnable_count() + 1);
  return 0;
}

static int cpuinfo(struct proc_text *text, int pid) {
  static const char *const features[32] = {
      "fpu", "vme", "de",  "pse", "tsc",  "msr",  "pae", "mce", "cx8",  "apic", NULL,
      "sep", "mtrr", "pge", "mca", "cmov", "pat", "pse36", "pn", "clflush", NULL, "dts",
      "acpi", "mmx", "fxsr", "sse", "sse2", "ss", "ht", "tm", "ia64", "pbe"};
  u32 a, b, c, d;
  char vendor[13] = {0};
  (void)pid;
  cpuid(0, &a, &b, &c, &d);
  memcpy(vendor, &b, 4);
  memcpy(vendor + 4, &d, 4);
  memcpy(vendor + 8, &c, 4);
  cpuid(1, &a, &b, &c, &d);
  for (u32 cpu = 0; cpu < CPUS_MAX; cpu++) {
    if (cpus[cpu].state == CPU_ABSENT)
      continue;
    print(text, "processor\t: %u\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n", cpu,
          vendor, a >> 8 & 15, a >> 4 & 15);
    print(text, "stepping\t: %u\napicid\t\t: %u\nflags\t\t:", a & 15, cpus[cpu].apic_id);
    for (u32 i = 0; i < 32; i++)
      if (d & 1u << i && features[i])
        print(text, " %s", features[i]);
    print(text, "\n\n");
  }
  return 0;
}

/* A line's count for each CPU; only the first one serves devices. */
static void interrupt_counts(struct proc_text *text, const char *name, u32 count) {
  print(text, "%3s: %10u", name, count);
  for (u32 cpu = 1; cpu < CPUS_MAX; cpu++)
    if (cpus[cpu].state != CPU_ABSENT)
      print(text, " %10u", 0);
}

static int interrupts(struct proc_text *text, int pid) {
  (void)pid;
  print(text, "    ");
  for (u32 cpu = 0; cpu < CPUS_MAX; cpu++)
    if (cpus[cpu].state != CPU_ABSENT)
      print(text, "       CPU%u", cpu);
  print(text, "\n");
  for (u32 irq = 0; irq < 16; irq++)
    if (irq_name(irq)) {
      char number[4];
      snprintk(number, sizeof(number), "%u", irq);
      interrupt_counts(text, number, irq_count(irq));
      print(text, "  %s  %s\n", irq_controller_name(irq), irq_name(irq));
    }
  print(text, "LOC:");
  for (u32 cpu = 0; cpu < CPUS_MAX; cpu++)
    if (cpus[cpu].state != CPU_ABSENT)
      print(text, " %10u", cpus[cpu].timer_ticks);
  print(text, "  local timer interrupts\n");
  print(text, "LST: %10u  characters lost by the terminal\n", console_tty.lost);
  return 0;
}

/* As Linux's iostats.txt says: reads, writes, requests under way, time busy, time of all requests. */
static int diskstats(struct proc_text *text, int pid) {
  (void)pid;
  for (u32 i = 0; block_at(i); i++) {
    const struct block_device *device = block_at(i);
    print(text, "%4u %7u %s", device->device.major, device->device.minor, device->name);
    for (u32 kind = 0; kind < 2; kind++) {
      const struct block_counts *counts = &device->counts[kind];
      print(text, " %u %u %u %u", counts->commands, counts->merged, counts->sectors,
            counts->ticks * (1000 / HZ));
    }
    print(text, " %u %u %u\n", device->in_flight, device->busy_ticks * (1000 / HZ),
          (device->counts[0].ticks + device->counts[1].ticks) * (1000 / HZ));
  }
  return 0;
}

/* The functions on the PCI bus, as lspci -n lists them. */
static int pci(struct proc_text *text, int pid) {
  const struct pci_function *at;
  (void)pid;
  for (u32 i = 0; (at = pci_at(i)); i++)
    print(text, "%02x:%02x.%u %04x: %04x:%04x\n", at->bus, at->device, at->function, at->class,
          at->vendor, at->identifier);
  return 0;
}

static int mounts(struct proc_text *text, int pid) {
  (void)pid;
  for (struct mount *mount = mount_next(NULL); mount; mount = mount_next(mount))
    print(text, "%s %s %s %s%s 0 0\n", mount->source, mount->target, mount->super->type,
          mount->super->read_only ? "ro" : "rw", mount->super->block ? ",noatime" : "");
  return 0;
}

static int version(struct proc_text *text, int pid) {
  (void)pid;
  print(text, "ring0 version 0.1.0\n");
  return 0;
}

static int filesystems(struct proc_text *text, int pid) {
  (void)pid;
  print(text, "\text2\nnodev\tproc\nnodev\tdevfs\nnodev\ttmpfs\n");
  return 0;
}

static int cmdline(struct proc_text *text, int pid) {
  (void)pid;
  print(text, "%s\n", cmdline_text());
  return 0;
}

static int vmstat(struct proc_text *text, int pid) {
  (void)pid;
  print(text, "nr_free_pages %u\nnr_file_pages %u\nnr_dirty %u\n", frames_free(),
        cache_page_count(), cache_dirty_count());
  print(text, "cow_copies %u\ncow_reuses %u\noom_kill %u\nkernel_blocks %u\n", cow_copies, cow_reuses,
        oom_kills, kmalloc_count());
  return 0;
}

const struct proc_file proc_files[] = {
    {"cmdline", cmdline},     {"cpuinfo", cpuinfo}, {"diskstats", diskstats},
    {"filesystems", filesystems},
    {"interrupts", interrupts}, {"loadavg", loadavg}, {"meminfo", meminfo},
    {"mounts", mounts},       {"pci", pci},         {"stat", stat},
    {"uptime", uptime},       {"version", version}, {"vmstat", vmstat},
    {NULL, NULL},
};

/* What is told about a process, taken while it cannot go away. */
struct task_facts {
  int pid, parent, pgid, sid, foreground, state, exit_status;
  char name[16];
  u32 user, system, children_user, children_system, start, minor, major, esp, eip, kstack;
  u64 pending, blocked, ignored, caught;
  struct mm *mm; /* with a use of its own, or NULL */
};

static int facts_take(int pid, struct task_facts *facts) {
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = task_find(pid);
  if (task) {
    *facts = (struct task_facts){
        .pid = pid,
        .parent = task->parent ? task->parent->pid : 0,
        .pgid = task->pgid,
        .sid = task->sid,
        .foreground = task->tty ? task->tty->foreground : -1,
        .state = task->state,
        .exit_status = task->exit_status,
        .user = task->user_ticks,
        .system = task->system_ticks,
        .children_user = task->children_user_ticks,
        .children_system = task->children_system_ticks,
        .start = task->start_tick,
        .minor = task->minor_faults,
        .major = task->major_faults,
        .esp = task->frame->esp,
        .eip = task->frame->eip,
        .kstack = (u32)task->kstack,
        .pending = task->signals.pending,
        .blocked = task->signals.blocked,
    };
    memcpy(facts->name, task->name, sizeof(facts->name));
    for (int i = 1; i < SIGNAL_COUNT; i++) {
      u32 handler = task->signals.action[i].handler;
      if (handler == SIGNAL_IGNORE)
        facts->ignored |= signal_bit(i);
      else if (handler != SIGNAL_DEFAULT)
        facts->caught |= signal_bit(i);
    }
  }
  spin_unlock_restore(&task_lock, irqs);
  return task ? 0 : -ESRCH;
}

/* The address space of a task with a use of the caller's own; NULL if it has none. */
static struct mm *mm_take(int pid) {
  bool irqs = spin_lock_save(&task_lock);
  struct task *task = task_find(pid);
  struct mm *mm = task && task->state != TASK_ZOMBIE ? task->mm : NULL;
  if (mm)
    mm_get(mm);
  spin_unlock_restore(&task_lock, irqs);
  return mm;
}

static u32 mm_size(struct mm *mm) {
  u32 size = 0;
  list_for_each(link, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    size += vma->end - vma->start;
  }
  return size;
}

static const char *state_name(const struct task_facts *facts) {
  static const char *const names[] = {"R (running)",  "R (running)", "S (sleeping)",
                                      "D (disk sleep)", "T (stopped)", "Z (zombie)",
                                      "R (running)"};
  return names[facts->state];
}

static int pid_stat(struct proc_text *text, int pid) {
  struct task_facts facts;
  if (facts_take(pid, &facts) < 0)
    return -ESRCH;
  struct mm *mm = mm_take(pid);
  print(text, "%d (%s) %c %d %d %d %d %d 0 %u 0 %u 0 ", pid, facts.name, state_name(&facts)[0],
        facts.parent, facts.pgid, facts.sid, facts.foreground >= 0 ? 5 << 8 | 1 : 0,
        facts.foreground, facts.minor, facts.major);
  print(text, "%u %u %u %u 20 0 1 0 %u %u %u 4294967295 ", facts.user, facts.system,
        facts.children_user, facts.children_system, facts.start, mm ? mm_size(mm) : 0,
        mm ? mm->resident : 0);
  print(text, "0 0 0 %u %u %u %u %u %u 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", facts.esp, facts.eip,
        (u32)facts.pending, (u32)facts.blocked, (u32)facts.ignored, (u32)facts.caught);
  if (mm)
    mm_put(mm);
  return 0;
}

static int pid_status(struct proc_text *text, int pid) {
  struct task_facts facts;
  if (facts_take(pid, &facts) < 0)
    return -ESRCH;
  struct mm *mm = mm_take(pid);
  print(text, "Name:\t%s\nState:\t%s\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", facts.name,
        state_name(&facts), pid, pid, facts.parent);
  print(text, "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n");
  if (mm) {
    print(text, "VmSize:\t%8u kB\nVmRSS:\t%8u kB\n", mm_size(mm) / 1024,
          mm->resident * KIB_PER_PAGE);
    mm_put(mm);
  }
  print(text, "Threads:\t1\nSigPnd:\t%016llx\nSigBlk:\t%016llx\n", facts.pending, facts.blocked);
  print(text, "SigIgn:\t%016llx\nSigCgt:\t%016llx\n", facts.ignored, facts.caught);
  return 0;
}

static int pid_cmdline(struct proc_text *text, int pid) {
  struct mm *mm = mm_take(pid);
  if (!mm)
    return 0;
  u32 size = min_u32(mm->arguments_end - mm->arguments_start, text->room - 1);
  text->length = mm_read(mm, mm->arguments_start, text->bytes, size);
  mm_put(mm);
  return 0;
}

static const char *mapping_name(const struct mm *mm, const struct vma *vma) {
  if (vma->flags & MAP_GROWSDOWN)
    return "[stack]";
  if (!vma->inode && vma->start >= mm->brk_start && vma->end <= align_up(mm->brk, PAGE_SIZE))
    return "[heap]";
  return "";
}

static int pid_maps(struct proc_text *text, int pid) {
  struct mm *mm = mm_take(pid);
  if (!mm)
    return 0;
  bool take_lock = !mutex_held(&mm->lock);
  if (take_lock)
    mutex_lock(&mm->lock);
  list_for_each(link, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    print(text, "%08x-%08x %c%c%c%c %08x %02x:%02x %-10u %s\n", vma->start, vma->end,
          vma->protection & PROT_READ ? 'r' : '-', vma->protection & PROT_WRITE ? 'w' : '-',
          vma->protection & PROT_EXEC ? 'x' : '-', vma->flags & MAP_SHARED ? 's' : 'p',
          vma->page_offset << PAGE_SHIFT, vma->inode ? vma->inode->super->device >> 8 : 0,
          vma->inode ? vma->inode->super->device & 255 : 0, vma->inode ? vma->inode->number : 0,
          mapping_name(mm, vma));
  }
  if (take_lock)
    mutex_unlock(&mm->lock);
  mm_put(mm);
  return 0;
}

const struct proc_file proc_pid_files[] = {
    {"cmdline", pid_cmdline}, {"maps", pid_maps}, {"stat", pid_stat},
    {"status", pid_status},   {NULL, NULL},
};
