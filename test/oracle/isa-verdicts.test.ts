// What is taken and what refused, against GNU as: Intel syntax, nearly right statements, processors
// and extensions, pseudo prefixes; and objdump's options.

import {
  allRows,
  decode,
  encode,
  extensionNames,
  formatAtt,
  processorNames,
  withArchitecture,
} from '@ring0/isa';
import { describe, expect, test } from 'vitest';

import { differences } from './isa-compare.ts';
import type { Statement } from './isa-compare.ts';
import { mutationsOf } from './isa-mutations.ts';
import { gnuAssemble, gnuDisassemble, isInstalled } from './isa-oracle.ts';
import { parseStatement, pseudoStatements } from './isa-statements.ts';
import { attText, intelText, intelVectorsOf, vectorsOf } from './isa-vectors.ts';

const modes = [32, 16] as const;
const everyMode = [32, 16, 64] as const;
/** Spellings that GNU as takes in 64-bit code though they have another form, or by halves. */
const odd =
  /^(movsx|movq|fst|p?cmp[ei]str|vpcmp|v?p?cmp|monitor|iret|retf|sysexit|sysret|vmovd)|[%, ]rcx\b|shortened to 0x0/;
const rows = allRows();
const hasBinutils = isInstalled('as') && isInstalled('objdump');
const intelHead = '.intel_syntax noprefix';

describe.skipIf(!hasBinutils)('Intel syntax', () => {
  test.each(everyMode)('every row with sizes right and wrong, %i-bit code', (mode) => {
    const statements = rows
      .flatMap((row) => intelVectorsOf(row, mode))
      .map((instruction) => ({ instruction, text: intelText(instruction) }))
      // FWORD PTR puts an operand-size prefix before any instruction of 16-bit code.
      .filter(({ text }, index) =>
        mode === 32 ? index % 2 === 0 : index % 5 === 0 && !text.includes('FWORD'),
      );
    const wrong = differences(statements, mode, intelHead);
    expect(wrong.filter((line) => mode !== 64 || !odd.test(line))).toEqual([]);
    expect(statements.length).toBeGreaterThan(40_000);
  });
});

describe.skipIf(!hasBinutils)('nearly right statements', () => {
  test.each(everyMode)('in AT&T syntax, %i-bit code', (mode) => {
    const statements = mutationsOf(rows, 'att', 12, mode, mode).map(
      ({ instruction }): Statement => ({
        instruction,
        text: attText(instruction),
      }),
    );
    const wrong = differences(statements, mode);
    expect(wrong.filter((line) => mode !== 64 || !odd.test(line))).toEqual([]);
    expect(statements.length).toBeGreaterThan(20_000);
  });
});

/** A form of each row without memory, and one with. */
function samples(): Statement[] {
  return rows.flatMap((row) => {
    const vectors = vectorsOf(row).filter((instruction) => encode(instruction, 32).ok);
    const memory = (at: number) =>
      vectors[at].operands.some((each) => each.kind === 'memory' && each.base?.bits !== 32);
    const register = vectors.find(({ operands }) => operands.every((o) => o.kind !== 'memory'));
    const both = [register, vectors.find((_, at) => memory(at))];
    return both.flatMap((instruction) =>
      instruction ? [{ instruction, text: attText(instruction) }] : [],
    );
  });
}

/** Verdicts that differ after the directives, which name what is enabled. */
function architectureDifferences(names: readonly string[], statements: readonly Statement[]) {
  let features = withArchitecture(undefined, 'default');
  for (const name of names) features = features && withArchitecture(features, name);
  const head = names.map((name) => `.arch ${name}`).join('; ');
  const wanted = gnuAssemble(
    statements.map(({ text }) => text),
    32,
    head,
  );
  return statements.flatMap(({ instruction, text }, index) => {
    const result = encode(instruction, 32, { features, architecture: head });
    if (result.ok === (wanted[index].bytes !== undefined)) return [];
    return [`${head}: ${text}: ${result.ok ? 'taken' : result.problem.message}`];
  });
}

describe.skipIf(!hasBinutils)('.arch', () => {
  const statements = samples();
  test('each processor has the instructions that GNU as gives it', () => {
    const wrong = processorNames.flatMap((name) => architectureDifferences([name], statements));
    expect(wrong).toEqual([]);
    expect(statements.length).toBeGreaterThan(3500);
  });

  test('each extension brings what GNU as lets it bring', () => {
    // Forms with EVEX prefixes make FMA and F16C instructions AVX-512's too.
    const names = extensionNames.filter((name) => !name.startsWith('avx512'));
    const some = statements.filter((_, index) => index % 3 === 0);
    const wrong = names.flatMap((name) => architectureDifferences(['i386', `.${name}`], some));
    expect(wrong).toEqual([]);
  });
});

test.skipIf(!hasBinutils).each(modes)('pseudo prefixes, %i-bit code', (mode) => {
  const statements = pseudoStatements.map((text) => ({ instruction: parseStatement(text), text }));
  expect(differences(statements, mode)).toEqual([]);
});

const optionSets = [
  ['data16', { operandSize: 16 }, 32],
  ['addr16', { addressSize: 16 }, 32],
  ['data32', { operandSize: 32 }, 16],
  ['intel-mnemonic,att', {}, 32],
] as const;

describe.skipIf(!hasBinutils)('objdump -M', () => {
  test.each(optionSets)('%s', (name, sizes, mode) => {
    const starts: number[] = [];
    const bytes: number[] = [];
    for (const row of rows) {
      // Gathering and bound instructions have no 16-bit addresses; xbegin's target is not cut.
      const { attributes, mnemonic } = row;
      if (/^(bnd|xbegin|monitor)/.test(mnemonic) || attributes.has('distinct')) continue;
      if (attributes.has('address') || attributes.has('implied')) continue;
      for (const instruction of vectorsOf(row).slice(0, 12)) {
        const result = encode(instruction, mode);
        if (!result.ok || row.encoding.prefix === 0x9b || row.mnemonic === 'fwait') continue;
        starts.push(bytes.length);
        bytes.push(...result.encoding.bytes);
        while (bytes.length % 20 > 0) bytes.push(0x90);
      }
    }
    const code = Uint8Array.from(bytes);
    const wanted = gnuDisassemble(code, mode, name);
    const mnemonics = name.startsWith('intel-mnemonic') ? ('intel' as const) : undefined;
    const wrong = starts.flatMap((at) => {
      const text = formatAtt(decode(code, at, mode, at, true, sizes), { mnemonics });
      const want = wanted.get(at);
      return want === undefined || want.text === text ? [] : [`${text}, not ${want.text}`];
    });
    expect(wrong).toEqual([]);
    expect(starts.length).toBeGreaterThan(15_000);
  });
});
