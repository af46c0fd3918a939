/*
 * The hardware's division of 64 bits by 32.
 */
#ifndef ASM_DIVIDE_H
#define ASM_DIVIDE_H

#include <kernel/types.h>

/* The quotient must fit: the upper half of the dividend is less than the divisor. */
static inline u32 divide_wide(u64 dividend, u32 divisor, u32 *remainder) {
  u32 low = (u32)dividend, high = (u32)(dividend >> 32);
  __asm__("divl %2" : "+a"(low), "+d"(high) : "r"(divisor));
  *remainder = high;
  return low;
}

#endif
