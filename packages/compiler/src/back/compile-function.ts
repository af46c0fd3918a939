// One function from its tree to emitter calls.

import type { Emitter } from '@ring0/assembler';
import { allocate } from '../allocate/allocate.ts';
import { GraphTooLarge, TooFewRegisters } from '../allocate/graph.ts';
import { layOutFrame } from '../emit/frame.ts';
import { writeFunction } from '../emit/function.ts';
import { peephole } from '../emit/peephole.ts';
import type { IRFunction } from '../ir/function.ts';
import { functionText } from '../ir/print.ts';
import { verify } from '../ir/verify.ts';
import type { UnitServices } from '../lower/context.ts';
import type { Lowered } from '../lower/function.ts';
import { splitCriticalEdges } from '../passes/flow.ts';
import { runPasses } from '../passes/pipeline.ts';
import { cover, coverEntry } from '../select/cover.ts';
import { machineText } from '../select/print.ts';
import { MachineFunction } from '../select/machine.ts';
import { Selector, type SelectServices } from '../select/selector.ts';
import type { Label } from '../tree.ts';
import type { LineTable } from './lines.ts';
import type { BackEndOptions } from './options.ts';

export interface UnitContext {
  readonly emitter: Emitter;
  readonly options: BackEndOptions;
  readonly services: UnitServices & SelectServices;
  readonly lines: LineTable | undefined;
  refer(symbol: string): void;
  /** A label's address has this name. */
  nameLabel(label: Label, symbol: string): void;
}

interface Allocated {
  readonly f: IRFunction;
  readonly m: MachineFunction;
  readonly used: number;
  readonly labels: ReadonlyMap<Label, number>;
}

function generate(lowered: Lowered, unit: UnitContext, isOptimizing: boolean): Allocated {
  const { options, services } = unit;
  const { f, labels } = lowered;
  runPasses(f, {
    isOptimizing,
    isForSize: services.isForSize,
    afterPass: (pass) => {
      if (options.verify) verify(f);
      options.dump?.(`ir-${pass}`, functionText(f));
    },
  });
  splitCriticalEdges(f);
  options.dump?.('ir', functionText(f));
  const selector = new Selector(f, services);
  const m = selector.run(cover);
  coverEntry(selector);
  if (keepsFramePointer(options)) m.needsFramePointer = true;
  options.dump?.('select', machineText(m));
  const used = allocate(m, options.verify);
  return { f, m, used, labels };
}
function keepsFramePointer(options: BackEndOptions): boolean {
  return !(options.omitFramePointer ?? options.optimize !== 0);
}

/** Undefined where an asm cannot be given its registers, which is reported. */
function generateOrReport(
  lowered: Lowered,
  again: () => Lowered,
  unit: UnitContext,
): Allocated | undefined {
  const { services } = unit;
  try {
    return generate(lowered, unit, services.isOptimizing);
  } catch (error) {
    if (error instanceof GraphTooLarge) return generate(again(), unit, false);
    const span = lowered.f.asms.find((asm) => !asm.isBasic)?.span;
    if (!(error instanceof TooFewRegisters) || !span) throw error;
    services.report('C9005', span, 'this asm asks for more registers than there are');
    return undefined;
  }
}

/**
 * Compiles a lowered function; its symbol, section and size are the caller's. `again` lowers it once more, for a function
 * that is too large to be kept in registers.
 */
export function compileFunction(
  lowered: Lowered,
  again: () => Lowered,
  isNaked: boolean,
  unit: UnitContext,
): MachineFunction {
  const { services, options } = unit;
  const result = generateOrReport(lowered, again, unit);
  if (!result) return new MachineFunction(lowered.f.name);
  const { f, m, used, labels } = result;
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
    hasUnwind: options.unwindTables !== false,
    isForSize: services.isForSize,
    isNaked,
  });
  const present = new Set(m.blocks.map((block) => block.id));
  for (const [label, block] of labels) {
    const symbol = `.L${f.name}.${block}`;
    unit.nameLabel(label, symbol);
    if (!present.has(block)) unit.emitter.label(symbol);
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
    const values = table.map((block) => ({ plus: `.L${m.name}.${block}`, addend: 0n }));
    unit.emitter.data(4, values);
  });
}
