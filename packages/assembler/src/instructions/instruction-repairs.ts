// What GNU as does to an instruction before and behind its encoding: prefixes that it skips or
// adds, mnemonics that it takes for others, jumps that keep one form, and warnings that are not
// the encoder's.

import { registerByName } from '@ring0/isa';
import type { EncodeProblem, Encoding, Instruction, Mode, Operand } from '@ring0/isa';
import type { Assembly } from '../object/assembly.ts';
import { lockedAddition, optimized, unalignedMove, withAvx } from './instruction-options.ts';

const segmentWords: ReadonlySet<string> = new Set(['cs', 'ds', 'es', 'fs', 'gs', 'ss']);
const branchHints: ReadonlySet<string> = new Set(['cs', 'ds']);

/**
 * Whether a direct branch loses the prefix: those that the processor gives no meaning there. One
 * that says what the mode says anyway is a mistake, which the encoder finds.
 */
function isSkipped(prefix: string, mnemonic: string, mode: Mode): boolean {
  if (
    /^ad(dr32|word)$/.test(prefix) ? mode === 32 : mode === 16 && /^a(ddr16|word)$/.test(prefix)
  ) {
    return false;
  }
  const isShortOnly = /^(loop|jc?xz|jecxz)/.test(mnemonic);
  if (prefix === 'wait') return true;
  if (segmentWords.has(prefix))
    return !branchHints.has(prefix) || /^(l|call|xb)(?!oop)/.test(mnemonic);
  return /^ad(dr16|dr32|word)$|^aword$/.test(prefix) && !isShortOnly;
}

/** An instruction as it is encoded, with what is said of the changes. */
export interface Repaired {
  readonly instruction: Instruction;
  readonly warnings: readonly EncodeProblem[];
}

/** Leaves out and adds prefixes, and repairs mnemonics, as GNU as does. */
export function repaired(assembly: Assembly, written: Instruction): Repaired {
  const { machine, mode } = assembly;
  const warnings: EncodeProblem[] = [];
  let { mnemonic } = written;
  let prefixes = written.prefixes ?? [];
  let { operands } = written;
  const [first] = operands;
  const isDirect =
    first?.kind === 'target' || (first?.kind === 'immediate' && /^l(jmp|call)/.test(mnemonic));
  if (isDirect && prefixes.some((word) => isSkipped(word, mnemonic, mode))) {
    const skipped = prefixes.filter((word) => isSkipped(word, mnemonic, mode));
    prefixes = prefixes.filter((word) => !skipped.includes(word));
    const message = `the prefix '${skipped.join(' ')}' is left out before '${mnemonic}'`;
    warnings.push({ code: 'A0238', message });
  }
  if (/^leal?$|^leaw$/.test(mnemonic) && prefixes.some((word) => segmentWords.has(word))) {
    warnings.push({ code: 'A0213', message: "a segment on 'lea' has no effect" });
  }
  const [last] = operands.slice(-1);
  const isTop =
    last?.kind === 'register' && last.register.class === 'x87' && last.register.number === 0;
  const isSource =
    first?.kind === 'register' && first.register.class === 'x87' && first.register.number > 0;
  if (isSource && isTop && operands.length === 2 && /^f(add|mul)p$/.test(mnemonic)) {
    const message = `'${mnemonic}' leaves its result in the other register, and pops %st`;
    warnings.push({
      code: 'A0211',
      message,
      notes: [`'${mnemonic} %st, %${first.register.name}' is used`],
    });
    operands = operands.toReversed();
  }
  // A count in %ecx is one in %cl.
  const count = registerByName('cl');
  const isWideCount =
    first?.kind === 'register' && first.register.name === 'ecx' && operands.length === 2;
  if (count && isWideCount && takesCount(mnemonic, operands[1])) {
    operands = operands.with(0, { kind: 'register', register: count });
  }
  const isStack = first?.kind === 'register' && first.register.class === 'x87';
  if (isStack && operands.length === 1 && /^f(ld|stp?|comp?)l$/.test(mnemonic)) {
    const name = mnemonic.slice(0, -1);
    warnings.push({ code: 'A0211', message: `'${mnemonic}' is taken as '${name}'`, operand: 0 });
    mnemonic = name;
  }
  const { omitsLock, addsBound } = machine.options;
  if (omitsLock) prefixes = prefixes.filter((word) => word !== 'lock');
  if (addsBound && takesBound(written)) {
    const kept = prefixes.filter((word) => !/^rep[ez]?$/.test(word));
    if (kept.length < prefixes.length) {
      warnings.push({
        code: 'A0238',
        message: `'bnd' takes the place of 'rep' before '${mnemonic}'`,
      });
    }
    prefixes = [...kept, 'bnd'];
  }
  return {
    instruction: chosen(assembly, { ...written, mnemonic, prefixes, operands }, warnings),
    warnings,
  };
}

