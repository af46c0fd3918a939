// Random command lines: objects of option-cases.ts in any order, an output's kind, and options of all sorts, linked by GNU ld and by
// ours. Status, bytes and map must be the same, and something is said where GNU ld says something.

import { Random } from '../../fuzz/random.ts';
import type { Bench } from '../gnu-bench.ts';
import { compareLinks } from './compare.ts';
import { makeOptionInputs } from './option-cases.ts';

const inputs = [
  ['pa.o', 'pb.o'],
  ['ua.o', 'ub.o'],
  ['a.o', 'b.o'],
  ['a.o', '-L.', '-lab'],
  ['pa.o', '--start-group', 'libl.a', 'libab.a', '--end-group'],
  ['wp.o'],
  ['wn.o'],
  ['weak.o'],
] as const;
const more = [
  ['l.o'],
  ['libl.so'],
  ['--as-needed', 'libl.so'],
  ['--push-state', '--as-needed', 'libl.so', '--pop-state'],
  ['--whole-archive', 'libl.a', '--no-whole-archive'],
  ['q1.o'],
  ['q4.o'],
  ['leaf.o'],
  ['s.o'],
  ['-b', 'binary', 'ret', '-b', 'default'],
  ['@more.rsp'],
] as const;
const kinds = [[], [], ['-pie'], ['-shared'], ['-r']] as const;

const options: readonly (readonly string[])[] = `
-s|-S|-x|-X|-q|-E|-O1|--gc-sections|--print-gc-sections|--eh-frame-hdr|-z now|-z noseparate-code
-z ibt|-z shstk|-z ibtplt|-z execstack|-z noexecstack|-z stack-size=0x2000|-z max-page-size=0x2000|-z text|-z notext
-z defs|-z origin|-z nodelete|-z combreloc|-z start-stop-gc|--hash-style=gnu|--hash-style=sysv|-Bsymbolic|-Bsymbolic-functions
--no-undefined|--unresolved-symbols=ignore-all|--warn-unresolved-symbols|--allow-multiple-definition|--noinhibit-exec
--defsym extra=0x1234|--defsym other=data1+4|--wrap b|--wrap=lib1|-u dead|-e a|-e 0x8049000|-u nowhere
--sort-section=name|--sort-section=alignment|--sort-common|--sort-common=ascending|--unique=.text.*|-Ttext=0x8100000
-Ttext-segment=0x8400000|-Tldata-segment=0x8500000
--orphan-handling=warn|--orphan-handling=place|--no-print-map-discarded|--exclude-libs=ALL|--exclude-libs=libab
--dynamic-list=list.txt|--dynamic-list-data|--export-dynamic-symbol=d*|--export-dynamic-symbol-list=list.txt|--version-script=ver.txt
-rpath=/some|-rpath-link=/other|-soname=some.so|--disable-new-dtags|--strip-discarded|--discard-none
--no-ld-generated-unwind-info|--no-copy-dt-needed-entries|--warn-common|-I /lib/some.so
--gc-keep-exported|--emit-relocs|-t|-y b|--fatal-warnings|-z common-page-size=0x2000|-z unique-symbol
`
  .trim()
  .split(/[|\n]/)
  .map((text) => text.split(' '));

/** Files that the options name, besides those of makeOptionInputs. */
export function makeRandomInputs(bench: Bench): void {
  makeOptionInputs(bench);
  const flags = ['-O1', '-fPIC', '-ffunction-sections'];
  const source = `int set[2] __attribute__((section("someset"))) = {1, 2}; extern int __start_someset[], __stop_someset[];
static __thread int mine; int count(void) { return ++mine + (__stop_someset - __start_someset); }
__attribute__((constructor)) static void first(void) { mine = 1; }
__attribute__((section(".extra"))) int placed = 4;`;
  bench.compile('s', source, flags);
  bench.write('list.txt', '{ lib1; d*; msg; };');
  bench.write('ver.txt', 'V1 { global: a; lib*; msg*; local: *; }; V2 { global: d*; } V1;');
  bench.write('more.rsp', 'leaf.o \'--defsym\'  "inside=3"\n');
}

/** The command line of a seed and index. */
export function randomLine(seed: number, index: number): string[] {
  const random = new Random(seed * 1_000_003 + index);
  const line: string[] = [...random.pick(kinds), ...random.pick(inputs)];
  for (let count = random.below(4); count > 0; count--) line.push(...random.pick(more));
  for (let count = random.below(5); count > 0; count--) {
    const option = random.pick(options);
    // In a relocatable output GNU ld makes sections of such names.
    if (line.includes('-r') && option[0]?.startsWith('-T')) continue;
    if (random.below(4) === 0) line.unshift(...option);
    else line.push(...option);
  }
  return line;
}

/** Links the lines of a range by both; what differs is told with its line. */
export function randomOptions(
  bench: Bench,
  range: { readonly seed: number; readonly first: number; readonly count: number },
): { counts: Record<string, number>; differences: string[] } {
  const counts = { same: 0, refused: 0, differed: 0 };
  const differences: string[] = [];
  for (let index = range.first; index < range.first + range.count; index++) {
    const line = randomLine(range.seed, index);
    const { gnu, ours, isSame, ...both } = compareLinks(bench, line, true);
    const what =
      gnu.isAccepted !== ours.isAccepted
        ? `GNU ${gnu.text.slice(0, 300)}\nours ${ours.text.slice(0, 300)}`
        : gnu.isAccepted && !isSame
          ? firstDifference(both.gnuShown, both.ourShown)
          : both.gnuMap !== both.ourMap
            ? `map: ${firstDifference(both.gnuMap, both.ourMap)}`
            : undefined;
    if (what === undefined) counts[gnu.isAccepted ? 'same' : 'refused']++;
    else {
      counts.differed++;
      differences.push(`${range.seed}/${index}: ${line.join(' ')}\n${what}`);
    }
  }
  return { counts, differences };
}

function firstDifference(gnu: string, ours: string): string {
  const [left, right] = [gnu.split('\n'), ours.split('\n')];
  const at = left.findIndex((text, index) => text !== right[index]);
  const show = (lines: readonly string[]): string => lines.slice(at, at + 4).join('\n');
  return at < 0 ? 'bytes only' : `GNU: ${show(left)}\nours: ${show(right)}`;
}
