// Calls every function of callee.c and prints what came back: each file is compiled by us and by
// gcc, and linked crosswise.
#include "abi.h"
int printf(const char *, ...);
int c1(char a, short b, unsigned char c, unsigned short d, _Bool e);
ll c2(ll a, int b, ull c, int d);
float c3(float a, double b, ld c, int d);
double c4(float a, double b, ld c, int d);
ld c5(float a, double b, ld c, int d);
struct s1 m1(int x);
struct s2 m2(int x);
struct s3 m3(int x);
struct s4 m4(int x);
struct s5 m5(int x);
struct s8 m8(int x);
struct sll mll(ll x);
struct s12 m12(int x);
struct sf mf(float x);
struct sd md(double x);
struct s40 m40(int x);
struct s101 m101(int x);
union u mu(float f);
struct bf mb(int a, int b, int c, ull d);
struct pk mpk(int x);
int t1(struct s1 a, struct s2 b, struct s3 c, struct s4 d, struct s5 e);
ll t2(int x, struct s8 a, struct sll b, struct s12 c, ll y);
double t3(struct sf a, struct sd b, union u c, float z);
int t4(struct s40 a, int q, struct s101 b, struct se e, int w);
ll t5(struct bf b, struct pk p);
__attribute__((regparm(3)))
int r1(int a, int b, int c, int d);
__attribute__((regparm(3)))
ll r2(int a, ll b, int c);
__attribute__((regparm(3)))
ll r3(ll a, ll b, int c);
__attribute__((regparm(2)))
int r4(int a, double d, int b, int c);
__attribute__((regparm(3)))
struct s8 r5(int a, struct s8 b, int c);
__attribute__((regparm(3)))
int r6(struct s3 a, struct s5 b, int c);
__attribute__((regparm(1)))
int r7(int a, char b, short c);
__attribute__((regparm(3)))
int r8(struct sf f, int a, struct sd d, int b);
int v1(int n, ...);
double v2(const char *f, ...);
int kr();
ll cb(ll(*f) (int, ll, char), int x);
_Bool bo(int x);
unsigned char uc(int x);
signed char sc(int x);
short sh(int x);
unsigned short us(int x);
double dneg(double);
unsigned long long f2ull(double d);
unsigned f2u(double d);
ll f2ll(float d);
int f2i(ld d);
unsigned char f2uc(double);
double ull2d(ull x);
float ull2f(ull x);
double u2d(unsigned x);
ld ll2l(ll x);
float i2f(int x);
int cmpd(double a, double b);
int brd(double a, double b);
static ll back(int a, ll b, char c)
{
  return a * 3 + b * 7 - c;
}

int main(void)
{
  printf("%d\n", c1(-5, -300, 250, 65000, 7));
  printf("%lld\n", c2(-123456789012LL, 77, 0xfedcba9876543210ULL, -3));
  printf("%a %a %La\n", c3(1.5f, 2.25, 3.125L, 4), c4(1.1f, 2.2, 3.3L, 4), c5(1.7f, 2.2, 3.3L, 4));
  struct s3 x3 = m3(40);
  struct s5 x5 = m5(9);
  struct s8 x8 = m8(12);
  struct s12 x12 = m12(7);
  struct s40 x40 = m40(3);
  struct s101 x101 = m101(1);
  struct bf b = mb(-3, 17, -77777, 0x123456789aULL);
  struct pk p = mpk(33);
  struct se e;
  printf("%d %d %d %d\n", m1(5).a, m2(-9).a, x3.a[1], m4(44).a);
  printf("%d %d %d %lld %d %g\n", x5.a[2], x8.a, x8.b, mll(5000000000LL).a, x12.a, x12.b);
  printf("%g %g %d %d %g\n", mf(2).f, md(3).d, x40.a[9], x101.c[100], mu(2.5f).f);
  printf("%d %d %d %llx %d %d\n", b.a, b.b, b.c, (ull) b.d, b.e, b.f);
  printf("%d %d %d %g\n", p.c, p.i, p.s, p.d);
  printf("%d\n", t1(m1(1), m2(2), x3, m4(4), x5));
  printf("%lld\n", t2(1, x8, mll(7), x12, 1LL << 40));
  printf("%g\n", t3(mf(1), md(2), mu(3), 4));
  printf("%d\n", t4(x40, 5, x101, e, 9));
  printf("%lld\n", t5(b, p));
  printf("%d %lld %lld %d\n", r1(1, 2, 3, 4), r2(1, 1LL << 33, 3), r3(-1, 1LL << 34, 5),
         r4(1, 2.5, 3, 4));
  x8 = r5(1, x8, 3);
  printf("%d %d %d %d %d\n", x8.a, x8.b, r6(x3, x5, 7), r7(3, 4, 5), r8(mf(1), 2, md(3), 4));
  int q = 77;
  printf("%d %g\n", v1(4, 1, 2, 3, 4), v2("ildLsp8i", 1, 2LL << 33, 3.5, 4.25L, x5, &q, x8, 3));
  printf("%d\n", kr('a', 2.5f, (short) 7));
  printf("%lld\n", cb(back, 9));
  printf("%d %d %d %d %d %d\n", bo(4), bo(8), uc(300), sc(200), sh(70000), us(-1));
  printf("%g %llu %u %lld %d %d\n", dneg(0.0), f2ull(1e19), f2u(4e9), f2ll(-1.5e10f), f2i(-2.9L),
         f2uc(200.7));
  printf("%llu %u\n", f2ull(5.9), f2u(3.99));
  printf("%a %a %a %La %a\n", ull2d(0xffffffffffffffffULL), ull2f(0x8000000000000001ULL),
         u2d(0xffffffffu), ll2l(-1LL << 62 | 1), i2f(16777217));
  double nan = 0.0;
  nan = nan / nan;
  double v[] = { 1, 2, -0.0, 0.0, 1e300, nan };
  for (int i = 0; i < 6; i++)
    for (int j = 0; j < 6; j++)
      printf("%d %d ", cmpd(v[i], v[j]), brd(v[i], v[j]));
  printf("\n");
  for (int i = 0; i < 70; i += 5) {
    volatile ull u = 0xfedcba9876543210ULL;
    volatile int k = i & 63;
    printf("%llx %llx %llx ", u << k, u >> k, (ll) u >> k);
    volatile ll w = -0x123456789abcdLL;
    printf("%lld %lld %llu %d %d\n", w / (i + 3), w % (i + 3), (ull) w / (i + 3), (ll) u < w,
           u < (ull) w);
  }
  return 0;
}
