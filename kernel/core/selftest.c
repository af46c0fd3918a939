/*
 * Runs the tests inside the kernel, in the first task, before it executes init: all of them with
 * selftest=all on the command line, one with selftest=NAME, where - stands for a blank of the name.
 * Each prints a line; one that fails is a panic in the end.
 */
#include <asm/paging.h>
#include <kernel/printk.h>
#include <kernel/selftest.h>
#include <kernel/string.h>

static bool is_called(const char *name, const char *wanted) {
  while (*name && (*name == *wanted || (*name == ' ' && *wanted == '-')))
    name++, wanted++;
  return *name == 0 && *wanted == 0;
}

static void run_all_of(const struct selftest *tests, const char *which, u32 *run, u32 *failed) {
  bool all = strcmp(which, "all") == 0;
  for (; tests->name; tests++) {
    if (!all && !is_called(tests->name, which))
      continue;
    bool passed = tests->run();
    printk("selftest: %s %s\n", tests->name, passed ? "ok" : "FAILED");
    *run += 1;
    *failed += !passed;
  }
}

void selftest_run(void) {
  char which[64];
  u32 run = 0, failed = 0;
  if (!cmdline_get("selftest", which, sizeof(which)))
    return;
  if (strcmp(which, "all") == 0)
    paging_selftest();
  run_all_of(memory_selftests, which, &run, &failed);
  run_all_of(core_selftests, which, &run, &failed);
  printk("selftest: %u of %u ok\n", run - failed, run);
  if (failed || run == 0)
    panic("selftest=%s: %u of %u failed", which, failed, run);
}
