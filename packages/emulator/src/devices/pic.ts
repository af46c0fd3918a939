// The two 8259A interrupt controllers of a PC, master at 20h and slave at A0h, with the edge/level
// control registers of the PIIX3 at 4D0h. Section numbers are those of Intel's 8259A data sheet
// (231468). The slave's INT output is the master's input 2. A request in edge mode lasts while its
// input is high (the data sheet's figure 9): an input that falls before the acknowledge takes its
// request along, and an acknowledge that finds nothing answers level 7, without an in-service bit.
// Left out: the 8080 mode and the buffered mode, which a PC cannot use.

import { createState } from '../device.ts';
import type { Bus, Device, InterruptController, StateOf } from '../device.ts';

/** Index 0 is the master, 1 the slave. */
const FIELDS = {
  /** Levels of the eight inputs. */
  lines: { bytes: 2 },
  /** Interrupt request register. */
  requests: { bytes: 2 },
  /** In-service register. */
  inService: { bytes: 2 },
  /** Interrupt mask register, OCW1. */
  mask: { bytes: 2 },
  /** ICW2: the upper five bits of the vector. */
  vectorBase: { bytes: 2 },
  /** ICW3: the master's inputs that have a slave; the slave's own number. */
  cascade: { bytes: 2 },
  /** ICW4. */
  mode: { bytes: 2 },
  /** Which command word the data port takes: 0 = OCW1, else ICW2..ICW4. */
  step: { bytes: 2 },
  /** ICW1 of the sequence under way. */
  icw1: { bytes: 2 },
  /** The level with the lowest priority. */
  lowest: { bytes: 2 },
  rotatesOnAutoEoi: { bytes: 2 },
  specialMask: { bytes: 2 },
  /** OCW3: reads of the command port give the in-service register. */
  readsInService: { bytes: 2 },
  /** OCW3: the next read is a poll. */
  polls: { bytes: 2 },
  /** ELCR: inputs that are level-triggered. */
  level: { bytes: 2 },
} as const;

const ICW1 = { needsIcw4: 0x01, single: 0x02, isIcw1: 0x10 } as const;
const ICW4 = { autoEoi: 0x02, specialFullyNested: 0x10 } as const;
const OCW3 = { isOcw3: 0x08, readInService: 0x01, readRegister: 0x02, poll: 0x04 } as const;
const OCW3_SPECIAL_MASK = { value: 0x20, enable: 0x40 } as const;
const CASCADE_LINE = 2;
const SPURIOUS_LEVEL = 7;
/**
 * System inputs (timer, keyboard, cascade; RTC and FPU) are always edge-triggered (PIIX3, 2.5.3).
 */
const LEVEL_WRITABLE = [0xf8, 0xde] as const;

export class Pic implements Device, InterruptController {
  readonly name = 'pic';
  readonly fields = FIELDS;
  readonly state: StateOf<typeof FIELDS> = createState(FIELDS);
  readonly ports = [
    { first: 0x20, count: 2 },
    { first: 0xa0, count: 2 },
    { first: 0x4d0, count: 2 },
  ];
  private readonly setRequest: (level: number) => void;

  /** `setRequest` takes the master's INT output; default: the first processor's INTR pin. */
  constructor(bus: Bus, setRequest: (level: number) => void = (level) => bus.setIntr(0, level)) {
    this.setRequest = setRequest;
  }

  reset(): void {
    for (const field of Object.values(this.state)) field.fill(0);
    this.state.lowest.fill(7);
    this.state.mask.fill(0xff);
    this.setRequest(0);
  }

  setLine(line: number, level: number): void {
    if (line === CASCADE_LINE) return;
    this.setInput(line >> 3, line & 7, level);
    this.update();
  }

