// ring0 ld against GNU ld: the same inputs give the same file, byte for byte.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as ld } from '../../apps/cli/src/ld.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`linker oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

/**
 * Links by both and compares the files whole; readelf's text first, as its differences can be
 * read.
 */
function expectSame(args: readonly string[]): void {
  bench.run('ld', ['-m', 'elf_i386', '--no-warn-rwx-segments', ...args, '-o', 'gnu.out']);
  const result = bench.ours(ld, [
    '-m',
    'elf_i386',
    '--no-warn-rwx-segments',
    ...args,
    '-o',
    'our.out',
  ]);
  expect(result.stderr).toBe('');
  const isFlat = args.includes('binary');
  const shown = (name: string): string => bench.run('readelf', ['-aW', name]);
  if (!isFlat) expect(shown('our.out')).toBe(shown('gnu.out'));
  expect(Buffer.compare(bench.read('our.out'), bench.read('gnu.out'))).toBe(0);
}

const kernelScript = `
OUTPUT_FORMAT("elf32-i386") OUTPUT_ARCH(i386) ENTRY(_start)
KERNBASE = 0x80000000;
SECTIONS
{
  . = KERNBASE + 0x100000;
  .text : AT(0x100000) { *(.text .stub .text.* .gnu.linkonce.t.*) }
  PROVIDE(etext = .);
  .rodata : { *(.rodata .rodata.* .gnu.linkonce.r.*) }
  .table : { __tab_start = .; KEEP(*(.tab)) __tab_end = .; LONG(0x12345678) BYTE(1) . = ALIGN(16); }
  . = ALIGN(0x1000);
  PROVIDE(data = .);
  .data : { *(.data .data.*) }
  .bss : { sbss = .; *(.bss) *(COMMON) . = ALIGN(4096); ebss = .; }
  PROVIDE(end = .);
  physend = end - KERNBASE;
  /DISCARD/ : { *(.eh_frame .note.GNU-stack .comment) }
  ASSERT(. > KERNBASE, "the kernel is linked too low")
}
`;

const regionsScript = `
ENTRY(_start)
MEMORY { rom (rx) : ORIGIN = 0xf0000, LENGTH = 64K
  ram (rw!x) : org = 0x1000, l = 32K }
PHDRS { text PT_LOAD FLAGS(5); data PT_LOAD; stack PT_GNU_STACK FLAGS(6); }
SECTIONS
{
  .text : { *(.text*) *(.rodata*) . = ALIGN(4); } > rom :text =0x90cc
  .data : ALIGN(64) { data_start = .; *(.data*) *(.weird .tab) data_size = . - data_start; } > ram AT> rom :data
  .fill : { FILL(0xab) BYTE(1) . = . + 7; SHORT(0x1234) . = ALIGN(16); QUAD(data_start) } > ram AT> rom
  .bss : { *(.bss*) *(COMMON) } > ram AT> rom
  load = LOADADDR(.data); length = SIZEOF(.data) + SIZEOF(.fill); top = ORIGIN(ram) + LENGTH(ram);
  biggest = MAX(SIZEOF(.text), SIZEOF(.data)); is_there = DEFINED(_start) ? 1 : 2;
  /DISCARD/ : { *(.eh_frame* .comment .note*) }
}
`;

const sortScript = `
SECTIONS
{
  . = 0x1000;
  .text : { KEEP(*(.text)) }
  .first : { *(SORT(.s.*)) }
  .second : SUBALIGN(16) { *(EXCLUDE_FILE(*k2.o) .p.1) *(SORT_BY_INIT_PRIORITY(.p.*)) }
  .third ALIGN(256) : { *k2.o(.q) *(.q) . += 3; end_of_third = ABSOLUTE(.); }
  .got : { *(.got*) }
  /DISCARD/ : { *(.eh_frame) *(.comment) *(.note*) *(.rel*) }
}
`;

