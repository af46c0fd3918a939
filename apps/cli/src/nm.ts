// `ring0 nm`: the symbols of objects and archives.

import { nmTo } from '@ring0/binutils';
import type { NmFormat, NmOptions } from '@ring0/binutils';
import { isWholeElf } from '@ring0/elf';
import type { Archive } from '@ring0/elf';
import { objectInputs, usageProblem } from './binutils-input.ts';
import type { ObjectInput } from './binutils-input.ts';
import type { Host, Tool } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { OptionTable } from './options.ts';

const usage = `Usage: nm [option(s)] [file(s)]
 List symbols in [file(s)] (a.out by default).
 The options are:
  -a, --debug-syms       sections and file names too
  -A, --print-file-name  the input file's name before every symbol (also -o)
  -B                     Same as --format=bsd
  -C, --demangle         names of C++ as the source has them
  -D, --dynamic          dynamic symbols instead of normal symbols
  -f, --format=FORMAT    bsd (the default), sysv, posix or just-symbols
  -g, --extern-only      only external symbols
  -j                     Same as --format=just-symbols
  -l, --line-numbers     where each symbol is defined or asked for
  -n, --numeric-sort     by address (also -v)
  -p, --no-sort          in the table's order
  -P, --portability      Same as --format=posix
  -r, --reverse-sort
  -S, --print-size       sizes of defined symbols
  -s, --print-armap      the index of archives
      --size-sort        by size
      --special-syms     accepted
      --synthetic        made-up symbols too
  -t, --radix=RADIX      d, o or x
  -u, --undefined-only   only undefined symbols
      --defined-only     only defined symbols
  -U, --unicode=HOW      accepted
  -W, --no-weak          no weak symbols
      --quiet            no word about files without symbols
  @FILE                  options from FILE
`;

const table: OptionTable = {
  letters: 'aABCDef:gjlnopPrSst:uU:vVWhX:',
  names: {
    'debug-syms': 'a',
    'print-file-name': 'A',
    'demangle=?': 'C',
    'no-demangle': 'no-demangle',
    'recurse-limit': 'ignored',
    'no-recurse-limit': 'ignored',
    dynamic: 'D',
    'format=': 'f',
    'extern-only': 'g',
    'just-symbols': 'j',
    'line-numbers': 'l',
    'numeric-sort': 'n',
    'no-sort': 'p',
    portability: 'P',
    'reverse-sort': 'r',
    'print-size': 'S',
    'print-armap': 's',
    'size-sort': 'size-sort',
    'special-syms': 'ignored',
    synthetic: 'synthetic',
    'radix=': 't',
    'undefined-only': 'u',
    'defined-only': 'defined',
    'no-weak': 'W',
    'ifunc-chars=': 'ignored',
    'target=': 'ignored',
    'unicode=': 'ignored',
    'with-symbol-versions': 'ignored',
    'without-symbol-versions': 'no-versions',
    'plugin=': 'ignored',
    quiet: 'quiet',
    help: 'h',
    version: 'V',
  },
};

const formats: Readonly<Record<string, NmFormat | undefined>> = {
  b: 'bsd',
  s: 'sysv',
  p: 'posix',
  j: 'just-symbols',
};
const radixes: Readonly<Record<string, 8 | 10 | 16 | undefined>> = { d: 10, o: 8, x: 16 };

function armapText(archive: Archive): string {
  const names = new Map(archive.members.map(({ name, offset }) => [offset, name]));
  let text = '\nArchive index:\n';
  for (const { name, offset } of archive.index ?? []) {
    text += `${name} in ${names.get(offset) ?? ''}\n`;
  }
  return archive.index ? text : '';
}

class Run {
  private readonly host: Host;
  private readonly options: NmOptions;
  private readonly flags: ReadonlySet<string>;
  private readonly isMany: boolean;
  status = 0;

  constructor(host: Host, options: NmOptions, flags: ReadonlySet<string>, isMany: boolean) {
    this.host = host;
    this.options = options;
    this.flags = flags;
    this.isMany = isMany;
  }

  file(path: string): void {
    const { host } = this;
    const inputs = objectInputs('nm', path, host);
    if (!inputs) this.status = 1;
    const archive = inputs?.[0]?.archive;
    if (archive && this.flags.has('s')) host.stdout(armapText(archive));
    for (const input of inputs ?? []) this.object(input);
  }

