// Call frame information (.eh_frame, .debug_frame; DWARF 5, 6.4, and the LSB's exception frames) as
// -wf shows it, instruction by instruction, and as -wF does: the table that the instructions make.

import { DwarfCursor, registers32, registers64, unitLength } from '@ring0/dwarf';
import { encodedSize, operands, pointerEncoding, readEncoded } from './dwarf-frames-read.ts';
import type { Operands } from './dwarf-frames-read.ts';
import { expressionText, registerName } from './dwarf-expression.ts';
import type { ExpressionContext } from './dwarf-expression.ts';
import type { DebugSections } from './dwarf-sections.ts';
import { hex, hexAddress } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

interface Cie {
  readonly offset: number;
  readonly version: number;
  readonly augmentation: string;
  readonly augmentationData: Uint8Array;
  readonly pointerSize: number;
  readonly codeFactor: number;
  readonly dataFactor: number;
  readonly returnRegister: number;
  readonly encoding: number;
  readonly instructions: readonly [number, number];
  readonly length: number;
  readonly end: number;
}

/** How a register's value is found; `offset` counts from the frame's address. */
type Rule =
  | { readonly kind: 'undefined' | 'same' | 'expression' | 'value-expression' }
  | { readonly kind: 'offset' | 'value-offset'; readonly offset: number }
  | { readonly kind: 'register'; readonly register: number };

interface Row {
  cfaRegister: number;
  cfaOffset: number;
  isExpression: boolean;
  readonly rules: Map<number, Rule>;
}

const undefinedRule: Rule = { kind: 'undefined' };
const rowsMax = 1_000_000;

const plus = (value: number) => (value < 0 ? `${value}` : `+${value}`);

class Frames {
  private readonly sections: DebugSections;
  private readonly data: Uint8Array;
  private readonly isEh: boolean;
  private readonly base: number;
  private readonly out: TextSink;
  private readonly showsTable: boolean;
  private readonly cies = new Map<number, Cie>();

  constructor(
    sections: DebugSections,
    data: Uint8Array,
    place: { readonly isEh: boolean; readonly address: number },
    out: TextSink,
    showsTable: boolean,
  ) {
    this.sections = sections;
    this.data = data;
    this.isEh = place.isEh;
    this.base = place.address;
    this.out = out;
    this.showsTable = showsTable;
  }

  run(): void {
    const { data, out } = this;
    for (let at = 0; at + 4 <= data.length;) {
      const cursor = new DwarfCursor(data, at);
      const { length, is64 } = unitLength(cursor);
      if (length === 0) {
        out.add(`\n${hex(at, 8)} ZERO terminator\n\n`);
        at = cursor.at;
        while (at < data.length && data[at] === 0) at++;
        if (at < data.length) at &= ~3;
        continue;
      }
      const end = cursor.at + length;
      if (end > data.length) {
        this.sections.warn(`Invalid length 0x${hex(length, 8)} in FDE at ${hex(at, 8)}`);
        return;
      }
      const idAt = cursor.at;
      const id = cursor.offset(is64);
      const isCie = this.isEh ? id === 0 : is64 ? id === 2 ** 64 : id === 0xffffffff;
      const body = new DwarfCursor(data, cursor.at, end);
      if (isCie) this.showCie(this.readCie(body, at, length, end), id);
      else this.fde(body, at, length, id, this.isEh ? idAt - id : id, end);
      at = end;
    }
    out.add('\n');
  }

