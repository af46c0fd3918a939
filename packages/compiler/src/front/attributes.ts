// `__attribute__((..))`, `_Alignas` and `asm("label")`. Each attribute is a row: what it means
// here, or that it may be ignored without harm. Others get a warning.

import type { Span } from '@ring0/diagnostics';
import type { Attributes, Expression } from '../tree.ts';
import { alignOf } from '../types.ts';
import { T } from './codes.ts';
import { constantExpression } from './constant.ts';
import { atTypeName, typeName } from './declarators.ts';
import { characterText } from './text.ts';
import { stringLiteral } from './literals.ts';
import type { Unit } from './unit.ts';

/** Attributes as written, of one declaration or type. */
export interface AttributeSet extends Attributes {
  isPacked?: boolean;
  regparm?: number;
  convention?: 'stdcall' | 'fastcall';
  mode?: string;
  isReturnsTwice?: boolean;
  isGnuInline?: boolean;
  isTransparentUnion?: boolean;
}

type Argument = {
  readonly expression?: Expression;
  readonly word?: string;
  readonly text?: string;
};

interface Handler {
  (set: AttributeSet, args: readonly Argument[], u: Unit, span: Span): void;
}

function powerOfTwo(u: Unit, argument: Argument | undefined, span: Span): number | undefined {
  if (!argument) return 16;
  const e = argument.expression;
  const value = e?.kind === 'integer' ? e.value : -1n;
  if (value > 0n && value <= 0x10000000n && (value & (value - 1n)) === 0n) return Number(value);
  u.error('C0401', 'alignment is not a power of two', span);
  return undefined;
}

const handlers: Readonly<Record<string, Handler>> = {
  packed: (set) => void (set.isPacked = true),
  aligned: (set, args, u, span) => {
    const value = powerOfTwo(u, args[0], span);
    if (value !== undefined) set.aligned = Math.max(set.aligned ?? 0, value);
  },
  section: (set, [name], u, span) => {
    if (name?.text === undefined) u.error('C0402', "'section' needs a string", span);
    else set.section = name.text;
  },
  format: (set, args) => {
    const style = args[0]?.word?.replace(/^__|__$|^gnu_/g, '');
    const [format, first] = args
      .slice(1)
      .map(({ expression }) => (expression?.kind === 'integer' ? Number(expression.value) : 0));
    if ((style !== 'printf' && style !== 'scanf') || !format) return;
    set.format = { style, format: format - 1, first: (first ?? 0) - 1 };
  },
  noreturn: (set) => void (set.isNoReturn = true),
  unused: (set) => void (set.isUnused = true),
  used: (set) => void (set.isUsed = true),
  retain: (set) => void (set.isUsed = true),
  weak: (set) => void (set.isWeak = true),
  alias: (set, [name]) => void (set.alias = name?.text),
  visibility: (set, [name], u, span) => {
    const value = name?.text;
    if (
      value === 'default' ||
      value === 'hidden' ||
      value === 'protected' ||
      value === 'internal'
    ) {
      set.visibility = value;
    } else u.error('C0403', `unknown visibility '${value ?? ''}'`, span);
  },
  regparm: (set, [count], u, span) => {
    const value = count?.expression?.kind === 'integer' ? Number(count.expression.value) : -1;
    if (value >= 0 && value <= 3) set.regparm = value;
    else u.error('C0404', "'regparm' takes 0 to 3", span);
  },
  stdcall: (set) => void (set.convention = 'stdcall'),
  fastcall: (set) => void (set.convention = 'fastcall'),
  always_inline: (set) => void (set.isAlwaysInline = true),
  noinline: (set) => void (set.isNoInline = true),
  noipa: (set) => void (set.isNoInline = true),
  naked: (set) => void (set.isNaked = true),
  // `constructor` is a member of every object: its type says nothing here.
  constructor: (set: AttributeSet) => void (set.isConstructor = true),
  destructor: (set) => void (set.isDestructor = true),
  mode: (set, [word]) => void (set.mode = word?.word?.replace(/^__|__$/g, '')),
  returns_twice: (set) => void (set.isReturnsTwice = true),
  gnu_inline: (set) => void (set.isGnuInline = true),
  transparent_union: (set) => void (set.isTransparentUnion = true),
};

