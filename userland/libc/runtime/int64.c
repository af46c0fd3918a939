/*
 * What the compiler calls for 64-bit division and for counting bits, under the names that gcc's
 * library has for them. Division is by whole words wherever the divisor allows it: the quotient of a
 * 64-bit by a 32-bit number is two divl instructions. A divisor of more than 32 bits is shifted down
 * to 32, which gives a quotient that is at most one too big.
 */

typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

static inline u32 low(u64 x) { return (u32)x; }
static inline u32 high(u64 x) { return (u32)(x >> 32); }
static inline u64 pair(u32 hi, u32 lo) { return (u64)hi << 32 | lo; }

// hi:lo / divisor, for hi < divisor: the quotient fits in a word.
static inline u32 divide_words(u32 hi, u32 lo, u32 divisor, u32 *remainder) {
  u32 quotient;
  __asm__("divl %4" : "=a"(quotient), "=d"(*remainder) : "0"(lo), "1"(hi), "rm"(divisor) : "cc");
  return quotient;
}

static u64 divide(u64 dividend, u64 divisor, u64 *remainder) {
  if (high(divisor) == 0) {
    u32 by = low(divisor), rest = high(dividend), quotient_high = 0;
    if (rest >= by) {
      quotient_high = rest / by;
      rest %= by;
    }
    u32 quotient_low = divide_words(rest, low(dividend), by, &rest);
    *remainder = rest;
    return pair(quotient_high, quotient_low);
  }
  if (divisor > dividend) {
    *remainder = dividend;
    return 0;
  }
  int shift = __builtin_clz(high(divisor));
  u32 by = high(divisor << shift), unused;
  u32 quotient = divide_words(high(dividend) >> 1, low(dividend >> 1), by, &unused);
  quotient = quotient >> (31 - shift);
  if (quotient > 0) quotient--;
  u64 rest = dividend - quotient * divisor;
  if (rest >= divisor) {
    quotient++;
    rest -= divisor;
  }
  *remainder = rest;
  return quotient;
}

u64 __udivdi3(u64 dividend, u64 divisor) {
  u64 remainder;
  return divide(dividend, divisor, &remainder);
}

u64 __umoddi3(u64 dividend, u64 divisor) {
  u64 remainder;
  divide(dividend, divisor, &remainder);
  return remainder;
}

u64 __udivmoddi4(u64 dividend, u64 divisor, u64 *remainder) {
  u64 rest;
  u64 quotient = divide(dividend, divisor, &rest);
  if (remainder) *remainder = rest;
  return quotient;
}

static inline u64 magnitude(s64 x) { return x < 0 ? -(u64)x : (u64)x; }

s64 __divdi3(s64 dividend, s64 divisor) {
  u64 remainder;
  u64 quotient = divide(magnitude(dividend), magnitude(divisor), &remainder);
  return (s64)((dividend < 0) != (divisor < 0) ? -quotient : quotient);
}

// The remainder has the dividend's sign (C11 6.5.5p6).
s64 __moddi3(s64 dividend, s64 divisor) {
  u64 remainder;
  divide(magnitude(dividend), magnitude(divisor), &remainder);
  return (s64)(dividend < 0 ? -remainder : remainder);
}

int __clzdi2(u64 x) { return high(x) ? __builtin_clz(high(x)) : 32 + __builtin_clz(low(x)); }

int __ctzdi2(u64 x) { return low(x) ? __builtin_ctz(low(x)) : 32 + __builtin_ctz(high(x)); }

// Bits are added in pairs, then in fours, then in bytes; the multiplication adds the bytes.
int __popcountsi2(u32 x) {
  x -= x >> 1 & 0x55555555;
  x = (x & 0x33333333) + (x >> 2 & 0x33333333);
  x = (x + (x >> 4)) & 0x0f0f0f0f;
  return (int)(x * 0x01010101 >> 24);
}

int __popcountdi2(u64 x) { return __popcountsi2(low(x)) + __popcountsi2(high(x)); }
