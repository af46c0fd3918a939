// `ring0 readelf`: the structure of ELF files.

import { readelfTo } from '@ring0/binutils';
import type { DebugOptions, DumpRequest, ReadelfOptions } from '@ring0/binutils';
import { isArchive, isThinArchive, readArchive } from '@ring0/elf';
import type { Archive } from '@ring0/elf';
import { checkedKinds, debugOptions } from './debug-options.ts';
import type { Host, Tool } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { CommandLine, OptionTable } from './options.ts';

const usage = `Usage: readelf <option(s)> elf-file(s)
 Display information about the contents of ELF format files
 Options are:
  -a --all               Equivalent to: -h -l -S -s -r -d -V -A -I
  -h --file-header       the ELF file header
  -l --program-headers   the program headers (also --segments)
  -S --section-headers   the sections' headers (also --sections)
  -g --section-groups    the section groups
  -t --section-details   the sections' headers with every flag's name
  -e --headers           Equivalent to: -h -l -S
  -s --syms              the symbol tables (also --symbols)
     --dyn-syms          the dynamic symbol table
     --sym-base=BASE     base of symbol sizes: 0, 8, 10 or 16
  -n --notes             the notes
  -r --relocs            the relocations
  -u --unwind            the unwind information
  -d --dynamic           the dynamic section
  -V --version-info      the version sections
  -A --arch-specific     what belongs to the architecture
  -c --archive-index     the symbol index of an archive
  -D --use-dynamic       symbols and relocations by the dynamic section
  -x --hex-dump=SECTION  a section's bytes (number or name)
  -p --string-dump=SECTION
  -R --relocated-dump=SECTION
  -z --decompress        decompress sections before they are dumped
  -w[lLiaprmfFsotRAO] --debug-dump[=rawline,=decodedline,=info,=abbrev,=pubnames,
     =aranges,=macro,=frames,=frames-interp,=str,=loc,=pubtypes,=Ranges,=addr,
     =str-offsets,=links]
                         the debugging sections
  --dwarf-depth=N        no entries at depth N or greater
  --dwarf-start=N        entries from offset N on
  -I --histogram         how the hash tables spread their symbols
  -C --demangle          names of C++ as the source has them
  -W --wide              lines may be longer than 80 columns
  -T --silent-truncation cut names do not show the cut
  @FILE                  options from FILE
  -H --help              this text
  -v --version           the version
`;

const table: OptionTable = {
  letters: 'aADdegHhIlLnNPp:rR:sStTuVvWw::x:XzcCU:',
  names: {
    all: 'a',
    'file-header': 'h',
    'program-headers': 'l',
    segments: 'l',
    'section-headers': 'S',
    sections: 'S',
    'section-groups': 'g',
    'section-details': 't',
    headers: 'e',
    symbols: 's',
    syms: 's',
    'dyn-syms': 'dyn',
    'lto-syms': 'lto',
    'sym-base=': 'base',
    'demangle=?': 'C',
    'no-demangle': 'no-demangle',
    'recurse-limit': 'ignored',
    'no-recurse-limit': 'ignored',
    'unicode=': 'U',
    notes: 'n',
    relocs: 'r',
    unwind: 'u',
    dynamic: 'd',
    'version-info': 'V',
    'arch-specific': 'A',
    'archive-index': 'c',
    'use-dynamic': 'D',
    lint: 'L',
    'enable-checks': 'L',
    'hex-dump=': 'x',
    'string-dump=': 'p',
    'relocated-dump=': 'R',
    decompress: 'z',
    'debug-dump=?': 'debug',
    'process-links': 'P',
    'dwarf-depth=': 'depth',
    'dwarf-start=': 'start',
    'dwarf-check': 'ignored',
    'ctf=': 'absent',
    'sframe=': 'absent',
    'ctf-parent=': 'ignored',
    'ctf-symbols=': 'ignored',
    'ctf-strings=': 'ignored',
    histogram: 'I',
    wide: 'W',
    'silent-truncation': 'T',
    help: 'H',
    version: 'v',
  },
};

