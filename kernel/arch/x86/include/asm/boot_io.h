/*
 * Port input and output for the boot block, as macros: it must stay within 440 bytes under compilers
 * that do not inline.
 */
#ifndef ASM_BOOT_IO_H
#define ASM_BOOT_IO_H

#include <kernel/types.h>

#define port_in(port)                                                                              \
  ({                                                                                               \
    u8 value_;                                                                                     \
    __asm__ volatile("inb %w1, %0" : "=a"(value_) : "d"(port));                                    \
    value_;                                                                                        \
  })

#define port_out(port, value) __asm__ volatile("outb %b0, %w1" : : "a"(value), "d"(port))

/* Both move `to` on by what they have written. */
#define port_in_longs(port, to, count)                                                             \
  do {                                                                                             \
    u32 count_ = (count);                                                                          \
    __asm__ volatile("cld; rep insl" : "+D"(to), "+c"(count_) : "d"(port) : "memory", "cc");       \
  } while (0)

#define store_zeros(to, count)                                                                     \
  do {                                                                                             \
    u32 count_ = (count);                                                                          \
    __asm__ volatile("cld; rep stosb" : "+D"(to), "+c"(count_) : "a"(0) : "memory", "cc");         \
  } while (0)

#endif
