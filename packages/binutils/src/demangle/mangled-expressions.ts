// <expression> of the Itanium C++ ABI's mangling.

import { plain, upon } from './mangled-node.ts';
import type { MangledNode } from './mangled-node.ts';
import { operators } from './mangled-tables.ts';
import { TypeParser } from './mangled-types.ts';

const namedCasts: Readonly<Record<string, string | undefined>> = {
  sc: 'static_cast',
  dc: 'dynamic_cast',
  cc: 'const_cast',
  rc: 'reinterpret_cast',
};

const typeOperators: Readonly<Record<string, string | undefined>> = {
  st: 'sizeof ',
  at: 'alignof ',
  ti: 'typeid ',
};

const valueOperators: Readonly<Record<string, string | undefined>> = {
  sz: 'sizeof ',
  az: 'alignof ',
  te: 'typeid ',
  nx: 'noexcept',
  tw: 'throw ',
};

export abstract class ExpressionParser extends TypeParser {
  abstract encoding(): MangledNode;
  abstract operatorName(): MangledNode;

  expression(): MangledNode {
    return this.rule(() => this.expressionHere());
  }

  private expressions(end: string): MangledNode[] {
    const list: MangledNode[] = [];
    while (!this.eat(end)) list.push(this.expression());
    return list;
  }

  private expressionHere(): MangledNode {
    const c = this.peek();
    if (c === 'L') return this.literal();
    if (c === 'T') return this.templateParameter();
    if (c >= '0' && c <= '9') return this.withArguments(this.tags(plain(this.sourceName())));
    const pair = this.pair();
    const cast = namedCasts[pair];
    const ofType = typeOperators[pair];
    const ofValue = valueOperators[pair];
    if (cast !== undefined) {
      this.at += 2;
      const head = this.type();
      return { kind: 'namedCast', text: cast, head, tail: this.expression() };
    }
    if (ofType !== undefined) {
      this.at += 2;
      return upon('operand', this.type(), ofType);
    }
    if (ofValue !== undefined) {
      this.at += 2;
      return upon('unary', this.expression(), ofValue);
    }
    return c === 'f' ? this.argumentOrFold() : this.byPair(pair);
  }

  private byPair(pair: string): MangledNode {
    switch (pair) {
      case 'sr':
        return this.scoped();
      case 'on':
        this.at += 2;
        return this.withArguments(this.operatorName());
      case 'tr':
        this.at += 2;
        return plain('throw');
      case 'gs':
        this.at += 2;
        return upon('unary', this.expression(), '::');
      case 'sp':
        this.at += 2;
        return upon('expansion', this.expression());
      case 'sZ':
        this.at += 2;
        return upon('count', this.expression());
      case 'sP':
        this.at += 2;
        return { kind: 'count', text: '', list: this.packArguments() };
      case 'il':
        this.at += 2;
        return { kind: 'braces', text: '', list: this.expressions('E') };
      case 'tl':
        this.at += 2;
        return { kind: 'braces', text: '', head: this.type(), list: this.expressions('E') };
      case 'cv':
        return this.cast();
      case 'cl':
        this.at += 2;
        return { kind: 'call', text: '', head: this.expression(), list: this.expressions('E') };
      case 'dn':
        this.at += 2;
        return upon('dtor', this.unqualified(undefined));
      case 'nw':
      case 'na':
        return this.newExpression(pair);
      default:
        return this.operation(pair);
    }
  }

  private packArguments(): MangledNode[] {
    const list: MangledNode[] = [];
    while (!this.eat('E')) list.push(this.peek() === 'L' ? this.literal() : this.type());
    return list;
  }

  private cast(): MangledNode {
    this.at += 2;
    const head = this.type();
    if (!this.eat('_')) return { kind: 'cast', text: '', head, list: [this.expression()] };
    return { kind: 'cast', text: '_', head, list: this.expressions('E') };
  }

