// `ring0 ld`: GNU ld's command line over the linker library.

import { formatText } from '@ring0/diagnostics';
import { link } from '@ring0/linker';
import { answerDump } from './dumps.ts';
import type { Tool } from './host.ts';

const version = '0.1.0';

const usage = `Usage: ring0 ld [options] file...
  -o FILE  -T SCRIPT  -e SYMBOL  -L DIR  -l NAME  -Map=FILE  -M  -N  -n  -s  -S  -x  -u SYMBOL
  -Ttext ADDR  -Tdata ADDR  -Tbss ADDR  --defsym NAME=EXPRESSION  -b binary  --oformat binary
  --gc-sections  --print-gc-sections  --start-group .. --end-group  --whole-archive  -z KEYWORD
  --orphan-handling=MODE  --dump=layout  @FILE
`;

/** Links; writes the output and the map file. Status 1 for wrong input, 2 for wrong usage. */
export const main: Tool = (argv, host) => {
  if (argv.includes('--help')) {
    host.stdout(usage);
    return 0;
  }
  const dumped = answerDump('ld', argv, host);
  if (dumped !== undefined) return dumped;
  const result = link(argv, { readFile: (path) => host.readFile(path) });
  if (result.wantsVersion) {
    host.stdout(`GNU ld (ring0 ${version}) 2.40\n`);
    if (!result.image && result.diagnostics.length === 0) return 0;
  }
  host.stdout(result.text);
  let status = result.image ? 0 : 1;
  for (const diagnostic of result.diagnostics) {
    host.stderr(`ld: ${formatText(diagnostic, { isColoured: host.isColoured })}`);
    if (diagnostic.code === 'L0001' || diagnostic.code === 'L0003') status = 2;
  }
  if (result.image && !host.writeFile(result.output, result.image, { isExecutable: true })) {
    host.stderr(`ld: error: cannot write ${result.output}\n`);
    status = 1;
  }
  if (result.map !== undefined && result.mapPath !== undefined) {
    if (!host.writeFile(result.mapPath, new TextEncoder().encode(result.map))) status = 1;
  }
  return status;
};
