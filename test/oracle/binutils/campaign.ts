// Random command lines of the object tools over whatever ELF files there are: what GNU's tool prints, says and ends with is
// compared whole with ours, and for objcopy and strip the file that is written.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { main as addr2line } from '../../../apps/cli/src/addr2line.ts';
import type { Host, Tool } from '../../../apps/cli/src/host.ts';
import { main as nm } from '../../../apps/cli/src/nm.ts';
import { main as objcopy, strip } from '../../../apps/cli/src/objcopy.ts';
import { main as objdump } from '../../../apps/cli/src/objdump.ts';
import { main as readelf } from '../../../apps/cli/src/readelf.ts';
import { main as size } from '../../../apps/cli/src/size.ts';
import { main as strings } from '../../../apps/cli/src/strings.ts';
import { Random } from '../../fuzz/random.ts';

const tools: Readonly<Record<string, Tool>> = {
  readelf,
  objdump,
  nm,
  size,
  strings,
  objcopy,
  strip,
  addr2line,
};

export interface Call {
  readonly tool: string;
  readonly args: readonly string[];
}

interface Answer {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The file that was written. */
  readonly out: Buffer | undefined;
}

/** The file that a call of objcopy or strip writes, in the folder of the comparison. */
export const outputName = 'out';

const outputMax = 1 << 28;

function written(folder: string): Buffer | undefined {
  const file = path.join(folder, outputName);
  if (!fs.existsSync(file)) return undefined;
  const bytes = fs.readFileSync(file);
  fs.rmSync(file);
  return bytes;
}

function gnu({ tool, args }: Call, folder: string): Answer {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC', DEBUGINFOD_URLS: '' };
  const options = { cwd: folder, maxBuffer: outputMax, env, input: '', timeout: 100_000 };
  const { status, stdout, stderr } = spawnSync(tool, args, options);
  return { status, stdout, stderr, out: written(folder) };
}

function ours({ tool, args }: Call, folder: string): Answer {
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  const host: Host = {
    readFile: (name) => {
      try {
        return new Uint8Array(fs.readFileSync(path.resolve(folder, name)));
      } catch {
        return undefined;
      }
    },
    isFolder: (name) =>
      fs.statSync(path.resolve(folder, name), { throwIfNoEntry: false })?.isDirectory() === true,
    writeFile: (name, bytes) => {
      fs.writeFileSync(path.resolve(folder, name), bytes);
      return true;
    },
    stdin: () => new Uint8Array(0),
    stdout: (data) => void out.push(Buffer.from(data)),
    stderr: (text) => void error.push(Buffer.from(text)),
    isColoured: false,
    cwd: folder,
  };
  let status: number | null = null;
  try {
    status = tools[tool](args, host);
  } catch (thrown) {
    error.push(Buffer.from(thrown instanceof Error ? (thrown.stack ?? '') : String(thrown)));
  }
  return {
    status,
    stdout: Buffer.concat(out),
    stderr: Buffer.concat(error),
    out: written(folder),
  };
}

/** The first line of two texts that differs; how a tool is used is said in own words. */
function firstDifference(what: string, mine: Buffer, theirs: Buffer): string | undefined {
  if (mine.equals(theirs)) return undefined;
  const [left, right] = [mine, theirs].map((text) =>
    text
      .toString('latin1')
      .replace(/^(Usage: \w+ ).*/ms, '$1')
      .split('\n'),
  );
  if (left.join('\n') === right.join('\n')) return undefined;
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at < 0 ? left.length : at;
  const cut = (text: string | undefined) => JSON.stringify(text?.slice(0, 200) ?? 'nothing');
  return `${what} line ${line + 1}: ours ${cut(left[line])} GNU ${cut(right[line])}`;
}

/** How the answers to a call differ; undefined: they are the same. */
export function compareCall(call: Call, folder: string): string | undefined {
  const theirs = gnu(call, folder);
  const mine = ours(call, folder);
  const text =
    firstDifference('output', mine.stdout, theirs.stdout) ??
    firstDifference('messages', mine.stderr, theirs.stderr);
  if (text !== undefined) return text;
  if (mine.status !== theirs.status) return `status: ours ${mine.status} GNU ${theirs.status}`;
  // A failed run of GNU's leaves a part of the file behind, or an empty one.
  if (!mine.out && (theirs.status !== 0 || theirs.out?.length === 0)) return undefined;
  if ((mine.out?.length ?? 0) === 0 && (theirs.out?.length ?? 0) === 0) return undefined;
  if (!mine.out || !theirs.out) return `file written: ours ${!!mine.out}`;
  const at = mine.out.findIndex((byte, index) => byte !== theirs.out?.[index]);
  if (at < 0 && mine.out.length === theirs.out.length) return undefined;
  return `file: ${mine.out.length} bytes, GNU ${theirs.out.length}, first at 0x${at.toString(16)}`;
}

