// Targets whose input is binary: objects, archives, executables and line tables through the linker and the object tools.

import {
  Addr2line,
  nm,
  objcopy,
  objdump,
  readelf,
  sizeBerkeley,
  sizeSystemV,
} from '@ring0/binutils';
import type { DebugKind, ObjcopyOptions } from '@ring0/binutils';
import { definedNames, isArchive, isElf, readArchive, readElf, writeArchive } from '@ring0/elf';
import { sourceLines } from '@ring0/dwarf';
import { link } from '@ring0/linker';
import { areEqual, diagnosticsProblem } from './checks.ts';
import * as corpus from './corpus.ts';
import { archiveFields, elfFields } from './fields.ts';
import { mutateBytes } from './mutate-bytes.ts';
import type { Field } from './mutate-bytes.ts';
import type { Random } from './random.ts';
import type { Outcome, Target } from './target.ts';

/** A text of more letters than this per byte of input is out of hand. */
const textPerByteMax = 4000;
const textMax = 16 * 1024 * 1024;
/** What objdump -Dz shows of sections without contents. */
const zerosTextMax = 12 * 1024 * 1024;

function textProblem(name: string, text: string, input: Uint8Array): string | undefined {
  const max = Math.min(textMax, zerosTextMax + textPerByteMax * input.length);
  return text.length > max
    ? `${name} prints ${text.length} letters for ${input.length} bytes`
    : undefined;
}

function linkProblem(
  input: Uint8Array,
  path: string,
  companion: Uint8Array,
  random: Random,
): Outcome {
  const lists: readonly (readonly string[])[] = [
    [],
    [],
    ['--gc-sections', '-e', '_start'],
    ['-N', '-Ttext', '0x7c00', '--oformat', 'binary'],
    ['-s'],
    ['-S', '-M'],
    ['-x', '--whole-archive'],
    ['-z', 'noseparate-code'],
  ];
  const inputs = [
    { path, bytes: input },
    { path: 'companion.o', bytes: companion },
  ];
  if (random.oneIn(2)) inputs.reverse();
  const items = [...random.pick(lists), ...inputs];
  const run = (): ReturnType<typeof link> =>
    link(items, { readFile: () => undefined, outputBytesMax: 64 * 1024 * 1024 });
  const { image, diagnostics } = run();
  const problem = diagnosticsProblem(diagnostics, image !== undefined);
  if (problem || !image) return { isAccepted: false, problem };
  const again = run().image;
  const isSame = again !== undefined && areEqual(image, again);
  if (!isSame) return { isAccepted: true, problem: 'a second link gives other bytes' };
  if (!isElf(image)) return { isAccepted: true, problem: undefined };
  return { isAccepted: true, problem: readElf(image, 'linked').problems[0] };
}

const flags = {
  hasHeaders: true,
  hasSymbols: true,
  hasRelocations: true,
  isBinary: false,
  hasMachine: true,
};

const debugKinds: readonly DebugKind[] = [
  ...(['abbrev', 'addr', 'aranges', 'decodedline', 'frames', 'frames-interp', 'info'] as const),
  ...(['loc', 'macro', 'pubnames', 'ranges', 'rawline', 'str', 'str-offsets'] as const),
];
const placeOptions = {
  functions: true,
  inlines: true,
  isPretty: false,
  addresses: true,
  basenames: false,
};

function toolsProblem(input: Uint8Array, random: Random): string | undefined {
  const dump = objdump(input, 'in.o', {
    ...flags,
    disassembly: random.pick(['none', 'code', 'all'] as const),
    mode: random.pick([16, 32] as const),
    syntax: random.pick(['att', 'intel'] as const),
    sections: [],
    showsZeros: random.oneIn(4),
    showsBytes: !random.oneIn(4),
  }).text;
  const debug = { kinds: new Set(debugKinds.filter(() => random.oneIn(2))) };
  const shown = readelf(input, 'in.o', { all: true, isWide: random.oneIn(2), debug }).text;
  const places = new Addr2line(input, 'in.o', placeOptions);
  for (const address of ['0', '8', '7c00', 'ffffffff']) places.answer(address);
  const options = {
    showsDebugging: random.oneIn(2),
    showsSizes: random.oneIn(2),
    isNumeric: random.oneIn(2),
  };
  const names = nm(input, 'in.o', options).text;
  sizeBerkeley(input, 'in.o');
  sizeSystemV(input, 'in.o');
  return (
    textProblem('objdump', dump, input) ??
    textProblem('readelf', shown, input) ??
    textProblem('nm', names, input)
  );
}

