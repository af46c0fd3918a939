// size: how many bytes of code, data and zeroed memory an object takes, in its three formats.

import { readElf, sectionFlag, sectionType } from '@ring0/elf';
import type { TextResult } from './readelf/readelf.ts';

export type SizeRadix = 8 | 10 | 16;

export interface Sizes {
  readonly code: number;
  readonly readOnly: number;
  readonly data: number;
  readonly zeroed: number;
}

export interface SizesResult {
  readonly sizes: Sizes | undefined;
  readonly problems: readonly string[];
}

function prefixed(value: number | bigint, radix: SizeRadix): string {
  if (radix === 10) return `${value}`;
  return `${radix === 8 ? '0' : '0x'}${value.toString(radix)}`;
}

/** The title of the Berkeley table. */
export function berkeleyTitle(radix: SizeRadix): string {
  const total = radix === 8 ? 'oct' : 'dec';
  return `   text\t   data\t    bss\t    ${total}\t    hex\tfilename\n`;
}

/** The title of the Berkeley table with decimal numbers. */
export const sizeTitle = berkeleyTitle(10);
/** The title of the GNU table. */
export const gnuTitle = '      text       data        bss      total filename\n';

/** What an object takes; common symbols count as zeroed memory where `hasCommon` says so. */
export function readSizes(bytes: Uint8Array, path: string, hasCommon = false): SizesResult {
  const { file, problems } = readElf(bytes, path, { skipsSymbols: !hasCommon });
  if (!file) return { sizes: undefined, problems };
  const sizes = { code: 0, readOnly: 0, data: 0, zeroed: 0 };
  for (const { flags, type, size } of file.sections) {
    if ((flags & sectionFlag.alloc) === 0) continue;
    if ((flags & sectionFlag.execute) !== 0) sizes.code += size;
    else if ((flags & sectionFlag.write) === 0) sizes.readOnly += size;
    else if (type !== sectionType.nobits) sizes.data += size;
    else sizes.zeroed += size;
  }
  if (hasCommon) {
    for (const { section, size } of file.symbols) {
      if (section === 'common') sizes.zeroed += Number(size);
    }
  }
  return { sizes, problems };
}

/** Sums of the rows of a table. */
export function addSizes(a: Sizes, b: Sizes): Sizes {
  return {
    code: a.code + b.code,
    readOnly: a.readOnly + b.readOnly,
    data: a.data + b.data,
    zeroed: a.zeroed + b.zeroed,
  };
}

/** A row of the Berkeley table: what cannot be written counts as code. */
export function berkeleyRow(
  { code, readOnly, data, zeroed }: Sizes,
  label: string,
  radix: SizeRadix = 10,
): string {
  const total = code + readOnly + data + zeroed;
  const columns = [code + readOnly, data, zeroed].map((n) => prefixed(n, radix).padStart(7));
  const sum = (radix === 8 ? total.toString(8) : `${total}`).padStart(7);
  return `${columns.join('\t')}\t${sum}\t${total.toString(16).padStart(7)}\t${label}\n`;
}

/** A row of the GNU table: what cannot be written counts as data unless it is code. */
export function gnuRow(
  { code, readOnly, data, zeroed }: Sizes,
  label: string,
  radix: SizeRadix = 10,
): string {
  const values = [code, data + readOnly, zeroed, code + data + readOnly + zeroed];
  return `${values.map((n) => prefixed(n, radix).padStart(10)).join(' ')} ${label}\n`;
}

/** One line of the Berkeley table; `label` is the file's name as shown. */
export function sizeBerkeley(bytes: Uint8Array, path: string, label: string = path): TextResult {
  const { sizes, problems } = readSizes(bytes, path);
  return { text: sizes ? berkeleyRow(sizes, label) : '', problems };
}

/** The System V table of one file (-A); `label` as shown in its title. */
export function sizeSystemV(
  bytes: Uint8Array,
  path: string,
  label = `${path}  `,
  radix: SizeRadix = 10,
  hasCommon = false,
): TextResult {
  const { file, problems } = readElf(bytes, path, { skipsSymbols: !hasCommon });
  if (!file) return { text: '', problems };
  const rows = file.sections.map(({ name, size, address }) => ({ name, size, address }));
  if (hasCommon) {
    const common = file.symbols.filter(({ section }) => section === 'common');
    const size = common.reduce((sum, symbol) => sum + Number(symbol.size), 0);
    rows.push({ name: '*COM*', size, address: 0n });
  }
  const total = rows.reduce((sum, { size }) => sum + size, 0);
  const shown = (value: number | bigint) => prefixed(value, radix);
  const width = (title: string, values: string[]): number =>
    Math.max(title.length, ...values.map((v) => v.length));
  const names = Math.max('section'.length, ...rows.map((s) => s.name.length));
  const sizes = width('size', [...rows.map((s) => shown(s.size)), shown(total)]);
  const addresses = width(
    'addr',
    rows.map((s) => shown(s.address)),
  );
  const row = (name: string, size: string, address: string): string =>
    `${name.padEnd(names)}   ${size.padStart(sizes)}   ${address.padStart(addresses)}\n`;
  let text = `${label}:\n${row('section', 'size', 'addr')}`;
  for (const { name, size, address } of rows) text += row(name, shown(size), shown(address));
  return {
    text: `${text}${'Total'.padEnd(names)}   ${shown(total).padStart(sizes)}\n\n\n`,
    problems,
  };
}
