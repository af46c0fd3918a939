// C11 7.13: setjmp and longjmp across frames of both compilers; alloca; noreturn
#include "../abi.h"
#include <setjmp.h>
#include <alloca.h>
#include <stdlib.h>
extern jmp_buf place; void leap(int depth, int value); int guarded(int (*f)(int), int n); _Noreturn void stop(int
    code); __attribute__((noreturn)) void stop2(void);
int piled(int n, int (*f)(char *, int));
#if CALLEE
jmp_buf place;
void leap(int depth, int value) { char pad[100]; memset(pad, depth, 100); if (depth > 0) leap(depth - 1, value +
    pad[50]); longjmp(place, value); }
int guarded(int (*f)(int), int n) {
  volatile int tries = 0; int kept = n * 3; jmp_buf saved; memcpy(saved, place, sizeof place);
  int came = setjmp(place); tries++;
  if (tries < 3) kept += f(n + came);
  memcpy(place, saved, sizeof place); return came * 100 + tries * 10 + (kept == n * 3);
}
_Noreturn void stop(int code) { printf("stop %d\n", code); longjmp(place, code); }
void stop2(void) { printf("stop2\n"); exit(7); }
int piled(int n, int (*f)(char *, int)) { int sum = 0; for (int i = 1; i < n; i++) { char *p = alloca(i * 7);
    memset(p, i, i * 7); sum += f(p, i * 7) + ((int)p & 3); } return sum; }
#else
static int jumper(int n) { leap(5, n); return 1; }
static int total(char *p, int n) { char *q = alloca(n); memcpy(q, p, n); int s = 0; while (n--) s += q[n]; return s;
    }
static int careful(int n) { if (n > 3) stop(n); return n; }
int main(void) {
  volatile int seen = 0; int came = setjmp(place); seen++;
  printf("came %d %d\n", came, seen);
  if (seen == 1) leap(3, 9);
  if (seen == 2) { printf("%d\n", guarded(jumper, 4)); careful(2); careful(8); }
  printf("%d\n", piled(12, total));
  stop2();
}
#endif
