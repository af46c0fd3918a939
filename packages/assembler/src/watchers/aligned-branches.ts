// -malign-branch-boundary=N and its kin: branches that would cross or end at a multiple of N, which
// is slow on some processors (Intel's erratum SKX102), are moved behind it. What moves them are
// segment prefixes that mean nothing, on instructions before; where those cannot be enough, nops.
//
// Before each branch lies a gap, before each instruction that can have more prefixes a slot, and
// before one that fuses with a conditional jump (cmp, test, add ..) a gap for both, which serves as
// a slot where no such jump follows. `plan` finds which slots belong to which gap; the sizes follow
// from addresses in each pass of the layout, slots first to last, then the gap.

import { constantOf } from '../values/expression.ts';
import type { Assembly } from '../object/assembly.ts';
import { nopMax } from '../layout/padding.ts';
import { itemKind } from '../object/items.ts';
import type { Items } from '../object/items.ts';
import type { Section, Subsection } from '../object/sections.ts';
import { conditionOf, fuses, isBranchKind, splitCode } from './branch-kinds.ts';
import type { BranchKind, Fusion } from './branch-kinds.ts';
import type { FlexiblePart, InstructionWatcher, SeenInstruction, WatcherMaker } from './watcher.ts';

export interface BranchOptions {
  /** A power of two, 16 at least. */
  readonly boundary: number;
  readonly kinds: ReadonlySet<BranchKind>;
  /** How many prefixes an instruction may have, 0 to 5. */
  readonly prefixes: number;
}

const lengthMax = 15;
/** Slots beyond so many bytes before one gap stay empty. */
const slotBytesMax = 20;
/** What pads a gap, in place of a byte that fills it. */
const nopsOf = ({ nopMode }: Assembly) => -nopMax[nopMode];

interface Part extends FlexiblePart {
  /** The slots before a wall serve no gap behind it. */
  readonly role: 'gap' | 'slot' | 'fusing' | 'wall';
  /** Bytes of fixed code that must not be cut: the branch, or what fuses with a jump. */
  readonly bytes: number;
  /** A slot's room. */
  readonly room: number;
  readonly fusion: Fusion | undefined;
}

/** What is found of the items of one section. */
interface Plan {
  /** Of the first slot before a gap: the gap's item. */
  readonly gaps: Int32Array;
  /** Of that slot: the room of all before the gap. */
  readonly rooms: Int32Array;
  /** Of that slot: what all slots take now. */
  readonly totals: Int32Array;
  /** What each item takes now; a slot's is set by the first. */
  readonly sizes: Int32Array;
  /** Of each slot its room, 0 where it stays empty. */
  readonly slots: Int32Array;
}

class AlignedBranches implements InstructionWatcher {
  private readonly assembly: Assembly;
  private readonly options: BranchOptions;
  /** The section in which data or a lone prefix was written last. */
  private data: Section | undefined;
  private readonly plans = new Map<Items, Plan>();

  constructor(assembly: Assembly, options: BranchOptions) {
    this.assembly = assembly;
    this.options = options;
  }

  directive(name: string): void {
    const { section } = this.assembly.current;
    if (isData(name) && section.isCode) this.data = section;
    // GNU as settles the size of these in the layout, too.
    if (name === '.nops' && section.hasContents) this.add('wall', {}, 0);
  }

  before(instruction: SeenInstruction): void {
    const { assembly } = this;
    const { section } = assembly.current;
    const isBehindData = this.data === section;
    this.data = undefined;
    const code = splitCode(instruction, assembly.mode);
    if (code.isPrefix) {
      this.data = section;
      return;
    }
    if (isBehindData || !section.hasContents || section === assembly.absolute) return;
    if (code.branch) {
      if (this.options.kinds.has(code.branch)) this.gap(instruction);
      return;
    }
    if (code.isPlain) this.slot(instruction, code);
  }

  finish(): void {
    for (const { subsections } of this.assembly.sections) {
      if (subsections.length > 1) for (const sub of subsections) this.add('wall', {}, 0, sub);
    }
  }

  private add(
    role: Part['role'],
    part: Partial<Part>,
    fill: number,
    sub: Subsection = this.assembly.current,
  ): void {
    const flexibleSize: Part['flexibleSize'] = (...known) => this.size(...known);
    const reference: Part = { role, bytes: 0, room: 0, fusion: undefined, ...part, flexibleSize };
    const place = this.assembly.placeNumber();
    sub.items.add(itemKind.flexible, sub.length, reference, fill, place);
  }

  private gap(instruction: SeenInstruction): void {
    const { assembly, options } = this;
    const { boundary } = options;
    const sub = assembly.current;
    const { section } = sub;
    if (section.alignment < boundary) section.alignment = boundary;
    const { bytes, relaxation } = instruction.encoding;
    const condition = conditionOf(instruction);
    const last = sub.items.length - 1;
    const part = sub.items.references.other(last);
    if (condition !== undefined && isPart(part) && part.role === 'fusing') {
      const isNext = sub.items.positions[last] + part.bytes === sub.length;
      if (isNext && part.fusion && fuses(part.fusion, condition)) {
        const both: Part = { ...part, role: 'gap' };
        sub.items.references.set(last, both);
        sub.items.numbers[last] = nopsOf(assembly);
        return;
      }
    }
    this.add('gap', { bytes: relaxation ? 0 : bytes.length }, nopsOf(assembly));
  }

