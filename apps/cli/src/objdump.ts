// ring0 objdump: headers, symbols, relocations and disassembly, in GNU objdump's spelling.

import { objdumpTo } from '@ring0/binutils';
import type { DebugOptions, ObjdumpFormat, ObjdumpOptions } from '@ring0/binutils';
import { unreadableText } from './binutils-input.ts';
import { allKinds, debugOptions } from './debug-options.ts';
import type { Host } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { OptionTable } from './options.ts';

const usage = `Usage: objdump <option(s)> <file(s)>
 Display information from object <file(s)>.
 At least one of the following switches must be given:
  -a, --archive-headers     archive header information
  -f, --file-headers        the overall file header
  -p, --private-headers     what belongs to the object format
  -h, --[section-]headers   the section headers
  -x, --all-headers         all headers (-a -f -p -h -r -t)
  -d, --disassemble[=SYM]   executable sections; or the code of SYM
  -D, --disassemble-all     all sections
  -S, --source              source code with the disassembly
      --source-comment[=TEXT]
  -s, --full-contents       contents of all sections that are asked for
  -W, --dwarf[=KIND,..]     debugging sections, as readelf -w
  -t, --syms                the symbol table
  -T, --dynamic-syms        the dynamic symbol table
  -r, --reloc               the relocations
  -R, --dynamic-reloc       the dynamic relocations
  @FILE                     options from FILE
 The following switches are optional:
  -b, --target=BFDNAME      elf32-i386, binary, ihex or srec
  -m, --architecture=NAME   i386 or i8086
  -j, --section=NAME        only this section
  -M, --disassembler-options=LIST   att, intel, i386, i8086, addr16, data16, ..
  -l, --line-numbers        functions and lines with the disassembly
  -F, --file-offsets        file offsets
  -C, --demangle            names of C++ as the source has them
  -w, --wide                lines may be longer than 80 columns
  -z, --disassemble-zeroes  runs of zeros too
      --start-address=ADDR --stop-address=ADDR   only this range
      --adjust-vma=OFFSET   added to all addresses
      --[no-]show-raw-insn  the bytes of instructions
      --insn-width=N        bytes on a line
      --prefix-addresses    the whole address on each line
      --no-addresses        no addresses
      --dwarf-depth=N --dwarf-start=N
`;

const table: OptionTable = {
  letters: 'aCdDeE:fFgGhHiI:j:lLM:m:pPrRsSb:tTU:vVwW::xz',
  names: {
    'archive-headers': 'a',
    'file-headers': 'f',
    'private-headers': 'p',
    headers: 'h',
    'section-headers': 'h',
    'all-headers': 'x',
    'disassemble=?': 'd',
    'disassemble-all': 'D',
    source: 'S',
    'source-comment=?': 'comment',
    'full-contents': 's',
    debugging: 'g',
    'debugging-tags': 'e',
    stabs: 'G',
    'ctf=?': 'absent',
    'sframe=?': 'absent',
    'ctf-parent=': 'ignored',
    'show-all-symbols': 'all-symbols',
    'dwarf=?': 'debug',
    syms: 't',
    'dynamic-syms': 'T',
    reloc: 'r',
    'dynamic-reloc': 'R',
    'target=': 'b',
    'architecture=': 'm',
    'section=': 'j',
    'disassembler-options=': 'M',
    'line-numbers': 'l',
    'file-offsets': 'F',
    'demangle=?': 'C',
    'no-demangle': 'no-demangle',
    'recurse-limit': 'ignored',
    'no-recurse-limit': 'ignored',
    wide: 'w',
    'disassemble-zeroes': 'z',
    'start-address=': 'start-address',
    'stop-address=': 'stop-address',
    'adjust-vma=': 'adjust',
    'show-raw-insn': 'raw',
    'no-show-raw-insn': 'no-raw',
    'insn-width=': 'width',
    'prefix-addresses': 'prefix-addresses',
    'no-addresses': 'no-addresses',
    addresses: 'ignored',
    'special-syms': 'special',
    inlines: 'inlines',
    'file-start-context': 'file-start',
    'dwarf-depth=': 'depth',
    'dwarf-start=': 'start',
    'dwarf-check': 'ignored',
    'prefix=': 'ignored',
    'prefix-strip=': 'ignored',
    'include=': 'I',
    'visualize-jumps=?': 'jumps',
    'disassembler-color=': 'ignored',
    'process-links': 'ignored',
    'endian=': 'E',
    'unicode=': 'U',
    info: 'i',
    help: 'H',
    version: 'V',
  },
};

type Draft = { -readonly [Key in keyof ObjdumpOptions]: ObjdumpOptions[Key] };

