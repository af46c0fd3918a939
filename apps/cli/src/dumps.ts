// --dump=PASS: what as, cc and ld show of their passes. One table: the tools check names against it, --dump=help prints it.

import type { Host } from './host.ts';

const dumps = {
  as: {
    encoding: 'each statement with its address and bytes (the listing)',
    symbols: 'each symbol with its section, value and binding',
  },
  cc: {
    tokens: 'the tokens after preprocessing, with their places',
    ir: 'the intermediate representation, after each pass; ir-PASS shows one',
    select: 'the machine instructions as selected, on virtual registers',
    machine: 'the machine instructions with their registers',
    all: 'all of these',
  },
  ld: {
    layout: 'the output sections with addresses, sizes and segments',
  },
} as const;

type DumpingTool = keyof typeof dumps;

const option = '--dump=';

/** Answers --dump=help, or a name the tool does not have, with an exit status; undefined: go on. */
export function answerDump(
  tool: DumpingTool,
  argv: readonly string[],
  host: Host,
): number | undefined {
  const table: Readonly<Record<string, string>> = dumps[tool];
  const names = argv
    .filter((word) => word.startsWith(option))
    .map((word) => word.slice(option.length));
  if (names.includes('help')) {
    for (const [name, text] of Object.entries(table)) host.stdout(`${name.padEnd(10)} ${text}\n`);
    return 0;
  }
  const unknown = names.find((name) => table[name.split('-')[0] ?? ''] === undefined);
  if (unknown === undefined) return undefined;
  const known = Object.keys(table).join(', ');
  host.stderr(`ring0 ${tool}: --dump: found '${unknown}', expected one of ${known}\n`);
  return 2;
}
