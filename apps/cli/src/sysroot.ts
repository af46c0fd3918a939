// Where cc finds headers, start files and libraries: our libc's, or those of a directory given by
// --sysroot (`/`: the host's). The one place that knows.

import path from 'node:path';
import type { Host } from './host.ts';

export interface Sysroot {
  readonly includePaths: readonly string[];
  readonly startFiles: readonly string[];
  readonly libraryPaths: readonly string[];
  readonly libraries: readonly string[];
  readonly endFiles: readonly string[];
}

/**
 * The directory that holds `include` and `lib` of our libc: beside the bundle, else in the source
 * tree.
 */
function ownRoot(host: Host): { includes: string[]; library: string } {
  const here = (relative: string): string => path.resolve(import.meta.dirname, relative);
  const shipped = here('./sysroot');
  if (host.readFile(`${shipped}/include/stdio.h`)) {
    return { includes: [`${shipped}/include`], library: `${shipped}/lib` };
  }
  return {
    includes: [here('../../../userland/libc/include'), here('../../../kernel/include')],
    library: here('../../../dist/sysroot/lib'),
  };
}

/** The parts of a sysroot; `directory` undefined: our own. */
export function sysrootAt(directory: string | undefined, host: Host): Sysroot {
  if (directory === undefined) {
    const { includes, library } = ownRoot(host);
    return {
      includePaths: includes,
      startFiles: [`${library}/crt0.o`],
      libraryPaths: [library],
      libraries: [`${library}/libc.a`],
      endFiles: [],
    };
  }
  const root = directory.replace(/\/$/, '');
  const triplets = ['i386-linux-gnu', 'i686-linux-gnu'];
  const existing = (paths: readonly string[], file: string): string | undefined =>
    paths.find((path) => host.readFile(`${path}/${file}`) !== undefined);
  const compilers = ['14', '13', '12', '11', '10'].flatMap((release) =>
    ['x86_64-linux-gnu', ...triplets].map((triplet) => `${root}/usr/lib/gcc/${triplet}/${release}`),
  );
  const compiler = existing(compilers, 'include/stddef.h');
  const libraryPaths = ['/usr/lib32', '/lib32', '/usr/lib/i386-linux-gnu', '/lib', '/usr/lib'].map(
    (path) => root + path,
  );
  const library = existing(libraryPaths, 'crt1.o') ?? `${root}/usr/lib`;
  const support = compiler && existing([`${compiler}/32`, compiler], 'libgcc.a');
  return {
    includePaths: [
      ...(compiler ? [`${compiler}/include`] : []),
      `${root}/usr/local/include`,
      ...triplets.map((triplet) => `${root}/usr/include/${triplet}`),
      `${root}/usr/include/x86_64-linux-gnu`,
      `${root}/usr/include`,
    ],
    startFiles: [`${library}/crt1.o`, `${library}/crti.o`],
    libraryPaths,
    libraries: [
      `${library}/libc.a`,
      ...(support ? [`${support}/libgcc.a`, `${support}/libgcc_eh.a`] : []),
      `${library}/libc.a`,
    ],
    endFiles: [`${library}/crtn.o`],
  };
}
