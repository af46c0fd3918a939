// psABI 2.2.3: structures are returned in memory: the hidden pointer is the first word, comes back in eax, is
// popped (ret $4)
#include "../abi.h"
struct one { char c; }; struct word { int i; }; struct pair { int a, b; }; struct flt { float f; }; struct dbl {
    double d; };
struct ldbl { ld d; }; union mix { int i; float f; }; struct nested { struct { struct word w; } in; };
struct one r1(int); struct word r2(int); struct pair r3(int, int); struct flt r4(float); struct dbl r5(double);
struct ldbl r6(ld); union mix r7(float); struct nested r8(int);
int raw(void *function, void *place, int argument, int *popped); // calls a function as the rule says
#if CALLEE
struct one r1(int x) { return (struct one){ x }; }
struct word r2(int x) { return (struct word){ x }; }
struct pair r3(int x, int y) { return (struct pair){ x, y }; }
struct flt r4(float x) { return (struct flt){ x * 2 }; }
struct dbl r5(double x) { return (struct dbl){ x * 2 }; }
struct ldbl r6(ld x) { return (struct ldbl){ x * 2 }; }
union mix r7(float x) { return (union mix){ .f = x }; }
struct nested r8(int x) { return (struct nested){ { { x } } }; }
#else
__asm__(".text\nraw: pushl %ebp; movl %esp, %ebp; pushl %ebx; subl $4, %esp; movl %esp, %ebx\n"
        "pushl 16(%ebp); pushl 12(%ebp); call *8(%ebp); subl %esp, %ebx; movl 20(%ebp), %ecx; subl $8, %ebx\n"
        "negl %ebx; movl %ebx, (%ecx); movl -4(%ebp), %ebx; leave; ret\n");
int main(void) {
  printf("%d %d %d %d\n", r1(-7).c, r2(70000).i, r3(1, 2).b, r8(9).in.w.i);
  printf("%g %g %Lg %g\n", r4(1.5f).f, r5(2.25).d, r6(3.125L).d, r7(0.5f).f);
  void *functions[] = { (void *)r1, (void *)r2, (void *)r8 };
  for (int i = 0; i < 3; i++) {
    int place = 0, popped = 0;
    int result = raw(functions[i], &place, 5, &popped);
    printf("%d %d %d\n", result == (int)&place, place & 255, popped);
  }
  return 0;
}
#endif
