// The command line of `ring0 as`: GNU as's options in one table, with those of our own. Long names may begin with one dash
// or two and may be shortened, as GNU as has it; single letters take their value attached or as the next word.

import { branchKinds, isKnownArchitecture } from '@ring0/assembler';
import type { BranchOptions, MachineOptions, OutputOptions } from '@ring0/assembler';
import { defaultListing, listingLetters } from './as-listing.ts';
import type { ListingRequest } from './as-listing.ts';

export class UsageError extends Error {}

type Changing<T> = { -readonly [K in keyof T]: T[K] };

export interface AsOptions {
  output: string;
  readonly inputs: string[];
  readonly includePaths: string[];
  readonly defines: Record<string, bigint>;
  keepsLocals: boolean;
  isSilent: boolean;
  isFatal: boolean;
  isStrict: boolean;
  isFlat: boolean;
  isAlternate: boolean;
  bits: 16 | 32 | 64;
  address: number;
  compat: string | undefined;
  hasShapeCache: boolean;
  dependencies: string | undefined;
  hasStatistics: boolean;
  showsVersion: boolean;
  readonly listing: Changing<ListingRequest>;
  readonly dumps: string[];
  form: string;
  readonly machine: Changing<MachineOptions>;
  readonly object: Changing<OutputOptions>;
  /** A boundary of 0: branches stay where they are. */
  readonly branches: Changing<BranchOptions>;
  hasUsedNote: boolean;
  /** Options that are accepted but do nothing, of which a person should know. */
  readonly remarks: string[];
}

export function defaultOptions(): AsOptions {
  return {
    output: 'a.out',
    inputs: [],
    includePaths: [],
    defines: {},
    keepsLocals: false,
    isSilent: false,
    isFatal: false,
    isStrict: false,
    isFlat: false,
    isAlternate: false,
    bits: 32,
    address: 0,
    compat: undefined,
    hasShapeCache: true,
    dependencies: undefined,
    hasStatistics: false,
    showsVersion: false,
    listing: { ...defaultListing },
    dumps: [],
    form: 'text',
    machine: {},
    object: {},
    hasUsedNote: false,
    branches: { boundary: 0, kinds: new Set(['jcc', 'fused', 'jmp']), prefixes: 5 },
    remarks: [],
  };
}

type Set = (options: AsOptions, value: string, word: string) => void;

interface OptionRow {
  /** Undefined: no value. */
  readonly takes?: 'value' | 'optional';
  readonly set: Set;
  /** Why it changes nothing. */
  readonly reason?: string;
}

const flag = (set: (options: AsOptions) => void): OptionRow => ({ set });
/** Taken, as by GNU as, and changes nothing, for a reason. */
const accepted = (reason: string): OptionRow => ({ set: () => {}, reason });
const ofGnu = accepted('GNU as ignores it too');
const valued = (set: Set): OptionRow => ({ takes: 'value', set });
const optional = (set: Set): OptionRow => ({ takes: 'optional', set });

function oneOf(word: string, value: string, known: readonly string[]): string {
  if (known.includes(value)) return value;
  throw new UsageError(`${word} takes ${known.join(', ')}, found '${value}'`);
}

function isYes(word: string, value: string): boolean {
  return oneOf(word, value, ['yes', 'no']) === 'yes';
}

function check(word: string, value: string): 'none' | 'warning' | 'error' {
  const name = oneOf(word, value, ['none', 'warning', 'error']);
  return name === 'error' || name === 'warning' ? name : 'none';
}

/** A count; what is no number is 0, as for GNU as. */
function count(value: string): number {
  const found = Number.parseInt(value, 10);
  return Number.isInteger(found) && found > 0 ? Math.min(found, 1000) : 0;
}

