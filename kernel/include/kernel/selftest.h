/*
 * Tests inside the kernel. Each is a function that says whether all went well.
 */
#ifndef KERNEL_SELFTEST_H
#define KERNEL_SELFTEST_H

#include <kernel/types.h>

struct selftest {
  const char *name;
  bool (*run)(void);
};

/* Ends in a row without a name. */
extern const struct selftest memory_selftests[], core_selftests[];

#endif
