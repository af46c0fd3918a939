import { expect, test } from 'vitest';

import { encode, registerByName, registers, allRows, valueClass } from './index.ts';
import type { EncodeResult, Instruction, Operand } from './index.ts';

function register(name: string): Operand {
  const found = registerByName(name);
  if (!found) throw new Error(name);
  return { kind: 'register', register: found };
}

function immediate(value: bigint | undefined): Operand {
  return { kind: 'immediate', value };
}

function hex(result: EncodeResult): string {
  if (!result.ok) return result.problem.message;
  return [...result.encoding.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

test('known values choose the short form, unknown ones the wide form', () => {
  const add = (value: bigint | undefined): Instruction => ({
    mnemonic: 'addl',
    operands: [immediate(value), register('ecx')],
  });
  expect(hex(encode(add(5n), 32))).toBe('83 c1 05');
  expect(hex(encode(add(undefined), 32))).toBe('81 c1 00 00 00 00');
  expect(encode(add(undefined), 32)).toMatchObject({
    encoding: { fixups: [{ offset: 2, size: 4, operand: 0, kind: 'immediate' }], valueOperands: 1 },
  });
});

test('a jump has a short form and a long one, each with its fixup at the end', () => {
  const result = encode({ mnemonic: 'jne', operands: [{ kind: 'target' }] }, 32);
  if (!result.ok) throw new Error(result.problem.message);
  const { bytes, fixups, relaxation } = result.encoding;
  expect([...bytes]).toEqual([0x75, 0]);
  expect(fixups).toEqual([
    { offset: 1, size: 1, operand: 0, kind: 'target', isRelative: true, isSigned: true },
  ]);
  expect(relaxation).toEqual({ longBytes: new Uint8Array([0x0f, 0x85, 0, 0, 0, 0]), longSize: 4 });
});

test('values of one class are encoded alike, for every class boundary', () => {
  const mnemonics = ['add', 'cmp', 'push', 'imul', 'mov', 'test', 'shl', 'int', 'ret', 'aam'];
  const sizes = ['al', 'cx', 'edx'];
  const spread = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 15n, 16n, 31n, 32n].flatMap(
    (bit) => [
      1n << bit,
      (1n << bit) - 1n,
      -(1n << bit),
      -(1n << bit) - 1n,
      0xffffffffn - (1n << bit),
      0x100000000n - (1n << bit),
      0xffffn - (1n << (bit & 15n)),
      0x10000n - (1n << (bit & 15n)),
    ],
  );
  for (const mnemonic of mnemonics) {
    for (const name of sizes) {
      const shapes = new Map<number, string>();
      for (const value of spread) {
        const group = valueClass(value);
        if (group < 0) continue;
        for (const operands of [[immediate(value), register(name)], [immediate(value)]]) {
          const result = encode({ mnemonic, operands }, 32);
          const shape = result.ok
            ? `${result.encoding.fixups.map((hole) => `${hole.offset} ${hole.size}`).join()} ${
                result.encoding.bytes.length
              } ${result.encoding.warnings?.length}`
            : 'none';
          const key = group * 2 + operands.length - 1;
          expect(`${mnemonic} ${value} ${shapes.get(key) ?? shape}`).toBe(
            `${mnemonic} ${value} ${shape}`,
          );
          shapes.set(key, shape);
        }
      }
    }
  }
});

test('a problem says what was found and which forms exist', () => {
  const clash = encode({ mnemonic: 'movl', operands: [register('ax'), register('ebx')] }, 32);
  expect(clash).toMatchObject({
    ok: false,
    problem: {
      message: "%ax has 16 bits, 'movl' takes 32",
      operand: 0,
      notes: ['did you mean movw?'],
    },
  });
  const unknown = encode({ mnemonic: 'mvol', operands: [] }, 32);
  expect(unknown).toMatchObject({ problem: { message: "no such instruction: 'mvol'" } });
  if (!unknown.ok) expect(unknown.problem.notes?.[0]).toContain('movl');
  const sizeless = encode({ mnemonic: 'incc', operands: [] }, 32);
  expect(sizeless.ok).toBe(false);
});

test('a missing size is the mode’s, with a warning', () => {
  const operand: Operand = {
    kind: 'memory',
    base: registerByName('bx'),
    scale: 1,
    displacement: undefined,
    isDisplacementPresent: false,
  };
  const result = encode({ mnemonic: 'inc', operands: [operand] }, 16);
  expect(hex(result)).toBe('ff 07');
  expect(result).toMatchObject({
    encoding: { warnings: [{ code: 'A0201', notes: ['did you mean incw?'] }] },
  });
});

test('any operands give an encoding or words, never an exception', () => {
  let state = 7;
  const random = (count: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % count;
  };
  const names = [...new Set(allRows().flatMap((row) => row.names))];
  const values = [undefined, 0n, 1n, 3n, -1n, 127n, 128n, -129n, 0xffffn, 0xffffffffn, 1n << 70n];
  const operand = (): Operand => {
    const kind = random(8);
    if (kind < 3) return { kind: 'register', register: registers[random(registers.length)] };
    if (kind < 5) return { kind: 'immediate', value: values[random(values.length)] };
    if (kind < 6) return { kind: 'target' };
    const maybe = () => (random(2) === 0 ? undefined : registers[random(registers.length)]);
    const displacement = values[random(values.length)];
    const isDisplacementPresent = random(2) === 0;
    const scale = [1, 2, 4, 8, 0, 3][random(6)];
    return {
      kind: 'memory',
      segment: random(4) === 0 ? maybe() : undefined,
      base: maybe(),
      index: maybe(),
      scale,
      displacement,
      isDisplacementPresent,
    };
  };
  let found = 0;
  for (let round = 0; round < 6000; round++) {
    const mnemonic = names[random(names.length)] + ['', 'b', 'w', 'l', 'x'][random(5)];
    const operands = Array.from({ length: random(5) }, operand);
    const prefixes = random(4) === 0 ? [['lock', 'rep', 'data16', 'addr16', 'cs'][random(5)]] : [];
    const instruction = { mnemonic, operands, prefixes, isIndirect: random(8) === 0 };
    const result = encode(instruction, random(2) === 0 ? 16 : 32);
    if (!result.ok) {
      expect(result.problem.message).not.toBe('');
      continue;
    }
    found++;
    const { bytes, fixups } = result.encoding;
    for (const { offset, size } of fixups) expect(offset + size).toBeLessThanOrEqual(bytes.length);
    expect(bytes.length).toBeLessThanOrEqual(15);
  }
  expect(found).toBeGreaterThan(20);
});
