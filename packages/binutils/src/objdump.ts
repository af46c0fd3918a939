// objdump as a function: section headers, symbols, relocations and disassembly in GNU objdump
// 2.40's words and columns.

import { isArchive, isElf, machine, readArchive, readElf, relocationTable } from '@ring0/elf';
import { disassemble, relocationSymbol } from './disassemble.ts';
import type { DisassembleOptions } from './disassemble.ts';
import { binaryView, elfView } from './objdump-view.ts';
import type { ObjectView, ViewSymbol } from './objdump-view.ts';

export interface ObjdumpOptions extends Omit<DisassembleOptions, 'isAll' | 'hasRelocations'> {
  /** `-h` */
  readonly hasHeaders: boolean;
  /** `-t` */
  readonly hasSymbols: boolean;
  /** `-r` */
  readonly hasRelocations: boolean;
  /** `-d`, `-D` */
  readonly disassembly: 'none' | 'code' | 'all';
  /** The file is a plain binary whatever it looks like (`-b binary`). */
  readonly isBinary: boolean;
  /** `-m i386` or `-m i8086` says what a plain binary holds. */
  readonly hasMachine: boolean;
}

export interface ObjdumpResult {
  readonly text: string;
  /** Sentences for standard error, without the program's name. */
  readonly problems: readonly string[];
}

const hex8 = (value: number) => (value >>> 0).toString(16).padStart(8, '0');

function headersText(view: ObjectView, options: ObjdumpOptions): string {
  let text = 'Sections:\nIdx Name          Size      VMA       LMA       File off  Algn\n';
  view.sections.forEach((section, index) => {
    if (options.sections.length > 0 && !options.sections.includes(section.name)) return;
    const { name, size, address, loadAddress, offset, alignment } = section;
    const numbers = [size, address, loadAddress, offset].map(hex8).join('  ');
    const power = alignment > 1 ? Math.ceil(Math.log2(alignment)) : 0;
    text += `${String(index).padStart(3)} ${name.padEnd(13)} ${numbers}  2**${power}\n`;
    text += `                  ${section.flags.join(', ')}\n`;
  });
  return text;
}

const visibilities = ['', ' .internal', ' .hidden', ' .protected'];

function symbolLine(symbol: ViewSymbol): string {
  const scope = symbol.isLocal ? 'l' : symbol.isGlobal ? 'g' : symbol.isUnique ? 'u' : ' ';
  const isDebugging = symbol.isSection || symbol.isFile;
  const kind = symbol.isFunction ? 'F' : symbol.isFile ? 'f' : symbol.isObject ? 'O' : ' ';
  const flags = [
    scope,
    symbol.isWeak ? 'w' : ' ',
    '  ',
    symbol.isIndirect ? 'i' : ' ',
    isDebugging ? 'd' : ' ',
    kind,
  ].join('');
  const size = hex8(symbol.size);
  const { place, name } = symbol;
  return `${hex8(symbol.value)} ${flags} ${place}\t${size}${visibilities[symbol.visibility]} ${name}\n`;
}

function symbolsText(view: ObjectView, options: ObjdumpOptions): string {
  const { sections } = options;
  const shown = view.symbols.filter(
    (symbol) => sections.length === 0 || sections.includes(symbol.place),
  );
  const lines = view.symbols.length === 0 ? 'no symbols\n' : shown.map(symbolLine).join('');
  return `SYMBOL TABLE:\n${lines}\n\n`;
}

function relocationsText(view: ObjectView, options: ObjdumpOptions): string {
  let text = '';
  const kinds = relocationTable(view.machine);
  for (const section of view.sections) {
    if (options.sections.length > 0 && !options.sections.includes(section.name)) continue;
    if (section.relocations.length === 0) continue;
    text += `RELOCATION RECORDS FOR [${section.name}]:\nOFFSET   TYPE              VALUE\n`;
    for (const relocation of section.relocations) {
      const kind = kinds?.byType.get(relocation.type)?.name ?? '*unknown*';
      text += `${hex8(relocation.offset)} ${kind.padEnd(17)} ${relocationSymbol(relocation)}\n`;
    }
    text += '\n\n';
  }
  return text;
}

function viewText(view: ObjectView, path: string, options: ObjdumpOptions): string {
  let text = `\n${path}:     file format ${view.format}\n\n`;
  if (options.hasHeaders) text += headersText(view, options);
  if (options.hasSymbols) text += symbolsText(view, options);
  if (options.hasRelocations && options.disassembly === 'none') {
    text += relocationsText(view, options);
  }
  if (options.disassembly !== 'none') {
    text += disassemble(view, { ...options, isAll: options.disassembly === 'all' });
  }
  return text;
}

function dumpOne(
  bytes: Uint8Array,
  path: string,
  options: ObjdumpOptions,
  problems: string[],
): string {
  if (options.isBinary) {
    const text = viewText(binaryView(bytes), path, { ...options, ...unknownMachine(options) });
    if (options.disassembly === 'all' && !options.hasMachine) {
      problems.push(`can't disassemble for architecture UNKNOWN!`);
    }
    return text;
  }
  const { file, problems: found } = readElf(bytes, path);
  problems.push(...found);
  if (!file) return '';
  const view = elfView(file);
  if (view.machine !== machine.i386 && options.disassembly !== 'none') {
    problems.push(`${path}: only 32-bit x86 code is disassembled`);
    return viewText(view, path, { ...options, disassembly: 'none' });
  }
  return viewText(view, path, options);
}

function unknownMachine(options: ObjdumpOptions): { disassembly: 'none' | 'code' | 'all' } {
  return { disassembly: options.hasMachine ? options.disassembly : 'none' };
}

/**
 * What `objdump` prints for one file, an archive's members one after another. Never throws for
 * bad input.
 */
export function objdump(bytes: Uint8Array, path: string, options: ObjdumpOptions): ObjdumpResult {
  const problems: string[] = [];
  if (!options.isBinary && isArchive(bytes)) {
    const { archive, problems: found } = readArchive(bytes, path);
    problems.push(...found);
    let text = `In archive ${path}:\n`;
    for (const member of archive?.members ?? []) {
      text += dumpOne(member.bytes, member.name, options, problems);
    }
    return { text, problems };
  }
  if (!options.isBinary && !isElf(bytes)) {
    return { text: '', problems: [`${path}: file format not recognized`] };
  }
  return { text: dumpOne(bytes, path, options, problems), problems };
}
