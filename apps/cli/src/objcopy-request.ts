// The options of objcopy and strip, read into what the package takes.

import { deflateSync } from 'node:zlib';
import type {
  AddedSymbol,
  ObjcopyFormat,
  ObjcopyOptions,
  SectionAddressChange,
} from '@ring0/binutils';
import type { Host } from './host.ts';
import type { Option, OptionTable } from './options.ts';

export const objcopyTable: OptionTable = {
  letters: 'I:O:B:F:j:R:b:i:K:N:L:G:W:SgdxXwpDUvVhHM',
  names: {
    'input-target=': 'I',
    'output-target=': 'O',
    'binary-architecture=': 'B',
    'target=': 'F',
    'only-section=': 'j',
    'remove-section=': 'R',
    'remove-relocations=': 'remove-relocations',
    'keep-section=': 'keep-section',
    'add-section=': 'add',
    'update-section=': 'update',
    'dump-section=': 'dump',
    'rename-section=': 'rename',
    'set-section-flags=': 'set-flags',
    'set-section-alignment=': 'set-alignment',
    'change-section-address=': 'section-address',
    'adjust-section-vma=': 'section-address',
    'change-section-lma=': 'section-lma',
    'change-section-vma=': 'section-vma',
    'change-addresses=': 'addresses',
    'adjust-vma=': 'addresses',
    'change-start=': 'start-by',
    'adjust-start=': 'start-by',
    'set-start=': 'set-start',
    'change-warnings': 'ignored',
    'no-change-warnings': 'ignored',
    'adjust-warnings': 'ignored',
    'no-adjust-warnings': 'ignored',
    'gap-fill=': 'gap',
    'pad-to=': 'pad',
    'reverse-bytes=': 'reverse',
    'byte=': 'b',
    'interleave=?': 'i',
    'interleave-width=': 'interleave-width',
    'strip-all': 'S',
    'strip-debug': 'g',
    'strip-unneeded': 'unneeded',
    'strip-dwo': 'strip-dwo',
    'extract-dwo': 'extract-dwo',
    'keep-symbol=': 'K',
    'keep-symbols=': 'keep-file',
    'strip-symbol=': 'N',
    'strip-symbols=': 'strip-file',
    'strip-unneeded-symbol=': 'unneeded-symbol',
    'strip-unneeded-symbols=': 'unneeded-file',
    'localize-symbol=': 'L',
    'localize-symbols=': 'localize-file',
    'globalize-symbol=': 'globalize',
    'globalize-symbols=': 'globalize-file',
    'keep-global-symbol=': 'G',
    'keep-global-symbols=': 'keep-global-file',
    'weaken-symbol=': 'W',
    'weaken-symbols=': 'weaken-file',
    weaken: 'weaken',
    'localize-hidden': 'localize-hidden',
    'keep-file-symbols': 'keep-file-symbols',
    'keep-section-symbols': 'keep-section-symbols',
    'redefine-sym=': 'redefine',
    'redefine-syms=': 'redefine-file',
    'prefix-symbols=': 'prefix-symbols',
    'prefix-sections=': 'prefix-sections',
    'prefix-alloc-sections=': 'prefix-alloc-sections',
    'add-symbol=': 'add-symbol',
    'discard-all': 'x',
    'discard-locals': 'X',
    wildcard: 'w',
    'only-keep-debug': 'only-keep-debug',
    'add-gnu-debuglink=': 'debuglink',
    'compress-debug-sections=?': 'compress',
    'decompress-debug-sections': 'decompress',
    'srec-len=': 'srec-len',
    'srec-forceS3': 'srec-force',
    'verilog-data-width=': 'verilog',
    'preserve-dates': 'p',
    'enable-deterministic-archives': 'D',
    'disable-deterministic-archives': 'U',
    'merge-notes': 'M',
    'no-merge-notes': 'no-merge-notes',
    'extract-symbol': 'extract-symbol',
    // What PE, a.out and stabs have and ELF has not.
    debugging: 'ignored',
    'long-section-names=': 'ignored',
    'change-leading-char': 'ignored',
    'remove-leading-char': 'ignored',
    'writable-text': 'ignored',
    'readonly-text': 'ignored',
    pure: 'ignored',
    impure: 'ignored',
    'file-alignment=': 'ignored',
    'section-alignment=': 'ignored',
    'heap=': 'ignored',
    'stack=': 'ignored',
    'image-base=': 'ignored',
    'subsystem=': 'ignored',
    'elf-stt-common=': 'stt-common',
    'alt-machine-code=': 'ignored',
    info: 'ignored',
    verbose: 'v',
    version: 'V',
    help: 'h',
  },
};

