// Wrong text of the intermediate representation gets diagnostics, never an exception: thousands of small changes to what a
// C function became, after each pass.

import { latin1Bytes, utf8Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { compile, compileIr, type CompileOptions } from '../../compile.ts';

const options: CompileOptions = { path: 't.c', readFile: () => undefined, optimize: 1 };

const source = `
struct s { int a; short b; char c[5]; } table[3] = { { 1, 2, "abc" } };
int g(struct s, double, ...);
long long wide(long long x, int n) { return (x << n) * 3 + x / 5; }
int f(int n, double d) {
  int sum = 0;
  static void *places[] = { &&one, &&two };
  for (int i = 0; i < n; i++) {
    switch (i) { case 0: sum += 3; break; case 1: sum ^= n; break; case 2: sum = -sum; break;
      case 3: sum *= 7; break; case 4: sum++; break; default: d *= 1.5; }
    if (sum & 1) goto *places[i & 1];
  one:
    sum += g(table[i % 3], d, sum);
  two:
    asm volatile ("addl %1, %0" : "+r" (sum) : "g" (n) : "ecx", "memory");
  }
  return sum + (int) d;
}
`;

/** A small generator of numbers (xorshift). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

function mutated(text: string, random: (limit: number) => number): string {
  const lines = text.split('\n');
  const at = random(lines.length);
  const other = random(lines.length);
  const tokens = lines[at].split(/(?<=[ ,.:(&%@])/);
  switch (random(7)) {
    case 0:
      lines.splice(at, 1 + random(3));
      break;
    case 1:
      lines.splice(at, 0, lines[other]);
      break;
    case 2:
      [lines[at], lines[other]] = [lines[other], lines[at]];
      break;
    case 3:
      tokens.splice(random(tokens.length), 1);
      lines[at] = tokens.join('');
      break;
    case 4:
      lines[at] = lines[at].replace(/\d+/, () => `${random(40) - 4}`);
      break;
    case 5: {
      const theirs = lines[other].split(/(?<=[ ,.:(&%@])/);
      tokens[random(tokens.length)] = theirs[random(theirs.length)];
      lines[at] = tokens.join('');
      break;
    }
    default:
      lines[at] = lines[at].slice(0, random(lines[at].length + 1));
  }
  return lines.join('\n');
}

test('3000 mutations', () => {
  const texts = new Map<string, string>();
  const dump = (pass: string, text: string): void => {
    if (pass.startsWith('ir')) texts.set(pass, (texts.get(pass) ?? '') + text);
  };
  compile(utf8Bytes(source), { ...options, dump });
  const all = [...texts.values()];
  expect(all.length).toBe(9);
  const random = numbers(20261121);
  let accepted = 0;
  for (let i = 0; i < 3000; i++) {
    let text = all[random(all.length)];
    for (let times = 1 + random(2); times > 0; times--) text = mutated(text, random);
    try {
      const { output, diagnostics } = compileIr(latin1Bytes(text), options);
      if (output) accepted++;
      else expect(diagnostics.length).toBeGreaterThan(0);
    } catch (error) {
      throw new Error(`mutation ${i}: ${String(error)}\n${text}`, { cause: error });
    }
  }
  expect(accepted).toBeGreaterThan(100);
});
