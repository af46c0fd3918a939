// `.cfi_*` directives (GNU as manual, 7.12).

import type { FrameInstruction } from '@ring0/dwarf';
import type { Assembly } from '../object/assembly.ts';
import { constantOf } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';
import { cfiRegisterNumber, endProcedure, frameInstruction } from '../debug/cfi.ts';
import { missingStart, startProcedure } from '../debug/cfi.ts';
import { evaluate, refusesWide } from '../values/evaluate.ts';
import { rawText } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';

/** An argument: a word as written, or a value. */
export interface CfiArgument {
  readonly text: string;
  readonly value: Expression | undefined;
}

/** What is missing is 0, as in GNU as. */
function numberOf(assembly: Assembly, argument: CfiArgument | undefined): number {
  if (!argument || argument.text === '') return 0;
  const known = argument?.value && constantOf(argument.value);
  if (known === undefined) {
    assembly.error('A0605', `'${argument?.text ?? ''}' is no number that is known here`);
    return 0;
  }
  return Number(known);
}

function registerOf(assembly: Assembly, argument: CfiArgument | undefined): number {
  const text = argument?.text ?? '';
  const number = cfiRegisterNumber(text, assembly.isLong);
  if (number !== undefined) return number;
  const known = argument?.value && constantOf(argument.value);
  if (known === undefined || known < 0n || known > 0xffffffffn) {
    assembly.error('A0606', `'${text}' is no register of the frame information`);
    return 0;
  }
  return Number(known);
}

type Maker = (assembly: Assembly, args: readonly CfiArgument[]) => FrameInstruction | undefined;

const makers: Readonly<Record<string, { count: number; make: Maker }>> = {
  def_cfa: {
    count: 2,
    make: (a, [r, o]) => ({ kind: 'defCfa', register: registerOf(a, r), offset: numberOf(a, o) }),
  },
  def_cfa_register: {
    count: 1,
    make: (a, [r]) => ({ kind: 'defCfaRegister', register: registerOf(a, r) }),
  },
  def_cfa_offset: {
    count: 1,
    make: (a, [o]) => ({ kind: 'defCfaOffset', offset: numberOf(a, o) }),
  },
  adjust_cfa_offset: {
    count: 1,
    make: (a, [o]) => ({
      kind: 'defCfaOffset',
      offset: (a.cfi.entry?.cfaOffset ?? 0) + numberOf(a, o),
    }),
  },
  offset: {
    count: 2,
    make: (a, [r, o]) => ({ kind: 'offset', register: registerOf(a, r), offset: numberOf(a, o) }),
  },
  rel_offset: {
    count: 2,
    make: (a, [r, o]) => ({
      kind: 'offset',
      register: registerOf(a, r),
      offset: numberOf(a, o) - (a.cfi.entry?.cfaOffset ?? 0),
    }),
  },
  val_offset: {
    count: 2,
    make: (a, [r, o]) => ({
      kind: 'valOffset',
      register: registerOf(a, r),
      offset: numberOf(a, o),
    }),
  },
  register: {
    count: 2,
    make: (a, [r, o]) => ({
      kind: 'register',
      register: registerOf(a, r),
      other: registerOf(a, o),
    }),
  },
  remember_state: { count: 0, make: () => ({ kind: 'rememberState' }) },
  restore_state: { count: 0, make: () => ({ kind: 'restoreState' }) },
  window_save: { count: 0, make: () => ({ kind: 'windowSave' }) },
  // The same number for another machine.
  negate_ra_state: { count: 0, make: () => ({ kind: 'windowSave' }) },
  val_encoded_addr: { count: 3, make: valueAddress },
  label: { count: 1, make: label },
};

/** `.cfi_val_encoded_addr register, encoding, value` */
function valueAddress(
  assembly: Assembly,
  [register, encoding, value]: readonly CfiArgument[],
): FrameInstruction | undefined {
  const { entry } = assembly.cfi;
  if (!entry || !value.value) return undefined;
  const target = entry.targets.length;
  entry.targets.push(value.value);
  return {
    kind: 'valueAddress',
    register: registerOf(assembly, register),
    encoding: checkedEncoding(assembly, numberOf(assembly, encoding)),
    target,
  };
}

/** `.cfi_label name`: the place in the frame section that belongs to this one. */
function label(assembly: Assembly, [name]: readonly CfiArgument[]): FrameInstruction | undefined {
  const symbol = assembly.symbols.get(name.text);
  if (symbol.isDefined) {
    assembly.error('A0301', `symbol '${name.text}' is already defined`);
    return undefined;
  }
  const number = assembly.cfi.labels.push(symbol) - 1;
  return { kind: 'label', label: number };
}

/** DW_EH_PE_: absolute or relative to the field, of 2, 4 or 8 bytes, directly or behind a pointer. */
function checkedEncoding(assembly: Assembly, encoding: number): number {
  const isKnown = [0, 2, 3, 4].includes(encoding & 7) && [0, 0x10].includes(encoding & 0x70);
  if (!isKnown || encoding < 0 || encoding > 0xff) {
    const hex = encoding.toString(16);
    assembly.error('A0609', `0x${hex} is no encoding of pointers that is known`);
  }
  return encoding;
}

/** These take a list of registers. */
const listMakers: Readonly<Record<string, 'restore' | 'undefined' | 'sameValue'>> = {
  restore: 'restore',
  undefined: 'undefined',
  same_value: 'sameValue',
};

