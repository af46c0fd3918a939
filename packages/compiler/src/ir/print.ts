// The intermediate representation as text, whole: what `--dump=ir` shows.

import type { IRFunction } from './function.ts';
import {
  conditionName,
  Op,
  opHasList,
  opHasResult,
  opName,
  opValues,
  VOLATILE_ACCESS,
} from './ops.ts';

const accessNames = ['s8', 'u8', 's16', 'u16', 'i32'];
const precisionNames = ['f32', 'f64', 'f80'];

/** A value operand: constants and addresses are written out. */
export function valueText(f: IRFunction, id: number): string {
  const offset = f.b[id] > 0 ? `+${f.b[id]}` : f.b[id] < 0 ? `${f.b[id]}` : '';
  switch (f.op[id]) {
    case Op.const:
      return `${f.a[id]}`;
    case Op.symbol:
      return `@${f.symbols[f.a[id]]}${offset}`;
    case Op.slot:
      return `&${slotText(f, f.a[id])}${offset}`;
    case Op.blockAddress:
      return `&&b${f.a[id]}`;
    case Op.fconst:
      return `0x${f.floats[f.a[id]].toString(16)}f`;
    default:
      return `%${id}`;
  }
}
function slotText(f: IRFunction, slot: number): string {
  return `${f.slots[slot].name || 't'}.${slot}`;
}

function suffix(f: IRFunction, id: number): string {
  const c = f.c[id];
  const flag = c & VOLATILE_ACCESS ? '.volatile' : '';
  switch (f.op[id]) {
    case Op.load:
    case Op.store:
      return `.${accessNames[c & 15]}${flag}`;
    case Op.fload:
    case Op.fstore:
    case Op.fround:
      return `.${precisionNames[c & 15]}${flag}`;
    case Op.cmp:
      return `.${conditionName[c]}`;
    case Op.cmp64:
      return `.${conditionName[f.a[id]]}`;
    case Op.fcmp:
      return `.f${c}`;
    case Op.call: {
      const info = f.calls[f.b[id]];
      return `.${info.returns} ${info.symbol ?? valueText(f, f.a[id])}`;
    }
    case Op.copy:
    case Op.zero:
    case Op.shld:
    case Op.shrd:
      return `.${c}`;
    case Op.regparam:
    case Op.readreg:
      return `.${f.a[id]}`;
    case Op.result:
      return `.${f.b[id]}`;
    case Op.asm:
    case Op.asmGoto:
      return ` ${JSON.stringify(f.asms[f.b[id]].template)}`;
    default:
      return '';
  }
}

/** One instruction. */
export function instructionText(f: IRFunction, id: number): string {
  const op = f.op[id];
  const operands: string[] = [];
  if (opValues[op] > 0) operands.push(valueText(f, f.a[id]));
  if (opValues[op] > 1) operands.push(valueText(f, f.b[id]));
  if (opHasList[op]) operands.push(...f.list(id).map((value) => valueText(f, value)));
  if (op === Op.return) {
    if (f.c[id]) operands.push(valueText(f, f.a[id]));
    if (f.c[id] === 2) operands.push(valueText(f, f.b[id]));
  }
  for (const next of f.successorsOf(id)) operands.push(`b${next}`);
  const result = opHasResult[op] ? `%${id} = ` : '';
  return `${result}${opName[op]}${suffix(f, id)} ${operands.join(', ')}`.trimEnd();
}

/** The whole function. */
export function functionText(f: IRFunction): string {
  const lines = [`function ${f.name}`];
  f.slots.forEach((slot, i) => {
    const where = slot.incoming === undefined ? '' : ` incoming ${slot.incoming}`;
    lines.push(`  slot ${slotText(f, i)}: ${slot.size} align ${slot.alignment}${where}`);
  });
  for (const block of f.blocks) {
    if (block.code.length === 0) continue;
    const from = block.predecessors.map((p) => `b${p}`).join(' ');
    lines.push(`b${block.id}:${from ? `  ; from ${from}` : ''}`);
    for (const id of block.code) lines.push(`  ${instructionText(f, id)}`);
  }
  return `${lines.join('\n')}\n`;
}
