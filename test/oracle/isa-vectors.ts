// Instructions for every row of the instruction table: each size, several registers, several
// addresses, values around the thresholds of the encodings; and their AT&T text for the oracle.

import { generalRegister, registerByName } from '@ring0/isa';
import type {
  Instruction,
  MemoryOperand,
  Mode,
  Operand,
  OperandSpec,
  Register,
  Row,
} from '@ring0/isa';

function register(name: string): Register {
  const found = registerByName(name, 64);
  if (!found) throw new Error(`no register ${name}`);
  return found;
}

function memory(text: {
  segment?: string;
  base?: string;
  index?: string;
  scale?: number;
  displacement?: bigint;
}): MemoryOperand {
  return {
    kind: 'memory',
    segment: text.segment ? register(text.segment) : undefined,
    base: text.base ? register(text.base) : undefined,
    index: text.index ? register(text.index) : undefined,
    scale: text.scale ?? 1,
    displacement: text.displacement,
    isDisplacementPresent: text.displacement !== undefined,
  };
}

const addresses: readonly MemoryOperand[] = [
  memory({ base: 'eax' }),
  memory({ base: 'ebp' }),
  memory({ base: 'esp', displacement: 4n }),
  memory({ base: 'ecx', displacement: -128n }),
  memory({ base: 'edx', displacement: 128n }),
  memory({ base: 'ebx', index: 'esi', scale: 4, displacement: 0x1234n }),
  memory({ base: 'esp', index: 'ebp', scale: 8 }),
  memory({ index: 'edi', scale: 2, displacement: 0x10n }),
  memory({ displacement: 0x1234n }),
  memory({ segment: 'fs', base: 'edi', displacement: 0xfffffff0n }),
  memory({ segment: 'gs', displacement: 0x14n }),
  memory({ segment: 'ds', base: 'ebp', displacement: 8n }),
  memory({ segment: 'ss', base: 'ebp', displacement: 8n }),
  memory({ base: 'bx' }),
  memory({ base: 'bp' }),
  memory({ base: 'bp', index: 'di', displacement: -2n }),
  memory({ base: 'bx', index: 'si', displacement: 0x1234n }),
  memory({ base: 'si', displacement: 0xfffen }),
  memory({ segment: 'es', base: 'di', displacement: 127n }),
];

const longAddresses: readonly MemoryOperand[] = [
  memory({ base: 'rax' }),
  memory({ base: 'rbp' }),
  memory({ base: 'rsp', displacement: 4n }),
  memory({ base: 'r12', displacement: -128n }),
  memory({ base: 'r13' }),
  memory({ base: 'r9', displacement: 128n }),
  memory({ base: 'rbx', index: 'r12', scale: 4, displacement: 0x1234n }),
  memory({ base: 'r12', index: 'rbp', scale: 8 }),
  memory({ base: 'r13', index: 'r13' }),
  memory({ index: 'rdi', scale: 2, displacement: 0x10n }),
  memory({ index: 'r15', scale: 8, displacement: -0x10n }),
  memory({ displacement: 0x1234n }),
  memory({ displacement: -4n }),
  memory({ base: 'rip', displacement: 0x1234n }),
  memory({ base: 'eip', displacement: 0x1234n }),
  memory({ segment: 'fs', base: 'rdi', displacement: -16n }),
  memory({ segment: 'gs', displacement: 0x14n }),
  memory({ segment: 'ds', base: 'rbp', displacement: 8n }),
  memory({ segment: 'ss', base: 'rbp', displacement: 8n }),
  memory({ segment: 'ss', base: 'r13', displacement: 8n }),
  memory({ base: 'eax' }),
  memory({ base: 'r8d', index: 'ebx', scale: 4, displacement: 8n }),
  memory({ base: 'edi', displacement: 0xfffffff0n }),
];

const bits = { b: 8, w: 16, d: 32, y: 32, q: 64 } as const;
const values = [0n, 1n, 2n, 3n, 10n, 127n, -1n, -128n];
const wideValues = [128n, 255n, 0x1234n, 0xff80n, 0xffffn, -129n];
const longValues = [0x10000n, 0x12345678n, 0xffffff80n, 0xffffffffn, -0x80000000n];

const quadValues = [0x7fffffffn, 0x80000000n, -0x80000001n, 0x123456789abcdefn, -(1n << 63n)];
quadValues.push(0xffffffffffffff80n, 0xffffffff80000000n);