export function parseNumber(text: string, option: string): bigint {
  if (/^-?(0[xX][0-9a-fA-F]+|0[bB][01]+|\d+)$/.test(text)) {
    const digits = text.replace('-', '');
    const isOctal = /^0[0-7]+$/.test(digits);
    if (isOctal || !/^0\d/.test(digits)) {
      const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
      return text.startsWith('-') ? -value : value;
    }
  }
  throw new UsageError(`${option} takes a number, found '${text}'`);
}

const define: Set = (options, value) => {
  const at = value.indexOf('=');
  if (at < 1) throw new UsageError(`--defsym takes NAME=NUMBER, found '${value}'`);
  options.defines[value.slice(0, at)] = parseNumber(value.slice(at + 1), '--defsym');
};

const flatFormat: Set = (options, value) => {
  oneOf('--oformat', value, ['binary']);
  options.isFlat = true;
};

const textAddress: Set = (options, value) => {
  // As in GNU ld the address is hexadecimal, with or without 0x.
  const digits = value.replace(/^0[xX]/, '');
  if (!/^[0-9a-fA-F]{1,8}$/.test(digits)) {
    throw new UsageError(`-Ttext takes an address, found '${value}'`);
  }
  options.address = parseInt(digits, 16);
};

const form: Set = (options, value, word) => {
  options.form = oneOf(word, value, ['text', 'gcc', 'json', 'sarif']);
};

const compression: Set = (options, value, word) => {
  const kind = oneOf(word, value || 'zlib', ['none', 'zlib', 'zlib-gnu', 'zlib-gabi', 'zstd']);
  if (kind === 'zstd') options.remarks.push(`debugging sections are not compressed (${word})`);
  else if (kind === 'none') options.object.compression = undefined;
  else options.object.compression = kind === 'zlib-gnu' ? kind : 'zlib-gabi';
};

const prefixMap: Set = (options, value, word) => {
  const at = value.indexOf('=');
  if (at < 0) throw new UsageError(`${word} takes OLD=NEW, found '${value}'`);
  const pair = [value.slice(0, at), value.slice(at + 1)] as const;
  options.object.prefixMaps = [...(options.object.prefixMaps ?? []), pair];
};

const architecture: Set = (options, value, word) => {
  const name = value.replaceAll(',', '');
  if (!isKnownArchitecture(name)) throw new UsageError(`${word}: no processor '${value}' is known`);
  options.machine.architecture = name;
};

/** The last of -g and --gstabs counts. */
const debug = (version: 2 | 3 | 4 | 5): OptionRow =>
  flag(({ object }) => {
    object.debugVersion = version;
    object.stabStyle = undefined;
  });

const stabs = (style: 'plain' | 'gnu'): OptionRow =>
  flag(({ object }) => {
    object.stabStyle = style;
    object.debugVersion = undefined;
  });

