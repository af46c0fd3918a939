// The words of a heading line: linkage, section, what the inliner and the linker want to know of a function.

import type { SectionOptions } from '@ring0/assembler';
import { traitWords } from '../print-unit.ts';
import type { DataObject, RoutineTraits } from '../unit.ts';
import type { Line } from './line.ts';

const visibilities = ['default', 'hidden', 'protected', 'internal'] as const;
const sectionTypes = ['progbits', 'nobits', 'note', 'init_array', 'fini_array'] as const;
const ALIGNMENT_LIMIT = 1 << 20;

export class Heading {
  readonly line: Line;
  constructor(line: Line) {
    this.line = line;
  }

  isExternal(): boolean {
    if (this.line.acceptWord('external')) return true;
    this.line.expect('internal');
    return false;
  }
  private named<T extends string>(names: readonly T[], what: string): T {
    const start = this.line.at;
    const word = this.line.word(what);
    const found = names.find((name) => name === word);
    return found ?? this.line.fail(`expected one of ${names.join(', ')}`, start);
  }
  visibility(): DataObject['visibility'] {
    if (!this.line.acceptWord('visibility')) return undefined;
    return this.named(visibilities, 'a visibility');
  }
  power(): number {
    const start = this.line.at;
    const value = this.line.natural('an alignment', ALIGNMENT_LIMIT);
    const isPower = value > 0 && (value & (value - 1)) === 0;
    return isPower ? value : this.line.fail(`${value} is no power of two`, start);
  }
  sectionOptions(): SectionOptions | undefined {
    const { line } = this;
    const flags = line.acceptWord('flags') ? line.string() : undefined;
    const type = line.acceptWord('type') ? this.named(sectionTypes, 'a type') : undefined;
    const entrySize = line.acceptWord('entry') ? line.natural('a size', 1 << 20) : undefined;
    if (flags === undefined && type === undefined) return undefined;
    return { flags, type, entrySize };
  }
}

export interface FunctionTraits {
  readonly traits: RoutineTraits;
  readonly stage: string;
  readonly blocks: number;
  readonly name: string | undefined;
  readonly usesAlloca: boolean;
  readonly usesFrameAddress: boolean;
  readonly keepsMemory: boolean;
  readonly pops: number;
  readonly labels: readonly number[];
}

/** What stands behind a function's symbol, in the order in which routineText of print-unit.ts writes it. */
export function headingTraits(heading: Heading, stages: readonly string[]): FunctionTraits {
  const { line } = heading;
  const isExternal = heading.isExternal();
  line.expect('after');
  const start = line.at;
  const stage = line.word('the name of a pass');
  if (!stages.includes(stage)) line.fail(`expected one of ${stages.join(', ')}`, start);
  const blocks = line.acceptWord('blocks') ? line.natural('a number of blocks') : 0;
  const name = line.acceptWord('name') ? line.string() : undefined;
  const traits: Record<string, unknown> = {};
  for (const [word, trait] of traitWords) if (line.acceptWord(word)) traits[trait] = true;
  const isVariadic = traits['isVariadic'] === true;
  const section = line.acceptWord('section') ? line.string() : undefined;
  const aligned = line.acceptWord('align') ? heading.power() : undefined;
  const visibility = heading.visibility();
  const usesAlloca = line.acceptWord('alloca');
  const usesFrameAddress = line.acceptWord('frame-address');
  const keepsMemory = line.acceptWord('keeps-memory');
  const pops = line.acceptWord('pops') ? line.natural('a number of bytes', 65532) : 0;
  const labels: number[] = [];
  if (line.acceptWord('labels')) {
    while (/^b\d/.test(line.text.slice(line.at, line.at + 2))) labels.push(line.block(1 << 20));
  }
  const placed = {
    ...(section === undefined ? {} : { section }),
    ...(aligned === undefined ? {} : { aligned }),
    ...(visibility === undefined ? {} : { visibility }),
  };
  return {
    traits: { ...traits, ...placed, isExternal, isVariadic },
    ...{ stage, blocks, name, usesAlloca, usesFrameAddress, keepsMemory, pops, labels },
  };
}
