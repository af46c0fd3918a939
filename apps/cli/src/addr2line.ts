// `ring0 addr2line`: addresses as functions and source lines.

import { Addr2line } from '@ring0/binutils';
import { isArchive, isThinArchive } from '@ring0/elf';
import { unreadableText, usageProblem } from './binutils-input.ts';
import type { Tool } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { OptionTable } from './options.ts';

const usage = `Usage: addr2line [option(s)] [addr(s)]
 Convert addresses into line number/file name pairs.
 If no addresses are specified on the command line, they will be read from stdin
 The options are:
  @FILE                  options from FILE
  -a --addresses         the addresses too
  -e --exe=EXECUTABLE    the input file (default is a.out)
  -i --inlines           unwind inlined functions
  -j --section=NAME      offsets in this section instead of addresses
  -p --pretty-print      one line for each address
  -s --basenames         no directory names
  -f --functions         function names
  -C --demangle          names of C++ as the source has them
  -h --help
  -v --version
`;

const table: OptionTable = {
  letters: 'ae:ij:psfCRrb:hHvV',
  names: {
    addresses: 'a',
    'exe=': 'e',
    inlines: 'i',
    'section=': 'j',
    'pretty-print': 'p',
    basenames: 's',
    functions: 'f',
    'demangle=?': 'C',
    'recurse-limit': 'R',
    'no-recurse-limit': 'r',
    'target=': 'b',
    help: 'h',
    version: 'v',
  },
};

/** Status 1 where the file cannot be read or for wrong usage. */
export const main: Tool = (argv, host) => {
  const { options: list, files: addresses, problem } = readCommandLine(argv, table, host);
  if (problem !== undefined) return usageProblem('addr2line', problem, usage, host);
  const has = (...names: string[]) => list.some(({ key }) => names.includes(key));
  const last = (name: string) => list.findLast(({ key }) => key === name)?.value;
  if (has('h', 'H', 'v', 'V')) {
    host.stdout(has('h', 'H') ? usage : versionText('addr2line'));
    return 0;
  }
  const path = last('e') ?? 'a.out';
  const bytes = host.readFile(path);
  if (!bytes) {
    host.stderr(unreadableText('addr2line', path, host));
    return 1;
  }
  if (isArchive(bytes) || isThinArchive(bytes)) {
    host.stderr(`addr2line: ${path}: cannot get addresses from archive\n`);
    return 1;
  }
  const tool = new Addr2line(bytes, path, {
    readFile: (file) => host.readFile(file),
    functions: has('f'),
    inlines: has('i'),
    isPretty: has('p'),
    addresses: has('a'),
    basenames: has('s'),
    isDemangled: has('C'),
    section: last('j'),
  });
  for (const message of tool.problems) host.stderr(`addr2line: ${message}\n`);
  if (tool.problems.length > 0) return 1;
  const words =
    addresses.length > 0
      ? addresses
      : new TextDecoder().decode(host.stdin()).split('\n').slice(0, -1);
  let text = '';
  for (const word of words) text += tool.answer(word);
  host.stdout(text);
  return 0;
};
