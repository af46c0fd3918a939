// A VGA in 80x25 text mode: the registers at 3B0h..3DFh that firmware and kernels write, and the
// screen as text. The cells at B8000h are plain RAM to the CPU; this device says where in them the
// screen starts, where the cursor is and what the colours are. Retrace bits follow the virtual time
// of a 640x400 picture at 70 Hz. Names are those of IBM's VGA data sheet. Left out: graphics modes,
// planes and fonts loaded by the guest.

import { createState } from '../device.ts';
import type { Bus, Device, StateOf } from '../device.ts';
import { FREQUENCY, cyclesAt } from './cycles.ts';
import { CODE_PAGE_437 } from './font-tables.ts';

const FIELDS = {
  attributeIndex: 'u8',
  /** The next write to 3C0h is data. */
  attributeIsData: 'u8',
  attribute: { bytes: 32 },
  misc: 'u8',
  feature: 'u8',
  sequencerIndex: 'u8',
  sequencer: { bytes: 8 },
  graphicsIndex: 'u8',
  graphics: { bytes: 16 },
  crtcIndex: 'u8',
  crtc: { bytes: 32 },
  dacMask: 'u8',
  dacReadIndex: 'u8',
  dacWriteIndex: 'u8',
  /** Which of red, green and blue comes next. */
  dacStep: 'u8',
  /** The last index write was to the read index. */
  dacIsReading: 'u8',
  /** 256 colours of three six-bit parts. */
  dac: { bytes: 768 },
} as const;

const PORT = {
  attribute: 0x3c0,
  attributeRead: 0x3c1,
  miscWrite: 0x3c2,
  sequencerIndex: 0x3c4,
  sequencer: 0x3c5,
  dacMask: 0x3c6,
  dacReadIndex: 0x3c7,
  dacWriteIndex: 0x3c8,
  dac: 0x3c9,
  featureRead: 0x3ca,
  miscRead: 0x3cc,
  graphicsIndex: 0x3ce,
  graphics: 0x3cf,
  crtcIndex: 0x3d4,
  crtc: 0x3d5,
  status: 0x3da,
} as const;

export const CRTC = {
  cursorStart: 0x0a,
  cursorEnd: 0x0b,
  startHigh: 0x0c,
  startLow: 0x0d,
  cursorHigh: 0x0e,
  cursorLow: 0x0f,
  retraceEnd: 0x11,
} as const;

const CRTC_PROTECT = 0x80;
const CRTC_OVERFLOW = 0x07;
const CURSOR_OFF = 0x20;
const MISC_COLOR = 0x01;
/** Monochrome decoding: the CRTC answers at 3Bx instead of 3Dx. */
const MONO_DISTANCE = 0x20;
const STATUS = { blanked: 0x01, retrace: 0x08 } as const;
/**
 * 640x400 text: characters a line, lines a frame, and what of them is the picture and the vertical
 * retrace.
 */
const TIMING = { width: 100, shown: 80, height: 449, visible: 400, retrace: 412, retraceEnd: 414 };

// Mode 3, as IBM's BIOS sets it ("Video parameter table").
// prettier-ignore
const TEXT_MODE = {
  misc: 0x67,
  sequencer: [0x03, 0x00, 0x03, 0x00, 0x02],
  crtc: [
    0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0x00, 0x00, 0x00, 0x00,
    0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff,
  ],
  graphics: [0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x0e, 0x00, 0xff],
  attribute: [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x14, 0x07, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f,
    0x0c, 0x00, 0x0f, 0x08, 0x00,
  ],
} as const;

/** Where the text screen lies in physical memory, and how long it is before it wraps. */
export const TEXT_MEMORY = { first: 0xb8000, length: 0x8000, columns: 80, rows: 25 } as const;

