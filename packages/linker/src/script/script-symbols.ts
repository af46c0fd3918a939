// Symbols that the script defines. PROVIDE defines a name only where an object, or an expression
// of the script, refers to it and no object defines it.

import type { LinkSymbol } from '../model.ts';
import type { Assignment } from './script-syntax.ts';

/** The assignment takes effect: always, but for PROVIDE of a name that nobody wants. */
export function isScriptSymbolWanted(
  { name, isProvided }: Assignment,
  globals: ReadonlyMap<string, LinkSymbol>,
): boolean {
  if (name === '.' || !isProvided) return true;
  const symbol = globals.get(name);
  if (!symbol) return false;
  return (symbol.isMade && symbol.isProvided) || symbol.state === 'undefined';
}

/** Every name that an expression of the script mentions. */
export function namesUsed(part: unknown, names: Set<string> = new Set()): Set<string> {
  if (Array.isArray(part)) {
    for (const each of part) namesUsed(each, names);
  } else if (typeof part === 'object' && part !== null) {
    if ('kind' in part && part.kind === 'name' && 'name' in part) names.add(String(part.name));
    else
      for (const [key, value] of Object.entries(part)) if (key !== 'span') namesUsed(value, names);
  }
  return names;
}

const addressFunctions: ReadonlySet<string> = new Set(['ADDR', 'LOADADDR', 'SIZEOF', 'ALIGNOF']);

/** Names of the output sections whose address or size an expression asks for. */
export function namesAddressed(part: unknown, names: Set<string> = new Set()): Set<string> {
  if (Array.isArray(part)) {
    for (const each of part) namesAddressed(each, names);
  } else if (typeof part === 'object' && part !== null) {
    if ('kind' in part && part.kind === 'call' && 'name' in part && 'arguments' in part) {
      if (part.name === 'DATA_SEGMENT_RELRO_END') return names;
      if (addressFunctions.has(String(part.name))) return namesUsed(part.arguments, names);
    }
    for (const [key, value] of Object.entries(part)) {
      if (key !== 'span' && typeof value === 'object') namesAddressed(value, names);
    }
  }
  return names;
}

/** The segments that expressions ask for by SEGMENT_START. */
export function segmentsNamed(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  if ('kind' in part && part.kind === 'call' && 'name' in part && 'arguments' in part) {
    const found = segmentsNamed(part.arguments);
    return part.name === 'SEGMENT_START' ? [...namesUsed(part.arguments), ...found] : found;
  }
  return Object.entries(part).flatMap(([key, each]) => (key === 'span' ? [] : segmentsNamed(each)));
}
