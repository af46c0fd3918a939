// Random programs of several files, in assembly without a C library: functions and variables that are global, weak, common,
// local or thread-local, defined in one file and used in others, some of them in archives; _start calls them all and exits
// with a checksum, which depends on which definition each reference got.

import { Random } from '../../fuzz/random.ts';
import type { Bench } from '../gnu-bench.ts';
import { runCampaign } from './campaign.ts';
import type { Campaign, CaseRange, Verdict } from './campaign.ts';
import { linkAndRun } from './native.ts';

export interface RandomProgram {
  /** Name without suffix and source of each object. */
  readonly files: readonly { readonly name: string; readonly source: string }[];
  /** Archives and the objects in them. */
  readonly archives: readonly { readonly name: string; readonly members: readonly string[] }[];
  /** Objects and archives in the order of the command line, with options. */
  readonly order: readonly string[];
}

interface Thing {
  readonly name: string;
  readonly kind: 'function' | 'data' | 'common' | 'tls' | 'merged' | 'comdat' | 'absolute';
  /** Files with a global definition (at most one), with weak ones, with commons. */
  readonly strong: number | undefined;
  readonly weak: readonly number[];
  readonly isHidden: boolean;
  readonly value: number;
}

function makeThings(random: Random, fileCount: number): Thing[] {
  const kinds = [
    'function',
    'function',
    'data',
    'data',
    'common',
    'tls',
    'merged',
    'comdat',
    'absolute',
  ] as const;
  return Array.from({ length: 4 + random.below(14) }, (_, i) => {
    const kind = random.pick(kinds);
    const mayBeWeak = kind === 'function' || kind === 'data' || kind === 'tls';
    const weak = Array.from({ length: mayBeWeak || kind === 'comdat' ? random.below(3) : 0 }, () =>
      random.below(fileCount),
    );
    const hasStrong = !mayBeWeak || random.below(4) > 0 || weak.length === 0;
    const strong = hasStrong ? random.below(fileCount) : undefined;
    const others = [...new Set(weak)].filter((file) => file !== strong);
    const name = `${kind[0]}${i}`;
    return {
      name,
      kind,
      strong,
      weak: others,
      isHidden: random.oneIn(5),
      value: random.below(1 << 16),
    };
  });
}

/** A definition of `thing`; `salt` tells one file's from another's. */
function definition(thing: Thing, isWeak: boolean, salt: number, random: Random): string {
  const { name, kind, value } = thing;
  const binding = isWeak ? ` .weak ${name}\n` : ` .globl ${name}\n`;
  const hidden = thing.isHidden && !isWeak ? ` .hidden ${name}\n` : '';
  const number = isWeak ? value + salt + 1 : value;
  const flags = random.oneIn(3) ? `.${name}` : '';
  switch (kind) {
    case 'function':
      return `${binding}${hidden} .section .text${flags},"ax"\n .type ${name}, @function\n${name}: mov $${number}, %eax\n ret\n`;
    case 'data':
      return `${binding}${hidden} .section .data${flags},"aw"\n .balign ${1 << random.below(5)}\n${name}: .long ${number}\n`;
    case 'common':
      return ` .comm ${name}, ${4 * (1 + random.below(8))}, ${1 << random.below(6)}\n`;
    case 'tls':
      return `${binding} .section .t${random.oneIn(3) ? 'bss' : 'data'}${flags},"awT",@${'progbits'}\n .balign 4\n .type ${name}, @object\n${name}: .long ${number}\n`.replace(
        '.tbss',
        '.tdata.x',
      );
    case 'merged':
      return `${binding} .section .rodata.str,"aMS",@progbits,1\n${name}: .string "${'abcdefgh'.slice(value % 5, 3 + (value % 6))}"\n`;
    case 'comdat':
      return ` .section .text.${name},"axG",@progbits,${name},comdat\n .weak ${name}\n${name}: mov $${value + salt}, %eax\n ret\n`;
    case 'absolute':
      return `${binding} ${name} = ${value}\n`;
  }
}

/** Code that adds what `thing` is to the checksum in %ebx. */
function use({ name, kind }: Thing, random: Random): string {
  const add = ' rol $3, %ebx\n add %eax, %ebx\n';
  switch (kind) {
    case 'function':
    case 'comdat': {
      const call = random.pick([
        `call ${name}`,
        `call ${name}@PLT`,
        `mov $${name}, %ecx\n call *%ecx`,
      ]);
      return ` ${call}\n${add}`;
    }
    case 'data':
      return ` mov ${name}, %eax\n${add}`;
    case 'common':
      return ` incl ${name}\n mov ${name}, %eax\n${add}`;
    case 'tls': {
      const load = random.pick([
        `mov $${name}@TPOFF, %eax\n neg %eax`,
        `mov $${name}@NTPOFF, %eax`,
        `mov ${name}@INDNTPOFF, %eax`,
      ]);
      return ` ${load}\n add tls_end, %eax\n mov (%eax), %eax\n${add}`;
    }
    case 'merged':
      return ` mov ${name}, %al\n movzbl %al, %eax\n${add}`;
    case 'absolute':
      return ` mov $${name}, %eax\n${add}`;
  }
}

