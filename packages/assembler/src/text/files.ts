// Files that the source names: `.include` and `.incbin`.

import type { Assembly } from '../object/assembly.ts';

/** As given, then below each -I; where there is one, the first place is called `./`, as in GNU as. */
export function findFile(
  assembly: Assembly,
  path: string,
): { path: string; bytes: Uint8Array } | undefined {
  const { readFile, includePaths = [] } = assembly.options;
  const candidates = [path, ...includePaths.map((folder) => `${folder}/${path}`)];
  for (const candidate of path.startsWith('/') ? [path] : candidates) {
    const bytes = readFile?.(candidate);
    if (!bytes) continue;
    assembly.filesRead.add(candidate);
    const isHere = candidate === path && includePaths.length > 0 && !path.startsWith('/');
    return { path: isHere ? `./${path}` : candidate, bytes };
  }
  return undefined;
}

/** In words: where `findFile` looked. */
export function searched(assembly: Assembly, path: string): string {
  const { includePaths = [] } = assembly.options;
  if (path.startsWith('/')) return 'a path that begins with / is searched nowhere else';
  if (includePaths.length === 0) return 'looked beside the command only; -I DIR adds a directory';
  return `looked in . and in ${includePaths.join(', ')}; -I DIR adds a directory`;
}