function immediates(list: readonly bigint[]): Operand[] {
  return list.map((value) => ({ kind: 'immediate', value }));
}

function registersOf(names: readonly string[]): Operand[] {
  return names.map((name) => ({ kind: 'register', register: register(name) }));
}

function general(size: number, mode: Mode): Operand[] {
  if (mode === 64 && size === 8) {
    return registersOf(['al', 'r8b', 'bl', 'spl', 'ch', 'dil', 'bh', 'r15b']);
  }
  const numbers = mode === 64 ? [0, 8, 3, 12, 5, 13, 7, 15] : [0, 3, 5, 7];
  return numbers.map((number) => ({
    kind: 'register',
    register: generalRegister(number, size),
  }));
}

const bankNames: Record<string, string> = { mmx: 'mm', bound: 'bnd', mask: 'k' };

function banked(bank: string, mode: Mode): Operand[] {
  const name = bankNames[bank] ?? bank;
  const isLong = mode === 64 && /^[xy]mm$/.test(name);
  const numbers = bank === 'bound' ? [0, 1, 3] : isLong ? [1, 8, 0, 15, 6, 9] : [1, 0, 6, 7];
  return registersOf(numbers.map((number) => `${name}${number}`));
}

function indexed(bank: string, mode: Mode): Operand[] {
  const more = [
    memory({ base: 'rax', index: `${bank}12`, scale: 4 }),
    memory({ base: 'r13', index: `${bank}4` }),
    memory({ index: `${bank}9`, scale: 8, displacement: 0x10n }),
    memory({ segment: 'fs', base: 'r12', index: `${bank}7`, scale: 2, displacement: -4n }),
  ];
  if (mode === 64) return more;
  return [
    memory({ base: 'eax', index: `${bank}2`, scale: 4 }),
    memory({ base: 'ebp', index: `${bank}4` }),
    memory({ index: `${bank}5`, scale: 8, displacement: 0x10n }),
    memory({ segment: 'fs', base: 'esp', index: `${bank}7`, scale: 2, displacement: -4n }),
  ];
}

function stringAddress(base: string, mode: Mode): Operand[] {
  const other = mode === 64 ? `r${base}` : base;
  return [memory({ base: `e${base}` }), memory({ base: other })];
}

/** Operands that a spec takes when the operand size is `size`. */
function choices(row: Row, spec: OperandSpec, size: 16 | 32 | 64, mode: Mode): Operand[] {
  const isQuad = spec.size === 'y' ? size === 64 : mode === 64 && row.isNative;
  const width =
    spec.size === 'v' || spec.size === ''
      ? size
      : isQuad && spec.size !== 'w'
        ? 64
        : bits[spec.size];
  const places = mode === 64 ? longAddresses : addresses;
  if (spec.bank !== 'general') {
    const own = banked(spec.bank, mode);
    return spec.kind === 'reg' ? own : [...own, ...places];
  }
  if (spec.indexes) return indexed(spec.indexes, mode);
  switch (spec.kind) {
    case 'pointer':
      return [...general(32, mode), ...general(mode === 64 ? 64 : 16, mode)];
    case 'nibble':
      return immediates([0n, 3n, 15n]);
    case 'rm':
      return [...general(width, mode), ...places];
    case 'rvm':
      return [...general(size, mode), ...places];
    case 'reg':
      return general(width, mode);
    case 'mem':
      return [...places];
    case 'accumulator':
      return [{ kind: 'register', register: generalRegister(0, width) }];
    case 'fixed':
      if (spec.text === 'DX') return [memory({ base: 'dx' })];
      return registersOf([spec.text === 'ST(0)' ? 'st' : spec.text.toLowerCase()]);
    case 'count1':
      return immediates([1n]);
    case 'const3':
      return immediates([3n]);
    case 'imm':
      if (spec.size === 'b') return immediates([...values, 128n, 255n]);
      if (spec.size === 'd') return immediates([...values, ...longValues]);
      if (spec.size === 'q') return immediates([...values, ...longValues, ...quadValues]);
      if (size === 64) return immediates([...values, ...wideValues, ...longValues, ...quadValues]);
      return immediates([...values, ...wideValues, ...(size === 32 ? longValues : [])]);
    case 'simm8':
      return immediates(values);
    case 'ubyte':
      return immediates([...values, 128n, 255n]);
    case 'uword':
      return immediates([...values, 0x1234n, 0xffffn]);
    case 'rel':
      return [{ kind: 'target' }];
    case 'far':
      return [];
    case 'moffs':
      return [memory({ displacement: 0x1234n }), memory({ segment: 'fs', displacement: 0x12n })];
    case 'sreg':
      return registersOf(['es', 'ss', 'ds', 'fs', 'gs']);
    case 'creg':
      return registersOf(['cr0', 'cr2', 'cr3', 'cr4', ...(mode === 64 ? ['cr8'] : [])]);
    case 'dreg':
      return registersOf(['db0', 'db6', 'db7', ...(mode === 64 ? ['db9'] : [])]);
    case 'treg':
      return registersOf(['tr6', 'tr7']);
    case 'st':
      return registersOf(['st(1)', 'st(7)']);
    case 'source':
      return [...stringAddress('si', mode), memory({ segment: 'fs', base: 'esi' })];
    case 'destination':
      return stringAddress('di', mode);
    case 'table':
      return stringAddress('bx', mode);
    default:
      throw new Error(`no operands for ${spec.kind}`);
  }
}

