// psABI 2.2.3: float takes 4 bytes, double 8, long double 12, aligned to 4; the result is in st(0), the rest of
// the stack empty
#include "../abi.h"
float f(int a, float b, char c, float d); double d(float a, double b, int c, double e); ld l(ld a, int b, ld c,
    float e);
double many(double a, double b, double c, double e, double f, double g, double h, double i, double j, double k);
void drop(void);
#if CALLEE
float f(int a, float b, char c, float d) { return a + b * c - d; }
double d(float a, double b, int c, double e) { return a * b + c / e; }
ld l(ld a, int b, ld c, float e) { return a * b - c + e; }
double many(double a, double b, double c, double e, double f, double g, double h, double i, double j, double k) {
  return a - b * (c - e * (f - g * (h - i * (j - k))));
}
#else
int main(void) {
  printf("%a %a %La\n", f(3, 1.25f, -7, 0.5f), d(1.5f, 2.5, 7, 0.125), l(1.0L / 3, 3, 1e4000L, 0.5f));
  for (int i = 0; i < 20; i++) {
    d(1, 2, 3, 4); // A result that is not wanted must be taken off, or the stack overflows.
    f(1, 2, 3, 4);
  }
  printf("%a\n", many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10) + d(1, 2, 3, 4) * l(1, 2, 3, 4) - f(1, 2, 3, 4));
  return 0;
}
#endif
