// GNU asm with every kind of operand, computed goto, case ranges, alloca and builtins.
typedef unsigned u;
typedef unsigned long long ull;
int printf(const char *, ...);
static inline u add(u a, u b)
{
asm("addl %1,%0": "+r"(a): "rm"(b):"cc");
  return a;
}

static inline ull rd(void)
{
  ull t;
  asm volatile ("rdtsc":"=A" (t));
  return t;
}

static inline u bsr(u x)
{
  u r;
asm("bsrl %1,%0": "=r"(r):"rm"(x));
  return r;
}

static inline void cpuid(u l, u * a, u * b, u * c, u * d)
{
  asm volatile ("cpuid":"=a" (*a), "=b"(*b), "=c"(*c), "=d"(*d):"0"(l), "2"(0));
}

static inline u xchg(volatile u * p, u v)
{
  asm volatile ("lock; xchgl %0,%1":"=r" (v), "+m"(*p):"0"(v):"memory");
  return v;
}

static inline char cas(u * p, u o, u n)
{
  char z;
  asm volatile ("lock; cmpxchgl %3,%1; sete %0":"=q" (z), "+m"(*p), "+a"(o):"r"(n):"memory", "cc");
  return z;
}

static inline void copy(void *d, const void *s, u n)
{
  asm volatile ("cld; rep movsb":"+D" (d), "+S"(s), "+c"(n)::"memory");
}

static inline u sh(u x, u c)
{
asm("shll %%cl,%0": "+r"(x):"c"(c));
  return x;
}

static inline u imm(u x)
{
asm("addl %1,%0; addl $%c2,%0": "+r"(x):"i"(1234), "i"(7));
  return x;
}

static inline u mulhi(u a, u b)
{
  u lo, hi;
asm("mull %3": "=a"(lo), "=&d"(hi):"%0"(a), "rm"(b));
  return hi;
}

static inline unsigned short sw(unsigned short x)
{
asm("xchgb %b0,%h0": "=Q"(x):"0"(x));
  return x;
}

static inline u named(u x, u y)
{
  u r;
asm("leal 3(%[x],%[y],2),%[r]": [r] "=r"(r):[x] "r"(x),[y] "r"(y));
  return r;
}

static u regvar(u a, u b)
{
  register u x asm("ebx") = a;
  register u y asm("esi") = b;
  u r;
asm("movl %1,%0; subl %2,%0": "=&r"(r):"r"(x), "r"(y));
  return r;
}

static int jump(int x)
{
  asm goto ("testl %0,%0; jnz %l[yes]"::"r" (x):"cc":yes);
  return 1;
yes:return 2;
}

static double fsin1(double x)
{
  double r;
asm("fsin": "=t"(r):"0"(x));
  return r;
}

static double at2(double y, double x)
{
  double r;
asm("fpatan": "=t"(r): "0"(x), "u"(y):"st(1)");
  return r;
}

static double rem(double x, double y)
{
  double r;
asm("fprem": "=t"(r):"0"(x), "u"(y));
  return r;
}

static unsigned char outb_like(unsigned short port, unsigned char v)
{
  unsigned char r;
  asm volatile ("movb %1,%0; addb %b2,%0":"=q" (r):"a"(v), "Nd"(port));
  return r;
}

int sixth(int a, int b, int c, int d, int e)
{
  int r;
  asm("movl %1,%0; addl %2,%0; addl %3,%0; addl %4,%0; addl %5,%0"
      : "=&r"(r)
      : "g"(a), "g"(b), "g"(c), "g"(d),
      "g"(e));
  return r;
}

unsigned long flags(void)
{
  unsigned long f;
  asm volatile ("pushfl; popl %0":"=g" (f));
  return f & 2;
}

int main(void)
{
  u a, b, c, d, m = 5, arr[3] = { 1, 2, 3 };
  char buf[8] = "", s[] = "hello";
  cpuid(0, &a, &b, &c, &d);
  copy(buf, s, 6);
  printf("%u %d %u %s\n", add(3, 4), rd() > 0, bsr(4097), buf);
  printf("%u %u %d %u\n", xchg(&m, 9), m, cas(&arr[1], 2, 7), arr[1]);
  printf("%u %u %u %x %u %u %d %d\n", sh(3, 5), imm(1), mulhi(0x80000000, 6), sw(0x1234),
         named(10, 20), regvar(50, 8), jump(0), jump(5));
  printf("%.6f %.6f %.6f %d %d %lu %d\n", fsin1(1), at2(1, 2), rem(7.5, 2), outb_like(3, 4),
         sixth(1, 2, 3, 4, 5), flags(), b != 0);
  static void *tab[] = { &&l1, &&l2, &&l3 };
  int i = 0, acc = 0;
next:if (i < 6)
    goto *tab[i++ % 3];
  printf("%d\n", acc);
  int z = 0;
  switch (acc) {
  case 100 ... 200:
    z = 1;
    break;
  case -5:
    z = 2;
    break;
  case 7 ... 9:
    z = 3;
  }
  printf("%d %d\n", z, ( {
                        int q = acc;
                        q * 2;
                        }));
  char *al = __builtin_alloca(acc);
  al[0] = 1;
  al[acc - 1] = 2;
  printf("%d %d %d %x %d %d %d\n", al[0] + al[acc - 1], __builtin_clz(acc), __builtin_ctz(acc | 64),
         __builtin_bswap32(acc), __builtin_ffs(0), __builtin_ffs(8), __builtin_popcount(acc));
  return 0;
l1:acc += 1;
  goto next;
l2:acc += 10;
  goto next;
l3:acc += 100;
  goto next;
}
