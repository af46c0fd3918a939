// Why an instruction has no encoding, in words, with the forms that exist.

import { allMnemonics, formsOf } from './forms.ts';
import type { Form } from './forms.ts';
import type { Match } from './match.ts';
import type { EncodeProblem, Instruction, Mode, Operand, Replacement } from './model.ts';
import type { OperandSpec } from './row.ts';

/** A problem with its parts in place. */
export function problem(
  code: string,
  message: string,
  operand?: number,
  notes?: readonly string[],
  replacement?: Replacement,
): EncodeProblem {
  return { code, message, operand, notes, replacement };
}

/** Another mnemonic for the same operands. */
function renamed(text: string): Replacement {
  return { part: 'mnemonic', text };
}

const sizeNames: Record<string, string> = { b: '8', w: '16', d: '32', y: '32', q: '64' };

function operandWords(spec: OperandSpec): string {
  const bits = sizeNames[spec.size] ?? '';
  if (spec.bank !== 'general') {
    const name = `%${spec.bank === 'mmx' ? 'mm' : spec.bank === 'bound' ? 'bnd' : spec.bank === 'mask' ? 'k' : spec.bank}`;
    return spec.kind === 'reg' ? name : `${name}/memory`;
  }
  switch (spec.kind) {
    case 'rm':
    case 'rvm':
      return `r/m${bits}`;
    case 'reg':
      return `%reg${bits}`;
    case 'mem':
    case 'moffs':
      return 'memory';
    case 'accumulator':
      return spec.size === 'b' ? '%al' : '%eax';
    case 'imm':
    case 'simm8':
    case 'ubyte':
    case 'uword':
    case 'nibble':
    case 'far':
      return '$imm';
    case 'count1':
      return '$1';
    case 'const3':
      return '$3';
    case 'rel':
      return 'target';
    case 'source':
      return '(%esi)';
    case 'destination':
      return '(%edi)';
    case 'pointer':
      return '%reg';
    case 'table':
      return '(%ebx)';
    case 'fixed':
      return spec.text === 'DX' ? '(%dx)' : `%${spec.register?.name ?? spec.text}`;
    default:
      return { sreg: '%sreg', creg: '%cr', dreg: '%db', treg: '%tr', st: '%st(i)' }[spec.kind];
  }
}

function existing(mnemonic: string, list: readonly Form[]): string[] {
  const lines = new Set<string>();
  for (const { operands } of list) {
    // The accumulator's short forms say nothing that the general ones do not.
    const isShort = operands.some(({ spec }) => /^(moffs|accumulator|fixed)$/.test(spec.kind));
    if (isShort && list.length > 4) continue;
    lines.add(`${mnemonic} ${operands.map(({ spec }) => operandWords(spec)).join(', ')}`.trim());
  }
  if (lines.size === 0) return [];
  const shown = [...lines].slice(0, 4);
  return [`its forms are: ${shown.join('; ')}${lines.size > 4 ? '; ..' : ''}`];
}

/** The words for an instruction that the enabled processor does not have. */
export function unsupported(
  mnemonic: string,
  architecture: string,
  list: readonly Form[],
): EncodeProblem {
  const wanted = [...new Set(list.map(({ row }) => row.processor))].join(' or ');
  return problem('A0215', `'${mnemonic}' is not supported on '${architecture}'`, undefined, [
    `it came with ${wanted}`,
  ]);
}

/** The number of letters added, dropped, changed or exchanged between two words, cut off at 3. */
function distance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      let least = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + change);
      const isExchange = j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (isExchange) least = Math.min(least, before[j - 2] + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return Math.min(3, row[right.length]);
}

/** The first letter is right, or stands second: misspellings spare the beginning. */
function beginsAlike(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 2) return false;
  return left[0] === right[0] || (left[0] === right[1] && left[1] === right[0]);
}

/** Mnemonics spelled nearly like `name`, the nearest first; at most three. */
export function similarMnemonics(name: string): string[] {
  const found: [number, string][] = [];
  for (const candidate of allMnemonics()) {
    if (!beginsAlike(name, candidate)) continue;
    const edits = distance(name, candidate);
    if (edits <= (name.length > 4 ? 2 : 1)) found.push([edits, candidate]);
  }
  found.sort((left, right) => left[0] - right[0] || (left[1] < right[1] ? -1 : 1));
  return found.slice(0, 3).map(([, candidate]) => candidate);
}

