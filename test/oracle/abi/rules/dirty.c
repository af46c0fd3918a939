// psABI 2.2.3: what lies above a small result is not defined: the caller extends, the callee cuts
#include "../abi.h"
unsigned char cut8(int x); signed char cut8s(int x); unsigned short cut16(int x); short cut16s(int x); _Bool
    cut1(int x);
int sum(unsigned char a, signed char b, unsigned short c, short d, _Bool e);
#if CALLEE
unsigned char cut8(int x) { return x; }
signed char cut8s(int x) { return x; }
unsigned short cut16(int x) { return x; }
short cut16s(int x) { return x; }
_Bool cut1(int x) { return x; }
int sum(unsigned char a, signed char b, unsigned short c, short d, _Bool e) { return a + 3 * b + 5 * c + 7 * d + 11
    * e; }
#else
int main(void) {
  for (int i = -70000; i < 70000; i += 997) {
    printf("%d %d %d %d %d\n", cut8(i), cut8s(i), cut16(i), cut16s(i), cut1(i));
    printf("%d\n", sum(i, i, i, i, i));
  }
  return 0;
}
#endif
