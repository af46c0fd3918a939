// <type> of the Itanium C++ ABI's mangling, template arguments among them.

import { MangledCursor } from './mangled-cursor.ts';
import { plain, upon } from './mangled-node.ts';
import type { MangledNode } from './mangled-node.ts';
import { abbreviations, builtins, longBuiltins } from './mangled-tables.ts';

const pointers: Readonly<Record<string, string | undefined>> = { P: '*', R: '&', O: '&&' };
const qualifierTexts: Readonly<Record<string, string | undefined>> = {
  r: ' restrict',
  V: ' volatile',
  K: ' const',
};

export abstract class TypeParser extends MangledCursor {
  /** In the type of a conversion operator arguments behind a parameter may be the operator's. */
  protected isConversion = false;

  abstract name(): MangledNode;
  abstract expression(): MangledNode;
  abstract literal(): MangledNode;
  abstract unqualified(scope: MangledNode | undefined): MangledNode;

  type(): MangledNode {
    return this.rule(() => this.typeHere());
  }

  /** The qualifiers that come next, in the order of printing. */
  qualifiers(): string[] {
    const list: string[] = [];
    for (;;) {
      const text = qualifierTexts[this.peek()];
      if (text === undefined) return list;
      this.at++;
      list.unshift(text);
    }
  }

  private typeHere(): MangledNode {
    const quals = this.qualifiers();
    if (quals.length > 0) return this.remember(this.qualifiedType(quals));
    const c = this.peek();
    const builtin = builtins.get(c);
    if (builtin !== undefined) {
      this.at++;
      return plain(builtin, 'builtin');
    }
    const pointer = pointers[c];
    if (pointer !== undefined) {
      this.at++;
      return this.remember(upon('pointer', this.type(), pointer));
    }
    switch (c) {
      case 'F':
        return this.remember(this.functionType());
      case 'A':
        return this.remember(this.arrayType());
      case 'M':
        return this.remember(this.memberType());
      case 'D':
        return this.longType();
      case 'S':
        return this.substitutedType();
      case 'T':
        return this.parameterType();
      case 'C':
      case 'G':
        this.at++;
        return this.remember(
          upon('qualified', this.type(), c === 'C' ? ' _Complex' : ' _Imaginary'),
        );
      case 'U':
        return this.vendorQualified();
      case 'u':
        this.at++;
        return this.remember(this.withArguments(plain(this.sourceName())));
      default:
        return this.remember(this.name());
    }
  }

  private qualifiedType(quals: readonly string[]): MangledNode {
    const isFunction = this.peek() === 'F' || /^D[oOwx]/.test(this.pair());
    if (!isFunction) return quals.reduce((node, q) => upon('qualified', node, q), this.type());
    const base = this.peek() === 'F' ? this.functionType() : this.exceptionType();
    return { ...base, text: quals.join('') + base.text };
  }

  private vendorQualified(): MangledNode {
    this.at++;
    const name = this.sourceName();
    const list = this.peek() === 'I' ? this.templateArguments() : undefined;
    const type = this.type();
    return this.remember({ kind: 'qualified', text: ` ${name}`, head: type, list });
  }

  /** <function-type>: F, what it returns, its parameters, its reference qualifier, E. */
  functionType(): MangledNode {
    this.expect('F');
    this.eat('Y');
    const node = this.signature(true);
    const reference = this.eat('R') ? ' &' : this.eat('O') ? ' &&' : '';
    this.expect('E');
    return { ...node, text: reference };
  }

  /** noexcept, throw and what they are said of. */
  private exceptionType(): MangledNode {
    this.at++;
    const c = this.peek();
    this.at++;
    let text = ' noexcept';
    let list: MangledNode[] | undefined;
    if (c === 'x') text = ' transaction_safe';
    if (c === 'O') {
      list = [this.expression()];
      this.expect('E');
    } else if (c === 'w') {
      text = ' throw';
      list = [];
      while (!this.eat('E')) list.push(this.type());
    }
    const specification: MangledNode = { kind: 'throws', text, list };
    return { ...this.functionType(), tail: specification };
  }

  /** <bare-function-type>, to the end of the name or of what it is in. */
  signature(hasResult: boolean): MangledNode {
    const head = hasResult ? this.type() : undefined;
    const list: MangledNode[] = [];
    while (!this.isSignatureEnd()) list.push(this.type());
    if (list.length === 0) this.fail();
    const [first] = list;
    const isVoid = list.length === 1 && first?.kind === 'builtin' && first.text === 'void';
    return { kind: 'function', text: '', head, list: isVoid ? [] : list };
  }