const plain: Readonly<Record<string, OptionRow>> = {
  '32': accepted('32-bit objects are the default'),
  '64': flag((options) => (options.bits = 64)),
  '16': flag((options) => (options.bits = 16)),
  alternate: flag((options) => (options.isAlternate = true)),
  compat: valued((options, value) => (options.compat = value)),
  'compress-debug-sections': optional(compression),
  'nocompress-debug-sections': flag(({ object }) => (object.compression = undefined)),
  'debug-prefix-map': valued(prefixMap),
  defsym: valued(define),
  'diagnostics-format': valued(form),
  diagnostics: valued(form),
  'fdiagnostics-format': valued(form),
  divide: accepted('/ is division always'),
  dump: valued((options, value) => options.dumps.push(value)),
  'elf-stt-common': valued(
    ({ object }, value, word) => (object.hasCommonType = isYes(word, value)),
  ),
  execstack: flag(({ object }) => (object.hasExecutableStack = true)),
  noexecstack: flag(({ object }) => (object.hasExecutableStack = false)),
  'fatal-warnings': flag((options) => {
    options.isSilent = false;
    options.isFatal = true;
  }),
  'gdwarf-2': debug(2),
  gdwarf2: debug(2),
  'gdwarf-3': debug(3),
  'gdwarf-4': debug(4),
  'gdwarf-5': debug(5),
  'gdwarf-sections': flag(({ object }) => (object.hasLineSections = true)),
  'gdwarf-cie-version': valued(({ object }, value, word) => {
    const version = Number(oneOf(word, value, ['1', '3', '4']));
    object.cieVersion = version === 1 ? 1 : version === 3 ? 3 : 4;
  }),
  'gen-debug': debug(2),
  gstabs: stabs('plain'),
  'gstabs+': stabs('gnu'),
  'generate-missing-build-notes': valued(
    ({ object }, value, word) => (object.addsBuildNotes = isYes(word, value)),
  ),
  'hash-size': { ...valued(() => {}), reason: 'GNU as ignores it too' },
  'keep-locals': flag((options) => (options.keepsLocals = true)),
  'listing-lhs-width': valued(({ listing }, value) => (listing.leftWidth = count(value) || 1)),
  'listing-lhs-width2': valued(({ listing }, value) => (listing.continuationWidth = count(value))),
  'listing-rhs-width': valued(({ listing }, value) => (listing.rightWidth = count(value))),
  'listing-cont-lines': valued(({ listing }, value) => (listing.continuationLines = count(value))),
  MD: valued((options, value) => (options.dependencies = value)),
  'multibyte-handling': valued((_options, value, word) => {
    oneOf(word, value, ['allow', 'warn', 'warn-sym-only']);
  }),
  'no-pad-sections': accepted('sections are never padded'),
  'no-shape-cache': flag((options) => (options.hasShapeCache = false)),
  'no-warn': flag((options) => (options.isSilent = true)),
  nocpp: ofGnu,
  oformat: valued(flatFormat),
  'reduce-memory-overheads': ofGnu,
  'sectname-subst': flag(({ object }) => (object.substitutesSectionNames = true)),
  'size-check': valued(({ object }, value, word) => {
    object.checksSizesMildly = oneOf(word, value, ['error', 'warning']) === 'warning';
  }),
  statistics: flag((options) => (options.hasStatistics = true)),
  strict: flag((options) => (options.isStrict = true)),
  'strip-local-absolute': flag(({ object }) => (object.stripsAbsolutes = true)),
  'traditional-format': accepted('ELF for i386 has no other native form'),
  verbose: flag((options) => (options.showsVersion = true)),
  warn: flag((options) => {
    options.isSilent = false;
    options.isFatal = false;
  }),
};

function isBoundary(value: string): boolean {
  const bytes = Number(value);
  return bytes === 0 || (bytes >= 16 && Number.isInteger(Math.log2(bytes)));
}

const vectorChoice = (known: readonly string[]): OptionRow => ({
  ...valued((_options, value, word) => void oneOf(word, value, known)),
  reason: 'AVX-512 is not known',
});

