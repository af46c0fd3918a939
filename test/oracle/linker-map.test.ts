// Map files, cross references and the texts of other options against GNU ld: letter for letter.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as ld } from '../../apps/cli/src/ld.ts';
import { Bench, missingTool } from './gnu-bench.ts';
import { compareLinks } from './link/compare.ts';
import { makeInputs } from './link/script-cases.ts';

const missing = missingTool();
if (missing) console.log(`linker map oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

const first = `int counter; static int own; extern int other(int); int room[5]; char letter;
int a_function_with_quite_a_long_name(void) { return 1; }
extern int weak_one(void) __attribute__((weak));
int main(void) { own = other(3) + (weak_one ? 1 : 0); return counter + own; }
`;
const second = `int room[5]; char letter; const char *s = "text", *t = "more text";
int other(int a) { return a + 1; } int unused(int a) { return a; }
`;
const script = `MEMORY { rom (rx) : ORIGIN = 0x1000, LENGTH = 64K
 ram (w!x) : ORIGIN = 0x100000, LENGTH = 1M  a_region_with_a_long_name : ORIGIN = 0x200000, LENGTH = 1K }
ENTRY(main) EXTERN(unused)
PROVIDE(nobody = 0x1234);
SECTIONS {
 .text : { *(.text .text.*) . = ALIGN(16); end_of_text = .; PROVIDE(_e = .); KEEP(*(.init)) } > rom
 .rodata : { *(.rodata .rodata.*) BYTE(1) SHORT(2) LONG(3) QUAD(4) FILL(0x90) . = ALIGN(32);
   *(EXCLUDE_FILE(*x.o *y.o) .x .y) *(SORT_BY_NAME(.s.*)) SORT_BY_NAME(*)(.f) } > rom =0x9090
 .data : AT(ADDR(.rodata) + SIZEOF(.rodata)) { *(.data) } > ram
 .a_section_with_a_long_name : { *(.vl) } > ram
 .bss (NOLOAD) : { *(.bss) *(COMMON) } > ram
 v1 = DEFINED(main) ? ADDR(.text) : 5; v2 = MAX(1, 2) + 3 * 4; v3 = ABSOLUTE(.); v4 = -v2 & ~7;
 v5 = SIZEOF_HEADERS; v6 = CONSTANT(MAXPAGESIZE); v7 = !v1 || v2 && v3; HIDDEN(v8 = 5);
 ASSERT(v2 == 14, "sums")
 /DISCARD/ : { *(.comment) *(.note*) *(.eh_frame) } }
`;

describe.skipIf(missing)('texts are those of GNU ld', { timeout: 60_000 }, () => {
  beforeAll(() => {
    makeInputs(bench);
    const flags = ['-O1', '-fno-pic', '-fno-pie', '-fcommon', '-ffunction-sections'];
    bench.compile('m1', first, flags);
    bench.compile('m2', second, flags);
    bench.run('ar', ['rcsD', 'libm2.a', 'm2.o']);
    bench.run('ar', ['rcsTD', 'thin.a', 'm2.o']);
    bench.write('map.ld', script);
    const plain = 'ENTRY(main) SECTIONS { .text : { *(.text*) }';
    bench.write('frames.ld', `${plain} .eh_frame : { *(.eh_frame) } .data : { *(.data*) } }`);
    bench.write('kept.ld', `${plain} .eh_frame : { KEEP(*(.eh_frame)) } .data : { *(.data*) } }`);
  });

  const lists: readonly string[] = [
    'm1.o libm2.a -e main',
    'm1.o thin.a -e main --cref',
    'm1.o -L. -lm2 -e main --cref -Ttext 0x9000 --defsym extra=main+4',
    '--start-group m1.o libm2.a --end-group -e main --gc-sections -u unused',
    '-T map.ld m1.o libm2.a --cref',
    '-T map.ld m1.o libm2.a --no-print-map-discarded',
    'm1.o m2.o -e main -N --section-start=.rodata=0x5000',
    'a.o b.o lib.a --cref -z noseparate-code',
    '-r m1.o m2.o',
    '-T frames.ld m1.o libm2.a --gc-sections',
    '-T kept.ld m1.o libm2.a --gc-sections',
  ];
  test.each(lists)('the map of %s', (list) => {
    const both = compareLinks(bench, list.split(' '), true);
    expect(both.ours.isAccepted, both.ours.text).toBe(true);
    expect(both.isSame).toBe(true);
    expect(both.ourMap).toBe(both.gnuMap);
  });

  test('the map and memory of a link that fails', () => {
    const args = ['-m', 'elf_i386', '-T', 'map.ld', 'm1.o', '--print-memory-usage', '-o', 'x'];
    const gnu = bench.attempt('ld', [...args, '-Map', 'gnu.map']);
    const ours = bench.ours(ld, [...args, '-Map', 'our.map']);
    expect(gnu.status).toBe(1);
    expect(ours.status).toBe(1);
    expect(ours.stdout).toBe(gnu.stdout);
    expect(bench.read('our.map')).toEqual(bench.read('gnu.map'));
  });

  test('sections that a segment of PHDRS cannot hold are told', () => {
    const phdrs = 'PHDRS { t PT_LOAD; }';
    const far = '.far 0x9000 : AT(0x2000) { *(.text.other*) } :t';
    const body = `${phdrs} SECTIONS { .text 0x1000 : { *(.text.main .data*) } :t ${far} }`;
    bench.write('far.ld', body);
    const { gnu, ours } = compareLinks(bench, ['-T', 'far.ld', 'm1.o', 'm2.o', '-e', 'main']);
    expect(gnu.text).toContain("can't be allocated in segment 0");
    expect(ours.text).toContain("section '.far' cannot be in segment 't'");
  });

  test('how full memory is', () => {
    const args = ['-m', 'elf_i386', '-T', 'map.ld', 'm1.o', 'libm2.a', '--print-memory-usage'];
    const gnu = bench.run('ld', [...args, '-o', 'gnu.out']);
    expect(bench.ours(ld, [...args, '-o', 'our.out']).stdout).toBe(gnu);
  });

  test('a forgotten library and an archive that comes too early are named', () => {
    bench.assemble('user', ' .globl _start\n_start: call other\n call cos\n');
    bench.assemble('maths', ' .globl cos\ncos: ret\n');
    bench.run('ar', ['rcsD', 'libm.a', 'maths.o']);
    const { stderr, status } = bench.ours(ld, ['-L.', 'libm2.a', 'user.o', '-o', 'x']);
    expect(status).toBe(1);
    expect(stderr).toContain('libm2.a defines it, but was searched before');
    expect(stderr).toContain('it is in libm: add -lm');
  });

  test('--why tells the chain of an archive member', () => {
    const args = ['m1.o', 'libm2.a', '-e', 'main', '--why', 'other', '-o', 'x'];
    const { stdout } = bench.ours(ld, args);
    expect(stdout).toContain('other: defined in libm2.a(m2.o):(.text.other)+0x0');
    expect(stdout).toContain("libm2.a(m2.o) is here as m1.o refers to 'other'");
    expect(stdout).toContain('m1.o is on the command line');
  });
});
