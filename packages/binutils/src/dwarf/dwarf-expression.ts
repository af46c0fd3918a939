// Location expressions (DWARF 5, chapter 2.5) as dumps show them: `DW_OP_breg4 (esp): 4`, several
// joined by `; `.

import { DwarfCursor, operationNames, registers32, registers64 } from '@ring0/dwarf';
import { hex } from '../text-sink.ts';

export interface ExpressionContext {
  readonly addressSize: number;
  readonly is64: boolean;
  readonly version: number;
  /** Where the unit begins, which offsets of types count from. */
  readonly unitOffset: number;
  readonly bits: 32 | 64;
}

/** The number as `%#x` writes it: zero without a prefix. */
export function sharp(value: number | bigint): string {
  if (value === 0 || value === 0n) return '0';
  if (typeof value === 'number' && value > 0) return `0x${value.toString(16)}`;
  return `0x${BigInt.asUintN(64, BigInt(value)).toString(16)}`;
}

/** The register's name in brackets, or nothing where the number has none. */
export function registerName(register: number, bits: 32 | 64): string {
  return (bits === 32 ? registers32 : registers64)[register] ?? '';
}

function bracketed(register: number, bits: 32 | 64): string {
  const name = registerName(register, bits);
  return name === '' ? '' : ` (${name})`;
}

const nestingMax = 20;

class Expression {
  private readonly cursor: DwarfCursor;
  private readonly context: ExpressionContext;
  private readonly depth: number;

  constructor(bytes: Uint8Array, context: ExpressionContext, depth: number) {
    this.cursor = new DwarfCursor(bytes);
    this.context = context;
    this.depth = depth;
  }

  text(): string {
    const parts: string[] = [];
    while (!this.cursor.isAtEnd && !this.cursor.isOverrun) {
      parts.push(this.operation(this.cursor.u8()));
    }
    return parts.join('; ');
  }

  private block(count: number): string {
    const bytes = this.cursor.slice(count);
    let text = ` ${count} byte block: `;
    for (const byte of bytes) text += `${hex(byte)} `;
    return text;
  }

  private typeReference(): string {
    return `<${sharp(this.cursor.uleb() + this.context.unitOffset)}>`;
  }

  private operation(op: number): string {
    const { cursor, context } = this;
    const { bits } = context;
    if (op >= 0x30 && op < 0x50) return `DW_OP_lit${op - 0x30}`;
    if (op >= 0x50 && op < 0x70) return `DW_OP_reg${op - 0x50}${bracketed(op - 0x50, bits)}`;
    if (op >= 0x70 && op < 0x90) {
      return `DW_OP_breg${op - 0x70}${bracketed(op - 0x70, bits)}: ${cursor.slebExact()}`;
    }
    const known = operationNames[op];
    if (known === undefined) {
      const kind = op >= 0xe0 ? 'User defined' : 'Unknown';
      cursor.at = cursor.end;
      return `(${kind} location op 0x${hex(op)})`;
    }
    const name = `DW_OP_${known}`;
    if (op === 0xe0) return `${name} or DW_OP_HP_unknown`;
    return this.constant(op, name) ?? this.typed(op, name) ?? name;
  }

  private constant(op: number, name: string): string | undefined {
    const { cursor, context } = this;
    switch (op) {
      case 0x03:
        return `${name}: ${hex(cursor.unsigned(context.addressSize))}`;
      case 0x08:
      case 0x94:
      case 0x95:
      case 0x15:
        return `${name}: ${cursor.u8()}`;
      case 0x09:
        return `${name}: ${cursor.s8()}`;
      case 0x0a:
        return `${name}: ${cursor.u16()}`;
      case 0x0b:
      case 0x28:
      case 0x2f:
        return `${name}: ${cursor.s16()}`;
      case 0x0c:
        return `${name}: ${cursor.u32()}`;
      case 0x0d:
        return `${name}: ${cursor.s32()}`;
      case 0x0e:
        return `${name}: ${cursor.u64()}`;
      case 0x0f:
        return `${name}: ${BigInt.asIntN(64, cursor.u64())}`;
      case 0x10:
      case 0x23:
      case 0x93:
        return `${name}: ${cursor.ulebExact()}`;
      case 0x11:
      case 0x91:
        return `${name}: ${cursor.slebExact()}`;
      case 0x90: {
        const register = cursor.uleb();
        return `${name}: ${register}${bracketed(register, context.bits)}`;
      }
      case 0x92: {
        const register = cursor.uleb();
        return `${name}: ${register}${bracketed(register, context.bits)} ${cursor.slebExact()}`;
      }
      case 0x9d:
        return `${name}: size: ${cursor.ulebExact()} offset: ${cursor.ulebExact()} `;
      default:
        return undefined;
    }
  }

  private typed(op: number, name: string): string | undefined {
    const { cursor, context } = this;
    switch (op) {
      case 0x98:
        return `${name}: <${sharp(cursor.u16() + context.unitOffset)}>`;
      case 0x99:
        return `${name}: <${sharp(cursor.u32() + context.unitOffset)}>`;
      case 0x9a:
      case 0xfd:
        return `${name}: <${sharp(cursor.offset(context.is64))}>`;
      case 0x9e:
        return name + this.block(cursor.uleb());
      case 0xa0:
      case 0xf2: {
        const size = context.version === 2 ? context.addressSize : context.is64 ? 8 : 4;
        return `${name}: <${sharp(cursor.unsigned(size))}> ${cursor.slebExact()}`;
      }
      case 0xa1:
      case 0xa2:
      case 0xfb:
        return `${name} <${sharp(cursor.ulebExact())}>`;
      case 0xa3:
      case 0xf3:
        return `${name}: (${this.nested(cursor.uleb())})`;
      case 0xa4:
      case 0xf4:
        return `${name}: ${this.typeReference()} ${this.block(cursor.u8())}`;
      case 0xa5:
      case 0xf5: {
        const register = cursor.uleb();
        return `${name}: ${register}${bracketed(register, context.bits)} ${this.typeReference()}`;
      }
      case 0xa6:
      case 0xf6:
        return `${name}: ${cursor.u8()} ${this.typeReference()}`;
      case 0xa8:
      case 0xa9:
      case 0xf7:
      case 0xf9: {
        const type = cursor.uleb();
        return `${name} <${sharp(type === 0 ? 0 : type + context.unitOffset)}>`;
      }
      case 0xfa:
        return `${name}: <${sharp(cursor.u32() + context.unitOffset)}>`;
      default:
        return undefined;
    }
  }

  private nested(length: number): string {
    const bytes = this.cursor.slice(length);
    if (this.depth >= nestingMax) return '';
    return new Expression(bytes, this.context, this.depth + 1).text();
  }
}

/** The operations of an expression. */
export function expressionText(bytes: Uint8Array, context: ExpressionContext): string {
  return new Expression(bytes, context, 0).text();
}
