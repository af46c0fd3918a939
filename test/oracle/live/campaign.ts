// Random edits of a source that a `LiveAssembly` follows: after each its result is compared with
// that of a whole assembly: object bytes, symbols, diagnostics.

import { LiveAssembly, assemble, formatJson, writeElf } from '@ring0/assembler';
import type { AssembleOptions, AssembleResult } from '@ring0/assembler';

export interface LiveResult {
  readonly edits: number;
  /** Edits after which the source had mistakes. */
  readonly mistaken: number;
  /** Edits that were taken by their lines alone; and those with layout and writing done again. */
  readonly parts: number;
  readonly moves: number;
  readonly divergences: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

function said({ object, symbols, diagnostics, printed, files }: AssembleResult): string {
  const bytes = object && Buffer.from(writeElf(object)).toString('base64');
  const names = symbols.map((symbol) => Object.values(symbol).join());
  return JSON.stringify([bytes, names, formatJson(diagnostics), printed, files]);
}

const registers = ['%eax', '%ecx', '%edx', '%ebx', '%esi', '%edi'];
const words = ['addl', 'subl', 'movl', 'je', 'jne', 'jl', 'call', 'cmpl', 'pushl'];
const letters = ['x', ' ', '\n', '$', '%', '(', ',', '1', '"', ';', '#'];
const statements = [
  'nop',
  'movl $1, %eax',
  'call memcpy',
  'call another',
  'call another@PLT',
  'leal another@GOTOFF(%ebx), %eax',
  'movl datum, %eax',
  '.Lother: nop',
  '1: jmp 1b',
  'rep',
  '.long 1, 2',
  '.string "a b"',
  '.p2align 4',
  '.set datum, 5',
  '.text',
  '.section .rodata',
  '.previous',
  '.pushsection .data',
  '.popsection',
  '.code16',
  '.intel_syntax noprefix',
  '.macro movl a, b\n.endm',
  '.if 1',
  '.endif',
  '.rept 2',
  '.endr',
  '.cfi_remember_state',
  '.globl datum',
  '# words',
  '/*',
  '*/',
];

class Editor {
  private state: number;
  text: string;

  constructor(text: string, seed: number) {
    this.text = text;
    this.state = seed;
  }

  below(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** A line's first byte and the one behind its newline. */
  private line(): readonly [number, number] {
    const { text } = this;
    const start = text.lastIndexOf('\n', this.below(text.length) - 1) + 1;
    const end = text.indexOf('\n', start) + 1;
    return [start, end === 0 ? text.length : end];
  }

  /** One of the matches in that line replaced. */
  private replaced(start: number, end: number, what: RegExp, by: string): Edit | undefined {
    const found = [...this.text.slice(start, end).matchAll(what)];
    if (found.length === 0) return undefined;
    const match = this.one(found);
    const at = start + match.index;
    return { start: at, end: at + match[0].length, text: by };
  }

  next(): Edit {
    const { text } = this;
    const [start, end] = this.line();
    const other = text.slice(...this.line());
    const at = start + this.below(end - start);
    const number = String(this.below(this.below(2) === 0 ? 100 : 100_000));
    const labels = [...text.slice(start, start + 20_000).matchAll(/^(\.L\w+|\w+):/gm)];
    const label = labels.length > 0 ? this.one(labels)[1] : 'nowhere';
    const choices: readonly (() => Edit | undefined)[] = [
      () => this.replaced(start, end, /%e(ax|cx|dx|bx|si|di)/g, this.one(registers)),
      () => this.replaced(start, end, /%e(ax|cx|dx|bx|si|di)/g, this.one(registers)),
      () => this.replaced(start, end, /\b\d+/g, number),
      () => this.replaced(start, end, /\.L\w+/g, label),
      () => this.replaced(start, end, /(?<=^\t)[a-z]+/g, this.one(words)),
      () => this.replaced(start, end, /(?<=^\tj)[a-z]+/g, this.one(['e', 'ne', 'l', 'a', 'mp'])),
      () => ({ start, end, text: '' }),
      () => ({ start, end, text: other }),
      () => ({ start: end, end, text: text.slice(start, end) }),
      () => ({ start, end: start, text: `\t${this.one(statements)}\n` }),
      () => ({ start: at, end: at, text: this.one(letters) }),
      () => ({ start: at, end: at + 1, text: '' }),
    ];
    return this.one(choices)() ?? { start, end: start, text: '\tincl\t%eax\n' };
  }

  apply({ start, end, text }: Edit): Edit {
    const before = this.text;
    this.text = before.slice(0, start) + text + before.slice(end);
    return { start, end: start + text.length, text: before.slice(start, end) };
  }
}

/** Most edits are taken back after a while, so that the source stays one. */
export function liveCampaign(
  source: string,
  { seed, edits, options = {} }: { seed: number; edits: number; options?: AssembleOptions },
): LiveResult {
  const editor = new Editor(source, seed);
  const live = new LiveAssembly(bytesOf(source), options);
  const back: Edit[] = [];
  const divergences: string[] = [];
  let mistaken = 0;
  let isMistaken = false;
  for (let i = 0; i < edits; i++) {
    const isUndone = isMistaken ? editor.below(10) < 8 : editor.below(4) === 0;
    const undone = isUndone ? back.pop() : undefined;
    const edit = undone ?? editor.next();
    const undo = editor.apply(edit);
    if (!undone) back.push(undo);
    const text = bytesOf(editor.text);
    const found =
      editor.below(2) === 0 ? live.edit({ ...edit, text: bytesOf(edit.text) }) : live.update(text);
    const whole = assemble(text, options);
    isMistaken = whole.diagnostics.length > 0;
    if (isMistaken) mistaken++;
    else if (editor.below(8) === 0) back.length = 0;
    if (said(found) !== said(whole)) divergences.push(`edit ${i}: ${JSON.stringify(edit)}`);
  }
  const { parts, moves } = live.counts;
  return { edits, mistaken, parts, moves, divergences };
}
