// ring0 objdump against GNU objdump, byte for byte: objects that gcc and GNU as make, a program
// that GNU ld links, plain binaries in 16- and 32-bit mode.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import type { Host } from '../../apps/cli/src/host.ts';
import { main } from '../../apps/cli/src/objdump.ts';
import { isInstalled } from './isa-oracle.ts';

const folder = mkdtempSync(join(tmpdir(), 'ring0-objdump-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(program: string, args: readonly string[]): string {
  const options = { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 } as const;
  const { stdout, stderr, status } = spawnSync(program, args, options);
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function ours(args: readonly string[]): string {
  let text = '';
  const host: Host = {
    readFile: (path) => readFileSync(join(folder, path)),
    writeFile: () => false,
    stdin: () => new Uint8Array(0),
    stdout: (data) => {
      text += typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
    },
    stderr: (message) => {
      text += message;
    },
    isColoured: false,
    cwd: folder,
  };
  expect(main(args, host)).toBe(0);
  return text;
}

const program = `
typedef unsigned long long u64;
static int counter = 3; int table[4] = { 1, 2, 3 }; const char *names[] = { "a", "b" };
int zero[5]; __thread int tls; extern int ext(int);
__attribute__((weak)) int weak(void) { return 0; }
__attribute__((section(".boot"), aligned(64))) char stack[20] = "some text here";
static int helper(int x) { return x * counter + table[x & 3] + tls; }
u64 divide(u64 a, u64 b) { return a / b; }
int choose(int a) { switch (a) { case 1: return 5; case 2: return ext(3); case 3: return 9;
  case 4: return helper(a); case 5: return 77; } return zero[a] + weak(); }
double average(double *p, int n) {
  double s = 0; for (int i = 0; i < n; i++) s += p[i]; return s / n; }
int main(void) { return choose(table[1]) + names[0][0]; }
int ext(int a) { return a; }
u64 __udivdi3(u64 a, u64 b) { return a > b; }
`;

const assembly = `
.data
object: .byte 0x68,1
cut: .byte 2,3,4,5
other: .byte 0xc7,0x80
more: .byte 1,2,3,4,5,6,7,8
long: .byte 0xc7,0x80,1,2,3,4,5,6
last: .byte 7,8,9
.long 0,0,0,0,1,0,0
.text
.globl f
.type f, @function
f: mov %eax,%ebx
1: jne 1b
same:
.size f, .-f
.type text, @object
text: .ascii "these bytes are data, not code"
.size text, .-text
.type g, @function
g: call f
ret
.zero 20
nop
.zero 2
.comm shared, 16, 8
.weak missing
.long missing
.hidden g
zeros: nop
.long f, f, f
.code16
real: mov %bx,4(%si)
ljmpl $8,$f
`;

const isReady = isInstalled('objdump') && isInstalled('gcc');

describe.skipIf(!isReady)('objdump', () => {
  const files = isReady ? prepare() : [];
  const options = [
    '-d',
    '-D',
    '-h',
    '-t',
    '-r',
    '-dr',
    '-ht',
    '-htdr',
    '-drw',
    '-dr -w --no-show-raw-insn',
    '-dMintel',
    '-D -M i8086',
    '-d -M intel,i8086',
    '-d --no-show-raw-insn',
    '-D -z -j .data',
    '-d -j .data -j .text',
    '--disassemble --start-address=0x8 --stop-address=17',
    '--disassemble-all --section=.text',
    '--syms --section-headers',
  ];
  describe.each(files)('%s', (file) => {
    test.each(options)('%s', (option) => {
      const args = [...option.split(' '), file];
      expect(ours(args)).toBe(run('objdump', args));
    });
  });

  test.each(['-m i386', '-m i8086', '-m i386 -M intel', '-M i8086 -m i386'])(
    'plain binary, %s',
    (option) => {
      writeFileSync(join(folder, 'plain.bin'), run('cat', ['asm.o']).slice(52, 52 + 160));
      const args = ['-D', '-b', 'binary', ...option.split(' '), 'plain.bin'];
      expect(ours(args)).toBe(run('objdump', args));
    },
  );

  test('an archive, member by member', () => {
    run('ar', ['rc', 'x.a', 'O2.o', 'asm.o']);
    for (const option of ['-d', '-h', '-t'])
      expect(ours([option, 'x.a'])).toBe(run('objdump', [option, 'x.a']));
  });

  test('dialects of the disassembler', () => {
    const bytes = [
      ...[0xdc, 0xe3, 0xd8, 0xe3, 0xde, 0xe3, 0xdc, 0xeb, 0x66, 0x90, 0x67, 0x8b, 0x07],
      ...[0x8b, 0x07, 0xe8, 1, 2, 3, 4, 0x66, 0xc3, 0x67, 0xe3, 1, 0x50, 0x66, 0x50, 0xa1, 1, 2],
      ...[3, 4, 0x66, 0x0f, 0x38, 0xf0, 0x19, 0xf2, 0x0f, 0x38, 0xf0, 0xc0, 0xf3, 0xac],
    ];
    writeFileSync(join(folder, 'dialect.bin'), new Uint8Array(bytes));
    for (const style of [
      ...['intel-mnemonic', 'att-mnemonic', 'intel,att-mnemonic', 'intel-mnemonic,att', 'suffix'],
      ...['addr16', 'data16', 'addr16,data16', 'i8086,addr32', 'i8086,data32', 'data16,i386'],
      ...['suffix,data16', 'x86-64,suffix'],
    ]) {
      const args = ['-b', 'binary', '-m', 'i386', '-D', '-M', style, 'dialect.bin'];
      expect(ours(args), style).toBe(run('objdump', args));
    }
  });

  test('several relocations of an instruction, and code for the Intel MCU', () => {
    const source = ' ljmp $aa,$bb\n movl $cc,dd\n nop\n nop\n';
    writeFileSync(join(folder, 'mcu.s'), source);
    run('as', ['-march=iamcu', '--32', 'mcu.s', '-o', 'mcu.o']);
    for (const args of [['-drw'], ['-dr'], ['-f', '-h', '-r']]) {
      const all = [...args, 'mcu.o'];
      expect(ours(all)).toBe(run('objdump', all));
    }
  });
});

/** The inputs, made once. */
function prepare(): string[] {
  writeFileSync(join(folder, 'x.c'), program);
  writeFileSync(join(folder, 'x.s'), assembly);
  const flags = ['-m32', '-march=i686', '-mno-sse', '-fno-asynchronous-unwind-tables'];
  run('gcc', [...flags, '-O2', '-c', 'x.c', '-o', 'O2.o']);
  run('gcc', [...flags, '-O0', '-fno-pic', '-ffunction-sections', '-c', 'x.c', '-o', 'O0.o']);
  run('as', ['--32', 'x.s', '-o', 'asm.o']);
  const link = ['-m', 'elf_i386', '-e', 'main', '--no-warn-rwx-segments', '-z', 'noexecstack'];
  run('ld', [...link, 'O0.o', '-o', 'linked']);
  run('ld', [...link, '-Ttext', '0x7c00', '-N', 'O0.o', '-o', 'boot']);
  return ['O2.o', 'O0.o', 'asm.o', 'linked', 'boot'];
}
