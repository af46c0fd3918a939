// `.cfi_*` directives (GNU as manual, 7.12).

import type { FrameInstruction } from '@ring0/dwarf';
import type { Assembly } from './assembly.ts';
import { constantOf } from './expression.ts';
import type { Expression } from './expression.ts';
import { cfiRegisterNumber, endProcedure, frameInstruction } from './cfi.ts';
import { missingStart, startProcedure } from './cfi.ts';
import { evaluate } from './evaluate.ts';
import { rawText } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';

/** An argument: a word as written, or a value. */
export interface CfiArgument {
  readonly text: string;
  readonly value: Expression | undefined;
}

function numberOf(assembly: Assembly, argument: CfiArgument | undefined): number {
  const known = argument?.value && constantOf(argument.value);
  if (known === undefined) {
    assembly.error('A0605', `'${argument?.text ?? ''}' is no number that is known here`);
    return 0;
  }
  return Number(known);
}

function registerOf(assembly: Assembly, argument: CfiArgument | undefined): number {
  const text = argument?.text ?? '';
  const number = cfiRegisterNumber(text);
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
};

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
    entry[field] = undefined;
    return;
  }
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
    for (const argument of args) {
      frameInstruction(assembly, { kind: list, register: registerOf(assembly, argument) });
    }
    return;
  }
  const maker = makers[name];
  if (maker) {
    if (!assembly.cfi.entry) return missingStart(assembly, `.cfi_${name}`);
    if (args.length !== maker.count) {
      return assembly.error('A0505', `'.cfi_${name}' takes ${maker.count} arguments`);
    }
    const instruction = maker.make(assembly, args);
    if (instruction) checkSaved(assembly, instruction);
    if (instruction) frameInstruction(assembly, instruction);
    return;
  }
  switch (name) {
    case 'startproc':
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
  if (instruction.offset % 4 === 0) return;
  const message = `a register is saved at a multiple of 4 bytes, not at ${instruction.offset}`;
  assembly.error('A0608', message);
}

function fromText(directive: Directive): void {
  const { assembly, operands, name } = directive;
  const args = operands.map((operand): CfiArgument => {
    const text = rawText(directive, operand);
    const isName = operand.kind === 'register' || cfiRegisterNumber(text) !== undefined;
    const isWord = isName || text === 'simple' || /^\.(eh|debug)_frame/.test(text);
    const value = isWord || !operand.node ? undefined : evaluate(assembly, operand.node);
    return { text, value };
  });
  emitCfi(assembly, name.slice('.cfi_'.length).toLowerCase(), args);
}

const names = [
  ...Object.keys(makers),
  ...Object.keys(listMakers),
  ...'startproc endproc sections personality lsda escape signal_frame return_column'.split(' '),
];

export const cfiDirectives: Readonly<Record<string, DirectiveHandler>> = Object.fromEntries(
  names.map((name) => [`.cfi_${name}`, fromText]),
);
