/*
 * The end of the kernel by a bug of its own: message, stack, stop. Port 0xf4 gets a non-zero byte,
 * so that a machine that listens there reports failure.
 */
#include <asm/apic.h>
#include <asm/cpu.h>
#include <asm/io.h>
#include <asm/layout.h>
#include <asm/percpu.h>
#include <kernel/printk.h>
#include <kernel/task.h>

#define EXIT_PORT 0xf4
#define EXIT_PANIC 101
#define BACKTRACE_DEPTH 32

extern const u8 kernel_start[], text_end[];

/* A return address may already be the next function's, behind a call that never returns. */
static void print_address(u32 address, u32 is_return) {
  u32 offset;
  const char *name = ksym_find(address - is_return, &offset);
  if (name)
    printk("  %08x %s+0x%x\n", address, name, offset + is_return);
  else
    printk("  %08x\n", address);
}

static bool is_stack(u32 address) {
  u32 stack = (u32)current->kstack;
  return address % 4 == 0 && address >= stack && address + 8 <= stack + KSTACKSIZE;
}

/* Follows the saved frame pointers as long as they lie on this task's stack and point upwards. */
void backtrace_print(u32 ebp, u32 eip) {
  printk("stack of task %d (%s):\n", current->pid, current->name);
  if (eip)
    print_address(eip, 0);
  for (u32 depth = 0; depth < BACKTRACE_DEPTH && is_stack(ebp); depth++) {
    u32 *frame = (u32 *)ebp;
    if (frame[1] < (u32)kernel_start || frame[1] >= (u32)text_end)
      break;
    print_address(frame[1], 1);
    if (frame[0] <= ebp)
      break;
    ebp = frame[0];
  }
}

void panic(const char *format, ...) {
  static bool again;
  char line[200];
  __builtin_va_list arguments;

  irq_disable();
  __builtin_va_start(arguments, format);
  vsnprintk(line, sizeof(line), format, arguments);
  __builtin_va_end(arguments);
  printk("panic: %s\n", line);
  if (!again) {
    again = true;
    backtrace_print(read_ebp(), 0);
  }
  smp_stop_others();
  outb(EXIT_PORT, EXIT_PANIC);
  for (;;)
    halt();
}
