// GNU: automatic and static objects that ask for more alignment than the stack has get it, by attribute, typedef
// or member
#include "../abi.h"
typedef int line __attribute__((aligned(64)));
struct page { char c; _Alignas(256) int n; };
int probe(int depth, void (*f)(const void *, int));
#if CALLEE
static line static_line = 5;
int probe(int depth, void (*f)(const void *, int)) {
  char odd = depth;
  _Alignas(32) char a[3] = { 1, 2, 3 };
  __attribute__((aligned(128))) double d = depth * 0.5;
  line l = depth + 7; int m[2];
  struct page p = { 4, depth };
  m[0] = l;
  f(a, 32); f(&d, 128); f(&l, 64); f(&p, 256); f(&p.n, 256); f(&static_line, 64);
  f((int[]){ 1, 2 }, 4);
  if (depth > 0) return probe(depth - 1, f) + a[2] + (int)d + l + m[0] + p.n + odd + static_line;
  return sizeof(struct page) + sizeof p.c;
}
#else
static void check(const void *p, int alignment) { printf("%d %d\n", alignment, (int)((unsigned)p & (alignment -
    1))); }
int main(void) {
  _Alignas(64) int here = 3; char pad = 1;
  check(&here, 64);
  printf("%d %d %d\n", probe(5, check), here, pad);
  return 0;
}
#endif
