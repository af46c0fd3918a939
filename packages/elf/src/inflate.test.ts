import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { inflate, isThinArchive, readArchive, writeArchive } from './index.ts';

const plain = new Uint8Array(5000).map((_, i) => (i % 7) * (i % 311));

test.each([0, 1, 6, 9])('a stream of level %i', (level) => {
  expect(inflate(new Uint8Array(deflateSync(plain, { level })), plain.length)).toEqual(plain);
});

test('a stream of fixed codes, and an empty one', () => {
  const text = new Uint8Array([97, 97, 97, 98]);
  expect(inflate(new Uint8Array(deflateSync(text)), 4)).toEqual(text);
  expect(inflate(new Uint8Array(deflateSync(new Uint8Array(0))), 0)).toEqual(new Uint8Array(0));
});

test('a damaged stream gives nothing, whatever is wrong with it', () => {
  const stream = new Uint8Array(deflateSync(plain));
  for (let at = 0; at < stream.length - 4; at++) {
    const cut = inflate(stream.subarray(0, at), plain.length);
    expect(cut).toBeUndefined();
    const damaged = new Uint8Array(stream);
    damaged[at] ^= 0x55;
    inflate(damaged, plain.length);
  }
  expect(inflate(stream, 1e12)).toBeUndefined();
});

test('a thin archive holds names, and offsets of 64 bits where they are needed', () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const thin = writeArchive([{ name: 'folder/a.o', bytes }], { isThin: true });
  expect(isThinArchive(thin)).toBe(true);
  const asked: string[] = [];
  const { archive } = readArchive(thin, 'lib/x.a', (path) => {
    asked.push(path);
    return bytes;
  });
  expect(asked).toEqual(['lib/folder/a.o']);
  expect(archive?.members[0]?.bytes).toEqual(bytes);
  expect(readArchive(thin, 'x.a').problems).toHaveLength(1);
});
