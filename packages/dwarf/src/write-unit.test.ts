import { expect, test } from 'vitest';
import { writeUnit } from './index.ts';

const unit = { name: 'a.c', directory: '.', producer: 'p' };

test('one section: its address and size stand in the unit itself', () => {
  const written = writeUnit({ ...unit, version: 5, ranges: [{ section: '.text', size: 7 }] });
  expect(written.ranges).toBeUndefined();
  const view = new DataView(written.info.bytes.buffer);
  expect(view.getUint32(0, true)).toBe(written.info.bytes.length - 4);
  expect(written.info.fields.map(({ offset, target }) => [offset, target])).toEqual([
    [8, 'abbreviations'],
    [13, 'line'],
    [17, '.text'],
    [22, 'strings'],
    [26, 'strings'],
    [30, 'strings'],
  ]);
  expect(view.getUint8(21)).toBe(7);
  expect(new TextDecoder().decode(written.strings)).toBe('a.c\0.\0p\0');
});

test('several sections: a list of ranges, which the unit names', () => {
  const ranges = [
    { section: '.text', size: 7 },
    { section: '.init', size: 3 },
  ];
  const written = writeUnit({ ...unit, version: 5, ranges });
  expect(written.info.fields[2]).toEqual({ offset: 17, target: 'ranges', addend: 12 });
  expect(written.ranges?.fields.map(({ target }) => target)).toEqual(['.text', '.init']);
  expect(written.addresses.bytes.length % 8).toBe(0);
});

test('functions are children; their type stands behind them from version 4 on', () => {
  const functions = [{ name: 'f', isExternal: true, start: 'f', size: 300 }];
  const ranges = [{ section: '.text', size: 7 }];
  const old = writeUnit({ ...unit, version: 2, ranges, functions });
  expect(old.info.fields.slice(-2)).toEqual([
    { offset: 44, target: 'f', addend: 0 },
    { offset: 48, target: 'f', addend: 300 },
  ]);
  const { info } = writeUnit({ ...unit, version: 4, ranges, functions });
  // Entry 2, its name, the type's place, address and size; then the type itself.
  expect([...info.bytes.subarray(-9)]).toEqual([info.bytes.length - 2, 0, 0, 0, 0, 0xac, 2, 3, 0]);
});
