// .note.gnu.property: what all of a program's code keeps to (Linux extensions to gABI 0.13, 3; i386
// psABI 1.1, "Program Property"). The output has a feature only if every input has it.

import { ByteWriter } from '@ring0/bytes';
import type { DiagnosticList } from '@ring0/diagnostics';
import { sectionFlag, sectionType } from '@ring0/elf';
import { makeSection } from '../model.ts';
import type { InputObject } from '../model.ts';
import type { LinkSettings } from '../options.ts';
import { stackSizeOf } from '../layout/segments.ts';

const noteType = 5;
const owner = 0x00554e47;

/** How values of inputs are combined, by ranges of pr_type (Linux extensions to gABI, 2.1). */
type Rule = 'and' | 'or' | 'or-if-all' | 'max' | 'any' | 'unknown';
const feature1 = 0xc0000002;
const stackSizeType = 1;
const neededType = 0xb0008000;
const isaNeeded = 0xc0008002;
const ranges: readonly (readonly [from: number, to: number, rule: Rule])[] = [
  [stackSizeType, stackSizeType, 'max'],
  [2, 2, 'any'],
  [0xb0000000, 0xb0007fff, 'and'],
  [neededType, 0xb000ffff, 'or'],
  [0xc0000000, 0xc0000000, 'or-if-all'],
  [0xc0000001, 0xc0000001, 'or'],
  [feature1, 0xc0007fff, 'and'],
  [0xc0008000, 0xc000ffff, 'or'],
  [0xc0010000, 0xc0017fff, 'or-if-all'],
];

const ruleOf = (type: number): Rule =>
  ranges.find(([from, to]) => type >= from && type <= to)?.[2] ?? 'unknown';

/** Bits of GNU_PROPERTY_X86_FEATURE_1_AND. */
export const feature = { ibt: 1, shadowStack: 2 } as const;

/** Levels of -z x86-64-LEVEL as bits. */
const levels: Readonly<Record<string, number>> = { baseline: 1, v2: 2, v3: 4, v4: 8 };

/** Values by pr_type, each with its size in bytes. */
type Properties = Map<number, { value: number; readonly size: number }>;

/**
 * Makes one note of all and puts it into the first object that has one, or into the last where only
 * options ask for it; those of the others are dropped. The features that all code has, and what the
 * map tells.
 */
export function mergeProperties(
  objects: readonly InputObject[],
  settings: LinkSettings,
  diagnostics: DiagnosticList,
  last: InputObject | undefined,
): { features: number; remarks: string[] | undefined; owner: InputObject | undefined } {
  const inputs = objects.filter(({ file }) => file !== undefined);
  const read = inputs.map((object) => ({ object, properties: propertiesOf(object) }));
  const first = read.find(hasKnown);
  const wanted = wantedFeatures(settings);
  reportMissing(read, settings, wanted, diagnostics);
  const remarks: string[] = [];
  const merged: Properties = new Map(first?.properties);
  if (first && wanted !== 0) {
    const value = (merged.get(feature1)?.value ?? 0) | wanted;
    merged.set(feature1, { value, size: 4 });
  }
  if (first)
    for (const other of read) if (other !== first) mergeOne(merged, first, other, wanted, remarks);
  applyOptions(merged, settings, wanted, first !== undefined);
  tellUnknown(read, diagnostics);
  for (const [type, { value, size }] of merged) {
    if (ruleOf(type) === 'unknown') merged.delete(type);
    else if (value === 0 && size > 0 && !isKeptEmpty(type, settings)) merged.delete(type);
  }
  const features = merged.get(feature1)?.value ?? 0;
  const owner = merged.size > 0 ? (first?.object ?? last) : undefined;
  if (owner) putNote(owner, noteBytes(merged));
  return {
    features,
    remarks: first || merged.size > 0 ? remarks : undefined,
    owner: owner?.isBare ? undefined : owner,
  };
}

