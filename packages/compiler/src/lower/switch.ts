// `switch` as a balanced tree of compares whose leaves are single values, ranges and jump tables of dense runs.

import { Condition, Op } from '../ir/ops.ts';
import type { Statement } from '../tree.ts';
import type { Lowering, Pair, Value } from './context.ts';
import { value } from './expression.ts';
import { labelBlock, statement } from './statement.ts';
import { isUnsigned } from './types.ts';

interface Case {
  readonly low: bigint;
  readonly high: bigint;
  readonly block: number;
}
/** Cases to be told apart by one table, or one range. */
interface Cluster {
  readonly low: bigint;
  readonly high: bigint;
  readonly cases: readonly Case[];
}

const TABLE_MIN_CASES = 5;
const TABLE_MAX_SIZE = 65536n;

/** Lowers a switch statement with its body. */
export function switchStatement(b: Lowering, s: Extract<Statement, { kind: 'switch' }>): void {
  const tested = value(b, s.value);
  const done = b.newBlock();
  const otherwise = s.default ? labelBlock(b, s.default) : done;
  const unsigned = isUnsigned(s.value.type);
  const bits = typeof tested === 'number' ? 32 : 64;
  const wrap = (x: bigint): bigint => (unsigned ? BigInt.asUintN(bits, x) : BigInt.asIntN(bits, x));
  const cases = s.cases
    .map((c) => ({ low: wrap(c.low), high: wrap(c.high), block: labelBlock(b, c.label) }))
    .filter((c) => c.low <= c.high)
    .toSorted((x, y) => (x.low < y.low ? -1 : x.low > y.low ? 1 : 0));
  const clusters = clustersOf(mergedRanges(cases), typeof tested === 'number', b.unit.isForSize);
  new SwitchTree(b, tested, unsigned, otherwise).dispatch(clusters);
  b.breaks.push(done);
  statement(b, s.body);
  b.breaks.pop();
  b.jump(done);
  b.start(done);
}

/** Neighbouring values that go to one place are one range. */
function mergedRanges(cases: readonly Case[]): Case[] {
  const result: Case[] = [];
  for (const c of cases) {
    const last = result[result.length - 1];
    if (last && last.block === c.block && last.high + 1n === c.low) {
      result[result.length - 1] = { ...last, high: c.high };
    } else result.push(c);
  }
  return result;
}

function clustersOf(cases: readonly Case[], mayTable: boolean, isForSize: boolean): Cluster[] {
  const result: Cluster[] = [];
  const density = isForSize ? 3n : 8n;
  let i = 0;
  while (i < cases.length) {
    let end = i + 1;
    if (mayTable) {
      let last = i;
      for (let j = i + 1; j < cases.length && j < i + 4096; j++) {
        const span = cases[j].high - cases[i].low + 1n;
        if (span > TABLE_MAX_SIZE || j - last > 32) break;
        if (span <= BigInt(j - i + 1) * density) last = j;
        else if (span > BigInt(j - i + 1) * density * 4n) break;
      }
      if (last - i + 1 >= TABLE_MIN_CASES) end = last + 1;
    }
    const members = cases.slice(i, end);
    result.push({ low: members[0].low, high: members[members.length - 1].high, cases: members });
    i = end;
  }
  return result;
}

class SwitchTree {
  private readonly b: Lowering;
  private readonly tested: Value;
  private readonly unsigned: boolean;
  private readonly otherwise: number;

  constructor(b: Lowering, tested: Value, unsigned: boolean, otherwise: number) {
    this.b = b;
    this.tested = tested;
    this.unsigned = unsigned;
    this.otherwise = otherwise;
  }

  private compare(signed: number, x: bigint): number {
    const b = this.b;
    const isOrder = signed >= Condition.lt;
    const condition = isOrder && this.unsigned ? signed + 4 : signed;
    const low = b.const(Number(BigInt.asIntN(32, x)));
    if (typeof this.tested === 'number') return b.make.compare(condition, this.tested, low);
    const high = b.const(Number(BigInt.asIntN(32, x >> 32n)));
    const pair: Pair = this.tested;
    return b.make.cmp64(condition, [pair.lo, pair.hi], [low, high]);
  }

  /** Ends the current block with code that reaches the case of the tested value. */
  dispatch(clusters: readonly Cluster[]): void {
    if (clusters.length <= 3 && clusters.every((c) => c.low === c.high)) {
      for (const c of clusters) {
        const next = this.b.newBlock();
        this.b.branch(this.compare(Condition.eq, c.low), c.cases[0].block, next);
        this.b.start(next);
      }
      this.b.jump(this.otherwise);
      return;
    }
    if (clusters.length === 0) this.b.jump(this.otherwise);
    else if (clusters.length === 1) this.leaf(clusters[0]);
    else {
      const middle = clusters.length >> 1;
      const [less, more] = [this.b.newBlock(), this.b.newBlock()];
      this.b.branch(this.compare(Condition.lt, clusters[middle].low), less, more);
      this.b.start(less);
      this.dispatch(clusters.slice(0, middle));
      this.b.start(more);
      this.dispatch(clusters.slice(middle));
    }
  }

  private leaf(c: Cluster): void {
    const b = this.b;
    if (c.cases.length > 1) {
      this.table(c);
      return;
    }
    if (c.low === c.high) {
      b.branch(this.compare(Condition.eq, c.low), c.cases[0].block, this.otherwise);
      return;
    }
    if (typeof this.tested === 'number') {
      const offset = b.binary(Op.sub, this.tested, b.const(Number(BigInt.asIntN(32, c.low))));
      const span = b.const(Number(BigInt.asIntN(32, c.high - c.low)));
      b.branch(b.make.compare(Condition.ule, offset, span), c.cases[0].block, this.otherwise);
      return;
    }
    const next = b.newBlock();
    b.branch(this.compare(Condition.lt, c.low), this.otherwise, next);
    b.start(next);
    b.branch(this.compare(Condition.le, c.high), c.cases[0].block, this.otherwise);
  }

  private table(c: Cluster): void {
    const b = this.b;
    if (typeof this.tested !== 'number') throw new Error('a jump table of 64-bit values');
    const entries: number[] = [];
    for (const each of c.cases) {
      const from = Number(each.low - c.low);
      const to = Number(each.high - c.low);
      while (entries.length < from) entries.push(this.otherwise);
      for (let i = from; i <= to; i++) entries.push(each.block);
    }
    const index = b.binary(Op.sub, this.tested, b.const(Number(BigInt.asIntN(32, c.low))));
    const inside = b.newBlock();
    const last = b.const(entries.length - 1);
    b.branch(b.make.compare(Condition.ule, index, last), inside, this.otherwise);
    b.start(inside);
    b.end(Op.tableJump, index, b.f.tables.push(entries) - 1);
  }
}