/** Files below this are shown before V8's last optimising stage pays (measured: sqlite with -g). */
const shortRun = { from: 1 << 16, to: 16 << 20 };

const dumpKinds: Readonly<Record<string, DumpRequest['kind'] | undefined>> = {
  x: 'hex',
  p: 'strings',
  R: 'relocated',
};

const noDebug: DebugOptions = { kinds: new Set() };

interface Request {
  readonly options: ReadelfOptions;
  readonly hasWork: boolean;
  readonly hasArchiveIndex: boolean;
  readonly problem: string | undefined;
  /** Sections of formats that are not read. */
  readonly absent: readonly string[];
}

function request({ options: list }: CommandLine): Request {
  const has = (key: string) => list.some((option) => option.key === key);
  const last = (key: string) => list.findLast((option) => option.key === key)?.value;
  const dumps = list.flatMap(({ key, value }) => {
    const kind = dumpKinds[key];
    return kind && value !== undefined ? [{ kind, section: value }] : [];
  });
  const chosen: DebugOptions | string | undefined = debugOptions(list);
  const debug = typeof chosen === 'string' ? undefined : chosen;
  const base = Number(last('base') ?? 0);
  const isHeader = has('e');
  const options: ReadelfOptions = {
    all: has('a'),
    checks: has('L'),
    header: has('h') || isHeader,
    segments: has('l') || isHeader,
    sections: has('S') || isHeader,
    sectionDetails: has('t') || has('N'),
    symbols: has('s'),
    dynamicSymbols: has('dyn'),
    relocations: has('r'),
    groups: has('g'),
    notes: has('n'),
    dynamic: has('d'),
    versions: has('V'),
    unwind: has('u'),
    histogram: has('I'),
    isWide: has('W'),
    isDemangled: has('C'),
    isSilent: has('T'),
    useDynamic: has('D'),
    symbolBase: base === 8 || base === 10 || base === 16 ? base : 0,
    dumps,
    decompress: has('z'),
    // -P follows links from the debugging information, which it reads.
    debug: debug ?? (has('P') ? noDebug : undefined),
  };
  const shows = Object.entries(options).some(
    ([name, value]) =>
      value === true &&
      !['isWide', 'isSilent', 'decompress', 'checks', 'useDynamic'].includes(name),
  );
  const hasMore = dumps.length > 0 || debug !== undefined || has('c');
  const isOnlyChecked = options.checks === true && !shows && !hasMore;
  return {
    options: isOnlyChecked ? { ...options, all: true, debug: { kinds: checkedKinds } } : options,
    hasWork:
      isOnlyChecked ||
      shows ||
      dumps.length > 0 ||
      debug !== undefined ||
      has('A') ||
      has('c') ||
      has('absent') ||
      has('lto'),
    hasArchiveIndex: has('c'),
    problem: typeof chosen === 'string' ? chosen : undefined,
    absent: list.flatMap(({ key, value }) => (key === 'absent' ? [value ?? ''] : [])),
  };
}

class Run {
  private readonly host: Host;
  private readonly wanted: Request;
  private readonly isNamed: boolean;
  isGood = true;
  private refused: string | undefined;

  constructor(host: Host, wanted: Request, isNamed: boolean) {
    this.host = host;
    this.wanted = wanted;
    this.isNamed = isNamed;
  }

  private fail(text: string): void {
    this.host.stderr(`readelf: Error: ${text}\n`);
    this.isGood = false;
  }

