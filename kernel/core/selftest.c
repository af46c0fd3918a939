/*
 * Tests inside the kernel, run by the first task when the command line says selftest=all. Each
 * prints one line; the host's tests read them.
 */
#include <asm/cpu.h>
#include <asm/paging.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>

static void report(const char *name, bool passed) {
  printk("selftest: %s %s\n", name, passed ? "ok" : "FAILED");
}

/* Blocks of many sizes are filled, checked and freed: no two overlap and no page is lost. */
static void slab_selftest(void) {
  static u8 *blocks[64];
  u32 before = frames_free();
  bool intact = true;
  for (u32 i = 0; i < array_length(blocks); i++) {
    u32 size = 1 + i * i * 3 % 9000;
    blocks[i] = kmalloc(size);
    if (blocks[i])
      memset(blocks[i], i, size);
    intact &= blocks[i] != NULL;
  }
  for (u32 i = 0; i < array_length(blocks) && intact; i++) {
    u32 size = 1 + i * i * 3 % 9000;
    for (u32 j = 0; j < size; j++)
      intact &= blocks[i][j] == i;
    kfree(blocks[i]);
  }
  report("kmalloc", intact && frames_free() == before);
}

/* A copy from a bad user address ends at the fixup and says how much is missing (I13). */
static void copy_selftest(void) {
  u32 value = 0x12345678;
  bool unmapped = copy_from_user(&value, (void *)0x1000, 4) < 0;
  bool kernel = copy_from_user(&value, (void *)KERNBASE, 4) < 0;
  bool wrapping = copy_from_user(&value, (void *)(KERNBASE - 2), 4) < 0;
  report("user copy fixups", unmapped && kernel && wrapping && value == 0x12345678);
}

static void format_selftest(void) {
  char text[64];
  snprintk(text, sizeof(text), "%5d|%-4u|%08x|%s|%llu", -42, 7u, 0xbeefu, "s", 12345678901234ull);
  report("printk formats", strcmp(text, "  -42|7   |0000beef|s|12345678901234") == 0);
}

/* Row E05: what the entry page directory mapped at 0 is gone. */
static void identity_selftest(void) {
  bool gone = !(current->mm->pgdir[0] & PTE_PS) && !(kernel_pgdir[0] & PTE_P);
  report("no identity mapping", gone);
}

void selftest_run(void) {
  char which[16];
  if (!cmdline_get("selftest", which, sizeof(which)) || strcmp(which, "all") != 0)
    return;
  paging_selftest();
  slab_selftest();
  copy_selftest();
  format_selftest();
  identity_selftest();
}
