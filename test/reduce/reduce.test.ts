// The reducer on a wrong pass, planted between the compiler's own by way of the text form: unsigned shifts to the right become
// signed ones. What is left of a program is the shift, and next to nothing else.

import { latin1Bytes, utf8Bytes } from '@ring0/bytes';
import { compile, compileIr, type CompileOptions } from '@ring0/compiler';
import { describe, expect, test } from 'vitest';
import { tokensOf } from '../../tools/reduce/c-tokens.ts';
import { apply, keepEdits, Trials } from '../../tools/reduce/edits.ts';
import { reduceC, reduceIr } from '../../tools/reduce/reduce.ts';

const program = `
#define LIMIT 12
typedef unsigned int word;
struct queue { word items[LIMIT]; int head, tail; };
static struct queue pending = { { 1, 2, 3 }, 0, 3 };

static int is_empty(const struct queue *q) { return q->head == q->tail; }

/* Puts a word at the end. */
static void put(struct queue *q, word item) {
  q->items[q->tail++] = item;
  if (q->tail == LIMIT)
    q->tail = 0;
}

static word mixed(word a, word b, int times) {
  word sum = a;
  for (int i = 0; i < times; i++) {
    if (i & 1) {
      sum = sum * 31 + b;
    } else {
      sum ^= b - (word)i;
      sum += (sum / 16) % 77;
    }
  }
  return sum;
}

int main(int argc, char **argv) {
  word total = 0;
  put(&pending, 40u * (word)argc);
  while (!is_empty(&pending)) {
    word item = pending.items[pending.head++];
    switch (item & 3) {
    case 0: total += mixed(item, 7, 3); break;
    case 1: total -= item; break;
    default: total = mixed(total, item, 2);
    }
  }
  return (int)(total & 0x7f) + (argv[0] == 0);
}
`;

const options: CompileOptions = { path: 't.c', readFile: () => undefined, optimize: 0 };
const strict = { ...options, warnings: ['-Wall', '-Werror'] };

/** The text after a pass; undefined where the program is wrong. */
function textAfter(pass: string, source: string): string | undefined {
  let text = '';
  const dump = (name: string, dumped: string): void => {
    if (name === pass) text += dumped;
  };
  return compile(utf8Bytes(source), { ...strict, dump }).output && text;
}
/** Whether the wrong pass does harm to a unit. */
function isHarmed(text: string): boolean {
  const wrong = text.replace(/= shr (%\d+),/g, '= sar $1,');
  if (wrong === text) return false;
  const [right, harmed] = [text, wrong].map((each) => compileIr(latin1Bytes(each), options).output);
  return right !== undefined && harmed !== undefined && !Buffer.from(right).equals(harmed);
}

describe('the reducer', () => {
  test('a C program of 50 lines becomes a function of a few', () => {
    const { text, tried } = reduceC(program, (source) => {
      const lowered = textAfter('ir-flow', source);
      return lowered !== undefined && isHarmed(lowered);
    });
    expect(text.length).toBeLessThan(120);
    expect(text.split('\n').length).toBeLessThan(10);
    expect(text).toContain('/ 16');
    expect(tried).toBeLessThan(3000);
  });

  test('the text form becomes the function that holds the shift', () => {
    const source = textAfter('ir-flow', program) ?? '';
    const { text, tried } = reduceIr(source, isHarmed);
    expect(text).toContain('shr');
    expect(text.split('\n').length).toBeLessThan(8);
    expect(tried).toBeLessThan(3000);
  });

  test('a text that is not interesting is refused', () => {
    expect(() => reduceC('int x;', () => false)).toThrow('not interesting');
  });

  test('a limit ends it, with what it has', () => {
    const { text, tried } = reduceC('a b c d e f g h', (source) => source.includes('h'), {
      limit: 3,
    });
    expect(tried).toBe(3);
    expect(text).toContain('h');
  });
});

test('edits that overlap: the outer one counts, and words do not run together', () => {
  const edits = [
    { start: 2, end: 9, text: '' },
    { start: 4, end: 5, text: 'x' },
  ];
  expect(apply('a (b + c) d', edits)).toBe('a  d');
  expect(apply('return(x)+1', [{ start: 6, end: 9, text: 'y' }])).toBe('return y+1');
});

test('a group that fails as a whole is tried in parts', () => {
  const source = '0123456789';
  const edits = Array.from(source, (_, i) => ({ start: i, end: i + 1, text: '' }));
  const trials = new Trials((text) => text.includes('3') && text.includes('7'));
  expect(keepEdits(source, edits, trials).replace(/ /g, '')).toBe('37');
});

test('tokens of C', () => {
  const texts = tokensOf('a+=0x1e-5; /* c */ "s\\"" \'\\\'\'\n#define x \\\n y\nb').map(
    (t) => t.text,
  );
  expect(texts).toEqual(['a', '+=', '0x1e-5', ';', '"s\\""', "'\\''", '#define x \\\n y', 'b']);
});
