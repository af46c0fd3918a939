// Statements and blocks (C11 6.8).

import { unclosedBrace } from '@ring0/diagnostics';
import type { Span } from '@ring0/diagnostics';
import type { Entity, Expression, Label, Statement } from '../tree.ts';
import { asmStatement } from './asm.ts';
import { attributes } from './attributes.ts';
import type { AttributeSet } from './attributes.ts';
import { assignConvert } from './assignment.ts';
import { T } from './codes.ts';
import { constantExpression, staticAssert } from './constant.ts';
import { declaration } from './declarations.ts';
import { conditionValue, expression } from './expressions.ts';
import { convertNode, isError, promote, rvalue, wrap } from './nodes.ts';
import { atSpecifier, atUnknownType } from './specifiers.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import { Resynchronise, TooDeep } from './unit.ts';
import type { FunctionState, LabelState, SwitchState, Unit } from './unit.ts';
import { reportUnused } from './unused.ts';

function inFunction(u: Unit): FunctionState {
  if (!u.function) throw new Error('a statement outside a function');
  return u.function;
}

/** The label of that name in the function, made at its first use. */
export function labelNamed(u: Unit, atom: number, span: Span): Label {
  if (!u.function) {
    u.error('C0301', `label '${u.atoms.text(atom)}' outside a function`, span);
    return { name: u.atoms.text(atom), isAddressTaken: false };
  }
  const state = labelState(u.function, u, atom, span);
  state.isUsed = true;
  return state.label;
}

function labelState(f: FunctionState, u: Unit, atom: number, span: Span): LabelState {
  let state = f.labels.get(atom);
  if (!state) {
    const label = { name: u.atoms.text(atom), isAddressTaken: false };
    f.labels.set(atom, (state = { label, span, isDefined: false, isUsed: false }));
  }
  return state;
}

/** Labels that were used and never defined, or defined and never used. */
export function checkLabels(u: Unit, labels: Iterable<LabelState>): void {
  for (const { label, span, isDefined, isUsed } of labels) {
    if (!isDefined) u.error('C0302', `label '${label.name}' is used but not defined`, span);
    else if (!isUsed) {
      u.warn('unused-label', 'C0303', `label '${label.name}' is defined but not used`, span);
    }
  }
}

/** `{ .. }` with a scope of its own. */
export function blockBody(u: Unit): Statement[] {
  u.openScope();
  u.enter();
  const body = blockItems(u);
  u.leave();
  endScope(u);
  return body;
}

function endScope(u: Unit): void {
  reportUnused(u, u.closeScope());
}

/** The brace that the indentation says is open, of those written in the main file. */
function unclosed(u: Unit): Span | undefined {
  const braces: { isOpen: boolean; span: Span }[] = [];
  const { file } = u.span();
  for (let at = 0; at < u.tokens.length; at++) {
    const code = u.codes[at];
    if (code !== T.leftBrace && code !== T.rightBrace) continue;
    const span = u.span(at);
    if (span.file === file) braces.push({ isOpen: code === T.leftBrace, span });
  }
  return unclosedBrace(braces);
}

/** At `{`: the items up to and with `}`. */
export function blockItems(u: Unit): Statement[] {
  const body: Statement[] = [];
  const open = u.span();
  u.at++;
  const local = localLabels(u);
  while (u.code !== T.rightBrace) {
    if (u.code === T.end) {
      u.error('C0304', "found the end of the file, expected '}'", u.span(), [
        { message: "this '{' is not closed", span: unclosed(u) ?? open },
      ]);
      break;
    }
    const depth = u.depth;
    const nesting = u.nestingDepth;
    const start = u.at;
    try {
      item(u, body);
    } catch (thrown) {
      if (!(thrown instanceof Resynchronise)) throw thrown;
      u.closeScopesTo(depth);
      u.nestingDepth = nesting;
      skipStatement(u, start);
    }
  }
  u.accept(T.rightBrace);
  restoreLabels(u, local);
  return body;
}

