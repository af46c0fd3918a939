// readelf's views of what the dynamic linker reads: the dynamic section (-d), the version sections
// (-V) and how well the hash tables spread their symbols (-I).

import { ByteReader } from '@ring0/bytes';
import { StringView, sectionType } from '@ring0/elf';
import type { RawSection } from '@ring0/elf';
import { entriesText } from './readelf-image.ts';
import type { ElfImage } from './readelf-image.ts';
import { dynamicFlag1Names, dynamicFlagNames, dynamicTags } from './readelf-tables.ts';
import { hex, hex8, hexAddress } from '../text-sink.ts';

function bitNames(value: number, names: readonly string[]): string {
  let text = '';
  let rest = value >>> 0;
  names.forEach((name, bit) => {
    if (((rest >>> bit) & 1) === 0) return;
    text += ` ${name}`;
    rest = (rest & ~(1 << bit)) >>> 0;
  });
  return rest === 0 ? text : `${text} ${hex(rest)}`;
}

function dynamicValue(tag: number, value: number, strings: StringView): string {
  const style = dynamicTags[tag]?.[1] ?? 'address';
  const quoted = (title: string): string => {
    return strings.size > 0 ? `${title}: [${strings.at(value)}]` : `${value} `;
  };
  switch (style) {
    case 'bytes':
      return `${value} (bytes)`;
    case 'count':
      return `${value}`;
    case 'needed':
      return quoted('Shared library');
    case 'soname':
      return quoted('Library soname');
    case 'rpath':
      return quoted('Library rpath');
    case 'runpath':
      return quoted('Library runpath');
    case 'string':
      return quoted(tag === 0x7ffffffd ? 'Auxiliary library' : 'Filter library');
    case 'plain':
      return '';
    case 'pltrel':
      return dynamicTags[value]?.[0] ?? hex(value);
    case 'flags':
      return bitNames(value, dynamicFlagNames).trimStart();
    case 'flags1':
      return value === 0 ? 'Flags: None' : `Flags:${bitNames(value, dynamicFlag1Names)}`;
    case 'address':
      return `0x${hex(value)}`;
  }
}

/** -d */
export function dynamicText(image: ElfImage): string {
  const place = image.dynamicPlace();
  const entries = image.dynamic();
  if (!place || entries.length === 0) return '\nThere is no dynamic section in this file.\n';
  const strings = image.dynamicStrings();
  const offset = hex(place.offset);
  const digits = image.bits / 4;
  let text = `\nDynamic section at offset 0x${offset} contains ${entriesText(entries.length)}:\n`;
  text += '  Tag        Type                         Name/Value\n';
  for (const { tag, value } of entries) {
    const name = dynamicTags[tag]?.[0] ?? unknownTag(tag);
    const title = `(${name})`.padEnd(image.bits === 32 ? 28 : 20);
    text += ` 0x${hex(tag, digits)} ${title} ${dynamicValue(tag, value, strings)}\n`;
  }
  return text;
}

function unknownTag(tag: number): string {
  if (tag >= 0x70000000 && tag <= 0x7fffffff) return `Processor Specific: ${hex(tag)}`;
  if (tag >= 0x6000000d && tag <= 0x6fffffff) return `Operating System specific: ${hex(tag)}`;
  return `<unknown>: ${hex(tag)}`;
}

const versionFlagNames: readonly (readonly [number, string])[] = [
  [1, 'BASE'],
  [2, 'WEAK'],
  [4, 'INFO'],
];

function versionFlags(flags: number): string {
  if (flags === 0) return 'none';
  const names = versionFlagNames.filter(([bit]) => flags & bit).map(([, name]) => name);
  return names.join(' | ') + (flags & ~7 ? ' | <unknown>' : '');
}

/** A version that symbols may have: its name, whether it is needed from another file. */
export interface SymbolVersion {
  readonly name: string;
  readonly isNeeded: boolean;
  readonly file: string;
}

interface VersionRecord {
  readonly at: number;
  readonly text: string;
}

/** A record of a chain of versions: its line, and how the entries that it holds are read. */
interface ChainRecord {
  readonly title: string;
  readonly count: number;
  /** From the record to its first entry, and to the next record; 0: there is none. */
  readonly inner: number;
  readonly next: number;
  readonly entry: {
    readonly size: number;
    readonly read: (
      reader: ByteReader,
      index: number,
      at: number,
    ) => { readonly line: string; readonly step: number };
  };
}