function setMachine(name: string, options: Draft): string | undefined {
  if (!/^(i386|i8086|i386:x86-64)(:intel)?$/.test(name))
    return `can't use supplied machine ${name}`;
  options.hasMachine = true;
  if (name.startsWith('i8086')) setMode(options, 16);
  else if (name.includes('x86-64')) {
    setMode(options, 64);
    options.isLongMachine = true;
  }
  if (name.endsWith(':intel')) options.syntax = 'intel';
  return undefined;
}

function setMode(options: Draft, mode: Draft['mode']): void {
  options.mode = mode;
  options.hasMode = true;
  // The mode sets all sizes; what stands after it may change them again.
  options.dialect = { ...options.dialect, sizes: undefined };
}

/** Styles of which nothing that is shown here depends. */
const ignoredStyles = new Set(['amd64', 'intel64']);

function setDisassembler(list: string, options: Draft, host: Host): void {
  for (const name of list.split(',')) {
    const dialect = options.dialect ?? {};
    const [, kind, bits] = /^(addr|data)(16|32)$/.exec(name) ?? [];
    if (name === 'att' || name === 'intel') options.syntax = name;
    else if (name === 'att-mnemonic' || name === 'intel-mnemonic') {
      const syntax = name === 'att-mnemonic' ? 'att' : 'intel';
      options.syntax = syntax;
      options.dialect = { ...dialect, mnemonics: syntax };
    } else if (name === 'suffix') options.dialect = { ...dialect, hasSuffixes: true };
    else if (name === 'x86-64') setMode(options, 64);
    else if (name === 'i386') setMode(options, 32);
    else if (name === 'i8086') setMode(options, 16);
    else if (kind !== undefined) {
      const key = kind === 'addr' ? 'addressSize' : 'operandSize';
      const sizes = { ...dialect.sizes, [key]: bits === '16' ? 16 : 32 } as const;
      options.dialect = { ...dialect, sizes };
    } else if (!ignoredStyles.has(name) && name !== '') {
      host.stderr(`objdump: warning: unrecognised disassembler option: ${name}\n`);
    }
  }
}

const formats: Readonly<Record<string, ObjdumpFormat | undefined>> = {
  binary: 'binary',
  'elf32-i386': 'elf',
  'elf64-x86-64': 'elf',
  'elf32-little': 'elf',
  ihex: 'ihex',
  srec: 'srec',
};

function address(text: string): number | undefined {
  const value = Number(text.replace(/^0+(?=\d)/, ''));
  return text.trim() !== '' && Number.isSafeInteger(value) ? value : undefined;
}

interface Request {
  readonly options: Draft;
  readonly flags: ReadonlySet<string>;
  problem: string | undefined;
}

function defaults(): Draft {
  return {
    hasHeaders: false,
    hasSymbols: false,
    hasRelocations: false,
    disassembly: 'none',
    isBinary: false,
    hasMachine: false,
    mode: 32,
    syntax: 'att',
    sections: [],
    startAddress: undefined,
    stopAddress: undefined,
    showsZeros: false,
    showsBytes: true,
  };
}

/** Options that take a value; the result is a mistake. */
function setValue(key: string, value: string, options: Draft, host: Host): string | undefined {
  const number = (): number => address(value) ?? Number.NaN;
  switch (key) {
    case 'b':
      options.format = formats[value] ?? 'auto';
      options.isBinary = value === 'binary';
      return formats[value] ? undefined : `invalid bfd target: ${value}`;
    case 'm':
      return setMachine(value, options);
    case 'M':
      setDisassembler(value, options, host);
      return undefined;
    case 'j':
      options.sections = [...options.sections, value];
      return undefined;
    case 'start-address':
      options.startAddress = number();
      return Number.isNaN(options.startAddress) ? `bad number: ${value}` : undefined;
    case 'stop-address':
      options.stopAddress = number();
      return Number.isNaN(options.stopAddress) ? `bad number: ${value}` : undefined;
    case 'adjust':
      options.adjust = number();
      return Number.isNaN(options.adjust) ? `bad number: ${value}` : undefined;
    case 'width':
      options.width = number();
      return options.width > 0 ? undefined : 'error: instruction width must be positive';
    default:
      return undefined;
  }
}