  file(path: string): void {
    const { host } = this;
    const bytes = host.readFile(path);
    if (!bytes) {
      const why = host.isFolder?.(path) ? ' is not an ordinary file' : ': No such file';
      return this.fail(`'${path}'${why}`);
    }
    const { length } = bytes;
    if (length > shortRun.from && length < shortRun.to) host.expectShortRun?.();
    if (bytes.length === 0) return this.fail(`${path}: Failed to read file's magic number`);
    if (!isArchive(bytes) && !isThinArchive(bytes)) {
      if (this.wanted.hasArchiveIndex) {
        host.stderr(
          `readelf: Error: File ${path} is not an archive so its index cannot be displayed.\n`,
        );
      }
      this.object(bytes, path, this.isNamed);
      return;
    }
    const { archive, problems } = readArchive(bytes, path, (name) => host.readFile(name));
    for (const problem of problems) this.fail(problem);
    if (!archive) return;
    if (this.wanted.hasArchiveIndex) this.index(archive, path);
    if (this.wanted.hasArchiveIndex && !this.hasViews()) return;
    for (const { name, bytes: member } of archive.members) {
      this.object(member, archive.isThin ? `${path}[${name}]` : `${path}(${name})`, true);
    }
  }

  private hasViews(): boolean {
    return Object.entries(this.wanted.options).some(([, value]) => value === true);
  }

  private index({ index, indexSize, members, isThin }: Archive, path: string): void {
    const { host } = this;
    if (!index) {
      this.fail(`${path} has no archive index`);
      return;
    }
    // Of the names; the index has a count and an offset for each besides.
    const size = Math.max(0, indexSize - 4 - 4 * index.length).toString(16);
    host.stdout(
      `Index of archive ${path}: (${index.length} entries, 0x${size} bytes in the symbol table)\n`,
    );
    const names = new Map(members.map(({ name, offset }) => [offset, name]));
    let last = -1;
    for (const { name, offset } of index) {
      if (offset !== last) {
        const name = names.get(offset) ?? '';
        const shown = isThin ? `${path}[${name}]` : `${path}(${name})`;
        host.stdout(`Contents of binary ${shown} at offset 0x${offset.toString(16)}\n`);
      }
      last = offset;
      host.stdout(`\t${name}\n`);
    }
  }

  private object(bytes: Uint8Array, shown: string, isNamed: boolean): void {
    const { host, wanted } = this;
    let isTitled = !isNamed;
    const take = (text: Uint8Array) => {
      if (!isTitled) host.stdout(`\nFile: ${shown}\n`);
      isTitled = true;
      host.stdout(text);
    };
    const { complaints, isGood } = readelfTo(bytes, shown, wanted.options, take);
    if (!isTitled && bytes.length > 0 && bytes[0] === 0x7f) take(new Uint8Array(0));
    for (const section of wanted.absent) {
      host.stderr(
        `readelf: Warning: section '${section}' was not dumped: CTF and SFrame are not read\n`,
      );
    }
    for (const { kind, text } of complaints) {
      // Of relocations that cannot be applied only another kind is news, in another file too.
      const refused = /^unable to apply unsupported reloc type \d+/.exec(text)?.[0];
      if (refused !== undefined && refused === this.refused) continue;
      this.refused = refused ?? this.refused;
      host.stderr(`readelf: ${kind}: ${text}\n`);
    }
    if (!isGood) this.isGood = false;
  }
}

/** Status 1 where a file cannot be read or for wrong usage. */
export const main: Tool = (argv, host) => {
  const line = readCommandLine(argv, table, host);
  const has = (key: string) => line.options.some((option) => option.key === key);
  if (line.problem !== undefined) {
    host.stderr(`readelf: ${line.problem}\n${usage}`);
    return 1;
  }
  if (has('H') || has('v')) {
    host.stdout(has('H') ? usage : versionText('readelf'));
    return 0;
  }
  const wanted = request(line);
  if (wanted.problem !== undefined) host.stderr(`readelf: Warning: ${wanted.problem}\n`);
  if (!wanted.hasWork || line.files.length === 0) {
    host.stderr(wanted.hasWork ? `readelf: Warning: Nothing to do.\n${usage}` : usage);
    return 1;
  }
  const run = new Run(host, wanted, line.files.length > 1);
  for (const path of line.files) run.file(path);
  return run.isGood ? 0 : 1;
};
