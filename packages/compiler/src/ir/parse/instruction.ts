// One instruction of the text form: `%5 = add %3, 4`, with the forms of operands and the longer forms of calls and asm.

import { names32 } from '../../lower/registers.ts';
import type { AsmInfo, AsmOperand, CallArgument, IRFunction } from '../function.ts';
import {
  conditionName,
  Op,
  opHasList,
  opHasResult,
  opName,
  opValues,
  VOLATILE_ACCESS,
} from '../ops.ts';
import { accessNames, precisionNames, returnNames } from '../print.ts';
import type { Span } from '@ring0/diagnostics';
import type { Line } from './line.ts';

const opByName = new Map(opName.map((name, op) => [name, op]));
const precisionSizes = [4, 8, 12];
/** Bytes that one instruction may copy or clear. */
const SIZE_LIMIT = 0x7fffffff;

/** A phi's operands by the blocks they come from, until predecessors are known. */
export interface PendingPhi {
  readonly id: number;
  readonly line: Line;
  readonly operands: readonly { readonly block: number; readonly value: number }[];
}

export class InstructionReader {
  readonly phis: PendingPhi[] = [];
  private readonly f: IRFunction;
  /** The greatest numbers that may be used. */
  private readonly lastValue: number;
  private readonly lastBlock: number;

  constructor(f: IRFunction, lastValue: number, lastBlock: number) {
    this.f = f;
    this.lastValue = lastValue;
    this.lastBlock = lastBlock;
  }

  /** Reads an instruction and answers its number. */
  read(line: Line, span: Span): number {
    let result = 0;
    if (line.text[line.at] === '%') {
      result = this.number(line);
      line.expect('=');
    }
    const start = line.at;
    const name = line.need(/[a-z][a-z0-9-]*/y, 'an instruction', false);
    const op = opByName.get(name);
    if (op === undefined || op === Op.nop || (op >= Op.const && op <= Op.fconst)) {
      return line.fail(`there is no instruction '${name}'`, start);
    }
    if ((opHasResult[op] !== 0) !== result > 0) {
      return line.fail(result > 0 ? `${name} has no result` : `${name} has a result`, start);
    }
    const id = result > 0 ? this.f.makeAt(result, op) : this.f.make(op);
    if (op === Op.call) this.call(line, id);
    else if (op === Op.asm || op === Op.asmGoto) this.asm(line, id, span);
    else if (op === Op.phi) this.phi(line, id);
    else this.plain(line, id, op);
    return id;
  }

