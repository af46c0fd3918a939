// <encoding>, <name> and <special-name> of the Itanium C++ ABI's mangling: the top of its grammar.

import { ExpressionParser } from './mangled-expressions.ts';
import { plain, upon } from './mangled-node.ts';
import type { MangledNode } from './mangled-node.ts';
import { operators, specialNames } from './mangled-tables.ts';

const std = plain('std');

/** What a name is in the end, without what it is in and without tags. */
export function lastOf(node: MangledNode): MangledNode {
  const { kind, head, tail } = node;
  if ((kind === 'nested' || kind === 'local' || kind === 'defaultArgument') && tail) {
    return lastOf(tail);
  }
  return kind === 'tagged' && head ? lastOf(head) : node;
}

function nameOfClass(node: MangledNode): MangledNode {
  const last = lastOf(node);
  if (last.kind === 'template' && last.head) return nameOfClass(last.head);
  return last.kind === 'abbreviation' && last.tail ? last.tail : last;
}

/** Templates say what they return, but for those that return nothing or what their name says. */
function hasResult(name: MangledNode): boolean {
  const last = lastOf(name);
  if (last.kind !== 'template' || !last.head) return false;
  return !['ctor', 'dtor', 'conversion'].includes(lastOf(last.head).kind);
}

export class NameParser extends ExpressionParser {
  /** Of the member function whose name was read last. */
  private memberQualifiers = '';

  encoding(): MangledNode {
    return this.rule(() => this.encodingHere());
  }

  private encodingHere(): MangledNode {
    const c = this.peek();
    if (c === 'T' || c === 'G') return this.special();
    const name = this.name();
    const text = this.memberQualifiers;
    const next = this.peek();
    if (next === '' || next === 'E' || next === '.' || next === '@') return name;
    const signature = this.signature(hasResult(name));
    return { kind: 'encoding', text: '', head: name, tail: { ...signature, text } };
  }

  private special(): MangledNode {
    for (const length of [3, 2]) {
      const text = specialNames.get(this.text.slice(this.at, this.at + length));
      if (text === undefined) continue;
      const code = this.pair();
      this.at += length;
      if (code === 'TA') return upon('special', this.templateArgumentNode(), text);
      if (length === 3 || code === 'GA') return upon('special', this.encoding(), text);
      const isName = 'GVTHTW'.includes(code) && code !== 'VT' && code !== 'TT';
      return upon('special', isName ? this.name() : this.type(), text);
    }
    const code = this.pair();
    this.at += 2;
    switch (code) {
      case 'Th':
      case 'Tv':
        this.at--;
        return this.thunk();
      case 'Tc':
        this.offset();
        this.offset();
        return upon('special', this.encoding(), 'covariant return thunk to ');
      case 'TC': {
        const head = this.type();
        this.number();
        this.expect('_');
        return { kind: 'construction', text: '', head, tail: this.type() };
      }
      case 'GR': {
        const head = this.name();
        return upon('special', head, `reference temporary #${this.ordinal()} for `);
      }
      default:
        return this.fail();
    }
  }

  private templateArgumentNode(): MangledNode {
    return this.peek() === 'L' ? this.literal() : this.type();
  }

  private thunk(): MangledNode {
    const isVirtual = this.peek() === 'v';
    this.offset();
    return upon('special', this.encoding(), `${isVirtual ? '' : 'non-'}virtual thunk to `);
  }

  private offset(): void {
    const isVirtual = this.eat('v');
    if (!isVirtual) this.expect('h');
    this.number();
    this.expect('_');
    if (!isVirtual) return;
    this.number();
    this.expect('_');
  }

  name(): MangledNode {
    return this.rule(() => this.nameHere());
  }

  private nameHere(): MangledNode {
    const c = this.peek();
    if (c === 'N') return this.nestedName();
    if (c === 'Z') return this.localName();
    if (c === 'S' && this.peek(1) !== 't') {
      const node = this.withArguments(this.substitution());
      this.memberQualifiers = '';
      return node;
    }
    const isStd = this.eat('St');
    const tail = this.unqualified(undefined);
    const node: MangledNode = isStd ? { kind: 'nested', text: '', head: std, tail } : tail;
    const whole = this.peek() === 'I' ? this.withArguments(this.remember(node)) : node;
    this.memberQualifiers = '';
    return whole;
  }

