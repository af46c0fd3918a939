// psABI 2.2.3: structures and unions of every size are passed by value, padded to words, at any alignment of 4
#include "../abi.h"
#define SIZES(X) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16) X(17) X(18) \
  X(19) X(20) X(31) X(32) X(33) X(63) X(64) X(100) X(255)
#define DECLARE(N) \
  struct c##N { unsigned char c[N]; }; union u##N { unsigned char c[N]; short s; int i; }; \
  struct c##N make##N(int x); int take##N(char a, struct c##N s, short b, struct c##N t, ll c); \
  union u##N umake##N(int x); int utake##N(char a, union u##N s, short b);
SIZES(DECLARE)
struct none { }; struct empty_array { int n[0]; };
int nothing(int a, struct none b, int c, struct empty_array d, int e);
#if CALLEE
int nothing(int a, struct none b, int c, struct empty_array d, int e) { return a + 10 * c + 100 * e + sizeof b +
    sizeof d; }
#define DEFINE(N) \
  struct c##N make##N(int x) { struct c##N s; for (int i = 0; i < N; i++) s.c[i] = x + i * 3; return s; } \
  int take##N(char a, struct c##N s, short b, struct c##N t, ll c) { \
    int sum = a + b + (int)(c >> 32); for (int i = 0; i < N; i++) sum = sum * 31 + s.c[i] - t.c[N - 1 - i]; return \
        sum; } \
  union u##N umake##N(int x) { union u##N s; memset(&s, x, sizeof s); return s; } \
  int utake##N(char a, union u##N s, short b) { int sum = a - b; for (int i = 0; i < N; i++) sum = sum * 7 + s.c[i]; \
      return sum; }
SIZES(DEFINE)
#else
#define CALL(N) { struct c##N s = make##N(N), t = make##N(N + 1); \
  printf("%d: %d %d %d\n", N, take##N(-1, s, -2, t, 3ll << 33), take##N(1, make##N(5), 2, s, 4), utake##N(3, \
      umake##N(N), 4)); }
int main(void) { SIZES(CALL) struct none n; struct empty_array e; printf("%d\n", nothing(1, n, 2, e, 3)); return 0;
    }
#endif
