// psABI 2.2.3: every integral and pointer argument is a word on the stack, small ones promoted; the result is in
// eax
#include "../abi.h"
enum small { RED, GREEN = 200 };
enum __attribute__((packed)) tiny { ONE = 1, MANY = 255 };
enum negative { LOW = -5, HIGH = 5 };
#define LIST(X) \
  X(_Bool, b, 1) X(char, c, -3) X(signed char, sc, -128) X(unsigned char, uc, 255) X(short, s, -32768) \
  X(unsigned short, us, 65535) X(int, i, -2147483647 - 1) X(unsigned, u, 4294967295u) X(long, l, -77) \
  X(unsigned long, ul, 3000000000ul) X(enum small, es, GREEN) X(enum tiny, et, MANY) X(enum negative, en, LOW) \
  X(char *, p, (char *)0x12345678) X(wchar_t, w, 0x10ffff)
#define DECLARE(T, n, v) T id_##n(T x); T mid_##n(char a, T x, short b);
LIST(DECLARE)
#if CALLEE
#define DEFINE(T, n, v) \
  T id_##n(T x) { return x; } \
  T mid_##n(char a, T x, short b) { printf("%d %d %d\n", a, (int)(long)x, b); return x; }
LIST(DEFINE)
#else
#define CALL(T, n, v) \
  { volatile T given = v; printf(#n " %ld %ld\n", (long)id_##n(given), (long)mid_##n(-1, given, -2)); }
int main(void) { LIST(CALL) return 0; }
#endif
