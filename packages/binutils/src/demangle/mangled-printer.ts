// Prints the tree of a mangled name as C++ declares such things: types from the inside out.

import { NotMangled } from './mangled-cursor.ts';
import type { MangledNode } from './mangled-node.ts';
import { literalSuffixes } from './mangled-tables.ts';

/** Hostile names double with every substitution: no more nodes or letters than that. */
const nodesMax = 100_000;
const lettersMax = 1 << 20;
const depthMax = 1200;

/** The arguments that template parameters stand for. */
interface Scope {
  readonly list: readonly MangledNode[];
  readonly outer: Scope | undefined;
}

/** The arguments of the innermost template of a name. */
function argumentsOf(name: MangledNode): readonly MangledNode[] | undefined {
  const { kind, head, tail } = name;
  if (kind === 'template') return name.list;
  if (kind === 'local' || kind === 'defaultArgument') return tail && argumentsOf(tail);
  if (kind === 'nested') return (tail && argumentsOf(tail)) ?? (head && argumentsOf(head));
  return kind === 'tagged' && head ? argumentsOf(head) : undefined;
}

const simpleKinds: ReadonlySet<string> = new Set(['name', 'nested', 'braces', 'argument']);

export class MangledPrinter {
  private readonly isVerbose: boolean;
  private scope: Scope | undefined;
  private element: number | undefined;
  private inLambda = 0;
  private nodes = 0;
  private depth = 0;

  constructor(isVerbose: boolean) {
    this.isVerbose = isVerbose;
  }

  text(node: MangledNode | undefined): string {
    return node ? this.declared(node, '') : '';
  }

  /** The type as it declares what `inner` is the text of. */
  private declared(node: MangledNode, inner: string): string {
    if (++this.nodes > nodesMax || ++this.depth > depthMax || inner.length > lettersMax) {
      throw new NotMangled();
    }
    const text = this.declaredHere(node, inner);
    if (text.length > lettersMax) throw new NotMangled();
    this.depth--;
    return text;
  }

  private declaredHere(node: MangledNode, inner: string): string {
    const { kind, text, head, tail } = node;
    if (!head && kind !== 'parameter' && kind !== 'function') return this.leaf(node) + inner;
    switch (kind) {
      case 'parameter':
        return this.parameter(node, inner);
      case 'pointer':
        return head ? this.pointer(text, head, inner) : '';
      case 'qualified':
        return head ? this.qualified(node, head, inner) : '';
      case 'function':
        return this.functionType(node, inner);
      case 'array':
        return this.array(node, inner);
      case 'member': {
        const scope = ` ${this.text(head)}::*${inner}`;
        return tail ? this.declared(tail, scope) : scope;
      }
      case 'expansion':
        return head ? this.expansion(head, inner) : '';
      default:
        return this.whole(node) + inner;
    }
  }

  private leaf(node: MangledNode): string {
    const { kind, text, list = [] } = node;
    switch (kind) {
      case 'lambda':
        this.inLambda++;
        try {
          return `{lambda(${this.list(list)})#${text}}`;
        } finally {
          this.inLambda--;
        }
      case 'pack':
        return this.list(list);
      case 'throws':
        return text + (list.length > 0 ? `(${this.list(list)})` : '');
      case 'braces':
        return `{${this.list(list)}}`;
      case 'ternary': {
        const [a, b, c] = list;
        return `${this.operand(a)}?${this.operand(b)} : ${this.operand(c)}`;
      }
      case 'fold':
        return this.fold(node, list);
      case 'argument':
        return `{parm#${node.index}}`;
      case 'count':
        return `${list.length}`;
      case 'defaultArgument':
        return `{default arg#${text}}::${this.text(node.tail)}`;
      default:
        return text;
    }
  }

  private fold(node: MangledNode, list: readonly MangledNode[]): string {
    const { text } = node;
    const [first, second] = list;
    if (second) return `(${this.operand(first)}${text}...${text}${this.operand(second)})`;
    const operand = this.operand(first);
    return node.index === 1 ? `(...${text}${operand})` : `(${operand}${text}...)`;
  }

  private whole(node: MangledNode): string {
    const { kind, text, head, tail, list = [] } = node;
    switch (kind) {
      case 'nested':
        return `${this.text(head)}::${this.text(tail)}`;
      case 'local':
        return `${head ? this.withoutResult(head) : ''}::${this.text(tail)}`;
      case 'template':
        return this.template(head, list);
      case 'tagged':
        return `${this.text(head)}[abi:${text}]`;
      case 'abbreviation':
        return this.isVerbose ? (head?.text ?? text) : text;
      case 'ctor':
        return this.text(head);
      case 'dtor':
        return `~${this.text(head)}`;
      case 'conversion':
        return `operator ${this.text(head)}`;
      case 'encoding':
        return this.encoding(node, true);
      case 'special':
        return text + this.text(head);
      case 'construction':
        return `construction vtable for ${this.text(tail)}-in-${this.text(head)}`;
      case 'vector':
        return `${this.text(head)} __vector(${this.text(tail)})`;
      case 'decltype':
        return `decltype (${this.text(head)})`;
      default:
        return this.expression(node);
    }
  }

