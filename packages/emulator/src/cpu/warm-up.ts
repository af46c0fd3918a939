// Shows V8 every case of the interpreter's switch before a guest runs. V8 compiles what it has seen executed, and throws
// the compiled loop away at the first instruction it has not: without this a program lost a quarter of its first half
// second to that. The cases run on a processor of their own, whose memory is dropped afterwards; nothing of any machine
// is touched. Every run is bounded by its budget: each turn of the loop but STALE and CONTINUE costs a tick, and those
// two lead on to a record that does.

import { Memory } from '../machine/memory.ts';
import { CodeCache } from './code-cache.ts';
import { Cpu, type CpuHost, FAULT } from './cpu.ts';
import { locate } from './fetch.ts';
import { HOT_CONTINUE, HOT_PAIRS, HOT_ROWS } from './hot-ops.ts';
import { interpret } from './interpreter.ts';
import * as W from './record.ts';
import * as S from './state-layout.ts';

const CODE = 0x1000;
/** Where jumps go: that much behind CODE. */
const AHEAD = 16;
const TARGET: number = CODE + AHEAD;
const DATA = 0x3000;
const STACK = 0x3800;
const KINDS = 9;
/** Jumps to where nothing has been decoded. */
const LOOK_UPS = 3;
const HANDLER_COUNT = W.OP_MASK + 1;
const FAULTING = HANDLER_COUNT - 1;
const LEAVING = HANDLER_COUNT - 2;
const JUMPING = HANDLER_COUNT - 3;
const GOING_ON = HANDLER_COUNT - 4;
const CASES = [...HOT_ROWS.map(([name]) => name), ...HOT_PAIRS.map(([first]) => first)];
const NOP = CASES.indexOf('nop');

const host: CpuHost = {
  portRead: () => 0,
  portWrite: () => {},
  acknowledge: () => 0,
  observeTick: () => 0,
  setFerr: () => {},
  isTracing: false,
  trace: () => {},
  breakpointHit: () => false,
  watchHit: () => {},
  apicBase: () => 0,
  setApicBase: () => false,
};

const handlers = Array.from({ length: HANDLER_COUNT }, (_, number) => (): number => {
  if (number === FAULTING) throw FAULT;
  if (number === LEAVING) return W.LEAVE;
  return number === JUMPING ? W.JUMP : W.NEXT;
});

/** A processor in flat 32-bit mode with paging off, its code page full of NOPs. */
function scratchCpu(): Cpu {
  const memory = new Memory(0x100000, 1, new Uint8Array(0));
  const cpu = new Cpu(0, memory, new CodeCache(memory), host);
  for (let segment = S.ES; segment <= S.GS; segment++) {
    cpu.r[S.SEGMENT_LIMIT + segment] = -1;
    cpu.r[S.SEGMENT_ATTRIBUTES + segment] = segment === S.CS ? 0xc09b00 >> 8 : 0xc09300 >> 8;
  }
  cpu.updateMode();
  memory.u8.fill(0x90, memory.ramBase + CODE, memory.ramBase + CODE + 0x2000);
  for (const page of [CODE >>> 12, (CODE >>> 12) + 1, DATA >>> 12]) {
    cpu.tlb.fill(page, 7, page << 12, true, false);
  }
  return cpu;
}

/** What a case finds: each comparison comes out each way, each shift shifts, products and sums overflow. */
interface Scene {
  readonly eax: number;
  readonly ecx: number;
  readonly edx: number;
  readonly immediate: number;
  /** Kind, first operand, result, EFLAGS. */
  readonly flags: readonly [number, number, number, number];
}