/** Every choice of each operand once, the others varying with it; not the whole product. */
function combinations(lists: readonly (readonly Operand[])[]): Operand[][] {
  const count = Math.max(1, ...lists.map((list) => list.length));
  const found = new Set<string>();
  const result: Operand[][] = [];
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < count; i++) {
      const operands = lists.map((list, at) => list[(i + at * round) % list.length]);
      const key = JSON.stringify(operands, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      if (found.has(key)) continue;
      found.add(key);
      result.push(operands);
    }
  }
  return result;
}

function addressBits(operands: readonly Operand[]): Set<number> {
  const sizes = new Set<number>();
  for (const operand of operands) {
    if (operand.kind !== 'memory' || operand.base?.name === 'dx') continue;
    const base = operand.base ?? operand.index;
    if (base) sizes.add(base.bits);
  }
  return sizes;
}

function mnemonics(row: Row, size: 16 | 32 | 64, operands: readonly Operand[]): string[] {
  const name = row.names[0];
  const hasRegister = operands.some(
    (operand) => operand.kind === 'register' && operand.register.class === 'general',
  );
  if (row.attributes.has('bare') || row.suffixRule === 'none') return [name];
  if (row.isSized) {
    const suffixed = name + { 16: 'w', 32: 'l', 64: 'q' }[size];
    if (row.attributes.has('unsized')) return [name];
    return hasRegister ? [name, suffixed] : [suffixed];
  }
  if (row.suffix === '' || row.attributes.has('plainly')) return [name];
  const isQuad = size === 64 && row.suffix === 'l' && (row.hasLong || row.isNative);
  const suffixed = name + (isQuad ? 'q' : row.suffix.split(',')[0]);
  return hasRegister || row.suffixRule === 'hidden' ? [name, suffixed] : [suffixed];
}

/** The operand sizes that the row has; a wide one takes no registers of 32 bits. */
function operandSizes(row: Row, mode: Mode): readonly (16 | 32 | 64)[] {
  if (mode !== 64) return row.isSized ? [16, 32] : [32];
  if (row.isSized) return row.isWide ? [16, 64] : row.isNarrow ? [16, 32] : [16, 32, 64];
  return row.hasLong ? [32, 64] : row.isNative ? [64] : [32];
}

/** Instructions that the row should be chosen for, or a row that GNU as prefers. */
export function vectorsOf(row: Row, mode: Mode = 32): Instruction[] {
  if (row.attributes.has('decode')) return [];
  if (row.onlyMode !== 0 && (row.onlyMode === 64) !== (mode === 64)) return [];
  const result: Instruction[] = [];
  const isSame = row.attributes.has('order:same');
  for (const size of operandSizes(row, mode)) {
    const lists = row.operands.map((spec) => choices(row, spec, size, mode));
    const isFar = row.operands.some(({ kind }) => kind === 'far');
    const all: Operand[][] = isFar
      ? [immediates([0x8n, 0x1234n]), immediates([0xffffn, 0n])]
      : combinations(lists);
    for (const list of all) {
      const operands = isSame || isFar ? list : list.toReversed();
      if (addressBits(operands).size > 1) continue;
      const isIndirect = row.attributes.has('indirect');
      const prefixes = row.attributes.has('braced') ? ['{vex}'] : undefined;
      for (const mnemonic of mnemonics(row, size, operands)) {
        result.push({ mnemonic, operands, isIndirect, prefixes });
      }
    }
  }
  return result;
}

