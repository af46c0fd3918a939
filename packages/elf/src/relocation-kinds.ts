// Relocation kinds, one table per machine. Sources: i386 psABI 1.1 table 4.9, x86-64 psABI 1.0
// table 4.9.

import { machine } from './constants.ts';

/**
 * What a relocation computes, in the letters of the psABI: S symbol, A addend, P place, G GOT
 * offset, ..
 */
export type RelocationFormula =
  | 'none'
  | 'S+A'
  | 'S+A-P'
  | 'G+A'
  | 'L+A-P'
  | 'S+A-GOT'
  | 'GOT+A-P'
  | 'B+A'
  | 'tls'
  | 'dynamic'
  | 'Z+A';

export interface RelocationKind {
  readonly type: number;
  /** `R_386_32`, .. */
  readonly name: string;
  /** Width of the field in bytes; 0 where the relocation changes nothing. */
  readonly size: number;
  readonly isPcRelative: boolean;
  readonly formula: RelocationFormula;
  /**
   * How a value that does not fit is judged: `either` takes signed or unsigned, as GNU's bitfield
   * check.
   */
  readonly overflow: 'none' | 'signed' | 'unsigned' | 'either';
}

/** A set of kinds for one machine. */
export interface RelocationTable {
  readonly machine: number;
  /** Addends lie in the section's bytes (SHT_REL). */
  readonly hasImplicitAddends: boolean;
  readonly byType: ReadonlyMap<number, RelocationKind>;
}

type Row = readonly [number, string, number, RelocationFormula, RelocationKind['overflow']];

const i386Rows: readonly Row[] = [
  [0, 'R_386_NONE', 0, 'none', 'none'],
  [1, 'R_386_32', 4, 'S+A', 'none'],
  [2, 'R_386_PC32', 4, 'S+A-P', 'none'],
  [3, 'R_386_GOT32', 4, 'G+A', 'none'],
  [4, 'R_386_PLT32', 4, 'L+A-P', 'none'],
  [5, 'R_386_COPY', 4, 'dynamic', 'none'],
  [6, 'R_386_GLOB_DAT', 4, 'dynamic', 'none'],
  [7, 'R_386_JUMP_SLOT', 4, 'dynamic', 'none'],
  [8, 'R_386_RELATIVE', 4, 'B+A', 'none'],
  [9, 'R_386_GOTOFF', 4, 'S+A-GOT', 'none'],
  [10, 'R_386_GOTPC', 4, 'GOT+A-P', 'none'],
  [14, 'R_386_TLS_TPOFF', 4, 'tls', 'none'],
  [15, 'R_386_TLS_IE', 4, 'tls', 'none'],
  [16, 'R_386_TLS_GOTIE', 4, 'tls', 'none'],
  [17, 'R_386_TLS_LE', 4, 'tls', 'none'],
  [18, 'R_386_TLS_GD', 4, 'tls', 'none'],
  [19, 'R_386_TLS_LDM', 4, 'tls', 'none'],
  [20, 'R_386_16', 2, 'S+A', 'either'],
  [21, 'R_386_PC16', 2, 'S+A-P', 'either'],
  [22, 'R_386_8', 1, 'S+A', 'either'],
  [23, 'R_386_PC8', 1, 'S+A-P', 'signed'],
  [32, 'R_386_TLS_LDO_32', 4, 'tls', 'none'],
  [33, 'R_386_TLS_IE_32', 4, 'tls', 'none'],
  [34, 'R_386_TLS_LE_32', 4, 'tls', 'none'],
  [35, 'R_386_TLS_DTPMOD32', 4, 'tls', 'none'],
  [36, 'R_386_TLS_DTPOFF32', 4, 'tls', 'none'],
  [37, 'R_386_TLS_TPOFF32', 4, 'tls', 'none'],
  [38, 'R_386_SIZE32', 4, 'Z+A', 'unsigned'],
  [39, 'R_386_TLS_GOTDESC', 4, 'tls', 'none'],
  [40, 'R_386_TLS_DESC_CALL', 0, 'none', 'none'],
  [41, 'R_386_TLS_DESC', 4, 'tls', 'none'],
  [42, 'R_386_IRELATIVE', 4, 'dynamic', 'none'],
  [43, 'R_386_GOT32X', 4, 'G+A', 'none'],
];

