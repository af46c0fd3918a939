// Prints emitter calls as AT&T source that GNU as and our assembler read back to the same calls.

import { utf8Bytes } from '@ring0/bytes';
import type { Span } from '@ring0/diagnostics';
import type { Emitter, EmitterOperand, SectionOptions, Value } from './emitter.ts';

const dataDirectives: Readonly<Record<number, string>> = {
  1: '.byte',
  2: '.value',
  4: '.long',
  8: '.quad',
};

/** A symbol as source may name it: quoted if it has unusual characters. */
function symbolText(name: string): string {
  return /^[A-Za-z_.$][\w.$]*$|^\d+[bf]$/.test(name) ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
}
function valueText(value: Value): string {
  let text = value.plus === undefined ? '' : symbolText(value.plus);
  if (value.reference !== undefined) text += `@${value.reference}`;
  if (value.minus !== undefined) text += `-${symbolText(value.minus)}`;
  if (text === '') return `${value.addend}`;
  if (value.addend === 0n) return text;
  return value.addend > 0n ? `${text}+${value.addend}` : `${text}${value.addend}`;
}

function operandText(operand: EmitterOperand): string {
  switch (operand.kind) {
    case 'register':
      return `%${operand.register.name}`;
    case 'immediate':
      return `$${valueText(operand.value)}`;
    case 'target':
      return valueText(operand.value);
    default: {
      const segment = operand.segment ? `%${operand.segment.name}:` : '';
      const displacement = operand.displacement ? valueText(operand.displacement) : '';
      if (!operand.base && !operand.index) return segment + displacement;
      const base = operand.base ? `%${operand.base.name}` : '';
      const index = operand.index ? `,%${operand.index.name},${operand.scale}` : '';
      return `${segment}${displacement}(${base}${index})`;
    }
  }
}

function stringText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return `"${text}"`;
}

const STRING_CHUNK = 64;

/** An emitter that keeps source text; `text()` is all of it. */
export class TextEmitter implements Emitter {
  private readonly lines: string[] = [];

  /** The source so far. */
  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
  private line(text: string): void {
    this.lines.push(`\t${text}`);
  }

  at(_span: Span | undefined): void {
    // Text has no spans: they come back when it is parsed.
  }

  section(name: string, options: SectionOptions = {}): void {
    const isPlain = options.flags === undefined && options.type === undefined;
    if (isPlain && (name === '.text' || name === '.data' || name === '.bss')) {
      this.line(name);
      return;
    }
    let text = `.section\t${symbolText(name)}`;
    if (!isPlain) text += `,"${options.flags ?? ''}"`;
    if (options.type !== undefined) text += `,@${options.type}`;
    if (options.entrySize !== undefined) text += `,${options.entrySize}`;
    if (options.group !== undefined) text += `,${options.group},comdat`;
    this.line(text);
  }
  label(name: string): void {
    this.lines.push(`${symbolText(name)}:`);
  }
  symbolAttribute(attribute: string, name: string): void {
    this.line(`.${attribute}\t${symbolText(name)}`);
  }
  symbolType(name: string, type: string): void {
    this.line(`.type\t${symbolText(name)}, @${type}`);
  }
  symbolSize(name: string, size: Value): void {
    this.line(`.size\t${symbolText(name)}, ${valueText(size)}`);
  }
  set(name: string, value: Value): void {
    this.line(`.set\t${symbolText(name)}, ${valueText(value)}`);
  }
  common(name: string, size: number, alignment: number): void {
    this.line(`.comm\t${symbolText(name)},${size},${alignment}`);
  }

  align(bytes: number, fill?: number, max?: number): void {
    const limit = max === undefined ? '' : `,${max}`;
    const filled = fill === undefined ? (max === undefined ? '' : ',') : `,${fill}`;
    this.line(`.balign\t${bytes}${filled}${limit}`);
  }
  data(width: 1 | 2 | 4 | 8, values: readonly Value[]): void {
    for (let i = 0; i < values.length; i += 8) {
      const row = values
        .slice(i, i + 8)
        .map(valueText)
        .join(', ');
      this.line(`${dataDirectives[width]}\t${row}`);
    }
  }
  ascii(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i += STRING_CHUNK) {
      this.line(`.ascii\t${stringText(bytes.subarray(i, i + STRING_CHUNK))}`);
    }
  }
  zero(count: number): void {
    this.line(`.zero\t${count}`);
  }
  uleb128(value: Value): void {
    this.line(`.uleb128 ${valueText(value)}`);
  }
  sleb128(value: Value): void {
    this.line(`.sleb128 ${valueText(value)}`);
  }

  instruction(
    mnemonic: string,
    operands: readonly EmitterOperand[],
    options: {
      readonly prefixes?: readonly string[] | undefined;
      readonly isIndirect?: boolean;
    } = {},
  ): void {
    const prefixes = (options.prefixes ?? []).map((prefix) => `${prefix} `).join('');
    const texts = operands.map(operandText);
    if (options.isIndirect && texts.length > 0) texts.push(`*${texts.pop()}`);
    const list = texts.length > 0 ? `\t${texts.join(', ')}` : '';
    this.line(`${prefixes}${mnemonic}${list}`);
  }

  sourceFile(name: string): void {
    this.line(`.file\t${stringText(utf8Bytes(name))}`);
  }
  debugFile(number: number, directory: string | undefined, name: string): void {
    const text = (s: string): string => stringText(utf8Bytes(s));
    const where = directory === undefined ? '' : `${text(directory)} `;
    this.line(`.file ${number} ${where}${text(name)}`);
  }
  location(file: number, line: number, column: number, flags: readonly string[] = []): void {
    this.line(['.loc', file, line, column, ...flags].join(' '));
  }
  cfi(name: string, args: readonly (string | number)[]): void {
    const isRegister = (x: string | number): boolean =>
      typeof x === 'string' && /^e?[a-ds][xpi]$/.test(x);
    const list = args.map((x) => (isRegister(x) ? `%${x}` : `${x}`)).join(', ');
    this.line(`.cfi_${name}${list === '' ? '' : ` ${list}`}`);
  }
  ident(text: string): void {
    this.line(`.ident\t${stringText(utf8Bytes(text))}`);
  }

  source(text: string, _span: Span | undefined): void {
    this.lines.push('#APP', `\t${text}`, '#NO_APP');
  }
}
