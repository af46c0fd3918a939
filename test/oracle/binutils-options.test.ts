// Every option that GNU's tools list in their --help is known to ours: it is done, accepted without an effect on ELF files
// of this machine, or refused with a sentence of its own, but never unheard of.

import { expect, test } from 'vitest';
import { main as addr2line } from '../../apps/cli/src/addr2line.ts';
import { main as ar } from '../../apps/cli/src/ar.ts';
import type { Tool } from '../../apps/cli/src/host.ts';
import { main as nm } from '../../apps/cli/src/nm.ts';
import { main as objcopy, strip } from '../../apps/cli/src/objcopy.ts';
import { main as objdump } from '../../apps/cli/src/objdump.ts';
import { main as ranlib } from '../../apps/cli/src/ranlib.ts';
import { main as readelf } from '../../apps/cli/src/readelf.ts';
import { main as size } from '../../apps/cli/src/size.ts';
import { main as strings } from '../../apps/cli/src/strings.ts';
import { Bench, missingTool } from './gnu-bench.ts';

const missing = missingTool();
if (missing) console.log(`options of the object tools skipped: ${missing}`);

const tools: Readonly<Record<string, Tool>> = {
  objcopy,
  strip,
  nm,
  objdump,
  readelf,
  ar,
  size,
  strings,
  addr2line,
  ranlib,
};

/** The options that a help text names. */
function optionsOf(help: string): string[] {
  const lines = help.split('\n').filter((line) => /^\s+-|\[|or:/.test(line));
  const words = lines.flatMap((line) => [...line.matchAll(/(?<![\w-])--?[A-Za-z][\w-]*/g)]);
  return [...new Set(words.map(([word]) => word))];
}

const unheard = /unrecognized option|invalid option|is ambiguous/;

test.skipIf(missing).each(Object.keys(tools))('%s knows every option of --help', (name) => {
  const bench = new Bench();
  try {
    const options = optionsOf(bench.attempt(name, ['--help']).stdout);
    expect(options.length).toBeGreaterThan(5);
    // ar reads its command from the first word that is no option or its value.
    const command = name === 'ar' ? ['t', 'none.a'] : ['none'];
    const isUnheard = (args: string[]) => unheard.test(bench.ours(tools[name], args).stderr);
    const unknown = options.filter((option) => {
      if (name === 'ar' && /^-[a-z]+$/.test(option)) return isUnheard([`${option}t`, 'none.a']);
      return isUnheard([option, ...command]) && isUnheard([option, 'value', ...command]);
    });
    expect(unknown).toEqual([]);
  } finally {
    bench.remove();
  }
});