  private title(input: ObjectInput): string {
    const { path, member } = input;
    const { format = 'bsd', undefinedOnly } = this.options;
    const shown = member === undefined ? path : `${path}[${member}]`;
    if (format === 'sysv') {
      const what = undefinedOnly ? 'Undefined symbols' : 'Symbols';
      const isWide = input.bytes[4] === 2;
      const columns = isWide
        ? 'Value           Class        Type         Size             Line  Section'
        : 'Value   Class        Type         Size     Line  Section';
      return `\n\n${what} from ${shown}:\n\nName                  ${columns}\n\n`;
    }
    if (format === 'just-symbols') return '';
    if (this.flags.has('A') || this.flags.has('o')) return '';
    if (format === 'posix') return member === undefined && !this.isMany ? '' : `${shown}:\n`;
    return member === undefined && !this.isMany ? '' : `\n${member ?? path}:\n`;
  }

  private object(input: ObjectInput): void {
    const { host, options, flags } = this;
    const { path, member, bytes } = input;
    const shown = member ?? path;
    if (!isWholeElf(bytes)) {
      host.stderr(`nm: ${shown}: file format not recognized\n`);
      if (member === undefined) this.status = 1;
      return;
    }
    const isPrefixed = (flags.has('A') || flags.has('o')) && options.format !== 'just-symbols';
    const isPosix = options.format === 'posix';
    const inside =
      member === undefined ? path : isPosix ? `${path}[${member}]` : `${path}:${member}`;
    const prefix = isPrefixed ? `${inside}:` : '';
    host.stdout(this.title(input));
    const wanted = { ...options, prefix };
    const problems = nmTo(bytes, shown, wanted, (text) => host.stdout(text));
    for (const message of problems) {
      const isEmpty = message.endsWith('no symbols');
      if (!isEmpty) this.status = 1;
      if (!isEmpty || !flags.has('quiet')) host.stderr(`nm: ${message}\n`);
    }
  }
}

/** Status 1 where a file cannot be read or for wrong usage. */
export const main: Tool = (argv, host) => {
  const { options: list, files, problem } = readCommandLine(argv, table, host);
  if (problem !== undefined) return usageProblem('nm', problem, usage, host);
  const flags = new Set(list.map(({ key }) => key));
  const has = (...keys: string[]) => keys.some((key) => flags.has(key));
  if (has('V', 'h')) {
    host.stdout(has('h') ? usage : versionText('nm'));
    return 0;
  }
  let format: NmFormat = 'bsd';
  let radix: 8 | 10 | 16 = 16;
  for (const { key, value = '' } of list) {
    if (key === 'B') format = 'bsd';
    if (key === 'P') format = 'posix';
    if (key === 'j') format = 'just-symbols';
    if (key === 'f') {
      const named = formats[value[0]?.toLowerCase() ?? ''];
      if (!named) return usageProblem('nm', `${value}: invalid output format`, '', host);
      format = named;
    }
    if (key === 't') {
      const named = radixes[value];
      if (!named) return usageProblem('nm', `${value}: invalid radix`, '', host);
      radix = named;
    }
  }
  // The last one counts. -U takes what its long spelling takes, and means --defined-only besides.
  const only = list.findLast(({ key }) => ['u', 'U', 'defined'].includes(key))?.key;
  const sort = list.findLast(({ key }) => ['n', 'v', 'p', 'size-sort'].includes(key))?.key;
  const options: NmOptions = {
    isNumeric: sort === 'n' || sort === 'v',
    isUnsorted: sort === 'p',
    isReversed: has('r'),
    isBySize: sort === 'size-sort',
    externalOnly: has('g', 'e'),
    undefinedOnly: only === 'u',
    definedOnly: only === 'U' || only === 'defined',
    // Of external and of undefined symbols all are shown, weak ones too.
    hidesWeak: has('W') && !has('g', 'e') && only !== 'u',
    showsSizes: has('S'),
    showsDebugging: has('a'),
    isDynamic: has('D'),
    hasSynthetic: has('synthetic'),
    hasLines: has('l'),
    hidesVersions: has('no-versions'),
    isDemangled: list.findLast(({ key }) => key === 'C' || key === 'no-demangle')?.key === 'C',
    format,
    radix,
  };
  const run = new Run(host, options, flags, files.length > 1);
  for (const path of files.length > 0 ? files : ['a.out']) run.file(path);
  return run.status;
};