  private readCie(cursor: DwarfCursor, offset: number, length: number, end: number): Cie {
    const version = cursor.u8();
    const augmentation = cursor.text();
    let pointerSize = this.sections.bits / 8;
    if (augmentation === 'eh') cursor.skip(pointerSize);
    if (version >= 4) {
      pointerSize = cursor.u8();
      cursor.u8();
    }
    const codeFactor = cursor.uleb();
    const dataFactor = cursor.sleb();
    const returnRegister = version === 1 ? cursor.u8() : cursor.uleb();
    let augmentationData: Uint8Array = new Uint8Array(0);
    let encoding = 0;
    if (augmentation.startsWith('z')) {
      augmentationData = cursor.slice(cursor.uleb());
      encoding = pointerEncoding(augmentation, augmentationData, pointerSize);
    }
    const cie: Cie = {
      offset,
      version,
      augmentation,
      augmentationData,
      pointerSize: pointerSize === 8 ? 8 : 4,
      codeFactor,
      dataFactor,
      returnRegister,
      encoding,
      instructions: [cursor.at, end],
      length,
      end,
    };
    this.cies.set(offset, cie);
    return cie;
  }

  /** Lengths are as wide as the CIE's addresses. */
  private lengthText(length: number, cie: Cie | undefined): string {
    return hex(length, this.addressBits(cie) / 4);
  }

  private addressBits(cie: Cie | undefined): 32 | 64 {
    const { bits } = this.sections;
    return cie?.pointerSize === 8 ? 64 : cie?.pointerSize === 4 ? 32 : bits;
  }

  private showCie(cie: Cie, id: number): void {
    const { out, showsTable } = this;
    let text = `\n${hex(cie.offset, 8)} ${this.lengthText(cie.length, cie)} ${hex(id, 8)} CIE`;
    if (showsTable) {
      text += ` "${cie.augmentation}" cf=${cie.codeFactor} df=${cie.dataFactor} ra=${cie.returnRegister}\n`;
    } else {
      text += `\n  Version:               ${cie.version}\n`;
      text += `  Augmentation:          "${cie.augmentation}"\n`;
      if (cie.version >= 4) {
        text += `  Pointer Size:          ${cie.pointerSize}\n  Segment Size:          0\n`;
      }
      text += `  Code alignment factor: ${cie.codeFactor}\n`;
      text += `  Data alignment factor: ${cie.dataFactor}\n`;
      text += `  Return address column: ${cie.returnRegister}\n`;
      text += cie.augmentationData.length > 0 ? dataLine(cie.augmentationData) : '\n';
    }
    out.add(text);
    const row = emptyRow();
    if (showsTable) {
      const shown = this.referenced(cie, cie.instructions);
      this.execute(cie, cie.instructions, 0, row, undefined, shown);
    } else {
      this.execute(cie, cie.instructions, 0, row, undefined, undefined);
    }
  }

  private fde(
    cursor: DwarfCursor,
    at: number,
    length: number,
    id: number,
    cieAt: number,
    end: number,
  ): void {
    const { out, showsTable } = this;
    const cie = this.cieAt(cieAt);
    const head = `\n${hex(at, 8)} ${this.lengthText(length, cie)} ${hex(id, 8)} FDE `;
    if (!cie) {
      this.sections.warn(`CIE ID ${hex(id, 8)} in FDE at ${hex(at, 8)} is invalid`);
      out.add(`${head}cie=${hex(cieAt, 8)}\n`);
      return;
    }
    const place = cursor.at;
    const size = encodedSize(cie.encoding, cie.pointerSize);
    let start = readEncoded(cursor, cie.encoding, size);
    if ((cie.encoding & 0x70) === 0x10) start += this.base + place;
    const range = cursor.unsigned(size);
    start = this.wrap(start);
    const bits = this.addressBits(cie);
    const shownEnd = hexAddress(this.wrap(start + range), bits);
    let text = `${head}cie=${hex(cie.offset, 8)} pc=${hexAddress(start, bits)}..${shownEnd}\n`;
    if (cie.augmentation.startsWith('z')) {
      const data = cursor.slice(cursor.uleb());
      if (!showsTable && data.length > 0) text += dataLine(data);
    }
    out.add(text);
    const row = emptyRow();
    const initial = emptyRow();
    this.silently(cie, initial);
    copyRow(initial, row);
    const body: readonly [number, number] = [cursor.at, end];
    if (!showsTable) {
      this.execute(cie, body, start, row, initial, undefined);
      return;
    }
    const shown = this.referenced(cie, cie.instructions);
    for (const register of this.referenced(cie, body)) shown.add(register);
    this.execute(cie, body, start, row, initial, shown);
  }

