// size: how many bytes of code, data and zeroed memory an object takes.

import { readElf, sectionFlag, sectionType } from '@ring0/elf';
import type { TextResult } from './readelf.ts';

/** The title of the Berkeley table. */
export const sizeTitle = '   text\t   data\t    bss\t    dec\t    hex\tfilename\n';

/** One line of the Berkeley table; `label` is the file's name as shown. */
export function sizeBerkeley(bytes: Uint8Array, path: string, label: string = path): TextResult {
  const { file, problems } = readElf(bytes, path);
  if (!file) return { text: '', problems };
  let code = 0;
  let data = 0;
  let zeroed = 0;
  for (const { flags, type, size } of file.sections) {
    if ((flags & sectionFlag.alloc) === 0) continue;
    if ((flags & sectionFlag.execute) !== 0 || (flags & sectionFlag.write) === 0) code += size;
    else if (type !== sectionType.nobits) data += size;
    else zeroed += size;
  }
  const total = code + data + zeroed;
  const columns = [code, data, zeroed, total].map((n) => `${n}`.padStart(7));
  return { text: `${columns.join('\t')}\t${total.toString(16).padStart(7)}\t${label}\n`, problems };
}

/** The System V table of one file (-A); `label` as shown in its title. */
export function sizeSystemV(bytes: Uint8Array, path: string, label = `${path}  `): TextResult {
  const { file, problems } = readElf(bytes, path);
  if (!file) return { text: '', problems };
  const { sections } = file;
  const total = sections.reduce((sum, { size }) => sum + size, 0);
  const width = (title: string, values: string[]): number =>
    Math.max(title.length, ...values.map((v) => v.length));
  const names = Math.max(0, ...sections.map((s) => s.name.length));
  const sizes = width('size', [...sections.map((s) => `${s.size}`), `${total}`]);
  const addresses = width(
    'addr',
    sections.map((s) => `${s.address}`),
  );
  const row = (name: string, size: string, address: string): string =>
    `${name.padEnd(names)}   ${size.padStart(sizes)}   ${address.padStart(addresses)}\n`;
  let text = `${label}:\n${row('section', 'size', 'addr')}`;
  for (const { name, size, address } of sections) text += row(name, `${size}`, `${address}`);
  return {
    text: `${text}${'Total'.padEnd(names)}   ${`${total}`.padStart(sizes)}\n\n\n`,
    problems,
  };
}
