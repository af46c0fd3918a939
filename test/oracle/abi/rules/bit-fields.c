// psABI 2.1.1: bit-fields: from the low bits, within their type's unit, :0, unnamed, in unions, packed, of every
// type
#include "../abi.h"
struct a { int a : 3; unsigned b : 5; int c : 20; unsigned d : 5; }; struct b { char a : 3; short b : 9; int c : 17;
    ll d : 40; _Bool e : 1; };
struct c { unsigned a : 7; int : 0; unsigned b : 3; char c; unsigned d : 9; }; struct d { char c; int : 5; int b :
    4; short s; unsigned e : 30; };
struct __attribute__((packed)) e { char a; unsigned b : 13; int c : 27; ll d : 37; short s; }; union f { unsigned a
    : 11; char b; signed c : 4; };
struct g { enum { X, Y, Z } e : 2; unsigned char u : 8; int : 3; unsigned short v : 13; }; struct h { ull a : 33;
    ull b : 31; ull c : 1; };
struct i { char a : 4; char : 0; char b : 4; } ; struct j { int x; char c : 1; char d; }; struct
    __attribute__((packed, aligned(2))) k { int a : 9; char c; int b : 20; };
#define TYPES(X) X(struct a, 1) X(struct b, 2) X(struct c, 3) X(struct d, 4) X(struct e, 5) X(union f, 6) X(struct \
    g, 7) X(struct h, 8) X(struct i, 9) X(struct j, 10) X(struct k, 11)
#define DECLARE(T, n) T make##n(ll x); ll take##n(T s);
TYPES(DECLARE)
#if CALLEE
#define P(...) { __VA_ARGS__ return s; }
struct a make1(ll x) { struct a s; memset(&s, 0, sizeof s); P(s.a = x; s.b = x; s.c = x; s.d = x;) }
struct b make2(ll x) { struct b s; memset(&s, 0, sizeof s); P(s.a = x; s.b = x; s.c = x; s.d = x; s.e = x;) }
struct c make3(ll x) { struct c s; memset(&s, 0, sizeof s); P(s.a = x; s.b = x; s.c = x; s.d = x;) }
struct d make4(ll x) { struct d s; memset(&s, 0, sizeof s); P(s.c = x; s.b = x; s.s = x; s.e = x;) }
struct e make5(ll x) { struct e s; memset(&s, 0, sizeof s); P(s.a = x; s.b = x; s.c = x; s.d = x; s.s = x;) }
union f make6(ll x) { union f s; memset(&s, 0, sizeof s); P(s.a = x;) }
struct g make7(ll x) { struct g s; memset(&s, 0, sizeof s); P(s.e = x & 3; s.u = x; s.v = x;) }
struct h make8(ll x) { struct h s; memset(&s, 0, sizeof s); P(s.a = x; s.b = x; s.c = x;) }
struct i make9(ll x) { struct i s; memset(&s, 0, sizeof s); P(s.a = x; s.b = x >> 1;) }
struct j make10(ll x) { struct j s; memset(&s, 0, sizeof s); P(s.x = x; s.c = x; s.d = x;) }
struct k make11(ll x) { struct k s; memset(&s, 0, sizeof s); P(s.a = x; s.c = x; s.b = x;) }
ll take1(struct a s) { s.a++; s.c -= 2; return s.a + s.b * 3ll + s.c * 5ll + s.d * 7ll; } ll take2(struct b s) {
    s.d++; return s.a + s.b * 3 + s.c * 5ll + (ll)s.d * 7 + s.e; }
ll take3(struct c s) { return s.a + s.b * 3 + s.c * 5 + s.d * 7; } ll take4(struct d s) { return s.c + s.b * 3 + s.s
    * 5ll + s.e * 7ll; }
ll take5(struct e s) { s.b ^= 5; return s.a + s.b * 3 + s.c * 5ll + (ll)s.d * 7 + s.s; } ll take6(union f s) {
    return s.a + s.b * 3 + s.c * 5; }
ll take7(struct g s) { return s.e + s.u * 3 + s.v * 5; } ll take8(struct h s) { s.b += 3; return (ull)s.a + (ull)s.b
    * 3 + s.c * 5; } ll take9(struct i s) { return s.a + s.b * 3; }
ll take10(struct j s) { return s.x * 2ll + s.c + s.d; } ll take11(struct k s) { return s.a + s.c * 3 + s.b * 5ll; }
#else
static void dump(const void *p, int n) { const unsigned char *c = p; while (n--) printf("%02x", *c++); }
#define CALL(T, n) { T s = make##n(x); printf(#T " %d %d ", (int)sizeof(T), (int)_Alignof(T)); dump(&s, sizeof s); \
    printf(" %lld\n", take##n(s)); }
int main(void) { for (int i = 0; i < 12; i++) { ll x = (0x9e3779b97f4a7c15ll * (i + 1)) >> (i * 2); TYPES(CALL) }
    return 0; }
#endif