  private wrap(value: number): number {
    return this.sections.bits === 32 ? value >>> 0 : value;
  }

  private cieAt(offset: number): Cie | undefined {
    const known = this.cies.get(offset);
    if (known || offset < 0 || offset + 4 > this.data.length) return known;
    const cursor = new DwarfCursor(this.data, offset);
    const { length, is64 } = unitLength(cursor);
    const end = Math.min(cursor.at + length, this.data.length);
    const id = cursor.offset(is64);
    if (length === 0 || (this.isEh ? id !== 0 : id !== 0xffffffff)) return undefined;
    return this.readCie(new DwarfCursor(this.data, cursor.at, end), offset, length, end);
  }

  /** The registers for which the instructions make rules, the return address among them. */
  private referenced(cie: Cie, [from, end]: readonly [number, number]): Set<number> {
    const set = new Set<number>();
    if (from === cie.instructions[0]) set.add(cie.returnRegister);
    const cursor = new DwarfCursor(this.data, from, end);
    while (!cursor.isAtEnd && !cursor.isOverrun) {
      const { op, a } = operands(cursor, cie.pointerSize, cie.encoding);
      const makesRule =
        op === 0x80 ||
        op === 0xc0 ||
        [5, 6, 7, 8, 9, 0x10, 0x11, 0x14, 0x15, 0x16, 0x2f].includes(op);
      if (makesRule) set.add(a);
    }
    return set;
  }

  private silently(cie: Cie, row: Row): void {
    this.run1(
      cie,
      cie.instructions,
      0,
      row,
      undefined,
      () => {},
      () => {},
    );
  }

  private execute(
    cie: Cie,
    range: readonly [number, number],
    start: number,
    row: Row,
    initial: Row | undefined,
    shown: ReadonlySet<number> | undefined,
  ): void {
    const { out } = this;
    if (!shown) {
      this.run1(
        cie,
        range,
        start,
        row,
        initial,
        (line) => out.add(`  ${line}\n`),
        () => {},
      );
      return;
    }
    let isTitled = false;
    let isAnything = false;
    const columns = [...shown].sort((a, b) => a - b);
    const show = (address: number) => {
      if (!isTitled) out.add(this.titles(cie, columns));
      isTitled = true;
      out.add(this.rowText(row, address, columns));
    };
    const last = this.run1(
      cie,
      range,
      start,
      row,
      initial,
      (line) => {
        if (line !== 'DW_CFA_nop') isAnything = true;
      },
      show,
    );
    if (isAnything) show(last);
  }

  private titles(cie: Cie, columns: readonly number[]): string {
    const width = this.sections.bits / 4;
    let text = `${'   LOC'.padEnd(width)} CFA      `;
    for (const register of columns) {
      const name = register === cie.returnRegister ? 'ra' : this.register(register, true);
      text += `${name.padEnd(5)} `;
    }
    return `${text}\n`;
  }

  private register(register: number, isPlain: boolean): string {
    const name = registerName(register, this.sections.bits);
    const isKnown = register < (this.sections.bits === 32 ? registers32 : registers64).length;
    if (!isKnown && !isPlain) return `bad register: r${register}`;
    if (isPlain) return name === '' ? `r${register}` : name;
    return name === '' ? `r${register}` : `r${register} (${name})`;
  }

  private rowText(row: Row, address: number, columns: readonly number[]): string {
    const cfa = row.isExpression
      ? 'exp'
      : `${this.register(row.cfaRegister, true)}${plus(row.cfaOffset)}`;
    let text = `${hexAddress(address, this.sections.bits)} ${cfa.padEnd(8)} `;
    for (const register of columns) {
      text += `${this.ruleText(row.rules.get(register) ?? undefinedRule).padEnd(5)} `;
    }
    return `${text}\n`;
  }