  private expression(node: MangledNode): string {
    const { kind, text, head, tail, list = [] } = node;
    switch (kind) {
      case 'literal':
        return this.literal(node);
      case 'unary':
        return this.unary(text, head);
      case 'suffix':
        return this.operand(head) + text;
      case 'operand':
        return `${text}(${this.text(head)})`;
      case 'binary':
        return this.binary(node);
      case 'call': {
        const callee = head?.kind === 'encoding' ? head.head : head;
        return `${this.operand(callee)}(${this.list(list)})`;
      }
      case 'cast': {
        const of = text === '_' ? `(${this.list(list)})` : this.operand(list[0]);
        return `(${this.text(head)})${of}`;
      }
      case 'namedCast':
        return `${text}<${this.text(head)}>(${this.text(tail)})`;
      case 'braces':
        return `${this.text(head)}{${this.list(list)}}`;
      case 'count':
        return `${this.packIn(head)?.list?.length ?? 0}`;
      case 'new': {
        const placement = list.length > 0 ? `(${this.list(list)}) ` : '';
        return `${text}${placement}${this.text(head)}${tail ? `(${this.text(tail)})` : ''}`;
      }
      default:
        return text;
    }
  }

  private unary(text: string, head: MangledNode | undefined): string {
    if (text === '&' && head?.kind === 'encoding' && head.head?.kind === 'nested') {
      return `&${this.text(head.head)}`;
    }
    if (text === '::') return text + this.text(head);
    return text === 'noexcept' ? `noexcept (${this.text(head)})` : text + this.operand(head);
  }

  private binary(node: MangledNode): string {
    const { text, head, tail } = node;
    if (text === '[]') return `${this.operand(head)}[${this.text(tail)}]`;
    const right = text === '.' || text === '->' ? this.text(tail) : this.operand(tail);
    const whole = this.operand(head) + text + right;
    return text === '>' ? `(${whole})` : whole;
  }

  private literal(node: MangledNode): string {
    const { head, text } = node;
    const type = this.text(head);
    if (head?.kind === 'builtin') {
      if (type === 'bool' && text === '0') return 'false';
      if (type === 'bool' && text === '1') return 'true';
      const suffix = literalSuffixes.get(type);
      if (suffix !== undefined) return text + suffix;
      if (/^(float|double|long double|__float128)$/.test(type)) return `(${type})[${text}]`;
    }
    return `(${type})${text}`;
  }

  private operand(node: MangledNode | undefined): string {
    const text = this.text(node);
    return !node || simpleKinds.has(node.kind) ? text : `(${text})`;
  }

  private template(head: MangledNode | undefined, list: readonly MangledNode[]): string {
    const name = this.text(head);
    const inside = this.list(list);
    const open = name.endsWith('<') ? `${name} <` : `${name}<`;
    // Behind an empty pack GNU's tools have no space.
    const last = list.at(-1);
    const isEmpty = last?.kind === 'pack' && last.list?.length === 0;
    return open + inside + (inside.endsWith('>') && !isEmpty ? ' >' : '>');
  }

  /** With commas; an empty pack counts for nothing. */
  private list(nodes: readonly MangledNode[]): string {
    let text = '';
    for (const node of nodes) {
      const next = this.text(node);
      if (next === '') continue;
      text += text === '' ? next : `, ${next}`;
      if (text.length > lettersMax) throw new NotMangled();
    }
    return text;
  }

  private withoutResult(node: MangledNode): string {
    return node.kind === 'encoding' ? this.encoding(node, false) : this.text(node);
  }

  private encoding(node: MangledNode, hasResult: boolean): string {
    const { head: name, tail: type } = node;
    if (!name || !type) return '';
    const { scope } = this;
    const list = argumentsOf(name);
    if (list) this.scope = { list, outer: scope };
    const signature = `${this.text(name)}(${this.list(type.list ?? [])})${type.text}`;
    const whole = hasResult && type.head ? this.returning(type.head, signature) : signature;
    this.scope = scope;
    return whole;
  }

  /** What a function returns goes before it; or around it, of pointers to functions and arrays. */
  private returning(result: MangledNode, rest: string): string {
    return this.isInsideOut(result) ? this.declared(result, rest) : `${this.text(result)} ${rest}`;
  }

