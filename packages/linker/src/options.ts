// The command line of ld: options as GNU spells them, inputs in between. What an option means for
// a single input (-b, --whole-archive, groups) becomes an action in order; the rest becomes
// settings.

import { SourceFile } from '@ring0/diagnostics';
import type { DiagnosticList } from '@ring0/diagnostics';

/** An element of the command line: an option as written, or a file with its bytes. */
export type LinkItem = string | { readonly path: string; readonly bytes: Uint8Array };

export type InputAction =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'library'; readonly name: string }
  | { readonly kind: 'format'; readonly isBinary: boolean }
  | { readonly kind: 'whole-archive'; readonly isOn: boolean }
  | { readonly kind: 'group'; readonly isStart: boolean };

export interface LinkSettings {
  readonly actions: InputAction[];
  readonly searchDirectories: string[];
  readonly undefinedNames: string[];
  readonly definitions: { readonly name: string; readonly text: string }[];
  /** Names whose references go to `__wrap_NAME`, and those of `__real_NAME` to them. */
  readonly wrapped: Set<string>;
  readonly sectionStarts: Map<string, number>;
  readonly keywords: Set<string>;
  script: string | undefined;
  output: string;
  entry: string | undefined;
  mapPath: string | undefined;
  wantsMap: boolean;
  /** -N: 'omagic', -n: 'nmagic'. */
  magic: 'paged' | 'nmagic' | 'omagic';
  strip: 'none' | 'debug' | 'all';
  discardLocals: 'none' | 'temporary' | 'all';
  outputFormat: 'elf' | 'binary';
  collects: boolean;
  printsCollected: boolean;
  orphanHandling: 'place' | 'discard' | 'warn' | 'error';
  maxPageSize: number;
  commonPageSize: number;
  isSeparateCode: boolean;
  hasRelro: boolean;
  stackFlags: 'input' | 'exec' | 'noexec';
  allowsMultipleDefinition: boolean;
  dump: string | undefined;
  wantsVersion: boolean;
}

const pageSize = 0x1000;

/** Options without effect here: defaults, or about outputs that are not made. */
const ignored = new Set(
  `--no-warn-rwx-segments --warn-rwx-segments -static -Bstatic -dn -non_shared -nostdlib --no-dynamic-linker
  --build-id=none --no-pie -no-pie --as-needed --no-as-needed --push-state --pop-state --eh-frame-hdr
  --no-eh-frame-hdr --no-add-needed --add-needed --no-undefined --fatal-warnings --no-fatal-warnings
  --warn-common --sort-common --hash-style=gnu --hash-style=both --hash-style=sysv --no-gc-sections
  --no-print-gc-sections --no-ld-generated-unwind-info -O1 -O2 -O0 --relax --no-relax -EL
  --no-warn-execstack --warn-execstack --no-copy-dt-needed-entries -nostartfiles --stats
  --no-allow-shlib-undefined --warn-once --no-check-sections --check-sections -q --emit-relocs
  --no-warn-mismatch --cref --no-omagic --warn-section-align --no-define-common -d -dc -dp`.split(
    /\s+/,
  ),
);

/**
 * One-argument options with their other spellings; a value may follow `=` in the long form, or
 * touch the short one.
 */
const valued: readonly (readonly [string, readonly string[]])[] = [
  ['output', ['-o', '--output']],
  ['script', ['-T', '--script', '-dT', '--default-script']],
  ['entry', ['-e', '--entry']],
  ['undefined', ['-u', '--undefined', '--require-defined']],
  ['library', ['-l', '--library']],
  ['directory', ['-L', '--library-path']],
  ['emulation', ['-m']],
  ['keyword', ['-z']],
  ['format', ['-b', '--format']],
  ['oformat', ['--oformat', '-oformat']],
  ['map', ['-Map', '--Map']],
  ['defsym', ['--defsym', '-defsym']],
  ['section', ['--section-start', '-section-start']],
  ['Ttext', ['-Ttext', '--Ttext']],
  ['Tdata', ['-Tdata', '--Tdata']],
  ['Tbss', ['-Tbss', '--Tbss']],
  ['text-segment', ['-Ttext-segment', '--Ttext-segment']],
  ['rodata-segment', ['-Trodata-segment', '--Trodata-segment']],
  ['orphan', ['--orphan-handling']],
  ['wrap', ['--wrap', '-wrap']],
  ['dump', ['--dump']],
  [
    'ignored',
    ['-plugin', '--plugin', '-plugin-opt', '--plugin-opt', '--build-id', '-A', '-Y', '-h'],
  ],
  [
    'ignored',
    ['--hash-style', '-dynamic-linker', '--dynamic-linker', '-I', '-soname', '-rpath', '-O'],
  ],
];