function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'register':
      return `%${operand.register.name}`;
    case 'immediate':
      return `$${operand.value ?? 'unknown'}`;
    case 'target':
      return '.';
    default: {
      const { segment, base, index, scale, displacement } = operand;
      const names = index
        ? `(${base ? `%${base.name}` : ''},%${index.name},${scale})`
        : base
          ? `(%${base.name})`
          : '';
      const at = displacement === undefined && !base && !index ? 'unknown' : (displacement ?? '');
      return `${segment ? `%${segment.name}:` : ''}${at}${names}`;
    }
  }
}

/** The instruction as GNU as reads it; the scale of 16-bit addresses is left out. */
export function attText(instruction: Instruction): string {
  const operands = instruction.operands.map((operand) => operandText(operand));
  const star = instruction.isIndirect ? '*' : '';
  const text = `${instruction.mnemonic} ${star}${operands.join(',')}`.trim();
  return [...(instruction.prefixes ?? []), text]
    .join(' ')
    .replace(/\((%b[xp],%[sd]i),1\)/g, '($1)');
}

const pointers: Readonly<Record<number, string>> = {
  1: 'BYTE PTR ',
  2: 'WORD PTR ',
  4: 'DWORD PTR ',
  6: 'FWORD PTR ',
  8: 'QWORD PTR ',
  10: 'TBYTE PTR ',
  16: 'XMMWORD PTR ',
  32: 'YMMWORD PTR ',
};

function intelOperand(operand: Operand): string {
  switch (operand.kind) {
    case 'register':
      return operand.register.name;
    case 'immediate':
      return String(operand.value);
    case 'target':
      return '.';
    default: {
      const { segment, base, index, scale, displacement = 0n, size } = operand;
      if (base?.name === 'dx') return 'dx';
      const pointer = size === undefined ? '' : pointers[size];
      if (!base && !index) return `${pointer}${segment?.name ?? 'ds'}:${displacement}`;
      const isShort = (base ?? index)?.bits === 16;
      const scaled = index ? [isShort ? index.name : `${index.name}*${scale}`] : [];
      const inside = [...(base ? [base.name] : []), ...scaled].join('+');
      const rest = operand.isDisplacementPresent
        ? `${displacement < 0n ? '' : '+'}${displacement}`
        : '';
      return `${pointer}${segment ? `${segment.name}:` : ''}[${inside}${rest}]`;
    }
  }
}

/** The instruction as GNU as reads it after `.intel_syntax noprefix`. */
export function intelText({ mnemonic, operands, prefixes }: Instruction): string {
  const texts = operands.map(intelOperand);
  const isFar = /^(jmp|call)$/.test(mnemonic) && texts.length === 2;
  const list = isFar ? texts.join(':') : texts.toReversed().join(', ');
  return [...(prefixes ?? []), mnemonic, list].join(' ').trim();
}

/** A number alone would be an immediate; memory is written ds:number. */
function directSegment({ base, index }: MemoryOperand): Register | undefined {
  return (base ?? index) ? undefined : register('ds');
}

const sizes = [1, 2, 4, 6, 8, 10, 16, 32];

/** In Intel syntax, memory without a size and with each, right ones and wrong ones. */
export function intelVectorsOf(row: Row, mode: Mode = 32): Instruction[] {
  const found = new Map<string, Instruction>();
  let turn = row.index;
  for (const each of vectorsOf(row, mode)) {
    const operands = row.attributes.has('order:same') ? each.operands.toReversed() : each.operands;
    const isFar = row.operands.some(({ kind }) => kind === 'far');
    const base: Instruction = {
      mnemonic: row.mnemonic,
      operands: isFar ? each.operands : operands,
      prefixes: each.prefixes,
      syntax: 'intel',
    };
    const hasMemory = operands.some(({ kind }) => kind === 'memory');
    const choice = hasMemory ? [undefined, sizes[turn++ % 8], sizes[(turn * 3) % 8]] : [undefined];
    for (const size of choice) {
      const sized = base.operands.map((operand) =>
        operand.kind === 'memory' && operand.base?.name !== 'dx'
          ? { ...operand, size, segment: operand.segment ?? directSegment(operand) }
          : operand,
      );
      const instruction = { ...base, operands: sized };
      found.set(intelText(instruction), instruction);
    }
  }
  return [...found.values()];
}
