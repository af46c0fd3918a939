// The letters of -a and the options of listings.

import type { ListingOptions } from '@ring0/assembler';

export interface ListingRequest extends ListingOptions {
  /** One was asked for. */
  readonly isWanted: boolean;
  /** Where it goes; undefined: standard output. */
  readonly file: string | undefined;
  readonly hasGeneral: boolean;
}

export const defaultListing: ListingRequest = {
  isWanted: false,
  file: undefined,
  hasGeneral: false,
};

const letters: Readonly<Record<string, Partial<ListingRequest>>> = {
  c: { omitsFalse: true },
  d: { omitsDebugging: true },
  g: { hasGeneral: true, isWanted: true },
  h: { hasHighLevel: true, isWanted: true },
  i: {},
  l: { hasAssembly: true, isWanted: true },
  m: { hasMacros: true, isWanted: true },
  n: { omitsForms: true },
  s: { hasSymbols: true, isWanted: true },
};

/** What follows -a: letters, then a file behind =; the sentence that is wrong with it, if any. */
export function listingLetters(text: string, request: object): string | undefined {
  const [list, ...file] = text.split('=');
  if (list === '') Object.assign(request, letters['h'], letters['l'], letters['s']);
  for (const letter of list) {
    const change = letters[letter];
    if (!change) return `-a knows the letters ${Object.keys(letters).join('')}, found '${letter}'`;
    Object.assign(request, change);
  }
  if (text.includes('=')) Object.assign(request, { file: file.join('=') });
  return undefined;
}

/** The lines of `-ag`. */
export function generalLines(facts: {
  readonly version: string;
  readonly argv: readonly string[];
  readonly input: string;
  readonly output: string;
  readonly time: string;
}): string[] {
  return [
    ` ${facts.version}`,
    ` options passed\t: ${facts.argv.map((word) => `${word} `).join('')}`,
    ` input file    \t: ${facts.input}`,
    ` output file   \t: ${facts.output}`,
    ' target        \t: i386-pc-linux-gnu',
    ` time stamp    \t: ${facts.time}`,
  ];
}
