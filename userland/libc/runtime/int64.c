/*
 * 64-bit division for 32-bit code: the functions that compilers call where the processor has no
 * instruction, under the names of libgcc (GCC internals, "Routines for integer arithmetic").
 */
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

u64 __udivdi3(u64 numerator, u64 denominator);
u64 __umoddi3(u64 numerator, u64 denominator);
s64 __divdi3(s64 numerator, s64 denominator);
s64 __moddi3(s64 numerator, s64 denominator);

/* high:low / divisor; the quotient must fit 32 bits, that is high < divisor. */
static u32 divide_step(u32 high, u32 low, u32 divisor, u32 *remainder) {
  u32 quotient;
  __asm__("divl %4" : "=a"(quotient), "=d"(*remainder) : "0"(low), "1"(high), "rm"(divisor));
  return quotient;
}

static u64 divide(u64 numerator, u64 denominator, u64 *remainder) {
  u32 high = (u32)(numerator >> 32), divisor = (u32)denominator, rest;
  if (denominator >> 32 == 0) {
    /* As on paper, with digits of 32 bits. A zero divisor faults in the first step, as it should. */
    u32 quotient_high = divide_step(0, high, divisor, &rest);
    u32 quotient_low = divide_step(rest, (u32)numerator, divisor, &rest);
    *remainder = rest;
    return (u64)quotient_high << 32 | quotient_low;
  }
  if (denominator > numerator) {
    *remainder = numerator;
    return 0;
  }
  /* The quotient fits 32 bits. Dividing halves by the divisor's top 32 bits gives an estimate that
   * is right or one too large, after the last bit is taken off. */
  int shift = 0;
  while ((denominator << shift) >> 63 == 0) shift++;
  u32 top = (u32)((denominator << shift) >> 32);
  u64 half = numerator >> 1;
  u32 estimate = divide_step((u32)(half >> 32), (u32)half, top, &rest);
  u64 quotient = ((u64)estimate << shift) >> 31;
  if (quotient != 0) quotient--;
  u64 left = numerator - quotient * denominator;
  if (left >= denominator) {
    quotient++;
    left -= denominator;
  }
  *remainder = left;
  return quotient;
}

u64 __udivdi3(u64 numerator, u64 denominator) {
  u64 remainder;
  return divide(numerator, denominator, &remainder);
}

u64 __umoddi3(u64 numerator, u64 denominator) {
  u64 remainder;
  divide(numerator, denominator, &remainder);
  return remainder;
}

static u64 magnitude(s64 value) {
  return value < 0 ? -(u64)value : (u64)value;
}

s64 __divdi3(s64 numerator, s64 denominator) {
  u64 remainder;
  u64 quotient = divide(magnitude(numerator), magnitude(denominator), &remainder);
  return (s64)((numerator < 0) != (denominator < 0) ? -quotient : quotient);
}

s64 __moddi3(s64 numerator, s64 denominator) {
  u64 remainder;
  divide(magnitude(numerator), magnitude(denominator), &remainder);
  return (s64)(numerator < 0 ? -remainder : remainder);
}