type SavedLabels = [number, LabelState | undefined][];

/** GNU `__label__ a, b;` at the start of a block. */
function localLabels(u: Unit): SavedLabels {
  const saved: SavedLabels = [];
  while (u.accept(T.label)) {
    do {
      const span = u.span();
      const atom = u.expectName('a label');
      const { labels } = inFunction(u);
      saved.push([atom, labels.get(atom)]);
      labels.delete(atom);
      labelState(inFunction(u), u, atom, span);
    } while (u.accept(T.comma));
    u.expect(T.semicolon, "';'");
  }
  return saved;
}

function restoreLabels(u: Unit, saved: SavedLabels): void {
  for (const [atom, outer] of saved.reverse()) {
    const { labels } = inFunction(u);
    const own = labels.get(atom);
    if (own) checkLabels(u, [own]);
    if (outer) labels.set(atom, outer);
    else labels.delete(atom);
  }
}

/** After a syntax error: to the end of the statement that holds token `start`. */
function skipStatement(u: Unit, start: number): void {
  let depth = 0;
  for (; u.code !== T.end; u.at++) {
    if (u.code === T.leftBrace) depth++;
    else if (u.code === T.rightBrace) {
      if (depth === 0) break;
      if (--depth === 0) {
        u.at++;
        return;
      }
    } else if (depth === 0 && u.code === T.semicolon) {
      u.at++;
      return;
    } else if (depth === 0 && u.at > start && beginsStatement(u)) return;
  }
  if (u.at === start && u.code !== T.end && u.code !== T.rightBrace) u.at++;
}

/** A keyword that begins a statement, first on its line. */
function beginsStatement(u: Unit): boolean {
  const isFirst = (u.tokens.flags[u.at] & 1) !== 0;
  return (
    isFirst &&
    ((u.code >= T.if && u.code <= T.return) || (u.code >= T.typedef && u.code < T.attribute))
  );
}

function item(u: Unit, body: Statement[]): void {
  const isLabel = u.code === T.name && u.peek(1) === T.colon;
  if (!isLabel && (atDeclaration(u) || atUnknownType(u))) declaration(u, body);
  else if (u.code === T.staticAssert) staticAssert(u);
  else body.push(statement(u));
}

function atDeclaration(u: Unit): boolean {
  if (u.code === T.attribute) return isAttributedDeclaration(u);
  return atSpecifier(u);
}

/** `__attribute__((..))` begins a declaration, or a statement such as `fallthrough;`. */
function isAttributedDeclaration(u: Unit): boolean {
  let ahead = 1;
  let depth = 0;
  do {
    const code = u.peek(ahead++);
    if (code === T.leftParen) depth++;
    else if (code === T.rightParen) depth--;
    else if (code === T.end) return false;
  } while (depth > 0);
  const start = u.at;
  u.at += ahead;
  const result = u.code === T.attribute ? isAttributedDeclaration(u) : atSpecifier(u);
  u.at = start;
  return result;
}

export function statement(u: Unit): Statement {
  u.enter();
  const result = statementOf(u);
  u.leave();
  return result;
}

