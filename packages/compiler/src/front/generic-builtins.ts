// Builtins whose types are those of their arguments: arithmetic that tells of overflow, and atomic access in its two
// spellings, `__atomic_` (with a memory order, which i386 needs only to tell a plain store from an exchange) and `__sync_`.

import type { Span } from '@ring0/diagnostics';
import type { Builtin, Expression } from '../tree.ts';
import { sizeOf, type Type } from '../types.ts';
import { assignConvert } from './assignment.ts';
import { convertNode, errorNode, integerNode, isError, rvalue } from './nodes.ts';
import * as types from './type-operations.ts';
import type { Unit } from './unit.ts';

const overflowPattern = /^__builtin_(s|u)?(add|sub|mul)(l|ll)?_overflow$/;
const operations = ['add', 'sub', 'and', 'or', 'xor', 'nand'] as const;
const relaxed = 0n;
const release = 3n;

const atomicNames: ReadonlySet<string> = new Set([
  ...['load_n', 'store_n', 'exchange_n', 'compare_exchange_n', 'test_and_set', 'clear'],
  ...['thread_fence', 'signal_fence', 'always_lock_free', 'is_lock_free'],
  ...operations.flatMap((each) => [`fetch_${each}`, `${each}_fetch`]),
]);
const syncNames: ReadonlySet<string> = new Set([
  ...['bool_compare_and_swap', 'val_compare_and_swap', 'lock_test_and_set', 'lock_release'],
  ...['synchronize'],
  ...operations.flatMap((each) => [`fetch_and_${each}`, `${each}_and_fetch`]),
]);

/** True for names that `genericBuiltin` handles. */
export function isGenericBuiltin(text: string): boolean {
  if (text.startsWith('__atomic_')) return atomicNames.has(text.slice(9));
  if (text.startsWith('__sync_')) return syncNames.has(text.slice(7));
  return overflowPattern.test(text);
}

interface Call {
  readonly u: Unit;
  readonly text: string;
  readonly list: readonly Expression[];
  readonly span: Span;
}
function node(call: Call, name: Builtin, list: readonly Expression[], type: Type): Expression {
  return { kind: 'builtin', name, arguments: list, type, span: call.span };
}
function fail({ u, span }: Call, code: string, message: string): Expression {
  u.error(code, message, span);
  return errorNode(span);
}

/** The call of a generic builtin with its arguments. */
export function genericBuiltin(
  u: Unit,
  text: string,
  list: readonly Expression[],
  span: Span,
): Expression {
  const call: Call = { u, text, list: list.map((e) => rvalue(u, e)), span };
  const overflow = overflowPattern.exec(text);
  if (overflow) return overflowCall(call, overflow);
  return text.startsWith('__sync_') ? syncCall(call) : atomicCall(call);
}

function overflowCall(call: Call, [, sign, operation, length]: RegExpExecArray): Expression {
  const { u, text, list } = call;
  if (list.length !== 3)
    return fail(call, 'C0229', `'${text}' takes 3 arguments, ${list.length} given`);
  const [a, b, to] = list;
  const target = to.type.kind === 'pointer' ? to.type.to : undefined;
  if (!target || !types.isInteger(target)) {
    return fail(call, 'C0268', `argument 3 of '${text}' is no pointer to an integer`);
  }
  const kind = `${sign === 'u' ? 'u' : ''}${{ l: 'long', ll: 'llong' }[length] ?? 'int'}` as const;
  const fixed = {
    ...{ int: types.INT, uint: types.UINT, long: types.LONG, ulong: types.ULONG },
    ...{ llong: types.LLONG, ullong: types.ULLONG },
  }[kind];
  const converted = [a, b].map((e, i) =>
    sign === undefined || !fixed ? e : assignConvert(u, e, fixed, `argument ${i + 1} of '${text}'`),
  );
  if (converted.some((e) => isError(e) || !types.isInteger(e.type))) {
    return isError(converted[0]) || isError(converted[1])
      ? errorNode(call.span)
      : fail(call, 'C0268', `'${text}' takes integers`);
  }
  if (!mayMix(converted[0], converted[1], target)) {
    return fail(call, 'C0269', `'${text}' of 64 bits with and without sign is not supported`);
  }
  const names = { add: 'add-overflow', sub: 'sub-overflow', mul: 'mul-overflow' } as const;
  const name = names[operation as keyof typeof names];
  return node(call, name, [...converted, to], types.BOOL);
}

/** Whether 64-bit operands and the target have one sign; narrower ones need not. */
function mayMix(a: Expression, b: Expression, target: Type): boolean {
  const wide = [a, b].filter((e) => sizeOf(e.type) > 4);
  if (wide.length === 0) return true;
  const isUnsigned = (e: Expression): boolean => types.isUnsigned(e.type);
  const sign = wide.some(isUnsigned);
  const agrees = [a, b].every((e) =>
    sign
      ? isUnsigned(e) || (e.kind === 'integer' && e.value >= 0n)
      : sizeOf(e.type) <= 4 || !isUnsigned(e),
  );
  return agrees && types.isUnsigned(target) === sign;
}