export class Vga implements Device {
  readonly name = 'vga';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [{ first: 0x3b0, count: 0x30 }];
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  reset(): void {
    const { state } = this;
    state.attributeIndex = PALETTE_ENABLE;
    state.attributeIsData = 0;
    state.misc = TEXT_MODE.misc;
    state.feature = 0;
    state.sequencer.set(TEXT_MODE.sequencer);
    state.crtc.set(TEXT_MODE.crtc);
    state.graphics.set(TEXT_MODE.graphics);
    state.attribute.set(TEXT_MODE.attribute);
    state.dacMask = 0xff;
    state.dacStep = 0;
    for (let i = 0; i < 64; i++) {
      for (const [part, bit] of [4, 2, 1].entries()) {
        state.dac[i * 3 + part] = ((i & bit) !== 0 ? 42 : 0) + ((i & (bit << 3)) !== 0 ? 21 : 0);
      }
    }
  }

  portRead(port: number, width: number): number {
    if (width === 1) return this.readByte(this.decode(port));
    if (width === 2) return this.portRead(port, 1) | (this.portRead(port + 1, 1) << 8);
    return 0xffffffff;
  }

  /** A word written to an index port writes the data port with its high byte. */
  portWrite(port: number, width: number, value: number): void {
    for (let i = 0; i < width; i++) {
      this.writeByte(this.decode(port + i), Math.floor(value / 2 ** (8 * i)) & 0xff);
    }
  }

  /** The port in colour decoding, or -1 where the other decoding is in force. */
  private decode(port: number): number {
    const isMonoPort = port < PORT.attribute;
    if (!isMonoPort && port < 0x3d0) return port;
    const isColor = (this.state.misc & MISC_COLOR) !== 0;
    if (isColor === isMonoPort) return -1;
    return isMonoPort ? port + MONO_DISTANCE : port;
  }

  private readByte(port: number): number {
    const { state } = this;
    switch (port) {
      case PORT.attribute:
        return state.attributeIndex;
      case PORT.attributeRead:
        return state.attribute[state.attributeIndex & 31];
      case PORT.miscWrite:
        return 0x10;
      case PORT.sequencerIndex:
        return state.sequencerIndex;
      case PORT.sequencer:
        return state.sequencer[state.sequencerIndex & 7];
      case PORT.dacMask:
        return state.dacMask;
      case PORT.dacReadIndex:
        return state.dacIsReading !== 0 ? 3 : 0;
      case PORT.dacWriteIndex:
        return state.dacWriteIndex;
      case PORT.dac:
        return this.readDac();
      case PORT.featureRead:
        return state.feature;
      case PORT.miscRead:
        return state.misc;
      case PORT.graphicsIndex:
        return state.graphicsIndex;
      case PORT.graphics:
        return state.graphics[state.graphicsIndex & 15];
      case PORT.crtcIndex:
        return state.crtcIndex;
      case PORT.crtc:
        return state.crtc[state.crtcIndex & 31];
      case PORT.status:
        state.attributeIsData = 0;
        return this.retraceStatus();
      default:
        return 0xff;
    }
  }

  private writeByte(port: number, value: number): void {
    const { state } = this;
    switch (port) {
      case PORT.attribute:
        if (state.attributeIsData === 0) state.attributeIndex = value & 0x3f;
        else state.attribute[state.attributeIndex & 31] = value;
        state.attributeIsData ^= 1;
        return;
      case PORT.miscWrite:
        state.misc = value;
        return;
      case PORT.sequencerIndex:
        state.sequencerIndex = value;
        return;
      case PORT.sequencer:
        state.sequencer[state.sequencerIndex & 7] = value;
        return;
      case PORT.dacMask:
        state.dacMask = value;
        return;
      case PORT.dacReadIndex:
      case PORT.dacWriteIndex:
        this.setDacIndex(port, value);
        return;
      case PORT.dac:
        this.writeDac(value);
        return;
      case PORT.graphicsIndex:
        state.graphicsIndex = value;
        return;
      case PORT.graphics:
        state.graphics[state.graphicsIndex & 15] = value;
        return;
      case PORT.crtcIndex:
        state.crtcIndex = value;
        return;
      case PORT.crtc:
        this.writeCrtc(state.crtcIndex & 31, value);
        return;
      case PORT.status:
        state.feature = value;
        return;
      default:
    }
  }