function placeText(at: number): string {
  return at === 0 ? '000000' : `0x${hex(at, 4)}`;
}

/** The versions of a file by their index, and the lines that -V prints for them. */
export class Versions {
  readonly byIndex = new Map<number, SymbolVersion>();
  private readonly image: ElfImage;
  private readonly versym: RawSection | undefined;

  constructor(image: ElfImage) {
    this.image = image;
    this.versym = image.sectionOfType(sectionType.gnuVersym);
    this.definitions(image.sectionOfType(sectionType.gnuVerdef));
    this.needs(image.sectionOfType(sectionType.gnuVerneed));
  }

  private strings(section: RawSection): StringView {
    return new StringView(this.image.tables.sections[section.link]?.data ?? new Uint8Array(0));
  }

  /** The records of a chain in a section, as many as its header says, each with those it holds. */
  private chain(
    section: RawSection | undefined,
    size: number,
    record: (reader: ByteReader, strings: StringView, at: number) => ChainRecord,
  ): VersionRecord[] {
    if (!section) return [];
    const { data, info } = section;
    const strings = this.strings(section);
    const lines: VersionRecord[] = [];
    let at = 0;
    for (let left = info; left > 0 && at + size <= data.length; left--) {
      const { title, count, inner, next, entry } = record(new ByteReader(data, at), strings, at);
      let text = title;
      let aux = at + inner;
      for (let i = 0; i < count && aux + entry.size <= data.length; i++) {
        const { line, step } = entry.read(new ByteReader(data, aux), i, aux);
        text += line;
        if (step === 0) break;
        aux += step;
      }
      lines.push({ at, text });
      if (next === 0) break;
      at += next;
    }
    return lines;
  }

  private definitions(section: RawSection | undefined): VersionRecord[] {
    return this.chain(section, 20, (reader, strings, at) => {
      const revision = reader.u16();
      const flags = reader.u16();
      const index = reader.u16();
      const count = reader.u16();
      reader.u32();
      const inner = reader.u32();
      const next = reader.u32();
      let title = `  ${placeText(at)}: Rev: ${revision}  Flags: ${versionFlags(flags)}`;
      title += `  Index: ${index}  Cnt: ${count}  `;
      const read = (entry: ByteReader, i: number, aux: number) => {
        const name = strings.at(entry.u32());
        const step = entry.u32();
        if (i > 0) return { line: `  ${placeText(aux)}: Parent ${i}: ${name}\n`, step };
        this.byIndex.set(index & 0x7fff, { name, isNeeded: false, file: '' });
        return { line: `Name: ${name}\n`, step };
      };
      return { title, count, inner, next, entry: { size: 8, read } };
    });
  }

  private needs(section: RawSection | undefined): VersionRecord[] {
    return this.chain(section, 16, (reader, strings, at) => {
      const version = reader.u16();
      const count = reader.u16();
      const file = strings.at(reader.u32());
      const inner = reader.u32();
      const next = reader.u32();
      const title = `  ${placeText(at)}: Version: ${version}  File: ${file}  Cnt: ${count}\n`;
      const read = (entry: ByteReader, _: number, aux: number) => {
        entry.u32();
        const flags = versionFlags(entry.u16());
        const index = entry.u16();
        const name = strings.at(entry.u32());
        this.byIndex.set(index & 0x7fff, { name, isNeeded: true, file });
        const line = `  ${placeText(aux)}:   Name: ${name}  Flags: ${flags}  Version: ${index}\n`;
        return { line, step: entry.u32() };
      };
      return { title, count, inner, next, entry: { size: 16, read } };
    });
  }

  /** The word of .gnu.version that belongs to a dynamic symbol; undefined: there is none. */
  word(symbol: number): number | undefined {
    const data = this.versym?.data;
    if (!data || symbol * 2 + 2 > data.length) return undefined;
    return data[symbol * 2] | (data[symbol * 2 + 1] << 8);
  }

  /** -V */
  text(): string {
    const { image, versym } = this;
    let text = '';
    for (const section of image.tables.sections) {
      if (section === versym) text += this.symbolsText(section);
      else if (section.type === sectionType.gnuVerdef) {
        const lines = this.definitions(section);
        text += this.title('definition', section, section.info) + joined(lines);
      } else if (section.type === sectionType.gnuVerneed) {
        text += this.title('needs', section, section.info) + joined(this.needs(section));
      }
    }
    return text === '' ? '\nNo version information found in this file.\n' : text;
  }