const hasKnown = ({ properties }: { readonly properties: Properties }): boolean =>
  [...properties.keys()].some((type) => ruleOf(type) !== 'unknown');

/** That code uses nothing of a list is worth to be told. */
const isKeptEmpty = (type: number, settings: LinkSettings): boolean =>
  ruleOf(type) === 'or-if-all' || isCleared(type, settings);

const isCleared = (type: number, { keywords }: LinkSettings): boolean =>
  type === neededType && keywords.has('noindirect-extern-access');

function wantedFeatures({ keywords }: LinkSettings): number {
  const ibt = keywords.has('ibt') ? feature.ibt : 0;
  return ibt | (keywords.has('shstk') ? feature.shadowStack : 0);
}

const shown = (value: number | undefined): string =>
  value === undefined ? 'not found' : `0x${value.toString(16)}`;

/** Merges what `other` says into `merged`, which stands for `first`. */
function mergeOne(
  merged: Properties,
  first: { readonly object: InputObject },
  other: { readonly object: InputObject; readonly properties: Properties },
  wanted: number,
  remarks: string[],
): void {
  const types = [...merged.keys()].sort((a, b) => a - b);
  const more = [...other.properties.keys()].filter((type) => !merged.has(type));
  for (const type of [...types, ...more.sort((a, b) => a - b)]) {
    const own = merged.get(type);
    const theirs = other.properties.get(type);
    const isForced = type === feature1 && wanted !== 0;
    const plain = combined(ruleOf(type), own?.value, theirs?.value);
    const value = isForced ? ((plain ?? 0) | wanted) >>> 0 : plain;
    const size = (own ?? theirs)?.size ?? 4;
    if (value === undefined) merged.delete(type);
    else merged.set(type, { value, size });
    const isOneSided = own === undefined || theirs === undefined;
    const isSame = isOneSided ? value === (own?.value ?? value) : own.value === theirs.value;
    if (isSame && value !== undefined) continue;
    const what = `property ${shown(type).padStart(10)}`;
    const change = value === undefined ? 'Removed' : 'Updated';
    // Of what an option adds GNU ld shows the bare digits.
    const digits = isOneSided ? (value ?? 0).toString(16) : shown(value);
    const now = value === undefined ? '' : ` (${digits})`;
    const sides = `${first.object.name} (${shown(own?.value)}) and ${other.object.name} (${shown(theirs?.value)})`;
    remarks.push(`${change} ${what}${now} to merge ${sides}`);
  }
}

/** Undefined: the output does not have it. */
function combined(rule: Rule, a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) {
    return rule === 'and' || rule === 'or-if-all' ? undefined : (a ?? b);
  }
  if (rule === 'and') return (a & b) >>> 0 || undefined;
  if (rule === 'max') return Math.max(a, b);
  return rule === 'unknown' || rule === 'any' ? a : (a | b) >>> 0;
}

function applyOptions(
  merged: Properties,
  settings: LinkSettings,
  wanted: number,
  hasNote: boolean,
): void {
  const { keywords } = settings;
  const add = (type: number, value: number): void => {
    if (value !== 0) {
      merged.set(type, { value: ((merged.get(type)?.value ?? 0) | value) >>> 0, size: 4 });
    }
  };
  add(feature1, wanted);
  for (const [level, bit] of Object.entries(levels)) {
    if (keywords.has(`x86-64-${level}`)) add(isaNeeded, bit);
  }
  if (keywords.has('indirect-extern-access')) add(neededType, 1);
  const needed = merged.get(neededType);
  if (needed && isCleared(neededType, settings)) needed.value = (needed.value & ~1) >>> 0;
  const stackSize = hasNote || merged.size > 0 ? stackSizeOf(settings) : undefined;
  if (stackSize !== undefined) {
    const value = Math.max(stackSize, merged.get(stackSizeType)?.value ?? 0);
    merged.set(stackSizeType, { value, size: 4 });
  }
}

