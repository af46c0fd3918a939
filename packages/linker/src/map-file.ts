// The map file: why archive members came in, what was discarded, and where everything went, in
// GNU ld's arrangement.

import type { InputObject, InputSection, LayoutItem, LinkSymbol, OutputSection } from './model.ts';
import { sectionAddress, symbolAddress } from './model.ts';

export interface MapInput {
  readonly items: readonly LayoutItem[];
  readonly pulled: readonly {
    readonly member: InputObject;
    readonly symbol: string;
    readonly by: string;
  }[];
  readonly discarded: readonly InputSection[];
  readonly globals: ReadonlyMap<string, LinkSymbol>;
  readonly objects: readonly InputObject[];
  readonly output: string;
}

const nameWidth = 16;
const address = (value: number | bigint): string => `0x${value.toString(16).padStart(16, '0')}`;
const size = (value: number): string => `0x${value.toString(16)}`.padStart(10);

/** Name, or name and a line break where it is too long for its column. */
function column(name: string): string {
  return name.length < nameWidth ? name.padEnd(nameWidth) : `${name}\n${' '.repeat(nameWidth)}`;
}

/** The map as text. */
export function mapText(input: MapInput): string {
  let text = '';
  if (input.pulled.length > 0) {
    text += 'Archive member included to satisfy reference by file (symbol)\n\n';
    for (const { member, symbol, by } of input.pulled) {
      text += `${member.name.padEnd(29)} ${by} (${symbol})\n`;
    }
    text += '\n';
  }
  if (input.discarded.length > 0) {
    text += 'Discarded input sections\n\n';
    for (const section of input.discarded) text += inputLine(section, 0);
    text += '\n';
  }
  text += 'Linker script and memory map\n\n';
  for (const { name, archive } of input.objects)
    if (archive === undefined) text += `LOAD ${name}\n`;
  const symbols = symbolsBySection(input.globals);
  for (const item of input.items) {
    if (item.kind === 'output') text += outputText(item, symbols);
    else if (item.kind === 'assign' && item.name !== '.') {
      const symbol = input.globals.get(item.name);
      if (!symbol?.isMade) continue;
      text +=
        `${' '.repeat(nameWidth)}${address(symbolAddress(symbol))}${' '.repeat(16)}${item.name} = .\n`.replace(
          / = \.\n$/,
          '\n',
        );
    }
  }
  return `${text}OUTPUT(${input.output} elf32-i386)\n`;
}

function symbolsBySection(globals: ReadonlyMap<string, LinkSymbol>): Map<unknown, LinkSymbol[]> {
  const result = new Map<unknown, LinkSymbol[]>();
  for (const symbol of globals.values()) {
    const { section } = symbol;
    if (section === undefined || section === 'absolute' || 'kind' in section) continue;
    const list = result.get(section);
    if (list) list.push(symbol);
    else result.set(section, [symbol]);
  }
  for (const list of result.values()) list.sort((a, b) => a.value - b.value);
  return result;
}

function inputLine(section: InputSection, at: number): string {
  return ` ${column(section.name).slice(0, -1)} ${address(at)} ${size(section.size)} ${section.object.name}\n`;
}

function outputText(output: OutputSection, symbols: ReadonlyMap<unknown, LinkSymbol[]>): string {
  if (!output.exists) return '';
  const load =
    output.loadAddress === output.address ? '' : ` load address ${address(output.loadAddress)}`;
  let text = `\n${column(output.name)}${address(output.address)} ${size(output.size)}${load}\n`;
  for (const piece of output.pieces) {
    const at = output.address + piece.offset;
    if (piece.kind === 'input') {
      text += inputLine(piece.section, sectionAddress(piece.section));
      for (const symbol of symbols.get(piece.section) ?? [])
        text += symbolLine(symbolAddress(symbol), symbol.name);
    } else if (piece.kind === 'pad')
      text += ` *fill*${' '.repeat(9)}${address(at)} ${size(piece.size)} \n`;
    else if (piece.kind === 'symbol') text += symbolLine(Number(piece.value), piece.name);
    else
      text += `${' '.repeat(nameWidth)}${address(at)} ${size(piece.size)} data ${address(piece.value)}\n`;
  }
  return text;
}

function symbolLine(at: number, name: string): string {
  return `${' '.repeat(nameWidth)}${address(at)}${' '.repeat(16)}${name}\n`;
}