/** What options have in place of an instruction. */
function chosen(
  { machine, mode }: Assembly,
  instruction: Instruction,
  warnings: EncodeProblem[],
): Instruction {
  const { locksForFences, hasAvxForSse, omitsLock, optimization } = machine.options;
  if (locksForFences && /^[lms]fence$/.test(instruction.mnemonic)) {
    if (mode === 32 && !omitsLock) return lockedAddition(instruction);
    const message = `'${instruction.mnemonic}' cannot become a locked addition here`;
    warnings.push({ code: 'A0239', message });
  }
  const { unalignsMoves } = machine.options;
  const move = unalignsMoves ? unalignedMove(instruction) : instruction;
  const now = hasAvxForSse ? withAvx(move, mode, machine.encodeOptions) : move;
  return optimized(now, mode, optimization);
}

function takesCount(mnemonic: string, place: Operand | undefined): boolean {
  if (!/^(r[oc][lr]|s[ah][lr])[wl]?$/.test(mnemonic)) return false;
  if (place?.kind === 'register') return place.register.bits > 8;
  return place?.kind === 'memory' && place.size !== 1;
}

/** Near branches that may be protected by MPX, where nothing else is written before them. */
function takesBound({ mnemonic, prefixes, operands }: Instruction): boolean {
  const isNear =
    /^(jmp|j[a-z]{1,3}|call|ret)[lwq]?$/.test(mnemonic) && !/^jc?xz|^je?cxz/.test(mnemonic);
  const isFar = operands.length === 2;
  return isNear && !isFar && !prefixes?.some((word) => /^(repn|bnd|xa|xr)/.test(word));
}

/** A size prefix as a statement of its own: GNU as takes it, and wonders. */
export function loneSize(
  { machine }: Assembly,
  { mnemonic, operands, prefixes }: Instruction,
): Encoding | undefined {
  if (operands.length > 0 || prefixes?.length !== 0) return undefined;
  if (mnemonic === 'lock' && machine.options.omitsLock) {
    return { bytes: new Uint8Array(0), fixups: [] };
  }
  const byte = /^(data(16|32)|d?word)$/.test(mnemonic) ? 0x66 : 0x67;
  if (byte === 0x67 && !/^(addr(16|32)|ad?word)$/.test(mnemonic)) return undefined;
  const message = `the prefix '${mnemonic}' stands alone`;
  const notes = ['written before an instruction it changes the size of that'];
  const warnings = [{ code: 'A0236', message, notes }];
  return { bytes: Uint8Array.of(byte), fixups: [], warnings };
}

/** `{disp32}` before a jump: the long form, also where the short one would reach. */
export function isLong({ prefixes }: Instruction): boolean {
  return prefixes?.some((word) => word === '{disp32}' || word === '{disp16}') === true;
}

export function longJump(encoding: Encoding): Encoding {
  const { longBytes, longSize } = encoding.relaxation ?? { longBytes: encoding.bytes, longSize: 4 };
  const offset = longBytes.length - longSize;
  const hole = { offset, size: longSize, operand: 0, isRelative: true, isSigned: false } as const;
  return { bytes: longBytes, fixups: [{ ...hole, kind: 'target' }], warnings: encoding.warnings };
}

/** `.arch i386, nojumps`: conditional jumps stay short. */
export function kept({ machine }: Assembly, encoding: Encoding): Encoding {
  const isConditional = encoding.relaxation !== undefined && encoding.bytes[0] !== 0xeb;
  if (machine.growsConditions || !isConditional) return encoding;
  return { ...encoding, relaxation: undefined };
}

/** What the value of a field or the kind of code makes doubtful. */
export function withMoreWarnings(
  assembly: Assembly,
  encoding: Encoding,
  { instruction, warnings }: Repaired,
  isWidened: boolean,
): Encoding {
  const { mnemonic, operands } = instruction;
  const more: EncodeProblem[] = [...warnings];
  for (const { kind, size, operand } of encoding.fixups) {
    const place = operands[operand];
    if (kind !== 'displacement' || size !== 2 || place.kind !== 'memory') continue;
    const value = place.displacement ?? 0n;
    const low = BigInt.asIntN(32, value);
    if (low > -0x10000n && low < 0x10000n) continue;
    const used = BigInt.asUintN(16, value);
    const message = `${value} does not fit in a 16-bit address; ${used} is used`;
    more.push({ code: 'A0103', message, operand });
  }
  if (assembly.code === 'code16gcc') {
    const [first] = operands;
    const isSegment = first?.kind === 'register' && first.register.class === 'segment';
    if (isSegment && isWidened && /^(push|pop)l$/.test(mnemonic)) {
      const message = `'${mnemonic.slice(0, -1)}' of a segment is 32 bits wide after .code16gcc`;
      more.push({ code: 'A0237', message, notes: ['versions of GNU as before 2.34 took 16 bits'] });
    } else if (mnemonic === 'iret') {
      const message = "'iret' is 16 bits wide, also after .code16gcc";
      more.push({ code: 'A0237', message, notes: ['write iretw for this, or iretl for 32 bits'] });
    }
  }
  if (more.length === 0) return encoding;
  return { ...encoding, warnings: [...(encoding.warnings ?? []), ...more] };
}