  private title(kind: string, section: RawSection, count: number): string {
    const linked = this.image.tables.sections[section.link]?.name ?? '<no-name>';
    return (
      `\nVersion ${kind} section '${section.name}' contains ${entriesText(count)}:\n` +
      ` Addr: 0x${hexAddress(section.address, 64)}  Offset: 0x${hex8(section.offset)}` +
      `  Link: ${section.link} (${linked})\n`
    );
  }

  private symbolsText(section: RawSection): string {
    const count = Math.floor(section.data.length / 2);
    let text = this.title('symbols', section, count);
    for (let i = 0; i < count; i += 4) {
      text += `  ${hex(i, 3)}:`;
      for (let j = i; j < Math.min(i + 4, count); j++) text += this.cell(this.word(j) ?? 0);
      text += '\n';
    }
    return text;
  }

  private cell(word: number): string {
    if (word === 0) return '   0 (*local*)    ';
    if (word === 1) return '   1 (*global*)   ';
    const index = word & 0x7fff;
    const name = this.byIndex.get(index)?.name ?? '*invalid*';
    // A long name is followed by as many columns as it is too long.
    const end = ')'.padEnd(Math.abs(12 - name.length));
    return `${hex(index).padStart(4)}${word & 0x8000 ? 'h' : ' '}(${name}${end}`;
  }
}

function joined(lines: readonly VersionRecord[]): string {
  return lines.map(({ text }) => text).join('');
}

/** How many buckets hold how many symbols. */
function histogram(title: string, lengths: readonly number[]): string {
  const total = lengths.length;
  const symbols = lengths.reduce((sum, length) => sum + length, 0);
  const counts = Array.from({ length: Math.max(0, ...lengths) + 1 }, () => 0);
  for (const length of lengths) counts[length]++;
  let text = `\nHistogram for ${title}bucket list length (total of ${total} `;
  text += `bucket${total === 1 ? '' : 's'}):\n Length  Number     % of total  Coverage\n`;
  const percent = (part: number, whole: number) => ((part * 100) / whole).toFixed(1).padStart(5);
  text += `      0  ${`${counts[0]}`.padEnd(10)} (${percent(counts[0], total)}%)\n`;
  let covered = 0;
  for (let length = 1; length < counts.length; length++) {
    covered += counts[length] * length;
    text += `${`${length}`.padStart(7)}  ${`${counts[length]}`.padEnd(10)} `;
    text += `(${percent(counts[length], total)}%)    ${percent(covered, symbols)}%\n`;
  }
  return text;
}

/** -I */
export function histogramText(image: ElfImage): string {
  let text = '';
  const plain = image.sectionOfType(sectionType.hash);
  if (plain) {
    const reader = new ByteReader(plain.data);
    const bucketCount = reader.u32();
    const chainCount = reader.u32();
    if (8 + (bucketCount + chainCount) * 4 <= plain.data.length) {
      const word = (index: number) => {
        reader.at = 8 + index * 4;
        return reader.u32();
      };
      const lengths = Array.from({ length: bucketCount }, (_, bucket) => {
        let length = 0;
        for (let at = word(bucket); at > 0 && at < chainCount && length <= chainCount; length++) {
          at = word(bucketCount + at);
        }
        return length;
      });
      if (bucketCount > 0) text += histogram('', lengths);
    }
  }
  const gnu = image.sectionOfType(sectionType.gnuHash);
  if (gnu) text += gnuHistogram(image, gnu);
  return text;
}

function gnuHistogram(image: ElfImage, section: RawSection): string {
  const reader = new ByteReader(section.data);
  const bucketCount = reader.u32();
  const first = reader.u32();
  const bloomWords = reader.u32();
  const buckets = 16 + bloomWords * (image.bits / 8);
  const chains = buckets + bucketCount * 4;
  if (bucketCount === 0 || chains > section.data.length) return '';
  const lengths = Array.from({ length: bucketCount }, (_, bucket) => {
    reader.at = buckets + bucket * 4;
    const start = reader.u32();
    if (start < first) return 0;
    reader.at = chains + (start - first) * 4;
    let length = 0;
    while (!reader.isAtEnd) {
      length++;
      if (reader.u32() & 1) break;
    }
    return length;
  });
  return lengths.some((length) => length > 0) ? histogram("`.gnu.hash' ", lengths) : '';
}
