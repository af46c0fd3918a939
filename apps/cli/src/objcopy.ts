// `ring0 objcopy` and `ring0 strip`.

import { objcopy } from '@ring0/binutils';
import type { ObjcopyOptions, SectionAddressChange } from '@ring0/binutils';
import { isArchive, isElf, isThinArchive, readArchive, writeArchive } from '@ring0/elf';
import { unreadableText, usageProblem } from './binutils-input.ts';
import type { Host, Tool } from './host.ts';
import { RequestProblem, objcopyTable, readObjcopyOptions, stripTable } from './objcopy-request.ts';
import { readCommandLine, versionText } from './options.ts';
import type { CommandLine } from './options.ts';

const objcopyUsage = `Usage: objcopy [option(s)] in-file [out-file]
 Copies a binary file, possibly transforming it in the process
 The options are:
  -I --input-target FORMAT     elf32-i386, binary, ihex or srec
  -O --output-target FORMAT    these, symbolsrec or verilog
  -B --binary-architecture ARCH
  -F --target FORMAT           both
  -j --only-section NAME       -R --remove-section NAME   --remove-relocations NAME
  --keep-section NAME
  --add-section NAME=FILE      --update-section NAME=FILE --dump-section NAME=FILE
  --rename-section OLD=NEW[,FLAGS]   --set-section-flags NAME=FLAGS
  --set-section-alignment NAME=ALIGN
  --change-section-address NAME{=|+|-}VAL  (-lma, -vma)   --change-addresses INCR
  --set-start ADDR             --change-start INCR
  --gap-fill VAL   --pad-to ADDR   --reverse-bytes NUM   -b --byte NUM   -i --interleave NUM
  -S --strip-all   -g --strip-debug   --strip-unneeded   --strip-dwo   --extract-dwo
  -K --keep-symbol NAME        -N --strip-symbol NAME     --strip-unneeded-symbol NAME
  -L --localize-symbol NAME    --globalize-symbol NAME    -G --keep-global-symbol NAME
  -W --weaken-symbol NAME      --weaken                   --localize-hidden
     (each also as ..-symbols FILE)                       -w --wildcard
  --redefine-sym OLD=NEW       --redefine-syms FILE       --add-symbol NAME=[SECTION:]VAL[,FLAGS]
  --prefix-symbols PREFIX      --prefix-sections PREFIX   --prefix-alloc-sections PREFIX
  -x --discard-all             -X --discard-locals        --keep-file-symbols
  --only-keep-debug            --add-gnu-debuglink=FILE
  --compress-debug-sections[={none|zlib|zlib-gnu}]        --decompress-debug-sections
  --srec-len NUM   --srec-forceS3   --verilog-data-width NUM
  @FILE   -h --help   -V --version
`;

const stripUsage = `Usage: strip <option(s)> in-file(s)
 Removes symbols and sections from files
 The options are:
  -s --strip-all   -g -S -d --strip-debug   --strip-unneeded   --strip-dwo
  -K --keep-symbol NAME   -N --strip-symbol NAME   -R --remove-section NAME
  -w --wildcard   -x --discard-all   -X --discard-locals   --only-keep-debug
  --keep-file-symbols   --keep-section-symbols   --keep-section NAME   -o FILE   @FILE   -h --help   -V --version
`;

interface Copy {
  readonly tool: string;
  readonly host: Host;
  readonly options: ObjcopyOptions;
  /** Sections whose contents are written to files. */
  readonly dumps: readonly (readonly [string, string])[];
  /** The changes of addresses that have been of use. */
  readonly usedChanges: Set<SectionAddressChange>;
  /** -v */
  readonly isVerbose: boolean;
  /** -M, which says where there are no notes to merge. */
  readonly mergesNotes: boolean;
}

/** The name of the format that a file has, or is written in. */
function formatName(bytes: Uint8Array, named: string | undefined): string {
  if (named !== undefined) return named;
  if (!isElf(bytes)) return 'binary';
  return bytes[4] === 2 ? 'elf64-x86-64' : 'elf32-i386';
}

/** Says which changes of addresses no section was named by. */
function warnOfUnused({ tool, host, options, usedChanges }: Copy): void {
  for (const change of options.changeSections?.toReversed() ?? []) {
    if (usedChanges.has(change)) continue;
    const value = BigInt.asUintN(64, BigInt(change.value)).toString(16);
    const shown = `${change.pattern}${change.isRelative ? '+' : '='}0x${value}`;
    const kinds = [change.vma ? 'vma' : '', change.lma ? 'lma' : ''].filter((kind) => kind !== '');
    for (const kind of kinds) {
      host.stderr(`${tool}: --change-section-${kind} ${shown} never used\n`);
    }
  }
}

function copyBytes(copy: Copy, bytes: Uint8Array, path: string): Uint8Array | undefined {
  const { tool, host, options, dumps } = copy;
  const names = dumps.map(([name]) => name);
  if (copy.isVerbose) {
    const from = formatName(bytes, options.inputFormat === 'elf' ? undefined : options.inputFormat);
    const to = options.outputFormat === 'elf' ? from : (options.outputFormat ?? from);
    const output = options.outputName ?? path;
    host.stdout(`copy from \`${path}' [${from}] to \`${output}' [${to}]\n`);
  }
  const result = objcopy(bytes, path, options, names);
  for (const text of [...result.notes, ...result.problems]) host.stderr(`${tool}: ${text}\n`);
  if (copy.mergesNotes && result.bytes) {
    host.stderr(`${tool}: ${path}: Could not find any mergeable note sections\n`);
  }
  for (const change of result.usedChanges) copy.usedChanges.add(change);
  for (const [name, to] of dumps) {
    const contents = result.dumps?.get(name);
    if (contents && !host.writeFile(to, contents)) host.stderr(`${tool}: cannot write ${to}\n`);
  }
  return result.bytes;
}