const addresses = [0, 1, 0x123, 0x1000, 0x7c00, 0x8048000, 0x80100000, 0xffff_f000];

/** Options of which most move or resize sections, so that program headers are built anew. */
function copyOptions(random: Random): ObjcopyOptions {
  const value = random.pick(addresses);
  const pattern = random.pick(['.text', '.data', '.bss', '*', '.rodata', '.debug*']);
  const change = { pattern, value, isRelative: random.oneIn(2) };
  const sets: readonly ObjcopyOptions[] = [
    {},
    {},
    { only: [pattern] },
    { changeAddresses: value },
    { changeSections: [{ ...change, vma: true, lma: !random.oneIn(3) }] },
    { changeSections: [{ ...change, vma: false, lma: true }] },
    { setFlags: [{ pattern, flags: random.pick([['alloc', 'load', 'contents'], ['readonly']]) }] },
    { setAlignment: [{ pattern, alignment: random.pick([1, 64, 4096]) }] },
    { gapFill: 0x90, padTo: value },
    { update: [{ name: '.text', bytes: new Uint8Array(value % 5000) }] },
    { onlyKeepDebug: true },
    { extractsSymbols: true },
    { prefixAllocSections: '.p', prefixSymbols: 'p_' },
    { compress: 'decompress' },
    { localizeHidden: true, weakenAll: true, discard: 'all' },
  ];
  return random.pick(sets);
}

/** What objcopy makes is read back without a complaint, and copying that changes nothing more. */
function copyProblem(input: Uint8Array, random: Random): string | undefined {
  const strip = random.pick(['none', 'debug', 'all'] as const);
  const remove = random.oneIn(3) ? ['.text', '.rel*'] : [];
  const add = [{ name: '.added', bytes: new Uint8Array(5) }];
  const options = { strip, remove, add, ...copyOptions(random) };
  const { bytes, problems } = objcopy(input, 'in.o', options);
  const error = problems.find((problem) => !problem.startsWith('warning: '));
  if (bytes && error !== undefined) return `objcopy writes in spite of '${error}'`;
  if (!bytes && problems.length === 0) return 'objcopy writes nothing and does not say why';
  if (bytes) {
    const problem = readElf(bytes, 'copied').problems[0];
    if (problem) return `${problem} (after objcopy)`;
  }
  const flat = objcopy(input, 'in.o', { outputFormat: 'binary' });
  if (!flat.bytes && flat.problems.length === 0) return 'objcopy -O binary does not say why';
  return undefined;
}

function binaryTarget(
  name: string,
  inputs: () => readonly Uint8Array[],
  fieldsOf: (bytes: Uint8Array) => Field[],
  makeCheck: () => (input: Uint8Array, random: Random) => Outcome,
): Target {
  return {
    name,
    prepare: () => {
      const list = inputs().map((bytes) => ({ bytes, fields: fieldsOf(bytes) }));
      const check = makeCheck();
      return (random) => {
        const at = random.below(list.length);
        const { bytes: input, how } = mutateBytes(
          list[at].bytes,
          random.pick(list).bytes,
          random,
          list[at].fields,
        );
        return { how: `${name} ${at}: ${how}`, input, run: () => check(input, random) };
      };
    },
  };
}

const objectCheck = () => {
  const companion = corpus.companion();
  return (input: Uint8Array, random: Random): Outcome => {
    const linked = linkProblem(input, 'in.o', companion, random);
    const problem = linked.problem ?? toolsProblem(input, random) ?? copyProblem(input, random);
    return { isAccepted: linked.isAccepted, problem };
  };
};

