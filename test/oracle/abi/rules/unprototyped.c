// C11 6.5.2.2: calls without a prototype and K&R definitions: float as double, small integers as int
#include "../abi.h"
#if CALLEE
int kr(a, b, c, d, e) char a; short b; float c; unsigned char d; double e; { return a + b * 2 + c * 4 + d + e * 8; }
float krf(x) float x; { return x * 2; }
int proto(int a, double b, ll c) { return a + b + c; }
struct s { char c[3]; }; int krs(s, n) struct s s; char n; { return s.c[0] + s.c[2] * n; }
#else
int kr(); float krf(); int proto(); int krs();
struct s { char c[3]; };
int main(void) {
  char a = -3; short b = 1000; float c = 1.5f; unsigned char d = 250;
  int (*pointer)() = kr;
  struct s s = { { 1, 2, 3 } };
  printf("%d %g %d %d %d\n", kr(a, b, c, d, 2.5), krf(c), proto(1, 2.5, 3ll << 20), pointer(a, b, c, d, 0.5f),
      krs(s, a));
  return 0;
}
#endif
