// The libraries as npm packages: `dist/` of each is what `pnpm pack` takes. A bundle holds the ring0 packages that it is
// made of; its package.json names packages of npm only.

import fs from 'node:fs';
import path from 'node:path';
import { writeFileAtomically } from '@ring0/kbuild';
import { build } from 'esbuild';
import { copyDeclarations } from './declarations.ts';

/** Published under `packages/`; each has a README whose examples are run. */
export const libraries = ['assembler', 'compiler', 'elf', 'emulator', 'linker'] as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function readManifest(folder: string): Manifest {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** The npm packages that the ring0 packages declare, with the versions they were tested with. */
function versionsDeclared(root: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>();
  for (const folder of fs.readdirSync(path.join(root, 'packages'))) {
    const { dependencies = {} } = readManifest(path.join(root, 'packages', folder));
    for (const [name, version] of Object.entries(dependencies)) {
      if (!version.startsWith('workspace:')) versions.set(name, version);
    }
  }
  return versions;
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
export function libraryManifest(manifest: Manifest, dependencies: Record<string, string>): object {
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
    ...(Object.keys(dependencies).length > 0 ? { dependencies } : {}),
  };
}

/** Writes `dist/` of every library. `declarations` is where the compiler has put theirs. */
export async function buildLibraries(root: string, declarations: string): Promise<void> {
  const versions = versionsDeclared(root);
  for (const name of libraries) {
    const folder = path.join(root, 'packages', name);
    const out = path.join(folder, 'dist');
    fs.rmSync(out, { recursive: true, force: true });
    // oxlint-disable-next-line no-await-in-loop -- one after another keeps the memory of one
    const { metafile } = await build({
      entryPoints: [path.join(folder, 'src/index.ts')],
      outfile: path.join(out, 'index.js'),
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      target: 'es2024',
      conditions: ['source'],
      external: [...versions.keys()],
      metafile: true,
      logLevel: 'warning',
    });
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const used = [...versions].filter(([npm]) => imports.some((each) => each.path === npm));
    copyDeclarations(declarations, name, out);
    writePackageFiles(
      root,
      folder,
      libraryManifest(readManifest(folder), Object.fromEntries(used)),
    );
  }
}
