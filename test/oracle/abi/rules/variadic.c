// psABI 2.2.3, 3: variable arguments lie like named ones, promoted; va_list is a pointer; va_copy
#include "../abi.h"
struct odd { char c[5]; }; struct big { int i[10]; };
double walk(const char *form, ...); double vwalk(const char *form, va_list ap); int after(double a, char b, ...);
#if CALLEE
double vwalk(const char *form, va_list ap) {
  double sum = 0;
  va_list copy;
  va_copy(copy, ap);
  for (; *form; form++)
    switch (*form) {
    case 'i': sum = sum * 3 + va_arg(ap, int); break;
    case 'u': sum = sum * 3 + va_arg(ap, unsigned); break;
    case 'l': sum = sum * 3 + va_arg(ap, ll); break;
    case 'd': sum = sum * 3 + va_arg(ap, double); break;
    case 'L': sum = sum * 3 + va_arg(ap, ld); break;
    case 'p': sum = sum * 3 + *va_arg(ap, int *); break;
    case 'o': { struct odd o = va_arg(ap, struct odd); sum = sum * 3 + o.c[4]; break; }
    case 'b': sum = sum * 3 + va_arg(ap, struct big).i[9]; break;
    }
  sum += va_arg(copy, int);
  va_end(copy);
  return sum;
}
double walk(const char *form, ...) { va_list ap; va_start(ap, form); double r = vwalk(form, ap); va_end(ap); return
    r; }
int after(double a, char b, ...) {
  va_list ap, again; va_start(ap, b); va_copy(again, ap);
  int x = va_arg(ap, int), y = va_arg(ap, int), z = va_arg(again, int);
  va_end(ap); va_end(again);
  return x * 100 + y * 10 + z + (int)a + b;
}
#else
int main(void) {
  int n = 17; struct odd o = { { 1, 2, 3, 4, 5 } }; struct big b = { { [9] = 42 } };
  char c = -1; short s = -300; float f = 1.5f; _Bool t = 1;
  printf("%g\n", walk("iiidi", c, s, t, f, 5));
  printf("%.17g\n", walk("iuldLpobi", 1, 3000000000u, 1ll << 40, 2.5, 3.25L, &n, o, b, -9));
  printf("%d\n", after(2.9, 'a', 1, 2));
  printf("%s %c %d %ld %lld %u %x %g %Lg %p %5.2f|%-5d|%05d\n", "text", 'c', -1, -2l, -3ll, 4u, 5u, 6.5, 7.25L,
         (void *)0x1234, 3.14159, 42, 42);
  return 0;
}
#endif
