// A translation unit (C11 6.9): external declarations one after the other, each handed to the sink
// when complete.

import { T } from './codes.ts';
import { topLevelAsm } from './asm.ts';
import { staticAssert } from './constant.ts';
import { declaration } from './declarations.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import { Resynchronise, TooDeep } from './unit.ts';
import type { Unit } from './unit.ts';
import { reportUnusedStatics } from './unused.ts';

/** True if the token to be read is the first of its line, in column 1. */
function isAtMargin(u: Unit): boolean {
  const span = u.span();
  return span.start === 0 || span.file.bytes[span.start - 1] === 10;
}

/**
 * After a syntax error outside functions: behind the next `;` or closing brace, or to a declaration
 * at the margin.
 */
function skipDeclaration(u: Unit, start: number): void {
  let depth = 0;
  for (; u.code !== T.end; u.at++) {
    if (u.at > start && isAtMargin(u)) {
      const isStart = u.code === T.name || (u.code >= T.typedef && u.code <= T.asm);
      if (isStart) return;
    }
    if (u.code === T.leftBrace) depth++;
    else if (u.code === T.rightBrace) {
      if (--depth <= 0) {
        u.at++;
        return;
      }
    } else if (u.code === T.semicolon && depth === 0) {
      u.at++;
      return;
    }
  }
}

function external(u: Unit): void {
  if (u.accept(T.semicolon)) return;
  if (u.code === T.asm) topLevelAsm(u);
  else if (u.code === T.extension && u.peek(1) === T.asm) {
    u.at++;
    topLevelAsm(u);
  } else if (u.code === T.staticAssert) staticAssert(u);
  else declaration(u);
}

/** Tentative definitions become definitions at the end of the unit (C11 6.9.2). */
function tentatives(u: Unit): void {
  for (const each of u.linked) {
    if (each.kind !== 'entity' || !each.isTentative || each.entity.isDefined) continue;
    const { entity } = each;
    const { type } = entity;
    if (type.kind === 'array' && type.count === undefined) {
      u.warn(
        'attributes',
        'C0370',
        `array '${entity.name}' is assumed to have one element`,
        entity.span,
      );
      entity.type = { ...type, count: 1 };
    } else if (type !== types.ERROR && !types.isComplete(type)) {
      const message = `variable '${entity.name}' has incomplete type '${typeText(type)}'`;
      u.error('C0347', message, entity.span);
      continue;
    }
    entity.isDefined = true;
    if (u.diagnostics.hasErrors) continue;
    u.sink.variable({ entity, initializer: undefined, isTentative: true, isStringLiteral: false });
  }
}

/**
 * Parses the whole unit. Reports go to its diagnostics; the sink gets nothing after the first
 * error.
 */
export function parseUnit(u: Unit): void {
  while (u.code !== T.end) {
    const start = u.at;
    try {
      external(u);
    } catch (thrown) {
      if (!(thrown instanceof Resynchronise) && !(thrown instanceof TooDeep)) throw thrown;
      u.closeScopesTo(0);
      u.function = undefined;
      u.unevaluated = 0;
      u.nestingDepth = 0;
      // What is nested too deep is passed over as a whole.
      if (thrown instanceof TooDeep) u.at = start;
      skipDeclaration(u, start);
      if (u.at === start) u.at++;
    }
  }
  tentatives(u);
  reportUnusedStatics(u);
  u.flushPending();
  if (u.diagnostics.hasErrors) return;
  u.sink.end(u.linked.flatMap((each) => (each.kind === 'entity' ? [each.entity] : [])));
}
