// Whether control can reach the end of a statement, for -Wreturn-type and the implicit `return 0`
// of main. Conditions count as unknown unless constant; a label counts as reached.

import type { Expression, Statement } from '../tree.ts';
import { constantTruth } from './nodes.ts';

/** True if `break` inside `statement` leaves the loop or switch it is the body of. */
function breaks(statement: Statement): boolean {
  switch (statement.kind) {
    case 'break':
      return true;
    case 'block':
      return statement.body.some(breaks);
    case 'if':
      return (
        breaks(statement.then) || (statement.otherwise !== undefined && breaks(statement.otherwise))
      );
    case 'label':
      return breaks(statement.body);
    default:
      return false;
  }
}

function neverReturns(e: Expression): boolean {
  switch (e.kind) {
    case 'call': {
      const { type } = e.callee;
      return type.kind === 'pointer' && type.to.kind === 'function' && type.to.isNoReturn;
    }
    case 'builtin':
      return e.name === 'unreachable' || e.name === 'trap';
    case 'comma':
      return neverReturns(e.left) || neverReturns(e.right);
    case 'convert':
      return neverReturns(e.operand);
    case 'conditional':
      return neverReturns(e.then) && neverReturns(e.otherwise);
    case 'statement-expression':
      return !blockFalls(e.body);
    default:
      return false;
  }
}

function blockFalls(body: readonly Statement[]): boolean {
  let isReached = true;
  for (const statement of body) {
    if (!isReached && !holdsLabel(statement)) continue;
    isReached = fallsThrough(statement);
  }
  return isReached;
}

/** A place that a jump may lead to. */
function holdsLabel(statement: Statement): boolean {
  switch (statement.kind) {
    case 'label':
      return true;
    case 'block':
      return statement.body.some(holdsLabel);
    case 'if':
      return (
        holdsLabel(statement.then) ||
        (statement.otherwise !== undefined && holdsLabel(statement.otherwise))
      );
    case 'while':
    case 'do':
    case 'for':
    case 'switch':
      return holdsLabel(statement.body);
    default:
      return false;
  }
}

function loopFalls(condition: Expression | undefined, body: Statement): boolean {
  const isEndless = condition === undefined || constantTruth(condition) === true;
  return !isEndless || breaks(body);
}

/** Can control reach the end of `statement`? */
export function fallsThrough(statement: Statement): boolean {
  switch (statement.kind) {
    case 'expression':
      return !neverReturns(statement.expression);
    case 'block':
      return blockFalls(statement.body);
    case 'if': {
      const truth = constantTruth(statement.condition);
      const { then, otherwise } = statement;
      const second = otherwise === undefined || fallsThrough(otherwise);
      if (truth === true) return fallsThrough(then);
      if (truth === false && !holdsLabel(then)) return second;
      return fallsThrough(then) || second;
    }
    case 'while':
    case 'for':
      return loopFalls(statement.condition, statement.body);
    case 'do':
      if (constantTruth(statement.condition) === true) return breaks(statement.body);
      return fallsThrough(statement.body) || breaks(statement.body) || continues(statement.body);
    case 'switch':
      return (
        statement.default === undefined || fallsThrough(statement.body) || breaks(statement.body)
      );
    case 'label':
      return fallsThrough(statement.body);
    case 'goto':
    case 'computed-goto':
    case 'break':
    case 'continue':
    case 'return':
      return false;
    case 'asm':
      return true;
    default:
      return true;
  }
}

function continues(statement: Statement): boolean {
  switch (statement.kind) {
    case 'continue':
      return true;
    case 'block':
      return statement.body.some(continues);
    case 'if':
      return (
        continues(statement.then) ||
        (statement.otherwise !== undefined && continues(statement.otherwise))
      );
    case 'label':
    case 'switch':
      return continues(statement.body);
    default:
      return false;
  }
}