/** No meaning for the code that this compiler makes. */
const ignored: ReadonlySet<string> = new Set(
  `access alloc_align alloc_size artificial assume_aligned cdecl cold common const copy
    deprecated designated_init error externally_visible fallthrough fd_arg flatten
    format_arg gnu_printf hot leaf malloc may_alias ms_struct no_icf no_instrument_function
    no_profile_instrument_function no_reorder no_sanitize no_sanitize_address
    no_sanitize_undefined no_split_stack no_stack_limit no_stack_protector nocommon noclone
    nonnull nonstring noplt nothrow optimize pure returns_nonnull scalar_storage_order sentinel
    simd stack_protect target tls_model unavailable uninitialized vector_size_none
    warn_if_not_aligned warn_unused_result warning zero_call_used_regs force_align_arg_pointer
    bounded counted_by strict_flex_array`.split(/\s+/),
);

function argument(u: Unit): Argument {
  if (u.code === T.string) return { text: characterText(stringLiteral(u).bytes) };
  const isWord = u.code === T.name && (u.peek(1) === T.comma || u.peek(1) === T.rightParen);
  if (isWord && u.lookup(u.atom)?.kind !== 'constant') {
    const word = u.text();
    u.at++;
    return { word };
  }
  if (atTypeName(u)) {
    typeName(u);
    return {};
  }
  return { expression: constantExpression(u, 'an attribute') };
}

function one(u: Unit, set: AttributeSet): void {
  const span = u.span();
  const name = u.text().replace(/^__(.*)__$/, '$1');
  u.at++;
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  const isIgnored = ignored.has(name);
  const args: Argument[] = [];
  if (u.code === T.leftParen) {
    if (!handler) skipParens(u);
    else {
      u.at++;
      while (u.code !== T.rightParen && u.code !== T.end) {
        args.push(argument(u));
        if (!u.accept(T.comma)) break;
      }
      u.expect(T.rightParen, "')'");
    }
  }
  if (handler) handler(set, args, u, span);
  else if (!isIgnored) u.warn('attributes', 'C0405', `attribute '${name}' is ignored`, span);
}

function skipParens(u: Unit): void {
  let depth = 0;
  do {
    if (u.code === T.leftParen) depth++;
    else if (u.code === T.rightParen) depth--;
    else if (u.code === T.end) u.syntaxError("expected ')'");
    u.at++;
  } while (depth > 0);
}

/** Reads any number of attribute lists into `set`. */
export function attributes(u: Unit, set: AttributeSet): void {
  while (u.code === T.attribute) {
    u.at++;
    u.expect(T.leftParen, "'(('");
    u.expect(T.leftParen, "'(('");
    while (u.code !== T.rightParen && u.code !== T.end) {
      if (!u.accept(T.comma)) one(u, set);
    }
    u.expect(T.rightParen, "'))'");
    u.expect(T.rightParen, "'))'");
  }
}

/** `_Alignas(type or constant)`, at the keyword. */
export function alignas(u: Unit, set: AttributeSet): void {
  const span = u.span();
  u.at++;
  u.expect(T.leftParen, "'('");
  let value: number | undefined;
  if (atTypeName(u)) value = alignOf(typeName(u));
  else {
    const e = constantExpression(u, '_Alignas');
    value = e.kind === 'integer' && e.value === 0n ? 0 : powerOfTwo(u, { expression: e }, span);
  }
  u.expect(T.rightParen, "')'");
  if (value !== undefined && value > 0) set.aligned = Math.max(set.aligned ?? 0, value);
}

/** `asm("symbol")` after a declarator. */
export function asmLabel(u: Unit): string | undefined {
  if (u.code !== T.asm) return undefined;
  u.at++;
  u.expect(T.leftParen, "'('");
  if (u.code !== T.string) u.syntaxError('expected a string');
  const text = characterText(stringLiteral(u).bytes);
  u.expect(T.rightParen, "')'");
  return text;
}