  private newExpression(pair: string): MangledNode {
    this.at += 2;
    const list = this.expressions('_');
    const head = this.type();
    let tail: MangledNode | undefined;
    if (this.eat('pi')) tail = { kind: 'pack', text: '', list: this.expressions('E') };
    else if (this.peek() === 'i') tail = this.expression();
    else this.expect('E');
    return { kind: 'new', text: pair === 'nw' ? 'new ' : 'new[] ', head, tail, list };
  }

  private operation(pair: string): MangledNode {
    const [text, count] = operators.get(pair) ?? this.fail();
    this.at += 2;
    if (count === 1) {
      if (pair !== 'pp' && pair !== 'mm') {
        const isWord = text.length > 2 && /[a-z]/.test(text);
        return upon('unary', this.expression(), isWord ? `${text} ` : text);
      }
      const isPrefix = this.eat('_');
      return upon(isPrefix ? 'unary' : 'suffix', this.expression(), text);
    }
    const first = this.expression();
    if (count === 3) {
      const second = this.expression();
      return { kind: 'ternary', text, list: [first, second, this.expression()] };
    }
    const isMember = pair === 'dt' || pair === 'pt';
    const tail = isMember ? this.memberName() : this.expression();
    return { kind: 'binary', text, head: first, tail };
  }

  /** What is behind . and -> */
  private memberName(): MangledNode {
    const pair = this.pair();
    if (pair === 'sr' || pair === 'on' || pair === 'dn' || pair === 'gs') return this.expression();
    return this.withArguments(this.unqualified(undefined));
  }

  /** <unresolved-name>s behind sr. */
  private scoped(): MangledNode {
    this.at += 2;
    const levels = this.isDigit() ? this.attempt(() => this.levels()) : undefined;
    if (levels) return this.withArguments(this.member(levels));
    const isLong = this.eat('N');
    let node = this.type();
    if (isLong) {
      node = this.withArguments(node);
      while (!this.eat('E')) node = this.withArguments(this.member(node));
    }
    return this.withArguments(this.member(node));
  }

  /** Names with the arguments of each, none of them to be referred to again, and E. */
  private levels(): MangledNode {
    let node = this.withArguments(plain(this.sourceName()));
    while (this.isDigit()) node = this.withArguments(this.member(node));
    this.expect('E');
    return this.isDigit() || this.pair() === 'on' || this.pair() === 'dn' ? node : this.fail();
  }

  private member(head: MangledNode): MangledNode {
    this.eat('on');
    const tail = this.eat('dn')
      ? upon('dtor', this.unqualified(undefined))
      : this.unqualified(undefined);
    return { kind: 'nested', text: '', head, tail };
  }

  private argumentOrFold(): MangledNode {
    const c = this.peek(1);
    this.at += 2;
    if (c === 'p' || (c === 'L' && this.isDigit())) {
      if (c === 'p' && this.eat('T')) return plain('this');
      if (c === 'L') {
        this.digits();
        this.expect('p');
      }
      this.qualifiers();
      return { kind: 'argument', text: '', index: this.ordinal() + 1 };
    }
    const [text] = operators.get(this.pair()) ?? this.fail();
    this.at += 2;
    const list = [this.expression()];
    if (c === 'L' || c === 'R') list.push(this.expression());
    else if (c !== 'l' && c !== 'r') this.fail();
    return { kind: 'fold', text, list, index: c === 'l' ? 1 : 0 };
  }

  /** <expr-primary>: L, a type and digits, or a mangled name. */
  literal(): MangledNode {
    this.expect('L');
    if (this.eat('_Z') || this.eat('Z')) {
      const node = this.encoding();
      this.expect('E');
      return node;
    }
    const head = this.type();
    if (this.eat('E')) return head;
    const from = this.at;
    while (this.peek() !== 'E') {
      if (this.peek() === '') this.fail();
      this.at++;
    }
    const digits = this.text.slice(from, this.at++);
    const text = digits.startsWith('n') ? `-${digits.slice(1)}` : digits;
    return upon('literal', head, text);
  }
}
