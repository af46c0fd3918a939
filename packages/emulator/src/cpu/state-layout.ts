// Where a CPU's state lies: 32-bit word offsets from the start of the CPU's area, which is CPU_AREA_BYTES long and
// starts at cpu * CPU_AREA_BYTES of the machine's one WebAssembly.Memory. `CPU_FIELDS` lists what is architectural:
// snapshots, the state hash and register access read it. Words that are in no row (LEFT) are scratch of a running slice.

export const CPU_AREA_BYTES = 4096;

/** EAX ECX EDX EBX ESP EBP ESI EDI, as encodings number them. */
export const EAX = 0;
export const ECX = 1;
export const EDX = 2;
export const EBX = 3;
export const ESP = 4;
export const EBP = 5;
export const ESI = 6;
export const EDI = 7;
/** Always zero: the base or index that an address does not have. */
export const ZERO = 8;
export const EIP = 9;
/** Lazy flags: kind | (32 - operand bits) << 8, first operand, result; kind 0: EFLAGS holds all. See flags.ts. */
export const FLAG_KIND = 10;
export const FLAG_A = 11;
export const FLAG_R = 12;
export const EFLAGS = 13;
export const CPL = 14;
/** See ACTIVITY_*. */
export const ACTIVITY = 15;
/** Interrupts are held back for one instruction, after STI and loads of SS. */
export const INHIBIT = 16;
export const INTR = 17;
export const NMI_PENDING = 18;
/** An NMI handler runs: further NMIs wait for IRET. */
export const NMI_BLOCKED = 19;
/** Ticks left in the running slice, the current instruction already paid. Not architectural. */
export const LEFT = 20;
/** DR6 bits of data breakpoints met by the current instruction; reported as a trap after it. */
export const DEBUG_HITS = 21;
/** An x87 exception is pending and CR0.NE is clear: the FERR pin. */
export const FERR = 22;

/** Eight each: ES CS SS DS FS GS LDTR TR. */
export const SELECTOR = 24;
export const SEGMENT_BASE = 32;
export const SEGMENT_LIMIT = 40;
/** Bits 8..23 of a descriptor's second dword, the limit's bits cleared: type, S, DPL, P, AVL, D/B, G. 0: unusable. */
export const SEGMENT_ATTRIBUTES = 48;
export const GDT_BASE = 56;
export const GDT_LIMIT = 57;
export const IDT_BASE = 58;
export const IDT_LIMIT = 59;
export const CR0 = 60;
export const CR2 = 61;
export const CR3 = 62;
export const CR4 = 63;
/** DR0..DR7; 4 and 5 are unused. */
export const DR0 = 64;
export const DR6 = 70;
export const DR7 = 71;

export const FPU_CONTROL = 72;
export const FPU_STATUS = 73;
/** Bit n set: physical register n is empty. */
export const FPU_EMPTY = 74;
export const FPU_IP = 75;
export const FPU_CS = 76;
export const FPU_DP = 77;
export const FPU_DS = 78;
export const FPU_OPCODE = 79;
/** Eight physical registers of four words: mantissa low, mantissa high, sign and exponent, unused. */
export const FPU_REGISTER = 80;

/** As 64-bit floats, exact to 2^53. */
export const TICK = 112;
export const TSC_OFFSET = 114;
// Words 128..159 are kept for XMM0..7, which this CPU model does not have.

export const ACTIVITY_RUNNING = 0;
export const ACTIVITY_HALTED = 1;
/** An application processor before its start-up interrupt. */
export const ACTIVITY_PARKED = 2;
export const ACTIVITY_SHUTDOWN = 3;

export const ES = 0;
export const CS = 1;
export const SS = 2;
export const DS = 3;
export const FS = 4;
export const GS = 5;
export const LDTR = 6;
export const TR = 7;

export interface CpuField {
  readonly name: string;
  /** In words. */
  readonly offset: number;
  readonly type: 'u32' | 'f64';
}

const GENERAL = ['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi'];
const SEGMENTS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs', 'ldtr', 'tr'];

function words(names: readonly string[], offset: number, suffix = ''): CpuField[] {
  return names.map((name, i) => ({ name: name + suffix, offset: offset + i, type: 'u32' }));
}

function fpuRegisters(): CpuField[] {
  const fields: CpuField[] = [];
  for (let i = 0; i < 8; i++) {
    fields.push(...words(['low', 'high', 'exponent'], FPU_REGISTER + i * 4).map(named));
    function named(field: CpuField): CpuField {
      return { ...field, name: `fpr${i}.${field.name}` };
    }
  }
  return fields;
}

/** All architectural state of one CPU but its TLB. `eflags` is written with the lazy flags computed. */
export const CPU_FIELDS: readonly CpuField[] = [
  ...words(GENERAL, EAX),
  ...words(['eip'], EIP),
  ...words(['eflags', 'cpl', 'activity', 'inhibit', 'intr'], EFLAGS),
  ...words(['nmiPending', 'nmiBlocked'], NMI_PENDING),
  ...words(['debugHits', 'ferr'], DEBUG_HITS),
  ...words(SEGMENTS, SELECTOR),
  ...words(SEGMENTS, SEGMENT_BASE, '.base'),
  ...words(SEGMENTS, SEGMENT_LIMIT, '.limit'),
  ...words(SEGMENTS, SEGMENT_ATTRIBUTES, '.attributes'),
  ...words(['gdtr.base', 'gdtr.limit', 'idtr.base', 'idtr.limit'], GDT_BASE),
  ...words(['cr0', 'cr2', 'cr3', 'cr4'], CR0),
  ...words(['dr0', 'dr1', 'dr2', 'dr3'], DR0),
  ...words(['dr6', 'dr7'], DR6),
  ...words(['fcw', 'fsw', 'fpuEmpty', 'fip', 'fcs', 'fdp', 'fds', 'fop'], FPU_CONTROL),
  ...fpuRegisters(),
  { name: 'tick', offset: TICK, type: 'f64' },
  { name: 'tscOffset', offset: TSC_OFFSET, type: 'f64' },
];
