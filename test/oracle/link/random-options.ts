// Random command lines: objects of option-cases.ts in any order, an output's kind, and options of all sorts, linked by GNU ld and by
// ours. Status, bytes and map must be the same, and something is said where GNU ld says something.

import { Random } from '../../fuzz/random.ts';
import type { Bench } from '../gnu-bench.ts';
import { firstDifference, runCampaign } from './campaign.ts';
import type { Campaign, CaseRange, Verdict } from './campaign.ts';
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
-w|-N|-n|-Tdata=0x8600000|-Tbss=0x8700000|--section-start=.extra=0x8680000|--section-start .rodata=0x8580000|-R full
-d|-dp|-z norelro|-z relro|--cref|--build-id|--build-id=md5|--build-id=0x1234abcd|--print-map|--no-gc-sections|--no-define-common
--retain-symbols-file ret|--spare-dynamic-tags=2|-Bgroup|--audit=aud.so|--depaudit=dep.so|-f aux.so|-F fil.so
--package-metadata={"a":1}|--oformat=binary|--oformat=srec|--oformat=ihex|-z lazy|-z interpose|-z initfirst|-z nocopyreloc|-z common
-z dynamic-undefined-weak|-z nodynamic-undefined-weak|-z nocombreloc|-z separate-code|-z muldefs|-z nodump|-z loadfltr|-z global
-Ur|--force-group-allocation|--no-export-dynamic|-init=a|-fini=b|-Bstatic|--no-eh-frame-hdr|-nostdlib
--unique|--no-strip-discarded|--print-memory-usage|--dynamic-list-cpp-new|--no-as-needed|-z start-stop-visibility=hidden
--traditional-format|--no-dynamic-linker|--error-unresolved-symbols|--allow-shlib-undefined|--no-allow-shlib-undefined|--require-defined=a|-z indirect-extern-access
--orphan-handling=discard|--orphan-handling=error|--sort-section=none|--warn-section-align|--no-check-sections|-z undefs|-no-pie
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
  bench.write('more.rsp', 'leaf.o \'--defsym\'  "inside=3"\n');
}

/** Inputs of code that is independent of its place. */
const usesSlots = /^([pu]?[ab]|l|s|wp)\.o$|^libl|^-(pie|shared|q|r|-emit-relocs)$/;

const asksForNote = /-z (ibt|shstk|indirect-extern-access)/;

/** The command line of a seed and index. */
export function randomLine(seed: number, index: number): string[] {
  const random = new Random(seed * 1_000_003 + index);
  const line: string[] = [...random.pick(kinds), ...random.pick(inputs)];
  for (let count = random.below(4); count > 0; count--) line.push(...random.pick(more));
  for (let count = random.below(5); count > 0; count--) {
    const option = random.pick(options);
    if (line.includes('-r') && option[0] === '-no-pie') continue;
    // These still differ in the order of tables, or in what is discarded of them.
    if (option[0] === '--unique' && line.some((word) => word === '-pie' || word === '-shared'))
      continue;
    const isApart = line.includes('s.o') || line.includes('-r');
    if (option[0] === '--orphan-handling=discard' && isApart) continue;
    const isUnpaged = option[0] === '-N' || option[0] === '-n';
    if (isUnpaged && line.includes('-shared') && line.includes('s.o')) continue;
    // GNU ld takes the mark of a finished slot for part of its offset where weak names come to nothing.
    const isDynamic = line.some((word) => word === '-pie' || word.endsWith('.so'));
    if (option[0] === '--no-dynamic-linker' && isDynamic) continue;
    // GNU ld makes the note of properties in what is named last, and -R leaves that out.
    if (asksForNote.test(option.join(' ')) && line.includes('-R')) continue;
    if (option[0] === '-R' && asksForNote.test(line.join(' '))) continue;
    // What is no ELF has no table of slots; code that asks for one gets it all the same here.
    if (option[0]?.startsWith('--oformat') && line.some((word) => usesSlots.test(word))) continue;
    // Where -R comes first, GNU ld gives the tables of a fixed program to what it names, and then misses them.
    const isLate = option[0] === '-R' && line.some((word) => usesSlots.test(word));
    if (random.below(4) === 0 && !isLate) line.unshift(...option);
    else line.push(...option);
  }
  return line;
}

/** Links the lines of a range by both; what differs is told with its line. */
export function randomOptions(bench: Bench, range: CaseRange): Campaign {
  return runCampaign(range, ['same', 'refused'], (seed, index) => {
    const line = randomLine(seed, index);
    const verdict = judge(bench, line);
    if (typeof verdict === 'string') return [verdict];
    return [{ difference: `${line.join(' ')}\n${verdict.difference}` }];
  });
}

function judge(bench: Bench, line: readonly string[]): Verdict {
  const { gnu, ours, isSame, ...both } = compareLinks(bench, line, true);
  if (gnu.isAccepted !== ours.isAccepted) {
    return { difference: `GNU ${gnu.text.slice(0, 300)}\nours ${ours.text}` };
  }
  if (gnu.isAccepted && !isSame) {
    return { difference: firstDifference(both.gnuShown, both.ourShown, 'bytes only') };
  }
  if (both.gnuMap !== both.ourMap) {
    return { difference: `map: ${firstDifference(both.gnuMap, both.ourMap, '')}` };
  }
  return gnu.isAccepted ? 'same' : 'refused';
}
