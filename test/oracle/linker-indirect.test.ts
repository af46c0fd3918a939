// Indirect functions, references by way of the global offset table and thread-local sequences in the shapes that need no table
// entry or that no linker may take: the bytes of GNU ld, or its refusal.

import { afterAll, describe, expect, test } from 'vitest';
import { main as ld } from '../../apps/cli/src/ld.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing !== undefined) console.log(`indirect functions skipped: ${missing}`);
const bench = new Bench();
afterAll(() => bench.remove());

/** Links by both; undefined: refused. */
function outcomes(source: string, options: readonly string[]): Record<string, string | undefined> {
  bench.assemble('t', `${source}\n`);
  const args = ['-m', 'elf_i386', ...options, 't.o', '-o'];
  const hasWorked = (status: number | null): boolean => status === 0;
  const hex = (name: string): string => Buffer.from(bench.read(name)).toString('hex');
  return {
    gnu: hasWorked(bench.attempt('ld', [...args, 'gnu.out']).status) ? hex('gnu.out') : undefined,
    our: hasWorked(bench.ours(ld, [...args, 'our.out']).status) ? hex('our.out') : undefined,
  };
}

const ifunc = ' .type pick,@gnu_indirect_function\n';
const head = ' .globl _start\n_start: ';
const thread = '\n ret\n .section .tdata,"awT"\nt: .long 9\n';
const kinds = [[], ['-pie'], ['-shared'], ['-shared', '-z', 'nocombreloc']] as const;

const sources: Readonly<Record<string, string>> = {
  'a slot of an indirect function': `${head}mov pick@GOT(%ebx), %eax\n${ifunc}pick: ret`,
  'a pointer to one': `${head}ret\n${ifunc}pick: ret\n .data\n .long 1, pick`,
  'pointer, slot and call': `${head}call pick@PLT\n mov pick@GOT(%ebx), %eax\n${ifunc}pick: ret\n .data\n .long pick`,
  'an exported one': `${head}mov pick@GOT(%ebx), %eax\n .globl pick\n${ifunc}pick: ret\n .data\n .long pick`,
  'a call without @PLT': `${head}call pick\n${ifunc}pick: ret`,
  'a distance in data': `${head}ret\n${ifunc}pick: ret\n .data\n .long 1, pick - .`,
  'a load without a base': `${head}mov x@GOT, %eax\n .data\nx: .long 1`,
  'a call without a base': `${head}call *f@GOT\nf: ret`,
  'an offset of what is nowhere': `${head}lea x@GOTOFF(%ebx), %eax\n .weak x`,
  'an offset alone': `${head}lea x@GOTOFF(%ebx), %eax\n .data\nx: .long 1`,
  'a compare with what is zero': `${head}cmp x@GOT(%ebx), %eax\n .weak x`,
  'a general access': `${head}lea t@TLSGD(%ebx), %eax\n call ___tls_get_addr@PLT\n nop${thread}`,
  'one without its filler': `${head}lea t@TLSGD(%ebx), %eax\n call ___tls_get_addr@PLT${thread}`,
  'one by another register': `${head}lea t@TLSGD(%ecx), %eax\n call *___tls_get_addr@GOT(%ebx)${thread}`,
  'one that calls another': `${head}lea t@TLSGD(%ebx), %eax\n call other@PLT\n nop${thread}`,
};

describe.skipIf(missing)('what needs no stub, or may not be', { timeout: 120_000 }, () => {
  // In a shared object GNU ld leaves a relocation of no type for it.
  const isOdd = (name: string, options: readonly string[]): boolean =>
    name === 'a distance in data' && options.includes('-shared');
  const rows = Object.entries(sources).flatMap(([name, source]) =>
    kinds
      .filter((options) => !isOdd(name, options))
      .map((options) => [`${name}: ${options.join(' ') || 'fixed'}`, source, options] as const),
  );
  test.each(rows)('%s', (_, source, options) => {
    const open = options.length > 1 ? ['-z', 'undefs'] : [];
    const { gnu, our } = outcomes(source, [...options, ...open]);
    expect(our).toBe(gnu);
  });

  test.each(['prefix-addr', 'prefix-0x90', 'suffix-nop', 'suffix-144', 'prefix-nop'])(
    '-z call-nop=%s',
    (how) => {
      const { gnu, our } = outcomes(`f: ret\n${head}call *f@GOT(%ebx)`, ['-z', `call-nop=${how}`]);
      expect(our).toBe(gnu);
    },
  );

  test('exports without a dynamic linker', () => {
    const { gnu, our } = outcomes(`${head}ret`, ['-E', '--no-dynamic-linker']);
    expect(our).toBe(gnu);
  });

  test('properties in two notes', () => {
    const note = (type: string, value: number): string =>
      ` .long 4, 12, 5\n .asciz "GNU"\n .long ${type}, 4, ${value}\n`;
    const notes = ` .section .note.gnu.property,"a"\n${note('0xc0008002', 1)}${note('0xc0008002', 4)}${note('0xc0010002', 0)}`;
    const { gnu, our } = outcomes(`${head}ret\n${notes}`, []);
    expect(our).toBe(gnu);
  });
});
