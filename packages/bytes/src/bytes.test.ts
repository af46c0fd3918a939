import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, alignUp, utf8Bytes, utf8Text } from './index.ts';

test('LEB128 numbers read back as written', () => {
  const values = [0, 1, 63, 64, 127, 128, 300, 16384, 0x7fffffff, 0xffffffff];
  const writer = new ByteWriter(1);
  for (const value of values) {
    writer.uleb128(value);
    writer.sleb128(value);
    writer.sleb128(-value);
  }
  const reader = new ByteReader(writer.take());
  for (const value of values) {
    expect(reader.uleb128()).toBe(value);
    expect(reader.sleb128()).toBe(value);
    expect(reader.sleb128()).toBe(value === 0 ? 0 : -value);
  }
  expect(reader.isAtEnd).toBe(true);
  expect(reader.isOverrun).toBe(false);
});

test('LEB128 numbers are the same bytes, however they are held', () => {
  const written = (write: (writer: ByteWriter) => void) => {
    const writer = new ByteWriter(16);
    write(writer);
    return writer.take();
  };
  const values = [0, 63, 64, 127, 128, 8191, 8192, 16384, 0x7fffffff, 0x80000000, 2 ** 40];
  for (const value of values.flatMap((each) => [each, -each, each + 1, -each - 1])) {
    const wide = BigInt(value);
    expect(written((to) => to.sleb128(value))).toEqual(written((to) => to.sleb128(wide)));
    if (value < 0) expect(() => written((to) => to.uleb128(value))).toThrow(RangeError);
    else expect(written((to) => to.uleb128(value))).toEqual(written((to) => to.uleb128(wide)));
  }
});

test('reading past the end yields zero and says so', () => {
  const reader = new ByteReader(new Uint8Array([1, 2]));
  expect(reader.u32()).toBe(0);
  expect(reader.isOverrun).toBe(true);
});

test('UTF-8 agrees with the host encoder, malformed input included', () => {
  const text = 'a é € 😀 \u0000';
  expect(utf8Bytes(text)).toEqual(new TextEncoder().encode(text));
  expect(utf8Text(utf8Bytes(text))).toBe(text);
  expect(utf8Text(new Uint8Array([0xff, 0x41, 0xe2, 0x82]))).toBe('\udcffA\udce2\udc82');
  expect(utf8Bytes('\udcffA\udce2\udc82')).toEqual(new Uint8Array([0xff, 0x41, 0xe2, 0x82]));
});

test('alignUp takes any alignment', () => {
  expect([alignUp(5, 4), alignUp(8, 4), alignUp(7, 3), alignUp(7, 0)]).toEqual([8, 8, 9, 7]);
});
