// What GNU as knows about sections by their names, and the letters of `.section`.

import type { Assembly } from './assembly.ts';
import type { Section, SectionAttributes, Subsection } from './sections.ts';

const kinds: Readonly<Record<string, number>> = {
  progbits: 1,
  note: 7,
  nobits: 8,
  init_array: 14,
  fini_array: 15,
  preinit_array: 16,
};

const letters: Readonly<Record<string, number>> = {
  a: 2,
  w: 1,
  x: 4,
  M: 0x10,
  S: 0x20,
  G: 0x200,
  T: 0x400,
  o: 0x80,
  e: 0x80000000,
  R: 0x200000,
  d: 0x1000000,
};

/** (prefix, type, flags); a name matches the prefix alone or followed by a dot. */
const special: readonly (readonly [string, number, number])[] = [
  ['.text', 1, 6],
  ['.data', 1, 3],
  ['.data1', 1, 3],
  ['.bss', 8, 3],
  ['.rodata', 1, 2],
  ['.rodata1', 1, 2],
  ['.init', 1, 6],
  ['.fini', 1, 6],
  ['.plt', 1, 6],
  ['.init_array', 14, 3],
  ['.fini_array', 15, 3],
  ['.preinit_array', 16, 3],
  ['.tdata', 1, 0x403],
  ['.tbss', 8, 0x403],
  ['.ctors', 1, 3],
  ['.dtors', 1, 3],
  ['.jcr', 1, 3],
  ['.got', 1, 3],
  ['.eh_frame', 1, 2],
  ['.gcc_except_table', 1, 2],
  ['.comment', 1, 0x30],
  ['.debug_str', 1, 0x30],
  ['.debug_line_str', 1, 0x30],
  ['.note', 7, 0],
  ['.gnu.linkonce.t', 1, 6],
  ['.gnu.linkonce.d', 1, 3],
  ['.gnu.linkonce.b', 8, 3],
  ['.gnu.linkonce.r', 1, 2],
];

const mergedByte = new Set(['.comment', '.debug_str', '.debug_line_str']);

function defaults(name: string): { type: number; flags: number } {
  if (name === '.note.GNU-stack') return { type: 1, flags: 0 };
  for (const [prefix, type, flags] of special) {
    if (name === prefix || name.startsWith(`${prefix}.`)) return { type, flags };
  }
  return { type: 1, flags: 0 };
}

export interface SectionRequest {
  readonly flags?: string | undefined;
  readonly type?: string | undefined;
  readonly entrySize?: number | undefined;
  readonly group?: string | undefined;
  readonly isComdat?: boolean | undefined;
  readonly link?: string | undefined;
  readonly unique?: number | undefined;
}

function flagBits(assembly: Assembly, text: string): number {
  let bits = 0;
  for (const letter of text) {
    if (letter === '?') continue;
    const bit = letters[letter];
    if (bit === undefined) {
      assembly.error(
        'A0308',
        `'${letter}' is no section flag; known are ${Object.keys(letters).join('')}`,
      );
    } else bits |= bit;
  }
  return bits >>> 0;
}

function sectionKind(assembly: Assembly, text: string): number | undefined {
  const known = kinds[text];
  if (known !== undefined) return known;
  if (/^0x[0-9a-f]+$|^\d+$/i.test(text)) return Number(text);
  assembly.warning(
    'A0309',
    `'@${text}' is no section type; known are ${Object.keys(kinds).join(', ')}`,
  );
  return undefined;
}

/** Arrays of pointers have entries of four bytes, whatever the source says. */
function entrySizeOf(name: string, type: number, isPlain: boolean): number {
  if (type >= 14 && type <= 16) return 4;
  return isPlain && mergedByte.has(name) ? 1 : 0;
}

/** A section's attributes are those of its first mention; the three that always exist only warn. */
function checkSame(
  assembly: Assembly,
  old: Section,
  bits: number | undefined,
  type: number | undefined,
  entrySize: number | undefined,
): void {
  const { name } = old;
  if (entrySize !== undefined && entrySize !== old.entrySize) {
    assembly.error('A0320', `section '${name}' has entries of ${old.entrySize} bytes already`);
  }
  const isStandard = old === assembly.text || old === assembly.data || old === assembly.bss;
  const report = (code: string, message: string) =>
    isStandard ? assembly.warning(code, message) : assembly.error(code, message);
  if (bits !== undefined && (bits & ~0x200) !== old.flags) {
    report('A0310', `section '${name}' has other flags already`);
  }
  if (type !== undefined && type !== old.type) {
    report('A0311', `section '${name}' has another type already`);
  }
}

/** The section of that name, made where it is new; its attributes are checked where it is not. */
export function requestSection(
  assembly: Assembly,
  name: string,
  request: SectionRequest,
): Subsection {
  let { group } = request;
  let { isComdat } = request;
  if (request.flags?.includes('?')) {
    const now = assembly.current.section;
    if (now.group !== undefined) [group, isComdat] = [now.group, now.isComdat];
  }
  const usual = defaults(name);
  const bits = request.flags === undefined ? undefined : flagBits(assembly, request.flags);
  const type = request.type === undefined ? undefined : sectionKind(assembly, request.type);
  const old = request.unique === undefined ? assembly.findSection(name, group) : undefined;
  if (old) {
    checkSame(assembly, old, bits, type, request.entrySize);
    return old.subsections.find((sub) => sub.number === 0) ?? old.subsection(0);
  }
  const attributes: SectionAttributes = {
    type: type ?? usual.type,
    flags: bits === undefined ? usual.flags : bits & ~0x200,
    entrySize: request.entrySize ?? entrySizeOf(name, type ?? usual.type, bits === undefined),
    group,
    isComdat,
    link: request.link,
    unique: request.unique,
  };
  return assembly.section(name, attributes).subsection(0);
}
