// Random families of a program and its shared objects, in C: functions, variables, constants and thread-local variables of
// every visibility, weak and strong, called, read, written and pointed to across the files. Each output is linked by GNU ld
// and by ours with the same options; the files must be the same bytes.

import { Random } from '../../fuzz/random.ts';
import { main as ld } from '../../../apps/cli/src/ld.ts';
import type { Bench } from '../gnu-bench.ts';
import { firstDifference, runCampaign } from './campaign.ts';
import type { Campaign, CaseRange, Verdict } from './campaign.ts';
import { driverLine } from './native.ts';

interface Thing {
  readonly name: string;
  readonly kind: 'function' | 'data' | 'constant' | 'thread' | 'common';
  /** The file that defines it; undefined: nobody does, and references are weak. */
  readonly file: number | undefined;
  readonly visibility: 'default' | 'hidden' | 'protected';
  readonly isWeak: boolean;
}

interface Output {
  readonly name: string;
  /** gcc's options for the link, and for the sources. */
  readonly link: readonly string[];
  readonly compile: readonly string[];
  readonly files: readonly number[];
}

interface Family {
  readonly sources: readonly string[];
  /** Shared objects first, the program last. */
  readonly outputs: readonly Output[];
}

const linkOptions = [
  '-Wl,-z,now',
  '-Wl,-z,ibtplt',
  '-Wl,-O1',
  '-Wl,--hash-style=both',
  '-Wl,-z,norelro',
  '-Wl,-z,noseparate-code',
  '-Wl,--gc-sections',
  '-Wl,-Bsymbolic-functions',
  '-Wl,-E',
  '-s',
];
const kinds = [
  'function',
  'function',
  'function',
  'data',
  'data',
  'constant',
  'thread',
  'common',
] as const;
const visibilities = ['default', 'default', 'default', 'hidden', 'protected'] as const;

function makeThings(random: Random, fileCount: number): Thing[] {
  return Array.from({ length: 6 + random.below(16) }, (_, i) => {
    const kind = random.pick(kinds);
    const isNobodys = kind !== 'thread' && random.below(12) === 0;
    return {
      name: `${kind[0]}${i}`,
      kind,
      file: isNobodys ? undefined : random.below(fileCount),
      visibility: kind === 'common' || isNobodys ? 'default' : random.pick(visibilities),
      isWeak: kind !== 'common' && random.below(5) === 0,
    };
  });
}

function makeOutputs(random: Random, fileCount: number): Output[] {
  const libraryCount = random.below(3);
  const homes = Array.from({ length: fileCount }, (_, i) =>
    i === 0 ? 0 : random.below(libraryCount + 1),
  );
  const filesOf = (home: number): number[] => [...homes.keys()].filter((i) => homes[i] === home);
  const some = (): string[] => linkOptions.filter(() => random.below(6) === 0);
  const pic = (): string[] => [
    '-fPIC',
    random.pick(['-O0', '-O1', '-O2']),
    ...(random.below(3) === 0 ? ['-fno-plt'] : []),
    ...(random.below(3) === 0 ? ['-mtls-dialect=gnu2'] : []),
    ...(random.below(4) === 0 ? ['-ffunction-sections', '-fdata-sections'] : []),
  ];
  const libraries: Output[] = [];
  for (let i = 1; i <= libraryCount; i++) {
    if (filesOf(i).length === 0) continue;
    const name = `lib${i}.so`;
    libraries.push({
      name,
      link: ['-shared', `-Wl,-soname,${name}`, ...some()],
      compile: pic(),
      files: filesOf(i),
    });
  }
  const program = random.pick([
    { link: ['-pie'], compile: ['-fPIE'] },
    { link: ['-pie'], compile: ['-fPIC'] },
    { link: ['-no-pie'], compile: ['-fno-pic'] },
    { link: ['-no-pie'], compile: ['-fPIC'] },
  ]);
  const level = random.pick(['-O0', '-O1', '-O2']);
  const main = { name: 'main', files: filesOf(0), compile: [...program.compile, level] };
  return [...libraries, { ...main, link: [...program.link, '-Wl,-rpath,.', ...some()] }];
}

const attributes = ({ visibility, isWeak, kind }: Thing, isDefinition: boolean): string => {
  const words = visibility === 'default' ? [] : [`visibility("${visibility}")`];
  if (isWeak && isDefinition) words.push('weak');
  if (kind === 'common') words.push('common');
  return words.length > 0 ? `__attribute__((${words.join(', ')})) ` : '';
};

function declaration(thing: Thing): string {
  const { name, kind, file } = thing;
  const weak = file === undefined ? '__attribute__((weak)) ' : '';
  if (kind === 'function') return `extern ${weak}int ${name}(int);`;
  if (kind === 'thread') return `extern __thread int ${name};`;
  return `extern ${weak}${kind === 'constant' ? 'const ' : ''}int ${name}[4];`;
}

