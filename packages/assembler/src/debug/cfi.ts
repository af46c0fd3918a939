// Call frame information: `.cfi_*` directives as they are met. frames.ts turns them into .eh_frame
// or .debug_frame after relaxation.

import type { FrameInstruction } from '@ring0/dwarf';
import type { Assembly } from '../object/assembly.ts';
import type { Expression } from '../values/expression.ts';
import type { Spot, Subsection } from '../object/sections.ts';
import type { AsmSymbol } from '../object/symbols.ts';

/** A frame instruction and the place from which it holds. */
export interface PlacedInstruction {
  readonly place: Spot;
  readonly instruction: FrameInstruction;
}

export interface PointerReference {
  readonly encoding: number;
  readonly value: Expression;
}

export interface FrameEntry {
  readonly start: AsmSymbol;
  end: AsmSymbol | undefined;
  readonly isSimple: boolean;
  isSignalFrame: boolean;
  returnColumn: number;
  personality: PointerReference | undefined;
  languageData: PointerReference | undefined;
  readonly instructions: PlacedInstruction[];
  /** `.cfi_def_cfa_offset` as it stands, for `.cfi_adjust_cfa_offset` and `.cfi_rel_offset`. */
  cfaOffset: number;
  readonly cfaStack: number[];
  /** What `.cfi_val_encoded_addr` refers to, by number. */
  readonly targets: Expression[];
  /** The sections that `.cfi_sections` had asked for when the procedure began. */
  readonly isInEh: boolean;
  readonly isInDebug: boolean;
}

/** What `.cfi_*` gave so far. A procedure is open for one subsection, as in GNU as. */
export class CfiState {
  readonly open = new Map<Subsection, FrameEntry>();
  readonly entries: FrameEntry[] = [];
  hasEhFrame = true;
  hasDebugFrame = false;
  /** Symbols of `.cfi_label`, by their numbers. */
  readonly labels: AsmSymbol[] = [];
  private readonly assembly: Assembly;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
  }

  /** The procedure that is open at the current place. */
  get entry(): FrameEntry | undefined {
    return this.open.get(this.assembly.current);
  }
}

/** DWARF numbers of the i386 registers (psABI table 2.14). */
const registerNumbers: ReadonlyMap<string, number> = new Map(
  [
    ...'eax ecx edx ebx esp ebp esi edi eip eflags'.split(' '),
    ...Array.from({ length: 8 }, (_, i) => (i === 0 ? 'st' : `st(${i})`)).map((name) => name),
  ].map((name, i) => [name, i < 10 ? i : i + 1]),
);

const moreNumbers: Readonly<Record<string, number>> = {
  fcw: 37,
  fsw: 38,
  mxcsr: 39,
  es: 40,
  cs: 41,
  ss: 42,
  ds: 43,
  fs: 44,
  gs: 45,
  tr: 48,
  ldtr: 49,
};
/** Those of x86-64 (psABI figure 3.36). */
const longNumbers: ReadonlyMap<string, number> = new Map([
  ...'rax rdx rcx rbx rsi rdi rbp rsp'.split(' ').map((name, i) => [name, i] as const),
  ...Array.from({ length: 8 }, (_, i) => [`r${i + 8}`, i + 8] as const),
  ['rip', 16],
  ...Array.from({ length: 16 }, (_, i) => [`xmm${i}`, i + 17] as const),
  ...Array.from({ length: 8 }, (_, i) => [i === 0 ? 'st' : `st(${i})`, i + 33] as const),
  ...Array.from({ length: 8 }, (_, i) => [`mm${i}`, i + 41] as const),
  ...'rflags es cs ss ds fs gs'.split(' ').map((name, i) => [name, i + 49] as const),
  ['fs.base', 58],
  ['gs.base', 59],
  ...'tr ldtr mxcsr fcw fsw'.split(' ').map((name, i) => [name, i + 62] as const),
  ...Array.from({ length: 16 }, (_, i) => [`xmm${i + 16}`, i + 67] as const),
  ...Array.from({ length: 8 }, (_, i) => [`k${i}`, i + 118] as const),
]);

const vectorNumbers: Readonly<Record<string, number>> = { xmm: 21, mm: 29, k: 93 };

export function cfiRegisterNumber(name: string, isLong: boolean): number | undefined {
  const clean = name.replace(/^%/, '').toLowerCase().replace(/\s/g, '');
  if (isLong) return longNumbers.get(clean === 'st(0)' ? 'st' : clean);
  if (clean === 'st(0)') return 11;
  const known = registerNumbers.get(clean);
  if (known !== undefined) return known;
  if (Object.hasOwn(moreNumbers, clean)) return moreNumbers[clean];
  const vector = /^(xmm|mm|k)([0-7])$/.exec(clean);
  return vector ? vectorNumbers[vector[1]] + Number(vector[2]) : undefined;
}

export function startProcedure(assembly: Assembly, isSimple: boolean): void {
  const { cfi } = assembly;
  if (cfi.entry) {
    assembly.error('A0601', "'.cfi_startproc' inside a procedure; '.cfi_endproc' is missing");
    return;
  }
  const entry: FrameEntry = {
    start: assembly.here(),
    end: undefined,
    isSimple,
    isSignalFrame: false,
    returnColumn: assembly.isLong ? 16 : 8,
    personality: undefined,
    languageData: undefined,
    instructions: [],
    cfaOffset: isSimple ? 0 : assembly.isLong ? 8 : 4,
    cfaStack: [],
    targets: [],
    isInEh: cfi.hasEhFrame,
    isInDebug: cfi.hasDebugFrame,
  };
  cfi.entries.push(entry);
  cfi.open.set(assembly.current, entry);
}

export function endProcedure(assembly: Assembly): void {
  const { cfi } = assembly;
  const { entry } = cfi;
  if (!entry) return missingStart(assembly, '.cfi_endproc');
  entry.end = assembly.here();
  cfi.open.delete(assembly.current);
}

export function missingStart(assembly: Assembly, name: string): void {
  assembly.error('A0602', `'${name}' outside of a procedure; '.cfi_startproc' has to come first`);
}

/** Adds one frame instruction at the current place. */
export function frameInstruction(assembly: Assembly, instruction: FrameInstruction): void {
  const entry = assembly.cfi.entry;
  if (!entry) return missingStart(assembly, '.cfi');
  assembly.probe?.sawFrame(instruction);
  switch (instruction.kind) {
    case 'defCfa':
    case 'defCfaOffset':
      entry.cfaOffset = instruction.offset;
      break;
    case 'rememberState':
      entry.cfaStack.push(entry.cfaOffset);
      break;
    case 'restoreState': {
      const offset = entry.cfaStack.pop();
      if (offset === undefined) {
        return assembly.error('A0603', "'.cfi_restore_state' without '.cfi_remember_state'");
      }
      entry.cfaOffset = offset;
      break;
    }
  }
  entry.instructions.push({ place: assembly.spot(), instruction });
}
