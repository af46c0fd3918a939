// A macro's replacement with its arguments in place: #, ##, __VA_ARGS__, __VA_OPT__ (C11 6.10.3.1
// to 6.10.3.3).

import type { Span } from '@ring0/diagnostics';
import { expanded, isPunctuator } from './expand.ts';
import type { Arguments } from './expand.ts';
import { kindOf, stringified } from './spelling.ts';
import type { Macro, State } from './state.ts';
import { AFTER_SPACE, AT_LINE_START, NO_EXPAND, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

class Substitution {
  private readonly state: State;
  private readonly macro: Macro;
  private readonly args: readonly TokenList[];
  private readonly isVariableOmitted: boolean;
  private isInVaOpt = false;
  private readonly full: (TokenList | undefined)[] = [];
  private readonly use: Span;
  private readonly out: TokenList;
  /** The place of tokens of the body: their definition, expanded at `use`. */
  private readonly place: number;

  constructor(state: State, macro: Macro, args: Arguments, use: Span) {
    this.state = state;
    this.macro = macro;
    this.args = args.list;
    this.isVariableOmitted = args.isVariableOmitted;
    this.use = use;
    this.out = state.newList(macro.body.length + 8);
    const { body } = macro;
    const file = body.length > 0 ? state.places[body.place[0]].file : use.file;
    const name = state.atoms.text(macro.name);
    this.place = state.addPlace({ file, expansion: { kind: 'macro', name, at: use } });
  }

  private parameter(at: number): number {
    const { body, parameters, isFunction } = this.macro;
    if (!isFunction || body.kind[at] !== TokenKind.identifier) return -1;
    return parameters.indexOf(body.atom[at]);
  }

  private isOperator(at: number, text: string): boolean {
    const { body } = this.macro;
    return at < body.length && isPunctuator(this.state, body, at, text);
  }

  private isPaste(at: number): boolean {
    return this.isOperator(at, '##') || this.isOperator(at, '%:%:');
  }

  private expandedArgument(index: number): TokenList {
    return (this.full[index] ??= expanded(this.state, this.args[index]));
  }

  run(): TokenList {
    this.range(0, this.macro.body.length);
    return this.out;
  }

  /** Body tokens `from` to `to`. */
  private range(from: number, to: number): void {
    const first = this.out.length;
    let at = from;
    while (at < to) {
      if (this.isPaste(at) && at > from && at + 1 < to) {
        at = this.paste(at + 1, to, first);
        continue;
      }
      at = this.operand(at, to, at + 1 < to && this.isPaste(at + 1));
    }
  }

  /**
   * One operand at `at`: a token, a parameter, # and its parameter, __VA_OPT__; returns what
   * follows.
   */
  private operand(at: number, to: number, isPasted: boolean): number {
    const { body, isFunction } = this.macro;
    const isHash = isFunction && (this.isOperator(at, '#') || this.isOperator(at, '%:'));
    if (isHash && at + 1 < to) {
      const index = this.parameter(at + 1);
      if (index >= 0) {
        const text = stringified(this.args[index], this.state.atoms);
        this.made(TokenKind.string, text, at);
        return at + 2;
      }
    }
    const index = this.parameter(at);
    if (index >= 0) {
      const isRaw = isPasted;
      this.copyArgument(isRaw ? this.args[index] : this.expandedArgument(index), at);
      return at + 1;
    }
    if (this.macro.isVariadic && this.isVaOpt(at)) return this.vaOpt(at, to);
    this.out.push(
      body.kind[at],
      body.flags[at] & ~(AT_LINE_START | NO_EXPAND),
      body.atom[at],
      body.start[at],
      body.end[at],
      this.place,
    );
    return at + 1;
  }

  private made(kind: number, text: string, at: number): void {
    const { body } = this.macro;
    this.state.chargeText(text.length, this.use);
    const atom = this.state.atoms.intern(text);
    const flags = body.flags[at] & AFTER_SPACE;
    this.out.push(kind, flags, atom, body.start[at], body.end[at], this.place);
  }

  /** An argument's tokens; the first is spaced as the parameter in the body. */
  private copyArgument(argument: TokenList, at: number): void {
    const { out } = this;
    const spacing = this.macro.body.flags[at] & AFTER_SPACE;
    if (argument.length === 0) {
      const { body } = this.macro;
      out.push(TokenKind.placemarker, spacing, 0, body.start[at], body.end[at], this.place);
      return;
    }
    this.state.charge(argument.length, this.use);
    const first = out.length;
    for (let i = 0; i < argument.length; i++) out.copy(argument, i);
    out.flags[first] = (out.flags[first] & ~(AFTER_SPACE | AT_LINE_START)) | spacing;
  }

  private isVaOpt(at: number): boolean {
    const { body } = this.macro;
    const isName = body.kind[at] === TokenKind.identifier;
    return (
      isName &&
      this.state.atoms.text(body.atom[at]) === '__VA_OPT__' &&
      this.isOperator(at + 1, '(')
    );
  }

  /** `__VA_OPT__(..)`: its content if the variable argument expands to something. */
  private vaOpt(at: number, to: number): number {
    let depth = 0;
    let end = at + 1;
    for (; end < to; end++) {
      if (this.isOperator(end, '(')) depth++;
      else if (this.isOperator(end, ')') && --depth === 0) break;
    }
    const last = this.macro.parameters.length - 1;
    const variable = this.expandedArgument(last);
    let isPresent = false;
    for (let i = 0; i < variable.length; i++) {
      if (variable.kind[i] !== TokenKind.placemarker) isPresent = true;
    }
    const before = this.out.length;
    if (isPresent && !this.isInVaOpt) {
      this.isInVaOpt = true;
      this.range(at + 2, end);
      this.isInVaOpt = false;
    }
    if (this.out.length === before) this.copyArgument(this.state.newList(0), at);
    else {
      const spacing = this.macro.body.flags[at] & AFTER_SPACE;
      this.out.flags[before] = (this.out.flags[before] & ~AFTER_SPACE) | spacing;
    }
    return end + 1;
  }

  /** `## operand` at the operand: joins the last token of the result with the operand's first. */
  private paste(at: number, to: number, first: number): number {
    const { out } = this;
    const left = out.length - 1;
    if (this.isCommaBeforeVariable(at, left)) return this.variableAfterComma(at, left);
    const next = this.operand(at, to, true);
    if (left < first || left + 1 >= out.length) return next;
    this.join(left, at);
    return next;
  }

  private isCommaBeforeVariable(at: number, left: number): boolean {
    const { macro } = this;
    if (!macro.isVariadic || left < 0) return false;
    const isComma = isPunctuator(this.state, this.out, left, ',');
    return isComma && this.parameter(at) === macro.parameters.length - 1;
  }

  /** GNU `, ## __VA_ARGS__`: no variable argument, no comma; nothing is pasted. */
  private variableAfterComma(at: number, left: number): number {
    const argument = this.args[this.macro.parameters.length - 1];
    if (this.isVariableOmitted) {
      this.out.length = left;
      const { body } = this.macro;
      this.out.push(TokenKind.placemarker, 0, 0, body.start[at], body.end[at], this.place);
    } else {
      const isRaw = this.isPaste(at + 1);
      this.copyArgument(
        isRaw ? argument : this.expandedArgument(this.macro.parameters.length - 1),
        at,
      );
    }
    return at + 1;
  }

  /** Joins result tokens `left` and `left + 1`. */
  private join(left: number, at: number): void {
    const { out, state } = this;
    const right = left + 1;
    if (out.kind[right] === TokenKind.placemarker) {
      this.remove(right);
      return;
    }
    if (out.kind[left] === TokenKind.placemarker) {
      out.flags[right] = (out.flags[right] & ~AFTER_SPACE) | (out.flags[left] & AFTER_SPACE);
      this.remove(left);
      return;
    }
    const text = state.atoms.text(out.atom[left]) + state.atoms.text(out.atom[right]);
    state.chargeText(text.length, this.use);
    const kind = kindOf(text);
    if (kind === undefined) {
      if (!state.settings.isAssembly) {
        const [a, b] = [out.atom[left], out.atom[right]].map((atom) => state.atoms.text(atom));
        const span = this.macro.body.span(at - 1);
        const expansion = {
          kind: 'macro' as const,
          name: state.atoms.text(this.macro.name),
          at: this.use,
        };
        state.error('P0006', `'${a}' ## '${b}' makes no token`, { ...span, expansion });
      }
      out.flags[right] &= ~AFTER_SPACE;
      return;
    }
    out.kind[left] = kind;
    out.atom[left] = state.atoms.intern(text);
    out.flags[left] &= ~NO_EXPAND;
    this.remove(right);
  }

  private remove(at: number): void {
    const { out } = this;
    for (const row of [out.kind, out.flags, out.atom, out.start, out.end, out.place]) {
      row.copyWithin(at, at + 1, out.length);
    }
    out.length--;
  }
}

/** The replacement of `macro` for `args`, used at `use`, ready to be scanned again. */
export function substitute(state: State, macro: Macro, args: Arguments, use: Span): TokenList {
  return new Substitution(state, macro, args, use).run();
}
