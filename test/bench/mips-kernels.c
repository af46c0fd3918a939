// Integer kernels for the interpreter's benchmark, compiled freestanding by gcc -O2 -m32. Each returns a checksum that
// the driver compares, so that a fast wrong answer is no answer.

typedef unsigned int u32;
typedef unsigned char u8;

static u32 seed;

static u32 random_word(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed;
}

static u32 crc32(u32 rounds) {
  static u32 table[256];
  static u8 buffer[4096];
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
    table[i] = c;
  }
  for (u32 i = 0; i < sizeof buffer; i++) buffer[i] = random_word() >> 24;
  u32 crc = ~0u;
  for (u32 n = 0; n < rounds; n++)
    for (u32 i = 0; i < sizeof buffer; i++) crc = table[(crc ^ buffer[i]) & 0xff] ^ (crc >> 8);
  return ~crc;
}

static u32 sieve(u32 rounds) {
  static u8 composite[65536];
  u32 count = 0;
  for (u32 n = 0; n < rounds; n++) {
    for (u32 i = 0; i < sizeof composite; i++) composite[i] = 0;
    for (u32 i = 2; i < sizeof composite; i++) {
      if (composite[i]) continue;
      count++;
      for (u32 j = i + i; j < sizeof composite; j += i) composite[j] = 1;
    }
  }
  return count;
}

static void sort(int *low, int *high) {
  while (low < high) {
    int pivot = low[(high - low) / 2], *i = low, *j = high;
    while (i <= j) {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i <= j) {
        int t = *i;
        *i++ = *j;
        *j-- = t;
      }
    }
    if (j - low < high - i) {
      sort(low, j);
      low = i;
    } else {
      sort(i, high);
      high = j;
    }
  }
}

static u32 quicksort(u32 rounds) {
  static int values[16384];
  u32 sum = 0;
  for (u32 n = 0; n < rounds; n++) {
    for (u32 i = 0; i < 16384; i++) values[i] = random_word();
    sort(values, values + 16383);
    sum = sum * 31 + values[5000];
  }
  return sum;
}

static const u32 sha_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 turn(u32 x, int n) { return x >> n | x << (32 - n); }

static u32 sha256(u32 rounds) {
  u32 h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  u32 w[64];
  for (u32 n = 0; n < rounds; n++) {
    for (int i = 0; i < 16; i++) w[i] = n + i;
    for (int i = 16; i < 64; i++) {
      u32 a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
      u32 b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    u32 s[8];
    for (int i = 0; i < 8; i++) s[i] = h[i];
    for (int i = 0; i < 64; i++) {
      u32 big1 = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
      u32 t1 = s[7] + big1 + ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha_constants[i] + w[i];
      u32 big0 = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
      u32 t2 = big0 + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      for (int k = 7; k > 0; k--) s[k] = s[k - 1];
      s[4] += t1;
      s[0] = t1 + t2;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
  }
  return h[0];
}

static u32 bytecode(u32 rounds) {
  enum { PUSH, ADD, XOR, DUP, SWAP, DEC, JNZ, MUL, END };
  static const u8 program[] = {DUP, PUSH, 13, MUL, PUSH, 7, ADD, SWAP, DEC, SWAP, DUP, XOR, ADD, DUP, JNZ, 14, END};
  u32 stack[16], result = 0;
  for (u32 n = 0; n < rounds; n++) {
    u32 *top = stack;
    u32 x = 1000, y;
    *top = n;
    for (const u8 *pc = program;;) {
      switch (*pc++) {
      case PUSH: *++top = *pc++; continue;
      case ADD: y = *top--; *top += y; continue;
      case MUL: y = *top--; *top *= y; continue;
      case XOR: y = *top--; *top ^= y + x; *++top = x; continue;
      case DUP: y = *top; *++top = y; continue;
      case SWAP: y = *top; *top = top[-1]; top[-1] = y; continue;
      case DEC: --*top; x--; continue;
      case JNZ: y = *pc++; top--; if (x) { pc -= y + 2; if (top > stack + 8) top = stack + 2; } continue;
      default: result = result * 33 + *top;
      }
      break;
    }
  }
  return result;
}

u32 run_kernel(u32 kernel, u32 rounds) {
  seed = 12345;
  switch (kernel) {
  case 0: return crc32(rounds);
  case 1: return sieve(rounds);
  case 2: return quicksort(rounds);
  case 3: return sha256(rounds);
  default: return bytecode(rounds);
  }
}
