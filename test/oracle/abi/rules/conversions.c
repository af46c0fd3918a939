// What both compilers leave to libgcc or do with the x87 unit: 64-bit division and shifts, conversions between all
// types
#include "../abi.h"
#define PAIRS(X) X(ll) X(ull) X(int) X(unsigned) X(short) X(unsigned char) X(float) X(double) X(ld) X(_Bool)
#define DECLARE(T) T from_ll_##T(ll x), from_d_##T(double x), from_ld_##T(ld x), from_ull_##T(ull x); ld to_ld_##T(T \
    x);
typedef unsigned char uchar;
#define from_ll_unsigned from_ll_u
#define EACH(X) X(ll) X(ull) X(int) X(unsigned) X(short) X(uchar) X(float) X(double) X(ld) X(_Bool)
EACH(DECLARE)
ll divide(ll a, ll b, ll *rest); ull udivide(ull a, ull b, ull *rest); ull shifts(ull x, int n);
#if CALLEE
#define DEFINE(T) T from_ll_##T(ll x) { return x; } T from_d_##T(double x) { return x; } T from_ld_##T(ld x) { \
    return x; } T from_ull_##T(ull x) { return x; } ld to_ld_##T(T x) { return x; }
EACH(DEFINE)
ll divide(ll a, ll b, ll *rest) { *rest = a % b; return a / b; } ull udivide(ull a, ull b, ull *rest) { *rest = a %
    b; return a / b; }
ull shifts(ull x, int n) { return (x << n) ^ (x >> n) ^ (ull)((ll)x >> n); }
#else
#define CALL(T) printf(#T " %La %La %La %La %La\n", (ld)from_ll_##T(w), (ld)from_ull_##T(u), (ld)from_d_##T(d), \
    (ld)from_ld_##T(l), to_ld_##T((T)d));
int main(void) {
  ll ws[] = { 0, 1, -1, 100, 30000 }; ull us[] = { 0, 1, 99, 12345, 200 }; double ds[] = { 0.5, 1.75, 99.99, 100,
      7.0 };
  for (int i = 0; i < 5; i++) { ll w = ws[i]; ull u = us[i]; double d = ds[i]; ld l = ds[4 - i] * 2; EACH(CALL) }
  ll r; ull q; ll ns[] = { 1, -1, 7, -7, 1ll << 40, -(1ll << 62), 0x7fffffffffffffffll };
  for (int i = 0; i < 7; i++) for (int j = 0; j < 7; j++) {
    printf("%lld ", divide(ns[i], ns[j], &r)); printf("%lld ", r); printf("%llu ", udivide(ns[i], ns[j], &q));
        printf("%llu\n", q);
  }
  for (int i = 0; i < 64; i++) printf("%llx\n", shifts(0x9e3779b97f4a7c15ull, i));
  printf("%a %a %La\n", (double)from_ull_double(0xffffffffffffffffull), from_ull_float(0x8000008000000001ull),
      from_ull_ld(~0ull));
  printf("%llu %u\n", from_d_ull(1.8e19), from_d_unsigned(4294967295.0));
  return 0;
}
#endif
