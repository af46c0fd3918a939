// ring0 <tool> ... A tool is loaded when it is asked for. The bundle adds the prefixed names: `ring0-as` is `ring0 as`.

import { systemHost } from './system-host.ts';
import { tools } from './tools.ts';

const version = '0.1.0';

function usage(): string {
  const rows = Object.entries(tools).map(
    ([name, tool]) => `  ${name.padEnd(10)} ${tool?.summary ?? ''}`,
  );
  return `usage: ring0 <tool> [argument ..]\n\n${rows.join('\n')}\n\nring0 <tool> --help tells more.\n`;
}

async function main(): Promise<number> {
  const [name, ...args] = process.argv.slice(2);
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
