// The libraries as npm packages: `dist/` of each is what `pnpm pack` takes. A bundle holds all that it is made of: the
// packages need no others, and the licenses of what is not ours come along.

import fs from 'node:fs';
import path from 'node:path';
import { writeFileAtomically } from '@ring0/kbuild';
import { copyDeclarations } from './declarations.ts';
import { bundleLibrary } from './library-bundle.ts';
import { licensesOf } from './licenses.ts';

/** Published under `packages/`; each has a README whose examples are run. */
export const libraries = ['assembler', 'compiler', 'elf', 'emulator', 'linker'] as const;

/**
 * What the package of the command exports, in its folder: the assembler and the linker in one
 * module, which holds what they share once. Less is public than in the two, for a page's sake.
 */
export const together = {
  folder: 'apps/cli/dist/library',
  entry: `
export {
  LiveAssembly, alignedBranches, assemble, assembleAll, branchKinds, formatGcc, formatJson,
  formatText, isKnownArchitecture, usedNote, writeElf,
} from '@ring0/assembler';
export type {
  AssembleOptions, AssembleResult, AssembledSymbol, BranchOptions, Diagnostic, ElfFile,
  ListingOptions, MachineOptions, OutputOptions, SourceEdit, WatcherMaker,
} from '@ring0/assembler';
export { link, treemapPage } from '@ring0/linker';
export type { LinkItem, LinkOptions, LinkResult, TreemapNode } from '@ring0/linker';
`,
} as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** What is the same in every published package. */
export function writePackageFiles(root: string, folder: string, manifest: object): void {
  const out = path.join(folder, 'dist');
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  writeFileAtomically(path.join(out, 'package.json'), text);
  fs.copyFileSync(path.join(folder, 'README.md'), path.join(out, 'README.md'));
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(out, 'LICENSE'));
}

/** The manifest of a library of one entry, an ES module with its types. */
export function libraryManifest(manifest: Manifest): object {
  const { name, version, description, license } = manifest;
  return {
    name,
    version,
    description,
    license,
    keywords: ['x86', 'i386', 'osdev', 'ring0'],
    type: 'module',
    sideEffects: false,
    engines: { node: '>=22' },
    exports: { '.': { types: './index.d.ts', default: './index.js' } },
    types: './index.d.ts',
  };
}

/** Writes into `out` the module of `entry`, its types and the licenses of what it holds. */
export async function writeLibrary(
  root: string,
  declarations: string,
  entry: string,
  out: string,
): Promise<void> {
  copyDeclarations(declarations, entry, out);
  const types = fs.globSync('**/*.d.ts', { cwd: out }).map((file) => path.join(out, file));
  const { code, files } = await bundleLibrary(root, entry, types);
  writeFileAtomically(path.join(out, 'index.js'), code);
  const licenses = licensesOf(root, files);
  if (licenses !== '') writeFileAtomically(path.join(out, 'LICENSES.txt'), licenses);
}

/** Writes `dist/` of every library. `declarations` is where the compiler has put theirs. */
export async function buildLibraries(root: string, declarations: string): Promise<void> {
  for (const name of libraries) {
    const folder = path.join(root, 'packages', name);
    const out = path.join(folder, 'dist');
    fs.rmSync(out, { recursive: true, force: true });
    // oxlint-disable-next-line no-await-in-loop -- one after another keeps the memory of one
    await writeLibrary(root, declarations, `export * from '@ring0/${name}';`, out);
    writePackageFiles(root, folder, libraryManifest(readManifest(folder)));
  }
  await writeLibrary(root, declarations, together.entry, path.join(root, together.folder));
}
