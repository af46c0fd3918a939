// psABI 2.1.2: function pointers: through variables, tables, parameters, results, with every way to return
#include "../abi.h"
typedef struct { int a, b, c; } triple;
typedef int (*binary)(int, int); typedef double (*real)(float, ld); typedef triple (*maker)(int); typedef ll
    (*wide)(ll, char);
int apply(binary f, int a, int b); double apply_real(real f, float a); triple apply_maker(maker f, int n); ll
    apply_wide(wide f, ll x);
binary choose(int n); extern binary table[3];
#if CALLEE
static int add(int a, int b) { return a + b; } static int sub(int a, int b) { return a - b; } static int mul(int a,
    int b) { return a * b; }
binary table[3] = { add, sub, mul };
binary choose(int n) { return table[n % 3]; }
int apply(binary f, int a, int b) { return f(a, b) + (*f)(b, a); }
double apply_real(real f, float a) { return f(a, a * 2) * 3; }
triple apply_maker(maker f, int n) { triple t = f(n); t.b += f(n + 1).c; return t; }
ll apply_wide(wide f, ll x) { return f(x, -1) + f(-x, 2); }
#else
static int both(int a, int b) { return a * 1000 + b; }
static double real_of(float a, ld b) { return a + b; }
static triple make(int n) { return (triple){ n, n * 2, n * 3 }; }
static ll shift(ll x, char c) { return (x << 20) + c; }
int main(void) {
  triple t = apply_maker(make, 5);
  printf("%d %g %d %d %d %lld\n", apply(both, 1, 2), apply_real(real_of, 1.5f), t.a, t.b, t.c, apply_wide(shift, 3ll
      << 10));
  for (int i = 0; i < 3; i++) printf("%d %d\n", choose(i)(7, 5), apply(table[i], 3, 4));
  printf("%d\n", choose(1) == table[1]);
  return 0;
}
#endif
