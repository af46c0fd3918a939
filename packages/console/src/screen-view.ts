// `--vga`: the guest's text screen in the terminal, in the terminal's own 16 colours. Only lines that changed are drawn; a
// terminal lower than the screen shows the lines around the cursor.

import { Vga, characterOf } from '@ring0/emulator';
import type { ScreenSource } from '@ring0/emulator';

/** The terminal's place of a VGA colour: there red is 1 and blue is 4. */
const ANSI_COLOR = Uint8Array.of(0, 4, 2, 6, 1, 5, 3, 7);

const ENTER = '\x1b[?1049h\x1b[2J';
const LEAVE = '\x1b[0m\x1b[?25h\x1b[?1049l';

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

function colorCodes(attribute: number): string {
  const foreground = (ANSI_COLOR[attribute & 7] ?? 0) + ((attribute & 8) !== 0 ? 90 : 30);
  const background = (ANSI_COLOR[(attribute >> 4) & 7] ?? 0) + 40;
  return `\x1b[0;${foreground};${background}m`;
}

/** One row of cells with its colours, clipped to the terminal's width. */
function drawLine(cells: Uint8Array | undefined, columns: number): string {
  if (!cells) return '';
  let text = '';
  let attribute = -1;
  for (let at = 0; at < Math.min(cells.length, columns * 2); at += 2) {
    const code = cells[at] ?? 0;
    const next = cells[at + 1] ?? 0;
    if (next !== attribute) text += colorCodes(next);
    attribute = next;
    text += characterOf(code);
  }
  return text;
}

export class ScreenView {
  private readonly machine: ScreenSource;
  /** Lines as they were drawn last, by row of the terminal. */
  private drawn: string[] = [];
  private cursor = '';
  /** Lines that lie over the screen until the next key. */
  private overlay: readonly string[] = [];

  constructor(machine: ScreenSource) {
    this.machine = machine;
  }

  enter(): string {
    this.forget();
    return ENTER;
  }

  leave(): string {
    return LEAVE;
  }

  /** The terminal's contents are not what was drawn: its size changed. */
  forget(): void {
    this.drawn = [];
    this.cursor = '';
  }

  /** Text over the screen; empty to take it off. */
  cover(lines: readonly string[]): void {
    this.overlay = lines;
  }

  /** What to write to bring a terminal of this size up to date; empty when nothing changed. */
  update(size: TerminalSize): string {
    const vga = this.machine.devices.find((device) => device instanceof Vga);
    if (!vga) return '';
    const lines = vga.cellRows((address, length) => this.machine.readPhysical(address, length));
    const cursor = vga.cursor();
    const rows = Math.min(lines.length, size.rows);
    const first = Math.max(0, Math.min(lines.length - rows, (cursor?.row ?? 0) - rows + 1));
    let output = this.drawn.length === 0 ? '\x1b[0m\x1b[2J' : '';
    for (let row = 0; row < rows; row++) {
      const line = this.overlay[row] ?? drawLine(lines[first + row], size.columns);
      if (this.drawn[row] === line) continue;
      this.drawn[row] = line;
      output += `\x1b[${row + 1};1H${line}\x1b[0m\x1b[K`;
    }
    const isShown = cursor !== undefined && cursor.column < size.columns;
    const place = isShown
      ? `\x1b[${cursor.row - first + 1};${cursor.column + 1}H\x1b[?25h`
      : '\x1b[?25l';
    if (output === '' && place === this.cursor) return '';
    this.cursor = place;
    return `\x1b[?25l${output}${place}`;
  }
}
