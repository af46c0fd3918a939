// The host's processor as an oracle: builds harness.c with gcc -m32 and runs cases through it.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { LOCAL_SEGMENTS, type SegmentSpec } from './segments.ts';

/** Two pages to execute, filled with INT3; nothing behind them. */
export const CODE_ADDRESS = 0x60000000;
export const CODE_BYTES = 0x2000;
/** Three pages of data, the first read-only; nothing on either side. */
export const DATA_START = 0x3ffff000;
export const DATA_BYTES = 0x3000;
/** The first byte that can be written. */
export const DATA_ADDRESS = 0x40000000;
export const WRITABLE_BYTES = 0x2000;
export const INT3 = 0xcc;
const CODE_SPACE = 64;
const STATE_BYTES = 184;
const REQUEST_BYTES = 8 + CODE_SPACE + STATE_BYTES;
const PATCH_BYTES = 24;
const FPU_AT = 76;

/** The order of `registers`. */
export const REGISTER_NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;
/** The order of `segments`. */
export const SEGMENT_NAMES = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'] as const;

/** The x87 as FSAVE lays it out for 32-bit protected mode. */
export interface Fpu {
  readonly control: number;
  readonly status: number;
  readonly tag: number;
  /** ST(0)..ST(7), ten bytes each. */
  readonly stack: Uint8Array;
}

/** Bytes that memory holds instead of the pool's; at most 16. */
export interface Patch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface Case {
  readonly code: Uint8Array;
  /** Linear address of the code. */
  readonly at: number;
  readonly eip: number;
  readonly registers: readonly number[];
  readonly segments: readonly number[];
  readonly eflags: number;
  readonly fpu: Fpu;
  readonly patches: readonly Patch[];
}

export interface Outcome {
  readonly registers: readonly number[];
  readonly segments: readonly number[];
  readonly eip: number;
  readonly eflags: number;
  /** 255: it ran on and on. */
  readonly vector: number;
  readonly error: number;
  readonly cr2: number;
  readonly fpu: Fpu;
  /** Addresses and values of words that changed, in turn. */
  readonly changes: Uint32Array;
}

function encodeCase(test: Case): Uint8Array {
  const bytes = new Uint8Array(REQUEST_BYTES + test.patches.length * PATCH_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, test.at, true);
  view.setUint32(4, test.patches.length, true);
  bytes.fill(INT3, 8, 8 + CODE_SPACE);
  bytes.set(test.code, 8);
  const state = 8 + CODE_SPACE;
  test.registers.forEach((value, i) => view.setUint32(state + i * 4, value, true));
  view.setUint32(state + 32, test.eip, true);
  view.setUint32(state + 36, test.eflags, true);
  test.segments.forEach((value, i) => view.setUint32(state + 52 + i * 4, value, true));
  const { control, status, tag, stack } = test.fpu;
  view.setUint32(state + FPU_AT, control | 0xffff0000, true);
  view.setUint32(state + FPU_AT + 4, status | 0xffff0000, true);
  view.setUint32(state + FPU_AT + 8, tag | 0xffff0000, true);
  bytes.set(stack, state + FPU_AT + 28);
  test.patches.forEach((patch, i) => {
    const at = REQUEST_BYTES + i * PATCH_BYTES;
    view.setUint32(at, patch.at, true);
    view.setUint32(at + 4, patch.bytes.length, true);
    bytes.set(patch.bytes, at + 8);
  });
  return bytes;
}

function decodeOutcome(bytes: Uint8Array): Outcome {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (index: number): number => view.getUint32(index * 4, true);
  const count = view.getUint32(STATE_BYTES, true);
  return {
    registers: [0, 1, 2, 3, 4, 5, 6, 7].map(word),
    eip: word(8),
    eflags: word(9),
    vector: word(10),
    error: word(11),
    cr2: word(12),
    segments: [13, 14, 15, 16, 17, 18].map(word),
    fpu: {
      control: view.getUint16(FPU_AT, true),
      status: view.getUint16(FPU_AT + 4, true),
      tag: view.getUint16(FPU_AT + 8, true),
      stack: bytes.slice(FPU_AT + 28, FPU_AT + 108),
    },
    changes: Uint32Array.from({ length: count * 2 }, (_, i) =>
      view.getUint32(STATE_BYTES + 4 + i * 4, true),
    ),
  };
}

/** Linux's `struct user_desc`. */
function userDescriptor(spec: SegmentSpec, entry: number): Uint8Array {
  const kind = spec.isCode ? 2 : spec.isDown === true ? 1 : 0;
  const flags =
    (spec.is32 ? 1 : 0) |
    (kind << 1) |
    (spec.isProtected === true ? 8 : 0) |
    (spec.isGranular ? 0x10 : 0) |
    (spec.isAbsent === true ? 0x20 : 0) |
    0x40;
  return new Uint8Array(new Uint32Array([entry, spec.base, spec.limit, flags]).buffer);
}

/** Why the oracle cannot run here, or undefined. */
export function missingOracle(): string | undefined {
  if (process.arch !== 'x64' && process.arch !== 'ia32') return `the host is ${process.arch}`;
  const probe = spawnSync('gcc', ['-m32', '-static', '-x', 'c', '-', '-o', '/dev/null'], {
    input: '#include <stdio.h>\nint main(void) { return 0; }\n',
  });
  return probe.status === 0 ? undefined : 'gcc -m32 -static does not link';
}

/** The processor that answers: logs name it, since undefined results differ. */
export function hostProcessor(): string {
  return os.cpus()[0]?.model ?? 'unknown';
}

/** The host's processor, with its harness built. */
export class NativeProcessor {
  private readonly directory: string = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-cpu-'));
  private readonly program: string = path.join(this.directory, 'harness');

  constructor() {
    const source = path.join(import.meta.dirname, 'harness.c');
    const options = ['-m32', '-O1', '-static', '-no-pie', '-fno-stack-protector'];
    execFileSync('gcc', [...options, '-Wall', '-Werror', '-o', this.program, source]);
  }

  /** Runs all cases in one process; `pool` is what the data pages hold at the start of each. */
  run(cases: readonly Case[], pool: Uint8Array): Outcome[] {
    const header = [
      new Uint8Array(new Uint32Array([LOCAL_SEGMENTS.length]).buffer),
      ...LOCAL_SEGMENTS.map(userDescriptor),
      pool,
    ];
    const input = Buffer.concat([...header, ...cases.map(encodeCase)]);
    const done = spawnSync(this.program, { input, maxBuffer: 2 ** 30 });
    const answers: Outcome[] = [];
    let at = 0;
    while (at < done.stdout.length && answers.length < cases.length) {
      const outcome = decodeOutcome(done.stdout.subarray(at));
      at += STATE_BYTES + 4 + outcome.changes.length * 4;
      answers.push(outcome);
    }
    if (answers.length !== cases.length) {
      const how = `status ${done.status}, signal ${done.signal}`;
      throw new Error(`the harness answered ${answers.length} of ${cases.length} cases, ${how}`);
    }
    return answers;
  }

  /** Removes the harness. */
  close(): void {
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
