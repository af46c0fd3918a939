// psABI 2.2.3: long long takes two words, low first, aligned to 4 only; the result is in edx:eax
#include "../abi.h"
ll sum(int a, ll b, int c, ull d, char e); ull swap(ull x); ll pick(int n, ll a, ll b, ll c);
#if CALLEE
ll sum(int a, ll b, int c, ull d, char e) { return a + b * 3 + c + (ll)(d >> 1) + e; }
ull swap(ull x) { return x << 32 | x >> 32; }
ll pick(int n, ll a, ll b, ll c) { return n == 0 ? a : n == 1 ? b : c; }
#else
int main(void) {
  printf("%lld %llx\n", sum(1, -5000000000ll, 2, 0xfedcba9876543210ull, -4), swap(0x1122334455667788ull));
  for (int i = 0; i < 3; i++) printf("%lld\n", pick(i, 1, -1ll << 40, 0x7fffffffffffffffll));
  return 0;
}
#endif
