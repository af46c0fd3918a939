import { expect, test } from 'vitest';
import { writeFrames } from './index.ts';
import type { FrameDescription, FrameInstruction } from './index.ts';

function description(
  start: string,
  instructions: { at: number; instruction: FrameInstruction }[],
): FrameDescription<string> {
  return {
    start,
    length: 300,
    isSimple: false,
    isSignalFrame: false,
    returnColumn: 8,
    personality: undefined,
    languageData: undefined,
    instructions,
  };
}

const isSameTarget = (a: string, b: string) => a === b;

test('procedures that begin alike share their common entry', () => {
  const push: FrameInstruction = { kind: 'defCfaOffset', offset: 8 };
  const first = description('f', [{ at: 1, instruction: push }]);
  const second = description('g', [{ at: 290, instruction: push }]);
  const { bytes, relocations } = writeFrames([first, second], { isEh: true, isSameTarget });
  const view = new DataView(bytes.buffer);
  const common = 4 + view.getUint32(0, true);
  expect(common).toBe(24);
  // Each entry's second word is the way back to the common one.
  expect(view.getUint32(common + 4, true)).toBe(common + 4);
  const next = common + 4 + view.getUint32(common, true);
  expect(view.getUint32(next + 4, true)).toBe(next + 4);
  expect(relocations.map(({ target, isRelative }) => [target, isRelative])).toEqual([
    ['f', true],
    ['g', true],
  ]);
  // advance by 1 in one byte; by 290 in three; each before def_cfa_offset 8.
  expect([...bytes.subarray(common + 17, common + 20)]).toEqual([0x41, 0x0e, 8]);
  expect([...bytes.subarray(next + 17, next + 22)]).toEqual([3, 0x22, 1, 0x0e, 8]);
});

test('an entry for another personality is its own', () => {
  const plain = description('f', []);
  const personality = { encoding: 0x9b, target: 'p' };
  const other = { ...plain, personality };
  const one = writeFrames([plain, plain], { isEh: true, isSameTarget }).bytes.length;
  const two = writeFrames([plain, other], { isEh: true, isSameTarget });
  expect(two.bytes.length).toBeGreaterThan(one);
  expect(two.relocations.map(({ target }) => target)).toEqual(['f', 'p', 'f']);
});

test('.debug_frame names its common entry by a relocated offset', () => {
  const { bytes, relocations } = writeFrames([description('f', [])], { isEh: false, isSameTarget });
  expect(new DataView(bytes.buffer).getUint32(4, true)).toBe(0xffffffff);
  expect(relocations.map(({ target, isRelative }) => [target, isRelative])).toEqual([
    [undefined, false],
    ['f', false],
  ]);
});

test('the latest common entry that fits is taken, also the empty one of a simple procedure', () => {
  const simple = { ...description('s', []), isSimple: true };
  const { bytes } = writeFrames([simple, description('f', [])], { isEh: true, isSameTarget });
  const view = new DataView(bytes.buffer);
  const common = 4 + view.getUint32(0, true);
  const next = common + 4 + view.getUint32(common, true);
  expect(view.getUint32(next + 4, true)).toBe(next + 4);
  // The usual beginning stands in the procedure's own entry: def_cfa esp 4, offset eip 1.
  expect([...bytes.subarray(next + 17, next + 22)]).toEqual([0x0c, 4, 4, 0x88, 1]);
});

test('pointers are as wide as their encoding says; labels tell where they stand', () => {
  const personality = { encoding: 0x1a, target: 'p' };
  const label: FrameInstruction = { kind: 'label', label: 7 };
  const place = [{ at: 3, instruction: label }];
  const entry = { ...description('f', place), personality };
  const { relocations, labels } = writeFrames([entry], { isEh: true, isSameTarget });
  expect(relocations.map(({ size }) => size)).toEqual([2, 4]);
  expect(labels.get(7)).toBe(relocations[1].offset + 10);
});