const switches: Readonly<Record<string, (s: LinkSettings) => void>> = {
  '-N': (s) => void (s.magic = 'omagic'),
  '--omagic': (s) => void (s.magic = 'omagic'),
  '-n': (s) => void (s.magic = 'nmagic'),
  '--nmagic': (s) => void (s.magic = 'nmagic'),
  '-s': (s) => void (s.strip = 'all'),
  '--strip-all': (s) => void (s.strip = 'all'),
  '-S': (s) => void (s.strip = s.strip === 'all' ? 'all' : 'debug'),
  '--strip-debug': (s) => void (s.strip = s.strip === 'all' ? 'all' : 'debug'),
  '-x': (s) => void (s.discardLocals = 'all'),
  '--discard-all': (s) => void (s.discardLocals = 'all'),
  '-X': (s) => void (s.discardLocals = 'temporary'),
  '--discard-locals': (s) => void (s.discardLocals = 'temporary'),
  '-M': (s) => void (s.wantsMap = true),
  '--print-map': (s) => void (s.wantsMap = true),
  '--gc-sections': (s) => void (s.collects = true),
  '--no-gc-sections': (s) => void (s.collects = false),
  '--print-gc-sections': (s) => void (s.printsCollected = true),
  '--allow-multiple-definition': (s) => void (s.allowsMultipleDefinition = true),
  '-V': (s) => void (s.wantsVersion = true),
  '-v': (s) => void (s.wantsVersion = true),
  '--version': (s) => void (s.wantsVersion = true),
  '--start-group': (s) => s.actions.push({ kind: 'group', isStart: true }),
  '-(': (s) => s.actions.push({ kind: 'group', isStart: true }),
  '--end-group': (s) => s.actions.push({ kind: 'group', isStart: false }),
  '-)': (s) => s.actions.push({ kind: 'group', isStart: false }),
  '--whole-archive': (s) => s.actions.push({ kind: 'whole-archive', isOn: true }),
  '--no-whole-archive': (s) => s.actions.push({ kind: 'whole-archive', isOn: false }),
};

/** Settings before any option. */
function defaults(): LinkSettings {
  return {
    actions: [],
    searchDirectories: [],
    undefinedNames: [],
    definitions: [],
    wrapped: new Set(),
    sectionStarts: new Map(),
    keywords: new Set(),
    script: undefined,
    output: 'a.out',
    entry: undefined,
    mapPath: undefined,
    wantsMap: false,
    magic: 'paged',
    strip: 'none',
    discardLocals: 'none',
    outputFormat: 'elf',
    collects: false,
    printsCollected: false,
    orphanHandling: 'place',
    maxPageSize: pageSize,
    commonPageSize: pageSize,
    isSeparateCode: true,
    hasRelro: true,
    stackFlags: 'input',
    allowsMultipleDefinition: false,
    dump: undefined,
    wantsVersion: false,
  };
}

/**
 * Splits the text of a response file as a shell would: blanks, quotes, backslashes (GNU's @file).
 */
