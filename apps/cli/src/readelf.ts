// `ring0 readelf`: the structure of ELF files.

import { readelf } from '@ring0/binutils';
import { objectInputs, parseArguments, usageProblem } from './binutils-input.ts';
import type { Tool } from './host.ts';

const usage = `Usage: ring0 readelf [-ahlSsrgnW] FILE ..
  -a all   -h file header   -l program headers   -S section headers   -s symbols
  -r relocations   -g section groups   -n notes   -e headers (-h -l -S)   -W wide
`;

const names = {
  '--all': 'a',
  '--file-header': 'h',
  '--program-headers': 'l',
  '--segments': 'l',
  '--section-headers': 'S',
  '--sections': 'S',
  '--symbols': 's',
  '--syms': 's',
  '--relocs': 'r',
  '--section-groups': 'g',
  '--notes': 'n',
  '--headers': 'e',
  '--wide': 'W',
  '--help': 'H',
  '--version': 'V',
};

/** Status 1 where a file cannot be read, 2 for wrong usage. */
export const main: Tool = (argv, host) => {
  const { flags, files, problem } = parseArguments(argv, 'ahlSsrgneWu', names);
  if (problem) return usageProblem('readelf', problem, usage, host);
  if (flags.has('V')) host.stdout('GNU readelf (ring0 0.1.0) 2.40\n');
  else if (flags.has('H')) host.stdout(usage);
  if (flags.has('V') || flags.has('H')) return 0;
  if (files.length === 0) return usageProblem('readelf', 'no file is named', usage, host);
  const options = {
    all: flags.has('a'),
    header: flags.has('h') || flags.has('e'),
    segments: flags.has('l') || flags.has('e'),
    sections: flags.has('S') || flags.has('e'),
    symbols: flags.has('s'),
    relocations: flags.has('r'),
    groups: flags.has('g'),
    notes: flags.has('n'),
    isWide: flags.has('W'),
  };
  let status = 0;
  for (const path of files) {
    const inputs = objectInputs('readelf', path, host);
    if (!inputs) status = 1;
    for (const { member, bytes } of inputs ?? []) {
      const shown = member === undefined ? path : `${path}(${member})`;
      const { text, problems } = readelf(bytes, shown, options);
      if (member !== undefined || files.length > 1) host.stdout(`\nFile: ${shown}\n`);
      host.stdout(text);
      for (const message of problems) host.stderr(`readelf: Error: ${message}\n`);
      if (problems.length > 0) status = 1;
    }
  }
  return status;
};