const omit = 0xff;

function setPointer(
  assembly: Assembly,
  field: 'personality' | 'languageData',
  args: readonly CfiArgument[],
): void {
  const { entry } = assembly.cfi;
  if (!entry) return missingStart(assembly, '.cfi_personality');
  const encoding = numberOf(assembly, args[0]);
  if (encoding === omit) {
    if (args.length > 1) assembly.error('A0505', 'encoding 0xff omits what follows');
    entry[field] = undefined;
    return;
  }
  checkedEncoding(assembly, encoding);
  const value = args[1]?.value;
  if (!value) return assembly.error('A0504', "'.cfi_personality' and '.cfi_lsda' need a symbol");
  entry[field] = { encoding, value };
}

function setSections(assembly: Assembly, args: readonly CfiArgument[]): void {
  assembly.cfi.hasEhFrame = false;
  assembly.cfi.hasDebugFrame = false;
  for (const { text } of args) {
    if (text === '.eh_frame') assembly.cfi.hasEhFrame = true;
    else if (text === '.debug_frame') assembly.cfi.hasDebugFrame = true;
    else assembly.error('A0607', `'${text}' is neither .eh_frame nor .debug_frame`);
  }
}

/** Executes `.cfi_NAME args`. */
export function emitCfi(assembly: Assembly, name: string, args: readonly CfiArgument[]): void {
  const list = listMakers[name];
  if (list) {
    // Without a word it complains of the absent register.
    for (const argument of args.length > 0 ? args : [{ text: '', value: undefined }]) {
      frameInstruction(assembly, { kind: list, register: registerOf(assembly, argument) });
    }
    return;
  }
  const maker = makers[name];
  if (maker) {
    if (!assembly.cfi.entry) return missingStart(assembly, `.cfi_${name}`);
    const isMissing = args.length === 0 && maker.count === 1 && name !== 'label';
    if (args.length !== maker.count && !isMissing) {
      return assembly.error('A0505', `'.cfi_${name}' takes ${maker.count} arguments`);
    }
    const instruction = maker.make(assembly, args);
    if (instruction) checkSaved(assembly, instruction);
    if (instruction) frameInstruction(assembly, instruction);
    return;
  }
  switch (name) {
    case 'fde_data':
    case 'personality_id':
    case 'inline_lsda':
      // For compact frames, which GNU as does not write for this machine.
      return assembly.error('A0003', `'.cfi_${name}' is not supported on this machine`);
    case 'startproc':
      if (args[0] && args[0].text !== 'simple') {
        assembly.error('A0505', `'.cfi_startproc' takes the word simple, found '${args[0].text}'`);
      }
      return startProcedure(assembly, args[0]?.text === 'simple');
    case 'endproc':
      return endProcedure(assembly);
    case 'sections':
      return setSections(assembly, args);
    case 'personality':
      return setPointer(assembly, 'personality', args);
    case 'lsda':
      return setPointer(assembly, 'languageData', args);
    case 'escape': {
      const bytes = Uint8Array.from(args, (argument) => numberOf(assembly, argument) & 0xff);
      return frameInstruction(assembly, { kind: 'escape', bytes });
    }
    case 'signal_frame':
    case 'return_column': {
      const { entry } = assembly.cfi;
      if (!entry) return missingStart(assembly, `.cfi_${name}`);
      if (name === 'signal_frame') entry.isSignalFrame = true;
      else entry.returnColumn = registerOf(assembly, args[0]);
      return;
    }
    default:
      assembly.error('A0002', `'.cfi_${name}' is no directive that is known`);
  }
}

/** Saved registers lie at multiples of a word from the frame's base. */
function checkSaved(assembly: Assembly, instruction: FrameInstruction): void {
  if (instruction.kind !== 'offset' && instruction.kind !== 'valOffset') return;
  const word = assembly.isLong ? 8 : 4;
  if (instruction.offset % word === 0) return;
  const message = `a register is saved at a multiple of ${word} bytes, not at ${instruction.offset}`;
  assembly.error('A0608', message);
}

function fromText(directive: Directive): void {
  const { assembly, operands, name } = directive;
  const isLabel = /^\.cfi_label$/i.test(name);
  const isCut = /^\.cfi_escape$/i.test(name);
  if (!isCut && operands.some(({ node }) => refusesWide(assembly, node))) return;
  const args = operands.map((operand): CfiArgument => {
    const text = rawText(directive, operand);
    const isName =
      operand.kind === 'register' || cfiRegisterNumber(text, assembly.isLong) !== undefined;
    const isWord = isName || isLabel || text === 'simple' || /^\.(eh|debug)_frame/.test(text);
    const value = isWord || !operand.node ? undefined : evaluate(assembly, operand.node);
    return { text, value };
  });
  emitCfi(assembly, name.slice('.cfi_'.length).toLowerCase(), args);
}

const names = [
  ...Object.keys(makers),
  ...Object.keys(listMakers),
  ...'startproc endproc sections personality lsda escape signal_frame return_column'.split(' '),
  ...'fde_data personality_id inline_lsda'.split(' '),
];

export const cfiDirectives: Readonly<Record<string, DirectiveHandler>> = Object.fromEntries(
  names.map((name) => [`.cfi_${name}`, fromText]),
);