/** The warning for a size that only the default says. */
export function ambiguous(mnemonic: string, match: Match): EncodeProblem {
  const { row } = match.form;
  const letter = { 16: 'w', 32: 'l', 64: 'q' }[match.size];
  const suffix = row.isSized ? letter : row.suffix.split(',')[0];
  const bits = row.isSized ? `${match.size} bits are` : `'${suffix}' is`;
  const message = `no register says the size of '${mnemonic}'; ${bits} taken`;
  const better = mnemonic + suffix;
  const notes = [`did you mean ${better}?`];
  return problem('A0201', message, undefined, notes, renamed(better));
}

function registerBits(operand: Operand): number {
  return operand.kind === 'register' && operand.register.class === 'general'
    ? operand.register.bits
    : 0;
}

function sizeConflict(instruction: Instruction, list: readonly Form[]): EncodeProblem | undefined {
  const { mnemonic, operands } = instruction;
  const fixed = list.find((form) => form.size !== 0)?.size ?? 0;
  for (let i = 0; i < operands.length; i++) {
    const operand = operands[i];
    const bits = registerBits(operand);
    if (bits === 0 || operand.kind !== 'register') continue;
    const name = `%${operand.register.name}`;
    if (fixed !== 0 && bits !== fixed) {
      const letter = { 8: 'b', 16: 'w', 32: 'l', 64: 'q' }[bits] ?? '';
      const better = mnemonic.slice(0, -1) + letter;
      const isKnown = formsOf(better) !== undefined;
      const notes = isKnown ? [`did you mean ${better}?`] : existing(mnemonic, list);
      const message = `${name} has ${bits} bits, '${mnemonic}' takes ${fixed}`;
      return problem('A0203', message, i, notes, isKnown ? renamed(better) : undefined);
    }
    const other = operands.findIndex(
      (next) => registerBits(next) > 0 && registerBits(next) !== bits,
    );
    if (other > i) {
      const second = operands[other];
      if (second.kind !== 'register') continue;
      const words = `%${second.register.name} has ${second.register.bits}`;
      return problem(
        'A0203',
        `${name} has ${bits} bits, ${words}`,
        other,
        existing(mnemonic, list),
      );
    }
  }
  return undefined;
}

/** Says why no form of the mnemonic fits. */
export function explain(instruction: Instruction, mode: Mode): EncodeProblem {
  const { mnemonic, operands } = instruction;
  const list = formsOf(mnemonic, instruction.syntax, mode);
  const other = list ? undefined : formsOf(mnemonic, instruction.syntax, mode === 64 ? 32 : 64);
  if (other) {
    const place = mode === 64 ? '64-bit code does not have' : 'only 64-bit code has';
    return problem('A0202', `${place} '${mnemonic}'`);
  }
  if (!list) {
    const near = similarMnemonics(mnemonic);
    const notes = near.length > 0 ? [`did you mean ${near.join(', ')}?`] : undefined;
    const [nearest] = near;
    const better = nearest === undefined ? undefined : renamed(nearest);
    return problem('A0202', `no such instruction: '${mnemonic}'`, undefined, notes, better);
  }
  const counts = new Set(list.map((form) => form.operands.length));
  if (!counts.has(operands.length)) {
    const wanted = [...counts].toSorted((left, right) => left - right).join(' or ');
    const noun = wanted === '1' ? 'operand' : 'operands';
    const message = `'${mnemonic}' takes ${wanted} ${noun}, found ${operands.length}`;
    return problem('A0204', message, undefined, existing(mnemonic, list));
  }
  const fitting = list.filter((form) => form.operands.length === operands.length);
  const conflict = sizeConflict(instruction, fitting);
  if (conflict) return conflict;
  const isSizeless = operands.some((each) => each.kind === 'memory' && each.size === undefined);
  if (instruction.syntax === 'intel' && isSizeless && fitting.some((form) => form.needsRegister)) {
    const at = operands.findIndex(({ kind }) => kind === 'memory');
    return problem('A0201', `nothing says the size of '${mnemonic}'`, at, [
      'write BYTE PTR, WORD PTR or DWORD PTR before the memory operand',
    ]);
  }
  return problem(
    'A0204',
    `no form of '${mnemonic}' takes these operands`,
    undefined,
    existing(mnemonic, fitting),
  );
}
