// Call frame information: `.cfi_*` directives as they are met. frames.ts turns them into .eh_frame
// or .debug_frame after relaxation.

import type { FrameInstruction } from '@ring0/dwarf';
import type { Assembly } from './assembly.ts';
import type { Expression } from './expression.ts';
import type { Spot } from './sections.ts';
import type { AsmSymbol } from './symbols.ts';

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
}

export interface CfiState {
  entry: FrameEntry | undefined;
  readonly entries: FrameEntry[];
  hasEhFrame: boolean;
  hasDebugFrame: boolean;
}

export function newCfiState(): CfiState {
  return { entry: undefined, entries: [], hasEhFrame: true, hasDebugFrame: false };
}

/** DWARF numbers of the i386 registers (psABI table 2.14). */
const registerNumbers: ReadonlyMap<string, number> = new Map(
  [
    ...'eax ecx edx ebx esp ebp esi edi eip eflags'.split(' '),
    ...Array.from({ length: 8 }, (_, i) => (i === 0 ? 'st' : `st(${i})`)).map((name) => name),
  ].map((name, i) => [name, i < 10 ? i : i + 1]),
);

export function cfiRegisterNumber(name: string): number | undefined {
  const clean = name.replace(/^%/, '').toLowerCase().replace(/\s/g, '');
  if (clean === 'st(0)') return 11;
  const known = registerNumbers.get(clean);
  if (known !== undefined) return known;
  const vector = /^(xmm|mm)([0-7])$/.exec(clean);
  if (!vector) return undefined;
  return (vector[1] === 'xmm' ? 21 : 29) + Number(vector[2]);
}

export function startProcedure(assembly: Assembly, isSimple: boolean): void {
  const { cfi } = assembly;
  if (cfi.entry) {
    assembly.error('A0601', "'.cfi_startproc' inside a procedure; '.cfi_endproc' is missing");
    return;
  }
  cfi.entry = {
    start: assembly.here(),
    end: undefined,
    isSimple,
    isSignalFrame: false,
    returnColumn: 8,
    personality: undefined,
    languageData: undefined,
    instructions: [],
    cfaOffset: isSimple ? 0 : 4,
    cfaStack: [],
  };
  cfi.entries.push(cfi.entry);
}

export function endProcedure(assembly: Assembly): void {
  const { cfi } = assembly;
  if (!cfi.entry) return missingStart(assembly, '.cfi_endproc');
  cfi.entry.end = assembly.here();
  cfi.entry = undefined;
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
