// ring0 objcopy and strip against GNU's: the same bytes, for objects, executables, shared libraries
// and archives, and in the formats that hold only memory.

import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as objcopy, strip } from '../../apps/cli/src/objcopy.ts';
import { makeSamples } from './binutils/samples.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`objcopy oracle skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

describe.skipIf(missing)('copies', { timeout: 120_000 }, () => {
  beforeAll(() => {
    makeSamples(bench);
    bench.write('names', 'main # kept\ntwice\n');
    bench.write('two.txt', 'x'.repeat(5000));
    bench.write(
      'flat.ld',
      'ENTRY(main) SECTIONS { . = 0x80100000; .text : AT(0x100000) { *(.text*) }\n' +
        '.rodata : { *(.rodata*) } .data : { *(.data*) } .bss : { *(.bss) *(COMMON) }\n' +
        '/DISCARD/ : { *(.eh_frame .note* .comment) } }\n',
    );
    const kernel = 'int a = 1, b; const char s[] = "abc"; int main(void) { return a + b + s[a]; }';
    bench.compile('kernel', kernel, ['-O1', '-fno-pie']);
    bench.run('ld', ['-m', 'elf_i386', '-T', 'flat.ld', 'kernel.o', '-o', 'flat']);
    bench.run('ld', [
      '-m',
      'elf_i386',
      '-r',
      'g5.o',
      'kernel.o',
      '-o',
      'joined.o',
      '-z',
      'muldefs',
    ]);
  });

  /** What a run leaves in `out`, and its status. */
  function result(run: () => number | null): { status: number | null; bytes: Uint8Array } {
    rmSync(bench.file('out'), { force: true });
    const status = run();
    const bytes = existsSync(bench.file('out')) ? bench.read('out') : new Uint8Array(0);
    return { status, bytes };
  }

  function expectSame(tool: 'objcopy' | 'strip', options: string, file: string): void {
    const words = options.split(' ').filter((word) => word !== '');
    const args = tool === 'strip' ? [...words, '-o', 'out', file] : [...words, file, 'out'];
    const theirs = result(() => bench.attempt(tool, args).status);
    const ours = result(() => bench.ours(tool === 'strip' ? strip : objcopy, args).status);
    const name = `${tool} ${options} ${file}`;
    expect(ours.status, name).toBe(theirs.status);
    expect(Buffer.compare(ours.bytes, theirs.bytes), name).toBe(0);
  }

  const always = [
    ...['', '-S', '-g', '--strip-unneeded', '-x', '-X', '-O binary', '-O ihex', '-O srec'],
    ...['-R .comment', '--add-section .more=data.txt', '-N main', '-L main', '-G main', '-W main'],
    ...['--weaken', '--redefine-sym main=start', '--rename-section .data=.mydata', '-O verilog'],
    ...['--set-start 0x1234', '--only-keep-debug', '--add-gnu-debuglink=data.txt'],
    ...['--globalize-symbol counter', '--localize-hidden', '--gap-fill 0xff -O binary'],
    ...['--add-symbol foo=.text:4,function,global', '--update-section .comment=data.txt'],
    '-j .text -j .data -O binary',
  ];
  test.each(['g5.o', 'plain.o', 'dyn', 'nopie', 'lib.so'])('objcopy %s', (file) => {
    for (const options of always) expectSame('objcopy', options, file);
  });

  const rebuilding = [
    ...['-j .text', '-j .text -j .data', '-R .text', '-R .data', '-R .bss', '-R .rodata'],
    ...[
      '-R .eh_frame',
      '-R .note* -R .comment',
      '-R .interp',
      '-R .dynamic',
      '-R .got -R .got.plt',
    ],
    ...['--change-addresses 0x1000', '--change-addresses -0x1000', '--change-addresses 0x123'],
    ...['--change-section-address .text+0x1000', '--change-section-lma .text=0x200000'],
    ...['--change-section-lma *+0x100000', '--change-section-vma .data=0x9000000'],
    ...['--change-section-vma .bss+0x2000', '--change-start 16', '--extract-symbol -O srec'],
    ...['--update-section .data=two.txt', '--update-section .text=two.txt'],
    ...['--update-section .rodata=data.txt', '--set-section-flags .data=alloc,readonly,data'],
    ...['--set-section-flags .bss=alloc,load,contents', '--gap-fill 0x55', '--pad-to 0x8100000'],
    ...['--set-section-flags .comment=alloc,load,readonly,data', '--prefix-alloc-sections .q'],
    ...['--rename-section .data=.mine,alloc,load,readonly,data', '--prefix-symbols p_'],
    '--add-section .more=two.txt --add-section .again=data.txt --add-section .third=two.txt',
    '--add-section .more=two.txt --set-section-flags .more=alloc,load,readonly,data',
    ...['--prefix-sections .q', '--set-section-alignment .data=64', '-O symbolsrec', '-w -N m*'],
    ...['--globalize-symbols names', '--keep-global-symbols names', '--strip-symbols names'],
  ];
  test.each(['dyn', 'nopie', 'lib.so', 'flat'])('program headers of %s are built anew', (file) => {
    for (const options of rebuilding) expectSame('objcopy', options, file);
  });

  test('what cannot be done is refused as GNU objcopy refuses it', () => {
    for (const change of ['.data=0x8090000', '.data+0x123']) {
      expectSame('objcopy', `--change-section-address ${change}`, 'dyn');
    }
    expectSame('objcopy', '--strip-symbol malloc', 'plain.o');
  });

  test('the last of the options that strip counts, and what is kept by name keeps relocations', () => {
    for (const options of [
      ...[
        '-d --only-keep-debug',
        '--only-keep-debug -s',
        '--only-keep-debug -x',
        '-g --strip-unneeded',
      ],
      ...['--keep-file-symbols', '-w -K *a*', '-K malloc', '--keep-section=.comment -R .comment'],
    ]) {
      for (const file of ['g5.o', 'g2O0.o', 'lib.so']) expectSame('strip', options, file);
    }
    for (const options of [
      '--reverse-bytes=4',
      '--change-addresses 0x123',
      '--dump-section .no=no',
    ]) {
      for (const file of ['g5.o', 'g2O0.o', 'plain.o']) expectSame('objcopy', options, file);
    }
  });

  test('what is said of copies', () => {
    const calls = [
      ...['-v plain.o', '-M plain.o', '--change-section-address .no-0x100 plain.o', 'thin.a', '.'],
      ...[
        '--dump-section .no=no plain.o',
        '--dump-section .bss=no plain.o',
        '--reverse-bytes=7 dyn',
      ],
      ...['--update-section .no=data.txt plain.o', '--redefine-sym a=b --redefine-sym a=c plain.o'],
      ...['-w -N *a* plain.o', '--redefine-sym a=c --redefine-sym b=c plain.o', '-R .bss g5.o'],
      ...['-j .got lib.so', '--change-section-vma .fini+0x1000 lib.so', '--pad-to x plain.o'],
      ...['--change-section-address .gnu.hash+0x100 lib.so', '--add-symbol a=.no:4 plain.o'],
      ...['-O ihex --change-addresses -0x10 plain.o', '--update-section .bss=data.txt plain.o'],
      ...['--change-section-address .note.gnu.build-id-0x100 plain.o', '-b 0 plain.o'],
      ...['--change-section-lma .a=1 --change-section-lma .b=2 plain.o', '-i 4 plain.o'],
      ...['--interleave=2 --byte=1 --interleave-width=2 plain.o', '--interleave=0 plain.o'],
      ...['-w -N *a* --reverse-bytes=4 plain.o', '-M --no-merge-notes plain.o'],
      ...['--set-section-alignment .text=3 plain.o', '--reverse-bytes=z plain.o'],
    ];
    for (const call of calls) {
      const args = [...call.split(' '), 'out'];
      const { stdout, stderr, status } = bench.attempt('objcopy', args);
      expect(bench.ours(objcopy, args), call).toEqual({ stdout, stderr, status });
    }
  });

  test('of sections at one address the largest grows, and what is added is changed by nothing', () => {
    const added = '--add-section .more=data.txt --prefix-sections .q --change-addresses 0x123';
    for (const options of [
      ...['--pad-to 0x8000', '--pad-to 0x8000 -O ihex', '--gap-fill 1 --pad-to 0x8000 -O srec'],
      ...['--pad-to 0x8000 -O verilog', '--pad-to 0x8000 -O symbolsrec', added],
      ...['--change-start 16 --change-addresses 0x123', '--change-addresses 9 --change-start 16'],
      ...['-O symbolsrec --add-symbol new=7', '-O symbolsrec -G main -N twice'],
      ...['--change-addresses -0x1000 -O srec', '-O srec --srec-len=0', '-O srec --srec-len=999'],
      ...['--update-section .data=data.txt', '--update-section .text=data.txt -S'],
    ]) {
      for (const file of ['group.o', 'g5.o']) expectSame('objcopy', options, file);
    }
    for (const options of [
      ...['.bss=noload', '.bss=readonly', '.tbss=alloc', '.tbss=alloc,load,readonly,data'],
      ...['.data=merge', '.rodata.str1.1=merge,strings'],
    ]) {
      expectSame('objcopy', `--set-section-flags ${options}`, 'g2O0.o');
    }
    for (const options of ['-w -K *thunk* -S', '--set-section-flags .group=exclude']) {
      expectSame('objcopy', options, 'g2O0.o');
    }
    for (const options of [
      ...['--change-addresses 0x1000 --gap-fill 0xff', '--set-section-flags .got=noload'],
      ...['--set-section-flags .data=noload', '--change-section-address .gnu.hash+0x100'],
      ...['--change-section-vma .fini+0x1000', '-j .got', '-O verilog --gap-fill 0xff'],
    ]) {
      expectSame('objcopy', options, 'lib.so');
    }
  });

  test('objcopy of objects only', () => {
    const options = ['--prefix-symbols=p_', '--prefix-sections=.p', '--remove-section=.rel*'];
    for (const option of [...options, '-j .text', '--set-section-alignment .text=64', '-D']) {
      expectSame('objcopy', option, 'plain.o');
    }
    expectSame('objcopy', '--set-section-flags .data=alloc,readonly,data', 'g5.o');
  });

  test.each(['g5.o', 'plain.o', 'group.o', 'joined.o', 'dyn', 'nopie', 'lib.so', 'static'])(
    'strip %s',
    (file) => {
      const options = [
        '',
        '-g',
        '--strip-unneeded',
        '-x',
        '-X',
        '-N main',
        '-R .comment',
        '-s',
        '-d',
      ];
      for (const option of options) expectSame('strip', option, file);
    },
  );

  test('archives member by member, plain bytes, hexadecimal text', () => {
    for (const options of ['', '-S', '-g']) expectSame('objcopy', options, 'lib.a');
    expectSame('objcopy', '-g', 'libc.a');
    const flags = '.data=.rodata,alloc,load,readonly,data,contents';
    expectSame('objcopy', '-I binary -O elf32-i386 -B i386', 'data.txt');
    expectSame('objcopy', `-I binary -O elf32-i386 -B i386 --rename-section ${flags}`, 'data.txt');
    for (const format of ['ihex', 'srec'])
      expectSame('objcopy', `-I binary -O ${format}`, 'data.txt');
    expectSame('objcopy', '-I ihex -O srec', 'a.hex');
  });

  test('compressed debugging sections come back as they were', () => {
    bench.ours(objcopy, ['--compress-debug-sections', 'g5.o', 'ours.o']);
    bench.run('objcopy', ['--decompress-debug-sections', 'ours.o', 'back.o']);
    const plain = result(() => bench.attempt('objcopy', ['g5.o', 'out']).status).bytes;
    expect(Buffer.compare(bench.read('back.o'), plain)).toBe(0);
    expect(bench.read('ours.o').length).toBeLessThan(plain.length);
    expectSame('objcopy', '--decompress-debug-sections', 'packed.o');
    const dump = ['--dump-section', '.comment=ours.txt', 'g5.o', 'out'];
    expect(bench.ours(objcopy, dump).status).toBe(0);
    bench.run('objcopy', ['--dump-section', '.comment=theirs.txt', 'g5.o', 'out']);
    expect(bench.read('ours.txt')).toEqual(bench.read('theirs.txt'));
  });
});
