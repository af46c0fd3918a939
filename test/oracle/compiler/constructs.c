// Constructs that random programs leave out: Duff's device, setjmp, packed and wide bit-fields,
// record-valued expressions, increments of every type, GNU expressions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
int printf(const char *, ...);
typedef long long ll;
typedef unsigned long long ull;
struct __attribute__((packed)) tight {
  char c;
  int a:20;
  unsigned b:20;
  ll w:37;
  ull x:50;
  short s;
};

struct wide {
  ull a:33;
  ll b:31;
  ull c:64;
  unsigned d:1,:0, e:31;
  _Bool f:1;
};
struct point {
  int x, y;
};
struct nest {
  struct point p[3];
  struct {
    char t[5];
    union {
      int i;
      float f;
    };
  };
};
static struct point make(int x, int y)
{
  return (struct point) { x, y };
}

static int sum(struct point p)
{
  return p.x * 10 + p.y;
}

static volatile struct {
  unsigned a:4;
  int b:7;
  unsigned char c:3;
} vb;
static jmp_buf env;
static int depth(int n)
{
  if (n == 0)
    longjmp(env, 7);
  return depth(n - 1) + 1;
}

static int duff(char *to, const char *from, int count)
{
  int n = (count + 7) / 8, steps = 0;
  switch (count % 8) {
  case 0:
    do {
      *to++ = *from++;
      steps++;
  case 7:
      *to++ = *from++;
  case 6:
      *to++ = *from++;
  case 5:
      *to++ = *from++;
  case 4:
      *to++ = *from++;
  case 3:
      *to++ = *from++;
  case 2:
      *to++ = *from++;
  case 1:
      *to++ = *from++;
    } while (--n > 0);
  }
  return steps;
}

static const char *longswitch(ll v)
{
  switch (v) {
  case -1:
    return "m1";
  case 0x100000000LL:
    return "4g";
  case 5 ... 9:
    return "5-9";
  case 0x7fffffffffffffffLL:
    return "max";
  case -0x100000001LL ... -0xffffffffLL:
    return "range";
  default:
    return "other";
  }
}

static int chars(signed char a, unsigned char b, short c, unsigned short d)
{
  a += b;
  b *= c;
  c >>= 2;
  d -= a;
  a = -a;
  b = ~b;
  c <<= 3;
  d ^= c;
  a /= 3;
  b %= 7;
  c |= d;
  d &= 0xfff0;
  return a + b * 3 + c * 5 + d * 7;
}

static ll longs(ll a, ull b, int s)
{
  a += b;
  b *= a;
  a >>= s & 63;
  b <<= s & 31;
  a ^= b;
  b |= (ull) a << 7;
  a = -a;
  b = ~b;
  a /= 3;
  b %= 1000003;
  a -= b--;
  ++a;
  b++;
  return a + (ll) b + !a + !!b;
}

static double floats(float f, double d, long double l)
{
  f++;
  d--;
  --l;
  ++f;
  f += d;
  d *= f;
  l /= 3;
  f -= 0.1;
  d = -d;
  l = l < d ? l : d;
  f = f > 1 ? f++ : --f;
  return f + d + (double) l;
}

int weird(int n)
{
  int r = 0, i = 1;
  goto in;
  for (i = 0; i < n; i++) {
    r += i;
  in:r += 100;
    if (r > 1000)
      break;
    if (i & 1)
      continue;
    r++;
  }
  return r;
}

static int order(int *p)
{
  return (*p)++ * 10;
}

struct flex {
  int n;
  char data[];
};
static struct flex fl = { 3, "abc" };
static const struct nest ni = { {[1] = { 4, 5},[2].y = 9 }, { "hey", {.f = 1.5f} } };

static int *const addr = &((struct nest *) 0x1000)->p[2].y;
static const char *strings[] = { "abc", "abc" + 1,[4] = "xyz" };

static ptrdiff_t diff = (char *) &fl.data - (char *) &fl;
static double dtab[3] = { 1,[2] = -2.5e-310 };
static float ftab[] = { 1e-45f, 3.4e38f, -0.0f };
static long double ltab[] = { 1.0L / 3, -1e4000L };

static double va(int n, ...)
{
  va_list ap;
  va_start(ap, n);
  double t = 0;
  for (int i = 0; i < n; i++) {
    struct point p = va_arg(ap, struct point);
    t += sum(p) + va_arg(ap, double) + (double) va_arg(ap, ll);
  } va_end(ap);
  return t;
}

static _Thread_local int counter = 5;
static _Thread_local int counters[3];
static int *count(int i)
{
  counter += i;
  counters[i]--;
  return &counters[i];
}