  /**
   * Bit 7 of "Vertical retrace end" protects the horizontal and vertical timing, but for the line
   * compare bit.
   */
  private writeCrtc(index: number, value: number): void {
    const { crtc } = this.state;
    if (index < 8 && (crtc[CRTC.retraceEnd] & CRTC_PROTECT) !== 0) {
      if (index === CRTC_OVERFLOW) crtc[index] = (crtc[index] & ~0x10) | (value & 0x10);
      return;
    }
    crtc[index] = value;
  }

  private setDacIndex(port: number, value: number): void {
    const { state } = this;
    state.dacIsReading = port === PORT.dacReadIndex ? 1 : 0;
    if (state.dacIsReading !== 0) state.dacReadIndex = value;
    else state.dacWriteIndex = value;
    state.dacStep = 0;
  }

  private readDac(): number {
    const { state } = this;
    const value = state.dac[state.dacReadIndex * 3 + state.dacStep];
    state.dacStep = (state.dacStep + 1) % 3;
    if (state.dacStep === 0) state.dacReadIndex = (state.dacReadIndex + 1) & 0xff;
    return value;
  }

  private writeDac(value: number): void {
    const { state } = this;
    state.dac[state.dacWriteIndex * 3 + state.dacStep] = value & 0x3f;
    state.dacStep = (state.dacStep + 1) % 3;
    if (state.dacStep === 0) state.dacWriteIndex = (state.dacWriteIndex + 1) & 0xff;
  }

  private retraceStatus(): number {
    const now = this.bus.now();
    const clocks = cyclesAt(now, FREQUENCY.vgaCharacter, this.bus.ticksPerSecond);
    const column = clocks % TIMING.width;
    const line = Math.floor(clocks / TIMING.width) % TIMING.height;
    const isBlanked = column >= TIMING.shown || line >= TIMING.visible;
    const isRetrace = line >= TIMING.retrace && line < TIMING.retraceEnd;
    return (isBlanked ? STATUS.blanked : 0) | (isRetrace ? STATUS.retrace : 0);
  }

  private word(high: number, low: number): number {
    return (this.state.crtc[high] << 8) | this.state.crtc[low];
  }

  /** The cursor's place on the screen, or undefined when it is off or outside. */
  cursor(): { row: number; column: number } | undefined {
    if ((this.state.crtc[CRTC.cursorStart] & CURSOR_OFF) !== 0) return undefined;
    const { rows, columns } = TEXT_MEMORY;
    const cell =
      this.word(CRTC.cursorHigh, CRTC.cursorLow) - this.word(CRTC.startHigh, CRTC.startLow);
    if (cell < 0 || cell >= rows * columns) return undefined;
    return { row: Math.floor(cell / columns), column: cell % columns };
  }

  /** Where the cells lie in physical memory: B0000h for monochrome text, else B8000h. */
  textWindow(): { first: number; length: number } {
    const { first, length } = TEXT_MEMORY;
    const isMono = (this.state.graphics[6] & 0x0c) === 0x08;
    return { first: isMono ? first - length : first, length };
  }

  /** The 25 rows of the screen, each 80 pairs of character and attribute, read from physical memory. */
  cellRows(readMemory: (address: number, length: number) => Uint8Array): Uint8Array[] {
    const { rows, columns } = TEXT_MEMORY;
    const { first, length } = this.textWindow();
    const cells = readMemory(first, length);
    const start = this.word(CRTC.startHigh, CRTC.startLow);
    return Array.from({ length: rows }, (_row, row) =>
      Uint8Array.from(
        { length: columns * 2 },
        (_byte, at) => cells[((start + row * columns) * 2 + at) % length],
      ),
    );
  }
}

/** A cell's character in Unicode. */
export function characterOf(code: number): string {
  return code === 0 ? ' ' : CODE_PAGE_437[code];
}

/** Bit 5 of the attribute index: the palette belongs to the picture, not to the CPU. */
const PALETTE_ENABLE = 0x20;
