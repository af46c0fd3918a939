// psABI 2.2.2: ebx, esi, edi, ebp and esp belong to the caller; DF is clear; the x87 stack is empty
#include "../abi.h"
int pressed(int *p, int n); double floating(double *p, int n); void copies(char *to, const char *from, int n);
struct big { int i[50]; }; struct big passes(struct big a, struct big b);
int asked(int (*call)(void *), void *argument); // 0: everything preserved
int twice(int (*f)(int), int x);
#if CALLEE
int pressed(int *p, int n) {
  int a = p[0], b = p[1], c = p[2], d = p[3], e = p[4], f = p[5], g = p[6], h = p[7];
  for (int i = 0; i < n; i++) { a += b ^ i; b += c * a; c -= d; d ^= e + i; e += f; f = g - h; g += a; h ^= b; }
  return a + b + c + d + e + f + g + h;
}
double floating(double *p, int n) { double s = 0; for (int i = 0; i < n; i++) s = s * p[i & 3] + i; return s; }
void copies(char *to, const char *from, int n) { memcpy(to, from, n); memset(to + n / 2, 7, n / 3); }
struct big passes(struct big a, struct big b) { for (int i = 0; i < 50; i++) a.i[i] += b.i[49 - i]; return a; }
int twice(int (*f)(int), int x) { int y = f(x); return y * f(y + x) + x; }
#else
__asm__(".text\nasked: pushl %ebp; movl %esp, %ebp; pushl %ebx; pushl %esi; pushl %edi; subl $28, %esp\n"
        "movl $0x1111, %ebx; movl $0x2222, %esi; movl $0x3333, %edi; subl $12, %esp; "
        "pushl 12(%ebp); movl 8(%ebp), %eax\n"
        "movl %ebp, 12(%esp); call *%eax; addl $16, %esp; movl %eax, -16(%ebp); xorl %eax, %eax\n"
        "cmpl $0x1111, %ebx; je 1f; orl $1, %eax\n1: cmpl $0x2222, %esi; je 1f; orl $2, %eax\n"
        "1: cmpl $0x3333, %edi; je 1f; orl $4, %eax\n1: pushfl; popl %ecx; testl $0x400, %ecx; je 1f; orl $8, %eax\n"
        "1: leal -40(%ebp), %ecx; cmpl %ecx, %esp; je 1f; orl $16, %eax\n"
        "1: subl $32, %esp; fnstenv (%esp); movzwl 8(%esp), %ecx; addl $32, %esp; "
        "cmpl $0xffff, %ecx; je 1f; orl $32, %eax\n"
        "1: leal -12(%ebp), %esp; popl %edi; popl %esi; popl %ebx; popl %ebp; ret\n");
static int numbers[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
static double doubles[4] = { 1, 0.5, 0.25, -1 };
static int inc(int x) { return x * 3 + 1; }
static int c1(void *p) { printf("%d\n", pressed(numbers, 100)); return p != 0; }
static int c2(void *p) { printf("%g\n", floating(doubles, 100)); return p != 0; }
static int c3(void *p) { char t[200], f[200]; memset(f, 5, 200); copies(t, f, 150); printf("%d %d\n", t[3], t[80]);
    return p != 0; }
static int c4(void *p) {
  struct big a, b; for (int i = 0; i < 50; i++) a.i[i] = i, b.i[i] = i * i;
  a = passes(a, b); printf("%d %d\n", a.i[3], a.i[49]); return p != 0; }
static int c5(void *p) { printf("%d\n", twice(inc, 7)); return p != 0; }
static int d1(void *p) { return pressed(p, 100); }
static int d2(void *p) { floating(doubles, 10); return p != 0; }
int main(void) {
  int (*calls[])(void *) = { c1, c2, c3, c4, c5, d1, d2 };
  for (int i = 0; i < 7; i++) printf("call %d: %d\n", i, asked(calls[i], numbers));
  return 0;
}
#endif
