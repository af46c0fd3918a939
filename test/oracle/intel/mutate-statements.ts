// Statements of real programs with something wrong or unusual: registers of other kinds and sizes,
// other suffixes and numbers, operands exchanged or left out, signs too many or missing.

import type { Random } from '../../fuzz/random.ts';

const registers = (
  'al bl ch ax bx si di bp sp eax ebx ecx edx esi edi ebp esp ds es cs fs gs st st(1) st(7) ' +
  'mm0 mm7 xmm0 xmm1 xmm7 ymm0 ymm3 cr0 cr3 dr7 eiz r8 rax xmm8'
).split(' ');

const numbers = (
  '0 1 -1 2 3 4 8 127 128 -128 -129 255 256 -255 -256 0x7fff 0x8000 0xffff 0x10000 -32768 -32769 ' +
  '65535 0x7fffffff 0x80000000 0xffffffff 0xffffff80 0x100000000 -0x80000000 -0x80000001 foo ' +
  'foo+4 . .+2 1f'
).split(' ');

const prefixes = (
  'rep repne lock data16 addr16 cs es fs notrack bnd xacquire xrelease wait {disp8} {disp32} ' +
  '{load} {store} {vex3} data32 addr32'
).split(' ');

const sizes = (
  'byte ptr |word ptr |dword ptr |fword ptr |qword ptr |tbyte ptr |xmmword ptr |ymmword ptr |' +
  'near ptr |far ptr |short |offset |es:|gs:|'
).split('|');

const suffixes = ['', 'b', 'w', 'l', 's', 'q', 't', 'd'];

type Change = (text: string, random: Random, other: string) => string;

function replaceOne(text: string, pattern: RegExp, random: Random, to: () => string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const match = random.pick(found);
  const at = match.index;
  return text.slice(0, at) + to() + text.slice(at + match[0].length);
}

const mnemonicOf = (text: string) => /^\S+/.exec(text)?.[0] ?? '';

/** The operands of a statement, split at the commas outside of parentheses and brackets. */
function operandsOf(text: string): string[] {
  const rest = text.slice(mnemonicOf(text).length).trim();
  return rest === '' ? [] : rest.split(/,\s*(?![^([]*[)\]])/);
}

function withOperands(text: string, operands: readonly string[]): string {
  return `${mnemonicOf(text)} ${operands.join(', ')}`.trim();
}

const registerPattern = /(?<![\w.$@])%?(?:[re]?[abcd]x|[abcd][lh]|e?[sd]i|e?[sb]p|[xy]mm\d)(?!\w)/g;

const common: readonly Change[] = [
  (text, random) =>
    replaceOne(text, registerPattern, random, () => {
      const isPlain = !text.includes('%');
      return (isPlain ? '' : '%') + random.pick(registers);
    }),
  (text, random) => replaceOne(text, /-?\b(0x[\da-f]+|\d+)\b/g, random, () => random.pick(numbers)),
  (text) => withOperands(text, operandsOf(text).toReversed()),
  (text) => withOperands(text, operandsOf(text).slice(1)),
  (text) => withOperands(text, operandsOf(text).slice(0, -1)),
  (text, random) => withOperands(text, [...operandsOf(text), random.pick(operandsOf(text))]),
  (text, _random, other) => withOperands(text, operandsOf(other)),
  (text, random, other) => {
    const [list, more] = [operandsOf(text), operandsOf(other)];
    if (list.length === 0 || more.length === 0) return text;
    return withOperands(text, list.with(random.below(list.length), random.pick(more)));
  },
  (text, random) => text.replace(/^\S+/, (name) => name + random.pick(suffixes)),
  (text, random) => text.replace(/^(\S+)[bwlsqtd](?=\s|$)/, `$1${random.pick(suffixes)}`),
  (text, random) => `${random.pick(prefixes)} ${text}`,
];

const att: readonly Change[] = [
  (text) => text.replace('$', ''),
  (text) => text.replace(/(^\S+\s+)/, '$1*'),
  (text) => text.replace('*', ''),
  (text, random) => replaceOne(text, /\(/g, random, () => `%${random.pick(registers)}:(`),
  (text, random) => text.replace(/,\d\)/, `,${random.pick(numbers)})`),
  (text) => text.replace(/,(?=\S)(?=[^(]*\))/, ',,'),
];

const intel: readonly Change[] = [
  (text, random) => replaceOne(text, /\w+ PTR /gi, random, () => random.pick(sizes)),
  (text, random) => replaceOne(text, /\[/g, random, () => `${random.pick(sizes)}[`),
  (text, random) => replaceOne(text, /\]/g, random, () => `+${random.pick(numbers)}]`),
  (text, random) => replaceOne(text, /\]/g, random, () => `+${random.pick(registers)}]`),
  (text, random) => replaceOne(text, /\]/g, random, () => `][${random.pick(registers)}*2]`),
  (text, random) => replaceOne(text, /\*\d/g, random, () => `*${random.pick(numbers)}`),
  (text) => text.replace(/[[\]]/g, ''),
  (text) => text.replace(/OFFSET (FLAT:)?/i, ''),
];

/** One statement with one or two changes. */
export function mutateStatement(
  text: string,
  other: string,
  isIntel: boolean,
  random: Random,
): string {
  const changes = [...common, ...(isIntel ? intel : att)];
  let result = text;
  for (let count = random.below(3) === 0 ? 2 : 1; count > 0; count--) {
    result = random.pick(changes)(result, random, other);
  }
  return result;
}