/** Options of each tool that a random command line takes from; `%` stands for a section's name. */
const pools: Readonly<Record<string, readonly string[]>> = {
  readelf: [
    ...['-h', '-l', '-S', '-s', '-r', '-d', '-V', '-A', '-I', '-n', '-u', '-g', '-t', '-e', '-a'],
    ...['--dyn-syms', '-D', '-W', '-W', '-T', '-x %', '-p %', '-R %', '-z', '-c', '--sym-base=8'],
    ...['--sym-base=10', '--sym-base=16', '-wl', '-wL', '-wi', '-wa', '-wp', '-wr', '-wm', '-wf'],
    ...['-wF', '-ws', '-wo', '-wt', '-wR', '-wA', '-wO', '-w', '-wc', '--dwarf-depth=2', '-wk'],
    ...['--dwarf-start=0x40', '--debug-dump=info', '--debug-dump=Ranges', '-wu', '-wg', '-P'],
    ...['--debug-dump=frames-interp', '-L -S', '-x 1', '-p 2', '-R 3', '-C', '-U locale', '-N'],
  ],
  objdump: [
    ...['-a', '-f', '-p', '-h', '-x', '-d', '-D', '-S', '-s', '-t', '-T', '-r', '-R', '-F'],
    ...['-w', '-z', '-C', '-j %', '-j %', '-M intel', '-M att', '-M i386', '-M i8086'],
    ...['--start-address=0x10', '--show-raw-insn'],
    ...['--no-show-raw-insn', '--insn-width=4', '--insn-width=11', '--prefix-addresses'],
    ...['--no-addresses', '--special-syms', '--inlines', '-Wi', '-WL', '-Wf'],
    ...['--source-comment', '--source-comment=%%', '--file-start-context'],
    ...['-W', '-Wa', '-Wl', '--dwarf=aranges', '--dwarf-depth=1'],
    ...['-m i386', '-m i8086', '-EL', '-b elf32-i386', '--disassembler-color=off'],
  ],
  nm: [
    ...['-A', '-o', '-B', '-C', '-D', '-f sysv', '-f posix', '-f bsd', '-f just-symbols'],
    ...['-g', '-j', '-n', '-p', '-P', '-r', '-S', '-s', '--special-syms', '-v'],
    ...['-t d', '-t o', '-t x', '-u', '-U', '--defined-only', '-W', '--quiet'],
    ...['--ifunc-chars=ij', '--no-demangle', '--with-symbol-versions', '--unicode=hex'],
  ],
  size: ['-A', '-B', '-G', '-d', '-o', '-x', '-t', '--radix=16', '--format=sysv', '--common'],
  strings: [
    ...['-a', '-d', '-f', '-n 8', '-n 2', '-5', '-t d', '-t o', '-t x', '-o', '-w', '-e s', '-e S'],
    ...['-e l', '-e b', '-e L', '-e B', '-s @', '-U hex', '-U escape', '-U invalid', '-U default'],
  ],
  addr2line: ['-a', '-f', '-s', '-i', '-p', '-C', '-j .text'],
  strip: [
    ...[
      '-s',
      '-g',
      '-d',
      '-S',
      '--strip-unneeded',
      '--strip-dwo',
      '-K main',
      '-N main',
      '-w',
      '-x',
    ],
    ...['-R %', '-R %', '-K *a*', '-N *s*', '-X', '--only-keep-debug', '--keep-file-symbols', '-M'],
    ...['--keep-section=%', '--remove-relocations=%', '-D', '-p', '-U', '--no-merge-notes'],
    ...['-R .note*', '-R .debug_*', '-R !.debug_info', '-F elf32-i386', '-O elf32-i386'],
  ],
};