  private nestedName(): MangledNode {
    this.at++;
    const quals = this.qualifiers().join('');
    const reference = this.eat('R') ? ' &' : this.eat('O') ? ' &&' : '';
    let node: MangledNode | undefined;
    while (!this.eat('E')) {
      // The scope of an initializer: the member's name is all that counts.
      if (node && this.eat('M')) continue;
      const known = this.prefix(node);
      node = known.node;
      if (known.isNew && this.peek() !== 'E') this.remember(node);
    }
    this.memberQualifiers = quals + reference;
    return node ?? this.fail();
  }

  private prefix(node: MangledNode | undefined): { node: MangledNode; isNew: boolean } {
    const c = this.peek();
    if (c === 'I' && node) return { node: this.withArguments(node), isNew: true };
    if (!node) {
      if (this.eat('St')) return { node: std, isNew: false };
      if (c === 'S') return { node: this.substitution(), isNew: false };
      if (c === 'T') return { node: this.templateParameter(), isNew: true };
      if (/^D[tT]/.test(this.pair())) return { node: this.decltype(), isNew: true };
    }
    const tail = this.unqualified(node);
    return { node: node ? { kind: 'nested', text: '', head: node, tail } : tail, isNew: true };
  }

  private localName(): MangledNode {
    this.at++;
    const head = this.encoding();
    this.expect('E');
    if (this.eat('s')) {
      this.discriminator();
      this.memberQualifiers = '';
      return { kind: 'local', text: '', head, tail: plain('string literal') };
    }
    if (this.eat('d')) {
      const text = `${this.ordinal() + 1}`;
      const tail = this.name();
      return {
        kind: 'local',
        text: '',
        head,
        tail: { kind: 'defaultArgument', text, tail },
      };
    }
    const tail = this.name();
    this.discriminator();
    return { kind: 'local', text: '', head, tail };
  }

  /** `_` and a digit, or more between `__` and `_`: which of several of one name it is. */
  private discriminator(): void {
    if (!this.eat('_')) return;
    const isLong = this.eat('_');
    if (this.digits() === '') this.fail();
    if (isLong) this.expect('_');
  }

  unqualified(scope: MangledNode | undefined): MangledNode {
    return this.tags(this.rule(() => this.unqualifiedHere(scope)));
  }

  private unqualifiedHere(scope: MangledNode | undefined): MangledNode {
    const c = this.peek();
    if (this.isDigit()) return plain(this.sourceName());
    if (c === 'L') {
      this.at++;
      const name = plain(this.sourceName());
      this.discriminator();
      return name;
    }
    if (c === 'U') return this.unnamed();
    if (scope && (c === 'C' || (c === 'D' && /\d/.test(this.peek(1))))) return this.structor(scope);
    if (this.eat('DC')) {
      const list: string[] = [];
      while (!this.eat('E')) list.push(this.sourceName());
      return plain(`[${list.join(', ')}]`);
    }
    return this.operatorName();
  }

  private structor(scope: MangledNode): MangledNode {
    const kind = this.peek() === 'C' ? 'ctor' : 'dtor';
    this.at++;
    const isInherited = kind === 'ctor' && this.eat('I');
    if (!/\d/.test(this.peek())) this.fail();
    this.at++;
    const of = isInherited ? this.type() : scope;
    return upon(kind, nameOfClass(of));
  }

  /** <unnamed-type-name>s and <closure-type-name>s. */
  private unnamed(): MangledNode {
    this.at++;
    if (this.eat('t')) return plain(`{unnamed type#${this.ordinal() + 1}}`);
    this.expect('l');
    const { list } = this.signature(false);
    this.expect('E');
    return { kind: 'lambda', text: `${this.ordinal() + 1}`, list };
  }

  operatorName(): MangledNode {
    const pair = this.pair();
    if (pair === 'cv') {
      this.at += 2;
      const { isConversion } = this;
      this.isConversion = true;
      const node = upon('conversion', this.type());
      this.isConversion = isConversion;
      return node;
    }
    if (this.eat('li')) return plain(`operator"" ${this.sourceName()}`);
    if (/^v\d/.test(pair)) {
      this.at += 2;
      return plain(`operator ${this.sourceName()}`);
    }
    const [text] = operators.get(pair) ?? this.fail();
    this.at += 2;
    return plain(`operator${/^[a-z]/.test(text) ? ' ' : ''}${text}`);
  }
}
