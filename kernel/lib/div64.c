/*
 * 64-bit division, which the i386 has no instruction for and compilers call by these names. One
 * hardware division where the divisor and the quotient fit in 32 bits, else bit by bit.
 */
#include <kernel/types.h>

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder);
u64 __udivdi3(u64 dividend, u64 divisor);
u64 __umoddi3(u64 dividend, u64 divisor);
s64 __divdi3(s64 dividend, s64 divisor);
s64 __moddi3(s64 dividend, s64 divisor);

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder) {
  u32 high = (u32)(dividend >> 32);
  u64 quotient = 0, rest = 0;
  int bit = 63;

  if (high == 0 && (u32)(divisor >> 32) == 0) {
    if (remainder)
      *remainder = (u32)dividend % (u32)divisor;
    return (u32)dividend / (u32)divisor;
  }
  while (bit > 0 && !(dividend >> 63)) {
    dividend <<= 1;
    bit--;
  }
  for (; bit >= 0; bit--) {
    rest = rest << 1 | dividend >> 63;
    dividend <<= 1;
    quotient <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
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