const objcopyPool: readonly string[] = [
  ...[
    '-j %',
    '-j %',
    '-j % -j % -j %',
    '-R %',
    '-R %',
    '-R % -R %',
    '--remove-relocations=%',
    '-S',
  ],
  ...['-g', '--strip-unneeded', '-K main', '-N main', '-L main', '-G main', '-W main', '--weaken'],
  ...['-w -N *a*', '-w -K *a* -S', '-w -L *e*', '-w -W *e*', '-w -G *m*', '-x', '-X', '-O binary'],
  ...['-O ihex', '-O srec', '-O verilog', '-O symbolsrec', '--gap-fill 0xff', '--pad-to 0x8000'],
  ...['--set-start 0x1234', '--change-start 16', '--change-addresses 0x1000', '--only-keep-debug'],
  ...['--change-addresses -0x1000', '--change-addresses 0x123', '--change-section-lma %=0x200000'],
  ...['--change-section-vma %+0x1000', '--change-section-lma *+0x10000', '-p'],
  ...['--change-section-address %+0x100', '--change-section-address %-0x100', '--localize-hidden'],
  ...['--rename-section %=.mine', '--rename-section %=.mine,alloc,load,readonly,data', '-D', '-v'],
  ...['--set-section-flags %=alloc,load,contents'],
  ...['--set-section-flags %=noload', '--set-section-alignment %=32', '--prefix-symbols=p_', '-M'],
  ...['--prefix-sections=.q', '--prefix-alloc-sections=.r', '--add-section .more=data.txt'],
  ...['--update-section %=data.txt', '--dump-section %=dumped', '--add-gnu-debuglink=data.txt'],
  ...['--redefine-sym main=start', '--redefine-syms=pairs', '--globalize-symbol counter', '-U'],
  ...['--keep-symbols=names -S', '--strip-symbols=names', '--localize-symbols=names'],
  ...['--globalize-symbols=names', '--keep-global-symbols=names', '--weaken-symbols=names'],
  ...['--add-symbol new=%:4,function,global', '--add-symbol abs=0x100', '--keep-file-symbols'],
  ...['--decompress-debug-sections', '--strip-dwo'],
  ...['--reverse-bytes=2', '--reverse-bytes=4', '--srec-len=20', '--srec-forceS3', '--weaken'],
  ...[
    '--verilog-data-width=4',
    '--strip-unneeded-symbol=main',
    '--merge-notes',
    '--no-merge-notes',
  ],
  ...[
    '--elf-stt-common=yes',
    '--elf-stt-common=no',
    '-O elf32-i386',
    '-I elf32-i386',
    '-F elf32-i386',
  ],
  ...['--set-section-flags %=exclude', '--set-section-flags %=merge,strings'],
];

/** Names of sections that an option may name, some of which most files have. */
const sectionNames: readonly string[] = [
  ...['.text', '.text', '.data', '.rodata', '.bss', '.comment', '.eh_frame', '.symtab', '.strtab'],
  ...['.shstrtab', '.dynsym', '.dynstr', '.dynamic', '.got', '.got.plt', '.plt', '.init', '.fini'],
  ...[
    '.interp',
    '.note.gnu.build-id',
    '.note.gnu.property',
    '.debug_info',
    '.debug_str',
    '.rel.dyn',
  ],
  ...['.debug_line', '.debug_abbrev', '.rel.text', '.group', '.init_array', '.tdata', '.nothing'],
  ...['.rodata.str1.1', '.gnu.hash', '.gnu.version', '.gnu.version_r', '.data.rel.ro', '.tbss'],
];

function words(random: Random, pool: readonly string[], countMax: number): string[] {
  const count = 1 + random.below(countMax);
  const chosen = Array.from({ length: count }, () => random.pick(pool));
  return chosen.flatMap((option) =>
    option
      .split(' ')
      .map((word) =>
        word === '%%' ? word : word.replaceAll('%', () => random.pick(sectionNames)),
      ),
  );
}

/** A random command line of a tool on one of the files. */
export function randomCall(random: Random, tool: string, files: readonly string[]): Call {
  const file = random.pick(files);
  if (tool === 'objcopy') {
    return { tool, args: [...words(random, objcopyPool, 3), file, outputName] };
  }
  const options = words(random, pools[tool] ?? [], tool === 'strip' ? 3 : 4);
  if (tool === 'strip') return { tool, args: [...options, '-o', outputName, file] };
  if (tool !== 'addr2line') return { tool, args: [...options, file] };
  const places = Array.from({ length: 8 }, () => `0x${random.below(0x1_0000).toString(16)}`);
  return { tool, args: [...options, '-e', file, ...places] };
}

export interface CampaignResult {
  readonly counts: Record<string, number>;
  /** Each with its index, its command line and the first difference. */
  readonly differences: readonly string[];
}

/** Compares the random command lines of a range, all tools by turns, in `folder`, which is written to. */
export function randomCalls(
  folder: string,
  files: readonly string[],
  range: {
    readonly seed: number;
    readonly first: number;
    readonly count: number;
    readonly tools?: readonly string[];
  },
): CampaignResult {
  fs.writeFileSync(path.join(folder, 'data.txt'), 'some data, and more of it\nsecond line\n');
  fs.writeFileSync(path.join(folder, 'names'), 'main # kept\ntwice\ncounter\nprintf\n');
  fs.writeFileSync(path.join(folder, 'pairs'), 'twice thrice\nmain start # renamed\n');
  const names = range.tools ?? Object.keys(tools);
  const counts: Record<string, number> = {};
  const differences: string[] = [];
  for (let index = range.first; index < range.first + range.count; index++) {
    const random = new Random(range.seed, index);
    const call = randomCall(random, names[index % names.length] ?? '', files);
    counts[call.tool] = (counts[call.tool] ?? 0) + 1;
    const found = compareCall(call, folder);
    // How many bytes without a meaning go by, which -D finds among data, differs (AVX-512).
    if (found === undefined || (call.tool === 'objdump' && /\(bad\)/.test(found))) continue;
    differences.push(`${index}: ${call.tool} ${call.args.join(' ')}: ${found}`);
  }
  return { counts, differences };
}
