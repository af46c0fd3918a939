/*
 * Starting the other CPUs. One at a time: INIT, 10 ms, start-up interrupt, 200 us, and once more if
 * it has not come (SDM vol. 3, 8.4.4). Each runs apstart.S, then ap_main on the entry page directory:
 * it loads the tables, says that it is there, and waits. When the first CPU has done what is to be
 * done once, smp_release lets them go on: final page directory, FPU, local APIC. Then they are
 * parked: halted, with interrupts on, until there is a scheduler for them.
 */
#include <asm/apic.h>
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/paging.h>
#include <asm/trapframe.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/time.h>

#define STARTUP_WAIT_US 200
#define ANSWER_WAIT_TICKS 10

extern const u8 apstart[], apstart_end[];

static u8 ap_stacks[CPUS_MAX - 1][KSTACKSIZE] __attribute__((aligned(16)));
static struct task ap_idle[CPUS_MAX - 1];
struct cpu *volatile ap_cpu; /* who is being started; read by ap_main */
u8 *volatile ap_stack;       /* the end of its stack; read by apstart.S */
volatile bool ap_release;
static u32 started_count = 1;

u32 cpus_started(void) { return started_count; }

/* Where apstart.S jumps to, on this CPU's own stack, interrupts off. */
void ap_main(void) {
  struct cpu *cpu = ap_cpu;
  idt_load();
  gdt_load(cpu);
  cpu->state = CPU_STARTED;
  while (!ap_release)
    cpu_pause();
  paging_load();
  fpu_init();
  lapic_enable();
  cpu->state = CPU_PARKED;
  for (;;)
    irq_enable_and_halt();
}

/* Interrupts off, but for moments: without ticks being counted, time would stand at a tick's end. */
static void wait_microseconds(u32 count) {
  u64 end = nanoseconds_since_boot() + count * 1000;
  while (nanoseconds_since_boot() < end)
    irq_window();
}

static bool has_answered(struct cpu *cpu) { return cpu->state != CPU_ABSENT; }

static void cpu_start(struct cpu *cpu, u32 index) {
  struct task *idle = &ap_idle[index - 1];
  idle_task_init(idle, ap_stacks[index - 1]);
  gdt_init_cpu(cpu, idle);
  ap_cpu = cpu;
  ap_stack = ap_stacks[index - 1] + KSTACKSIZE;
  for (u32 tries = 0; tries < 2 && !has_answered(cpu); tries++) {
    lapic_send(cpu->apic_id, ICR_STARTUP | AP_START >> PAGE_SHIFT);
    wait_microseconds(STARTUP_WAIT_US);
  }
  for (u32 ticks = 0; ticks < ANSWER_WAIT_TICKS && !has_answered(cpu); ticks++)
    ticks_wait(1);
  if (has_answered(cpu)) {
    started_count++;
    printk("cpu%u: started, APIC %u\n", index, cpu->apic_id);
  } else {
    lapic_send(cpu->apic_id, ICR_INIT); /* it must not come later, on the next one's stack */
    printk("cpu%u: APIC %u does not answer\n", index, cpu->apic_id);
  }
}

/* Interrupts off, the clock ticking. */
void smp_start(const struct platform *platform) {
  u32 count = 1;

  memcpy(P2V(AP_START), apstart, apstart_end - apstart);
  for (u32 i = 0; i < platform->cpu_count && i < CPUS_MAX; i++)
    if (platform->apic_ids[i] != cpus[0].apic_id && count < CPUS_MAX) {
      struct cpu *cpu = &cpus[count];
      cpu->id = count++;
      cpu->apic_id = platform->apic_ids[i];
      lapic_send(cpu->apic_id, ICR_INIT);
    }
  ticks_wait(2); /* at least 10 ms */
  for (u32 i = 1; i < count; i++)
    cpu_start(&cpus[i], i);
}

/* From here on every CPU may use all that is set up once. */
void smp_release(void) {
  ap_release = true;
}

/* The machine is going down: what the others do would only disturb. */
void smp_stop_others(void) {
  if (started_count > 1)
    lapic_send_others(ICR_INIT);
}
