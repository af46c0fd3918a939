// Where a name that nothing defines might be found: in an archive that was searched too early, or
// in a library of the search path that was not named.

import { ArchiveView, definedNames, isArchive } from '@ring0/elf';
import type { Resolver } from './resolve.ts';

/** Libraries that people forget, by the option that names them. */
const forgotten = ['m', 'pthread', 'dl', 'rt', 'c', 'gcc', 'gcc_eh', 'stdc++', 'util', 'crypt'];

/** Answers what to do about `name`; undefined: nothing is known. */
export function elsewhere(
  resolver: Resolver,
  directories: readonly string[],
  readFile: (path: string) => Uint8Array | undefined,
): (name: string) => string | undefined {
  let libraries: { readonly name: string; readonly names: ReadonlySet<string> }[] | undefined;
  const load = (): NonNullable<typeof libraries> =>
    forgotten.flatMap((name) => {
      for (const directory of directories) {
        const path = `${directory}/lib${name}.a`;
        const bytes = readFile(path);
        const names = bytes && isArchive(bytes) ? namesIn(bytes, path) : new Set<string>();
        if (names.size > 0) return [{ name, names }];
      }
      return [];
    });
  return (name) => {
    for (const archive of resolver.archives) {
      if (!archive.has(name)) continue;
      return `${archive.path} defines it, but was searched before anything asked for it: name it later, or use --start-group`;
    }
    libraries ??= load();
    const found = libraries.find(({ names }) => names.has(name));
    return found && `it is in lib${found.name}: add -l${found.name}`;
  };
}

function namesIn(bytes: Uint8Array, path: string): ReadonlySet<string> {
  const view = new ArchiveView(bytes, path, undefined);
  if (view.index) return new Set(view.index.entries().map(({ name }) => name));
  return new Set([...view.members()].flatMap((member) => definedNames(member)));
}
