// A walk through the expression of an Intel operand, which takes out what is no value: registers,
// brackets, sizes, segments and OFFSET, at almost any place, each with its effect. What remains is
// the displacement or the immediate.

import { registerByName } from '@ring0/isa';
import type { Assembly } from '../object/assembly.ts';
import { evaluate } from '../values/evaluate.ts';
import { constantOf } from '../values/expression.ts';
import { plainRegisterName, sizeWords } from '../syntax/intel-tokens.ts';
import type { Node, Operand } from '../syntax/syntax-tree.ts';
import { within } from '../text/text.ts';

/** What was found in one operand. */
export interface Found {
  base: string;
  index: string;
  scale: number;
  /** The index was written with `*`. */
  isScaled: boolean;
  segment: string;
  size: number;
  distance: 'far' | 'near' | 'short' | undefined;
  hasOffset: boolean;
  /** A segment, or `flat:`. */
  hasSegment: boolean;
}

/** Where a part of the expression stands: which registers may be in it. */
interface Context {
  readonly isBracketed: boolean;
  /** Inside a product: registers are indices. */
  readonly isScaled: boolean;
  /** Under a minus, an OFFSET and the like. */
  readonly isClosed: boolean;
}

/** Sums may be longer; other operators lean on the stack. */
const depthMax = 500;

/** One walk through the expression of one operand. */
export class Walk {
  readonly found: Found = {
    base: '',
    index: '',
    scale: 1,
    isScaled: false,
    segment: '',
    size: 0,
    distance: undefined,
    hasOffset: false,
    hasSegment: false,
  };
  private readonly assembly: Assembly;
  private readonly operand: Operand;
  hasFailed = false;
  private depth = 0;

  constructor(assembly: Assembly, operand: Operand) {
    this.assembly = assembly;
    this.operand = operand;
  }

  private fail(message: string, start: number, length: number, notes?: readonly string[]): Node {
    if (!this.hasFailed) {
      const end = Math.max(start + 1, Math.min(start + length, this.operand.end));
      const where = within(this.assembly.where, start, end);
      this.assembly.error('A0221', message, where, notes);
    }
    this.hasFailed = true;
    return zeroAt(start);
  }

  /** The expression without what is no value in it. */
  plain(node: Node, context: Context): Node {
    if (this.hasFailed) return node;
    if (this.depth >= depthMax) {
      const message = `an expression of more than ${depthMax} operators is too long`;
      return this.fail(message, node.start, this.operand.end);
    }
    this.depth++;
    const result = this.part(node, context);
    this.depth--;
    return result;
  }

  private part(node: Node, context: Context): Node {
    switch (node.kind) {
      case 'register':
        return this.register(node, context);
      case 'unary':
        return this.unary(node, context);
      case 'binary':
        return this.binary(node, context);
      case 'name':
        this.warnOfDollar(node);
        return node;
      default:
        return node;
    }
  }

  /** `$4` is a symbol of that name, which nobody wants. */
  private warnOfDollar({ text, start }: { text: string; start: number }): void {
    if (text.charCodeAt(0) !== 36) return;
    const where = within(this.assembly.where, start, start + text.length);
    this.assembly.warning('A0225', `'${text}' is a symbol of that name here`, where, [
      `in Intel syntax a number is written 4, the address of a symbol OFFSET symbol`,
    ]);
  }

