// kernel.json: what tracers and debuggers must know of the kernel, taken from its sources and its ELF file, so that no number
// of the kernel is repeated in TypeScript.

import { elfSymbolTable, recordLayouts } from '@ring0/kbuild';
import type { RecordLayout } from '@ring0/kbuild';

export interface SystemCallFact {
  readonly name: string;
  /** One letter for each argument; kernel/include/uapi/syscall.tbl says what they mean. */
  readonly arguments: string;
}

export interface KernelFacts {
  /** Virtual addresses. */
  readonly symbols: Readonly<Record<string, number>>;
  readonly structures: Readonly<Record<string, RecordLayout>>;
  /** By number. */
  readonly systemCalls: Readonly<Record<string, SystemCallFact>>;
}

interface Inputs {
  readonly kernel: Uint8Array;
  /** As an #include names them. */
  readonly headers: readonly string[];
  readonly flags: readonly string[];
  readonly readFile: (path: string) => Uint8Array | undefined;
}

/** A unit that declares every structure of the kernel's headers that has a name: pointers to them reach the rest. */
function probe(headers: readonly string[], structures: readonly string[]): string {
  const includes = headers.map((header) => `#include <${header}>\n`);
  const pointers = structures.map((tag) => `extern struct ${tag} *probe_${tag};\n`);
  return [...includes, ...pointers].join('');
}

/** Tags of the structures that the text of a header defines. */
function definedTags(text: string): string[] {
  return [...text.matchAll(/^struct (\w+) \{/gm)].map((match) => match[1] ?? '');
}

function systemCalls(table: string): Record<string, SystemCallFact> {
  const rows = [...table.matchAll(/^SYSCALL\((\d+), (\w+), "([^"]*)"\)/gm)];
  return Object.fromEntries(
    rows.map(([, number = '', name = '', letters = '']) => [number, { name, arguments: letters }]),
  );
}

/** The JSON, as bytes that depend on the inputs only. */
export async function kernelFacts({
  kernel,
  headers,
  flags,
  readFile,
}: Inputs): Promise<Uint8Array> {
  const text = (path: string) => Buffer.from(readFile(path) ?? []).toString();
  const tags = headers.flatMap((header) => definedTags(text(`kernel/include/${header}`)));
  const facts: KernelFacts = {
    symbols: elfSymbolTable(kernel),
    structures: await recordLayouts(Buffer.from(probe(headers, tags)), flags, readFile),
    systemCalls: systemCalls(text('kernel/include/uapi/syscall.tbl')),
  };
  return Buffer.from(`${JSON.stringify(facts, null, 1)}\n`);
}
