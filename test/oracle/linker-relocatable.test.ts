// ld -r against GNU ld: the joined object is the same file, and links to the same program.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { makeInputs } from './link/script-cases.ts';

const missing = missingTool();
if (missing) console.log(`relocatable linker oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

const first = `#include <stdio.h>
static int own = 5; int shared = 6; int room[4]; extern int other; const char *text = "hello";
static char buffer[10]; __attribute__((section(".foo"))) int placed = 3;
int *p = &own; int *q = &shared; char *r = buffer + 3;
static int twice(int a) { return a + own; }
int work(int a) { printf("%d", twice(a)); return other + room[2]; }
`;
const second = `int other = 3; static int own = 9; const char *same = "hello"; extern int room[4];
int more(int a) { return a + own + room[1]; } int *pp = &own; __thread int t = 4;
int use(void) { return t++; }
`;
const groups = ` .section .text.dup,"axG",@progbits,dup,comdat
 .weak dup
dup: call dup
 .long .Ll
.Ll: .long 1
 .section .data.dup,"awG",@progbits,dup,comdat
 .long dup
 .text
 call dup
 .long local+4
local: .long .Lstr
 .section .rodata.str,"aMS",@progbits,1
.Lstr: .asciz "ab"
 .section .debug_x
 .long .text.dup
`;
const script = `SECTIONS { .text : { *(.text*) here = .; } .mydata : { *(.data*) LONG(5) }
PROVIDE(nope = 5); }`;

const inputs = ['c1.o c2.o', 'p1.o p2.o', 'g1.o g2.o', 'b.o a.o g1.o', 'a.o lib.a', 'w.o g1.o'];
const options = ['', '-d', '-s', '-S', '-x', '-X', '-Ur', '--force-group-allocation', '-T r.ld'];
const cases = options.flatMap((option) => inputs.map((names) => [option, names] as const));

describe.skipIf(missing)('a relocatable file has the bytes of GNU ld', { timeout: 60_000 }, () => {
  beforeAll(() => {
    makeInputs(bench);
    const flags = ['-O1', '-g', '-fcommon', '-ffunction-sections'];
    bench.compile('c1', first, flags);
    bench.compile('c2', second, flags);
    bench.compile('p1', first, [...flags, '-fno-pic', '-fdata-sections']);
    bench.compile('p2', second, ['-O2', '-fPIC']);
    bench.assemble('g1', groups);
    bench.assemble('g2', groups);
    bench.assemble('w', ' .section .gnu.warning.dup,"a"\n .string "dup is old"\n');
    bench.write('r.ld', script);
  });

  test.each(cases)('%s %s', (option, names) => {
    const words = `${option} ${names}`.split(' ').filter((word) => word !== '');
    const { gnu, ours, ...both } = compareLinks(bench, ['-r', ...words]);
    expect(gnu.isAccepted, gnu.text).toBe(true);
    expect(ours.isAccepted, ours.text).toBe(true);
    expect(both.ourShown).toBe(both.gnuShown);
    expect(both.isSame).toBe(true);
  });
});
