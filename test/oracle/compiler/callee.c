// One function for each rule of the i386 ABI: promotions, records by value, regparm, variable
// arguments, conversions.
#include "abi.h"
#include <stdarg.h>
int c1(char a, short b, unsigned char c, unsigned short d, _Bool e)
{
  return a * 1000 + b * 100 + c * 10 + d + e;
}

ll c2(ll a, int b, ull c, int d)
{
  return a * b + (ll) (c >> 3) - d;
}

float c3(float a, double b, ld c, int d)
{
  return a + b * c - d;
}

double c4(float a, double b, ld c, int d)
{
  return a * b + c - d;
}

ld c5(float a, double b, ld c, int d)
{
  return a - b + c * d;
}

struct s1 m1(int x)
{
  struct s1 s = { x };
  return s;
}

struct s2 m2(int x)
{
  struct s2 s = { x };
  return s;
}

struct s3 m3(int x)
{
  struct s3 s = { { x, x + 1, x + 2 } };
  return s;
}

struct s4 m4(int x)
{
  struct s4 s = { x };
  return s;
}

struct s5 m5(int x)
{
  struct s5 s = { { x, x + 1, x + 2, 4, 5 } };
  return s;
}

struct s8 m8(int x)
{
  struct s8 s = { x, -x };
  return s;
}

struct sll mll(ll x)
{
  struct sll s = { x * 3 };
  return s;
}

struct s12 m12(int x)
{
  struct s12 s = { x, x / 2.0 };
  return s;
}

struct sf mf(float x)
{
  struct sf s = { x + 1 };
  return s;
}

struct sd md(double x)
{
  struct sd s = { x + 1 };
  return s;
}

struct s40 m40(int x)
{
  struct s40 s;
  for (int i = 0; i < 10; i++)
    s.a[i] = x * i;
  return s;
}

struct s101 m101(int x)
{
  struct s101 s;
  for (int i = 0; i < 101; i++)
    s.c[i] = x + i;
  return s;
}

union u mu(float f)
{
  union u v;
  v.f = f;
  return v;
}

struct bf mb(int a, int b, int c, ull d)
{
  struct bf s = { a, b, c, d, a, b & 1 };
  return s;
}

struct pk mpk(int x)
{
  struct pk p = { x, x * 3, x + 7, x / 4.0 };
  return p;
}

int t1(struct s1 a, struct s2 b, struct s3 c, struct s4 d, struct s5 e)
{
  return a.a + b.a * 2 + c.a[2] * 3 + d.a * 4 + e.a[4] * 5 + e.a[0];
}

ll t2(int x, struct s8 a, struct sll b, struct s12 c, ll y)
{
  return x + a.a - a.b + b.a + (ll) c.b + c.a + y;
}

double t3(struct sf a, struct sd b, union u c, float z)
{
  return a.f + b.d * c.f - z;
}

int t4(struct s40 a, int q, struct s101 b, struct se e, int w)
{
  int t = q - w;
  for (int i = 0; i < 10; i++)
    t += a.a[i];
  for (int i = 0; i < 101; i++)
    t += b.c[i];
  return t;
}

ll t5(struct bf b, struct pk p)
{
  return b.a + b.b * 2 + b.c * 3 + (ll) b.d + b.e + b.f + p.c + p.i + p.s + (int) p.d;
}

__attribute__((regparm(3)))
int r1(int a, int b, int c, int d)
{
  return a + b * 2 + c * 3 + d * 4;
}

__attribute__((regparm(3)))
ll r2(int a, ll b, int c)
{
  return a + b * 2 + c * 3;
}

__attribute__((regparm(3)))
ll r3(ll a, ll b, int c)
{
  return a + b * 2 + c * 3;
}

__attribute__((regparm(2)))
int r4(int a, double d, int b, int c)
{
  return a + d * 10 + b * 2 + c * 3;
}

__attribute__((regparm(3)))
struct s8 r5(int a, struct s8 b, int c)
{
  struct s8 r = { a + b.a, b.b - c };
  return r;
}

__attribute__((regparm(3)))
int r6(struct s3 a, struct s5 b, int c)
{
  return a.a[2] + b.a[4] * 2 + c;
}

__attribute__((regparm(1)))
int r7(int a, char b, short c)
{
  return a * b - c;
}

__attribute__((regparm(3)))
int r8(struct sf f, int a, struct sd d, int b)
{
  return f.f * 10 + a + d.d * 100 + b;
}

int v1(int n, ...)
{
  va_list ap;
  va_start(ap, n);
  int t = 0;
  while (n--)
    t = t * 3 + va_arg(ap, int);
  va_end(ap);
  return t;
}

double v2(const char *f, ...)
{
  va_list ap, aq;
  va_start(ap, f);
  va_copy(aq, ap);
  double t = 0;
  for (; *f; f++)
    switch (*f) {
    case 'i':
      t += va_arg(ap, int);
      break;
    case 'l':
      t += va_arg(ap, ll);
      break;
    case 'd':
      t += va_arg(ap, double);
      break;
    case 'L':
      t += va_arg(ap, ld);
      break;
    case 's':{
        struct s5 s = va_arg(ap, struct s5);
        t += s.a[4] + s.a[0];
        break;
      }
    case 'p':
      t += *va_arg(ap, int *);
      break;
    case '8':
      t += va_arg(ap, struct s8).b;
      break;
    }
  t += va_arg(aq, int);
  va_end(aq);
  va_end(ap);
  return t;
}

int kr(a, b, c)
char a;
float b;
short c;
{
  return a + b * 10 + c;
}

ll cb(ll(*f) (int, ll, char), int x)
{
  return f(x, x * 5LL, x) + 1;
}

_Bool bo(int x)
{
  return x & 4;
}

unsigned char uc(int x)
{
  return x;
}

signed char sc(int x)
{
  return x;
}

short sh(int x)
{
  return x;
}

unsigned short us(int x)
{
  return x;
}

double dneg(double x)
{
  return -x;
}

unsigned long long f2ull(double d)
{
  return d;
}

unsigned f2u(double d)
{
  return d;
}

ll f2ll(float d)
{
  return d;
}

int f2i(ld d)
{
  return d;
}

unsigned char f2uc(double d)
{
  return d;
}

double ull2d(ull x)
{
  return x;
}

float ull2f(ull x)
{
  return x;
}

double u2d(unsigned x)
{
  return x;
}

ld ll2l(ll x)
{
  return x;
}

float i2f(int x)
{
  return x;
}

int cmpd(double a, double b)
{
  return (a < b) | (a <= b) << 1 | (a > b) << 2 | (a >= b) << 3 | (a == b) << 4 | (a !=
                                                                                   b) << 5 | (!(a <
                                                                                                b))
      << 6 | (!(a == b)) << 7;
}

int brd(double a, double b)
{
  int r = 0;
  if (a < b)
    r |= 1;
  if (a <= b)
    r |= 2;
  if (a > b)
    r |= 4;
  if (a >= b)
    r |= 8;
  if (a == b)
    r |= 16;
  if (a != b)
    r |= 32;
  if (!(a < b))
    r |= 64;
  if (!(a >= b))
    r |= 128;
  if (a)
    r |= 256;
  if (!a)
    r |= 512;
  while (a != a) {
    r |= 1024;
    break;
  }
  return r;
}
