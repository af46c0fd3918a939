import { expect, test } from 'vitest';
import { TextSink, gatherText, pieceOf } from './text-sink.ts';

test('text of any length and alphabet comes out in order', () => {
  const { take, text } = gatherText();
  const out = new TextSink(take);
  const long = `${'x'.repeat(70_000)}é😀`;
  const parts = ['short', 'ü', long, '😀'.repeat(40_000), 'end\n'];
  for (const part of parts) out.add(part);
  out.beginLine();
  out.piece(pieceOf('y'.repeat(90_001)));
  for (const part of ['', '1', '22', '333', '4444', 'ü5']) out.piece(pieceOf(part));
  out.flush();
  expect(text()).toBe(`${parts.join('')}${'y'.repeat(90_001)}1223334444ü5`);
});

test('pieces are handed on before the end', () => {
  const sizes: number[] = [];
  const out = new TextSink((piece) => sizes.push(piece.length));
  for (let i = 0; i < 100_000; i++) out.add('a line\n');
  out.flush();
  expect(sizes.length).toBeGreaterThan(5);
  expect(Math.max(...sizes)).toBeLessThan(1 << 17);
});

test('numbers in place', () => {
  const { take, text } = gatherText();
  const out = new TextSink(take);
  out.hex(0xdead_beef);
  out.hex(5, 4, 0x20);
  out.hex8(0x80);
  out.decimal(0, 3);
  out.decimal(123_456, 2);
  out.place(0x7c00, 6);
  out.hexBytes(Uint8Array.of(0, 0xff), 0, 2);
  out.spaces(0);
  out.words(Uint8Array.of(0x41, 0x42, 0, 0x7f, 0x43), 0, 5, 37);
  out.flush();
  const bytes = `4142007f 43${' '.repeat(26)}AB..C\n`;
  expect(text()).toBe(`deadbeef   500000080  0123456  7c00:\t00 ff ${bytes}`);
});
