// Builtins whose types are those of their arguments: overflow of all types and values at the edges, atomic access.
#include <stdio.h>
#include <stdint.h>
#define TRY(T, op, a, b) { T r; _Bool o = __builtin_##op##_overflow(a, b, &r); printf(#T " " #op " %d %lld\n", o, \
    (long long)r); }
#define ALL(A, B, a, b) TRYS(char, a, b) TRYS(unsigned char, a, b) TRYS(short, a, b) TRYS(int, a, b) TRYS(unsigned, \
    a, b)
#define TRYS(T, a, b) TRY(T, add, a, b) TRY(T, sub, a, b) TRY(T, mul, a, b)
static const long long v[] = { 0, 1, -1, 2, 127, 128, 255, 256, 32767, 65535, 2147483647, -2147483648ll,
    4294967295ll, 4294967296ll, -4294967297ll, 0x7fffffffffffffffll, -0x7fffffffffffffffll - 1, 3037000500ll };
#define N (sizeof v / sizeof *v)
volatile int go = 1;
unsigned char bytes[4]; unsigned short half; int word; unsigned uword; int *pointer;
int main(void) {
  for (unsigned i = 0; i < N; i++) for (unsigned j = 0; j < N; j++) {
    { int a = v[i], b = v[j]; ALL(int, int, a, b) TRYS(long long, a, b) TRYS(unsigned long long, a, b) }
    { unsigned a = v[i], b = v[j]; ALL(int, int, a, b) TRYS(long long, a, b) TRYS(unsigned long long, a, b) }
    { unsigned a = v[i]; int b = v[j]; ALL(int, int, a, b) TRYS(long long, a, b) TRYS(unsigned long long, a, b) }
    { signed char a = v[i]; unsigned char b = v[j]; ALL(int, int, a, b) }
    { long long a = v[i], b = v[j]; TRYS(long long, a, b) TRYS(int, a, b) TRYS(short, a, b) }
    { unsigned long long a = v[i], b = v[j]; TRYS(unsigned long long, a, b) TRYS(unsigned, a, b) TRYS(unsigned char,
        a, b) }
    { long long a = v[i]; int b = v[j]; TRYS(long long, a, b) }
    { int r; printf("%d\n", __builtin_smul_overflow(v[i], v[j], &r)); long long q; printf("%d\n",
        __builtin_saddll_overflow(v[i], v[j], &q)); unsigned long s; printf("%d\n", __builtin_usubl_overflow(v[i],
        v[j], &s)); }
  }
  for (int i = 0; i < 300; i += 7) {
    printf("%d %d %d %d\n", __atomic_fetch_add(&word, i, 5), __sync_sub_and_fetch(&word, 3),
        __atomic_xor_fetch(&word, i * 7, 0), word);
    printf("%d %d %d\n", __sync_fetch_and_nand(&half, i), __atomic_or_fetch(&bytes[1], i, 5),
        __atomic_fetch_and(&uword, ~i, 2));
    printf("%d %d\n", __atomic_exchange_n(&bytes[2], i, 5), __atomic_load_n(&bytes[2], 5));
    int want = i & 1 ? word : 5; _Bool did = __atomic_compare_exchange_n(&word, &want, i, 0, 5, 5);
        printf("%d %d %d\n", did, want, word);
    printf("%d %d\n", __sync_bool_compare_and_swap(&half, 65535, i), __sync_val_compare_and_swap(&bytes[1], i & 255,
        9));
    __atomic_store_n(&uword, i, 5); __atomic_store_n(&uword, i + 1, 0); __sync_synchronize();
        __atomic_thread_fence(5); __atomic_signal_fence(5);
    printf("%u %d %d %d\n", uword, __sync_lock_test_and_set(&word, i), __atomic_test_and_set(&bytes[3], 5),
        bytes[3]); __sync_lock_release(&half); __atomic_clear(&bytes[3], 3);
    printf("%d\n", __atomic_always_lock_free(4, 0));
  }
  int array[4] = { 1, 2, 3, 4 }; pointer = array; int *p = __atomic_fetch_add(&pointer, 8, 5); printf("%d %d\n", *p,
      *pointer);
  return 0;
}
