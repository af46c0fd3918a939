/*
 * Reading and writing user memory. A bad address is found by the fault it causes: the instruction
 * has a row in the exception table (.ex_table) and goes on at its fixup (I13).
 */
#ifndef ASM_UACCESS_H
#define ASM_UACCESS_H

#include <asm/layout.h>
#include <kernel/types.h>

/* Bytes not copied: 0 when all went well. In uaccess.S. */
u32 copy_raw(void *to, const void *from, u32 count);
u32 clear_raw(void *to, u32 count);
/* Length without the final zero; count if there is none within count; -1 on a fault. */
s32 strncpy_raw(char *to, const char *from, u32 count);

static inline bool user_range_ok(const void *address, u32 size) {
  return (u32)address < KERNBASE && size <= KERNBASE - (u32)address;
}

/* Each returns 0 or -EFAULT. They may sleep: no spinlock may be held. */
int copy_to_user(void *to, const void *from, u32 size);
int copy_from_user(void *to, const void *from, u32 size);
int clear_user(void *to, u32 size);
/* Length of the copied string, -EFAULT, or -ENAMETOOLONG if it does not end within size. */
int strncpy_from_user(char *to, const char *from, u32 size);

#define put_user(value, pointer)                                                                   \
  ({                                                                                               \
    __typeof__(*(pointer)) value_ = (value);                                                       \
    copy_to_user((pointer), &value_, sizeof(value_));                                              \
  })
#define get_user(variable, pointer) copy_from_user(&(variable), (pointer), sizeof(variable))

/* The fixup of a kernel instruction that may fault, or 0. */
u32 fixup_find(u32 eip);

#endif