  private register(node: { text: string; start: number }, context: Context): Node {
    const { found } = this;
    const { text, start } = node;
    const name = plainRegisterName(text);
    if (name === 'flat') {
      return this.fail("'flat' is a segment, expected a register", start, text.length);
    }
    if (!context.isBracketed || context.isClosed) {
      const notes = context.isBracketed
        ? ['addresses are sums: [base + index*scale + number]']
        : [`an address is written in brackets: [${text}]`];
      return this.fail(
        `the register '${text}' cannot stand in this expression`,
        start,
        text.length,
        notes,
      );
    }
    const { mode } = this.assembly;
    const { class: kind = 'flat', bits = 0 } = registerByName(name, mode) ?? {};
    const isPointer = mode === 64 && (name === 'rip' || name === 'eip');
    const isWide = kind === 'general' && bits > 8 && name !== 'dx';
    const isNoIndex = kind === 'flat' && /^[er]iz$/.test(name);
    const isAddress = isWide || isPointer || isNoIndex || /^[xyz]mm$/.test(kind);
    if (!isAddress) {
      return this.fail(`'${text}' cannot be part of an address`, start, text.length, [
        '32-bit addresses are made of eax ebx ecx edx esi edi ebp esp, 16-bit ones of bx bp si di',
      ]);
    }
    if (context.isScaled ? found.index === '' : found.base !== '' && found.index === '') {
      found.index = name;
      found.isScaled = context.isScaled;
    } else if (!context.isScaled && found.base === '') found.base = name;
    else {
      const message = 'an address has one base and one index, this is a register too many';
      return this.fail(message, start, text.length, ['compute it first: lea ebx, [ebx+esi]']);
    }
    return zeroAt(start);
  }

  private unary(node: Extract<Node, { kind: 'unary' }>, context: Context): Node {
    const { found } = this;
    const { operator, operand, start } = node;
    if (operator === '[]') {
      const { isClosed, isScaled } = context;
      return this.plain(operand, { isBracketed: true, isClosed, isScaled });
    }
    if (operator === 'offset') {
      found.hasOffset = true;
      return this.plain(operand, { ...context, isClosed: true });
    }
    if (operator === 'short' || operator.endsWith(' ptr')) {
      this.sized(operator.replace(' ptr', ''));
      const isClosed = context.isClosed || operand.kind === 'register';
      return this.plain(operand, { ...context, isClosed });
    }
    const isPlus = operator === '+';
    const inner = this.plain(operand, isPlus ? context : { ...context, isClosed: true });
    return isPlus ? inner : { kind: 'unary', operator, operand: inner, start };
  }

  /** Of several sizes the first one counts. */
  private sized(word: string): void {
    const { found } = this;
    if (found.size !== 0 || found.distance !== undefined) return;
    if (word === 'near' || word === 'far' || word === 'short') found.distance = word;
    else found.size = sizeWords.get(word) ?? 0;
  }

  private binary(node: Extract<Node, { kind: 'binary' }>, context: Context): Node {
    // A sum of many terms leans to the left, and is walked without recursion.
    const spine: (typeof node)[] = [];
    let first: Node = node;
    const isSum = (each: Node) =>
      each.kind === 'binary' && (each.operator === '+' || each.operator === '-');
    for (; first.kind === 'binary' && isSum(first); first = first.left) spine.push(first);
    if (spine.length === 0) return this.other(node, context);
    let left = this.plain(first, context);
    for (const { operator, right, start } of spine.toReversed()) {
      const isMinus = operator === '-';
      const plain = this.plain(right, isMinus ? { ...context, isClosed: true } : context);
      left = { kind: 'binary', operator, left, right: plain, start };
    }
    return left;
  }

  private other(node: Extract<Node, { kind: 'binary' }>, context: Context): Node {
    const { operator, start } = node;
    if (operator === '[]') {
      this.warnOfSize(node);
      const left = this.plain(node.left, context);
      const { isClosed, isScaled } = context;
      const right = this.plain(node.right, { isBracketed: true, isClosed, isScaled });
      return { kind: 'binary', operator: '+', left, right, start };
    }
    if (operator === ':') return this.segmented(node, context);
    if (operator === '*' && context.isBracketed && !context.isClosed) {
      return this.product(node, context);
    }
    const closed = { ...context, isClosed: true };
    const left = this.plain(node.left, closed);
    return { kind: 'binary', operator, left, right: this.plain(node.right, closed), start };
  }

