// `ring0 nm`: the symbols of objects and archives.

import { nm } from '@ring0/binutils';
import type { NmOptions } from '@ring0/binutils';
import { objectInputs, parseArguments, usageProblem } from './binutils-input.ts';
import type { Tool } from './host.ts';

const usage = `Usage: ring0 nm [-nprguSaA] [--defined-only] [FILE ..]   (a.out where no file is named)
`;

const names = {
  '--numeric-sort': 'n',
  '-v': 'n',
  '--no-sort': 'p',
  '--reverse-sort': 'r',
  '--extern-only': 'g',
  '--undefined-only': 'u',
  '--defined-only': 'D',
  '-U': 'D',
  '--print-size': 'S',
  '--debug-syms': 'a',
  '--print-file-name': 'A',
  '-o': 'A',
  '--help': 'h',
  '--version': 'V',
};

/** Status 1 where a file cannot be read, 2 for wrong usage. */
export const main: Tool = (argv, host) => {
  const { flags, files, problem } = parseArguments(argv, 'nprguSaA', names);
  if (problem) return usageProblem('nm', problem, usage, host);
  if (flags.has('V')) host.stdout('GNU nm (ring0 0.1.0) 2.40\n');
  else if (flags.has('h')) host.stdout(usage);
  if (flags.has('V') || flags.has('h')) return 0;
  const options: NmOptions = {
    isNumeric: flags.has('n'),
    isUnsorted: flags.has('p'),
    isReversed: flags.has('r'),
    externalOnly: flags.has('g'),
    undefinedOnly: flags.has('u'),
    definedOnly: flags.has('D'),
    showsSizes: flags.has('S'),
    showsDebugging: flags.has('a'),
  };
  const paths = files.length > 0 ? files : ['a.out'];
  let status = 0;
  for (const path of paths) {
    const inputs = objectInputs('nm', path, host);
    if (!inputs) status = 1;
    for (const { member, bytes } of inputs ?? []) {
      const shown = member ?? path;
      const prefix = member === undefined ? `${path}:` : `${path}:${member}:`;
      const { text, problems } = nm(bytes, shown, {
        ...options,
        prefix: flags.has('A') ? prefix : '',
      });
      const isTitled = !flags.has('A') && (member !== undefined || paths.length > 1);
      host.stdout(isTitled ? `\n${shown}:\n${text}` : text);
      for (const message of problems) host.stderr(`nm: ${message}\n`);
      if (problems.some((message) => !message.endsWith('no symbols'))) status = 1;
    }
  }
  return status;
};