function statementOf(u: Unit): Statement {
  const first = u.at;
  const span = u.span();
  switch (u.code) {
    case T.leftBrace:
      return { kind: 'block', body: blockBody(u), span };
    case T.if:
      return ifStatement(u);
    case T.while:
      return whileStatement(u);
    case T.do:
      return doStatement(u);
    case T.for:
      return forStatement(u);
    case T.switch:
      return switchStatement(u);
    case T.case:
    case T.default:
      return caseStatement(u);
    case T.break:
    case T.continue:
      return leave(u, u.code === T.break ? 'break' : 'continue');
    case T.goto:
      return gotoStatement(u);
    case T.return:
      return returnStatement(u);
    case T.asm:
      return asmStatement(u);
    case T.semicolon:
      u.at++;
      return { kind: 'empty', span };
    case T.attribute:
      attributes(u, {});
      return statement(u);
    case T.name:
      if (u.peek(1) === T.colon) return labelled(u);
      break;
    default:
      break;
  }
  if (atSpecifier(u)) {
    u.error('C0305', 'a declaration is no statement; put it in braces', span);
    const body: Statement[] = [];
    declaration(u, body);
    return { kind: 'block', body, span };
  }
  const e = rvalue(u, expression(u));
  const whole = u.spanFrom(first);
  u.expect(T.semicolon, "';'");
  if (isError(e)) return { kind: 'empty', span: whole };
  // In a statement expression the last value is the result.
  if (!(u.code === T.rightBrace && u.peek(1) === T.rightParen)) warnUnusedValue(u, e);
  return { kind: 'expression', expression: e, span: whole };
}

function warnUnusedValue(u: Unit, e: Expression): void {
  const idle = new Set([
    'compare',
    'binary',
    'not',
    'negate',
    'complement',
    'address',
    'pointer-add',
    'integer',
  ]);
  const isPlainLoad = e.kind === 'load' && (e.lvalue.type.qualifiers & 2) === 0;
  if (idle.has(e.kind) || isPlainLoad) {
    u.warn('unused-value', 'C0306', 'value is computed and not used', e.span);
  }
}

function labelled(u: Unit): Statement {
  const span = u.span();
  const state = labelState(inFunction(u), u, u.atom, span);
  if (state.isDefined)
    u.error('C0307', `duplicate label '${state.label.name}'`, span, [
      { message: 'first here', span: state.span },
    ]);
  state.isDefined = true;
  u.at += 2;
  const set: AttributeSet = {};
  if (u.code === T.attribute && !isAttributedDeclaration(u)) attributes(u, set);
  if (set.isUnused) state.isUsed = true;
  return { kind: 'label', label: state.label, body: afterLabel(u, span), span };
}

/** The statement after a label; a label before `}` or a declaration is tolerated, as in C23. */
function afterLabel(u: Unit, span: Span): Statement {
  if (u.code === T.rightBrace) return { kind: 'empty', span };
  const isLabel = u.code === T.name && u.peek(1) === T.colon;
  if (!isLabel && atDeclaration(u)) return { kind: 'empty', span };
  return statement(u);
}

const CHAIN_MAX = 2000;

function parenthesisedCondition(u: Unit, what: string): Expression {
  u.expect(T.leftParen, "'('");
  const first = u.at;
  const value = expression(u);
  const isBare = u.codes[first] !== T.leftParen && u.codes[u.at - 1] !== T.rightParen;
  const e = conditionValue(u, value, what);
  if (e.kind === 'assign' && (isBare || u.codes[first] !== T.leftParen)) {
    u.warn('parentheses', 'C0308', "assignment as a condition; '==' is a comparison", e.span);
  }
  u.expect(T.rightParen, "')'");
  return e;
}

/** A chain of `else if` is read in a loop: long ones are no nesting. */
function ifStatement(u: Unit): Statement {
  const arms: { readonly condition: Expression; readonly then: Statement; readonly span: Span }[] =
    [];
  let otherwise: Statement | undefined;
  do {
    const span = u.span();
    u.at++;
    const condition = parenthesisedCondition(u, 'condition');
    arms.push({ condition, then: statement(u), span });
    if (!u.accept(T.else)) break;
    if (u.code !== T.if) otherwise = statement(u);
  } while (!otherwise && arms.length < CHAIN_MAX);
  if (arms.length === CHAIN_MAX) {
    u.error('C0003', `more than ${CHAIN_MAX} 'else if' in a row`, u.span());
    throw new TooDeep();
  }
  for (const { condition, then, span } of arms.reverse()) {
    otherwise = { kind: 'if', condition, then, otherwise, span };
  }
  return otherwise ?? { kind: 'empty', span: u.span() };
}

