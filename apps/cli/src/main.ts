// ring0 <tool> ..., and the prefixed names: `ring0-as` is `ring0 as`. A tool is loaded when it is asked for.

import path from 'node:path';
import { systemHost } from './system-host.ts';
import { tools } from './tools.ts';

const version = '0.1.0';

function usage(): string {
  const rows = Object.entries(tools).map(
    ([name, tool]) => `  ${name.padEnd(10)} ${tool?.summary ?? ''}`,
  );
  return `usage: ring0 <tool> [argument ..]\n\n${rows.join('\n')}\n\nring0 <tool> --help tells more.\n`;
}

/** The tool's name and its arguments, from how the command was called. */
function choose(script: string, args: readonly string[]): [string | undefined, readonly string[]] {
  const called = path.basename(script).replace(/\.(exe|mjs|ts|cmd)$/, '');
  const prefixed = /^ring0-(.+)$/.exec(called)?.[1];
  return prefixed === undefined ? [args[0], args.slice(1)] : [prefixed, args];
}

async function main(): Promise<number> {
  const [name, args] = choose(process.argv[1] ?? '', process.argv.slice(2));
  const host = systemHost();
  if (name === '--version') {
    host.stdout(`ring0 ${version}\n`);
    return 0;
  }
  if (name === undefined || name === '--help') {
    host.stdout(usage());
    return name === undefined ? 2 : 0;
  }
  const tool = tools[name];
  if (!tool) {
    host.stderr(`ring0: found '${name}', expected the name of a tool\n${usage()}`);
    return 2;
  }
  const run = await tool.load();
  return run(args, host);
}

process.exitCode = await main();
