// GNU: regparm(0..3), fastcall, stdcall and cdecl, with every kind of argument, direct and through pointers
#include "../abi.h"
struct three { char c[3]; }; struct pair { int a, b; }; struct flt { float f; };
#define BODY(name) \
  name(int, 1, (int a, int b, int c, int d), a + b * 3 + c * 7 + d * 11, (1, 2, 3, 4)) \
  name(ll, 2, (char a, ll b, int c), a + b * 3 + c, (-1, 5ll << 33, 7)) \
  name(int, 3, (ll a, int b, short c), (int)(a >> 32) + b * 5 + c, (3ll << 40, 4, -5)) \
  name(double, 4, (double a, int b, float c, int d), a + b * 2 + c + d * 3, (1.5, 2, 2.5f, 3)) \
  name(int, 5, (struct three a, struct pair b, int c), a.c[2] + b.b * 3 + c, ((struct three){ { 1, 2, 3 } }, (struct \
      pair){ 4, 5 }, 6)) \
  name(int, 6, (struct pair a, int b, struct pair c), a.a + a.b * 3 + b * 5 + c.b, ((struct pair){ 1, 2 }, 3, \
      (struct pair){ 4, 5 })) \
  name(struct pair, 7, (int a, int b), ((struct pair){ a * 2, b * 3 }), (4, 5)) \
  name(int, 8, (struct flt a, int b, char c, _Bool d), a.f * 2 + b + c + d, ((struct flt){ 1.5f }, 3, -4, 1)) \
  name(int, 9, (void), 99, ())
#define PRINT(x) _Generic((x), int: p_int, ll: p_ll, double: p_double, struct pair: p_pair)(x)
static void p_int(int x) { printf("%d\n", x); } static void p_ll(ll x) { printf("%lld\n", x); }
static void p_double(double x) { printf("%g\n", x); } static void p_pair(struct pair x) { printf("%d %d\n", x.a,
    x.b); }
#define ATTRIBUTE __attribute__((regparm(0)))
#define P r0_
#include "conventions.h"
#define ATTRIBUTE __attribute__((regparm(1)))
#define P r1_
#include "conventions.h"
#define ATTRIBUTE __attribute__((regparm(2)))
#define P r2_
#include "conventions.h"
#define ATTRIBUTE __attribute__((regparm(3)))
#define P r3_
#include "conventions.h"
#define ATTRIBUTE __attribute__((stdcall))
#define P std_
#include "conventions.h"
#define ATTRIBUTE __attribute__((fastcall))
#define P fast_
#include "conventions.h"
#define ATTRIBUTE __attribute__((cdecl))
#define P c_
#include "conventions.h"
#define ATTRIBUTE __attribute__((stdcall, regparm(2)))
#define P both_
#include "conventions.h"
__attribute__((stdcall)) int variadic(int n, ...);
#if CALLEE
__attribute__((stdcall)) int variadic(int n, ...) { va_list ap; va_start(ap, n); int s = 0; while (n--) s = s * 3 +
    va_arg(ap, int); return s; }
#else
int main(void) {
  r0_all(); r1_all(); r2_all(); r3_all(); std_all(); fast_all(); c_all(); both_all();
  printf("%d\n", variadic(3, 1, 2, 3));
  return 0;
}
#endif