/** -z cet-report. */
function reportMissing(
  read: readonly { readonly object: InputObject; readonly properties: Properties }[],
  { keywords }: LinkSettings,
  wanted: number,
  diagnostics: DiagnosticList,
): void {
  const how = [...keywords].findLast((word) => word.startsWith('cet-report='))?.slice(11);
  if (how !== 'warning' && how !== 'error') return;
  for (const { object, properties } of read) {
    const has = (properties.get(feature1)?.value ?? 0) | wanted;
    const names = [
      (has & feature.ibt) === 0 ? 'IBT' : '',
      (has & feature.shadowStack) === 0 ? 'SHSTK' : '',
    ].filter((name) => name !== '');
    if (names.length === 0) continue;
    const message = `${object.name}: missing ${names.join(' and ')} ${names.length > 1 ? 'properties' : 'property'}`;
    if (how === 'error') diagnostics.error('L0230', message);
    else diagnostics.warning('L0230', message);
  }
}

/** Of what is unknown nobody can say what it means for all of the code, so it is dropped. */
function tellUnknown(
  read: readonly { readonly object: InputObject; readonly properties: Properties }[],
  diagnostics: DiagnosticList,
): void {
  for (const { object, properties } of read) {
    for (const type of properties.keys()) {
      if (ruleOf(type) !== 'unknown') continue;
      const message = `${object.name}: program property of unknown type ${shown(type)} is dropped`;
      diagnostics.warning('L0231', message);
    }
  }
}

function putNote(owner: InputObject, data: Uint8Array): void {
  const own = owner.sections.find(({ name }) => name === '.note.gnu.property');
  const section =
    own ??
    makeSection(owner, '.note.gnu.property', {
      type: sectionType.note,
      flags: sectionFlag.alloc,
      alignment: 4,
    });
  Object.assign(section, { data, size: data.length, isDiscarded: false, isKept: true });
}

function noteBytes(merged: Properties): Uint8Array {
  const out = new ByteWriter();
  const properties = [...merged].sort(([a], [b]) => a - b);
  out.u32(4);
  out.u32(properties.reduce((sum, [, { size }]) => sum + 8 + size, 0));
  out.u32(noteType);
  out.u32(owner);
  for (const [type, { value, size }] of properties) {
    out.u32(type);
    out.u32(size);
    if (size > 0) out.u32(value);
  }
  return out.take();
}

/** An object's properties of 0 and 4 bytes; what is malformed is as if it were not there. */
function propertiesOf({ file }: InputObject): Properties {
  const found: Properties = new Map();
  for (let i = 1; file && i < file.sectionCount; i++) {
    const isNote = file.sectionType(i) === sectionType.note && file.isContents(i);
    if (!isNote || file.sectionName(i) !== '.note.gnu.property') continue;
    const data = file.sectionData(i);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let at = 0; at + 16 <= data.length;) {
      const length = view.getUint32(at + 4, true);
      const isOurs = view.getUint32(at, true) === 4 && view.getUint32(at + 12, true) === owner;
      const end = at + 16 + length;
      if (end > data.length) break;
      if (isOurs && view.getUint32(at + 8, true) === noteType) readArray(view, at + 16, end, found);
      at = (end + 3) & ~3;
    }
  }
  return found;
}

function readArray(view: DataView, start: number, end: number, found: Properties): void {
  for (let at = start; at + 8 <= end;) {
    const type = view.getUint32(at, true);
    const size = view.getUint32(at + 4, true);
    if (size === 0) found.set(type, { value: 0, size });
    if (size === 4 && at + 12 <= end) {
      // What an object says in several notes counts together.
      const before = ruleOf(type) === 'max' ? 0 : (found.get(type)?.value ?? 0);
      found.set(type, { value: (before | view.getUint32(at + 8, true)) >>> 0, size });
    }
    at += 8 + ((size + 3) & ~3);
  }
}