const archiveCheck = () => {
  const companion = corpus.companion();
  return (input: Uint8Array, random: Random): Outcome => {
    const linked = linkProblem(input, 'in.a', companion, random);
    if (linked.problem) return linked;
    const { archive, problems } = readArchive(input, 'in.a');
    const isWhole = archive !== undefined && problems.length === 0;
    if (archive) {
      for (const member of archive.members) {
        definedNames(member);
        nm(member.bytes, member.name, {});
        sizeBerkeley(member.bytes, member.name);
      }
      const again = readArchive(writeArchive(archive.members), 'again.a');
      const count = again.archive?.members.length;
      if (again.problems.length > 0 || count !== archive.members.length) {
        return { isAccepted: true, problem: `rewritten: ${again.problems[0] ?? count}` };
      }
    }
    const problem = toolsProblem(input, random);
    return { isAccepted: isWhole && isArchive(input), problem };
  };
};

const executableCheck = () => {
  const companion = corpus.companion();
  return (input: Uint8Array, random: Random): Outcome => {
    const problem = toolsProblem(input, random) ?? copyProblem(input, random);
    const linked = linkProblem(input, 'in.o', companion, random);
    const isRead = readElf(input, 'in').problems.length === 0;
    return { isAccepted: isRead, problem: problem ?? linked.problem };
  };
};

const lineCheck =
  () =>
  (input: Uint8Array): Outcome => {
    const { file, problems } = readElf(input, 'in.o');
    if (!file) return { isAccepted: false, problem: undefined };
    const lines = sourceLines(file);
    for (const section of file.sections.slice(0, 50)) {
      for (const address of [0, 1, 5, 0x7fffffff, 0xffffffff, -1]) lines.find(section, address);
    }
    const rowsMax = 300 * (input.length + 100);
    const count = lines.rows.length;
    const problem = count > rowsMax ? `${count} rows from ${input.length} bytes` : undefined;
    return { isAccepted: problems.length === 0, problem };
  };

const allDebugKinds = { kinds: new Set(debugKinds) };

/** Debugging sections as readelf, objdump -S and addr2line read them. */
const dwarfCheck =
  () =>
  (input: Uint8Array): Outcome => {
    const { text, problems } = readelf(input, 'in.o', { debug: allDebugKinds });
    const places = new Addr2line(input, 'in.o', placeOptions);
    for (const address of ['0', '8', '40', '7c00', 'ffffffff']) places.answer(address);
    nm(input, 'in.o', { hasLines: true });
    return { isAccepted: problems.length === 0, problem: textProblem('readelf', text, input) };
  };

/** The fields of an object, and each byte of its line tables: they are a program without fixed fields. */
function lineFields(bytes: Uint8Array): Field[] {
  return debugFields(bytes, '.debug_line');
}

/** Each byte of the debugging sections whose names begin so. */
function debugFields(bytes: Uint8Array, prefix: string): Field[] {
  const { file } = readElf(bytes, 'corpus');
  const tables = (file?.sections ?? []).filter(({ name }) => name.startsWith(prefix));
  return tables.flatMap(({ name, offset = 0, size }) =>
    Array.from({ length: size }, (_, i) => ({
      name: `${name}+${i}`,
      offset: offset + i,
      size: i < 16 && i % 4 === 0 ? 4 : 1,
    })),
  );
}

export const binaryTargets: readonly Target[] = [
  binaryTarget('objects', corpus.objects, elfFields, objectCheck),
  binaryTarget('archives', corpus.archives, archiveFields, archiveCheck),
  binaryTarget('executables', corpus.executables, elfFields, executableCheck),
  binaryTarget('lines', corpus.debugObjects, lineFields, lineCheck),
  binaryTarget('dwarf', corpus.packedObjects, (bytes) => debugFields(bytes, '.debug'), dwarfCheck),
];
