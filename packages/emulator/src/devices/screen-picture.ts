// The VGA's text screen as a picture, dot by dot as the card would send it: 9 dots a character (8 where the sequencer says
// so), the colours through palette and DAC, the cursor's lines. What blinks is shown.

import { CELL_HEIGHT, makeFont } from './font.ts';
import type { ScreenSource } from './text-screen.ts';
import { CRTC, Vga } from './vga.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each dot, rows from the top. */
  readonly rgb: Uint8Array;
}

const MAX_SCAN_LINE = 0x09;
const DISPLAY_END = 0x12;
const OVERFLOW = 0x07;
const HORIZONTAL_END = 0x01;
const OFFSET = 0x13;
const ATTRIBUTE_MODE = 0x10;
const COLOR_SELECT = 0x14;
const BLINK = 0x08;
const LINE_GRAPHICS = 0x04;
const PALETTE_5_4 = 0x80;
const CLOCKING = 1;
const EIGHT_DOTS = 0x01;
const SCREEN_OFF = 0x20;
const PALETTE_ENABLE = 0x20;
const MISCELLANEOUS = 6;
const GRAPHICS_MODE = 0x01;
/** Characters whose eighth dot is repeated as the ninth: lines that must meet. */
const LINE_FIRST = 0xc0;
const LINE_LAST = 0xdf;

let font: Uint8Array | undefined;

/** The 16 colours of the attribute controller as red, green and blue, 0..255. */
function palette({ attribute, dac, dacMask }: Vga['state']): number[][] {
  return Array.from({ length: 16 }, (_, index) => {
    const select = attribute[COLOR_SELECT];
    const low = attribute[index] & 0x3f;
    const replaced =
      (attribute[ATTRIBUTE_MODE] & PALETTE_5_4) !== 0 ? (low & 0x0f) | ((select & 3) << 4) : low;
    const color = (replaced | ((select & 0x0c) << 4)) & dacMask;
    // Six bits become eight so that 63 is 255.
    return [0, 1, 2].map((part) => {
      const level = dac[color * 3 + part] & 0x3f;
      return (level << 2) | (level >> 4);
    });
  });
}

/** The screen of a machine, or undefined where it has no VGA or the VGA is in a graphics mode. */
export function screenPicture(machine: ScreenSource): Picture | undefined {
  const vga = machine.devices.find((device) => device instanceof Vga);
  if (vga === undefined) return undefined;
  const { state } = vga;
  if ((state.graphics[MISCELLANEOUS] & GRAPHICS_MODE) !== 0) return undefined;
  const { crtc, sequencer } = state;
  const cellWidth = (sequencer[CLOCKING] & EIGHT_DOTS) !== 0 ? 8 : 9;
  const cellHeight = (crtc[MAX_SCAN_LINE] & 0x1f) + 1;
  const columns = crtc[HORIZONTAL_END] + 1;
  const overflow = crtc[OVERFLOW];
  const lines = (crtc[DISPLAY_END] | ((overflow & 2) << 7) | ((overflow & 0x40) << 3)) + 1;
  const width = columns * cellWidth;
  const rgb = new Uint8Array(width * lines * 3);
  const picture = { width, height: lines, rgb };
  const isOn = (sequencer[CLOCKING] & SCREEN_OFF) === 0;
  if (!isOn || (state.attributeIndex & PALETTE_ENABLE) === 0) return picture;
  const { first, length } = vga.textWindow();
  const cells = machine.readPhysical(first, length);
  const start = (crtc[CRTC.startHigh] << 8) | crtc[CRTC.startLow];
  const colors = palette(state);
  const mode = state.attribute[ATTRIBUTE_MODE];
  const drawn: Cells = { cells, picture, colors, mode, cellWidth, cellHeight };
  for (let row = 0; row * cellHeight < lines; row++) {
    for (let column = 0; column < columns; column++) {
      const cell = start + row * crtc[OFFSET] * 2 + column;
      drawCell(drawn, row, column, (cell * 2) % length, cursorLines(crtc, cell));
    }
  }
  return picture;
}

interface Cells {
  readonly cells: Uint8Array;
  readonly picture: Picture;
  readonly colors: readonly (readonly number[])[];
  readonly mode: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** First and last line of the cursor in a cell, or undefined. */
function cursorLines(crtc: Uint8Array, cell: number): readonly [number, number] | undefined {
  const at = (crtc[CRTC.cursorHigh] << 8) | crtc[CRTC.cursorLow];
  const isOff = (crtc[CRTC.cursorStart] & 0x20) !== 0;
  if (isOff || cell !== at) return undefined;
  return [crtc[CRTC.cursorStart] & 0x1f, crtc[CRTC.cursorEnd] & 0x1f];
}

function drawCell(
  drawn: Cells,
  row: number,
  column: number,
  at: number,
  cursor: readonly [number, number] | undefined,
): void {
  const { cells, picture, colors, mode, cellWidth, cellHeight } = drawn;
  const code = cells[at];
  const attribute = cells[at + 1];
  const foreground = colors[attribute & 0x0f];
  const background = colors[(attribute >> 4) & ((mode & BLINK) !== 0 ? 7 : 15)];
  const isLine = (mode & LINE_GRAPHICS) !== 0 && code >= LINE_FIRST && code <= LINE_LAST;
  const shapes = (font ??= makeFont());
  for (let line = 0; line < cellHeight; line++) {
    const y = row * cellHeight + line;
    if (y >= picture.height) return;
    const isCursor = cursor !== undefined && line >= cursor[0] && line <= cursor[1];
    const shape = line < CELL_HEIGHT ? shapes[code * CELL_HEIGHT + line] : 0;
    const dots = (shape << 1) | (isLine ? shape & 1 : 0);
    for (let x = 0; x < cellWidth; x++) {
      const isSet = isCursor || ((dots >> (8 - x)) & 1) !== 0;
      picture.rgb.set(
        isSet ? foreground : background,
        (y * picture.width + column * cellWidth + x) * 3,
      );
    }
  }
}
