// An asm statement's text: %0, %b1, %[name], %% and the other escapes of GNU extended asm, in AT&T syntax.

import type { EmitterOperand } from '@ring0/assembler';
import { names16, names32, names8, names8High } from '../lower/registers.ts';
import type { Inst, Operand } from '../select/machine.ts';

type Resolve = (operand: Operand) => EmitterOperand;

function registerText(number: number, size: number, modifier: string): string {
  switch (modifier) {
    case 'b':
      return `%${names8[number] ?? names32[number]}`;
    case 'h':
      return `%${names8High[number] ?? names32[number]}`;
    case 'w':
      return `%${names16[number]}`;
    case 'k':
    case 'q':
      return `%${names32[number]}`;
    default:
      return size === 1 && number < 4
        ? `%${names8[number]}`
        : `%${(size === 2 ? names16 : names32)[number]}`;
  }
}

/** A link-time value as written. */
export function valueText(value: {
  plus?: string | undefined;
  minus?: string | undefined;
  addend: bigint;
  reference?: string | undefined;
}): string {
  let text = value.plus ?? '';
  if (value.reference !== undefined) text += `@${value.reference}`;
  if (value.minus !== undefined) text += `-${value.minus}`;
  if (value.addend !== 0n || text === '') {
    text += value.addend >= 0n && text !== '' ? `+${value.addend}` : `${value.addend}`;
  }
  return text;
}

function memoryText(operand: Extract<EmitterOperand, { kind: 'memory' }>): string {
  const displacement = operand.displacement ? valueText(operand.displacement) : '';
  const segment = operand.segment ? `%${operand.segment.name}:` : '';
  if (!operand.base && !operand.index) return `${segment}${displacement}`;
  const base = operand.base ? `%${operand.base.name}` : '';
  const index = operand.index ? `,%${operand.index.name},${operand.scale}` : '';
  return `${segment}${displacement}(${base}${index})`;
}

function operandText(operand: Operand, modifier: string, resolve: Resolve): string {
  if (operand.kind === 'register') {
    const text = registerText(operand.register, operand.size, modifier);
    return modifier === 'a' ? `(${text})` : text;
  }
  const resolved = resolve(operand);
  switch (resolved.kind) {
    case 'register':
      return `%${resolved.register.name}`;
    case 'immediate': {
      const text = valueText(resolved.value);
      if (modifier === 'n') return `${-resolved.value.addend}`;
      return 'cPpal'.includes(modifier) && modifier !== '' ? text : `$${text}`;
    }
    case 'memory':
      return memoryText(resolved);
    default:
      return valueText(resolved.value);
  }
}

/** The text to assemble for an allocated asm. */
export function asmText(inst: Inst, number: number, resolve: Resolve): string {
  const info = inst.asm;
  if (!info) throw new Error('an asm without description');
  if (info.isBasic) return info.template;
  let text = '';
  const template = info.template;
  for (let i = 0; i < template.length; i++) {
    const character = template[i];
    if (character === '{') {
      // {att|intel}: the first alternative.
      const end = template.indexOf('}', i);
      const bar = template.indexOf('|', i);
      if (end > 0 && bar > 0 && bar < end) {
        const inner = template.slice(i + 1, bar);
        text += asmText({ ...inst, asm: { ...info, template: inner } }, number, resolve);
        i = end;
        continue;
      }
    }
    if (character !== '%') {
      text += character;
      continue;
    }
    const match = /^%(?:([%{}|=])|([a-zA-Z]?)(?:(\d+)|\[([^\]]*)\]))/.exec(
      template.slice(i, i + 80),
    );
    if (!match) {
      text += character;
      continue;
    }
    i += match[0].length - 1;
    text += match[1] === undefined ? reference(inst, match, resolve) : escapeText(match[1], number);
  }
  return text;
}
function escapeText(character: string, number: number): string {
  return character === '=' ? `${number}` : character;
}
function reference(inst: Inst, match: RegExpExecArray, resolve: Resolve): string {
  const info = inst.asm;
  const indexes = inst.asmOperands;
  if (!info || !indexes) throw new Error('an asm without operands');
  const modifier = match[2] ?? '';
  const name = match[4];
  const count = info.operands.length;
  let number = Number(match[3] ?? -1);
  if (name !== undefined) {
    number = info.operands.findIndex((operand) => operand.name === name);
    if (number < 0) number = count + info.labelNames.indexOf(name);
  }
  if (number >= count) {
    const blocks = inst.operands.filter((operand) => operand.kind === 'block');
    const target = blocks[number - count];
    return target ? operandText(target, modifier, resolve) : match[0];
  }
  const info2 = info.operands[number];
  if (info2?.kind === 'x87') return info2.register === 0 ? '%st' : `%st(${info2.register})`;
  const operand = inst.operands[indexes[number]];
  return operand ? operandText(operand, modifier, resolve) : match[0];
}
