// Random and edge operands for 64-bit division; with -DLIBGCC through gcc's operators, else by
// name.
typedef unsigned long long u64;
typedef long long s64;
int printf(const char *, ...);
#ifdef LIBGCC
#define UD(a,b) ((a)/(b))
#define UM(a,b) ((a)%(b))
#define SD(a,b) ((a)/(b))
#define SM(a,b) ((a)%(b))
#else
u64 ud(u64, u64) __asm__("__udivdi3");
u64 um(u64, u64) __asm__("__umoddi3");
s64 sd(s64, s64) __asm__("__divdi3");
s64 sm(s64, s64) __asm__("__moddi3");
#define UD ud
#define UM um
#define SD sd
#define SM sm
#endif
int main(void)
{
  u64 x = 88172645463325252ULL, h = 0;
  for (int i = 0; i < 300000; i++) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    u64 a = x >> (i % 61);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    u64 b = x >> ((i * 7) % 63);
    if (i % 97 == 0)
      a = -1ULL;
    if (i % 89 == 0)
      b = a - (i % 3);
    if (!b)
      b = 1;
    h = h * 31 + UD(a, b);
    h = h * 31 + UM(a, b);
    if (!((s64) a == (-1LL << 63) && b == -1ULL)) {
      h = h * 31 + SD((s64) a, (s64) b);
      h = h * 31 + SM((s64) a, (s64) b);
    }
  }
  u64 e[] =
      { 1, 2, 3, 0xffffffff, 0x100000000, 0x100000001, 0x1ffffffff, 0x7fffffffffffffff,
  0x8000000000000000, 0x8000000000000001, 0xffffffffffffffff, 0xfffffffe00000001,
  0xffffffff00000000 };
  for (int i = 0; i < 13; i++)
    for (int j = 0; j < 13; j++) {
      h = h * 31 + UD(e[i], e[j]);
      h = h * 31 + UM(e[i], e[j]);
    } printf("%llx\n", h);
  return 0;
}