const machine: Readonly<Record<string, OptionRow>> = {
  march: valued(architecture),
  mtune: valued(({ machine: to }, value, word) => {
    if (!isKnownArchitecture(value))
      throw new UsageError(`${word}: no processor '${value}' is known`);
    to.tune = value;
  }),
  msyntax: valued(({ machine: to }, value, word) => {
    to.syntax = oneOf(word, value, ['att', 'intel']) === 'intel' ? 'intel' : 'att';
  }),
  mmnemonic: valued(({ machine: to }, value, word) => {
    to.hasIntelMnemonics = oneOf(word, value, ['att', 'intel']) === 'intel';
  }),
  'mnaked-reg': flag(({ machine: to }) => (to.hasNakedRegisters = true)),
  'mindex-reg': flag(({ machine: to }) => (to.hasIndexName = true)),
  mavxscalar: valued(({ machine: to }, value, word) => {
    to.scalarBits = oneOf(word, value, ['128', '256']) === '256' ? 256 : 128;
  }),
  mvexwig: valued(({ machine: to }, value, word) => {
    to.vexW = oneOf(word, value, ['0', '1']) === '1' ? 1 : 0;
  }),
  'mrelax-relocations': valued(({ machine: to }, value, word) => {
    to.keepsGot = !isYes(word, value);
  }),
  'momit-lock-prefix': valued(({ machine: to }, value, word) => {
    to.omitsLock = isYes(word, value);
  }),
  'madd-bnd-prefix': flag(({ machine: to }) => (to.addsBound = true)),
  'mx86-used-note': valued((options, value, word) => (options.hasUsedNote = isYes(word, value))),
  'mfence-as-lock-add': valued(({ machine: to }, value, word) => {
    to.locksForFences = isYes(word, value);
  }),
  mshared: flag(({ machine: to }) => (to.isShared = true)),
  'mlfence-before-ret': valued(({ machine: to }, value, word) => {
    const name = oneOf(word, value, ['none', 'yes', 'or', 'shl', 'not']);
    to.fenceBeforeReturn = name === 'or' || name === 'not' || name === 'none' ? name : 'shl';
  }),
  'mlfence-before-indirect-branch': valued(({ machine: to }, value, word) => {
    const name = oneOf(word, value, ['none', 'register', 'memory', 'all']);
    to.fenceBeforeBranch =
      name === 'register' || name === 'memory' || name === 'all' ? name : undefined;
  }),
  'mlfence-after-load': valued(({ machine: to }, value, word) => {
    to.fencesLoads = isYes(word, value);
  }),
  'muse-unaligned-vector-move': flag(({ machine: to }) => (to.unalignsMoves = true)),
  'mbranches-within-32B-boundaries': flag(({ branches }) => {
    branches.boundary = 32;
    branches.prefixes = 5;
    branches.kinds = new Set(['jcc', 'fused', 'jmp']);
  }),
  'malign-branch-boundary': valued(({ branches }, value, word) => {
    if (!isBoundary(value)) throw new UsageError(`${word} cannot be '${value}'`);
    branches.boundary = Number(value);
  }),
  'malign-branch': valued(({ branches }, value, word) => {
    const kinds = branchKinds(value);
    if (!kinds) throw new UsageError(`${word} cannot be '${value}'`);
    branches.kinds = kinds;
  }),
  'malign-branch-prefix-size': valued(({ branches }, value, word) => {
    if (!/^[0-5]$/.test(value)) throw new UsageError(`${word} takes 0 to 5, found '${value}'`);
    branches.prefixes = Number(value);
  }),
  mevexlig: vectorChoice(['128', '256', '512']),
  mevexwig: vectorChoice(['0', '1']),
  mevexrcig: vectorChoice(['rne', 'rd', 'ru', 'rz']),
  mamd64: accepted('the two differ in 64-bit code only'),
  mintel64: accepted('the two differ in 64-bit code only'),
  msse2avx: flag(({ machine: to }) => (to.hasAvxForSse = true)),
  'msse-check': valued(({ machine: to }, value, word) => (to.sseCheck = check(word, value))),
  'moperand-check': valued(({ machine: to }, value, word) => {
    to.operandCheck = check(word, value);
  }),
};

/** Long names, without their dashes. */
export const longOptions: Readonly<Record<string, OptionRow>> = { ...plain, ...machine };

/** Single letters; what follows one that takes a value may be attached. */
export const letterOptions: Readonly<Record<string, OptionRow>> = {
  D: accepted('--dump shows what each pass did'),
  f: accepted('the source is read as it is written, in any case'),
  g: debug(2),
  I: valued((options, value) => options.includePaths.push(value)),
  J: accepted('signed overflow is not warned of'),
  k: ofGnu,
  L: flag((options) => (options.keepsLocals = true)),
  n: flag(({ object }) => (object.keepsPlainNops = true)),
  o: valued((options, value) => (options.output = value)),
  O: optional(({ machine: to }, value) => {
    const level = { '': '1', '1': '1', '2': '2', s: 's' } as const;
    to.optimization = value in level ? level[value as keyof typeof level] : undefined;
  }),
  q: flag(({ machine }) => (machine.isQuiet = true)),
  R: flag(({ object }) => (object.foldsData = true)),
  s: ofGnu,
  v: flag((options) => (options.showsVersion = true)),
  V: flag((options) => (options.showsVersion = true)),
  w: ofGnu,
  W: flag((options) => (options.isSilent = true)),
  X: ofGnu,
  Z: accepted('an object with errors in it helps nobody'),
};