export function splitResponse(text: string): string[] {
  const found = text.matchAll(/(?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\\[^]|[^\s"'\\])+/g);
  return [...found].map(([part]) =>
    part.replace(/"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'|\\([^])/g, (_, double, single, one) =>
      one === undefined ? (double ?? single).replace(/\\([^])/g, '$1') : one,
    ),
  );
}

/** Reads the command line; what is not understood becomes a diagnostic. */
export function readOptions(items: readonly LinkItem[], diagnostics: DiagnosticList): LinkSettings {
  const settings = defaults();
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== 'string') {
      settings.actions.push({ kind: 'file', path: item.path, bytes: item.bytes });
      continue;
    }
    if (!item.startsWith('-') || item === '-') {
      settings.actions.push({ kind: 'file', path: item, bytes: undefined });
      continue;
    }
    const flip = switches[item];
    if (flip) flip(settings);
    else if (!ignored.has(item)) i += readValued(settings, item, items[i + 1], diagnostics);
  }
  return settings;
}

/** Handles an option with an argument; the result is how many further items it took. */
function readValued(
  settings: LinkSettings,
  item: string,
  next: LinkItem | undefined,
  diagnostics: DiagnosticList,
): number {
  const problem = (message: string): number => {
    diagnostics.error('L0001', message);
    return 0;
  };
  const names = valued.flatMap(([kind, list]) => list.map((name) => [kind, name] as const));
  const exact = names.find(([, name]) => name === item);
  if (exact) {
    const argument = typeof next === 'string' ? next : next?.path;
    if (exact[1] === '--build-id') return 0;
    if (argument === undefined) return problem(`option '${item}' needs an argument`);
    apply(settings, exact[0], argument, problem);
    return 1;
  }
  const long = names.find(([, name]) => name.length > 2 && item.startsWith(`${name}=`));
  if (long) {
    apply(settings, long[0], item.slice(long[1].length + 1), problem);
    return 0;
  }
  const short = names.find(([, name]) => name.length === 2 && item.startsWith(name));
  if (short && !item.startsWith('--')) {
    apply(settings, short[0], item.slice(2).replace(/^=/, ''), problem);
    return 0;
  }
  return problem(`unknown option '${item}'`);
}

type Setter = (s: LinkSettings, value: string, problem: (message: string) => number) => void;

const address =
  (section: string): Setter =>
  (s, value, problem) => {
    const number = Number.parseInt(value.replace(/^0x/i, ''), 16);
    if (Number.isNaN(number)) problem(`'${value}' is no hexadecimal address`);
    else s.sectionStarts.set(section, number);
  };

const pair =
  (option: string, take: (s: LinkSettings, name: string, value: string) => void): Setter =>
  (s, value, problem) => {
    const at = value.indexOf('=');
    if (at <= 0) problem(`${option} wants NAME=VALUE, not '${value}'`);
    else take(s, value.slice(0, at), value.slice(at + 1));
  };

const setters: Readonly<Record<string, Setter>> = {
  output: (s, value) => void (s.output = value),
  script: (s, value) => void (s.script = value),
  entry: (s, value) => void (s.entry = value),
  undefined: (s, value) => void s.undefinedNames.push(value),
  library: (s, value) => void s.actions.push({ kind: 'library', name: value }),
  directory: (s, value) => void s.searchDirectories.push(value),
  emulation: (_, value, problem) => {
    if (value !== 'elf_i386') problem(`emulation '${value}' is not supported; there is elf_i386`);
  },
  keyword: (s, value) => keyword(s, value),
  format: (s, value) => void s.actions.push({ kind: 'format', isBinary: value === 'binary' }),
  oformat: (s, value, problem) => {
    if (value === 'binary') s.outputFormat = 'binary';
    else if (value !== 'elf32-i386') problem(`output format '${value}' is not supported`);
  },
  map: (s, value) => void (s.mapPath = value),
  defsym: pair('--defsym', (s, name, text) => void s.definitions.push({ name, text })),
  section: (s, value, problem) =>
    pair('--section-start', (_, name, text) => address(name)(s, text, problem))(s, value, problem),
  wrap: (s, value) => void s.wrapped.add(value),
  Ttext: address('.text'),
  Tdata: address('.data'),
  Tbss: address('.bss'),
  'text-segment': address('text-segment'),
  'rodata-segment': address('rodata-segment'),
  orphan: (s, value, problem) => {
    if (value === 'place' || value === 'discard' || value === 'warn' || value === 'error') {
      s.orphanHandling = value;
    } else problem(`--orphan-handling takes place, discard, warn or error, not '${value}'`);
  },
  dump: (s, value) => void (s.dump = value),
  ignored: () => undefined,
};

function apply(
  settings: LinkSettings,
  kind: string,
  value: string,
  problem: (message: string) => number,
): void {
  setters[kind]?.(settings, value, problem);
}

function keyword(settings: LinkSettings, value: string): void {
  const [name, argument] = value.split('=');
  settings.keywords.add(value);
  if (name === 'max-page-size' && argument) settings.maxPageSize = Number(argument) || pageSize;
  else if (name === 'common-page-size' && argument)
    settings.commonPageSize = Number(argument) || pageSize;
  else if (name === 'separate-code') settings.isSeparateCode = true;
  else if (name === 'noseparate-code') settings.isSeparateCode = false;
  else if (name === 'relro') settings.hasRelro = true;
  else if (name === 'norelro') settings.hasRelro = false;
  else if (name === 'execstack') settings.stackFlags = 'exec';
  else if (name === 'noexecstack') settings.stackFlags = 'noexec';
  else if (name === 'muldefs') settings.allowsMultipleDefinition = true;
  settings.commonPageSize = Math.min(settings.commonPageSize, settings.maxPageSize);
}

/** The text of an option as a source file, so that diagnostics can point into it. */
export function optionSource(option: string, text: string): SourceFile {
  return new SourceFile(option, new Uint8Array([...text].map((c) => c.charCodeAt(0) & 0xff)));
}