const first = `
extern char data[], etext[], end[];
int x = 3; static int y; int z[100]; const char *s = "hello"; double d;
__attribute__((section(".tab"))) int tt = 5;
__attribute__((section(".weird"))) int ww = 5;
__attribute__((section(".init.text"))) int it(void) { return y; }
int f(int);
int _start(void) { y++; d = d * 2.5; return f(x) + (int)s + z[3] + tt + ww + it(); }
`;

const second = `
int common_thing; short other_common[7]; char third_common;
int f(int a) {
  static const char *n[] = {"ab", "cdhello", "hello"};
  switch (a) {
    case 0: return 5; case 1: return 9; case 2: return 3;
    case 3: return 2; case 4: return 99; case 5: return -3;
  }
  return n[a & 1][0] + common_thing + other_common[1] + third_common;
}
`;

const sorted = (names: readonly string[], section: string): string =>
  names
    .map(
      (name, i) =>
        ` .section ${section}${name},"aw"\n .byte ${i + 1}, ${i}\n .balign ${1 << (i % 4)}\n`,
    )
    .join('');

describe.skipIf(missing)('ring0 ld gives the bytes of GNU ld', { timeout: 120_000 }, () => {
  const levels = [
    ['-O0'],
    ['-O2'],
    ['-O1', '-fno-pic', '-g'],
    ['-Os', '-ffunction-sections', '-fdata-sections'],
  ];
  beforeAll(() => {
    bench.write('kernel.ld', kernelScript);
    bench.write('regions.ld', regionsScript);
    bench.write('sort.ld', sortScript);
    bench.write('blob.bin', 'some bytes');
    levels.forEach((flags, level) => {
      bench.compile(`k1-${level}`, first, [...flags, '-ffreestanding', '-fno-pie']);
      bench.compile(`k2-${level}`, second, [...flags, '-ffreestanding', '-fcommon']);
      bench.run('ar', ['rcsD', `k2-${level}.a`, `k2-${level}.o`]);
    });
    bench.assemble(
      'a',
      ` .globl _start\n_start: ret\n${sorted(['b', 'a', 'd', 'c'], '.s.')}${sorted(['20', '3', '100', '1'], '.p.')}${sorted([''], '.q')}`,
    );
    bench.assemble(
      'k2',
      ` .text\n ret\n${sorted(['aa', 'z'], '.s.')}${sorted(['1', '2'], '.p.')}${sorted([''], '.q')}`,
    );
    bench.assemble(
      'edge',
      ` .globl _start\n_start: mov $edge_end, %eax\n call weak\n jmp *table(,%eax,4)\n` +
        ` .weak weak\n .section .rodata\ntable: .long _start, __start_mine, __stop_mine\n` +
        ` .section mine,"aw"\n .long 1\n .lcomm local,10\n .comm shared,8,16\n` +
        ` .globl edge_end\n edge_end = . + 5\n` +
        ` .section .text.one,"axG",@progbits,one,comdat\n .weak one\none: call one\n`,
    );
    bench.assemble(
      'edge2',
      ` .section .text.one,"axG",@progbits,one,comdat\n .weak one\none: call one\n` +
        ` nop\n .text\n call one\n .globl weak\nweak: ret\n .comm shared,32,4\n .data\n` +
        ` .byte low, low\n .word low\n .globl low\n low = 0x7f\n`,
    );
  });

  const flat = ['-T', 'kernel.ld', '--oformat', 'binary'];
  const regions = ['-T', 'regions.ld'];
  // GNU ld cannot do these with a global offset table.
  const withoutGot = new Set<readonly string[]>([flat, regions]);
  const options: readonly (readonly string[])[] = [
    ['-T', 'kernel.ld'],
    ['-T', 'kernel.ld', '--gc-sections'],
    ['-N', '-T', 'kernel.ld'],
    ['-T', 'kernel.ld', '-s'],
    ['-T', 'kernel.ld', '-S'],
    ['-T', 'kernel.ld', '-x'],
    flat,
    regions,
    ['-z', 'noexecstack', '--build-id=none'],
    ['-n', '-e', 'f', '-Ttext', '0x7c00'],
    ['-N', '-e', '_start', '-Ttext', '0x7c00', '-Tdata=0x9000', '-Tbss', '0xa000'],
    ['--gc-sections', '-e', 'f'],
    ['-z', 'max-page-size=0x10000'],
    ['-z', 'norelro', '-z', 'noseparate-code'],
    ['-Ttext', '0x800'],
    ['--defsym', 'extra=x+4', '--defsym=more=0x1234', '-u', 'nobody_defines_this'],
  ];
  const cases = levels.flatMap((flags, level) =>
    options
      .filter((option) => flags.includes('-fno-pic') || !withoutGot.has(option))
      .map((option) => [`${flags.join(' ')}: ${option.join(' ')}`, level, option] as const),
  );
  test.each(cases)('%s', (_, level, option) => {
    const undefinedNames = option.includes('-T')
      ? []
      : ['--defsym', 'data=0', '--defsym', 'etext=0'];
    expectSame([...option, ...undefinedNames, `k1-${level}.o`, `k2-${level}.o`]);
  });

  test.each(levels.map((flags, level) => [flags.join(' '), level] as const))(
    'from an archive: %s',
    (_, level) =>
      expectSame([
        '-T',
        'kernel.ld',
        `k1-${level}.o`,
        '--start-group',
        `k2-${level}.a`,
        '--end-group',
      ]),
  );

  test('sorted, excluded and named inputs', () => expectSame(['-T', 'sort.ld', 'a.o', 'k2.o']));
  test('comdat groups, commons, weak references, start and stop symbols', () => {
    expectSame(['edge.o', 'edge2.o']);
    expectSame(['edge2.o', 'edge.o']);
  });
  test('frames of functions without code', () => {
    const framed = (name: string, code: string) =>
      `${name}: .cfi_startproc\n${code}\n .cfi_endproc\n`;
    bench.assemble(
      'frames',
      ` .globl _start\n${framed('_start', ' push %eax\n .cfi_def_cfa_offset 8')}${framed('empty', '')}` +
        `${framed('next', ' ret')} .section .text.other,"ax"\n${framed('nothing', '')}`,
    );
    expectSame(['frames.o']);
    expectSame(['--eh-frame-hdr', '-shared', 'frames.o']);
  });
  test('a load of the address of a dynamic section that is not there', () => {
    bench.assemble(
      'static',
      ` .globl _start\n_start: mov _DYNAMIC@GOT(%ebx), %eax\n mov _start@GOT(%ebx), %eax\n.weak _DYNAMIC\n`,
    );
    expectSame(['static.o']);
    expectSame(['-pie', '--no-dynamic-linker', 'static.o']);
    expectSame(['-shared', 'static.o']);
    bench.assemble(
      'direct',
      ` .globl _start\n_start: call *_start@GOT(%ebx)\n mov _start@GOT, %eax\n jmp *_start@GOT(%ebx)\n cmp _start@GOT(%ebx), %eax\n`,
    );
    expectSame(['direct.o']);
  });
  test('a definition that leaves type and size open has them from elsewhere', () => {
    bench.assemble(
      'open',
      ` .globl _start, f, g, h, i, v, w\n_start: call f\nf:\ng:\nh: nop\ni: nop\n` +
        ` .data\nv: .long 1\n .type w, @object\nw: .long 1\n`,
    );
    bench.assemble(
      'weaker',
      ` .weak f, v\n .type f, @function\nf: nop\n .size f, 1\n .type h, @function\n call h\n` +
        ` .type i, @gnu_indirect_function\n call i\n .data\n .type v, @object\nv: .long 0\n .size v, 4\n`,
    );
    bench.assemble(
      'library',
      ` .globl f, v, w, i\n .type f, @function\nf: call g@PLT\n nop\n .size f, .-f\n .type g, @function\n` +
        ` .type i, @gnu_indirect_function\ni: ret\n .size i, 1\n .data\n .type v, @object\n` +
        `v: .long 1, 2\n .size v, 8\nw: .long 2\n .size w, 4\n`,
    );
    bench.run('ld', ['-m', 'elf_i386', '-shared', 'library.o', '-o', 'library.so']);
    for (const other of ['weaker.o', 'library.so']) {
      expectSame(['open.o', other]);
      expectSame([other, 'open.o']);
    }
  });
  test('narrow fields below a name', () => {
    bench.assemble(
      'narrow',
      ` .globl _start\n_start: .byte x - 1, x + 0x7f\n .word x - 512, x + 0x7fff\n`,
    );
    expectSame(['--defsym', 'x=0x20', 'narrow.o']);
  });
  test('a file as bytes', () => expectSame(['edge.o', 'edge2.o', '-b', 'binary', 'blob.bin']));

  const programs: Readonly<Record<string, { source: string; output: string }>> = {
    stdio: {
      source: `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
__thread int counter = 5; __thread char zero[40];
__attribute__((constructor)) static void early(void) { counter++; }
int main(int argc, char **argv) {
  char *p = malloc(100); strcpy(p, "hello"); zero[3] = argc;
  printf("%s %d %.2f %d\\n", p, counter + argc, 3.5 * argc, zero[3]);
  return 0;
}`,
      output: 'hello 7 3.50 1\n',
    },
    sorting: {
      source: `#include <stdio.h>
#include <stdlib.h>
#include <math.h>
static int less(const void *a, const void *b) { return *(int *)a - *(int *)b; }
int main(void) {
  int v[] = {5, 3, 9, -1}; qsort(v, 4, sizeof *v, less);
  for (int i = 0; i < 4; i++) printf("%d ", v[i]);
  printf("%g %s\\n", sqrt(2.0), getenv("NO_SUCH_NAME") ? "set" : "unset");
}`,
      output: '-1 3 5 9 1.41421 unset\n',
    },
  };
  test.each(Object.entries(programs))('static glibc program: %s', (name, { source, output }) => {
    bench.compile(name, source, ['-O1', '-g']);
    const shown = bench.attempt('gcc', [
      '-m32',
      '-static',
      '-###',
      `${name}.o`,
      '-lm',
      '-o',
      'x',
    ]).stderr;
    const line = shown.split('\n').find((text) => text.includes('collect2')) ?? '';
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)]
      .map((match) => match[1] ?? match[2])
      .slice(1);
    const args: string[] = [];
    for (let i = 0; i < words.length; i++) {
      const isPlugin = words[i].startsWith('-plugin-opt') || words[i] === '--build-id';
      if (words[i] === '-plugin' || words[i] === '-o' || words[i] === '-m') i++;
      else if (!isPlugin) args.push(words[i]);
    }
    expectSame(args);
    expect(bench.run('./our.out', [])).toBe(output);
  });
});

