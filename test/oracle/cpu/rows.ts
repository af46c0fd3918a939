// Which rows of the instruction table the campaign runs, and why others are not: the cells (row, operand size, form) that
// are to be met.

import { type Row, allRows, decode, encodingText } from '@ring0/isa';
import { ADDRESS_FORMS, type AddressForm } from './addresses.ts';

/** Rows whose results are not the processor's alone, or that our processor (a Pentium II) does not have. */
const NOT_COMPARED: readonly (readonly [reason: string, mnemonics: readonly string[]])[] = [
  ['undefined on purpose; how long they are depends on the maker', ['ud0', 'ud1']],
  ['answers by time', ['rdtsc', 'rdtscp']],
  ['names the processor itself', ['cpuid']],
  ['ends in the host kernel', ['sysenter']],
  [
    'faults on the host or is answered by its kernel (UMIP)',
    ['sgdt', 'sidt', 'sldt', 'str', 'smsw'],
  ],
  ['later than our processor; the host has it', ['fisttp', 'fxsave', 'fxrstor', 'tzcnt', 'lzcnt']],
  ['not in our processor: #UD here, #GP on the host', ['rdpmc', 'sysexit']],
  ['a hypervisor between does not move EIP on', ['int1']],
];

const REASONS = new Map(
  NOT_COMPARED.flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
);

/** The last columns of rows that our processor has, or executes as no operation. */
const OURS = /^(8086|[1-6]86|8087|[23]87|687|cmov|nop|ibt)$/;

/** Why a row is not compared, or undefined. */
export function exclusion(row: Row): string | undefined {
  if (!OURS.test(row.processor)) return 'an extension that our processor does not have';
  if (row.onlyMode === 64) return 'exists in 64-bit code only';
  if (row.attributes.has('alias')) return 'the bytes of another row';
  if (row.encoding.prefix === 0x9b) return 'two instructions, each a row of its own';
  return REASONS.get(row.mnemonic);
}

/** LOCK makes it #UD by the manuals; not VERW on the host, and with control registers AMD means CR8 by it. */
function hasOwnLock(row: Row): boolean {
  return row.mnemonic === 'verw' || row.operands.some(({ kind }) => kind === 'creg');
}

export type Prefix = 'lock' | 'rep' | 'repne' | '';

/** What is to be met at least a given number of times. */
export interface Cell {
  readonly row: Row;
  readonly size: 16 | 32;
  /** `register`, `plain`, an address form, an override or a prefix. */
  readonly form: string;
  readonly address: AddressForm | undefined;
  /** A segment prefix, or 0. */
  readonly override: number;
  readonly prefix: Prefix;
}

export const OVERRIDES: readonly (readonly [name: string, byte: number])[] = [
  ['es:', 0x26],
  ['cs:', 0x2e],
  ['ss:', 0x36],
  ['ds:', 0x3e],
  ['fs:', 0x64],
  ['gs:', 0x65],
];

export function hasRegisterOrMemory(row: Row): boolean {
  return row.operands.some(({ kind }) => kind === 'rm' || kind === 'rvm');
}

export function isMemoryOnly(row: Row): boolean {
  return row.operands.some(({ kind }) => kind === 'mem');
}

function isImplied(row: Row): boolean {
  return row.operands.some(({ kind }) => /^(source|destination|table|moffs)$/.test(kind));
}

/** Whether the row's digit with a register is this row, and not one for registers alone. */
function hasRegisterForm(row: Row): boolean {
  const { prefix, opcode, modrm } = row.encoding;
  if (isMemoryOnly(row)) return false;
  if (modrm < 0 || modrm > 7) return true;
  const bytes = [...(prefix === 0 ? [] : [prefix]), ...opcode, 0xc0 | (modrm << 3)];
  return decode(Uint8Array.from([...bytes, 0, 0, 0, 0, 0, 0]), 0, 32, 0).row === row;
}

const LONG = ADDRESS_FORMS[0];
const SHORT = ADDRESS_FORMS.find(({ bits }) => bits === 16);

/** The forms of a row: names with what they stand for. */
function formsOf(row: Row): Omit<Cell, 'row' | 'size'>[] {
  const plain = { override: 0, prefix: '' as Prefix, address: undefined };
  const forms: Omit<Cell, 'row' | 'size'>[] = [];
  const hasModrm = row.encoding.modrm >= 0;
  const isMemory = isMemoryOnly(row) || (hasModrm && hasRegisterOrMemory(row));
  if (hasRegisterForm(row)) forms.push({ ...plain, form: hasModrm ? 'register' : 'plain' });
  if (isMemory) {
    for (const address of ADDRESS_FORMS) forms.push({ ...plain, form: address.name, address });
  }
  if (isImplied(row)) forms.push({ ...plain, form: 'a16', address: SHORT });
  if (isMemory || isImplied(row)) {
    const address = isMemory ? LONG : undefined;
    for (const [name, override] of OVERRIDES) {
      forms.push({ ...plain, form: name, address, override });
    }
  }
  const address = isMemory ? LONG : undefined;
  if (!hasOwnLock(row)) {
    forms.push({ ...plain, form: 'lock', address, prefix: 'lock' });
  }
  if (row.attributes.has('rep') || row.attributes.has('repe')) {
    for (const prefix of ['rep', 'repne'] as const) {
      forms.push({ ...plain, form: prefix, prefix });
      forms.push({ ...plain, form: `${prefix} a16`, prefix, address: SHORT });
    }
  }
  return forms;
}

/** Every cell of every row that is compared. */
export function allCells(): Cell[] {
  return allRows().flatMap((row) => {
    if (exclusion(row) !== undefined) return [];
    const sizes = row.isSized ? ([16, 32] as const) : [row.encoding.operandSize || 32];
    return sizes.flatMap((size) => formsOf(row).map((form) => ({ row, size, ...form }) as Cell));
  });
}

/** Rows that are not compared, by reason. */
export function exclusions(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const row of allRows()) {
    const reason = exclusion(row);
    if (reason === undefined) continue;
    const list = found.get(reason) ?? [];
    list.push(`${row.mnemonic} (${encodingText(row)})`);
    found.set(reason, list);
  }
  return found;
}
