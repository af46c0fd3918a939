// What a compiler says of each function, executed by the holes alone: `.type name, @function`,
// `.size name, .-name`, `.cfi_startproc` and `.cfi_endproc`. (SQLite by gcc -O2: 6,800 statements.)

import type { Assembly } from '../object/assembly.ts';
import { endProcedure, startProcedure } from '../debug/cfi.ts';
import { symbolValue } from '../values/expression.ts';
import { nowhere } from '../object/places.ts';
import type { Action, ShapeContext } from './shape-actions.ts';
import { holeKind } from './shape-scan.ts';
import type { ShapeScan } from './shape-scan.ts';
import type { HoleOf } from './shape-values.ts';
import type { AsmSymbol } from '../object/symbols.ts';
import type { Node, Operand } from '../syntax/syntax-tree.ts';

/** A directive names the symbol. */
function mention(assembly: Assembly, symbol: AsmSymbol): void {
  if (symbol.usedPlace === nowhere) symbol.usedPlace = assembly.placeNumber();
  assembly.symbols.name(symbol);
}

class TypeAction implements Action {
  private readonly type: number;

  constructor(type: number) {
    this.type = type;
  }

  run({ assembly, scan }: ShapeContext, bytes: Uint8Array): boolean {
    const { starts, ends, hashes } = scan;
    // The name may be a section's, or have a type already.
    if (assembly.sectionTable.hasPlainNames || bytes[starts[0]] === 46) return false;
    const symbol = assembly.symbols.ofBytes(bytes, starts[0], ends[0], hashes[0]);
    if (symbol.type !== undefined) return false;
    mention(assembly, symbol);
    symbol.type = this.type;
    return true;
  }
}

/** The size is the distance of the end of what is there from a label. */
class SizeAction implements Action {
  run({ assembly, scan }: ShapeContext, bytes: Uint8Array): boolean {
    const { starts, ends, hashes } = scan;
    const { symbols } = assembly;
    const symbol = symbols.known(bytes, starts[0], ends[0], hashes[0]);
    const label = symbols.known(bytes, starts[1], ends[1], hashes[1]);
    if (!symbol || label?.state !== 'label' || label.formula || symbol.isSectionStart) return false;
    if (assembly.current.section === assembly.absolute) return false;
    const here = symbolValue(assembly.here());
    assembly.use(label);
    const size = assembly.fold('-', here, symbolValue(label));
    mention(assembly, symbol);
    symbol.size = size;
    return true;
  }
}

class ProcedureAction implements Action {
  private readonly isStart: boolean;

  constructor(isStart: boolean) {
    this.isStart = isStart;
  }

  run({ assembly }: ShapeContext): boolean {
    if (this.isStart) startProcedure(assembly, false);
    else endProcedure(assembly);
    return true;
  }
}

const functionTypes: ReadonlyMap<string, number> = new Map([
  ['@object', 1],
  ['@function', 2],
]);

/** Undefined where the statement is none of these. */
export function planSymbol(
  word: string,
  operands: readonly Operand[],
  holeOf: HoleOf,
  scan: ShapeScan,
  bytes: Uint8Array,
): Action | undefined {
  if (word === '.cfi_startproc' || word === '.cfi_endproc') {
    return operands.length === 0 ? new ProcedureAction(word === '.cfi_startproc') : undefined;
  }
  if (operands.length !== 2) return undefined;
  const [first, second] = operands;
  const isName = (node: Node | undefined, hole: number): boolean =>
    node?.kind === 'name' &&
    holeOf(node) === hole &&
    scan.kinds[hole] === holeKind.name &&
    node.text.length === scan.ends[hole] - scan.starts[hole];
  if (!isPlain(first) || !isName(first.node, 0)) return undefined;
  if (word === '.type') {
    const type = functionTypes.get(
      String.fromCharCode(...bytes.subarray(second.start, second.end)),
    );
    return type !== undefined && scan.holes === 1 ? new TypeAction(type) : undefined;
  }
  const { node } = second;
  if (word !== '.size' || scan.holes !== 2 || !isPlain(second)) return undefined;
  if (node?.kind !== 'binary' || node.operator !== '-' || !isName(node.right, 1)) return undefined;
  return node.left.kind === 'name' && node.left.text === '.' ? new SizeAction() : undefined;
}

function isPlain({ kind, hasRegisters, segment, isIndirect }: Operand): boolean {
  return kind === 'memory' && !hasRegisters && segment === '' && !isIndirect;
}