  private ruleText(rule: Rule): string {
    switch (rule.kind) {
      case 'undefined':
        return 'u';
      case 'same':
        return 's';
      case 'offset':
        return `c${plus(rule.offset)}`;
      case 'value-offset':
        return `v${plus(rule.offset)}`;
      case 'register':
        return this.register(rule.register, false);
      case 'expression':
        return 'exp';
      case 'value-expression':
        return 'vexp';
    }
  }

  /** Runs instructions: `say` takes each as a line, `advance` is told before the address moves. */
  private run1(
    cie: Cie,
    [from, end]: readonly [number, number],
    start: number,
    row: Row,
    initial: Row | undefined,
    say: (line: string) => void,
    advance: (address: number) => void,
  ): number {
    const cursor = new DwarfCursor(this.data, from, end);
    const saved: Row[] = [];
    let address = start;
    let rows = 0;
    while (!cursor.isAtEnd && !cursor.isOverrun && rows++ < rowsMax) {
      const at = cursor.at;
      const args = operands(cursor, cie.pointerSize, cie.encoding);
      const { op, a } = args;
      if (op === 0x40 || (op >= 0x02 && op <= 0x04)) {
        advance(address);
        address = this.wrap(address + a * cie.codeFactor);
        const name = op === 0x40 ? '' : { 2: '1', 3: '2', 4: '4' }[op];
        say(
          `DW_CFA_advance_loc${name ?? ''}: ${a * cie.codeFactor} to ${hexAddress(address, this.sections.bits)}`,
        );
      } else if (op === 0x01) {
        advance(address);
        const isRelative = (cie.encoding & 0x70) === 0x10;
        address = this.wrap(isRelative ? a + this.base + at + 1 : a);
        say(`DW_CFA_set_loc: ${hexAddress(address, this.sections.bits)}`);
      } else {
        const line =
          this.state(cie, args, row, initial, saved) ?? this.rule(cie, args, row, initial);
        say(line ?? `DW_CFA_??? (User defined call frame op: ${sharpHex(op)})`);
        if (line === undefined) break;
      }
    }
    return address;
  }

  /** Instructions about the frame's address and the state. */
  private state(
    cie: Cie,
    { op, a, b, block }: Operands,
    row: Row,
    initial: Row | undefined,
    saved: Row[],
  ): string | undefined {
    const name = (register: number) => this.register(register, false);
    switch (op) {
      case 0x00:
        return 'DW_CFA_nop';
      case 0x0a: {
        const copy = emptyRow();
        copyRow(row, copy);
        saved.push(copy);
        return 'DW_CFA_remember_state';
      }
      case 0x0b: {
        const last = saved.pop();
        if (last) copyRow(last, row);
        return 'DW_CFA_restore_state';
      }
      case 0x0c:
        Object.assign(row, { cfaRegister: a, cfaOffset: b, isExpression: false });
        return `DW_CFA_def_cfa: ${name(a)} ofs ${b}`;
      case 0x0d:
        Object.assign(row, { cfaRegister: a, isExpression: false });
        return `DW_CFA_def_cfa_register: ${name(a)}`;
      case 0x0e:
        row.cfaOffset = a;
        return `DW_CFA_def_cfa_offset: ${a}`;
      case 0x0f:
        row.isExpression = true;
        return `DW_CFA_def_cfa_expression (${this.expression(block, cie)})`;
      case 0x12: {
        const offset = b * cie.dataFactor;
        Object.assign(row, { cfaRegister: a, cfaOffset: offset, isExpression: false });
        return `DW_CFA_def_cfa_sf: ${name(a)} ofs ${offset}`;
      }
      case 0x13:
        row.cfaOffset = a * cie.dataFactor;
        return `DW_CFA_def_cfa_offset_sf: ${row.cfaOffset}`;
      case 0x2d:
        return 'DW_CFA_GNU_window_save';
      case 0x2e:
        return `DW_CFA_GNU_args_size: ${a}`;
      default:
        return initial === undefined && op === 0xff ? '' : undefined;
    }
  }

