// Files that the source names: `.include` and `.incbin`.

import type { Assembly } from './assembly.ts';

/** As given, then below each -I. */
export function findFile(
  assembly: Assembly,
  path: string,
): { path: string; bytes: Uint8Array } | undefined {
  const { readFile, includePaths = [] } = assembly.options;
  const candidates = [path, ...includePaths.map((folder) => `${folder}/${path}`)];
  for (const candidate of path.startsWith('/') ? [path] : candidates) {
    const bytes = readFile?.(candidate);
    if (bytes) return { path: candidate, bytes };
  }
  return undefined;
}
