// Loops of other kinds than mips-kernels.c, to see that none is slow beyond reason: the interpreter was tuned on those.

typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned char u8;

static u32 __attribute__((noinline)) fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

static u32 recursion(u32 rounds) {
  u32 sum = 0;
  for (u32 n = 0; n < rounds; n++) sum += fib(20);
  return sum;
}

/* 64-bit products, and division and remainder of 32 bits. */
static u32 wide(u32 rounds) {
  u64 x = 88172645463325252ull;
  u32 sum = 0;
  for (u32 n = 1; n <= rounds; n++) {
    x = x * 6364136223846793005ull + 1442695040888963407ull;
    u32 high = x >> 32;
    sum += high / n + high % (n | 1) + (u32)(x >> 17);
  }
  return sum;
}

struct node {
  struct node *next;
  u32 key;
  short small;
  u8 flags, kind;
};

static u32 list(u32 rounds) {
  static struct node nodes[512];
  for (u32 i = 0; i < 512; i++) {
    nodes[i].next = &nodes[(i * 37 + 11) & 511];
    nodes[i].key = i * 2654435761u;
    nodes[i].small = i - 256;
    nodes[i].flags = i;
    nodes[i].kind = i & 3;
  }
  u32 sum = 0;
  struct node *at = nodes;
  for (u32 n = 0; n < rounds; n++, at = at->next) {
    if (at->flags & 4) sum += at->small;
    else if (at->kind == 2) at->flags ^= 0x10;
    sum = at->key > sum ? sum + at->key : sum - 1;
  }
  return sum;
}

static u32 strings(u32 rounds) {
  static u8 from[4096], to[4096];
  u32 sum = 0;
  for (u32 i = 0; i < sizeof from; i++) from[i] = i % 251 + 1;
  from[sizeof from - 1] = 0;
  for (u32 n = 0; n < rounds; n++) {
    void *d = to;
    const void *s = from;
    u32 count = 300;
    from[n & 2047] = n | 1;
    __asm__ volatile("rep movsl" : "+D"(d), "+S"(s), "+c"(count) : : "memory");
    const u8 *p = from;
    while (*p && *p != 250) p++;
    sum += p - from;
    u8 *q = to;
    for (p = from; (*q++ = *p++) != 0;) continue;
    sum += q - to + to[n & 1023];
  }
  return sum;
}

static u32 twice(u32 x) { return x * 2 + 1; }
static u32 half(u32 x) { return x / 2; }
static u32 mixed(u32 x) { return (x << 5) ^ (x >> 3); }
static u32 counted(u32 x) { return x + 12345; }

static u32 indirect(u32 rounds) {
  static u32 (*volatile table[4])(u32) = {twice, half, mixed, counted};
  u32 x = 1;
  for (u32 n = 0; n < rounds; n++) x = table[(x >> 4) & 3](x) + n;
  return x;
}

u32 run_kernel(u32 kernel, u32 rounds) {
  switch (kernel) {
  case 0: return recursion(rounds);
  case 1: return wide(rounds);
  case 2: return list(rounds);
  case 3: return strings(rounds);
  default: return indirect(rounds);
  }
}
