/*
 * prctl: the task's name, and with `failalloc` on the command line what tests of memory shortage
 * ask for.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/syscall.h>
#include <kernel/task.h>
#include <uapi/errno.h>
#include <uapi/prctl.h>

static long fail_after(u32 count) {
  long left = current->fail_after;
  current->fail_after = count;
  return left;
}

long sys_prctl(u32 option, u32 argument) {
  char name[16], value[4];
  switch (option) {
  case PR_SET_NAME: {
    int length = strncpy_from_user(name, (const char *)argument, sizeof(name));
    if (length < 0 && length != -ENAMETOOLONG)
      return length;
    name[sizeof(name) - 1] = 0;
    strlcpy(current->name, name, sizeof(current->name));
    return 0;
  }
  case PR_GET_NAME:
    return copy_to_user((void *)argument, current->name, sizeof(current->name));
  case PR_RING0_FAIL_AFTER:
    return cmdline_get("failalloc", value, sizeof(value)) ? fail_after(argument) : -EINVAL;
  case PR_RING0_BLOCKS:
    return cmdline_get("failalloc", value, sizeof(value)) ? (long)kmalloc_count() : -EINVAL;
  default:
    return -EINVAL;
  }
}