/** One long option by its name or a beginning of it that no other has. */
function findLong(name: string): OptionRow | undefined {
  const exact = longOptions[name];
  if (exact) return exact;
  const near = Object.keys(longOptions).filter((each) => each.startsWith(name));
  if (near.length === 0) return undefined;
  const rows = new globalThis.Set(near.map((each) => longOptions[each]));
  if (rows.size > 1) {
    throw new UsageError(`'--${name}' may be ${near.map((each) => `--${each}`).join(', ')}`);
  }
  return longOptions[near[0]];
}

/** Reads a command line; throws a UsageError for what it cannot be. */
export function parseCommandLine(argv: readonly string[]): AsOptions {
  const options = defaultOptions();
  const words = [...argv];
  const next = (word: string): string => {
    const value = words.shift();
    if (value === undefined) throw new UsageError(`${word} needs a value`);
    return value;
  };
  const apply = (row: OptionRow, word: string, attached: string | undefined): void => {
    if (!row.takes && attached !== undefined) throw new UsageError(`${word} takes no value`);
    const value = row.takes === 'value' && attached === undefined ? next(word) : attached;
    row.set(options, value ?? '', word);
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') options.inputs.push(...words.splice(0));
    else if (!word.startsWith('-') || word === '-') options.inputs.push(word);
    else if (/^-a([a-z]*(=|$)|=)/.test(word) && !word.startsWith('-alt')) {
      const problem = listingLetters(word.slice(2), options.listing);
      if (problem !== undefined) throw new UsageError(problem);
    } else if (word.startsWith('-Ttext')) {
      textAddress(options, word.slice('-Ttext'.length).replace(/^=/, '') || next(word), word);
    } else option(options, word, apply);
  }
  return options;
}

function option(
  options: AsOptions,
  word: string,
  apply: (row: OptionRow, word: string, attached: string | undefined) => void,
): void {
  const isDouble = word.startsWith('--');
  const letter = isDouble ? undefined : letterOptions[word[1]];
  const [name, ...parts] = word.slice(isDouble ? 2 : 1).split('=');
  const attached = parts.length > 0 ? parts.join('=') : undefined;
  if (letter && word.length === 2) return apply(letter, word, undefined);
  if (letter?.takes) return apply(letter, word.slice(0, 2), word.slice(2));
  if (/^-Q[yn]$/.test(word)) return;
  if (word === '--gsframe') {
    throw new UsageError(`${word}: SFrame is not defined for 32-bit x86`);
  }
  if (word === '-M' || word === '--mri') {
    throw new UsageError(`${word}: the MRI syntax is not supported`);
  }
  if (word === '--x32') throw new UsageError(`${word}: addresses of 32 bits in 64-bit code`);
  const row = findLong(name);
  if (!row) {
    options.inputs.length = 0;
    throw new UsageError(`there is no option '${word}'`);
  }
  apply(row, `--${name}`, attached);
}

/** The options that change nothing, each with the reason. */
export function acceptedOptions(): [name: string, reason: string][] {
  const named = (dash: string, rows: Readonly<Record<string, OptionRow>>) =>
    Object.entries(rows).flatMap(([name, { reason }]): [string, string][] =>
      reason === undefined ? [] : [[dash + name, reason]],
    );
  return [...named('-', letterOptions), ...named('--', plain), ...named('-', machine)];
}
