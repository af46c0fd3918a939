// Types of every size that the i386 ABI passes or returns in its own way.
typedef long long ll;
typedef unsigned long long ull;
typedef long double ld;
struct s1 {
  char a;
};
struct s2 {
  short a;
};
struct s3 {
  char a[3];
};
struct s4 {
  int a;
};
struct s5 {
  char a[5];
};
struct s8 {
  int a, b;
};
struct sll {
  ll a;
};
struct s12 {
  int a;
  double b;
};
struct sf {
  float f;
};
struct sd {
  double d;
};
struct s40 {
  int a[10];
};
struct s101 {
  char c[101];
};
struct se {
};
union u {
  int i;
  float f;
  char c[6];
};
struct bf {
  int a:3;
  unsigned b:5;
  int c:20;
  unsigned long long d:40;
  signed char e:4;
  _Bool f:1;
};
struct __attribute__((packed)) pk {
  char c;
  int i;
  short s;
  double d;
};

#define FN(n) PFX##n
