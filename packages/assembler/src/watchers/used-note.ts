// -mx86-used-note=yes: a property note (.note.gnu.property) of what the code needs: levels of the
// instruction set (x86-64 psABI, 3.1.1: baseline, v2, v3, v4) and parts of the processor's state.

import { allRows } from '@ring0/isa';
import type { Row } from '@ring0/isa';
import { ByteWriter } from '@ring0/bytes';
import type { Assembly } from '../object/assembly.ts';
import type { InstructionWatcher, SeenInstruction, WatcherMaker } from './watcher.ts';

/** Parts of the state: bits of GNU_PROPERTY_X86_FEATURE_2_USED. */
const state = {
  x86: 1,
  x87: 2,
  mmx: 4,
  xmm: 8,
  ymm: 0x10,
  fxsr: 0x40,
  xsave: 0x80,
  xsaveopt: 0x100,
  xsavec: 0x200,
  mask: 0x800,
} as const;
/** Bits of GNU_PROPERTY_X86_ISA_1_USED. */
const level = { baseline: 1, v2: 2, v3: 4, v4: 8 } as const;
const isaUsed = 0xc0010002;
const featureUsed = 0xc0010001;

/** What processors and extensions, by the names of the table, stand for. */
const levels: readonly (readonly [names: RegExp, bits: number])[] = [
  [/^(cmov|syscall)$/, level.baseline],
  [/^(sse3|ssse3|sse4\.[12]|popcnt|cx16)$/, level.v2],
  [/^avx512(f|bw|dq)$/, level.v4],
  [/^(avx(?!512)|vaes|vpclmul|f16c$|fma$|lzcnt$|movbe$|bmi|xsave|cmpccxadd)/, level.v3],
];
const states: readonly (readonly [names: RegExp, bits: number])[] = [
  [/^(only)?(8087|[2-6]87)|^fisttp$/, state.x87],
  [/^(mmx|3dnowa?)$/, state.mmx],
  [/^(wide)?kl$/, state.xmm],
  [/^fxsr$/, state.fxsr],
  [/^xsave$/, state.xsave],
  [/^xsaveopt$/, state.xsaveopt],
  [/^xsavec$/, state.xsavec],
];

function bitsOf(table: typeof levels, name: string): number {
  return table.reduce((sum, [names, bits]) => (names.test(name) ? sum | bits : sum), 0);
}

class UsedNote implements InstructionWatcher {
  private readonly assembly: Assembly;
  private isa = 0;
  private features: number = state.x86;
  /** Names of vector instructions that take 256 bits in one of their forms. */
  private readonly wide = new Set<string>();

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    for (const row of allRows()) {
      const banks = row.operands.map(({ bank }) => bank);
      const isShared = banks.includes('ymm') && isOneForm(row, banks);
      if (row.encoding.vex && isShared) this.wide.add(wideKey(row));
    }
  }

  before({ encoding, operands }: SeenInstruction): void {
    const { row } = encoding;
    if (!row || this.assembly.current.section === this.assembly.absolute) return;
    const names = row.processor.split(/[,&]/);
    let used = bitsOf(states, row.processor) | this.vectorBits(row);
    for (const { kind, register } of operands) {
      if (kind === 'register' && /^mm\d/i.test(register)) used |= state.mmx;
    }
    if (row.mnemonic === 'cvtpi2ps') used |= state.mmx;
    if (row.mnemonic === 'wait') used |= state.x87;
    this.features |= used;
    if (used !== 0 || /^cmpxchg(8|16)b$/.test(row.mnemonic)) this.isa |= level.baseline;
    const isLong = this.assembly.mode === 64;
    if (isLong && /^[ls]ahf$/.test(row.mnemonic)) this.isa |= level.v2;
    if (row.mnemonic !== 'tzcnt') this.isa |= bitsOf(levels, names[0]);
  }

  private vectorBits(row: Row): number {
    if (row.mnemonic.startsWith('vzero')) return state.xmm | state.ymm;
    const isStatus = /^v?(ld|st)mxcsr$/.test(row.mnemonic);
    const banks = row.operands.map(({ bank }) => bank);
    const isWide = banks.includes('ymm') || row.operands.some(({ indexes }) => indexes === 'ymm');
    if (banks.includes('mask')) return state.mask;
    if (isWide || (row.encoding.vex && this.wide.has(wideKey(row)))) return state.xmm | state.ymm;
    return isStatus || banks.includes('xmm') ? state.xmm : 0;
  }

  finish(): void {
    const { assembly } = this;
    const name = '.note.gnu.property';
    const section = assembly.section(name, { type: 7, flags: 2, entrySize: 0 });
    const width = assembly.isLong ? 8 : 4;
    section.alignment = Math.max(section.alignment, width);
    const properties = new ByteWriter();
    for (const [type, bits] of [
      [isaUsed, this.isa],
      [featureUsed, this.features],
    ]) {
      for (const word of [type, 4, bits]) properties.u32(word);
      properties.fill(width - 4);
    }
    const content = properties.take();
    const bytes = new ByteWriter();
    for (const word of [4, content.length, 5, 0x00554e47]) bytes.u32(word);
    bytes.bytes(content);
    section.subsection(0).append(bytes.take());
  }
}

/** GNU as has one form for both widths where they take as many operands. */
function wideKey({ mnemonic, operands }: Row): string {
  return `${mnemonic} ${operands.length}`;
}

/**
 * A form of 256 bits that is one with that of 128 in GNU as: not of another extension, with an index
 * of 256 bits, of another size in memory, or with registers of both widths.
 */
function isOneForm({ mnemonic, operands, processor }: Row, banks: readonly string[]): boolean {
  if (mnemonic.startsWith('vpbroadcast')) return true;
  const hasIndex = operands.some(({ indexes }) => indexes === 'ymm');
  const isOther = /^(vaes|vpclmul)/.test(processor) || mnemonic === 'vmovddup';
  return !hasIndex && !isOther && !banks.includes('xmm');
}

/** Adds the note; one of `AssembleOptions.watchers`. */
export function usedNote(): WatcherMaker {
  return (assembly) => new UsedNote(assembly);
}
