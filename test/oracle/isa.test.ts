// The instruction table against GNU as and GNU objdump: every row's forms, statements at the edges
// of AT&T syntax, the code that gcc writes, and random bytes.

import { decode, encode, formatAtt, formatIntel, allRows } from '@ring0/isa';
import type { DecodedInstruction, Mode } from '@ring0/isa';
import { describe, expect, test } from 'vitest';

import { gccText, gnuAssemble, gnuDisassemble, isInstalled } from './isa-oracle.ts';
import { edgeStatements, parseStatement } from './isa-statements.ts';
import { attText, vectorsOf } from './isa-vectors.ts';

const rows = allRows();
const modes = [32, 16] as const;
const everyMode = [32, 16, 64] as const;
const syntaxes = ['att', 'intel'] as const;
const hasBinutils = isInstalled('as') && isInstalled('objdump');

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function format(decoded: DecodedInstruction, syntax: 'att' | 'intel'): string {
  return syntax === 'att' ? formatAtt(decoded) : formatIntel(decoded);
}

/** Numbers without a repeatable host: a linear congruence. */
function randomBytes(count: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function encoded(text: string, mode: Mode): { bytes?: string; warns: boolean } {
  const result = encode(parseStatement(text), mode);
  if (!result.ok) return { warns: false };
  return { bytes: hex(result.encoding.bytes), warns: result.encoding.warnings !== undefined };
}

describe.skipIf(!hasBinutils)('the table', () => {
  test.each(everyMode)('encodes every row as GNU as does, %i-bit code', (mode) => {
    const vectors = rows.flatMap((row) =>
      vectorsOf(row, mode).map((instruction) => ({
        row,
        instruction,
        text: attText(instruction),
      })),
    );
    const covered = new Set(vectors.map(({ row }) => row.index));
    const other = mode === 64 ? 32 : 64;
    const assembled = rows.filter(
      ({ attributes, onlyMode }) => !attributes.has('decode') && onlyMode !== other,
    );
    expect(covered.size).toBe(assembled.length);
    const wanted = gnuAssemble(
      vectors.map(({ text }) => text),
      mode,
    );
    const wrong: string[] = [];
    vectors.forEach(({ instruction, text }, index) => {
      const result = encode(instruction, mode);
      const bytes = result.ok ? hex(result.encoding.bytes) : undefined;
      const { bytes: wantedBytes, message } = wanted[index];
      // A branch to itself: only the opcode is of the encoder, the distance is a fixup.
      const isBranch = instruction.operands.some(({ kind }) => kind === 'target');
      const count = isBranch && bytes && wantedBytes ? bytes.search(/(00)+$/) : undefined;
      const hasWarning = result.ok && result.encoding.warnings !== undefined;
      const isEqual =
        bytes?.slice(0, count) === wantedBytes?.slice(0, count) &&
        bytes?.length === wantedBytes?.length &&
        (bytes === undefined || hasWarning === (message !== undefined));
      if (!isEqual) wrong.push(`${text}: ${bytes}, GNU as ${wantedBytes} ${message ?? ''}`);
    });
    expect(wrong).toEqual([]);
    expect(vectors.length).toBeGreaterThan(90_000);
  });

  describe.each(everyMode)('prints %i-bit code as objdump does', (mode) => {
    const starts: number[] = [];
    const bytes: number[] = [];
    for (const row of rows) {
      for (const instruction of vectorsOf(row, mode)) {
        const result = encode(instruction, mode);
        if (!result.ok || row.encoding.prefix === 0x9b || row.mnemonic === 'fwait') continue;
        starts.push(bytes.length);
        bytes.push(...result.encoding.bytes);
      }
    }
    const code = Uint8Array.from(bytes);
    test.each(syntaxes)('in %s syntax', (syntax) => {
      const wanted = gnuDisassemble(code, mode, syntax);
      const wrong: string[] = [];
      for (const at of starts) {
        const decoded = decode(code, at, mode, at, true);
        const text = format(decoded, syntax);
        const want = wanted.get(at);
        if (text !== want?.text || decoded.length !== want.length) {
          wrong.push(`${hex(code.subarray(at, at + decoded.length))}: ${text}, not ${want?.text}`);
        }
      }
      expect(wrong).toEqual([]);
    });
  });

  test.each(modes)('takes and refuses the prefixes that GNU as does, %i-bit code', (mode) => {
    const names = ['rep', 'repe', 'repne', 'lock', 'bnd', 'notrack', 'cs'];
    const sizes = mode === 32 ? ['data16', 'addr16'] : ['data32', 'addr32'];
    const vectors = rows.flatMap((row) => {
      // The first form with a register, and the first with memory.
      const all = vectorsOf(row).filter(
        ({ mnemonic, operands }) =>
          !/^(monitor|l(jmp|call)[wl])$/.test(mnemonic) &&
          operands.every((o) => o.kind !== 'target'),
      );
      const hasMemory = (index: number) => all[index].operands.some((o) => o.kind === 'memory');
      const plain = all.findIndex((_, index) => !hasMemory(index));
      const memory = all.findIndex((_, index) => hasMemory(index));
      const chosen = [plain, memory].filter((index) => index >= 0);
      return chosen.flatMap((index) =>
        [...names, ...sizes]
          // GNU as 2.40 ends with an internal error for bnd before VEX.
          .filter((name) => name !== 'bnd' || !row.encoding.vex)
          .map((name) => ({ ...all[index], prefixes: [...(all[index].prefixes ?? []), name] })),
      );
    });
    const texts = vectors.map((instruction) => attText(instruction));
    const wanted = gnuAssemble(texts, mode);
    const wrong: string[] = [];
    vectors.forEach((instruction, index) => {
      const result = encode(instruction, mode);
      const bytes = result.ok ? hex(result.encoding.bytes) : undefined;
      // Some prefixes GNU as drops with a warning; here they are errors.
      if (bytes === wanted[index].bytes || wanted[index].message?.startsWith('Warning')) return;
      wrong.push(`${texts[index]}: ${bytes}, ${wanted[index].bytes} ${wanted[index].message}`);
    });
    expect(wrong).toEqual([]);
  });

  test.each(modes)('takes and refuses what GNU as does, %i-bit code', (mode) => {
    const wanted = gnuAssemble(edgeStatements, mode);
    const wrong: string[] = [];
    edgeStatements.forEach((text, index) => {
      const { bytes, warns } = encoded(text, mode);
      const want = wanted[index];
      if (
        bytes !== want.bytes ||
        warns !== (want.bytes !== undefined && want.message !== undefined)
      )
        wrong.push(
          `${text}: ${bytes}${warns ? ' warned' : ''}, GNU as ${want.bytes} ${want.message ?? ''}`,
        );
    });
    expect(wrong).toEqual([]);
  });
});

/** EVEX, mask registers and AMX: the table has no rows for them. */
const leftOut = /[xyz]mm\d.*\{|\{.*[xyz]mm|zmm|\bk\d\b|\bk[a-z]+[bwdq]\b|\btmm|tilecfg/;
/** What objdump makes of REX prefixes that mean nothing, and of two prefixes for one thing. */
const oddLong =
  /\brex.*\b(nop|pextr|bnd|enclv)|\bnop[wlq]? {2}|\bl[sfg]s\b|vmovs[sd]|xchg +%?rax|\bmovabs|data16|[lms]fence|\bnop[wlq]\b/;
/** Addresses and registers that cannot be; and objdump's own slips. */
const absurd = new RegExp(
  [
    String.raw`\(bad\)`,
    String.raw`^\S*(repz|repnz|xacquire|xrelease|lock).*\b(mov|nop|xstore|xcrypt|montmul|xsha)`,
    String.raw`\bcr(8|9|1\d)|%?db(8|9|1\d)`,
  ].join('|'),
);

function isEvex(code: Uint8Array, at: number, mode: Mode): boolean {
  const prefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3];
  let opcode = at;
  while (prefixes.includes(code[opcode]) || (mode === 64 && (code[opcode] & 0xf0) === 0x40)) {
    opcode++;
  }
  return code[opcode] === 0x62 && (mode === 64 || code[opcode + 1] >= 0xc0);
}

/** The opcode maps: one byte, 0F, 0F38, 0F3A, VEX of two and of three bytes, XOP. */
const heads: readonly (readonly number[])[] = [
  [],
  [0x0f],
  [0x0f, 0x38],
  [0x0f, 0x3a],
  [0xc5, 0xf8],
  [0xc4, 0xe2, 0x79],
  [0xc4, 0xe3, 0x79],
  [0x8f, 0xe9, 0x78],
  [0x8f, 0xe8, 0x78],
];

/** Every opcode of every map, with random bytes around and behind it. */
function randomCode(count: number, slot: number, mode: number): Uint8Array {
  const source = randomBytes(count * 18, mode);
  const code = new Uint8Array(count * slot).fill(0x90);
  const prefixes = [0x66, 0x67, 0xf3, 0xf2, 0xf0, 0x2e, 0x64];
  for (let i = 0; i < count; i++) {
    const random = source.subarray(i * 18, i * 18 + 18);
    code.set(random.subarray(0, 15), i * slot);
    const head = heads[i % heads.length];
    const isPrefixed = head.length < 3 && random[15] < 128;
    if (isPrefixed) code[i * slot] = prefixes[random[16] % prefixes.length];
    const hasRex = mode === 64 && head.length < 3 && head[0] !== 0xc5 && random[14] < 150;
    const rexAt = i * slot + (isPrefixed ? 1 : 0);
    if (hasRex) code[rexAt] = 0x40 + (random[13] & 15);
    const start = rexAt + (hasRex ? 1 : 0);
    code.set(head, start);
    // pp, L, vvvv and W of the VEX forms.
    if (head.length > 1 && head[0] !== 0x0f) code[start + head.length - 1] ^= random[17] & 0x87;
    // R, X and B.
    const inverted = head[0] === 0xc5 ? 0x80 : head[0] === 0x0f ? 0 : 0xe0;
    if (mode === 64 && head.length > 1) code[start + 1] ^= random[12] & inverted;
    code[start + head.length] = Math.floor(i / heads.length) & 0xff;
  }
  return code;
}

describe.skipIf(!hasBinutils)('any bytes', () => {
  test.each(everyMode)('decode as objdump decodes them, %i-bit code', (mode) => {
    const slot = 32;
    const count = 40_000;
    const code = randomCode(count, slot, mode);
    for (const syntax of syntaxes) {
      const wrong: string[] = [];
      let compared = 0;
      for (const [at, want] of gnuDisassemble(code, mode, syntax)) {
        if (at % slot !== 0 || leftOut.test(want.text) || isEvex(code, at, mode)) continue;
        if (mode === 64 && oddLong.test(want.text)) continue;
        const decoded = decode(code, at, mode, at, true);
        if (absurd.test(want.text)) continue;
        compared++;
        const text = format(decoded, syntax);
        if (text === want.text && decoded.length === want.length) continue;
        wrong.push(`${hex(code.subarray(at, at + 8))}: ${text} (${decoded.length}), ${want.text}`);
      }
      expect(wrong).toEqual([]);
      expect(compared).toBeGreaterThan(count / 5);
    }
  });
});

const program = `
typedef unsigned long long u64;
struct s { char c; short h; int i; double d; u64 q; } table[9];
extern int printf(const char *, ...);
u64 mix(u64 a, u64 b, int n) { return (a << n) ^ (b >> (n & 63)) ^ a * b ^ a / (b | 1); }
double fp(double x, float y, long double z) {
  return x * y - z / (x + 1) + __builtin_sqrt(x) + (int)z; }
int bits(unsigned x) { return __builtin_ctz(x | 1) + __builtin_clz(x | 1) + __builtin_bswap32(x); }
int choose(int a, unsigned b, signed char c, double d) {
  switch (a) { case 1: return b / 7; case 2: return c % 10; case 3: return d > 1.5;
  case 4: return (u64)d;
  case 5: return a < c; case 6: return b > 9 ? c : a;
  case 7: return __sync_fetch_and_add(&table[1].i, a);
  case 8: return __sync_bool_compare_and_swap(&table[2].i, a, b);
  default: return a * 12345 + (c << 3); }
}
void fill(struct s *p, int n) {
  for (int i = 0; i < n; i++) p[i] = (struct s){ i, i * 3, -i, i * .5, (u64)i << 33 };
  __builtin_memset(p, 0, 300); __builtin_memcpy(p, table, sizeof table);
}
int deep(int n, ...) { int v[n]; v[n - 1] = printf("%d", n);
  return v[n - 1] + (n ? deep(n - 1) : 0); }
`;

describe.skipIf(!hasBinutils || !isInstalled('gcc'))('code of gcc', () => {
  const levels = ['-O0', '-O1', '-O2', '-Os', '-O3'];
  const all = levels.flatMap((level) => [[level, 32] as const, [level, 64] as const]);
  test.each(all)('prints as objdump prints it, %s, %i-bit code', (level, mode) => {
    const code = gccText(program, [level], mode);
    for (const syntax of syntaxes) {
      const wanted = gnuDisassemble(code, mode, syntax);
      const texts: string[] = [];
      for (let at = 0; at < code.length;) {
        const decoded = decode(code, at, mode, at, true);
        texts.push(`${at} ${format(decoded, syntax)}`);
        at += decoded.length;
      }
      expect(texts).toEqual([...wanted].map(([at, { text }]) => `${at} ${text}`));
      expect(texts.length).toBeGreaterThan(140);
    }
  });
});
