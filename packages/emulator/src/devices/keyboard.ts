// The 8042 keyboard controller at 60h and 64h, the keyboard behind it, and port 92h, which shares
// the A20 gate and the reset line with it: A20 is enabled while either says so. The keyboard speaks
// scan code set 2 and the controller translates to set 1 while bit 6 of its command byte is on, so
// that F2h answers AB 41. A byte takes BYTE_NS on the wire; answers of the controller itself are
// there at once. There is no auxiliary port: commands for a mouse go unanswered, as on an AT. Keys
// that find the keyboard's 16 bytes full wait in the machine.

import { createState } from '../device.ts';
import type { Bus, Device, EventAnswer, StateOf } from '../device.ts';
import { ticksOfNs } from './cycles.ts';
import { keyBytes, translateScancode } from './scancodes.ts';

const BUFFER = 16;

const FIELDS = {
  /** The controller's RAM; byte 0 is the command byte. */
  memory: { bytes: 32 },
  /** Output buffer, and whether it is full. */
  output: 'u8',
  isFull: 'u8',
  /** The controller command whose data byte is awaited; 0 for none. */
  command: 'u8',
  lastWasCommand: 'u8',
  outputPort: 'u8',
  port92: 'u8',
  /** The translator has seen F0h, the prefix of a released key. */
  isRelease: 'u8',
  buffer: { bytes: BUFFER },
  first: 'u8',
  count: 'u8',
  /** A byte is on the wire. */
  isSending: 'u8',
  /** The keyboard command whose parameter is awaited. */
  keyboardCommand: 'u8',
  isScanning: 'u8',
  scanSet: 'u8',
  leds: 'u8',
  typematic: 'u8',
  lastSent: 'u8',
  /** Host input was turned away for lack of room. */
  isOwed: 'u8',
} as const;

/** The id of host input: its argument is a key of scancodes.ts. */
export const KEY_INPUT = 16;

const PORT = { data: 0x60, command: 0x64, system: 0x92 } as const;
const STATUS = { outputFull: 0x01, system: 0x04, wasCommand: 0x08, unlocked: 0x10 } as const;
const MODE = {
  interrupt: 0x01,
  system: 0x04,
  disabled: 0x10,
  noAux: 0x20,
  translate: 0x40,
} as const;
const OUTPUT_PORT = { notReset: 0x01, a20: 0x02, irq1: 0x10, idle: 0xcd } as const;
const PORT92 = { reset: 0x01, a20: 0x02 } as const;
const COMMAND = {
  readMemory: 0x20,
  writeMemory: 0x60,
  selfTest: 0xaa,
  testInterface: 0xab,
  disable: 0xad,
  enable: 0xae,
  readInputPort: 0xc0,
  readOutputPort: 0xd0,
  writeOutputPort: 0xd1,
  writeOutputBuffer: 0xd2,
  writeAuxOutput: 0xd3,
  writeAux: 0xd4,
  a20Off: 0xdd,
  a20On: 0xdf,
  pulse: 0xf0,
} as const;
const SELF_TEST_PASSED = 0x55;
const INPUT_PORT = 0xa0;
const KEYBOARD = {
  leds: 0xed,
  echo: 0xee,
  scanSet: 0xf0,
  identify: 0xf2,
  typematic: 0xf3,
  enable: 0xf4,
  disable: 0xf5,
  defaults: 0xf6,
  resend: 0xfe,
  reset: 0xff,
} as const;
const ACK = 0xfa;
const BAT_PASSED = 0xaa;
const IDENTITY = [0xab, 0x83] as const;
const DEFAULT_TYPEMATIC = 0x2b;
const RELEASE_PREFIX = 0xf0;
const EVENT_TRANSFER = 0;
const IRQ = 1;
/**
 * A byte on the wire. Eleven bits at a real keyboard's 16 kHz take 700 us; this lets 1,000 keys a
 * second through.
 */
const BYTE_NS = 100_000;
/** Room kept for the answer to a command. */
const RESERVE = 3;

export class Keyboard implements Device {
  readonly name = 'keyboard';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [
    { first: PORT.data, count: 1 },
    { first: PORT.command, count: 1 },
    { first: PORT.system, count: 1 },
  ];
  private readonly bus: Bus;

  constructor(bus: Bus) {
    this.bus = bus;
  }

