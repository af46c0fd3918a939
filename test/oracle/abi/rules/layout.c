// psABI 2.1.1: sizes and alignments of every type, alone and in records: 8-byte types are aligned to 4, long
// double takes 12
#include "../abi.h"
#define TYPES(X) X(_Bool, a) X(char, b) X(short, c) X(int, d) X(long, e) X(ll, f) X(float, g) X(double, h) X(ld, i) \
  X(void *, j) X(wchar_t, k) X(size_t, l) X(ptrdiff_t, m)
enum plain { A, B }; enum big { C = 0x80000000u }; enum neg { D = -1 }; enum __attribute__((packed)) p1 { E = 255 };
    enum __attribute__((packed)) p2 { F = 256 };
#define MEMBERS(T, n) char n##_; T n;
struct all { TYPES(MEMBERS) char end; }; struct __attribute__((packed)) packed { TYPES(MEMBERS) char end; };
struct over { char a; _Alignas(8) char b; __attribute__((aligned(32))) char c; double d __attribute__((aligned(2)));
    __attribute__((packed)) int e; };
struct flexible { short n; int items[]; }; struct inner { char a; struct { short b; union { ll c; char d; }; }; } ;
typedef int aligned_int __attribute__((aligned(16))); struct holder { char a; aligned_int b; };
#pragma pack(push, 2)
struct pack2 { char a; int b; ll c; char d; };
#pragma pack(pop)
extern struct all all; extern struct packed packed; extern struct over over; extern struct pack2 pack2; extern
    struct holder holder; extern struct inner inner;
void report(void);
#if CALLEE
#define SET(T, n) .n##_ = 1, .n = (T)7,
struct all all = { .a_ = 1, .a = 1, .b = 2, .c = 3, .d = 4, .e = 5, .f = 6, .g = 7.5f, .h = 8.5, .i = 9.5L, .j =
    &all, .k = 11, .l = 12, .m = 13, .end = 14 };
struct packed packed = { .a = 1, .b = 2, .c = 3, .d = 4, .e = 5, .f = 6, .g = 7.5f, .h = 8.5, .i = 9.5L, .j =
    &packed, .k = 11, .l = 12, .m = 13, .end = 14 };
struct over over = { 1, 2, 3, 4.5, 5 }; struct pack2 pack2 = { 1, 2, 3, 4 }; struct holder holder = { 1, 2 }; struct
    inner inner = { 1, { 2, { 3 } } };
#else
void report(void) { }
#endif
static void sizes(void) {
#define SIZE(T, n) printf(#T " %d %d %d %d\n", (int)sizeof(T), (int)_Alignof(T), (int)offsetof(struct all, n), \
    (int)offsetof(struct packed, n));
  TYPES(SIZE)
  printf("%d %d %d %d %d\n", (int)sizeof(enum plain), (int)sizeof(enum big), (int)sizeof(enum neg), (int)sizeof(enum
      p1), (int)sizeof(enum p2));
  printf("%d %d %d %d %d %d\n", (int)sizeof(struct all), (int)_Alignof(struct all), (int)sizeof(struct packed),
      (int)_Alignof(struct packed), (int)sizeof(struct pack2), (int)offsetof(struct pack2, c));
  printf("%d %d %d %d %d %d\n", (int)sizeof(struct over), (int)_Alignof(struct over), (int)offsetof(struct over, b),
      (int)offsetof(struct over, c), (int)offsetof(struct over, d), (int)offsetof(struct over, e));
  printf("%d %d %d %d %d %d\n", (int)sizeof(struct flexible), (int)offsetof(struct flexible, items),
      (int)sizeof(struct inner), (int)offsetof(struct inner, d), (int)sizeof(struct holder), (int)_Alignof(struct
      holder));
  printf("%d %d %d\n", (int)__alignof__(double), (int)__alignof__(ll), (int)__alignof__(ld));
}
#if CALLEE
void sizes_there(void) { sizes(); }
#else
void sizes_there(void);
int main(void) {
  sizes(); sizes_there();
  printf("%d %d %d %ld %lld %g %g %Lg %d %d\n", all.b, all.c, all.d, all.e, all.f, all.g, all.h, all.i, all.j ==
      &all, all.end);
  printf("%d %d %d %ld %lld %g %g %Lg %d %d\n", packed.b, packed.c, packed.d, packed.e, packed.f, packed.g,
      packed.h, packed.i, packed.j == &packed, packed.end);
  printf("%d %d %g %d %d %d\n", over.b, over.c, over.d, over.e, (int)&over & 31, pack2.d);
  printf("%d %d %lld\n", holder.b, (int)&holder & 15, inner.c);
  return 0;
}
#endif
