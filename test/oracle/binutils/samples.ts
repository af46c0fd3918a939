// The inputs that the oracle tests of the object tools share: objects of gcc and clang with and
// without debugging information of each version, executables, a shared library with versions,
// archives, glibc's own start files and library.

import { isInstalled } from '../isa-oracle.ts';
import { Bench } from '../gnu-bench.ts';

export const source = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct node { struct node *next; int value; unsigned flags:3; char name[10];
  union { float f; double d; } u; } node;
enum color { RED, GREEN = 5, BLUE = -1 };
static int counter; int table[20] = {1}; const char text[] = "text"; int common;
static const volatile long long big = 0x123456789abcdefLL;
extern int elsewhere __attribute__((weak)); __thread int own = 4; static __thread int tbss;
__attribute__((weak)) int twice(int a) { return a * 2; }
static inline int sq(int x) {
  int y = x * x; if (y > 100) { int z = y / 3; return z + 1; } return y; }
__attribute__((noinline)) static node *mk(int v, const char *n) {
  node *p = malloc(sizeof *p); p->value = v; p->flags = v & 7;
  strncpy(p->name, n, 9); p->u.d = v * 1.5; return p; }
int vf(const char *f, ...) { __builtin_va_list ap; __builtin_va_start(ap, f);
  int r = __builtin_va_arg(ap, int); __builtin_va_end(ap); return r; }
int sw(int a, enum color c) { switch (a) { case 1: return 5; case 2: return sq(3);
  case 3: return 9; case 4: return twice(a) + c; case 5: return 77; } return table[a % 20]; }
int (*fp)(int, enum color) = sw;
int main(int argc, char **argv) {
  counter += argc;
  printf("%d %s\\n", twice(counter + own + common + sq(argc)), text);
  for (int i = 0; i < argc; i++) {
    node *n = mk(i, argv[i]); printf("%d %f\\n", n->value, n->u.d); free(n); }
  tbss = vf("x", 3); table[3] = fp(argc, GREEN) + tbss + (int) big;
  return &elsewhere == 0;
}
`;

const groupSource = `
 .section .text.f,"axG",@progbits,f,comdat
 .weak f
f: call g
 .text
l: call f
 .data
 .long l
 .comm z,4,4
`;

/** Puts the samples into the bench's folder; their names. */
export function makeSamples(bench: Bench): void {
  bench.write('t.c', source);
  const gcc = (args: readonly string[]) => bench.run('gcc', ['-m32', ...args]);
  for (const version of ['2', '3', '4', '5']) {
    gcc(['-O2', `-gdwarf-${version}`, '-c', 't.c', '-o', `g${version}.o`]);
    gcc(['-O0', `-gdwarf-${version}`, '-fno-pic', '-c', 't.c', '-o', `g${version}O0.o`]);
  }
  gcc(['-O1', '-g3', '-fPIC', '-ffunction-sections', '-fcommon', '-c', 't.c', '-o', 'macros.o']);
  gcc(['-O2', '-g', '-gz', '-c', 't.c', '-o', 'packed.o']);
  gcc(['-Os', '-c', 't.c', '-o', 'plain.o']);
  bench.assemble('group', groupSource);
  gcc(['-O2', '-g', 't.c', '-o', 'dyn']);
  gcc(['-O1', '-g', '-static', 't.c', '-o', 'static']);
  gcc(['-O2', '-no-pie', 't.c', '-o', 'nopie']);
  bench.write(
    'versions',
    'V1 { global: main; sw; vf; local: twice; };\nV2 { global: table; text; } V1;\n',
  );
  const version = '-Wl,--version-script=versions';
  gcc(['-O2', '-g', '-fPIC', '-shared', version, 't.c', '-o', 'lib.so']);
  bench.run('strip', ['dyn', '-o', 'stripped']);
  bench.run('ar', ['rcsD', 'lib.a', 'g5.o', 'group.o', 'g2.o']);
  bench.run('ar', ['rcTD', 'thin.a', 'g5.o', 'group.o']);
  bench.run('objcopy', ['-O', 'ihex', 'g2.o', 'a.hex']);
  bench.run('objcopy', ['-O', 'srec', 'g2.o', 'a.srec']);
  bench.write('data.txt', 'some data, and more of it\nsecond line\n');
  for (const name of ['crt1.o', 'crtbegin.o', 'libc.a']) {
    const path = gcc([`-print-file-name=${name}`]).trim();
    bench.write(name, bench.read(path));
  }
  if (hasClang) {
    bench.run('clang-14', ['-m32', '-g', '-O2', '-c', 't.c', '-o', 'clang5.o']);
    bench.run('clang-14', ['-m32', '-gdwarf-4', '-O1', '-c', 't.c', '-o', 'clang4.o']);
  }
}

const hasClang = isInstalled('clang-14');

export const debugObjects: readonly string[] = [
  ...['g2.o', 'g3.o', 'g4.o', 'g5.o', 'g2O0.o', 'g5O0.o', 'macros.o', 'packed.o'],
  ...(hasClang ? ['clang5.o', 'clang4.o'] : []),
];
export const linked: readonly string[] = ['dyn', 'static', 'nopie', 'lib.so', 'stripped'];
export const objects: readonly string[] = ['plain.o', 'group.o', 'crt1.o', 'crtbegin.o'];
export const archives: readonly string[] = ['lib.a', 'thin.a'];