int main(void)
{
  struct tight t = { 1, -5, 0xabcde, -123456789012LL & 0xfffffffff, 0x3ffffffffffffULL, -2 };
  struct wide w = { 0x1ffffffffULL, -5, ~0ULL, 1, 0x7fffffff, 3 };
  printf("%d %d %d %x %lld %llx %d | %llx %lld %llx %d %d %d %d\n", (int) sizeof t, t.c, t.a, t.b,
         (ll) t.w, (ull) t.x, t.s, (ull) w.a, (ll) w.b, (ull) w.c, w.d, w.e, w.f, (int) sizeof w);
  t.a += 524290;
  t.b--;
  t.w *= 3;
  t.x >>= 3;
  t.x++;
  w.a++;
  w.b <<= 3;
  w.d ^= 1;
  w.e /= 3;
  w.f = 8;
  w.b = w.a = 77;
  printf("%d %x %lld %llx %llx %lld %d %d %d\n", t.a, t.b, (ll) t.w, (ull) t.x, (ull) w.a,
         (ll) w.b, w.d, w.e, w.f);
  printf("%d %d %d\n", (t.a = 0x7fffff), (vb.b = 200), (vb.c = 9));
  vb.a = 15;
  vb.a++;
  vb.b -= 100;
  printf("%d %d %d\n", vb.a, vb.b, vb.c);
  struct point a = make(1, 2), b = make(3, 4), arr[3] = { a, b, make(5, 6) }, *pp = arr;
  int c = arr[1].x > 2;
  printf("%d %d %d %d %d\n", sum(c ? a : b), sum((a.x++, b)), sum(( {
                                                                   struct point q = a;
                                                                   q.x *= 2;
                                                                   q;
                                                                   })), make(8, 9).y,
         sum(*pp++) + pp->y);
  a = b = arr[2];
  arr[0] = arr[1] = a;
  printf("%d %d %d\n", sum(a), sum(arr[0]), sum(*(&arr[1])));
  char from[40], to[40];
  for (int i = 0; i < 40; i++) {
    from[i] = i;
    to[i] = 0;
  } printf("%d", duff(to, from, 29));
  for (int i = 0; i < 32; i++)
    printf(" %d", to[i]);
  printf("\n");
  volatile int live = 5;
  int j = setjmp(env);
  if (j == 0) {
    live = 6;
    depth(10);
  }
  printf("%d %d\n", j, live);
  ll vs[] = { -1, 0x100000000LL, 7, 0x7fffffffffffffffLL, -0x100000000LL, 0, -2, 1LL << 62 };
  for (int i = 0; i < 8; i++)
    printf("%s ", longswitch(vs[i]));
  printf("\n");
  for (int i = -3; i < 4; i++)
    printf("%d %lld %.4g | ", chars(i * 50, i * 77, i * 5000, i * 9999),
           longs(i * 123456789012LL, i * 999999999999ULL, i * 5), floats(i * 1.1f, i * 2.2,
                                                                         i * 3.3L));
  printf("\n");
  printf("%d %d %d\n", weird(3), weird(50), fl.n + fl.data[2] + (int) diff);
  printf("%d %d %s %g %d %s %s %p\n", ni.p[1].y, ni.p[2].y, ni.t, ni.f, ni.p[0].x, strings[1],
         strings[4], (void *) addr);
  printf("%a %a %a %a %a %La %La\n", dtab[0], dtab[1], dtab[2], ftab[0], ftab[1], ltab[0],
         ltab[1]);
  printf("%g\n", va(2, make(1, 2), 3.5, 4LL, make(5, 6), -7.25, -8LL << 33));
  _Bool bo = 5;
  bo++;
  printf("%d ", bo);
  bo--;
  printf("%d ", bo);
  bo = 0.3;
  printf("%d ", bo);
  bo = (_Bool) (void *) 0;
  printf("%d %d\n", bo, 3 ? : 4);
  int z = 0, *pz = &z;
  printf("%d %d\n", (z ? : order(pz)) + 1, z);
  int m[3][4], (*pm)[4] = m;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < 4; k++)
      m[i][k] = i * 10 + k;
  printf("%d %d %d %d\n", pm[2][3], *(* (pm + 1) + 2),(int)(&m[2][1] - &m[0][2]),
         (int)(pm + 3 - m));
  unsigned char uc = 255;
  signed char sc = -128;
  unsigned short us = 65535;
  printf("%d %d %d %d %d\n", uc++ + uc, --sc, us++ * 2 + us, (unsigned char) (uc - 1) >> 3,
         sc == 127);
  unsigned u = 3;
  printf("%d %d %u %d\n", -1 < (int) u, -1 < u, u - 5, (int) (u - 5) / 2);
  int q = 7;
  q = q++ + 0;
  q <<= 2;
  q %= 5;
  printf("%d %d %d %d %d\n", q, -7 / 2, -7 % 3, -8 >> 1, (unsigned) -8 >> 28);
  for (int i = 1; i < 40; i += 6)
    printf("%d %u %d %d %d %u ", -1000001 / i, 4000000000u / i, -1000001 % i, i / 7, i % 10,
           4294967295u / 10 % i);
  printf("\n");
  int *counted = count(2);
  printf("%d %d\n", *counted, counter);
  return 0;
}