  private slot(instruction: SeenInstruction, code: ReturnType<typeof splitCode>): void {
    const { encoding, operands } = instruction;
    const { length } = encoding.bytes;
    const { kinds, prefixes } = this.options;
    if (length > lengthMax) return;
    const isFree = !operands.some(({ value }) => value && isFixedLength(value, this.assembly));
    const most = Math.min(prefixes, isFree ? lengthMax - length : 0);
    const room = Math.max(0, most - code.prefixes);
    const base = operands.find(({ kind }) => kind === 'memory')?.base ?? '';
    const isStack = /^%?e?[sb]p$/i.test(base);
    const plain = this.assembly.mode === 64 ? 0x2e : isStack ? 0x36 : 0x3e;
    const prefix = code.segment || plain;
    const { fusion } = code;
    if (fusion && kinds.has('fused')) {
      this.add('fusing', { bytes: length, room, fusion }, prefix);
    } else if (prefixes > 0 && operands.length > 0) this.add('slot', { room }, prefix);
  }

  private size(items: Items, index: number, address: number): number {
    let plan = this.plans.get(items);
    if (!plan) this.plans.set(items, (plan = planOf(items)));
    const part = items.references.other(index);
    if (!isPart(part)) return 0;
    if (part.role === 'gap') return this.padding(items, index, address);
    if (plan.gaps[index] >= 0) this.fillSlots(plan, items, index, address);
    return plan.sizes[index];
  }

  /** Divides what the gap needs among the slots before it, of which `first` is the first. */
  private fillSlots(plan: Plan, items: Items, first: number, address: number): void {
    const gap = plan.gaps[first];
    const distance = items.positions[gap] - items.positions[first];
    const needed = this.padding(items, gap, address + distance);
    if (needed === plan.totals[first]) return;
    let rest = needed > plan.rooms[first] ? 0 : needed;
    plan.totals[first] = rest;
    for (let i = first; i < gap; i++) {
      plan.sizes[i] = Math.min(plan.slots[i], rest);
      rest -= plan.sizes[i];
    }
  }

  /** What a gap at `address` needs so that the branch behind it crosses no boundary. */
  private padding(items: Items, index: number, address: number): number {
    const part = items.references.other(index);
    if (!isPart(part)) return 0;
    const { boundary } = this.options;
    const isJump = items.kinds[index + 1] === itemKind.jump;
    const isClose = isJump && items.positions[index + 1] - items.positions[index] === part.bytes;
    const hasJump = isClose && (part.bytes === 0 || part.fusion !== undefined);
    const size = part.bytes + (hasJump ? items.sizes[index + 1] : 0);
    const offset = address % boundary;
    return offset + size >= boundary ? boundary - offset : 0;
  }
}

function isPart(reference: unknown): reference is Part {
  return typeof reference === 'object' && reference !== null && 'role' in reference;
}

/** Which slots serve which gap: those before it with nothing but fixed code between. */
function planOf(items: Items): Plan {
  const { length, kinds, references } = items;
  const plan: Plan = {
    gaps: new Int32Array(length).fill(-1),
    rooms: new Int32Array(length),
    totals: new Int32Array(length),
    sizes: new Int32Array(length),
    slots: new Int32Array(length),
  };
  for (let first = 0; first < length; first++) {
    const part = references.other(first);
    if (!isPart(part) || part.role === 'gap' || part.role === 'wall') continue;
    // An instruction that would fuse and has no room for prefixes is nothing.
    if (part.role === 'fusing' && part.room === 0) continue;
    let total = 0;
    let at = first;
    for (; at < length && kinds[at] === itemKind.flexible; at++) {
      const next = references.other(at);
      if (!isPart(next) || next.role === 'wall') break;
      if (next.role === 'gap') {
        plan.gaps[first] = at;
        break;
      }
      if (next.role === 'fusing' && next.room === 0) continue;
      if (total >= slotBytesMax) total = slotBytesMax;
      else {
        plan.slots[at] = next.room;
        total += next.room;
      }
    }
    plan.rooms[first] = total;
    first = at;
  }
  return plan;
}

/** GOT and TLS: what is relative to the instruction's start, or what the linker rewrites. */
function isFixedLength(value: NonNullable<SeenOperand['value']>, assembly: Assembly): boolean {
  if (constantOf(value) !== undefined || value.kind !== 'linear') return false;
  const { plus, reference } = value;
  if (plus !== undefined && plus === assembly.symbols.find('_GLOBAL_OFFSET_TABLE_')) return true;
  return reference !== undefined && /^(TLS|GOTTPOFF|INDNTPOFF|GOTNTPOFF)/.test(reference);
}

type SeenOperand = SeenInstruction['operands'][number];

/** Directives that write bytes, behind which GNU as leaves a branch where it is. */
function isData(name: string): boolean {
  return /^\.(\d?byte|short|value|[hs]?word|int|long|quad|octa|slong|[su]leb128|ascii|string(8|16|32|64)?|asciz|fill|skip|space|zero|nops|dcb?(\..)?|ds(\..)?|float|single|double|tfloat|hfloat|bfloat16)$/i.test(
    name,
  );
}

/** Aligns branches, as GNU as's -malign-branch-boundary; one of `AssembleOptions.watchers`. */
export function alignedBranches(options: BranchOptions): WatcherMaker {
  return (assembly) => new AlignedBranches(assembly, options);
}

/** The kinds of -malign-branch; undefined where a word is none. */
export function branchKinds(words: string): ReadonlySet<BranchKind> | undefined {
  const list = words.split('+').filter(isBranchKind);
  return list.length === words.split('+').length ? new Set(list) : undefined;
}