describe.skipIf(missing)('what is wrong is said with its place', () => {
  test('undefined and duplicate names with file, section and source line', () => {
    bench.compile(
      'main',
      'int colour(int);\nint twice;\nint _start(void) {\n  return color(1);\n}\n',
      ['-g', '-Wno-implicit', '-fno-pie'],
    );
    bench.compile(
      'other',
      'int unused;\nint twice(void) { return 1; }\nint colour(int a) { return a; }\n',
      ['-g', '-fno-pie'],
    );
    const { status, stderr } = bench.ours(ld, ['main.o', 'other.o', '-o', 'x']);
    expect(status).toBe(1);
    expect(stderr).toContain("main.o: main.c:4: in function '_start' (.text+0x");
    expect(stderr).toContain("undefined reference to 'color'");
    expect(stderr).toContain("did you mean 'colour'?");
    expect(stderr).toContain(
      "other.o: other.c:2: in function 'twice' (.text+0x0): multiple definition of 'twice'",
    );
    expect(stderr).toContain('first defined in main.o: (.bss+0x0)');
  });

  test('a relocation that does not fit names its range', () => {
    bench.assemble('far', ' .globl _start\n_start: .byte _start\n');
    const { status, stderr } = bench.ours(ld, ['far.o', '-o', 'x']);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "far.o: (.text+0x0): R_386_8 against '_start' does not fit: 0x8049000",
    );
    expect(stderr).toContain('-256..255');
  });
});
