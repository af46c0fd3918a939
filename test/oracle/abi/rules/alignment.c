// psABI 2.2.2: the stack is a multiple of 16 at every call; objects of the frame have the alignment of their types
#include "../abi.h"
void seen(const char *where, void *frame);
int callback(int (*f)(int, int, int), int n);
int f1(char a); int f2(int a, double b, char c); struct s { char c[13]; }; int f3(struct s a, int b);
#if CALLEE
// The frame pointer is 8 below a multiple of 16: the return address and the saved ebp.
void seen(const char *where, void *frame) { printf("%s %d\n", where, (int)frame & 15); }
int f1(char a) { seen("f1", __builtin_frame_address(0)); return a; }
int f2(int a, double b, char c) { seen("f2", __builtin_frame_address(0)); return a + b + c; }
int f3(struct s a, int b) { seen("f3", __builtin_frame_address(0)); return a.c[12] + b; }
int callback(int (*f)(int, int, int), int n) { int sum = 0; for (int i = 0; i < n; i++) sum += f(i, sum, n); return
    sum; }
#else
static int back(int a, int b, int c) {
  seen("back", __builtin_frame_address(0));
  char buffer[64];
  _Alignas(16) char wide[16];
  double d = b;
  printf("%d %d\n", (int)wide & 15, (int)&d & 3);
  memset(buffer, c, 64);
  return f1(buffer[3]) + f2(a, d, 'x') + b % 7;
}
int main(void) {
  struct s s = { { [12] = 4 } };
  printf("%d\n", callback(back, 3) + f3(s, f2(1, 2, f1(3))));
  return 0;
}
#endif
