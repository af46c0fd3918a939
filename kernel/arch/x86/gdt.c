/*
 * The kernel's own segment table: flat code and data for both rings, the task-state segments, three
 * slots for thread-local storage, and the per-CPU segment that %fs names in the kernel.
 */
#include <asm/cpu.h>
#include <asm/percpu.h>
#include <asm/segment.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <asm/paging.h>

#define SEGMENT_CODE 0x9a    /* present, code, readable */
#define SEGMENT_DATA 0x92    /* present, data, writable */
#define SEGMENT_TSS 0x89     /* present, available 32-bit TSS */
#define SEGMENT_USER 0x60    /* DPL 3 */
#define SEGMENT_FLAT 0xc     /* limit in pages, 32-bit */
#define SEGMENT_BYTES 0x4    /* limit in bytes, 32-bit */

#define DOUBLE_FAULT_STACK 4096

struct cpu cpus[CPUS_MAX];
static u8 double_fault_stacks[CPUS_MAX][DOUBLE_FAULT_STACK] __attribute__((aligned(16)));

static u64 descriptor(u32 base, u32 limit, u32 access, u32 flags) {
  u32 low = base << 16 | (limit & 0xffff);
  u32 high = (base & 0xff000000) | flags << 20 | (limit & 0xf0000) | access << 8 |
             (base >> 16 & 0xff);
  return (u64)high << 32 | low;
}

static void double_fault_init(struct cpu *cpu) {
  struct tss *tss = &cpu->double_fault_tss;
  tss->cr3 = V2P(kernel_pgdir);
  tss->eip = (u32)double_fault;
  tss->eflags = EFLAGS_FIXED;
  tss->esp = (u32)double_fault_stacks[cpu->id] + DOUBLE_FAULT_STACK;
  tss->cs = KERNEL_CS;
  tss->ss = tss->ds = tss->es = KERNEL_DS;
  tss->fs = PERCPU_SELECTOR;
  tss->io_map = sizeof(*tss);
}

/* Makes a CPU's table and task-state segments; its id is set. */
void gdt_init_cpu(struct cpu *cpu, struct task *idle) {
  cpu->self = cpu;
  cpu->task = cpu->idle = idle;
  cpu->gdt[SEG_KCODE] = descriptor(0, 0xfffff, SEGMENT_CODE, SEGMENT_FLAT);
  cpu->gdt[SEG_KDATA] = descriptor(0, 0xfffff, SEGMENT_DATA, SEGMENT_FLAT);
  cpu->gdt[SEG_UCODE] = descriptor(0, 0xfffff, SEGMENT_CODE | SEGMENT_USER, SEGMENT_FLAT);
  cpu->gdt[SEG_UDATA] = descriptor(0, 0xfffff, SEGMENT_DATA | SEGMENT_USER, SEGMENT_FLAT);
  cpu->gdt[SEG_PERCPU] = descriptor((u32)cpu, sizeof(*cpu) - 1, SEGMENT_DATA, SEGMENT_BYTES);
  cpu->gdt[SEG_TSS] = descriptor((u32)&cpu->tss, sizeof(cpu->tss) - 1, SEGMENT_TSS, 0);
  cpu->gdt[SEG_DOUBLE_FAULT_TSS] =
      descriptor((u32)&cpu->double_fault_tss, sizeof(struct tss) - 1, SEGMENT_TSS, 0);
  cpu->tss.ss0 = KERNEL_DS;
  cpu->tss.io_map = sizeof(cpu->tss);
  double_fault_init(cpu);
}

/* On the CPU itself. From here on this_cpu() and current work. */
void gdt_load(struct cpu *cpu) {
  struct table_pointer pointer = {sizeof(cpu->gdt) - 1, (u32)cpu->gdt};
  lgdt(&pointer);
  load_fs(PERCPU_SELECTOR);
  ltr(SEG_TSS << 3);
  lldt(0); /* no local table: after reset its register would name memory at 0 */
}

void gdt_init(void) {
  gdt_init_cpu(&cpus[0], &idle_task);
  gdt_load(&cpus[0]);
  cpus[0].state = CPU_STARTED;
}

/* The CPU left the interrupted registers in the first TSS when it came here through the gate. */
void double_fault(void) {
  struct tss *tss = &this_cpu()->tss;
  printk("double fault at %08x, esp %08x, cr2 %08x\n", tss->eip, tss->esp, read_cr2());
  backtrace_print(tss->ebp, tss->eip);
  panic("double fault");
}

/* Interrupts off: the descriptors belong to the task that is about to run. */
void gdt_set_tls(const u64 *descriptors) {
  u64 *gdt = this_cpu()->gdt;
  for (u32 i = 0; i < SEG_TLS_COUNT; i++)
    gdt[SEG_TLS + i] = descriptors[i];
}