function source(index: number, things: readonly Thing[], random: Random): string {
  let text = '';
  for (const thing of things) {
    const isCommon = thing.kind === 'common' && (thing.strong === index || random.oneIn(4));
    if (thing.strong === index || isCommon) text += definition(thing, false, index, random);
    else if (thing.weak.includes(index)) text += definition(thing, true, index, random);
  }
  const isGone = random.oneIn(4);
  text += ` .section .text.run${index},"ax"\n .globl run${index}\nrun${index}:\n`;
  for (const thing of things) {
    if (thing.isHidden && thing.kind === 'comdat') continue;
    if (random.below(3) > 0) text += use(thing, random);
  }
  if (isGone) {
    text += ` .weak nobody${index}\n mov $nobody${index}, %eax\n add %eax, %ebx\n`;
  }
  text += ` mov $local${index}, %eax\n mov (%eax), %eax\n add %eax, %ebx\n ret\n`;
  text += ` .data\nlocal${index}: .long ${index * 77 + 5}\n .section list,"aw"\n .long ${index + 1}\n`;
  text += ` .section .init_array,"aw",@init_array\n .long run${index}\n`;
  return text + (random.oneIn(3) ? ` .bss\n .zero ${random.below(5000)}\n` : '');
}

/**
 * The first file: finds the end of the thread's data in the program headers (the image itself serves as the thread's copy),
 * calls everything, prints and exits.
 */
const start = (fileCount: number): string => ` .globl _start, tls_end
_start: mov $__ehdr_start, %eax
 movzwl 44(%eax), %ecx
 add 28(%eax), %eax
4: cmpl $7, (%eax)
 je 5f
 add $32, %eax
 loop 4b
 jmp 6f
5: mov 8(%eax), %ecx
 add 20(%eax), %ecx
 mov 28(%eax), %edx
 lea -1(%ecx,%edx,1), %ecx
 neg %edx
 and %edx, %ecx
 mov %ecx, tls_end
6: xor %ebx, %ebx
 mov $__start_list, %esi
1: cmp $__stop_list, %esi
 je 2f
 rol $5, %ebx
 add (%esi), %ebx
 add $4, %esi
 jmp 1b
2: ${Array.from({ length: fileCount }, (_, i) => `call run${i}`).join('\n ')}
 mov %ebx, sum
 mov $8, %ecx
 mov $digits, %edi
3: rol $4, %ebx
 mov %bl, %al
 and $15, %al
 add $65, %al
 mov %al, (%edi)
 inc %edi
 loop 3b
 mov $4, %eax
 mov $1, %ebx
 mov $digits, %ecx
 mov $9, %edx
 int $0x80
 mov $1, %eax
 movzbl sum, %ebx
 int $0x80
 .data
tls_end: .long 0
sum: .long 0
digits: .ascii "........\\n"
`;

/** The program of an index. */
export function randomProgram(seed: number, index: number): RandomProgram {
  const random = new Random(seed, index);
  const count = 2 + random.below(7);
  const things = makeThings(random, count);
  const files = Array.from({ length: count }, (_, i) => ({
    name: `f${i}`,
    source: source(i, things, random),
  }));
  const names = files.map(({ name }) => name);
  const archived = names.filter(() => random.oneIn(3));
  const loose = names.filter((name) => !archived.includes(name)).map((name) => `${name}.o`);
  for (let i = loose.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [loose[i], loose[j]] = [loose[j], loose[i]];
  }
  const half = random.below(archived.length + 1);
  const parts = [archived.slice(0, half), archived.slice(half)].filter((part) => part.length > 0);
  const archives = parts.map((members, i) => ({ name: `lib${i}.a`, members }));
  const grouped = ['--start-group', ...archives.map(({ name }) => name), '--end-group'];
  const options = random.pick([
    [],
    [],
    ['--gc-sections'],
    ['-s'],
    ['-z', 'noseparate-code'],
    ['-z', 'max-page-size=0x10000'],
  ]);
  const order = ['start.o', ...loose, ...(archives.length > 0 ? grouped : [])];
  return {
    files: [{ name: 'start', source: start(count) }, ...files],
    archives,
    order: [...options, ...order],
  };
}

/** Links and runs the programs of a range; what differs is told with its index. */
export function randomLinks(bench: Bench, range: CaseRange): Campaign {
  return runCampaign(range, ['ran', 'refused'], (seed, index) => [judge(bench, seed, index)]);
}

function judge(bench: Bench, seed: number, index: number): Verdict {
  const program = randomProgram(seed, index);
  for (const { name, source } of program.files) bench.assemble(name, source);
  for (const { name, members } of program.archives) {
    bench.run('rm', ['-f', name]);
    bench.run('ar', ['rcsD', name, ...members.map((member) => `${member}.o`)]);
  }
  const { gnu, ours } = linkAndRun(bench, program.order);
  const [want, got] = [JSON.stringify(gnu.ending), JSON.stringify(ours.ending)];
  if (want === got) return want === undefined ? 'refused' : 'ran';
  const messages = `${gnu.messages}${ours.messages}`.slice(0, 500);
  return { difference: `GNU ${want}, ours ${got}\n${messages}` };
}
