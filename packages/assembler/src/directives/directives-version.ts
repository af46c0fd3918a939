// Directives that give symbols other names or say what refers to what: `.symver`, `.weakref`,
// `.version`, `.vtable_inherit`, `.vtable_entry`.

import { latin1Bytes } from '@ring0/bytes';
import {
  argumentPlace,
  expressionArgument,
  nameArgument,
  noMoreThan,
  plainText,
  rawText,
  stringArgument,
  symbolArgument,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { constant, symbolValue } from '../values/expression.ts';
import type { VersionedName } from '../object/symbols.ts';
import { refuseCommon } from '../object/versions.ts';

const wishes: ReadonlySet<string> = new Set(['local', 'hidden', 'remove']);

/** `.symver symbol, name@version [, what becomes of the symbol's own name]`. */
function symbolVersion(directive: Directive): void {
  const { assembly, operands } = directive;
  const symbol = symbolArgument(directive, 0);
  if (!symbol) return;
  if (operands.length < 2) {
    return assembly.error('A0504', "'.symver' needs a name with a version, as in name@VERSION");
  }
  const name = plainText(directive, 1) ?? '';
  const match = /^([^@]*)(@{1,3})([^@]*)$/.exec(name);
  if (!match) {
    const message = `'${name}' has no version, expected a name as in name@VERSION`;
    return assembly.error('A0504', message, argumentPlace(directive, 1));
  }
  const wish = operands[2] ? rawText(directive, operands[2]) : undefined;
  if (wish !== undefined && !wishes.has(wish)) {
    const message = `found '${wish}', expected local, hidden or remove`;
    return assembly.error('A0505', message, argumentPlace(directive, 2));
  }
  const sign = match[2] === '@@' || match[2] === '@@@' ? match[2] : '@';
  const versioned: VersionedName = { base: match[1], sign, version: match[3] };
  if (symbol.versions.some((other) => isSame(other, versioned))) return;
  if (symbol.state === 'common') return refuseCommon(assembly, symbol, assembly.where);
  if (sign === '@@@' && symbol.versions.some((other) => other.sign === '@@@')) {
    const message = `'${symbol.name}' has a version with @@@ already, of which there can be one`;
    return assembly.error('A0321', message, argumentPlace(directive, 1));
  }
  symbol.versions = [...symbol.versions, versioned];
  if (wish === 'local') symbol.versionWish = 'local';
  if (wish === 'hidden') symbol.versionWish = 'hidden';
  if (wish === 'remove') symbol.versionWish = 'remove';
  symbol.definedAt ??= assembly.where;
}

const isSame = (a: VersionedName, b: VersionedName) =>
  a.base === b.base && a.sign === b.sign && a.version === b.version;

/** `.weakref alias, target`: uses of the alias are weak uses of the target. */
function weakReference(directive: Directive): void {
  const { assembly } = directive;
  noMoreThan(directive, 2);
  const alias = symbolArgument(directive, 0);
  const name = nameArgument(directive, 1);
  if (!alias || name === undefined) return;
  let target = assembly.symbols.get(name);
  while (target.weakTarget) target = target.weakTarget;
  if (target === alias) {
    const message = `'${alias.name}' would refer to itself`;
    return assembly.error('A0305', message, argumentPlace(directive, 1));
  }
  target.isWeakTarget = true;
  assembly.assign(alias, symbolValue(target));
  // The name may have another symbol now; what it means stays.
  const named = assembly.symbols.get(alias.name);
  named.weakTarget = target;
  named.isRedefinable = false;
}

/** `.version "text"`: a note of type 1 with the text as its name. */
function version(directive: Directive): void {
  const text = stringArgument(directive, 0);
  if (text === undefined) return;
  const { assembly } = directive;
  const { current, previous } = assembly;
  const note = assembly.section('.note', { type: 7, flags: 0, entrySize: 0 });
  assembly.current = note.subsection(0);
  const name = latin1Bytes(`${text}\0`);
  for (const word of [name.length, 0, 1]) assembly.field(4, constant(BigInt(word)));
  assembly.bytes(name);
  assembly.align(4, new Uint8Array(1), 0);
  assembly.current = current;
  assembly.previous = previous;
}

const relocation = { inherit: 250, entry: 251 } as const;

/** `.vtable_inherit table, parent`: for linkers that drop unused virtual functions. */
function inherit(directive: Directive): void {
  const { assembly, operands } = directive;
  noMoreThan(directive, 2);
  const table = symbolArgument(directive, 0);
  if (!table) return;
  const isNone = operands[1] && rawText(directive, operands[1]) === '0';
  const parent = isNone ? undefined : symbolArgument(directive, 1);
  if (table.state !== 'label') {
    const message = `'${table.name}' has to be a label that stands before this`;
    return assembly.error('A0303', message, argumentPlace(directive, 0));
  }
  if (!isNone && !parent) return;
  const { where } = assembly;
  const section = table.subsection?.section ?? assembly.current.section;
  const value = parent ? symbolValue(parent) : constant(0n);
  const at = symbolValue(table);
  assembly.relocations.push({ section, at, type: relocation.inherit, value, where });
}

/** `.vtable_entry table, offset`: the relocation's place is the offset, as GNU as has it. */
function entry(directive: Directive): void {
  const { assembly } = directive;
  noMoreThan(directive, 2);
  const table = symbolArgument(directive, 0);
  const at = expressionArgument(directive, 1);
  if (!table || !at) return;
  const { where, current } = assembly;
  const value = symbolValue(table);
  const { section } = current;
  assembly.relocations.push({ section, at, type: relocation.entry, value, where });
}

export const versionDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.symver': symbolVersion,
  '.weakref': weakReference,
  '.version': version,
  '.vtable_inherit': inherit,
  '.vtable_entry': entry,
};
