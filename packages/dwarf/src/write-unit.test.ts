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
  ]);
  expect(view.getUint32(21, true)).toBe(7);
});

test('several sections: a list of ranges, which the unit names', () => {
  const ranges = [
    { section: '.text', size: 7 },
    { section: '.init', size: 3 },
  ];
  const written = writeUnit({ ...unit, version: 5, ranges });
  expect(written.info.fields.at(-1)).toEqual({ offset: 17, target: 'ranges', addend: 12 });
  expect(written.ranges?.fields.map(({ target }) => target)).toEqual(['.text', '.init']);
  expect(written.addresses.bytes.length % 8).toBe(0);
});
