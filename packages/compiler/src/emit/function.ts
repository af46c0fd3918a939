// Allocated code to emitter calls: prologue, blocks, epilogues, frame offsets, call-frame information and line numbers.
// The depth of the stack below the frame is followed through each block; it is the frame's own at every block's edge.

import type { Emitter, EmitterOperand, Value } from '@ring0/assembler';
import type { Span } from '@ring0/diagnostics';
import { registerByName, type Register } from '@ring0/isa';
import { blockLabel } from '../ir/unit.ts';
import { EBP, ESP, names16, names32, names8 } from '../lower/registers.ts';
import type { Inst, MachineFunction, Operand } from '../select/machine.ts';
import { asmText } from './asm-text.ts';
import type { Frame } from './frame.ts';

const registerCache = new Map<string, Register>();
/** A register by name, looked up once. */
export function machineRegister(name: string): Register {
  let found = registerCache.get(name);
  if (!found) {
    found = registerByName(name);
    if (!found) throw new Error(`register ${name} is not in the table`);
    registerCache.set(name, found);
  }
  return found;
}
function general(number: number, size: number): Register {
  return machineRegister((size === 1 ? names8 : size === 2 ? names16 : names32)[number]);
}

export interface FunctionContext {
  readonly emitter: Emitter;
  readonly spans: readonly (Span | undefined)[];
  /** Tells a referenced symbol. */
  readonly refer: (symbol: string) => void;
  /** Writes a line-table row where the line changes. */
  readonly locate: (span: Span | undefined, flags?: readonly string[]) => void;
  /** A number that no other asm of the unit has, for %=. */
  readonly nextAsm: () => number;
  readonly hasUnwind: boolean;
  readonly isForSize: boolean;
  /** No prologue and no return: the body is an asm that does both. */
  readonly isNaked: boolean;
}

const THREAD_SUFFIX = '@NTPOFF';
function value(addend: number, plus?: string): Value {
  if (!plus?.endsWith(THREAD_SUFFIX)) return { plus, addend: BigInt(addend) };
  const symbol = plus.slice(0, -THREAD_SUFFIX.length);
  return { plus: symbol, reference: 'NTPOFF', addend: BigInt(addend) };
}

class FunctionWriter {
  private readonly m: MachineFunction;
  private readonly frame: Frame;
  private readonly c: FunctionContext;
  /** Bytes pushed since the prologue. */
  private depth = 0;

  constructor(m: MachineFunction, frame: Frame, c: FunctionContext) {
    this.m = m;
    this.frame = frame;
    this.c = c;
  }

  private instruction(mnemonic: string, ...operands: EmitterOperand[]): void {
    this.c.emitter.instruction(mnemonic, operands);
  }
  private register(number: number, size = 4): EmitterOperand {
    return { kind: 'register', register: general(number, size) };
  }
  private immediate(addend: number, plus?: string): EmitterOperand {
    return { kind: 'immediate', value: value(addend, plus) };
  }
  private cfi(name: string, ...args: (string | number)[]): void {
    if (this.c.hasUnwind) this.c.emitter.cfi(name, args);
  }
  private baseRegister(): number {
    return this.frame.hasPointer ? EBP : ESP;
  }

  operand(operand: Operand): EmitterOperand {
    switch (operand.kind) {
      case 'register':
        return this.register(operand.register, operand.size);
      case 'immediate':
        if (operand.symbol !== undefined) this.c.refer(operand.symbol);
        return this.immediate(operand.value, operand.symbol);
      case 'x87':
        return {
          kind: 'register',
          register: machineRegister(operand.register === 0 ? 'st' : `st(${operand.register})`),
        };
      case 'block':
        return { kind: 'target', value: value(0, blockLabel(this.m.name, operand.block)) };
      default:
        return this.memory(operand);
    }
  }
  private memory(operand: Extract<Operand, { kind: 'memory' }>): EmitterOperand {
    if (operand.symbol !== undefined) this.c.refer(operand.symbol);
    let { base, displacement } = operand;
    if (operand.slot >= 0) {
      base = this.baseRegister();
      displacement += this.frame.offsets[operand.slot];
      if (base === ESP) displacement += this.depth;
    }
    const isBare = base < 0 && operand.index < 0;
    const hasDisplacement = displacement !== 0 || operand.symbol !== undefined || isBare;
    return {
      kind: 'memory',
      base: base < 0 ? undefined : general(base, 4),
      index: operand.index < 0 ? undefined : general(operand.index, 4),
      scale: operand.scale,
      displacement: hasDisplacement ? value(displacement | 0, operand.symbol) : undefined,
    };
  }

  write(): void {
    if (!this.c.isNaked) this.prologue();
    for (const block of this.m.blocks) {
      if (block.id !== 0) this.c.emitter.label(blockLabel(this.m.name, block.id));
      this.depth = 0;
      for (const inst of block.code) this.inst(inst);
    }
  }

