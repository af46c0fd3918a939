/*
 * 64-bit division, which the i386 has no instruction for and compilers call by these names. The
 * hardware divides 64 bits by 32 where the quotient has 32: twice, for a divisor of 32 bits; for a
 * longer one once, by its upper 32 bits, which gives the quotient or one more or less.
 */
#include <asm/divide.h>
#include <kernel/types.h>

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder);
u64 __udivdi3(u64 dividend, u64 divisor);
u64 __umoddi3(u64 dividend, u64 divisor);
s64 __divdi3(s64 dividend, s64 divisor);
s64 __moddi3(s64 dividend, s64 divisor);

static u64 divide_by_word(u64 dividend, u32 divisor, u64 *remainder) {
  u32 rest, high = (u32)(dividend >> 32), quotient_high = high / divisor;
  u32 quotient = divide_wide((u64)(high % divisor) << 32 | (u32)dividend, divisor, &rest);
  if (remainder)
    *remainder = rest;
  return (u64)quotient_high << 32 | quotient;
}

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder) {
  u32 divisor_high = (u32)(divisor >> 32), shift = 0, rest_of_estimate;

  if (divisor_high == 0)
    return divide_by_word(dividend, (u32)divisor, remainder);
  while (!(divisor_high << shift & 0x80000000))
    shift++;
  u32 leading = (u32)(divisor << shift >> 32);
  u32 estimate = divide_wide(dividend >> 1, leading, &rest_of_estimate) >> (31 - shift);
  u64 quotient = estimate > 0 ? estimate - 1 : 0; /* now right, or one too small */
  u64 rest = dividend - quotient * divisor;
  if (rest >= divisor) {
    quotient++;
    rest -= divisor;
  }
  if (remainder)
    *remainder = rest;
  return quotient;
}

u64 __udivdi3(u64 dividend, u64 divisor) { return __udivmoddi4(dividend, divisor, NULL); }

u64 __umoddi3(u64 dividend, u64 divisor) {
  u64 remainder;
  __udivmoddi4(dividend, divisor, &remainder);
  return remainder;
}

static u64 magnitude(s64 value) { return value < 0 ? -(u64)value : (u64)value; }

s64 __divdi3(s64 dividend, s64 divisor) {
  u64 quotient = __udivmoddi4(magnitude(dividend), magnitude(divisor), NULL);
  return (dividend < 0) != (divisor < 0) ? -quotient : quotient;
}

s64 __moddi3(s64 dividend, s64 divisor) {
  u64 remainder;
  __udivmoddi4(magnitude(dividend), magnitude(divisor), &remainder);
  return dividend < 0 ? -remainder : remainder;
}