  /** The INTA cycle (231468, "Interrupt sequence"): moves the highest request into service. */
  acknowledge(): number {
    const level = this.highest(0);
    const vector = this.take(0, level);
    if (level === CASCADE_LINE && this.hasSlave(level)) {
      const slaveVector = this.take(1, this.highest(1));
      // The slave's INT goes low with INTA, so that its next request makes an edge at the master.
      this.setInput(0, CASCADE_LINE, 0);
      this.update();
      return slaveVector;
    }
    this.update();
    return vector;
  }

  portRead(port: number, width: number): number {
    if (width === 2) return this.readByte(port) | (this.readByte(port + 1) << 8);
    return width === 1 ? this.readByte(port) : 0xffffffff;
  }

  portWrite(port: number, width: number, value: number): void {
    this.writeByte(port, value & 0xff);
    if (width === 2) this.writeByte(port + 1, (value >> 8) & 0xff);
  }

  private readByte(port: number): number {
    if ((port & ~1) === 0x4d0) return this.state.level[port & 1];
    const chip = port >= 0xa0 ? 1 : 0;
    if (this.state.polls[chip] !== 0) return this.poll(chip);
    if ((port & 1) !== 0) return this.state.mask[chip];
    const { readsInService, inService, requests } = this.state;
    return readsInService[chip] !== 0 ? inService[chip] : requests[chip];
  }

  private writeByte(port: number, value: number): void {
    if ((port & ~1) === 0x4d0) this.writeLevel(port & 1, value);
    else {
      const chip = port >= 0xa0 ? 1 : 0;
      if ((port & 1) !== 0) this.writeData(chip, value);
      else if ((value & ICW1.isIcw1) !== 0) this.beginInitialization(chip, value);
      else if ((value & OCW3.isOcw3) !== 0) this.writeOcw3(chip, value);
      else this.writeOcw2(chip, value);
    }
    this.update();
  }

  private writeLevel(chip: number, value: number): void {
    const { level, lines, requests } = this.state;
    level[chip] = value & LEVEL_WRITABLE[chip];
    requests[chip] = (requests[chip] & ~level[chip]) | (lines[chip] & level[chip]);
  }

  /**
   * "Initialization command word 1": edges must come anew, the mask is cleared, level 7 is lowest.
   */
  private beginInitialization(chip: number, value: number): void {
    const { state } = this;
    state.icw1[chip] = value;
    state.requests[chip] = state.lines[chip] & state.level[chip];
    state.inService[chip] = 0;
    state.mask[chip] = 0;
    state.lowest[chip] = 7;
    state.cascade[chip] = chip === 1 ? 7 : 0;
    state.specialMask[chip] = 0;
    state.readsInService[chip] = 0;
    state.polls[chip] = 0;
    state.rotatesOnAutoEoi[chip] = 0;
    if ((value & ICW1.needsIcw4) === 0) state.mode[chip] = 0;
    state.step[chip] = 2;
  }

  private writeData(chip: number, value: number): void {
    const { state } = this;
    const icw1 = state.icw1[chip];
    const afterCascade = (icw1 & ICW1.needsIcw4) !== 0 ? 4 : 0;
    switch (state.step[chip]) {
      case 2:
        state.vectorBase[chip] = value & 0xf8;
        state.step[chip] = (icw1 & ICW1.single) !== 0 ? afterCascade : 3;
        return;
      case 3:
        state.cascade[chip] = value;
        state.step[chip] = afterCascade;
        return;
      case 4:
        state.mode[chip] = value;
        state.step[chip] = 0;
        return;
      default:
        state.mask[chip] = value;
    }
  }

  /** "Operation command word 2": end of interrupt and rotation; R, SL and EOI are bits 7, 6, 5. */
  private writeOcw2(chip: number, value: number): void {
    const { state } = this;
    const level = value & 7;
    switch (value >> 5) {
      case 0b000:
        state.rotatesOnAutoEoi[chip] = 0;
        return;
      case 0b100:
        state.rotatesOnAutoEoi[chip] = 1;
        return;
      case 0b001:
      case 0b101: {
        const ended = this.highestInService(chip);
        if (ended < 0) return;
        state.inService[chip] &= ~(1 << ended);
        if ((value & 0x80) !== 0) state.lowest[chip] = ended;
        return;
      }
      case 0b011:
        state.inService[chip] &= ~(1 << level);
        return;
      case 0b111:
        state.inService[chip] &= ~(1 << level);
        state.lowest[chip] = level;
        return;
      case 0b110:
        state.lowest[chip] = level;
        return;
      default:
    }
  }