  private prologue(): void {
    const { frame } = this;
    let cfa = 4;
    const push = (register: number): void => {
      this.instruction('pushl', this.register(register));
      cfa += 4;
      if (!frame.hasPointer || register === EBP) this.cfi('def_cfa_offset', cfa);
      this.cfi('offset', names32[register], -cfa);
    };
    if (frame.hasPointer) {
      push(EBP);
      this.instruction('movl', this.register(ESP), this.register(EBP));
      this.cfi('def_cfa_register', 'ebp');
    }
    for (const register of frame.saved) push(register);
    if (frame.size > 0) {
      this.moveStack(frame.size);
      if (!frame.hasPointer) this.cfi('def_cfa_offset', cfa + frame.size);
    }
  }
  /** Lowers the stack pointer; raises it if negative. */
  private moveStack(bytes: number): void {
    if (bytes === 4 && this.c.isForSize) this.instruction('pushl', this.register(0));
    else if (bytes > 0) {
      const isShorter = bytes === 128;
      this.instruction(
        isShorter ? 'addl' : 'subl',
        this.immediate(isShorter ? -128 : bytes),
        this.register(ESP),
      );
    } else this.instruction('addl', this.immediate(-bytes), this.register(ESP));
  }

  private epilogue(): void {
    const { frame } = this;
    const isTracked = this.c.hasUnwind && !frame.hasPointer;
    if (isTracked && frame.saved.length + frame.size > 0) this.cfi('remember_state');
    else if (this.c.hasUnwind && frame.hasPointer) this.cfi('remember_state');
    if (frame.hasPointer) this.leavePointer();
    else this.leavePlain();
    if (this.m.pops > 0) this.instruction('ret', this.immediate(this.m.pops));
    else this.instruction('ret');
    const isRemembered = frame.hasPointer || frame.saved.length + frame.size > 0;
    if (isRemembered) this.cfi('restore_state');
  }
  private leavePointer(): void {
    const { saved, size } = this.frame;
    if (saved.length === 0) {
      if (size === 0 && this.depth === 0 && !this.m.movesStack)
        this.instruction('popl', this.register(EBP));
      else this.instruction('leave');
    } else {
      if (size > 0 || this.depth !== 0 || this.m.movesStack) {
        const displacement = value(-4 * saved.length);
        const from: EmitterOperand = {
          kind: 'memory',
          base: general(EBP, 4),
          scale: 1,
          displacement,
        };
        this.instruction('leal', from, this.register(ESP));
      }
      for (const register of saved.toReversed()) this.instruction('popl', this.register(register));
      this.instruction('popl', this.register(EBP));
    }
    this.cfi('restore', 'ebp');
    this.cfi('def_cfa', 'esp', 4);
  }
  private leavePlain(): void {
    const { saved, size } = this.frame;
    let cfa = 4 + saved.length * 4 + size;
    if (size > 0) {
      this.moveStack(-size);
      cfa -= size;
      this.cfi('def_cfa_offset', cfa);
    }
    for (const register of saved.toReversed()) {
      this.instruction('popl', this.register(register));
      cfa -= 4;
      this.cfi('restore', names32[register]);
      this.cfi('def_cfa_offset', cfa);
    }
  }

  private inst(inst: Inst): void {
    const { emitter } = this.c;
    const span = this.c.spans[inst.place];
    this.c.locate(span);
    switch (inst.mnemonic) {
      case '.entry':
      case '.unreachable':
        break;
      case '.thread':
        this.threadBase(inst);
        break;
      case '.settle':
        this.pushed(inst.stack);
        break;
      case '.adjust':
        this.moveStack(inst.stack);
        this.pushed(inst.stack);
        break;
      case '.return':
        if (!this.c.isNaked) this.epilogue();
        break;
      case '.asm': {
        for (const operand of inst.operands) {
          const symbol =
            operand.kind === 'immediate' || operand.kind === 'memory' ? operand.symbol : undefined;
          if (symbol !== undefined) this.c.refer(symbol);
        }
        const text = asmText(inst, this.c.nextAsm(), (operand) => this.operand(operand));
        emitter.source(text, span);
        break;
      }
      default:
        this.plain(inst);
    }
  }
  /** `movl %gs:0, register` */
  private threadBase(inst: Inst): void {
    const from: EmitterOperand = {
      kind: 'memory',
      segment: machineRegister('gs'),
      scale: 1,
      displacement: value(0),
    };
    this.instruction('movl', from, this.operand(inst.operands[0]));
  }
  private plain(inst: Inst): void {
    const { emitter } = this.c;
    const operands = inst.operands.map((operand) => this.operand(operand));
    if (inst.mnemonic === 'call' && !inst.isIndirect && operands[0].kind === 'immediate') {
      emitter.instruction('call', [{ kind: 'target', value: operands[0].value }]);
    } else {
      const prefixes = inst.prefix === undefined ? undefined : [inst.prefix];
      emitter.instruction(inst.mnemonic, operands, { prefixes, isIndirect: inst.isIndirect });
    }
    this.pushed(inst.stack);
  }
  private pushed(bytes: number): void {
    if (bytes === 0) return;
    this.depth += bytes;
    if (this.frame.hasPointer) return;
    const { saved, size } = this.frame;
    this.cfi('def_cfa_offset', 4 + saved.length * 4 + size + this.depth);
  }
}

/** Emits the code of a function; its label, type and size are the caller's. */
export function writeFunction(m: MachineFunction, frame: Frame, context: FunctionContext): void {
  new FunctionWriter(m, frame, context).write();
}
