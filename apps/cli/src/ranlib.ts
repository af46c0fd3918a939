// `ring0 ranlib`: gives an archive its symbol index.

import { main as ar } from './ar.ts';
import type { Tool } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { OptionTable } from './options.ts';

const usage = `Usage: ranlib [options] archive
 Generate an index to speed access to archives
 The options are:
  @FILE                  options from FILE
  -D                     Use zero for symbol map timestamp (default)
  -U                     accepted
  -t                     accepted
  -h --help
  -v --version
`;

const table: OptionTable = {
  letters: 'DUthHvV',
  names: { 'plugin=': 'ignored', help: 'h', version: 'v' },
};

/** As `ar s` for each archive. */
export const main: Tool = (argv, host) => {
  const { options, files, problem } = readCommandLine(argv, table, host);
  const has = (...names: string[]) => options.some(({ key }) => names.includes(key));
  if (problem === undefined && has('h', 'H', 'v', 'V')) {
    host.stdout(has('h', 'H') ? usage : versionText('ranlib'));
    return 0;
  }
  if (problem !== undefined || files.length === 0) {
    host.stderr(problem === undefined ? usage : `ranlib: ${problem}\n${usage}`);
    return 1;
  }
  let status = 0;
  for (const file of files) {
    if (has('t')) continue;
    status = ar(['s', file], host) || status;
  }
  return status;
};