/** An archive's members one by one; what is no object stays as it is. */
function copyArchive(copy: Copy, bytes: Uint8Array, path: string): Uint8Array | undefined {
  const { archive, problems } = readArchive(bytes, path);
  for (const problem of problems) copy.host.stderr(`${copy.tool}: ${problem}\n`);
  if (!archive || problems.length > 0) return undefined;
  for (const member of archive.members) {
    if (!isElf(member.bytes)) {
      copy.host.stderr(`${copy.tool}: ${path}(${member.name}): file format not recognized\n`);
      continue;
    }
    const made = copyBytes(copy, member.bytes, `${path}(${member.name})`);
    if (!made) return undefined;
    member.bytes = made;
    member.date = 0;
    member.owner = 0;
    member.group = 0;
    member.mode = 0o644;
  }
  return writeArchive(archive.members, { hasIndex: archive.index !== undefined });
}

function copyOne(copy: Copy, input: string, output: string): number {
  const { host, tool } = copy;
  const bytes = host.readFile(input);
  if (!bytes) {
    host.stderr(unreadableText(tool, input, host));
    return 1;
  }
  if (bytes.length === 0 && copy.options.inputFormat !== 'binary') {
    host.stderr(`${tool}: ${input}: file format not recognized\n`);
    return 1;
  }
  if (isThinArchive(bytes) && copy.options.inputFormat !== 'binary') {
    const why = 'sorry: copying thin archives is not currently supported: invalid operation';
    host.stderr(`${tool}: ${input}: ${why}\n`);
    return 1;
  }
  const named: Copy = { ...copy, options: { ...copy.options, outputName: output } };
  const made =
    isArchive(bytes) && copy.options.inputFormat !== 'binary'
      ? copyArchive(named, bytes, input)
      : copyBytes(named, bytes, input);
  if (!made) return 1;
  const isExecutable = isElf(made) && (made[16] === 2 || made[16] === 3);
  if (host.writeFile(output, made, { isExecutable })) return 0;
  host.stderr(`${tool}: cannot write ${output}\n`);
  return 1;
}

/** What the options say, or the exit status where there is nothing to do. */
function prepare(
  tool: string,
  usage: string,
  line: CommandLine,
  strip: ObjcopyOptions['strip'],
  host: Host,
): Copy | number {
  const has = (key: string) => line.options.some((option) => option.key === key);
  if (line.problem !== undefined) return usageProblem(tool, line.problem, usage, host);
  if (has('V') || has('h') || has('H')) {
    host.stdout(has('V') ? versionText(tool) : usage);
    return 0;
  }
  try {
    const { options, dumps } = readObjcopyOptions(line.options, strip, host);
    const usedChanges = new Set<SectionAddressChange>();
    const merging = line.options.findLast(({ key }) => key === 'M' || key === 'no-merge-notes');
    const mergesNotes = tool === 'objcopy' && merging?.key === 'M';
    return { tool, host, options, dumps, usedChanges, isVerbose: has('v'), mergesNotes };
  } catch (error) {
    if (!(error instanceof RequestProblem)) throw error;
    host.stderr(`${tool}: ${error.message}\n`);
    return 1;
  }
}

/** What is stripped, by the options of both tools that say it: the last of them counts. */
const stripKeys = {
  unneeded: 'unneeded',
  'only-keep-debug': 'nondebug',
  'strip-dwo': 'dwo',
  'extract-dwo': 'nondwo',
} as const;

/** The last of the options that say what is stripped. */
function stripMode(
  line: CommandLine,
  byKey: Readonly<Record<string, ObjcopyOptions['strip']>>,
): ObjcopyOptions['strip'] {
  const found = line.options.findLast(({ key }) => byKey[key] !== undefined);
  return found && byKey[found.key];
}

/** Status 1 for wrong input or usage. */
export const main: Tool = (argv, host) => {
  const line = readCommandLine(argv, objcopyTable, host);
  const mode = stripMode(line, { ...stripKeys, S: 'all', g: 'debug' });
  const copy = prepare('objcopy', objcopyUsage, line, mode, host);
  if (typeof copy === 'number') return copy;
  const [input, output = input] = line.files;
  if (input === undefined || line.files.length > 2) {
    host.stderr(objcopyUsage);
    return 1;
  }
  const status = copyOne(copy, input, output);
  warnOfUnused(copy);
  return status;
};

/** `strip`: all symbols unless the options say less. */
export const strip: Tool = (argv, host) => {
  const line = readCommandLine(argv, stripTable, host);
  const keys = { ...stripKeys, s: 'all', g: 'debug', S: 'debug', d: 'debug' } as const;
  const chosen = stripMode(line, keys);
  const discards = line.options.some(({ key }) => ['x', 'X', 'N'].includes(key));
  const copy = prepare('strip', stripUsage, line, chosen ?? (discards ? 'none' : 'all'), host);
  if (typeof copy === 'number') return copy;
  const output = line.options.findLast(({ key }) => key === 'o')?.value;
  if (line.files.length === 0) {
    host.stderr(stripUsage);
    return 1;
  }
  let status = 0;
  for (const file of line.files) status = copyOne(copy, file, output ?? file) || status;
  return status;
};