/** What the first argument points to: a word or less. */
function objectType(call: Call): Type | undefined {
  const type = call.list[0]?.type;
  if (type?.kind !== 'pointer' || !(types.isInteger(type.to) || type.to.kind === 'pointer')) {
    fail(call, 'C0268', `argument 1 of '${call.text}' is no pointer to an integer or a pointer`);
    return undefined;
  }
  if (sizeOf(type.to) > 4) {
    fail(call, 'C0269', `'${call.text}' of ${sizeOf(type.to)} bytes is not supported`);
    return undefined;
  }
  return types.plain(type.to);
}
function operand(call: Call, number: number, type: Type): Expression {
  const given = call.list[number];
  if (!given) return fail(call, 'C0229', `'${call.text}' has too few arguments`);
  // The operand of `p += n` for a pointer is a number of bytes.
  const isCast = type.kind === 'pointer' && types.isInteger(given.type);
  return isCast
    ? convertNode(given, type)
    : assignConvert(call.u, given, type, `argument ${number + 1} of '${call.text}'`);
}

function fetch(call: Call, operation: string, isOld: boolean): Expression {
  const type = objectType(call);
  if (!type) return errorNode(call.span);
  const value = operand(call, 1, type);
  if (isError(value)) return value;
  const name = `atomic-${isOld ? 'fetch-' : ''}${operation}${isOld ? '' : '-fetch'}` as Builtin;
  return node(call, name, [call.list[0], value], type);
}
function exchange(call: Call, isPlain: boolean): Expression {
  const type = objectType(call);
  if (!type) return errorNode(call.span);
  const value = operand(call, 1, type);
  if (isError(value)) return value;
  const list = [call.list[0], value];
  return isPlain
    ? node(call, 'atomic-store', list, types.VOID)
    : node(call, 'atomic-exchange', list, type);
}
const orderOf = (e: Expression | undefined): bigint | undefined =>
  e?.kind === 'integer' ? e.value : undefined;
const isWeakOrder = (order: bigint | undefined): boolean => order === relaxed || order === release;

function atomicCall(call: Call): Expression {
  const { list, span, text } = call;
  const name = text.slice(9);
  const operation = /^fetch_(\w+)$/.exec(name)?.[1];
  if (operation !== undefined) return fetch(call, operation, true);
  const applied = /^(\w+)_fetch$/.exec(name)?.[1];
  if (applied !== undefined) return fetch(call, applied, false);
  switch (name) {
    case 'thread_fence':
      return node(call, 'atomic-fence', [], types.VOID);
    case 'signal_fence':
      return node(call, 'atomic-barrier', [], types.VOID);
    case 'always_lock_free':
    case 'is_lock_free': {
      const size = orderOf(list[0]) ?? 8n;
      return integerNode(size <= 4n && size !== 3n ? 1n : 0n, types.BOOL, span);
    }
    case 'load_n': {
      const type = objectType(call);
      return type ? node(call, 'atomic-load', [list[0]], type) : errorNode(span);
    }
    case 'store_n': {
      const stored = exchange(call, isWeakOrder(orderOf(list[2])));
      return isError(stored) ? stored : convertNode(stored, types.VOID, span);
    }
    case 'exchange_n':
      return exchange(call, false);
    case 'test_and_set':
    case 'clear':
      return flag(call, name === 'clear');
    default:
      return compareExchange(call);
  }
}
/** A byte that is 1 or 0. */
function flag(call: Call, isClear: boolean): Expression {
  const [place] = call.list;
  if (place?.type.kind !== 'pointer') {
    return fail(call, 'C0268', `argument 1 of '${call.text}' is no pointer`);
  }
  const byte = convertNode(place, types.pointerTo(types.UCHAR));
  const value = integerNode(isClear ? 0n : 1n, types.UCHAR, call.span);
  const swapped = node(call, 'atomic-exchange', [byte, value], types.UCHAR);
  return convertNode(swapped, isClear ? types.VOID : types.BOOL, call.span);
}
/** `(place, expected, desired, ..)`: the place of what is expected gets what was found. */
function compareExchange(call: Call): Expression {
  const type = objectType(call);
  const [place, expected] = call.list;
  if (!type) return errorNode(call.span);
  if (expected?.type.kind !== 'pointer') {
    return fail(call, 'C0268', `argument 2 of '${call.text}' is no pointer`);
  }
  const desired = operand(call, 2, type);
  if (isError(desired)) return desired;
  return node(call, 'atomic-compare-exchange', [place, expected, desired], types.BOOL);
}

function syncCall(call: Call): Expression {
  const { list, span, text, u } = call;
  const name = text.slice(7);
  const operation = /^fetch_and_(\w+)$/.exec(name)?.[1];
  if (operation !== undefined) return fetch(call, operation, true);
  const applied = /^(\w+)_and_fetch$/.exec(name)?.[1];
  if (applied !== undefined) return fetch(call, applied, false);
  if (name === 'synchronize') return node(call, 'atomic-fence', [], types.VOID);
  if (name === 'lock_test_and_set') return exchange(call, false);
  const type = objectType(call);
  if (!type) return errorNode(span);
  if (name === 'lock_release') {
    const zero = convertNode(integerNode(0n, types.INT, span), type);
    return node(call, 'atomic-store', [list[0], zero], types.VOID);
  }
  const [old, desired] = [operand(call, 1, type), operand(call, 2, type)];
  if (isError(old) || isError(desired)) return errorNode(span);
  if (name === 'val_compare_and_swap') {
    return node(call, 'atomic-swap-if', [list[0], old, desired], type);
  }
  if (u.function === undefined) return fail(call, 'C0268', `'${text}' outside a function`);
  return node(call, 'atomic-is-swapped', [list[0], old, desired], types.BOOL);
}
