// `ring0 ranlib`: gives an archive its symbol index.

import { main as ar } from './ar.ts';
import type { Tool } from './host.ts';

/** As `ar s` for each archive. */
export const main: Tool = (argv, host) => {
  const files = argv.filter((word) => !word.startsWith('-'));
  let status = files.length > 0 ? 0 : 2;
  for (const file of files) status = ar(['s', file], host) || status;
  return status;
};