  private writeOcw3(chip: number, value: number): void {
    const { state } = this;
    if ((value & OCW3.poll) !== 0) state.polls[chip] = 1;
    if ((value & OCW3.readRegister) !== 0) state.readsInService[chip] = value & OCW3.readInService;
    if ((value & OCW3_SPECIAL_MASK.enable) !== 0) {
      state.specialMask[chip] = (value & OCW3_SPECIAL_MASK.value) !== 0 ? 1 : 0;
    }
  }

  /** "Poll command": the read acknowledges; bit 7 says that there was a request. */
  private poll(chip: number): number {
    this.state.polls[chip] = 0;
    const level = this.highest(chip);
    if (level < 0) return 0;
    this.take(chip, level);
    if (chip === 1) this.setInput(0, CASCADE_LINE, 0);
    this.update();
    return 0x80 | level;
  }

  private setInput(chip: number, input: number, level: number): void {
    const { lines, requests } = this.state;
    const bit = 1 << input;
    const isRise = level !== 0 && (lines[chip] & bit) === 0;
    if (level === 0) {
      lines[chip] &= ~bit;
      requests[chip] &= ~bit;
      return;
    }
    lines[chip] |= bit;
    if (isRise || (this.state.level[chip] & bit) !== 0) requests[chip] |= bit;
  }

  private hasSlave(level: number): boolean {
    return (this.state.cascade[0] & (1 << level)) !== 0;
  }

  private highestInService(chip: number): number {
    const { state } = this;
    // In special mask mode a masked in-service bit is not cleared by a non-specific EOI.
    const hidden = state.specialMask[chip] !== 0 ? state.mask[chip] : 0;
    return firstByPriority(state.inService[chip] & ~hidden, state.lowest[chip]);
  }

  /** The level that would be acknowledged now, -1 for none. */
  private highest(chip: number): number {
    const { state } = this;
    if (state.step[chip] !== 0) return -1;
    const lowest = state.lowest[chip];
    const level = firstByPriority(state.requests[chip] & ~state.mask[chip], lowest);
    const busy = this.highestInService(chip);
    if (level < 0 || busy < 0) return level;
    const nestsInSlave =
      chip === 0 && (state.mode[0] & ICW4.specialFullyNested) !== 0 && this.hasSlave(level);
    if (level === busy) return nestsInSlave ? level : -1;
    return priority(level, lowest) < priority(busy, lowest) ? level : -1;
  }

  private take(chip: number, level: number): number {
    const { state } = this;
    if (level < 0) return state.vectorBase[chip] | SPURIOUS_LEVEL;
    const bit = 1 << level;
    if ((state.level[chip] & bit) === 0) state.requests[chip] &= ~bit;
    if ((state.mode[chip] & ICW4.autoEoi) === 0) state.inService[chip] |= bit;
    else if (state.rotatesOnAutoEoi[chip] !== 0) state.lowest[chip] = level;
    return state.vectorBase[chip] | level;
  }

  private update(): void {
    this.setInput(0, CASCADE_LINE, this.highest(1) >= 0 ? 1 : 0);
    this.setRequest(this.highest(0) >= 0 ? 1 : 0);
  }
}

/** 0 for the highest priority, which is the level after the lowest. */
function priority(level: number, lowest: number): number {
  return (level - lowest - 1) & 7;
}

function firstByPriority(bits: number, lowest: number): number {
  for (let i = 1; i <= 8; i++) {
    const level = (lowest + i) & 7;
    if ((bits & (1 << level)) !== 0) return level;
  }
  return -1;
}
