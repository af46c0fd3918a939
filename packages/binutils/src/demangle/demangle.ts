// The names that C++ compilers make (Itanium C++ ABI, 5.1 "External names"), as the source has them.

import { NotMangled } from './mangled-cursor.ts';
import { NameParser } from './mangled-names.ts';
import { MangledPrinter } from './mangled-printer.ts';

export interface DemangleOptions {
  /** std::string and its like as the templates they are, as c++filt prints them. */
  readonly isVerbose?: boolean;
}

/** Longer names are left as they are. */
const lengthMax = 1 << 17;

/** What the compiler makes of a function besides: `.cold`, `.part.0`. */
const clone = /^\.(?:[a-z_]+(?:\.\d+)*|\d+(?:\.\d+)*)/;

/**
 * The C++ name that the symbol's name stands for; undefined where it is none, or beyond what is
 * bearable (a megabyte of text, some hundred levels). Never throws.
 */
export function demangle(name: string, options: DemangleOptions = {}): string | undefined {
  if (name.length > lengthMax) return undefined;
  const keyed = /^_GLOBAL_[._$]([DI])_/.exec(name);
  if (keyed) {
    const rest = name.slice(keyed[0].length);
    const what = keyed[1] === 'I' ? 'constructors' : 'destructors';
    return `global ${what} keyed to ${demangle(rest, options) ?? rest}`;
  }
  if (!name.startsWith('_Z')) return undefined;
  try {
    return demangled(name, options.isVerbose === true);
  } catch (error) {
    if (error instanceof NotMangled || error instanceof RangeError) return undefined;
    throw error;
  }
}

function demangled(name: string, isVerbose: boolean): string | undefined {
  const parser = new NameParser(name);
  parser.at = 2;
  const tree = parser.encoding();
  let text = new MangledPrinter(isVerbose).text(tree);
  let rest = name.slice(parser.at);
  for (let match = clone.exec(rest); match; match = clone.exec(rest)) {
    text += ` [clone ${match[0]}]`;
    rest = rest.slice(match[0].length);
  }
  return rest === '' ? text : undefined;
}

/**
 * A symbol's name as nm and objdump show it with -C: dots and dollars before the name and a version
 * behind it stay; names that are not C++'s are as they were.
 */
export function demangleSymbol(name: string): string {
  if (!name.includes('_')) return name;
  const start = /^[.$]*/.exec(name)?.[0].length ?? 0;
  const at = name.indexOf('@', start);
  const end = at < 0 ? name.length : at;
  const text = demangle(name.slice(start, end));
  return text === undefined ? name : name.slice(0, start) + text + name.slice(end);
}
