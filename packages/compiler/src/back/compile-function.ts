// One function from its lowered form to emitter calls.

import type { Emitter } from '@ring0/assembler';
import { allocate } from '../allocate/allocate.ts';
import { GraphTooLarge, TooFewRegisters } from '../allocate/graph.ts';
import { layOutFrame } from '../emit/frame.ts';
import { writeFunction } from '../emit/function.ts';
import { peephole } from '../emit/peephole.ts';
import type { IRFunction } from '../ir/function.ts';
import { routineText } from '../ir/print-unit.ts';
import { blockLabel, type Routine } from '../ir/unit.ts';
import { verify } from '../ir/verify.ts';
import { LOWERED } from '../ir/stage.ts';
import { FINAL, runPasses } from '../passes/pipeline.ts';
import { cover, coverEntry } from '../select/cover.ts';
import { machineText } from '../select/print.ts';
import { MachineFunction } from '../select/machine.ts';
import { Selector, type SelectServices } from '../select/selector.ts';
import type { LineTable } from './lines.ts';
import type { BackEndOptions } from './options.ts';

export interface UnitContext {
  readonly emitter: Emitter;
  readonly options: BackEndOptions;
  readonly services: SelectServices;
  readonly lines: LineTable | undefined;
  refer(symbol: string): void;
  /** A number that no other asm of the unit has. */
  nextAsm(): number;
}

interface Allocated {
  readonly f: IRFunction;
  readonly m: MachineFunction;
  readonly used: number;
}

/** The name of a pass for `dump`. */
export function dumpName(pass: string): string {
  return pass === FINAL ? 'ir' : `ir-${pass}`;
}

function generate(
  routine: Routine,
  f: IRFunction,
  unit: UnitContext,
  isOptimizing: boolean,
): Allocated {
  const { options, services } = unit;
  const stage = f === routine.f ? routine.stage : LOWERED;
  runPasses(f, stage, {
    isOptimizing,
    isForSize: services.isForSize,
    afterPass: (pass) => {
      if (options.verify) verify(f);
      if (!options.dump) return;
      const text = routineText({ ...routine, f, stage: pass }, { hasPlaces: options.debug });
      options.dump(dumpName(pass), text);
    },
  });
  const selector = new Selector(f, services);
  const m = selector.run(cover);
  coverEntry(selector);
  if (keepsFramePointer(options)) m.needsFramePointer = true;
  options.dump?.('select', machineText(m));
  const used = allocate(m, options.verify);
  return { f, m, used };
}
function keepsFramePointer(options: BackEndOptions): boolean {
  return !(options.omitFramePointer ?? options.optimize !== 0);
}

/** Undefined where an asm cannot be given its registers, which is reported. */
function generateOrReport(routine: Routine, unit: UnitContext): Allocated | undefined {
  const { services } = unit;
  try {
    return generate(routine, routine.f, unit, services.isOptimizing);
  } catch (error) {
    const plain = error instanceof GraphTooLarge ? routine.again() : undefined;
    if (plain) return generate(routine, plain, unit, false);
    const span = routine.f.asms.find((asm) => !asm.isBasic)?.span;
    if (!(error instanceof TooFewRegisters) || !span) throw error;
    services.report('C9005', span, 'this asm asks for more registers than there are');
    return undefined;
  }
}

/** Compiles a function; its symbol, section and size are the caller's. */
export function compileFunction(routine: Routine, unit: UnitContext): MachineFunction {
  const { services, options } = unit;
  const result = generateOrReport(routine, unit);
  if (!result) return new MachineFunction(routine.f.name);
  const { f, m, used } = result;
  peephole(m, { isForSize: services.isForSize, isOptimizing: services.isOptimizing });
  options.dump?.('machine', machineText(m));
  const frame = layOutFrame(m, used, {
    keepsPointer: keepsFramePointer(options),
    stackBoundary: services.stackBoundary,
  });
  unit.lines?.restart();
  writeFunction(m, frame, {
    emitter: unit.emitter,
    spans: f.spans,
    refer: (symbol) => unit.refer(symbol),
    locate: (span, flags) => {
      unit.emitter.at(span);
      unit.lines?.locate(span, flags);
    },
    nextAsm: () => unit.nextAsm(),
    hasUnwind: options.unwindTables !== false,
    isForSize: services.isForSize,
    isNaked: routine.traits.isNaked === true,
  });
  const present = new Set(m.blocks.map((block) => block.id));
  for (const block of routine.labels) {
    if (!present.has(block)) unit.emitter.label(blockLabel(f.name, block));
  }
  return m;
}

/** The jump tables of a compiled function; the section changes. */
export function writeTables(m: MachineFunction, unit: UnitContext): void {
  if (m.tables.length === 0) return;
  const present = new Set(m.blocks.map((block) => block.id));
  unit.emitter.section('.rodata');
  m.tables.forEach((table, i) => {
    if (!table.every((block) => present.has(block))) return;
    unit.emitter.align(4);
    unit.emitter.label(`.LJ${i}.${m.name}`);
    const values = table.map((block) => ({ plus: blockLabel(m.name, block), addend: 0n }));
    unit.emitter.data(4, values);
  });
}
