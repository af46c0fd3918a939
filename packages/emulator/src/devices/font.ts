// The character generator: 256 shapes of 8 by 16 dots, made once from the tables. Box drawing characters are computed from
// the lines they are made of, accented letters from a letter and a mark.

import { BOX_LINES, CODE_PAGE_437, COMPOSED, DOTLESS_I, MARKS, SHAPES } from './font-tables.ts';

export const CELL_HEIGHT = 16;
const BOX_FIRST = 0xb3;

interface Shape {
  readonly first: number;
  readonly rows: readonly number[];
}

function parseRows(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));
}

function parseShapes(text: string): Map<string, Shape> {
  const words = text.trim().split(/\s+/);
  const shapes = new Map<string, Shape>();
  for (let at = 0; at + 2 < words.length; at += 3) {
    shapes.set(words[at], { first: Number(words[at + 1]), rows: parseRows(words[at + 2]) });
  }
  return shapes;
}

/** 256 shapes of code page 437, 16 bytes each, the leftmost dot in the highest bit. */
export function makeFont(): Uint8Array {
  const font = new Uint8Array(256 * CELL_HEIGHT);
  const characters = [...CODE_PAGE_437];
  const put = (code: number, { first, rows }: Shape) => {
    for (const [at, row] of rows.entries()) font[code * CELL_HEIGHT + first + at] |= row;
  };
  const shapes = parseShapes(SHAPES);
  for (const [character, shape] of shapes) put(characters.indexOf(character), shape);
  compose(characters, shapes, put);
  for (const [at, lines] of BOX_LINES.split(' ').entries()) {
    put(BOX_FIRST + at, { first: 0, rows: boxRows(lines) });
  }
  addBlocks(characters, put);
  return font;
}

function compose(
  characters: readonly string[],
  shapes: ReadonlyMap<string, Shape>,
  put: (code: number, shape: Shape) => void,
): void {
  const marks = parseShapes(MARKS);
  for (const [made, letter, sign] of COMPOSED.split(' ').map((word) => [...word])) {
    const base = letter === 'ı' ? { first: 5, rows: parseRows(DOTLESS_I) } : shapes.get(letter);
    const mark = marks.get(sign);
    if (!base || !mark) throw new Error(`the font lacks ${letter} or ${sign}`);
    const isRaised = base.first < 5 && mark.first < base.first + 3;
    const code = characters.indexOf(made);
    put(code, base);
    put(code, isRaised ? { first: Math.max(0, mark.first - 2), rows: mark.rows } : mark);
  }
}

/** Bits of the columns from `left` to `right`. */
function columns(left: number, right: number): number {
  return ((1 << (right - left + 1)) - 1) << (7 - right);
}

/**
 * A crossing of up to four arms, each of one or two lines: the bands of the arms are filled, then the space inside the
 * double ones is cleared.
 */
function boxRows(lines: string): number[] {
  const [up, down, left, right] = Array.from(lines, Number);
  const vertical = Math.max(up, down);
  const horizontal = Math.max(left, right);
  const [bandLeft, bandRight] = vertical === 2 ? [1, 6] : [3, 4];
  const [top, bottom] = horizontal === 2 ? [6, 8] : [7, 7];
  const rows = Array.from({ length: CELL_HEIGHT }, () => 0);
  const fill = (first: number, last: number, bits: number) => {
    for (let row = first; row <= last; row++) rows[row] |= bits;
  };
  const clear = (first: number, last: number, bits: number) => {
    for (let row = first; row <= last; row++) rows[row] &= ~bits;
  };
  if (up > 0) fill(0, bottom, columns(bandLeft, bandRight));
  if (down > 0) fill(top, CELL_HEIGHT - 1, columns(bandLeft, bandRight));
  if (left > 0) fill(top, bottom, columns(0, vertical === 0 ? 7 : bandRight));
  if (right > 0) fill(top, bottom, columns(vertical === 0 ? 0 : bandLeft, 7));
  const inside = columns(3, 4);
  const margin = horizontal === 1 ? 1 : 0;
  if (up === 2) clear(0, 7 - margin, inside);
  if (down === 2) clear(7 + margin, CELL_HEIGHT - 1, inside);
  if (left === 2) clear(7, 7, columns(0, vertical === 1 ? 2 : 4));
  if (right === 2) clear(7, 7, columns(vertical === 1 ? 5 : 3, 7));
  return rows;
}

function addBlocks(characters: readonly string[], put: (code: number, shape: Shape) => void): void {
  const full = CELL_HEIGHT;
  const block = (character: string, first: number, count: number, ...bits: number[]) => {
    const rows = Array.from({ length: count }, (_, row) => bits[row % bits.length]);
    put(characters.indexOf(character), { first, rows });
  };
  block('░', 0, full, 0x22, 0x88);
  block('▒', 0, full, 0x55, 0xaa);
  block('▓', 0, full, 0xdd, 0x77);
  block('█', 0, full, 0xff);
  block('▄', 8, 8, 0xff);
  block('▀', 0, 8, 0xff);
  block('▌', 0, full, 0xf0);
  block('▐', 0, full, 0x0f);
  // The two that are holes in a full cell.
  const [dot, circle] = ['•', '○'].map((character) => {
    const shape = parseShapes(SHAPES).get(character);
    return Array.from({ length: full }, (_, row) => shape?.rows[row - shape.first] ?? 0);
  });
  put(characters.indexOf('◘'), { first: 0, rows: dot.map((row) => row ^ 0xff) });
  put(characters.indexOf('◙'), { first: 0, rows: circle.map((row) => row ^ 0xff) });
}
