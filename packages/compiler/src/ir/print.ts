// A function of the intermediate representation as text, whole: `--dump=ir` shows it and parse.ts reads it back to the
// same function. Numbers of values, blocks and slots are kept. parse.ts describes the grammar.

import type { Span } from '@ring0/diagnostics';
import { names32 } from '../lower/registers.ts';
import type { AsmInfo, AsmOperand, CallInfo, IRFunction } from './function.ts';
import {
  ACCESS_MASK,
  conditionName,
  Op,
  opHasList,
  opHasResult,
  opName,
  opValues,
  VOLATILE_ACCESS,
} from './ops.ts';

export const accessNames: readonly string[] = ['s8', 'u8', 's16', 'u16', 'i32'];
export const precisionNames: readonly string[] = ['f32', 'f64', 'f80'];
export const returnNames: readonly string[] = ['', '.word', '.pair', '.float'];

export interface TextOptions {
  /** Writes where in the source each instruction comes from. */
  readonly hasPlaces?: boolean | undefined;
  /** False where predecessors are not known yet. */
  readonly hasPredecessors?: boolean | undefined;
}

/** A string with its quotes: what is not printable ASCII is `\xHH` of its UTF-16 code or `\u{H}`. */
export function quoted(text: string): string {
  const escaped = text.replace(/[^ !#-[\]-~]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\n') return '\\n';
    if (character === '"' || character === '\\') return `\\${character}`;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
  return `"${escaped}"`;
}
/** A symbol's name, in quotes where it has other characters than usual. */
export function symbolText(name: string): string {
  return /^[\w.$][\w.$@]*$/.test(name) ? `@${name}` : `@${quoted(name)}`;
}

function offsetText(offset: number): string {
  return offset > 0 ? `+${offset}` : offset < 0 ? `${offset}` : '';
}
/** A value operand: constants and addresses are written out. */
export function valueText(f: IRFunction, id: number): string {
  switch (f.op[id]) {
    case Op.const:
      return `${f.a[id]}`;
    case Op.symbol:
      return symbolText(f.symbols[f.a[id]]) + offsetText(f.b[id]);
    case Op.slot:
      return slotText(f, f.a[id]) + offsetText(f.b[id]);
    case Op.blockAddress:
      return `&&b${f.a[id]}`;
    case Op.fconst:
      return `0x${f.floats[f.a[id]].toString(16)}f`;
    default:
      return `%${id}`;
  }
}
function slotText(f: IRFunction, slot: number): string {
  const { name } = f.slots[slot];
  return `&${/^\w+$/.test(name) ? name : name === '' ? 't' : quoted(name)}.${slot}`;
}

function suffix(f: IRFunction, id: number): string {
  const c = f.c[id];
  const flag = c & VOLATILE_ACCESS ? '.volatile' : '';
  switch (f.op[id]) {
    case Op.load:
    case Op.store:
      return `.${accessNames[c & ACCESS_MASK]}${flag}`;
    case Op.fload:
    case Op.fstore:
    case Op.fround:
      return `.${precisionNames[c & ACCESS_MASK]}${flag}`;
    case Op.cmp:
      return `.${conditionName[c]}`;
    case Op.cmp64:
      return `.${conditionName[f.a[id]]}`;
    case Op.fcmp:
    case Op.copy:
    case Op.zero:
    case Op.shld:
    case Op.shrd:
      return `.${c}`;
    case Op.regparam:
    case Op.readreg:
      return `.${names32[f.a[id]]}`;
    case Op.result:
      return `.${f.b[id]}`;
    case Op.return:
      return returnNames[c];
    default:
      return '';
  }
}

function callText(f: IRFunction, id: number, info: CallInfo): string {
  const values = f.list(id);
  const list = info.arguments.map((argument, i) => {
    const value = valueText(f, values[i]);
    if (argument.kind === 'float') return `${precisionNames[argument.precision]} ${value}`;
    if (argument.kind === 'record') return `record.${argument.bytes} ${value}`;
    return argument.register === undefined ? value : `${names32[argument.register]} ${value}`;
  });
  const callee = info.symbol === undefined ? `*${valueText(f, f.a[id])}` : symbolText(info.symbol);
  const popped = info.popped > 0 ? ` pops ${info.popped}` : '';
  const end = info.isNoReturn ? ' noreturn' : '';
  return `call.${info.returns} ${callee}(${list.join(', ')})${popped}${end}`;
}

function asmOperandText(operand: AsmOperand): string {
  const words: string[] = [operand.kind];
  if (operand.kind === 'fixed') words.push(names32[operand.register]);
  if (operand.kind === 'x87') words.push(`${operand.register}`);
  words.push(`size ${operand.size}`);
  if (operand.name !== undefined) words.push(`name ${quoted(operand.name)}`);
  if (operand.input >= 0) words.push(`in ${operand.input}`);
  if (operand.output >= 0) words.push(`out ${operand.output}`);
  if (operand.matches >= 0) words.push(`matches ${operand.matches}`);
  if (operand.isEarlyClobber) words.push('early');
  if (operand.isPair) words.push('pair');
  if (operand.accepts !== '') words.push(`accepts ${quoted(operand.accepts)}`);
  return words.join(' ');
}
function asmText(f: IRFunction, id: number, info: AsmInfo): string {
  const words = [`${opName[f.op[id]]} ${quoted(info.template)}`];
  words.push(
    `(${f
      .list(id)
      .map((value) => valueText(f, value))
      .join(', ')})`,
  );
  if (info.operands.length > 0) words.push(`{${info.operands.map(asmOperandText).join(', ')}}`);
  if (info.isVolatile) words.push('volatile');
  if (info.isBasic) words.push('basic');
  const clobbers = names32.filter((_name, i) => info.clobbers & (1 << i));
  if (info.clobbersMemory) clobbers.push('memory');
  if (clobbers.length > 0) words.push(`clobbers ${clobbers.join(' ')}`);
  if (info.popped > 0) words.push(`popped ${info.popped}`);
  if (info.blocks.length > 0) words.push(`to ${info.blocks.map((b) => `b${b}`).join(' ')}`);
  if (info.labelNames.length > 0) words.push(`labels ${info.labelNames.map(quoted).join(' ')}`);
  return words.join(' ');
}

/** One instruction; `block` tells the order of a phi's operands. */
export function instructionText(f: IRFunction, id: number, block = -1): string {
  const op = f.op[id];
  const result = opHasResult[op] ? `%${id} = ` : '';
  if (op === Op.call) return result + callText(f, id, f.calls[f.b[id]]);
  if (op === Op.asm || op === Op.asmGoto) return result + asmText(f, id, f.asms[f.b[id]]);
  const operands: string[] = [];
  if (opValues[op] > 0) operands.push(valueText(f, f.a[id]));
  if (opValues[op] > 1) operands.push(valueText(f, f.b[id]));
  if (op === Op.phi && block >= 0) {
    const from = f.blocks[block].predecessors;
    f.list(id).forEach((value, i) => operands.push(`b${from[i] ?? '?'}: ${valueText(f, value)}`));
  } else if (opHasList[op]) operands.push(...f.list(id).map((value) => valueText(f, value)));
  if (op === Op.return) {
    if (f.c[id]) operands.push(valueText(f, f.a[id]));
    if (f.c[id] === 2) operands.push(valueText(f, f.b[id]));
  }
  for (const next of f.successorsOf(id)) operands.push(`b${next}`);
  return `${result}${opName[op]}${suffix(f, id)} ${operands.join(', ')}`.trimEnd();
}

/** A place in the source, as the line table will have it: of a macro's text, where the macro was used. */
export function placeText(span: Span | undefined): string {
  let place = span;
  for (let depth = 0; depth < 64 && place?.expansion?.kind === 'macro'; depth++) {
    place = place.expansion.at;
  }
  if (!place) return '!none';
  const { line, column } = place.file.position(place.start);
  return `!${quoted(place.file.path)}:${line}:${column}`;
}

/** Slots, then blocks. */
export function functionLines(f: IRFunction, options: TextOptions = {}): string[] {
  const { hasPlaces = false, hasPredecessors = true } = options;
  const lines: string[] = [];
  f.slots.forEach((slot, i) => {
    const where = slot.incoming === undefined ? '' : ` incoming ${slot.incoming}`;
    const promoted = slot.promoted ? ' promoted' : '';
    lines.push(`  slot ${slotText(f, i)}: ${slot.size} align ${slot.alignment}${where}${promoted}`);
  });
  let last = '';
  for (const block of f.blocks) {
    if (block.code.length === 0) continue;
    const from = hasPredecessors ? block.predecessors.map((p) => ` b${p}`).join('') : '';
    const taken = block.isAddressTaken ? ' taken' : '';
    lines.push(`b${block.id}:${taken}${from ? ` from${from}` : ''}`);
    for (const id of block.code) {
      const place = hasPlaces ? placeText(f.spanOf(id)) : '';
      lines.push(`  ${instructionText(f, id, block.id)}${place === last ? '' : ` ${place}`}`);
      last = place;
    }
  }
  return lines;
}