  private number(line: Line): number {
    const start = line.at;
    const id = Number(line.need(/%\d+/y, "a value ('%1')").slice(1));
    if (id < 1 || id > this.lastValue) return line.fail(`no instruction makes %${id}`, start);
    return id;
  }
  private value(line: Line): number {
    const { f } = this;
    const rest = line.text;
    if (rest[line.at] === '%') return this.number(line);
    if (rest[line.at] === '@') {
      const name = line.symbol();
      return f.symbol(name, line.offset());
    }
    if (rest.startsWith('&&', line.at)) {
      line.at += 2;
      return f.blockAddress(line.block(this.lastBlock));
    }
    if (rest[line.at] === '&') return this.slotAddress(line);
    const image = line.take(/0x[0-9a-f]{1,20}f(?![0-9a-f])/y);
    if (image !== undefined) return f.fconst(BigInt(image.slice(0, -1)));
    return f.const(line.integer("a value ('%1', '5', '@symbol', '&slot.0', '&&b1' or '0x..f')"));
  }
  private slotAddress(line: Line): number {
    const start = line.at;
    const pattern = /&(?:\w+|"(?:[^"\\]|\\.)*")\.\d+/y;
    const text = line.need(pattern, "a slot ('&name.0')", false);
    const slot = Number(text.slice(text.lastIndexOf('.') + 1));
    if (slot >= this.f.slots.length) return line.fail(`there is no slot ${slot}`, start);
    return this.f.slotAddress(slot, line.offset());
  }
  private values(line: Line, close: string): number[] {
    const list: number[] = [];
    if (line.accept(close)) return list;
    do list.push(this.value(line));
    while (line.accept(','));
    line.expect(close);
    return list;
  }

  private oneOf(line: Line, names: readonly string[]): number {
    const start = line.at;
    const found = names.indexOf(line.need(/\.\w+/y, `'.${names.join("', '.")}'`, false).slice(1));
    return found >= 0 ? found : line.fail(`expected one of .${names.join(' .')}`, start);
  }
  private counted(line: Line, what: string, most: number): number {
    line.need(/\./y, "'.'", false);
    return line.natural(what, most);
  }

  /** What stands behind the name: an access, a condition, a count. */
  private suffix(line: Line, id: number, op: number): void {
    const { f } = this;
    const volatile = (): number => (line.take(/\.volatile\b/y, false) ? VOLATILE_ACCESS : 0);
    switch (op) {
      case Op.load:
      case Op.store:
        f.c[id] = this.oneOf(line, accessNames) | volatile();
        break;
      case Op.fload:
      case Op.fstore:
      case Op.fround:
        f.c[id] = this.oneOf(line, precisionNames) | volatile();
        break;
      case Op.cmp:
        f.c[id] = this.oneOf(line, conditionName);
        break;
      case Op.cmp64:
        f.a[id] = this.oneOf(line, conditionName);
        break;
      case Op.fcmp:
        f.c[id] = this.counted(line, 'a condition of floating comparison', 9);
        break;
      case Op.copy:
      case Op.zero:
        f.c[id] = this.counted(line, 'a number of bytes', SIZE_LIMIT);
        break;
      case Op.shld:
      case Op.shrd:
        f.c[id] = this.counted(line, 'a count', 31);
        break;
      case Op.regparam:
      case Op.readreg:
        f.a[id] = this.oneOf(line, names32);
        break;
      case Op.result:
        f.b[id] = this.counted(line, 'the number of a result', 255);
        break;
      default:
        if (op === Op.return) f.c[id] = Math.max(0, returnNames.indexOf(this.ending(line)));
    }
    line.take(/[ \t]*/y);
  }
  private ending(line: Line): string {
    return line.take(/\.(?:word|pair|float)\b/y, false) ?? '';
  }

  private plain(line: Line, id: number, op: number): void {
    const { f } = this;
    this.suffix(line, id, op);
    let isFirst = true;
    const next = (): void => {
      if (!isFirst) line.expect(',');
      isFirst = false;
    };
    const value = (): number => {
      next();
      return this.value(line);
    };
    const count = op === Op.return ? [0, 1, 2, 1][f.c[id]] : opValues[op];
    // Making a value may replace the columns.
    const a = count > 0 ? value() : f.a[id];
    const b = count > 1 ? value() : f.b[id];
    f.a[id] = a;
    f.b[id] = b;
    if (opHasList[op]) {
      const list: number[] = [];
      do list.push(this.value(line));
      while (line.accept(','));
      f.c[id] = f.lists.push(list) - 1;
    }
    const block = (): number => {
      next();
      return line.block(this.lastBlock);
    };
    if (op === Op.jump) f.a[id] = block();
    else if (op === Op.branch) {
      f.b[id] = block();
      f.c[id] = block();
    } else if (op === Op.tableJump || op === Op.indirect) {
      const table: number[] = [];
      while (!line.isEnd && line.text[line.at] !== '!') table.push(block());
      f.b[id] = f.tables.push(table) - 1;
    }
  }

  private phi(line: Line, id: number): void {
    const operands: { block: number; value: number }[] = [];
    line.take(/[ \t]*/y);
    while (!line.isEnd && line.text[line.at] !== '!') {
      if (operands.length > 0) line.expect(',');
      const block = line.block(this.lastBlock);
      line.expect(':');
      operands.push({ block, value: this.value(line) });
    }
    this.phis.push({ id, line, operands });
    this.f.c[id] = this.f.lists.push([]) - 1;
  }

  private call(line: Line, id: number): void {
    const { f } = this;
    const returns = (['none', 'word', 'pair', 'float'] as const)[
      this.oneOf(line, ['none', 'word', 'pair', 'float'])
    ];
    line.take(/[ \t]*/y);
    let symbol: string | undefined;
    if (line.accept('*')) {
      const callee = this.value(line);
      f.a[id] = callee;
    } else symbol = line.symbol();
    line.expect('(');
    const list: number[] = [];
    const argumentList: CallArgument[] = [];
    while (!line.accept(')')) {
      if (argumentList.length > 0) line.expect(',');
      argumentList.push(this.argument(line));
      list.push(this.value(line));
    }
    const popped = line.acceptWord('pops') ? line.natural('a number of bytes', 65532) : 0;
    const isNoReturn = line.acceptWord('noreturn');
    const info = { symbol, arguments: argumentList, returns, popped, isNoReturn };
    f.b[id] = f.calls.push(info) - 1;
    f.c[id] = f.lists.push(list) - 1;
  }
  private argument(line: Line): CallArgument {
    const word = { kind: 'word', size: 4, bytes: 4, precision: 0, register: undefined } as const;
    const start = line.at;
    const name = line.take(/[a-z]\w*/y, false);
    if (name === undefined) return word;
    if (name === 'record') {
      const bytes = this.counted(line, 'a number of bytes', SIZE_LIMIT - 3);
      return { ...word, kind: 'record', size: Math.ceil(bytes / 4) * 4, bytes };
    }
    line.take(/[ \t]*/y);
    const precision = precisionNames.indexOf(name);
    if (precision >= 0) {
      const size = precisionSizes[precision];
      return { kind: 'float', size, bytes: size, precision, register: undefined };
    }
    const register = names32.indexOf(name);
    return register >= 0 && register < 3
      ? { ...word, register }
      : line.fail(`'${name}' is no way to pass an argument`, start);
  }

  private asm(line: Line, id: number, span: Span): void {
    const { f } = this;
    line.take(/[ \t]*/y);
    const template = line.string();
    line.expect('(');
    const list = this.values(line, ')');
    const operands: AsmOperand[] = [];
    if (line.accept('{')) {
      do operands.push(this.asmOperand(line, list.length, operands.length));
      while (line.accept(','));
      line.expect('}');
    }
    const isVolatile = line.acceptWord('volatile');
    const isBasic = line.acceptWord('basic');
    let clobbers = 0;
    let clobbersMemory = false;
    if (line.acceptWord('clobbers')) {
      const names = [...names32, 'memory'];
      for (
        let name = this.listed(line, names);
        name !== undefined;
        name = this.listed(line, names)
      ) {
        if (name === 'memory') clobbersMemory = true;
        else clobbers |= 1 << names32.indexOf(name);
      }
    }
    const popped = line.acceptWord('popped') ? line.natural('a count', 8) : 0;
    const blocks: number[] = [];
    if (line.acceptWord('to')) {
      while (/^b\d/.test(line.text.slice(line.at, line.at + 2))) {
        blocks.push(line.block(this.lastBlock));
      }
    }
    if (blocks.length > 0 !== (f.op[id] === Op.asmGoto)) line.fail("an asm-goto has 'to' blocks");
    const labelNames: string[] = [];
    if (line.acceptWord('labels')) {
      while (line.text[line.at] === '"') labelNames.push(line.string());
    }
    const flags = { isVolatile, isBasic, clobbers, clobbersMemory, popped };
    const info: AsmInfo = { template, ...flags, operands, blocks, labelNames, span };
    f.b[id] = f.asms.push(info) - 1;
    f.c[id] = f.lists.push(list) - 1;
  }
  private listed(line: Line, names: readonly string[]): string | undefined {
    const before = line.at;
    const name = line.take(/[a-z]+\b/y);
    if (name !== undefined && names.includes(name)) return name;
    line.at = before;
    return undefined;
  }
  private asmOperand(line: Line, inputs: number, number: number): AsmOperand {
    const kinds = ['register', 'byte-register', 'fixed', 'memory', 'immediate', 'x87'] as const;
    const start = line.at;
    const word = line.word('a kind of operand');
    const kind = kinds.find((each) => each === word);
    if (kind === undefined) return line.fail(`'${word}' is no kind of operand`, start);
    let register = -1;
    if (kind === 'fixed') register = names32.indexOf(line.word('a register'));
    if (kind === 'x87') register = line.natural('a place in the x87 stack', 7);
    if (kind === 'fixed' && register < 0) return line.fail('expected a register', start);
    const option = (name: string, what: string, most: number): number =>
      line.acceptWord(name) ? line.natural(what, most) : -1;
    const size = option('size', 'a number of bytes', SIZE_LIMIT);
    const name = line.acceptWord('name') ? line.string() : undefined;
    const input = option('in', 'the number of an input', 1000);
    const output = option('out', 'the number of a result', 255);
    const matches = option('matches', 'the number of an operand', 1000);
    const isEarlyClobber = line.acceptWord('early');
    const isPair = line.acceptWord('pair');
    const accepts = line.acceptWord('accepts') ? line.string() : '';
    if (input + (isPair ? 1 : 0) >= inputs && input >= 0)
      line.fail('there is no such input', start);
    if (matches >= number) return line.fail('an operand matches an earlier one', start);
    if (size < 0) return line.fail("an operand has a 'size'", start);
    if (kind === 'memory' || kind === 'immediate') {
      if (input < 0) return line.fail(`a ${kind} operand has an input`, start);
    }
    const flags = { isEarlyClobber, isPair, accepts };
    return { name, kind, register, size, input, output, matches, ...flags };
  }
}
