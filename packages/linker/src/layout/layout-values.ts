// What the layout reads out of expressions and statements: fill patterns, alignments, names.

import { sectionFlag, sectionType } from '@ring0/elf';
import { absolute, evaluate } from '../script/evaluate.ts';
import type { Context, Value } from '../script/evaluate.ts';
import { symbolAddress } from '../model.ts';
import type { BodyItem, InputSection, LayoutItem, LinkSymbol, OutputSection } from '../model.ts';
import { isScriptSymbolWanted } from '../script/script-symbols.ts';
import type { LinkSettings } from '../settings.ts';
import type { Expression } from '../script/script-syntax.ts';

/**
 * The symbols that an expression mentions; a symbol that is made from one other takes over its
 * type and visibility.
 */
export function namesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'name':
      return expression.name === '.' ? [] : [expression.name];
    case 'unary':
      return namesIn(expression.operand);
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case 'conditional':
      return [expression.condition, expression.yes, expression.no].flatMap(namesIn);
    case 'call':
      return expression.name === 'ABSOLUTE' ? expression.arguments.flatMap(namesIn) : [];
    default:
      return [];
  }
}

/** What an object's definition means to expressions; in a section that is left out it counts from nothing. */
export function definedValue(symbol: LinkSymbol): Value | undefined {
  const { section, isMade, state, value } = symbol;
  if (isMade || state !== 'defined') return undefined;
  if (section === 'absolute') return { value: BigInt(value >>> 0), base: 'absolute' };
  const output = section && (section.kind === 'output' ? section : section.output);
  if (!output) return { value: BigInt(value), base: 'absolute' };
  return { value: BigInt(symbolAddress(symbol) - output.address), base: output };
}

/** ALIGN's argument as GNU takes it: the next power of two. */
export function powerOfTwo(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}

/**
 * Fill bytes: the digits of a hexadecimal number as they stand, else four bytes, most significant
 * first.
 */
export function fillPattern(fill: Expression | undefined, context: Context): Uint8Array {
  if (!fill) return new Uint8Array(0);
  if (fill.kind === 'number' && fill.digits) {
    const digits = fill.digits.length % 2 === 0 ? fill.digits : `0${fill.digits}`;
    return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }
  const value = Number(BigInt.asUintN(32, absolute(evaluate(fill, context))));
  return new Uint8Array([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
}

/** A section that a data statement creates is read-only; one that anything else creates is not. */
export function beginsWithData({ body }: OutputSection): boolean {
  const isMaking = (item: BodyItem): boolean => item.kind !== 'inputs' || item.sections.length > 0;
  return body.find(isMaking)?.kind === 'data';
}

const isNumber = (tree: Expression, value: bigint): boolean =>
  tree.kind === 'number' && tree.value === value;
const isDot = (tree: Expression): boolean => tree.kind === 'name' && tree.name === '.';

/**
 * `. = 0`, `. = symbol`, `. = . + 0` and `. = ALIGN(. != 0 ? n : 1)`: where they come to nothing,
 * they do not keep an empty section, as other assignments to the location counter do.
 */
export function isTrivialMove(tree: Expression): boolean {
  if (tree.kind === 'number') return true;
  if (tree.kind === 'name') return !isDot(tree);
  if (tree.kind === 'binary' && tree.operator === '+') {
    const { left, right } = tree;
    return (isDot(left) && isNumber(right, 0n)) || (isNumber(left, 0n) && isDot(right));
  }
  if (tree.kind !== 'call' || tree.name !== 'ALIGN' || tree.arguments.length !== 1) return false;
  const [argument] = tree.arguments;
  if (argument?.kind !== 'conditional' || !isNumber(argument.no, 1n)) return false;
  const { condition } = argument;
  return (
    condition.kind === 'binary' &&
    condition.operator === '!=' &&
    isDot(condition.left) &&
    isNumber(condition.right, 0n)
  );
}

const typeNames: Readonly<Record<string, number>> = {
  SHT_PROGBITS: sectionType.progbits,
  SHT_STRTAB: sectionType.strtab,
  SHT_NOTE: sectionType.note,
  SHT_NOBITS: sectionType.nobits,
  SHT_INIT_ARRAY: sectionType.initArray,
  SHT_FINI_ARRAY: sectionType.finiArray,
  SHT_PREINIT_ARRAY: sectionType.preinitArray,
};

/** Empty, it takes the location counter with it all the same. */
export const movesDot = (
  { body }: OutputSection,
  globals: ReadonlyMap<string, LinkSymbol>,
): boolean =>
  body.some((item) => {
    if (item.kind !== 'assign') return false;
    return item.name === '.' ? !isTrivialMove(item.value) : isScriptSymbolWanted(item, globals);
  });

const arrayTypes: readonly number[] = [
  sectionType.initArray,
  sectionType.finiArray,
  sectionType.preinitArray,
];
const pointerBytes = 4;

/** The type that `(TYPE = ..)` gives; one that is only kept has contents and is writable. */
export function giveType(section: OutputSection, context: Context): void {
  const { elfType } = section.statement;
  if (elfType && !section.hasInput) {
    const named = elfType.kind === 'name' ? typeNames[elfType.name] : undefined;
    section.type = named ?? Number(BigInt.asUintN(32, absolute(evaluate(elfType, context))));
    if (arrayTypes.includes(section.type)) section.entrySize = pointerBytes;
  } else if (section.type === 0 && !section.hasInput) {
    section.type = sectionType.progbits;
    if (section.flags === 0) section.flags = sectionFlag.write;
  }
}

/** Something of an object file is in the section, be it empty. */
export const hasObjectInput = ({ body }: OutputSection): boolean =>
  body.some((item) => item.kind === 'inputs' && item.sections.some((s) => s.object.file));

/** It holds an empty section that the linker made to stay where KEEP names it. */
export const isHeld = ({ body }: OutputSection): boolean =>
  body.some(
    (item) =>
      item.kind === 'inputs' &&
      item.sections.some((section) => isEmptyYetKept(section, item.pattern?.isKept ?? false)),
  );

/** Made by the linker to stay; or frames of which none is left. */
const isEmptyYetKept = (
  { isKept, object, edit, name, data }: InputSection,
  isNamedToStay: boolean,
): boolean =>
  object.file === undefined
    ? isKept && isNamedToStay
    : edit !== undefined && name === '.eh_frame' && data.length > 0;

/**
 * The section that a symbol set from the location counter belongs to: `last`, or the next one from
 * `position` on, never a thread-local one. What only --section-start names comes before all others for GNU ld, so it is never
 * the next.
 */
export function sectionNear(
  { items, settings }: { readonly items: readonly LayoutItem[]; readonly settings: LinkSettings },
  position: number,
  last: OutputSection | undefined,
  prefersNext: boolean,
): OutputSection | undefined {
  const { alloc, tls } = sectionFlag;
  const isPlace = (o: OutputSection): boolean =>
    !o.isIgnored && o.exists && (o.flags & (alloc | tls)) === alloc;
  const isNamedOnly = ({ name, statement }: OutputSection): boolean =>
    statement.span === undefined && settings.sectionStarts.has(name);
  const next = items
    .slice(position)
    .find(
      (item): item is OutputSection =>
        item.kind === 'output' && isPlace(item) && !isNamedOnly(item),
    );
  if (!last || (prefersNext && next)) return next;
  return isPlace(last) ? last : undefined;
}
