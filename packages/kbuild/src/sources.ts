// Finding a project's sources: a new file needs no list to edit.

import fs from 'node:fs';
import path from 'node:path';

/** Files below `directory` whose names end in one of `endings`, relative to `root`, sorted, forward slashes. */
export function listSources(root: string, directory: string, endings: readonly string[]): string[] {
  const found = fs.readdirSync(path.join(root, directory), { recursive: true, encoding: 'utf8' });
  return found
    .map((name) => `${directory}/${name.split(path.sep).join('/')}`)
    .filter((name) => !name.includes('/node_modules/'))
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .sort();
}
