// Words of other assemblers' syntax (NASM, MASM) that people bring along, and what GNU's is instead.

/** The word in lower case, and what to write for it. */
const rows: Readonly<Record<string, string>> = {
  db: 'bytes are written .byte 1, 2 and strings .ascii "text"',
  dw: '16-bit numbers are written .word 0xaa55',
  dd: '32-bit numbers are written .long 1, 2',
  dq: '64-bit numbers are written .quad 1, 2',
  resb: 'room is made by .skip 100',
  resw: 'room is made by .skip 2 * 100',
  resd: 'room is made by .skip 4 * 100',
  times: 'repetitions are written .fill 10, 1, 0; room up to an offset .org 510',
  org: "'.org 0x7c00' would fill 0x7c00 bytes; the address is given to the linker: -Ttext 0x7c00",
  bits: '16-bit code begins with .code16, 32-bit code with .code32',
  use16: '16-bit code begins with .code16',
  use32: '32-bit code begins with .code32',
  section: 'sections are written .section .data, or .text, .data and .bss alone',
  segment: 'sections are written .section .data, or .text, .data and .bss alone',
  global: 'a symbol is made global by .globl name',
  public: 'a symbol is made global by .globl name',
  extern: 'what is not defined here is external without being declared',
  equ: 'constants are written name = 5, or .set name, 5',
  ptr: 'sizes are suffixes in AT&T syntax: movl $5, (%ebx) for mov dword ptr [ebx], 5',
  byte: 'sizes are suffixes in AT&T syntax: movb $5, (%ebx) for mov byte [ebx], 5',
  word: 'sizes are suffixes in AT&T syntax: movw $5, (%ebx) for mov word [ebx], 5',
  dword: 'sizes are suffixes in AT&T syntax: movl $5, (%ebx) for mov dword [ebx], 5',
  offset: 'the address of a symbol is written $symbol',
  '/': 'a comment begins with # or stands between /* and */',
  '%define': 'constants are written name = 5; files named .S go through the C preprocessor',
  '%include': 'files are included by .include "file"',
};

/** Those that belong to Intel syntax. */
const intelWords: ReadonlySet<string> = new Set(['ptr', 'byte', 'word', 'dword', 'offset']);

export const semicolonNote = "';' begins a new statement; a comment begins with '#'";

/** A remark for the first of `words` that belongs to another syntax; none otherwise. */
export function foreignWords(words: readonly string[], isIntel = false): string[] {
  for (const word of words) {
    const key = word.toLowerCase();
    if (isIntel && intelWords.has(key)) continue;
    if (Object.hasOwn(rows, key)) return [rows[key]];
  }
  return [];
}

/** What other assemblers' words are alone, with the same arguments behind them. */
const directives: Readonly<Record<string, string>> = {
  db: '.byte',
  dw: '.word',
  dd: '.long',
  dq: '.quad',
  section: '.section',
  segment: '.section',
  global: '.globl',
  public: '.globl',
  extern: '.extern',
};

/** The directive that says the same with the same arguments, which are `rest`. */
export function foreignDirective(word: string, rest: string): string | undefined {
  const key = word.toLowerCase();
  if (!Object.hasOwn(directives, key)) return undefined;
  if (key[0] === 'd' && /["']/.test(rest)) {
    return key === 'db' && /^\s*"[^"]*"\s*$/.test(rest) ? '.ascii' : undefined;
  }
  return directives[key];
}