/** Memory holds TARGET, so the first is all equal; the next ones differ by one each way. */
const SCENES: readonly Scene[] = [
  { eax: TARGET, ecx: TARGET, edx: 0, immediate: TARGET, flags: [1, 5, 0, 2] },
  { eax: TARGET + 0x100, ecx: TARGET + 1, edx: 1, immediate: TARGET & 0xff, flags: [1, -5, 7, 2] },
  { eax: TARGET - 0x100, ecx: TARGET - 1, edx: 0, immediate: TARGET + 1, flags: [1, 5, -3, 2] },
  { eax: TARGET, ecx: -1, edx: 1, immediate: -1, flags: [3, 0, 0, 2] },
  { eax: TARGET, ecx: 0, edx: 0, immediate: 3, flags: [3, 0, -1, 2] },
  { eax: TARGET, ecx: TARGET & 0xff, edx: 1, immediate: 0, flags: [0, 0, 0, 0x8d7] },
  { eax: -0x7fffffff, ecx: -0x7fffffff, edx: -1, immediate: -0x7fffffff, flags: [0, 0, 0, 2] },
  { eax: 0x7fffffff, ecx: 0x7fffffff, edx: 0, immediate: 1, flags: [2 | 0x50, 1, 1, 2] },
];

function setRecord(cpu: Cpu, p: number, op: number, immediate: number): void {
  const o = cpu.code.records;
  const registers = (S.EAX << W.OP_RM_SHIFT) | (S.ECX << W.OP_REG_SHIFT);
  const address = (S.EBX << W.OP_BASE_SHIFT) | (S.ESI << W.OP_INDEX_SHIFT);
  o[p + W.W_OP] = op | registers | address;
  o[p + W.W_DISP] = op === HOT_CONTINUE ? AHEAD * 2 : AHEAD;
  o[p + W.W_IMM] = immediate;
}

/** Runs a case, and NOPs for further ticks; `link` is the record that a jump is linked to, 0 for none. */
function show(cpu: Cpu, op: number, scene: Scene, link: number, ticks = 1): void {
  const { r, memory } = cpu;
  const p = locate(cpu, CODE);
  const isPair = op >= HOT_ROWS.length && op < CASES.length;
  const isJump = !isPair && /^(j|call)/.test(CASES[op] ?? '');
  setRecord(cpu, p, op, isJump ? link : scene.immediate);
  setRecord(cpu, p + W.RECORD, NOP, link);
  const values = [scene.eax, scene.ecx, scene.edx, DATA - AHEAD, STACK, STACK, 0, 0];
  values.forEach((value, register) => (r[register] = value));
  for (const place of [DATA, STACK]) memory.i32[(memory.ramBase + place) >>> 2] = TARGET;
  [r[S.FLAG_KIND], r[S.FLAG_A], r[S.FLAG_R], r[S.EFLAGS]] = scene.flags;
  r[S.EIP] = CODE;
  r[S.LEFT] = isPair ? 2 : ticks;
  interpret(cpu, handlers);
}

/** Runs each case in each scene, each kind of flags through what asks for the carry, and each way out of the loop. */
export function warmUp(): void {
  const cpu = scratchCpu();
  const linked = locate(cpu, TARGET);
  const carryUser = CASES.indexOf('adc32RegReg');
  for (let op = 1; op < CASES.length; op++) {
    SCENES.forEach((scene, i) => show(cpu, op, scene, i % 2 === 0 ? linked : 0));
    if (CASES[op].startsWith('j')) SCENES.forEach((scene) => show(cpu, op, scene, linked));
  }
  for (let kind = 0; kind < KINDS; kind++) {
    show(cpu, carryUser, { ...SCENES[0], flags: [kind, 1, -1, 2] }, linked);
  }
  for (const op of [JUMPING, LEAVING, FAULTING, GOING_ON]) show(cpu, op, SCENES[0], linked);
  const jump = CASES.indexOf('jmp32Reg');
  for (let i = 1; i <= LOOK_UPS; i++) {
    show(cpu, jump, { ...SCENES[0], eax: TARGET + i }, 0, 2);
    show(cpu, JUMPING, SCENES[0], 0, 2);
  }
}
