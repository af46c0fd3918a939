// The host's processor as an oracle: builds harness.c with gcc -m32 and runs cases through it.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const CODE_ADDRESS = 0x10000000;
export const DATA_ADDRESS = 0x20000000;
export const DATA_BYTES = 4096;
const CODE_BYTES = 64;
const STATE_BYTES = 160;
const INT3 = 0xcc;

/** The order of `registers`. */
export const REGISTER_NAMES = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'] as const;

/** The x87 as FSAVE lays it out for 32-bit protected mode. */
export interface Fpu {
  readonly control: number;
  readonly status: number;
  readonly tag: number;
  /** ST(0)..ST(7), ten bytes each. */
  readonly stack: Uint8Array;
}

export interface Case {
  readonly code: Uint8Array;
  readonly registers: readonly number[];
  readonly eflags: number;
  readonly fpu: Fpu;
  readonly data: Uint8Array;
}

export interface Outcome {
  readonly registers: readonly number[];
  readonly eip: number;
  readonly eflags: number;
  readonly vector: number;
  readonly error: number;
  readonly cr2: number;
  readonly fpu: Fpu;
  readonly data: Uint8Array;
}

function writeFpu(view: DataView, at: number, fpu: Fpu): void {
  view.setUint32(at, fpu.control | 0xffff0000, true);
  view.setUint32(at + 4, fpu.status | 0xffff0000, true);
  view.setUint32(at + 8, fpu.tag | 0xffff0000, true);
  new Uint8Array(view.buffer, view.byteOffset + at + 28, 80).set(fpu.stack);
}

function encodeCase(test: Case): Uint8Array {
  const bytes = new Uint8Array(CODE_BYTES + STATE_BYTES + DATA_BYTES);
  bytes.fill(INT3, 0, CODE_BYTES);
  bytes.set(test.code);
  const view = new DataView(bytes.buffer);
  test.registers.forEach((value, i) => view.setUint32(CODE_BYTES + i * 4, value, true));
  view.setUint32(CODE_BYTES + 32, CODE_ADDRESS, true);
  view.setUint32(CODE_BYTES + 36, test.eflags, true);
  writeFpu(view, CODE_BYTES + 52, test.fpu);
  bytes.set(test.data, CODE_BYTES + STATE_BYTES);
  return bytes;
}

function decodeOutcome(bytes: Uint8Array): Outcome {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (index: number): number => view.getUint32(index * 4, true);
  return {
    registers: [0, 1, 2, 3, 4, 5, 6, 7].map(word),
    eip: word(8),
    eflags: word(9),
    vector: word(10),
    error: word(11),
    cr2: word(12),
    fpu: {
      control: view.getUint16(52, true),
      status: view.getUint16(56, true),
      tag: view.getUint16(60, true),
      stack: bytes.slice(80, 160),
    },
    data: bytes.slice(STATE_BYTES, STATE_BYTES + DATA_BYTES),
  };
}

/** Why the oracle cannot run here, or undefined. */
export function missingOracle(): string | undefined {
  if (process.arch !== 'x64' && process.arch !== 'ia32') return `the host is ${process.arch}`;
  const probe = spawnSync('gcc', ['-m32', '-x', 'c', '-', '-o', '/dev/null'], {
    input: '#include <stdio.h>\nint main(void) { return 0; }\n',
  });
  return probe.status === 0 ? undefined : 'gcc -m32 does not link';
}

/** The processor that answers: logs name it, since undefined results differ. */
export function hostProcessor(): string {
  return os.cpus()[0]?.model ?? 'unknown';
}

/** Runs all cases in one process. */
export function runNative(cases: readonly Case[]): Outcome[] {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-cpu-'));
  const program = path.join(directory, 'harness');
  const source = path.join(import.meta.dirname, 'harness.c');
  execFileSync('gcc', ['-m32', '-O1', '-Wall', '-Werror', '-o', program, source]);
  const input = Buffer.concat(cases.map(encodeCase));
  const size = STATE_BYTES + DATA_BYTES;
  const done = spawnSync(program, { input, maxBuffer: cases.length * size + 4096 });
  fs.rmSync(directory, { recursive: true });
  if (done.stdout.length !== cases.length * size) {
    throw new Error(`the harness answered ${done.stdout.length} bytes, status ${done.status}`);
  }
  return cases.map((_, i) => decodeOutcome(done.stdout.subarray(i * size, (i + 1) * size)));
}