  reset(): void {
    const { state } = this;
    state.memory.fill(0);
    state.memory[0] = MODE.translate | MODE.noAux | MODE.interrupt;
    state.isFull = 0;
    state.output = 0;
    state.command = 0;
    state.lastWasCommand = 0;
    state.outputPort = OUTPUT_PORT.idle | OUTPUT_PORT.a20;
    state.port92 = 0;
    state.isRelease = 0;
    state.lastSent = 0;
    state.isOwed = 0;
    this.resetKeyboard();
    state.isSending = 0;
    this.bus.cancel(EVENT_TRANSFER);
    this.bus.setIrq(IRQ, 0);
    this.driveA20();
    this.bus.inputReady?.();
  }

  portRead(port: number, width: number): number {
    if (width !== 1) return 0xffffffff;
    if (port === PORT.system) return this.state.port92;
    if (port === PORT.command) return this.status();
    const { state } = this;
    state.isFull = 0;
    this.bus.setIrq(IRQ, 0);
    this.startTransfer();
    return state.output;
  }

  portWrite(port: number, _width: number, value: number): void {
    const byte = value & 0xff;
    const { state } = this;
    if (port === PORT.system) this.writePort92(byte);
    else if (port === PORT.command) {
      state.lastWasCommand = 1;
      state.command = 0;
      this.writeCommand(byte);
    } else {
      state.lastWasCommand = 0;
      const { command } = state;
      state.command = 0;
      if (command !== 0) this.writeParameter(command, byte);
      else {
        state.memory[0] &= ~MODE.disabled;
        this.writeKeyboard(byte);
        this.startTransfer();
      }
    }
  }

  event(id: number, argument: number): EventAnswer {
    if (id === KEY_INPUT) return this.key(argument);
    this.transfer();
    return undefined;
  }

  private status(): number {
    const { state } = this;
    return (
      (state.isFull !== 0 ? STATUS.outputFull : 0) |
      ((state.memory[0] & MODE.system) !== 0 ? STATUS.system : 0) |
      (state.lastWasCommand !== 0 ? STATUS.wasCommand : 0) |
      STATUS.unlocked
    );
  }

  private driveA20(): void {
    const { outputPort, port92 } = this.state;
    this.bus.setA20(((outputPort & OUTPUT_PORT.a20) | (port92 & PORT92.a20)) !== 0);
  }

  private writePort92(value: number): void {
    const isReset = (value & ~this.state.port92 & PORT92.reset) !== 0;
    this.state.port92 = value & (PORT92.reset | PORT92.a20);
    this.driveA20();
    if (isReset) this.bus.resetMachine();
  }

  private writeOutputPort(value: number): void {
    this.state.outputPort = value;
    this.driveA20();
    if ((value & OUTPUT_PORT.notReset) === 0) this.bus.resetMachine();
  }

  /** A byte of the controller's own, past the keyboard. */
  private answer(byte: number): void {
    const { state } = this;
    state.output = byte;
    state.isFull = 1;
    this.bus.setIrq(IRQ, 0);
    if ((state.memory[0] & MODE.interrupt) !== 0) this.bus.setIrq(IRQ, 1);
  }

  private writeCommand(command: number): void {
    const { state } = this;
    const block = command & 0xe0;
    if (block === COMMAND.readMemory) return this.answer(state.memory[command & 0x1f]);
    if (block === COMMAND.writeMemory) {
      state.command = command;
      return;
    }
    if ((command & 0xf0) === COMMAND.pulse) {
      // Bits 0..3 that are 0 pulse the output port's lines; line 0 is the CPU's reset.
      if ((command & OUTPUT_PORT.notReset) === 0) this.bus.resetMachine();
      return;
    }
    switch (command) {
      case COMMAND.selfTest:
        state.memory[0] |= MODE.system;
        return this.answer(SELF_TEST_PASSED);
      case COMMAND.testInterface:
        return this.answer(0);
      case COMMAND.disable:
        state.memory[0] |= MODE.disabled;
        return;
      case COMMAND.enable:
        state.memory[0] &= ~MODE.disabled;
        return this.startTransfer();
      case COMMAND.readInputPort:
        return this.answer(INPUT_PORT);
      case COMMAND.readOutputPort: {
        const full = state.isFull !== 0 ? OUTPUT_PORT.irq1 : 0;
        return this.answer((state.outputPort & ~OUTPUT_PORT.irq1) | full);
      }
      case COMMAND.a20Off:
        return this.writeOutputPort(state.outputPort & ~OUTPUT_PORT.a20);
      case COMMAND.a20On:
        return this.writeOutputPort(state.outputPort | OUTPUT_PORT.a20);
      case COMMAND.writeOutputPort:
      case COMMAND.writeOutputBuffer:
      case COMMAND.writeAuxOutput:
      case COMMAND.writeAux:
        state.command = command;
        return;
      default:
    }
  }