function read(
  argv: readonly string[],
  host: Host,
): Request & { readonly files: readonly string[] } {
  const line = readCommandLine(argv, table, host);
  const options = defaults();
  const flags = new Set(line.options.map(({ key }) => key));
  let { problem } = line;
  for (const { key, value } of line.options) {
    if (value !== undefined) problem ??= setValue(key, value, options, host);
    if (key === 'd' && value !== undefined) options.symbol = value;
  }
  const has = (...keys: string[]) => keys.some((key) => flags.has(key));
  const isAll = has('x');
  options.hasArchiveHeaders = has('a') || isAll;
  options.hasFileHeader = has('f') || isAll;
  options.hasPrivate = has('p') || isAll;
  options.hasHeaders = has('h') || isAll;
  options.hasSymbols = has('t') || isAll;
  options.hasRelocations = has('r') || isAll;
  options.hasDynamicSymbols = has('T');
  options.hasDynamicRelocations = has('R');
  options.hasContents = has('s');
  options.disassembly = has('D') ? 'all' : has('d', 'S') ? 'code' : 'none';
  options.showsZeros = has('z');
  options.showsAllSymbols = has('all-symbols');
  options.isWide = has('w');
  options.isDemangled = line.options.findLast(isDemangling)?.key === 'C';
  options.showsFileOffsets = has('F');
  options.prefixesAddresses = has('prefix-addresses');
  options.hidesAddresses = has('no-addresses');
  options.showsBytes = has('raw') || !(has('no-raw') || options.prefixesAddresses);
  const debug: DebugOptions | string | undefined = debugOptions(line.options, 'W');
  if (typeof debug === 'string') host.stderr(`objdump: Warning: ${debug}\n`);
  else options.debug = debug ?? (has('g', 'e') ? { kinds: allKinds } : undefined);
  options.hidesFormat = has('e');
  const comment = line.options.findLast(({ key }) => key === 'comment');
  if (comment && options.disassembly === 'none') options.disassembly = 'code';
  options.source = {
    showsPlaces: has('l'),
    showsSource: has('S', 'comment'),
    fromFileStart: has('file-start'),
    comment: comment ? (comment.value ?? '# ') : '',
    showsInlines: has('inlines'),
    isDemangled: options.isDemangled,
    readFile: (path) => host.readFile(path),
  };
  options.readFile = (path) => host.readFile(path);
  return { options, flags, problem, files: line.files };
}

const isDemangling = ({ key }: { readonly key: string }): boolean =>
  key === 'C' || key === 'no-demangle';

function hasWork(options: Draft): boolean {
  const views = [
    options.hasArchiveHeaders,
    options.hasFileHeader,
    options.hasPrivate,
    options.hasHeaders,
    options.hasSymbols,
    options.hasDynamicSymbols,
    options.hasRelocations,
    options.hasDynamicRelocations,
    options.hasContents,
    options.disassembly !== 'none',
    options.debug !== undefined,
  ];
  return views.some((view) => view === true);
}

/** Files below this are shown before V8's last optimising stage pays (measured: busybox); telling V8 costs 3 ms. */
const shortRun = { from: 1 << 16, to: 16 << 20 };

/** The tool `objdump`. Exit status: 0 done, 1 a file could not be shown, 2 wrong usage. */
export function main(argv: readonly string[], host: Host): number {
  const { options, flags, problem, files } = read(argv, host);
  if (problem === undefined && (flags.has('H') || flags.has('V') || flags.has('v'))) {
    host.stdout(flags.has('H') ? usage : versionText('objdump'));
    return 0;
  }
  if (problem === undefined && flags.has('i')) {
    host.stdout('elf32-i386\n (header little endian, data little endian)\n  i386\n');
    return 0;
  }
  const hasOther = flags.has('G') || flags.has('absent');
  if (problem !== undefined || !(hasWork(options) || hasOther)) {
    host.stderr(problem === undefined ? usage : `objdump: ${problem}\n${usage}`);
    return problem?.startsWith('bad number') || problem?.startsWith('invalid bfd') ? 1 : 2;
  }
  let status = 0;
  if (flags.has('absent')) {
    host.stderr('objdump: CTF and SFrame sections are not read\n');
    status = 1;
  }
  const found = new Set<string>();
  let isRead = false;
  let isOver = false;
  for (const path of files.length > 0 ? files : ['a.out']) {
    if (isOver) break;
    const bytes = host.readFile(path);
    if (!bytes) {
      host.stderr(unreadableText('objdump', path, host));
      status = 1;
      continue;
    }
    isRead = true;
    const { length } = bytes;
    if (length > shortRun.from && length < shortRun.to) host.expectShortRun?.();
    const result = objdumpTo(bytes, path, options, (text) => host.stdout(text));
    for (const name of result.found) found.add(name);
    isOver = result.isOver;
    for (const sentence of result.problems) host.stderr(`objdump: ${sentence}\n`);
    if (result.problems.length > 0) status = 1;
  }
  for (const name of options.sections) {
    if (found.size > 0 || !isRead || isOver) continue;
    host.stderr(
      `objdump: section '${name}' mentioned in a -j option, but not found in any input file\n`,
    );
    status = 1;
  }
  return status;
}
