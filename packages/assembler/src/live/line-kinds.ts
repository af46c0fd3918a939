// What a line of source can do, by its letters alone. Lines of `code` and `data` put bytes where they
// stand and nothing else, so that they can be assembled by themselves; those of `silent` put none;
// `other` ones may do anything. A text is `steered` where something decides which lines are read.

export type LineKind = 'none' | 'code' | 'data' | 'silent' | 'other';

/** A line that chooses how those behind it are read: `.code16`, `.intel_syntax`, `.arch`. */
export interface ModeLine {
  start: number;
  readonly text: string;
}

const word = /^[ \t]*([A-Za-z][\w.]*|\.[A-Za-z_]\w*)(?:[ \t]+(.*))?$/;
const plainOperands = /^[\w.$%(),*+\-@:[\] \t&|^~<>]*(?:#.*)?$/;
const nothing = /^[ \t]*(?:#(?![ \t]*(?:\d|line|APP|NO_APP)).*)?$/;
/** `1f`, which counts labels. */
const numbered = /(?<![\w.$@])\d+[bf]\b/i;
const quoted = /^"(?:[^"\\]|\\.)*"[ \t]*$/;
/** Alone in a line they may belong to the next one. */
const prefixes = /^(rep\w*|lock|data\d+|addr\d+|[c-g]s|ss|bnd|notrack|xacquire|xrelease|wait)$/i;
const numbers =
  /^\.(byte|value|short|word|hword|2byte|int|long|4byte|quad|8byte|zero|skip|space|p2align|align|balign)$/;
const strings = /^\.(string|ascii|asciz)$/;
const silent = /^\.(cfi_(?!sections)\w+|loc|type|size|globl|global|hidden|local|weak|comm|ident)$/;

export function kindOfLine(line: string): LineKind {
  if (nothing.test(line)) return 'none';
  const found = word.exec(line);
  if (!found || line.includes('/*') || line.includes('*/')) return 'other';
  const [, name, rest = ''] = found;
  if (silent.test(name)) return rest.includes(';') ? 'other' : 'silent';
  if (strings.test(name)) return quoted.test(rest) ? 'data' : 'other';
  if (!plainOperands.test(rest) || numbered.test(rest) || rest.startsWith(':')) return 'other';
  if (name.startsWith('.')) return numbers.test(name) ? 'data' : 'other';
  return prefixes.test(name) && /^(#|$)/.test(rest) ? 'other' : 'code';
}

const modes =
  '.code16 .code16gcc .code32 .code64 .att_syntax .intel_syntax .att_mnemonic .intel_mnemonic .arch ' +
  '.allow_index_reg .disallow_index_reg .sse_check .operand_check';
const steering =
  '.macro .endm .purgem .mri .exitm .mexit .rept .rep .irp .irep .irpc .irepc .endr .include .end ' +
  '.else .elseif .elsec .endif .endc .altmacro .noaltmacro .abort .linefile .if .ifb .ifc .ifdef ' +
  '.ifeq .ifeqs .ifge .ifgt .ifle .iflt .ifnb .ifnc .ifndef .ifne .ifnes .ifnotdef .bundle_align_mode ' +
  '.bundle_lock .bundle_unlock .reloc .struct .offset .absolute .line .eqv';

function hashOf(letters: string): number {
  let hash = 0;
  for (let i = 1; i < letters.length; i++) hash = (hash * 31 + letters.charCodeAt(i)) | 0;
  return hash;
}

/** The words that matter, by their hashes; true: of a mode. */
function wordHashes(): ReadonlyMap<number, boolean> {
  return new Map([
    ...steering.split(' ').map((each) => [hashOf(each), false] as const),
    ...modes.split(' ').map((each) => [hashOf(each), true] as const),
  ]);
}

/** Where a statement may begin behind this byte. */
const isBefore = (byte: number): boolean =>
  byte === 9 || byte === 10 || byte === 32 || byte === 58 || byte === 59;

function isWordByte(byte: number): boolean {
  return (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte === 95;
}

const linesMax = 100;

/** The lines that choose how others are read; undefined where the text is steered. */
export function modeLines(bytes: Uint8Array): ModeLine[] | undefined {
  const found: ModeLine[] = [];
  const words = wordHashes();
  const { length } = bytes;
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== 46 || (at > 0 && !isBefore(bytes[at - 1]))) continue;
    let hash = 0;
    let end = at + 1;
    for (; end < length; end++) {
      let byte = bytes[end];
      if (byte >= 65 && byte <= 90) byte |= 32;
      if (!isWordByte(byte)) break;
      hash = (hash * 31 + byte) | 0;
    }
    const isMode = words.get(hash);
    if (isMode !== undefined) {
      const lineEnd = bytes.indexOf(10, at);
      const line = bytes.subarray(at, lineEnd < 0 ? length : lineEnd);
      if (!isMode || found.length === linesMax || line.includes(59)) return undefined;
      found.push({ start: at, text: `${String.fromCharCode(...line)}\n` });
    }
    at = end - 1;
  }
  return found;
}
