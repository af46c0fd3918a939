import { expect, test } from 'vitest';
import { floatBytes, floatFormats, integerValue } from './numbers.ts';

function hex(text: string, format: keyof typeof floatFormats): string | undefined {
  const bytes = floatBytes(text, floatFormats[format]);
  return (
    bytes &&
    [...bytes]
      .reverse()
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
  );
}

test('doubles agree with the host, to the last bit and down to the smallest', () => {
  const texts = ['0', '1', '-1.5', '0.1', '3.14159265358979', '1e308', '5e-324', '2.5e-324'];
  texts.push('2.2250738585072014e-308', '1.7976931348623157e308', '9007199254740993');
  for (const text of texts) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Number(text));
    expect(hex(text, 'double'), text).toBe(view.getBigUint64(0).toString(16).padStart(16, '0'));
  }
});

test('singles round once', () => {
  for (const text of ['0.1', '3.4028235e38', '1e-45', '16777217', '1.17549435e-38']) {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, Number(text));
    expect(hex(text, 'single'), text).toBe(view.getUint32(0).toString(16).padStart(8, '0'));
  }
  expect(hex('1e40', 'single')).toBeUndefined();
});

test('the x87 format keeps its leading one', () => {
  expect(hex('1', 'extended')).toBe('3fff8000000000000000');
  expect(hex('-0.1', 'extended')).toBe('bffbcccccccccccccccd');
});

test('integers in four bases', () => {
  expect(['10', '0x1F', '0b101', '017', '0'].map((text) => integerValue(text))).toEqual([
    10n,
    31n,
    5n,
    15n,
    0n,
  ]);
  expect(['08', '0x', '1e5', '0b2'].map((text) => integerValue(text))).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
  expect(integerValue('0xffffffffffffffff')).toBe(-1n);
});
