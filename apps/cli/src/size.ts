// `ring0 size`: bytes of code, data and zeroed memory.

import { sizeBerkeley, sizeSystemV, sizeTitle } from '@ring0/binutils';
import { objectInputs, parseArguments, usageProblem } from './binutils-input.ts';
import type { Tool } from './host.ts';

const usage = 'Usage: ring0 size [-A | -B] [FILE ..]   (a.out where no file is named)\n';

const names = {
  '--format=sysv': 'A',
  '--format=SysV': 'A',
  '--format=berkeley': 'B',
  '--help': 'h',
  '--version': 'V',
};

/** Status 1 where a file cannot be read, 2 for wrong usage. */
export const main: Tool = (argv, host) => {
  const { flags, files, problem } = parseArguments(argv, 'AB', names);
  if (problem) return usageProblem('size', problem, usage, host);
  if (flags.has('V')) host.stdout('GNU size (ring0 0.1.0) 2.40\n');
  else if (flags.has('h')) host.stdout(usage);
  if (flags.has('V') || flags.has('h')) return 0;
  let status = 0;
  let text = flags.has('A') ? '' : sizeTitle;
  for (const path of files.length > 0 ? files : ['a.out']) {
    const inputs = objectInputs('size', path, host);
    if (!inputs) status = 1;
    for (const { member, bytes } of inputs ?? []) {
      const gap = flags.has('A') ? '   ' : ' ';
      const end = flags.has('A') && member === undefined ? '  ' : '';
      const label = member === undefined ? path + end : `${member}${gap}(ex ${path})`;
      const show = flags.has('A') ? sizeSystemV : sizeBerkeley;
      const result = show(bytes, path, label);
      text += result.text;
      for (const message of result.problems) host.stderr(`size: ${message}\n`);
      if (result.problems.length > 0) status = 1;
    }
  }
  host.stdout(text);
  return status;
};