function loopBody(u: Unit): Statement {
  const f = inFunction(u);
  f.breakDepth++;
  f.loopDepth++;
  const body = statement(u);
  f.breakDepth--;
  f.loopDepth--;
  return body;
}

function whileStatement(u: Unit): Statement {
  const span = u.span();
  u.at++;
  const condition = parenthesisedCondition(u, 'condition');
  return { kind: 'while', condition, body: loopBody(u), span };
}

function doStatement(u: Unit): Statement {
  const span = u.span();
  u.at++;
  const body = loopBody(u);
  if (!u.accept(T.while)) u.syntaxError("expected 'while'");
  const condition = parenthesisedCondition(u, 'condition');
  u.expect(T.semicolon, "';'");
  return { kind: 'do', body, condition, span };
}

function forStatement(u: Unit): Statement {
  const span = u.span();
  u.at++;
  u.openScope();
  u.expect(T.leftParen, "'('");
  const initial: Statement[] = [];
  if (atSpecifier(u)) declaration(u, initial);
  else {
    if (u.code !== T.semicolon) {
      const e = rvalue(u, expression(u));
      if (!isError(e)) initial.push({ kind: 'expression', expression: e, span: e.span });
    }
    u.expect(T.semicolon, "';'");
  }
  const condition =
    u.code === T.semicolon ? undefined : conditionValue(u, expression(u), 'condition');
  u.expect(T.semicolon, "';'");
  const step = u.code === T.rightParen ? undefined : rvalue(u, expression(u));
  u.expect(T.rightParen, "')'");
  const body = loopBody(u);
  endScope(u);
  return { kind: 'for', initial, condition, step, body, span };
}

function switchStatement(u: Unit): Statement {
  const span = u.span();
  const f = inFunction(u);
  u.at++;
  u.expect(T.leftParen, "'('");
  let value = rvalue(u, expression(u));
  u.expect(T.rightParen, "')'");
  if (!isError(value) && !types.isInteger(value.type)) {
    u.error('C0309', `switch on '${typeText(value.type)}', an integer is needed`, value.span);
    value = convertNode({ kind: 'integer', value: 0n, type: types.ERROR, span }, types.INT);
  }
  const selector = value.type;
  value = promote(value);
  const state: SwitchState = { type: value.type, cases: [], default: undefined };
  f.switches.push(state);
  f.breakDepth++;
  const body = statement(u);
  f.breakDepth--;
  f.switches.pop();
  checkCases(u, state);
  if (selector.kind === 'enum' && !state.default) {
    for (const constant of selector.definition.constants) {
      if (state.cases.some(({ low, high }) => low <= constant.value && constant.value <= high))
        continue;
      u.warn(
        'switch',
        'C0310',
        `enumeration value '${constant.name}' is not handled in switch`,
        span,
      );
    }
  }
  const cases = state.cases.map(({ low, high, label }) => ({ low, high, label }));
  return { kind: 'switch', value, cases, default: state.default, body, span };
}

function checkCases(u: Unit, state: SwitchState): void {
  const sorted = [...state.cases].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i].low > sorted[i - 1].high) continue;
    const [first, second] =
      sorted[i].span.start < sorted[i - 1].span.start
        ? [sorted[i], sorted[i - 1]]
        : [sorted[i - 1], sorted[i]];
    u.error('C0311', `duplicate case value ${sorted[i].low}`, second.span, [
      { message: 'first here', span: first.span },
    ]);
  }
}