const x86_64Rows: readonly Row[] = [
  [0, 'R_X86_64_NONE', 0, 'none', 'none'],
  [1, 'R_X86_64_64', 8, 'S+A', 'none'],
  [2, 'R_X86_64_PC32', 4, 'S+A-P', 'signed'],
  [3, 'R_X86_64_GOT32', 4, 'G+A', 'signed'],
  [4, 'R_X86_64_PLT32', 4, 'L+A-P', 'signed'],
  [5, 'R_X86_64_COPY', 4, 'dynamic', 'none'],
  [6, 'R_X86_64_GLOB_DAT', 8, 'dynamic', 'none'],
  [7, 'R_X86_64_JUMP_SLOT', 8, 'dynamic', 'none'],
  [8, 'R_X86_64_RELATIVE', 8, 'B+A', 'none'],
  [9, 'R_X86_64_GOTPCREL', 4, 'G+A', 'signed'],
  [10, 'R_X86_64_32', 4, 'S+A', 'unsigned'],
  [11, 'R_X86_64_32S', 4, 'S+A', 'signed'],
  [12, 'R_X86_64_16', 2, 'S+A', 'either'],
  [13, 'R_X86_64_PC16', 2, 'S+A-P', 'either'],
  [14, 'R_X86_64_8', 1, 'S+A', 'either'],
  [15, 'R_X86_64_PC8', 1, 'S+A-P', 'signed'],
  [22, 'R_X86_64_GOTTPOFF', 4, 'tls', 'signed'],
  [23, 'R_X86_64_TPOFF32', 4, 'tls', 'signed'],
  [24, 'R_X86_64_PC64', 8, 'S+A-P', 'none'],
  [25, 'R_X86_64_GOTOFF64', 8, 'S+A-GOT', 'none'],
  [26, 'R_X86_64_GOTPC32', 4, 'GOT+A-P', 'signed'],
  [37, 'R_X86_64_IRELATIVE', 8, 'dynamic', 'none'],
  [41, 'R_X86_64_GOTPCRELX', 4, 'G+A', 'signed'],
  [42, 'R_X86_64_REX_GOTPCRELX', 4, 'G+A', 'signed'],
];

function table(id: number, hasImplicitAddends: boolean, rows: readonly Row[]): RelocationTable {
  const byType = new Map<number, RelocationKind>();
  for (const [type, name, size, formula, overflow] of rows) {
    byType.set(type, {
      type,
      name,
      size,
      isPcRelative: formula.endsWith('-P'),
      formula,
      overflow,
    });
  }
  return { machine: id, hasImplicitAddends, byType };
}

const tables: readonly RelocationTable[] = [
  table(machine.i386, true, i386Rows),
  table(machine.iamcu, true, i386Rows),
  table(machine.x86_64, false, x86_64Rows),
];

/** The relocation kinds of a machine (e_machine); undefined for machines without a table here. */
export function relocationTable(id: number): RelocationTable | undefined {
  return tables.find((candidate) => candidate.machine === id);
}

/** R_386_ numbers by the psABI's name without its prefix, such as `i386.PC32`. */
export const i386 = {
  NONE: 0,
  32: 1,
  PC32: 2,
  GOT32: 3,
  PLT32: 4,
  COPY: 5,
  GLOB_DAT: 6,
  JUMP_SLOT: 7,
  RELATIVE: 8,
  GOTOFF: 9,
  GOTPC: 10,
  TLS_TPOFF: 14,
  TLS_IE: 15,
  TLS_GOTIE: 16,
  TLS_LE: 17,
  TLS_GD: 18,
  TLS_LDM: 19,
  16: 20,
  PC16: 21,
  8: 22,
  PC8: 23,
  TLS_LDO_32: 32,
  TLS_IE_32: 33,
  TLS_LE_32: 34,
  TLS_DTPMOD32: 35,
  TLS_DTPOFF32: 36,
  TLS_TPOFF32: 37,
  SIZE32: 38,
  TLS_GOTDESC: 39,
  TLS_DESC_CALL: 40,
  TLS_DESC: 41,
  IRELATIVE: 42,
  GOT32X: 43,
} as const;

/** Kinds that files may name though nothing here applies them. */
const otherNames: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  [machine.i386]: {
    11: 'R_386_32PLT',
    24: 'R_386_TLS_GD_32',
    25: 'R_386_TLS_GD_PUSH',
    26: 'R_386_TLS_GD_CALL',
    27: 'R_386_TLS_GD_POP',
    28: 'R_386_TLS_LDM_32',
    29: 'R_386_TLS_LDM_PUSH',
    30: 'R_386_TLS_LDM_CALL',
    31: 'R_386_TLS_LDM_POP',
    200: 'R_386_USED_BY_INTEL_200',
    250: 'R_386_GNU_VTINHERIT',
    251: 'R_386_GNU_VTENTRY',
  },
  [machine.x86_64]: {
    16: 'R_X86_64_DTPMOD64',
    17: 'R_X86_64_DTPOFF64',
    18: 'R_X86_64_TPOFF64',
    19: 'R_X86_64_TLSGD',
    20: 'R_X86_64_TLSLD',
    21: 'R_X86_64_DTPOFF32',
    27: 'R_X86_64_GOT64',
    28: 'R_X86_64_GOTPCREL64',
    29: 'R_X86_64_GOTPC64',
    30: 'R_X86_64_GOTPLT64',
    31: 'R_X86_64_PLTOFF64',
    32: 'R_X86_64_SIZE32',
    33: 'R_X86_64_SIZE64',
    34: 'R_X86_64_GOTPC32_TLSDESC',
    35: 'R_X86_64_TLSDESC_CALL',
    36: 'R_X86_64_TLSDESC',
    38: 'R_X86_64_RELATIVE64',
    250: 'R_X86_64_GNU_VTINHERIT',
    251: 'R_X86_64_GNU_VTENTRY',
  },
};

/** The psABI's name of a relocation's type; undefined where a machine has no such type. */
export function relocationName(id: number, type: number): string | undefined {
  return relocationTable(id)?.byType.get(type)?.name ?? otherNames[id]?.[type];
}
