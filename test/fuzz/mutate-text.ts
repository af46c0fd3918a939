// Mutations of texts: tokens deleted, doubled, swapped, replaced by others of the corpus or by numbers at the edges; lines
// moved, joined and spliced in from another text; bytes that are no text; and hostile fragments of the language in question
// (deep nesting, endless expansion, huge counts), which a target brings.

import type { Random } from './random.ts';

export interface MutatedText {
  readonly text: string;
  readonly how: string;
}

const token = /"(?:[^"\\\n]|\\.)*"|[A-Za-z_.$%\\@][\w.$]*|\d[\w.]*|[ \t]+|\n|[^]/g;

const numbers = [
  '0',
  '-1',
  '1',
  '2',
  '7f',
  '0x7f',
  '128',
  '255',
  '256',
  '-129',
  '0x7fff',
  '65535',
  '65536',
  '0x7fffffff',
  '0x80000000',
  '0xffffffff',
  '4294967296',
  '-2147483649',
  '0x7fffffffffffffff',
  '0xffffffffffffffff',
  '18446744073709551616',
  '99999999999999999999999999999999999999',
  '1e400',
  '0x',
  '08',
  '0b12',
  '1f',
  '1b',
  '0f1.5',
  '100000000',
  '1000000000000',
];

const glue = [
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
  ';',
  ':',
  '"',
  "'",
  '\\',
  '#',
  '/*',
  '*/',
  '//',
  '\n',
  '\t',
  '\r\n',
  '\0',
  '\x80\xff',
  '\xc3\x28',
  '\x1a',
  '%',
  '$',
  '@',
  '*',
  '<<',
  '>>',
  '==',
  '=',
  '!',
  '~',
  '-',
  '+',
  '&&',
  '?',
  '..',
  '...',
  '\\\n',
];

type Step = (tokens: string[], random: Random, other: readonly string[]) => string;

const deleteTokens: Step = (tokens, random) => {
  const at = random.below(tokens.length);
  const count = random.pick([1, 1, 1, 2, 5, 20]);
  tokens.splice(at, count);
  return `delete ${count} at ${at}`;
};

const doubleTokens: Step = (tokens, random) => {
  const at = random.below(tokens.length);
  const part = tokens.slice(at, at + random.pick([1, 2, 10, 60]));
  const times = random.pick([1, 1, 1, 50]);
  for (let i = 0; i < times; i++) tokens.splice(at, 0, ...part);
  return `double ${part.length} at ${at} ${times} times`;
};

const swapTokens: Step = (tokens, random) => {
  const [one, two] = [random.below(tokens.length), random.below(tokens.length)];
  [tokens[one], tokens[two]] = [tokens[two] ?? '', tokens[one] ?? ''];
  return `swap ${one} and ${two}`;
};

/** Words by words, numbers by numbers: such inputs get further than the parser. */
const kinds = [/^[A-Za-z_]/, /^\d/, /^[.%$@\\]/, /^"/];

const takeKind: Step = (tokens, random, other) => {
  const at = random.below(tokens.length);
  const kind = kinds.find((each) => each.test(tokens[at] ?? ''));
  if (!kind) return takeToken(tokens, random, other);
  const from = random.oneIn(2) ? other : tokens;
  const choices = from.filter((text) => kind.test(text));
  if (choices.length > 0) tokens[at] = random.pick(choices);
  return `token ${at} = ${JSON.stringify(tokens[at])}`;
};

const takeToken: Step = (tokens, random, other) => {
  const at = random.below(tokens.length);
  tokens[at] = random.pick(random.oneIn(2) ? other : tokens) ?? '';
  return `token ${at} = ${JSON.stringify(tokens[at])}`;
};

const setNumber: Step = (tokens, random) => {
  const places = tokens.flatMap((text, i) => (/^\d/.test(text) ? [i] : []));
  const at = places.length > 0 ? random.pick(places) : random.below(tokens.length);
  tokens[at] = random.pick(numbers);
  return `number ${at} = ${tokens[at]}`;
};

const insertGlue: Step = (tokens, random) => {
  const at = random.below(tokens.length + 1);
  const text = random.pick(glue).repeat(random.pick([1, 1, 1, 2, 300]));
  tokens.splice(at, 0, text);
  return `insert ${JSON.stringify(text.slice(0, 20))} at ${at}`;
};

const insertLine: Step = (tokens, random, other) => {
  const start = random.below(other.length);
  const end = other.indexOf('\n', start);
  const at = random.below(tokens.length + 1);
  tokens.splice(at, 0, ...other.slice(start, end < 0 ? undefined : end + 1));
  return `splice a line in at ${at}`;
};

const moveLines: Step = (tokens, random) => {
  const from = random.below(tokens.length);
  const part = tokens.splice(from, random.below(80));
  const at = random.below(tokens.length + 1);
  tokens.splice(at, 0, ...part);
  return `move ${part.length} from ${from} to ${at}`;
};

const cut: Step = (tokens, random) => {
  const at = random.below(tokens.length);
  tokens.length = at;
  return `cut at token ${at}`;
};

const longWord: Step = (tokens, random) => {
  const at = random.below(tokens.length);
  const count = random.pick([200, 5000, 100_000]);
  tokens[at] = (/^\w/.test(tokens[at] ?? '') ? 'n' : ' ').repeat(count);
  return `a word of ${count} at ${at}`;
};

const carriage: Step = (tokens) => {
  tokens.forEach((text, i) => {
    if (text === '\n') tokens[i] = '\r\n';
  });
  return 'CRLF';
};

const badByte: Step = (tokens, random) => {
  const at = random.below(tokens.length);
  const text = tokens[at] ?? '';
  const place = random.below(text.length + 1);
  tokens[at] = text.slice(0, place) + String.fromCharCode(random.below(256)) + text.slice(place);
  return `a byte into token ${at}`;
};

const steps: readonly Step[] = [
  deleteTokens,
  deleteTokens,
  doubleTokens,
  swapTokens,
  takeToken,
  takeKind,
  takeKind,
  takeKind,
  takeKind,
  setNumber,
  setNumber,
  setNumber,
  setNumber,
  insertGlue,
  insertLine,
  insertLine,
  moveLines,
  cut,
  badByte,
];
const rareSteps: readonly Step[] = [longWord, carriage];

/** Words, numbers, blanks and single letters; the text is their concatenation. */
export function tokensOf(text: string): string[] {
  return text.match(token) ?? [];
}

/**
 * One to six mutations of `text`, sometimes with one of `hostile`'s fragments at a line's start. Texts are Latin-1: a
 * letter is a byte.
 */
export function mutateText(
  text: string,
  other: string,
  random: Random,
  hostile: readonly ((random: Random) => string)[],
): MutatedText {
  const tokens = tokensOf(text);
  const others = tokensOf(other);
  const how: string[] = [];
  const count = random.pick([1, 1, 1, 1, 2, 2, 3, 6]);
  for (let i = 0; i < count; i++) {
    const list = random.oneIn(40) ? rareSteps : steps;
    how.push(random.pick(list)(tokens, random, others));
  }
  if (hostile.length > 0 && random.oneIn(12)) {
    const fragment = random.pick(hostile)(random);
    const newline = tokens.indexOf('\n', random.below(tokens.length));
    tokens.splice(newline < 0 ? 0 : newline + 1, 0, `${fragment}\n`);
    how.push(`hostile ${JSON.stringify(fragment.slice(0, 40))}`);
  }
  return { text: tokens.join(''), how: how.join('; ') };
}