function caseStatement(u: Unit): Statement {
  const first = u.at;
  const span = u.span();
  const f = inFunction(u);
  const state = f.switches[f.switches.length - 1];
  const isDefault = u.code === T.default;
  u.at++;
  const label: Label = { name: isDefault ? 'default' : 'case', isAddressTaken: false };
  if (isDefault) {
    if (state?.default) u.error('C0312', "second 'default' in one switch", span);
  } else {
    const low = constantExpression(u, 'a case label');
    const high = u.accept(T.ellipsis) ? constantExpression(u, 'a case label') : low;
    if (
      state &&
      low.kind === 'integer' &&
      high.kind === 'integer' &&
      !isError(low) &&
      !isError(high)
    ) {
      const from = wrap(low.value, state.type);
      const to = wrap(high.value, state.type);
      if (from <= to) state.cases.push({ low: from, high: to, label, span: u.spanFrom(first) });
      else u.warn('switch', 'C0313', 'empty case range', u.spanFrom(first));
    }
  }
  if (!state) u.error('C0314', `'${isDefault ? 'default' : 'case'}' stands outside a switch`, span);
  else if (isDefault) state.default ??= label;
  u.expect(T.colon, "':'");
  return { kind: 'label', label, body: afterLabel(u, span), span };
}

function leave(u: Unit, kind: 'break' | 'continue'): Statement {
  const span = u.span();
  const f = inFunction(u);
  u.at++;
  if ((kind === 'break' ? f.breakDepth : f.loopDepth) === 0) {
    const where = kind === 'break' ? 'a loop or switch' : 'a loop';
    u.error('C0315', `'${kind}' stands outside ${where}`, span);
  }
  u.expect(T.semicolon, "';'");
  return { kind, span };
}

function gotoStatement(u: Unit): Statement {
  const span = u.span();
  u.at++;
  if (u.accept(T.star)) {
    const target = rvalue(u, expression(u));
    u.expect(T.semicolon, "';'");
    if (isError(target)) return { kind: 'empty', span };
    const pointer = types.isPointer(target.type)
      ? convertNode(target, types.VOID_POINTER)
      : assignConvert(u, target, types.VOID_POINTER, 'computed goto');
    return { kind: 'computed-goto', target: pointer, span };
  }
  const at = u.span();
  const label = labelNamed(u, u.expectName('a label'), at);
  u.expect(T.semicolon, "';'");
  return { kind: 'goto', label, span };
}

/** The automatic variable whose address `e` is. */
function localOf(e: Expression): Entity | undefined {
  if (e.kind !== 'address') return undefined;
  let { lvalue } = e;
  while (lvalue.kind === 'member') lvalue = lvalue.base;
  const entity = lvalue.kind === 'entity' ? lvalue.entity : undefined;
  return entity?.storage === 'automatic' && entity.name !== '' ? entity : undefined;
}

function returnStatement(u: Unit): Statement {
  const first = u.at;
  const span = u.span();
  const { returns } = inFunction(u).type;
  u.at++;
  if (u.accept(T.semicolon)) {
    if (returns.kind !== 'void' && returns !== types.ERROR) {
      const message = `'return' without a value in a function returning '${typeText(returns)}'`;
      u.warn('return-mismatch', 'C0316', message, span);
    }
    return { kind: 'return', value: undefined, span };
  }
  const e = rvalue(u, expression(u));
  const whole = u.spanFrom(first);
  u.expect(T.semicolon, "';'");
  if (isError(e)) return { kind: 'return', value: undefined, span: whole };
  if (returns.kind === 'void') {
    if (e.type.kind !== 'void') {
      u.warn(
        'return-mismatch',
        'C0317',
        "'return' with a value in a function returning void",
        e.span,
      );
    }
    const value: Expression = { kind: 'convert', operand: e, type: types.VOID, span: e.span };
    return { kind: 'return', value, span: whole };
  }
  const local = localOf(e);
  if (local) {
    const message = `the address of the local variable '${local.name}' is returned`;
    u.warn('return-local-addr', 'C0318', message, e.span, [
      { message: 'it is gone after the return', span: local.span },
      { message: 'make it static, or let the caller give the memory' },
    ]);
  }
  const value = assignConvert(u, e, returns, 'return');
  return { kind: 'return', value: isError(value) ? undefined : value, span: whole };
}