  /** `dword [ebx]` adds 4, the number that a size is where no `ptr` follows. */
  private warnOfSize({ left }: Extract<Node, { kind: 'binary' }>): void {
    const { where } = this.assembly;
    if (left.kind !== 'number' || !where || !('text' in where)) return;
    const word = /^[a-z]+/i.exec(where.text.slice(left.start, left.start + 8))?.[0];
    if (word === undefined) return;
    const place = within(where, left.start, left.start + word.length);
    this.assembly.warning(
      'A0222',
      `'${word}' without 'ptr' is the number ${left.text}, which is added`,
      place,
      [`did you mean '${word} ptr'?`],
      { where: place, text: ' ptr', side: 'behind' },
    );
  }

  private segmented(node: Extract<Node, { kind: 'binary' }>, context: Context): Node {
    const { found } = this;
    const chain: Node[] = [node.right];
    let first = node.left;
    for (; first.kind === 'binary' && first.operator === ':'; first = first.left) {
      chain.push(first.right);
    }
    const [offset, ...more] = chain;
    const segments = [first, ...more.toReversed()];
    for (const segment of segments) {
      const name = segment.kind === 'register' ? plainRegisterName(segment.text) : '';
      const isSegment = name === 'flat' || registerByName(name)?.class === 'segment';
      if (!isSegment) {
        const length = segment.kind === 'register' ? segment.text.length : this.operand.end;
        const message = "found something else before ':', expected a segment register";
        return this.fail(message, segment.start, length, ['they are cs ds es fs gs ss']);
      }
      if (context.isClosed) continue;
      if (found.segment === '' && name !== 'flat') found.segment = name;
      else if (name !== 'flat') {
        const where = within(this.assembly.where, segment.start, segment.start + 2);
        this.assembly.warning(
          'A0223',
          `'${name}' is a segment too many; '${found.segment}' is used`,
          where,
        );
      }
    }
    // What is under OFFSET is no memory.
    if (!context.isClosed) found.hasSegment = true;
    const isClosed = context.isClosed || offset.kind === 'register';
    return this.plain(offset, { ...context, isClosed });
  }

  /** `esi*4`, `2*(esi+1)`. */
  private product(node: Extract<Node, { kind: 'binary' }>, context: Context): Node {
    const { found } = this;
    const inner = { ...context, isScaled: true };
    const hadIndex = found.index !== '';
    const left = this.plain(node.left, inner);
    const isLeft = !hadIndex && found.index !== '';
    const right = this.plain(node.right, inner);
    if (this.hasFailed) return node;
    if (!hadIndex && found.index !== '') {
      const factor = isLeft ? right : left;
      const { diagnostics } = this.assembly;
      const errors = diagnostics.errorCount;
      const value = constantOf(evaluate(this.assembly, factor)) ?? 0n;
      if (diagnostics.errorCount > errors) this.hasFailed = true;
      if (this.hasFailed) return node;
      const bounded = value < 0n || value > 8n ? 0 : Number(value);
      found.scale = factorOf(found.scale * bounded);
      const isShort = registerByName(found.index)?.bits === 16;
      if (isShort) {
        const message = '16-bit addresses have no scale';
        return this.fail(message, node.start, this.operand.end, ['write [bx+si]']);
      }
      if (!context.isScaled && found.scale === 0) {
        return this.fail(
          `the factor of '${found.index}' cannot be the scale, expected 1, 2, 4 or 8`,
          node.start,
          this.operand.end,
          ['for other sizes multiply the index first, as in imul ebx, ebx, 12'],
        );
      }
    }
    return { kind: 'binary', operator: node.operator, left, right, start: node.start };
  }
}

/** 0 for what is no scale and cannot become one. */
function factorOf(scale: number): number {
  return [1, 2, 4, 8].includes(scale) ? scale : 0;
}

function zeroAt(start: number): Node {
  return { kind: 'number', text: '0', start };
}