/** strip reads two letters in its own way. */
export const stripTable: OptionTable = {
  letters: 'I:O:F:K:N:R:o:sSgdxXwpDUvVhHM',
  names: { ...objcopyTable.names, 'output-file=': 'o' },
};

const formats: Readonly<Record<string, ObjcopyFormat | undefined>> = {
  binary: 'binary',
  'elf32-i386': 'elf',
  'elf32-little': 'elf',
  'elf64-x86-64': 'elf',
  ihex: 'ihex',
  srec: 'srec',
  symbolsrec: 'symbolsrec',
  verilog: 'verilog',
};

/** A mistake in the options, in a sentence. */
export class RequestProblem extends Error {}

/** C's `atoi`. */
function leadingNumber(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** A number as C writes it; `option` is whose it is. */
const sectionFlagNames =
  'alloc, load, noload, readonly, debug, code, data, rom, exclude, share, contents, merge, strings';

function sectionFlagNamed(text: string): string {
  const name = text.toLowerCase();
  if (sectionFlagNames.split(', ').includes(name)) return name;
  throw new RequestProblem(
    `unrecognized section flag \`${text}'\nobjcopy: supported flags: ${sectionFlagNames}`,
  );
}

function number(text: string, option?: string): number {
  const [, sign, digits] = /^\s*(-?)(.*?)\s*$/s.exec(text) ?? ['', '', text];
  const value = Number(digits.replace(/^0(?=\d)/, '0o')) * (sign === '-' ? -1 : 1);
  if (digits === '' || !Number.isSafeInteger(value)) {
    throw new RequestProblem(`${option === undefined ? '' : `--${option}: `}bad number: ${text}`);
  }
  return value;
}

/** Words of the form `a=b`. */
function pairs(words: readonly string[], wanted: string): (readonly [string, string])[] {
  return words.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new RequestProblem(`bad format for ${wanted}`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

/** The names of options with numbers, where a key is not the name. */
const numberNames: Readonly<Record<string, string>> = {
  addresses: 'change-addresses',
  'start-by': 'change-start',
  gap: 'gap-fill',
  pad: 'pad-to',
};

/** Which addresses of sections an option changes. */
const changeKinds: Readonly<
  Record<string, { readonly vma: boolean; readonly lma: boolean } | undefined>
> = {
  'section-address': { vma: true, lma: true },
  'section-lma': { vma: false, lma: true },
  'section-vma': { vma: true, lma: false },
};

class Reader {
  private readonly list: readonly Option[];
  private readonly host: Host;

  constructor(list: readonly Option[], host: Host) {
    this.list = list;
    this.host = host;
  }

  has(key: string): boolean {
    return this.list.some((option) => option.key === key);
  }

  all(key: string): string[] {
    return this.list.flatMap((option) =>
      option.key === key && option.value !== undefined ? [option.value] : [],
    );
  }

  last(key: string): string | undefined {
    return this.all(key).at(-1);
  }

  numberOf(key: string): number | undefined {
    const text = this.last(key);
    return text === undefined ? undefined : number(text, numberNames[key] ?? key);
  }

  /** As C's `atoi` reads it. */
  private leadingNumberOf(key: string): number | undefined {
    const text = this.last(key);
    return text === undefined ? undefined : leadingNumber(text);
  }

  /** -F is both, the last of them counts. */
  private formatName(key: string): string | undefined {
    return this.list.findLast((option) => option.key === key || option.key === 'F')?.value;
  }

  format(key: string): ObjcopyFormat | undefined {
    const name = this.formatName(key);
    if (name === undefined) return undefined;
    const format = formats[name];
    if (!format) throw new RequestProblem(`invalid bfd target '${name}'`);
    return format;
  }

  /** The class of ELF file that a format's name says. */
  bits(key: string): 32 | 64 | undefined {
    const name = this.formatName(key) ?? '';
    return name.startsWith('elf64') ? 64 : name.startsWith('elf32') ? 32 : undefined;
  }

  bytes(path: string): Uint8Array {
    const bytes = this.host.readFile(path);
    if (!bytes) throw new RequestProblem(`cannot open: ${path}: No such file or directory`);
    return bytes;
  }

  /** The words of the lines of a file, comments left out. */
  private words(path: string): string[][] {
    const text = new TextDecoder().decode(this.bytes(path));
    return text
      .split('\n')
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '')
      .map((line) => line.split(/\s+/));
  }

  /** Names of symbols, on the command line and in files. */
  names(key: string, fileKey: string): string[] {
    const fromFiles = this.all(fileKey).flatMap((path) => this.words(path).map(([name]) => name));
    return [...this.all(key), ...fromFiles];
  }

  pair(key: string, wanted: string): (readonly [string, string])[] {
    return pairs(this.all(key), wanted);
  }

  redefinitions(): Map<string, string> {
    const map = new Map<string, string>();
    const targets = new Set<string>();
    const add = (from: string, to: string, where: string): void => {
      if (map.has(from)) {
        throw new RequestProblem(`${where}: Multiple redefinition of symbol "${from}"`);
      }
      if (targets.has(to)) {
        throw new RequestProblem(
          `${where}: Symbol "${to}" is target of more than one redefinition`,
        );
      }
      map.set(from, to);
      targets.add(to);
    };
    for (const { key, value = '' } of this.list) {
      if (key === 'redefine') {
        for (const [from, to] of pairs([value], '--redefine-sym')) add(from, to, '--redefine-sym');
      }
      if (key !== 'redefine-file') continue;
      for (const [from, to] of this.words(value)) if (to !== undefined) add(from, to, value);
    }
    return map;
  }

  addressChanges(): SectionAddressChange[] {
    return this.list.flatMap(({ key, value: text = '' }) => {
      const kind = changeKinds[key];
      if (!kind) return [];
      const option = `change-${key}`;
      const sign = ['=', '+', '-'].find((each) => text.includes(each));
      if (sign === undefined) throw new RequestProblem(`bad format for --${option}`);
      const at = text.indexOf(sign);
      const value = number(text.slice(at + 1), option) * (sign === '-' ? -1 : 1);
      return [{ ...kind, pattern: text.slice(0, at), isRelative: sign !== '=', value }];
    });
  }

  addedSymbols(): AddedSymbol[] {
    return this.pair('add-symbol', '--add-symbol').map(([name, rest]) => {
      const [place, ...flags] = rest.split(',');
      const at = place.lastIndexOf(':');
      const before = flags.find((flag) => flag.startsWith('before='))?.slice(7);
      const section = at < 0 ? undefined : place.slice(0, at);
      return { name, section, value: number(place.slice(at + 1)), flags, before };
    });
  }

  /** What becomes global cannot be named in two ways. */
  checkBindings(): void {
    const keepsGlobal = this.names('G', 'keep-global-file').length > 0;
    if (!keepsGlobal || this.names('globalize', 'globalize-file').length === 0) return;
    throw new RequestProblem(
      '--globalize-symbol(s) is incompatible with -G/--keep-global-symbol(s)',
    );
  }

  renames(): NonNullable<ObjcopyOptions['rename']> {
    return this.pair('rename', '--rename-section').map(([from, rest]) => {
      const [to, ...flags] = rest.split(',');
      return { from, to, flags: flags.length > 0 ? flags.map(sectionFlagNamed) : undefined };
    });
  }

  /** --change-addresses moves the start too: the last of both counts. */
  startChange(): number {
    const moving = this.list.findLast(({ key }) => key === 'start-by' || key === 'addresses');
    return moving ? (this.numberOf(moving.key) ?? 0) : 0;
  }

  reversal(): number {
    const group = this.leadingNumberOf('reverse');
    if (group === undefined) return 0;
    if (group > 0 && group % 2 === 0) return group;
    throw new RequestProblem('number of bytes to reverse must be positive and even');
  }

  interleave(): ObjcopyOptions['interleave'] {
    const byte = this.leadingNumberOf('b') ?? -1;
    // Without a number it is four.
    const of = this.has('i') ? leadingNumber(this.last('i') ?? '4') : -1;
    const width = this.leadingNumberOf('interleave-width') ?? 1;
    const refuse = (why: string) => {
      throw new RequestProblem(why);
    };
    if (this.has('i') && of < 1) refuse('interleave must be positive');
    if (this.has('b') && byte < 0) refuse('byte number must be non-negative');
    if (width < 1) refuse('interleave width must be positive');
    if (of > 0 && byte < 0) refuse('interleave start byte must be set with --byte');
    if (byte >= of && byte >= 0) refuse('byte number must be less than interleave');
    if (byte >= 0 && width > of - byte) {
      refuse('interleave width must be less than or equal to interleave - byte`');
    }
    return byte < 0 ? undefined : { byte, of, width };
  }

  alignments(): { readonly pattern: string; readonly alignment: number }[] {
    const option = '--set-section-alignment';
    return this.pair('set-alignment', option).map(([pattern, text]) => {
      const alignment = leadingNumber(text);
      const wrong = alignment < 1 ? 'numeric argument needed' : 'alignment is not a power of two';
      if (alignment < 1 || (alignment & (alignment - 1)) !== 0) {
        throw new RequestProblem(`bad format for ${option}: ${wrong}`);
      }
      return { pattern, alignment };
    });
  }

  compression(): ObjcopyOptions['compress'] {
    if (this.has('decompress')) return 'decompress';
    if (!this.has('compress')) return undefined;
    const kind = this.last('compress') ?? 'zlib';
    if (kind === 'none') return 'decompress';
    if (kind === 'zlib-gnu') return 'zlib-gnu';
    if (kind === 'zlib' || kind === 'zlib-gabi') return 'zlib';
    throw new RequestProblem(`unrecognized --compress-debug-sections type \`${kind}'`);
  }

  debuglink(): ObjcopyOptions['debuglink'] {
    const path = this.last('debuglink');
    if (path === undefined) return undefined;
    return { name: path.slice(path.lastIndexOf('/') + 1), bytes: this.bytes(path) };
  }
}

/** What the options ask for; throws a RequestProblem for a mistake in them. */
export function readObjcopyOptions(
  list: readonly Option[],
  strip: ObjcopyOptions['strip'],
  host: Host,
): { readonly options: ObjcopyOptions; readonly dumps: (readonly [string, string])[] } {
  const reader = new Reader(list, host);
  reader.checkBindings();
  const sections = (key: string) =>
    reader
      .pair(key, `--${key}-section`)
      .map(([name, path]) => ({ name, bytes: reader.bytes(path) }));
  const setFlags = reader
    .pair('set-flags', '--set-section-flags')
    .map(([pattern, flags]) => ({ pattern, flags: flags.split(',').map(sectionFlagNamed) }));
  const setAlignment = reader.alignments();
  const options: ObjcopyOptions = {
    inputFormat: reader.format('I'),
    outputFormat: reader.format('O'),
    strip: strip === 'all' || strip === 'debug' || strip === 'unneeded' ? strip : 'none',
    discard: reader.has('x') ? 'all' : reader.has('X') ? 'labels' : 'none',
    only: reader.all('j'),
    remove: reader.all('R'),
    removeRelocations: reader.all('remove-relocations'),
    keepSections: reader.all('keep-section'),
    add: sections('add'),
    update: sections('update'),
    rename: reader.renames(),
    setFlags,
    setAlignment,
    changeSections: reader.addressChanges(),
    changeAddresses: reader.numberOf('addresses') ?? 0,
    setStart: reader.numberOf('set-start'),
    changeStart: reader.startChange(),
    gapFill: reader.has('gap') ? (reader.numberOf('gap') ?? 0) & 0xff : undefined,
    padTo: reader.numberOf('pad'),
    reverseBytes: reader.reversal(),
    interleave: reader.interleave(),
    hasWildcards: reader.has('w'),
    keep: reader.names('K', 'keep-file'),
    stripNames: reader.names('N', 'strip-file'),
    stripUnneededNames: reader.names('unneeded-symbol', 'unneeded-file'),
    localize: reader.names('L', 'localize-file'),
    globalize: reader.names('globalize', 'globalize-file'),
    keepGlobal: reader.names('G', 'keep-global-file'),
    weaken: reader.names('W', 'weaken-file'),
    weakenAll: reader.has('weaken'),
    commonType: commonTypes.get(reader.last('stt-common') ?? ''),
    localizeHidden: reader.has('localize-hidden'),
    keepFileSymbols: reader.has('keep-file-symbols'),
    keepSectionSymbols: reader.has('keep-section-symbols'),
    redefine: reader.redefinitions(),
    ...prefixes(reader),
    addSymbols: reader.addedSymbols(),
    onlyKeepDebug: strip === 'nondebug',
    outputBits: reader.bits('O'),
    extractsSymbols: reader.has('extract-symbol'),
    debuglink: reader.debuglink(),
    compress: reader.compression(),
    deflate: (bytes) => new Uint8Array(deflateSync(bytes)),
    dwo: strip === 'dwo' ? 'strip' : strip === 'nondwo' ? 'extract' : 'none',
    srecLength: reader.numberOf('srec-len'),
    srecForceS3: reader.has('srec-force'),
    verilogWidth: reader.numberOf('verilog') ?? 1,
  };
  return { options, dumps: reader.pair('dump', '--dump-section') };
}

const commonTypes: ReadonlyMap<string, 'common' | 'object'> = new Map([
  ['yes', 'common'],
  ['no', 'object'],
]);

function prefixes(reader: Reader): ObjcopyOptions {
  const prefix = (key: string) => reader.last(key);
  const symbols = prefix('prefix-symbols');
  const sections = prefix('prefix-sections');
  const alloc = prefix('prefix-alloc-sections');
  return {
    ...(symbols === undefined ? {} : { prefixSymbols: symbols }),
    ...(sections === undefined ? {} : { prefixSections: sections }),
    ...(alloc === undefined ? {} : { prefixAllocSections: alloc }),
  };
}
