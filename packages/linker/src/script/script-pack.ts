// The default scripts ready parsed, as text: a command that starts anew for each link need not
// make the parser of scripts for the script that everybody uses (a tenth of the time of linking a
// small static program). JSON, in which a number of 64 bits is {"n":"0x1000"} and a place in the
// script {"at":[from,to]}.

import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import { latin1Bytes } from '@ring0/bytes';
import { defaultScript } from './default-script.ts';
import { readOptions } from '../options.ts';
import { relocatableScript } from './relocatable-script.ts';
import { parseScript } from './script-parser.ts';
import type { Script } from './script-syntax.ts';

export interface PackedScript {
  /** The script itself. */
  readonly text: string;
  /** What `unpackScript` takes. */
  readonly packed: string;
}

/** Options that choose among the default scripts, the usual ways of linking. */
const usual = [[], ['-pie'], ['-shared']].flatMap((kind) => [kind, [...kind, '-z', 'now']]);

/** The scripts of the usual ways of linking. */
export function packedScripts(): PackedScript[] {
  const texts = usual.map((words) => defaultScript(readOptions(words, new DiagnosticList())));
  return [...new Set([...texts, relocatableScript()])].map((text) => {
    const source = new SourceFile('the default script', latin1Bytes(text));
    const script = parseScript(source, new DiagnosticList(), () => undefined);
    return { text, packed: pack(script) };
  });
}

function pack(script: Script): string {
  return JSON.stringify(script, (_, value: unknown) => {
    if (typeof value === 'bigint') return { n: String(value) };
    return isSpan(value) ? { at: [value.start, value.end] } : value;
  });
}

interface Place {
  readonly start: number;
  readonly end: number;
}

const isSpan = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && 'file' in value && 'start' in value;

/** The script that `packed` was made of; `source` is its text. */
export function unpackScript(packed: string, source: SourceFile): Script {
  const script: Script = JSON.parse(packed);
  restore(script, source);
  return script;
}

/** Puts places and long numbers back where they were. */
function restore(node: object, file: SourceFile): void {
  const fields = node as Record<string, unknown>;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value !== 'object' || value === null) continue;
    if ('at' in value && Array.isArray(value.at)) {
      fields[key] = { file, start: value.at[0], end: value.at[1] };
    } else if ('n' in value && typeof value.n === 'string') fields[key] = BigInt(value.n);
    else restore(value, file);
  }
}