/** How a file may use a thing of its own or of another. */
function use(random: Random, { name, kind, file }: Thing): string {
  const isThere = file === undefined ? `${name} && ` : '';
  if (kind === 'function') {
    const how = random.pick([`${name}(d - 1)`, `((int (*)(int))${name})(d - 1)`]);
    return file === undefined ? `s += ${name} ? ${how} : 1;` : `s += ${how};`;
  }
  if (kind === 'thread')
    return random.pick([`s += ${name};`, `${name} += d;`, `{ int *p = &${name}; s += *p; }`]);
  if (kind === 'constant') return `if (${isThere}d) s += ${name}[d & 3];`;
  return `if (${isThere}d) ${random.pick([`s += ${name}[d & 3];`, `${name}[d & 3] += s;`])}`;
}

function definition(random: Random, thing: Thing, uses: readonly Thing[]): string {
  const { name, kind } = thing;
  const head = attributes(thing, true);
  if (kind === 'data') return `${head}int ${name}[4] = {${random.below(9)}, 2, 3, 4};`;
  if (kind === 'constant') return `${head}const int ${name}[4] = {${random.below(9)}, 6, 7, 8};`;
  if (kind === 'thread')
    return `${head}__thread int ${name}${random.below(2) === 0 ? ' = 5' : ''};`;
  if (kind === 'common') return `${head}int ${name}[4];`;
  const body = Array.from({ length: random.below(5) }, () => use(random, random.pick(uses)));
  return `${head}int ${name}(int d) {\n  int s = d;\n  if (d <= 0) return 1;\n  ${body.join('\n  ')}\n  return s;\n}`;
}

/** The family of a seed and index. */
export function randomFamily(seed: number, index: number): Family {
  const random = new Random(seed * 100_003 + index);
  const fileCount = 2 + random.below(5);
  const things = makeThings(random, fileCount);
  const outputs = makeOutputs(random, fileCount);
  const homeOf = (file: number | undefined): Output | undefined =>
    outputs.find(({ files }) => file !== undefined && files.includes(file));
  const sources = Array.from({ length: fileCount }, (_, file) => {
    const uses = things.filter(
      (thing) => thing.visibility !== 'hidden' || homeOf(thing.file) === homeOf(file),
    );
    const own = things.filter((thing) => thing.file === file);
    const pointed = uses.filter(({ kind, file: home }) => kind !== 'thread' && home !== undefined);
    const pointers = pointed
      .filter(() => random.below(4) === 0)
      .map(({ name, kind }, i) => {
        const constant = random.below(2) === 0 ? 'const ' : '';
        return kind === 'function'
          ? `int (*${constant}q${file}_${i})(int) = ${name};`
          : `const int *${constant}q${file}_${i} = ${name} + ${random.below(3)};`;
      });
    const entry =
      file === 0 && uses.length > 0
        ? `#include <stdio.h>\nint main(void) {\n  int d = 3, s = 0;\n  ${uses.map((t) => use(random, t)).join('\n  ')}\n  printf("%d\\n", s);\n  return 0;\n}`
        : '';
    const parts = [
      ...uses.map(declaration),
      ...own.map((t) => definition(random, t, uses)),
      ...pointers,
      entry,
    ];
    return `${parts.join('\n')}\n`;
  });
  return { sources, outputs };
}

/** Links the families of a range by both; what differs is told with its index. */
export function randomFamilies(bench: Bench, range: CaseRange): Campaign {
  return runCampaign(range, ['same', 'refused'], (seed, index) => judge(bench, seed, index));
}

/** One output after another, until one cannot be made. */
function* judge(bench: Bench, seed: number, index: number): Generator<Verdict> {
  const { sources, outputs } = randomFamily(seed, index);
  const libraries: string[] = [];
  for (const { name, link, compile, files } of outputs) {
    for (const file of files) bench.compile(`m${file}`, sources[file] ?? '', [...compile, '-w']);
    const objects = files.map((file) => `m${file}.o`);
    const line = driverLine(bench, [...objects, ...link, ...libraries]);
    const gnu = bench.attempt('ld', [...line, '-o', 'gnu.out']);
    const ours = bench.ours(ld, [...line, '-o', 'our.out']);
    const isMade = gnu.status === 0;
    const what = `${name}: ${compile.join(' ')}; ${link.join(' ')}`;
    if (isMade !== (ours.status === 0)) {
      yield { difference: `${what}\nGNU ${gnu.stderr}\nours ${ours.stderr}`.slice(0, 900) };
    } else if (!isMade) yield 'refused';
    else if (Buffer.compare(bench.read('gnu.out'), bench.read('our.out')) === 0) yield 'same';
    else yield { difference: `${what}\n${shownDifference(bench)}` };
    if (!isMade) return;
    bench.write(name, bench.read('gnu.out'));
    libraries.push(name);
  }
}

/** The first lines of readelf that differ. */
function shownDifference(bench: Bench): string {
  const shown = (name: string): string => bench.attempt('readelf', ['-aW', name]).stdout;
  return firstDifference(shown('gnu.out'), shown('our.out'), 'contents only');
}