  /** Instructions about one register. */
  private rule(
    cie: Cie,
    { op, a, b, block }: Operands,
    row: Row,
    initial: Row | undefined,
  ): string | undefined {
    const name = this.register(a, false);
    const set = (rule: Rule, text: string): string => {
      row.rules.set(a, rule);
      return text;
    };
    const offset = b * cie.dataFactor;
    switch (op) {
      case 0x80:
        return set({ kind: 'offset', offset }, `DW_CFA_offset: ${name} at cfa${plus(offset)}`);
      case 0xc0:
        return set(initial?.rules.get(a) ?? undefinedRule, `DW_CFA_restore: ${name}`);
      case 0x05:
        return set(
          { kind: 'offset', offset },
          `DW_CFA_offset_extended: ${name} at cfa${plus(offset)}`,
        );
      case 0x06:
        return set(initial?.rules.get(a) ?? undefinedRule, `DW_CFA_restore_extended: ${name}`);
      case 0x07:
        return set(undefinedRule, `DW_CFA_undefined: ${name}`);
      case 0x08:
        return set({ kind: 'same' }, `DW_CFA_same_value: ${name}`);
      case 0x09:
        return set(
          { kind: 'register', register: b },
          `DW_CFA_register: ${name} in ${this.register(b, false)}`,
        );
      case 0x10:
        return set(
          { kind: 'expression' },
          `DW_CFA_expression: ${name} (${this.expression(block, cie)})`,
        );
      case 0x11:
        return set(
          { kind: 'offset', offset },
          `DW_CFA_offset_extended_sf: ${name} at cfa${plus(offset)}`,
        );
      case 0x14:
        return set(
          { kind: 'value-offset', offset },
          `DW_CFA_val_offset: ${name} is cfa${plus(offset)}`,
        );
      case 0x15:
        return set(
          { kind: 'value-offset', offset },
          `DW_CFA_val_offset_sf: ${name} is cfa${plus(offset)}`,
        );
      case 0x16:
        return set(
          { kind: 'value-expression' },
          `DW_CFA_val_expression: ${name} (${this.expression(block, cie)})`,
        );
      case 0x2f:
        return set(
          { kind: 'offset', offset: -offset },
          `DW_CFA_GNU_negative_offset_extended: ${name} at cfa${plus(-offset)}`,
        );
      default:
        return undefined;
    }
  }

  private expression(block: Uint8Array | undefined, cie: Cie): string {
    const { bits } = this.sections;
    const context: ExpressionContext = {
      addressSize: cie.pointerSize,
      is64: false,
      version: 5,
      unitOffset: 0,
      bits,
    };
    return expressionText(block ?? new Uint8Array(0), context);
  }
}

const sharpHex = (value: number) => `0x${hex(value)}`;

function emptyRow(): Row {
  return { cfaRegister: 0, cfaOffset: 0, isExpression: false, rules: new Map() };
}

function copyRow(from: Row, to: Row): void {
  to.cfaRegister = from.cfaRegister;
  to.cfaOffset = from.cfaOffset;
  to.isExpression = from.isExpression;
  to.rules.clear();
  for (const [register, rule] of from.rules) to.rules.set(register, rule);
}

function dataLine(data: Uint8Array): string {
  const shown = Array.from(data, (byte) => ` ${hex(byte, 2)}`).join('');
  return `  Augmentation data:    ${shown}\n`;
}

/** -wf or -wF for one section. */
export function framesDump(
  sections: DebugSections,
  name: string,
  data: Uint8Array,
  address: number,
  out: TextSink,
  showsTable: boolean,
): void {
  out.add(`Contents of the ${name} section:\n\n`);
  const place = { isEh: name === '.eh_frame', address };
  new Frames(sections, data, place, out, showsTable).run();
}