  private writeParameter(command: number, value: number): void {
    if (command === COMMAND.writeOutputPort) this.writeOutputPort(value);
    else if (command === COMMAND.writeOutputBuffer) this.answer(value);
    else if ((command & 0xe0) === COMMAND.writeMemory) {
      this.state.memory[command & 0x1f] = value;
      const isHigh = this.state.isFull !== 0 && (this.state.memory[0] & MODE.interrupt) !== 0;
      this.bus.setIrq(IRQ, isHigh ? 1 : 0);
      this.startTransfer();
    }
  }

  private resetKeyboard(): void {
    const { state } = this;
    state.first = 0;
    state.count = 0;
    state.keyboardCommand = 0;
    state.leds = 0;
    this.setDefaults();
    state.isScanning = 1;
  }

  private setDefaults(): void {
    this.state.scanSet = 2;
    this.state.typematic = DEFAULT_TYPEMATIC;
  }

  private send(...bytes: readonly number[]): void {
    const { state } = this;
    for (const byte of bytes) {
      if (state.count === BUFFER) return;
      state.buffer[(state.first + state.count) % BUFFER] = byte;
      state.count++;
    }
  }

  private writeKeyboard(byte: number): void {
    const { state } = this;
    const command = state.keyboardCommand;
    state.keyboardCommand = 0;
    if (command !== 0 && byte < KEYBOARD.leds) {
      this.writeKeyboardParameter(command, byte);
      return;
    }
    switch (byte) {
      case KEYBOARD.leds:
      case KEYBOARD.scanSet:
      case KEYBOARD.typematic:
        state.keyboardCommand = byte;
        return this.send(ACK);
      case KEYBOARD.echo:
        return this.send(KEYBOARD.echo);
      case KEYBOARD.identify:
        return this.send(ACK, ...IDENTITY);
      case KEYBOARD.enable:
      case KEYBOARD.disable:
      case KEYBOARD.defaults:
        state.count = 0;
        if (byte !== KEYBOARD.enable) this.setDefaults();
        state.isScanning = byte === KEYBOARD.disable ? 0 : 1;
        return this.send(ACK);
      case KEYBOARD.resend:
        return this.send(state.lastSent);
      case KEYBOARD.reset:
        this.resetKeyboard();
        return this.send(ACK, BAT_PASSED);
      default:
        return this.send(KEYBOARD.resend);
    }
  }

  private writeKeyboardParameter(command: number, byte: number): void {
    const { state } = this;
    switch (command) {
      case KEYBOARD.leds:
        state.leds = byte & 7;
        return this.send(ACK);
      case KEYBOARD.typematic:
        state.typematic = byte & 0x7f;
        return this.send(ACK);
      default:
        if (byte === 0) return this.send(ACK, state.scanSet);
        if (byte > 2) return this.send(KEYBOARD.resend);
        state.scanSet = byte;
        return this.send(ACK);
    }
  }

  private key(key: number): EventAnswer {
    const { state } = this;
    if (state.isScanning === 0) return undefined;
    const bytes = keyBytes(key, state.scanSet);
    if (state.count + bytes.length > BUFFER - RESERVE) {
      state.isOwed = 1;
      return 'later';
    }
    this.send(...bytes);
    this.startTransfer();
    return undefined;
  }

  /** The keyboard sends its next byte if the controller lets it. */
  private startTransfer(): void {
    const { state } = this;
    if (state.isSending !== 0 || !this.canSend()) return;
    state.isSending = 1;
    const ticks = ticksOfNs(BYTE_NS, this.bus.ticksPerSecond);
    this.bus.schedule(EVENT_TRANSFER, this.bus.now() + ticks);
  }

  private canSend(): boolean {
    const { state } = this;
    return state.count !== 0 && state.isFull === 0 && (state.memory[0] & MODE.disabled) === 0;
  }

  private transfer(): void {
    const { state } = this;
    state.isSending = 0;
    if (!this.canSend()) return;
    const byte = state.buffer[state.first];
    state.first = (state.first + 1) % BUFFER;
    state.count--;
    state.lastSent = byte;
    if (state.isOwed !== 0) {
      state.isOwed = 0;
      this.bus.inputReady?.();
    }
    if ((state.memory[0] & MODE.translate) === 0) this.answer(byte);
    else if (byte === RELEASE_PREFIX) {
      state.isRelease = 1;
      this.startTransfer();
    } else {
      this.answer(translateScancode(byte) | (state.isRelease << 7));
      state.isRelease = 0;
    }
  }
}
