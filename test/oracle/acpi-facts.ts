// A reader of ACPI and MP tables in a dump of physical memory, written from the specifications and for the tests only:
// what the tables say as plain data, so that two firmwares can be compared.

export interface Table {
  readonly signature: string;
  readonly bytes: Buffer;
}

export interface TableFacts {
  /** RSDT's tables, and what the FADT points at. */
  readonly tables: readonly Table[];
  readonly processors: readonly { readonly apicId: number; readonly isEnabled: boolean }[];
  readonly lapicAddress: number;
  readonly ioApics: readonly { readonly address: number; readonly firstInterrupt: number }[];
  /** "irq>interrupt flags" */
  readonly overrides: readonly string[];
  /** "processor lint flags" of NMI sources. */
  readonly nmi: readonly string[];
  readonly power: Readonly<Record<string, number>>;
}

export interface MpFacts {
  readonly processors: readonly {
    readonly apicId: number;
    readonly isEnabled: boolean;
    readonly isBoot: boolean;
  }[];
  readonly lapicAddress: number;
  readonly ioApicAddresses: readonly number[];
  /** ISA interrupt to pin, INT entries only. */
  readonly isaPins: ReadonlyMap<number, number>;
  /** "kind lint" of local interrupts. */
  readonly local: readonly string[];
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => (total + byte) & 0xff, 0);
}

function checked(name: string, bytes: Buffer): Buffer {
  if (sum(bytes) !== 0) throw new Error(`${name}: the bytes sum to ${sum(bytes)}`);
  return bytes;
}

/** A structure on a 16-byte boundary in the EBDA's first KiB, base memory's last KiB or the BIOS area. */
function search(memory: Buffer, signature: string, length: number): Buffer {
  const ebda = memory.readUInt16LE(0x40e) * 16;
  const base = memory.readUInt16LE(0x413) * 1024;
  for (const [start, size] of [
    [ebda, 1024],
    [base - 1024, 1024],
    [0xe0000, 0x20000],
  ] as const) {
    for (let at = start; at < start + size; at += 16) {
      const bytes = memory.subarray(at, at + length);
      if (bytes.toString('latin1', 0, signature.length) === signature && sum(bytes) === 0) {
        return bytes;
      }
    }
  }
  throw new Error(`${signature} is nowhere`);
}

function tableAt(memory: Buffer, address: number): Table {
  const signature = memory.toString('latin1', address, address + 4);
  const bytes = memory.subarray(address, address + memory.readUInt32LE(address + 4));
  return { signature, bytes: signature === 'FACS' ? bytes : checked(signature, bytes) };
}

/** The ACPI 1.0 tables. Throws where one is not whole. */
export function readAcpi(memory: Buffer): TableFacts {
  const rsdt = tableAt(memory, search(memory, 'RSD PTR ', 20).readUInt32LE(16));
  const named: Table[] = [];
  for (let at = 36; at < rsdt.bytes.length; at += 4) {
    named.push(tableAt(memory, rsdt.bytes.readUInt32LE(at)));
  }
  const find = (signature: string): Buffer => {
    const table = named.find((each) => each.signature === signature);
    if (!table) throw new Error(`no ${signature}`);
    return table.bytes;
  };
  const fadt = find('FACP');
  const pointed = [36, 40].map((at) => tableAt(memory, fadt.readUInt32LE(at)));
  return {
    tables: [rsdt, ...named, ...pointed],
    ...readMadt(find('APIC')),
    power: {
      sci: fadt.readUInt16LE(46),
      event: fadt.readUInt32LE(56),
      control: fadt.readUInt32LE(64),
      timer: fadt.readUInt32LE(76),
      eventLength: fadt.readUInt8(88),
      controlLength: fadt.readUInt8(89),
      timerLength: fadt.readUInt8(91),
    },
  };
}

function readMadt(madt: Buffer): Omit<TableFacts, 'tables' | 'power'> {
  const processors = [];
  const ioApics = [];
  const overrides = [];
  const nmi = [];
  for (let at = 44; at < madt.length; at += madt.readUInt8(at + 1)) {
    const entry = madt.subarray(at, at + madt.readUInt8(at + 1));
    if (entry[0] === 0) {
      processors.push({
        apicId: entry.readUInt8(3),
        isEnabled: (entry.readUInt32LE(4) & 1) !== 0,
      });
    } else if (entry[0] === 1) {
      ioApics.push({ address: entry.readUInt32LE(4), firstInterrupt: entry.readUInt32LE(8) });
    } else if (entry[0] === 2) {
      overrides.push(`${entry[3]}>${entry.readUInt32LE(4)} ${entry.readUInt16LE(8)}`);
    } else if (entry[0] === 4) nmi.push(`${entry[2]} ${entry[5]} ${entry.readUInt16LE(3)}`);
    else throw new Error(`a MADT entry of type ${entry[0]}`);
  }
  return { processors, lapicAddress: madt.readUInt32LE(36), ioApics, overrides, nmi };
}

/** The MP configuration table. Throws where it is not whole. */
export function readMp(memory: Buffer): MpFacts {
  const address = search(memory, '_MP_', 16).readUInt32LE(4);
  const length = memory.readUInt16LE(address + 4);
  const table = checked('PCMP', memory.subarray(address, address + length));
  if (table.toString('latin1', 0, 4) !== 'PCMP') throw new Error('no PCMP');
  const processors = [];
  const ioApicAddresses = [];
  const isaPins = new Map<number, number>();
  const local = [];
  let isa = -1;
  let at = 44;
  for (let count = table.readUInt16LE(34); count > 0; count--) {
    const entry = table.subarray(at, at + (table[at] === 0 ? 20 : 8));
    const [type, second = 0, third = 0, fourth = 0, bus, irq = 0, , pin = 0] = entry;
    if (type === 0) {
      processors.push({
        apicId: second,
        isEnabled: (fourth & 1) !== 0,
        isBoot: (fourth & 2) !== 0,
      });
    } else if (type === 1 && entry.toString('latin1', 2, 5) === 'ISA') isa = second;
    else if (type === 2) ioApicAddresses.push(entry.readUInt32LE(4));
    else if (type === 3 && second === 0 && bus === isa) isaPins.set(irq, pin);
    else if (type === 4) local.push(`${second} ${pin}`);
    void third;
    at += entry.length;
  }
  if (at !== table.length) throw new Error(`entries end at ${at} of ${table.length}`);
  return { processors, lapicAddress: table.readUInt32LE(36), ioApicAddresses, isaPins, local };
}
