// Random scripts for programs/disk.c. The names are few, so that operations meet; a model goes along, so that a mapping stays
// within its file and no directory's size is asked for.

import { Model } from './disk-model.ts';

/** Numbers 0..2^32-1, the same for the same seed (xorshift32). */
export function random(seed: number): () => number {
  let state = Math.imul(seed, 2654435761) | 1;
  for (let i = 0; i < 8; i++) state = step(state);
  return () => (state = step(state)) >>> 0;
}

function step(state: number): number {
  let next = state;
  next ^= next << 13;
  next ^= next >>> 17;
  next ^= next << 5;
  return next;
}

const long = 'n'.repeat(200);
const names = ['a', 'b', 'c', 'd', 'e', 'f', `${long}1`, `${long}2`];
const targets = ['a', 'b', '/a', '/c/d', 'd/a', 'none', `/${'x'.repeat(70)}`, 'f'];

export interface ScriptOptions {
  readonly seed: number;
  readonly count: number;
  /** The largest write, in bytes; at most 128 KiB. */
  readonly writeMax?: number;
  /** No operation that a full disk ends by a signal. */
  readonly mayFill?: boolean;
}

/** Lines, each an operation. */
export function randomScript({ seed, count, writeMax, mayFill }: ScriptOptions): string[] {
  const next = random(seed);
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  const model = new Model();
  const place = (): string => {
    const depth = 1 + (next() % 3);
    return Array.from({ length: depth }, () => `/${pick(names)}`).join('');
  };
  /** A path that is likely to be there. */
  const known = (kind?: string): string => {
    const all = [...model.list()].filter(([, node]) => !kind || node.kind === kind);
    return all.length > 0 && next() % 8 > 0 ? pick(all)[0] : place();
  };
  const offset = (): number => {
    const choice = next() % 40;
    if (choice === 0) return next() % 70_000_000;
    if (choice < 6) return next() % 600_000;
    return next() % 30_000;
  };
  const size = (): number => {
    const most = writeMax ?? 20_000;
    return next() % 4 === 0 ? 4096 * (1 + (next() % 4)) : 1 + (next() % most);
  };
  const byte = (): number => next() % 256;
  const slot = (): number => next() % 4;
  const write = (): string => `w ${known('file')} ${offset()} ${size()} ${byte()}`;
  const makers: readonly (readonly [number, () => string])[] = [
    [16, write],
    [8, () => `w ${place()} ${next() % 3 === 0 ? offset() : 0} ${size()} ${byte()}`],
    [8, () => `a ${known('file')} ${next() % 5000} ${size()} ${byte()}`],
    [6, () => `t ${known('file')} ${offset()}`],
    [10, () => `m ${next() % 2 ? place() : `${known('directory')}/${pick(names)}`}`],
    [4, () => `c ${place()}`],
    [2, () => `e ${known()}`],
    [8, () => `u ${known()}`],
    [5, () => `d ${known('directory')}`],
    [8, () => `n ${known()} ${next() % 2 ? place() : known()}`],
    [3, () => `n ${known('directory')} ${known('directory')}/${pick(names)}`],
    [6, () => `l ${known()} ${place()}`],
    [5, () => `s ${pick(targets)} ${place()}`],
    [8, () => `R ${known()} ${offset()} ${size()}`],
    [4, () => `o ${slot()} ${known('file')}`],
    [4, () => `W ${slot()} ${offset()} ${size()} ${byte()}`],
    [4, () => `r ${slot()} ${offset()} ${size()}`],
    [3, () => `x ${slot()}`],
    [2, () => `p ${known()} ${next() % 512}`],
    [3, () => `f ${known()}`],
    [1, () => 'y'],
    [1, () => `z ${pick([1, 6, 40])}`],
    [6, () => `g ${known('file')}`],
    [mayFill ? 0 : 8, () => mapping(model, known('file'), next)],
  ];
  const total = makers.reduce((sum, [weight]) => sum + weight, 0);
  const lines: string[] = [];
  while (lines.length < count) {
    let choice = next() % total;
    const maker = makers.find(([weight]) => (choice -= weight) < 0);
    const line = maker?.[1]() ?? '';
    if (line === '' || isUnknown(model, line)) continue;
    model.run(line, 0);
    lines.push(line);
  }
  return lines;
}

/** A mapped write within a file; none if there is no such file. */
function mapping(model: Model, name: string, next: () => number): string {
  const node = model.list().get(name);
  if (node?.kind !== 'file' || node.size === 0) return '';
  const offset = next() % node.size;
  const count = 1 + (next() % Math.min(30_000, node.size - offset));
  return `M ${name} ${offset} ${count} ${next() % 256}`;
}

/** The size of a directory depends on the block size. */
function isUnknown(model: Model, line: string): boolean {
  const [letter, name = ''] = line.split(' ');
  return letter === 'g' && model.kindAt(name) === 'directory';
}
