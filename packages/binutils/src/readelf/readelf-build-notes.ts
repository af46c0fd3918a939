// The notes by which compilers say how code was built (owner `GA`, section .gnu.build.attributes):
// an attribute in the owner's name, a region of code in the description.
// Source: the Watermark specification of the annobin project, "Toolchain/Watermark".

import { ByteReader, latin1Text } from '@ring0/bytes';
import { sectionType, symbolBinding, symbolType } from '@ring0/elf';
import { cutName } from './readelf-image.ts';
import type { ElfImage } from './readelf-image.ts';
import { hex } from '../text-sink.ts';

/** Attributes by number, and the kinds of value that they may have. */
const attributes: Readonly<Record<number, readonly [string, string]>> = {
  1: ['version', '$'],
  2: ['stack prot', '!+*'],
  3: ['relro', '!+'],
  4: ['stack size', '*'],
  5: ['tool', '$'],
  6: ['ABI', '$*'],
  7: ['PIC', '*'],
  8: ['short enum', '!+'],
};

const protections = ['off', 'on', 'all', 'strong', 'explicit'];
const positions = ['static', 'pic', 'PIC', 'pie', 'PIE'];
const labelWidth = 20;
const wideWidth = 28;

/** The first byte behind a zero from `at` on, or the end. */
function behindText(name: Uint8Array, at: number): number {
  const end = name.indexOf(0, at);
  return end < 0 ? name.length : end + 1;
}

interface Label {
  readonly text: string;
  readonly kind: string;
  readonly attribute: number;
  readonly valueAt: number;
}

function labelOf(image: ElfImage, name: Uint8Array): Label {
  const kind = String.fromCharCode(name[2] ?? 0);
  const attribute = name[3] ?? 0;
  const known = attributes[attribute];
  if (known && !known[1].includes(kind)) {
    image.warn(`attribute does not have an expected type (${kind})`);
  }
  if (known) return { text: `GA${kind}<${known[0]}>`, kind, attribute, valueAt: 4 };
  if (attribute < 32) {
    image.error(`unrecognised byte in name field: ${attribute}`);
    return { text: `GA${kind}<unknown:_${attribute}>`, kind, attribute, valueAt: 4 };
  }
  const end = behindText(name, 3);
  const own = latin1Text(name, 3, end).replace(/\0$/, '');
  return { text: `GA${kind}${own}:`, kind, attribute, valueAt: end };
}

/** A little-endian number of any length, its last byte being the name's end. */
function numberAt(name: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = Math.min(name.length, at + 9) - 2; i >= at; i--)
    value = value * 256n + BigInt(name[i]);
  return value;
}

/** What stands in the column of owners. */
export function buildOwner(image: ElfImage, name: Uint8Array): string {
  const { isWide } = image;
  if (name.length < 4) {
    image.error(`corrupt name field in GNU build attribute note: size = ${name.length}`);
    return '  <corrupt name>    ';
  }
  const { text, kind, attribute, valueAt } = labelOf(image, name);
  let value = '';
  if (kind === '$') value = latin1Text(name, valueAt, behindText(name, valueAt)).replace(/\0$/, '');
  else if (kind === '!') value = 'false';
  else if (kind === '+') value = 'true';
  else if (kind === '*') {
    const number = numberAt(name, valueAt);
    const names = attribute === 2 ? protections : attribute === 7 ? positions : [];
    const known = names[Number(number)];
    if (known === undefined) {
      const digits = isWide || number === 0n ? 0 : labelWidth - text.length;
      const shown = `${text}0x${hex(number, digits)}`;
      return isWide ? shown.padEnd(wideWidth) : shown;
    }
    value = known;
  }
  const shown = text + cutName(value, labelWidth - text.length, isWide);
  return shown.padEnd(isWide ? wideWidth : labelWidth);
}

/** The regions of notes: one without a description is about that of the last with one. */
export class BuildRegions {
  private readonly image: ElfImage;
  private readonly last = new Map<boolean, readonly [bigint, bigint | undefined]>();

  constructor(image: ElfImage) {
    this.image = image;
  }

  /** The line of a note for code (`OPEN`) or for one function. */
  describe(isFunction: boolean, data: Uint8Array): string {
    const reader = new ByteReader(data);
    const isLong = data.length === 16;
    const word = (): bigint => (isLong ? reader.u64() : BigInt(reader.u32()));
    const isOwn = data.length > 0;
    if (isOwn) {
      if (data.length !== 4 && data.length !== 8 && !isLong) {
        this.image.error(`    <invalid description size: ${hex(data.length)}>`);
        return '    <invalid descsz>';
      }
      const start = word();
      this.last.set(isFunction, [start, data.length > 4 ? word() : undefined]);
    }
    const [start, end] = this.last.get(isFunction) ?? [0n, 0n];
    const shown = (value: bigint): string => (value === 0n ? '0' : `0x${hex(value)}`);
    const to = end === undefined ? '' : ` to ${shown(end)}`;
    const name = isOwn ? this.nameAt(start, isFunction) : '';
    return `    Applies to region from ${shown(start)}${to}${name === '' ? '' : ` (${name})`}\n`;
  }

  /** The name of the code at an address; of a file's region it may stand two bytes behind. */
  private nameAt(address: bigint, isFunction: boolean): string {
    const name = this.symbolAt(address, isFunction);
    return name !== '' || isFunction ? name : this.symbolAt(address + 2n, false);
  }

  /** A symbol at an address, the last global one or else the first: a function, or none. */
  private symbolAt(address: bigint, isFunction: boolean): string {
    const { image } = this;
    const table = image.sectionOfType(sectionType.symtab);
    if (!table) return '';
    const symbols = image.symbols(table);
    let found = '';
    for (let i = 1; i < symbols.count; i++) {
      if (symbols.valueBig(i) !== address) continue;
      const info = symbols.info(i);
      const type = info & 15;
      if (type === symbolType.section || type === symbolType.file) continue;
      if ((type === symbolType.func) !== isFunction) continue;
      const isLocal = info >> 4 === symbolBinding.local;
      if (found === '' || !isLocal) found = image.symbolName(symbols, i) || found;
    }
    return found;
  }
}