  private isSignatureEnd(): boolean {
    const c = this.peek();
    if (c === '' || c === 'E' || c === '.' || c === '@') return true;
    return (c === 'R' || c === 'O') && this.peek(1) === 'E';
  }

  private arrayType(): MangledNode {
    this.at++;
    if (this.isDigit()) {
      const text = this.digits();
      this.expect('_');
      return upon('array', this.type(), text);
    }
    const tail = this.peek() === '_' ? undefined : this.expression();
    this.expect('_');
    return { kind: 'array', text: '', head: this.type(), tail };
  }

  private memberType(): MangledNode {
    this.at++;
    const head = this.type();
    return { kind: 'member', text: '', head, tail: this.type() };
  }

  /** Types behind a D. */
  private longType(): MangledNode {
    const c = this.peek(1);
    if ('oOwx'.includes(c)) return this.remember(this.exceptionType());
    if (c === 't' || c === 'T') return this.remember(this.withArguments(this.decltype()));
    this.at += 2;
    const builtin = longBuiltins.get(c);
    if (builtin !== undefined) return plain(builtin, 'builtin');
    if (c === 'p') return this.remember(upon('expansion', this.type()));
    if (c === 'F') return this.floatType();
    if (c === 'v') return this.remember(this.vectorType());
    return this.fail();
  }

  private floatType(): MangledNode {
    const bits = this.digits();
    if (bits === '16' && this.eat('b')) return plain('std::bfloat16_t', 'builtin');
    if (this.eat('x')) return plain(`_Float${bits}x`, 'builtin');
    this.expect('_');
    return plain(`_Float${bits}`, 'builtin');
  }

  private vectorType(): MangledNode {
    let tail: MangledNode;
    if (this.isDigit()) tail = plain(this.digits());
    else {
      this.expect('_');
      tail = this.expression();
    }
    this.expect('_');
    return { kind: 'vector', text: '', head: this.type(), tail };
  }

  decltype(): MangledNode {
    this.at += 2;
    const node = upon('decltype', this.expression());
    this.expect('E');
    return node;
  }

  private substitutedType(): MangledNode {
    if (this.peek(1) === 't') return this.remember(this.name());
    const node = this.substitution();
    return this.peek() === 'I' ? this.remember(this.withArguments(node)) : node;
  }

  /** S and what follows, but for St. Before a constructor the whole name is printed. */
  substitution(): MangledNode {
    this.expect('S');
    const known = abbreviations.get(this.peek());
    if (!known) return this.seenBefore();
    this.at++;
    const [short, whole, last] = known;
    const isWhole = /^[CD]/.test(this.peek());
    const text = isWhole ? whole : short;
    let node: MangledNode = { kind: 'abbreviation', text, head: plain(whole), tail: plain(last) };
    if (this.peek() === 'B') {
      node = this.tags(node);
      this.remember(node);
    }
    return node;
  }

  tags(node: MangledNode): MangledNode {
    let tagged = node;
    while (this.eat('B')) tagged = upon('tagged', tagged, this.sourceName());
    return tagged;
  }

  templateParameter(): MangledNode {
    this.expect('T');
    return { kind: 'parameter', text: '', index: this.ordinal() };
  }

  private parameterType(): MangledNode {
    if (/[sue]/.test(this.peek(1))) {
      this.at += 2;
      return this.remember(this.name());
    }
    const parameter = this.remember(this.templateParameter());
    if (this.peek() !== 'I') return parameter;
    if (!this.isConversion) return this.remember(this.withArguments(parameter));
    // `operator T<int>()`, or `operator T` whose own argument is int.
    const node = this.attempt(() => {
      const made = this.withArguments(parameter);
      return this.peek() === 'I' ? made : this.fail();
    });
    return node ? this.remember(node) : parameter;
  }

  /** The node, with the template arguments that may follow. */
  withArguments(node: MangledNode): MangledNode {
    if (this.peek() !== 'I') return node;
    return { kind: 'template', text: '', head: node, list: this.templateArguments() };
  }

  templateArguments(): MangledNode[] {
    this.at++;
    const { isConversion } = this;
    this.isConversion = false;
    const list: MangledNode[] = [];
    while (!this.eat('E')) list.push(this.rule(() => this.templateArgument()));
    this.isConversion = isConversion;
    return list;
  }

  private templateArgument(): MangledNode {
    switch (this.peek()) {
      case 'L':
        return this.literal();
      case 'X': {
        this.at++;
        const node = this.expression();
        this.expect('E');
        return node;
      }
      case 'I':
      case 'J':
        return { kind: 'pack', text: '', list: this.templateArguments() };
      default:
        return this.type();
    }
  }
}
