// Which action a template gets: by the kind of its statement and by where its holes are.

import {
  DataAction,
  operandsMax,
  LebAction,
  LocationAction,
  ReplayAction,
  TextAction,
} from './shape-actions.ts';
import type { Action, LocationPlan } from './shape-actions.ts';
import { InstructionAction } from './shape-instructions.ts';
import type { InstructionPlan } from './shape-instructions.ts';
import { holeKind } from './shape-scan.ts';
import type { ShapeScan } from './shape-scan.ts';
import { planSymbol } from './shape-symbols.ts';
import type { Learned } from './shape-template.ts';
import { planValue } from './shape-values.ts';
import type { HoleOf, ValuePlan } from './shape-values.ts';
import type { Node, Operand } from '../syntax/syntax-tree.ts';

const dataSizes: ReadonlyMap<string, 1 | 2 | 4 | 8> = new Map([
  ['.byte', 1],
  ['.value', 2],
  ['.short', 2],
  ['.word', 2],
  ['.hword', 2],
  ['.2byte', 2],
  ['.long', 4],
  ['.int', 4],
  ['.4byte', 4],
  ['.quad', 8],
  ['.8byte', 8],
]);

const textZeros: ReadonlyMap<string, boolean> = new Map([
  ['.string', true],
  ['.asciz', true],
  ['.ascii', false],
]);

/** What they do depends on their numbers only. */
const replayed =
  /^\.(p2align|align|balign|cfi_(def_cfa(_register|_offset)?|offset|restore|(remember|restore)_state))$/;

/** Undefined: the statements of the shape go through the template's calls. */
export function planAction(
  { calls, uses, holeOf }: Learned,
  scan: ShapeScan,
  bytes: Uint8Array,
): Action | undefined {
  const word = calls[0].name.toLowerCase();
  const { kind, operands, start, end } = calls[calls.length - 1];
  if (kind === 'instruction') {
    const plan = planInstruction(operands, holeOf, scan.kinds);
    return plan && new InstructionAction(plan, uses);
  }
  const size = dataSizes.get(word);
  if (size !== undefined) {
    const plans = plainValues(operands, holeOf, scan);
    return plans && new DataAction(size, plans);
  }
  if (word === '.uleb128' || word === '.sleb128') {
    const plans = plainValues(operands, holeOf, scan);
    return plans?.length === 1 ? new LebAction(plans[0], word === '.sleb128') : undefined;
  }
  if (word === '.loc') return location(scan, bytes, start + word.length, end);
  const hasZero = textZeros.get(word);
  if (hasZero !== undefined) {
    const isPlain = operands.length === 1 && scan.holes === 1 && scan.kinds[0] === holeKind.text;
    return isPlain ? new TextAction(hasZero) : undefined;
  }
  if (!replayed.test(word)) return planSymbol(word, operands, holeOf, scan, bytes);
  for (let i = 0; i < scan.holes; i++) if (scan.kinds[i] !== holeKind.number) return undefined;
  return new ReplayAction();
}

function beginsWithName(node: Node): boolean {
  let first = node;
  while (first.kind === 'binary') first = first.left;
  return first.kind === 'name';
}

/** Undefined where the operands of an instruction are more than an action can do. */
export function planInstruction(
  operands: readonly Operand[],
  holeOf: HoleOf,
  kinds: Uint8Array,
): InstructionPlan | undefined {
  const indices: number[] = [];
  const values: ValuePlan[] = [];
  const named: boolean[] = [];
  for (let i = 0; i < operands.length; i++) {
    const { kind, node, scale, segment } = operands[i];
    if (kind === 'intel' || kind === 'string' || (scale && holeOf(scale) >= 0)) return undefined;
    if (scale && scale.kind !== 'number') return undefined;
    if (!node) continue;
    const plan = planValue(node, holeOf, kinds);
    if (!plan) return undefined;
    indices.push(i);
    values.push(plan);
    named.push(segment === '' && beginsWithName(node));
  }
  return values.length > operandsMax ? undefined : { operands: indices, values, named };
}

function plainValues(
  operands: readonly Operand[],
  holeOf: HoleOf,
  scan: ShapeScan,
): ValuePlan[] | undefined {
  const plans: ValuePlan[] = [];
  for (const { kind, node, hasRegisters, segment, isIndirect } of operands) {
    if (kind !== 'memory' || !node || hasRegisters || segment !== '' || isIndirect) {
      return undefined;
    }
    const plan = planValue(node, holeOf, scan.kinds);
    if (!plan) return undefined;
    plans.push(plan);
  }
  return plans.length > 0 ? plans : undefined;
}

/** A word of `.loc`: its text, or the hole that it is. */
interface Word {
  readonly text: string;
  readonly hole: number;
  /** A minus sign stands in front of the hole. */
  readonly isNegative: boolean;
}

function words(scan: ShapeScan, bytes: Uint8Array, from: number, to: number): Word[] {
  let text = '';
  for (let p = from; p < to; p++) text += String.fromCharCode(bytes[p]);
  const holeAt = (start: number, end: number): number => {
    for (let i = 0; i < scan.holes; i++) {
      if (scan.starts[i] === start && scan.ends[i] === end) return i;
    }
    return -1;
  };
  return [...text.matchAll(/[^\s,]+/g)].map((match) => {
    const [word] = match;
    const start = from + match.index;
    const end = start + word.length;
    const isNegative = word.startsWith('-');
    return { text: word, hole: holeAt(isNegative ? start + 1 : start, end), isNegative };
  });
}

/** `.loc file line [column] flags`, where everything but the flags' names is a hole. */
function location(
  scan: ShapeScan,
  bytes: Uint8Array,
  from: number,
  to: number,
): Action | undefined {
  const list = words(scan, bytes, from, to);
  const isNumber = ({ hole, isNegative }: Word) =>
    hole >= 0 && !isNegative && scan.kinds[hole] === holeKind.number;
  const count = list.findIndex((word) => !isNumber(word));
  const numbers = count < 0 ? list.length : count;
  if (numbers < 2 || numbers > 3) return undefined;
  const plan = {
    file: list[0].hole,
    line: list[1].hole,
    column: numbers > 2 ? list[2].hole : -1,
    isStatement: -1,
    discriminator: -1,
    view: -1,
    viewKind: 'none' as LocationPlan['viewKind'],
    isBasicBlock: false,
    isPrologueEnd: false,
    isEpilogueBegin: false,
  };
  const seen = new Set<string>();
  for (let i = numbers; i < list.length; i++) {
    const { text, hole } = list[i];
    if (hole >= 0 || seen.has(text)) return undefined;
    seen.add(text);
    if (text === 'basic_block') plan.isBasicBlock = true;
    else if (text === 'prologue_end') plan.isPrologueEnd = true;
    else if (text === 'epilogue_begin') plan.isEpilogueBegin = true;
    else {
      const next = list[++i];
      if (!next || next.hole < 0) return undefined;
      if (text === 'view') {
        plan.view = next.hole;
        const isName = scan.kinds[next.hole] === holeKind.name;
        if (!isName && scan.kinds[next.hole] !== holeKind.number) return undefined;
        if (isName && next.isNegative) return undefined;
        plan.viewKind = isName ? 'symbol' : next.isNegative ? 'reset' : 'zero';
      } else if (!isNumber(next)) return undefined;
      else if (text === 'is_stmt') plan.isStatement = next.hole;
      else if (text === 'discriminator') plan.discriminator = next.hole;
      else return undefined;
    }
  }
  return new LocationAction(plan);
}