  private isInsideOut(type: MangledNode): boolean {
    const { scope } = this;
    let node: MangledNode | undefined = type;
    let within = scope;
    for (let steps = 0; node && steps < depthMax; steps++) {
      if (node.kind === 'function' || node.kind === 'array') return true;
      if (node.kind === 'pointer' || node.kind === 'qualified') node = node.head;
      else if (node.kind === 'member') node = node.tail;
      else if (node.kind === 'parameter' && within) {
        node = this.elementOf(within.list[node.index ?? 0]);
        within = within.outer;
      } else return false;
    }
    return false;
  }

  private functionType(node: MangledNode, inner: string): string {
    const { head, list = [], tail, text } = node;
    const name = inner === '' ? '' : `(${inner.trimStart()})`;
    const rest = `${name}(${this.list(list)})${text}${this.text(tail)}`;
    return head ? this.returning(head, rest) : rest;
  }

  private array(node: MangledNode, inner: string): string {
    const { head, tail, text } = node;
    const length = `[${tail ? this.text(tail) : text}]`;
    const isRow = inner.endsWith(']') && /^ (\(.*\) )?\[/.test(inner);
    const before = isRow ? inner : inner === '' ? ' ' : ` (${inner.trimStart()}) `;
    return head ? this.declared(head, before + length) : before + length;
  }

  /** The argument itself, or the one of its pack that is being printed. */
  private elementOf(node: MangledNode | undefined): MangledNode | undefined {
    if (node?.kind !== 'pack' || this.element === undefined) return node;
    return node.list?.[this.element];
  }

  private parameter(node: MangledNode, inner: string): string {
    const { index = 0 } = node;
    if (this.inLambda > 0) return `auto:${index + 1}${inner}`;
    const { scope } = this;
    if (!scope) throw new NotMangled();
    const found = this.elementOf(scope.list[index]);
    if (!found) throw new NotMangled();
    this.scope = scope.outer;
    const text = this.declared(found, inner);
    this.scope = scope;
    return text;
  }

  /** What a parameter stands for, as far as its kind goes. */
  private meaning(node: MangledNode): MangledNode {
    let found: MangledNode = node;
    let within = this.scope;
    while (found.kind === 'parameter' && within && this.inLambda === 0) {
      const next = this.elementOf(within.list[found.index ?? 0]);
      if (!next) break;
      found = next;
      within = within.outer;
    }
    return found;
  }

  /** References to references are one: & unless both are &&. */
  private pointer(text: string, head: MangledNode, inner: string): string {
    if (text !== '*') {
      const target = this.meaning(head);
      if (target.kind === 'pointer' && target.text !== '*' && target.head) {
        if (target !== head) {
          if (text === '&&' || target.text === '&') return this.declared(head, inner);
          const { scope } = this;
          this.scope = scope?.outer;
          const collapsed = this.declared(target.head, `&${inner}`);
          this.scope = scope;
          return collapsed;
        }
        const collapsed = text === '&&' ? target.text : '&';
        return this.declared(target.head, collapsed + inner);
      }
    }
    return this.declared(head, text + inner);
  }

  private qualified(node: MangledNode, head: MangledNode, inner: string): string {
    const { text, list } = node;
    const shown = list ? `${text}<${this.list(list)}>` : text;
    const target = this.meaning(head);
    if (target !== head && target.kind === 'qualified' && target.text === text) {
      return this.declared(head, inner);
    }
    if (target.kind === 'array' && target.head) {
      const inside: MangledNode = { ...node, head: target.head };
      return this.declared({ ...target, head: inside }, inner);
    }
    return this.declared(head, shown + inner);
  }

  /** The pack that the pattern's parameters take their arguments from. */
  private packIn(node: MangledNode | undefined): MangledNode | undefined {
    if (!node) return undefined;
    if (++this.nodes > nodesMax || ++this.depth > depthMax) throw new NotMangled();
    let found: MangledNode | undefined;
    if (node.kind === 'parameter') {
      const argument = this.scope?.list[node.index ?? 0];
      if (argument?.kind === 'pack') found = argument;
    } else if (node.kind !== 'lambda') {
      found = this.packIn(node.head) ?? this.packIn(node.tail);
      for (const part of node.list ?? []) found ??= this.packIn(part);
    }
    this.depth--;
    return found;
  }

  private expansion(pattern: MangledNode, inner: string): string {
    const pack = this.inLambda > 0 ? undefined : this.packIn(pattern);
    if (!pack) return `${this.operand(pattern)}...${inner}`;
    const { element } = this;
    let text = '';
    for (let i = 0; i < (pack.list?.length ?? 0); i++) {
      this.element = i;
      text += (i > 0 ? ', ' : '') + this.declared(pattern, inner);
      if (text.length > lettersMax) throw new NotMangled();
    }
    this.element = element;
    return text;
  }
}
