import { expect, test } from 'vitest';
import { FakeBus } from './fake-bus.ts';
import { makeFont } from './font.ts';
import { CODE_PAGE_437 } from './font-tables.ts';
import { screenPicture } from './screen-picture.ts';
import { TEXT_MEMORY, Vga } from './vga.ts';

function screen(): { vga: Vga; memory: Uint8Array; devices: Vga[]; readPhysical(): Uint8Array } {
  const bus = new FakeBus();
  const vga = bus.attach(new Vga(bus));
  const memory = new Uint8Array(TEXT_MEMORY.length);
  return { vga, memory, devices: [vga], readPhysical: () => memory };
}

function dot(picture: { width: number; rgb: Uint8Array } | undefined, x: number, y: number) {
  const at = (y * (picture?.width ?? 0) + x) * 3;
  return picture?.rgb.subarray(at, at + 3).join(' ');
}

test('every character but the blanks has a shape, and no two are the same', () => {
  const font = makeFont();
  const shapes = [...CODE_PAGE_437].map((character, code) => ({
    character,
    shape: font.subarray(code * 16, code * 16 + 16).join(),
  }));
  const blank = new Uint8Array(16).join();
  const blanks = shapes.filter(({ shape }) => shape === blank).map(({ character }) => character);
  expect(blanks).toEqual(['\0', ' ', '\u00a0']);
  expect(new Set(shapes.map(({ shape }) => shape)).size).toBe(254);
});

test('cells become dots: 9 wide, lines reach the next cell, colours come through palette and DAC', () => {
  const source = screen();
  source.memory.set([0xdb, 0x1e, 0xb3, 0x07, 0xc4, 0x07]);
  source.vga.portWrite(0x3d4, 2, 0x200a); // no cursor
  const picture = screenPicture(source);
  expect([picture?.width, picture?.height]).toEqual([720, 400]);
  expect(dot(picture, 0, 0)).toBe('255 255 85'); // yellow, of a full block
  expect(dot(picture, 8, 0)).toBe('255 255 85');
  expect(dot(picture, 9, 0)).toBe('0 0 0');
  expect(dot(picture, 12, 0)).toBe('170 170 170'); // the vertical line
  expect(dot(picture, 26, 7)).toBe('170 170 170'); // the horizontal one, in its ninth dot
  expect(dot(picture, 27, 7)).toBe('0 0 0');
  source.memory.set([0x20, 0x1e]);
  expect(dot(screenPicture(source), 0, 0)).toBe('0 0 170'); // its background
  source.vga.portRead(0x3da, 1);
  for (const value of [0x01, 0x04, 0x20]) source.vga.portWrite(0x3c0, 1, value); // blue becomes red
  expect(dot(screenPicture(source), 0, 0)).toBe('170 0 0');
  source.vga.portWrite(0x3c8, 1, 4);
  for (const part of [63, 0, 63]) source.vga.portWrite(0x3c9, 1, part);
  expect(dot(screenPicture(source), 0, 0)).toBe('255 0 255');
});

test('the cursor is drawn on its lines; a screen that is off is black; graphics have no picture', () => {
  const source = screen();
  for (let at = 1; at < source.memory.length; at += 2) source.memory[at] = 0x07;
  source.vga.portWrite(0x3d4, 2, 0x510f); // cell 81
  const picture = screenPicture(source);
  expect(dot(picture, 9, 16 + 12)).toBe('0 0 0');
  expect(dot(picture, 9, 16 + 13)).toBe('170 170 170');
  source.vga.portRead(0x3da, 1);
  source.vga.portWrite(0x3c0, 1, 0x00);
  expect(screenPicture(source)?.rgb.some((part) => part !== 0)).toBe(false);
  source.vga.portWrite(0x3ce, 2, 0x0106);
  expect(screenPicture(source)).toBeUndefined();
});
