// The command as an npm package: `ring0.mjs`, a stub that turns the compile cache on, a stub for each prefixed name, and a
// bundle for each tool. Chunks that tools share would hold all that any of them needs: readelf took 597 KB of them, alone it
// is 213 KB (17 of 53 ms). Bundles that load nothing later are scripts, which `code-cache.ts` runs. Everything is in the
// bundles, with the licenses of what is not ours.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeFileAtomically } from '@ring0/kbuild';
import type { System } from '@ring0/boot';
import { build } from 'esbuild';
import type { BuildOptions, Metafile, Plugin } from 'esbuild';
import { packedScripts } from '@ring0/linker';
import { scriptFiles } from '../../apps/cli/src/known-scripts.ts';
import { tools } from '../../apps/cli/src/tools.ts';
import { licensesOf } from './licenses.ts';
import { writePackageFiles } from './libraries.ts';

/** `ring0`, or with a tool `ring0-TOOL`, which is the same with the tool's name put in. */
function stub(tool?: string): string {
  const insert = tool === undefined ? '' : `process.argv.splice(2, 0, '${tool}');\n`;
  return `#!/usr/bin/env node
import * as module from 'node:module';
module.enableCompileCache?.();
${insert}await import('./chunks/main.mjs');
`;
}

/** The tools that are scripts, with the hash of each. */
type Scripts = ReadonlyMap<string, string>;

/**
 * In `tools.ts` a tool is a file that `main` loads: in the package a bundle beside it, or a script
 * that `code-cache.ts` runs.
 */
const toolsApart = (source: string, scripts: Scripts): Plugin => ({
  name: 'tools apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path: file, kind, importer }) => {
      if (kind !== 'dynamic-import' || path.basename(importer) !== 'tools.ts') return undefined;
      const name = path.basename(file, '.ts');
      if (scripts.has(name)) return { path: name, namespace: 'script' };
      return { path: `./${name}.mjs`, external: true };
    });
    onLoad({ filter: /.*/, namespace: 'script' }, ({ path: name }) => ({
      contents: `import { scriptTool } from './code-cache.ts';
        export const main = scriptTool('${name}', '${scripts.get(name)}');`,
      resolveDir: source,
    }));
  },
});

const buildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  conditions: ['source'],
  metafile: true,
  logLevel: 'warning',
  // Fields without a value are not declared: V8 would take `undefined` for the first value of each,
  // so that none were numbers (3 % of the time of a large link).
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
} as const satisfies BuildOptions;

/** Bundles a file of the command's `src`; what it loads on demand goes into chunks. */
async function bundle(
  root: string,
  folder: string,
  entry: string,
  scripts: Scripts,
): Promise<Metafile> {
  const { metafile } = await build({
    ...buildOptions,
    absWorkingDir: root,
    entryPoints: { [entry]: path.join(folder, `src/${entry}.ts`) },
    outdir: path.join(folder, 'dist/chunks'),
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    // What `main` loads is outside, so it is one file.
    splitting: entry !== 'main',
    format: 'esm',
    plugins: [toolsApart(path.join(folder, 'src'), scripts)],
  });
  return metafile;
}

/** Makes a script of the bundle of a tool that is one file; its hash. */
async function script(root: string, folder: string, tool: string): Promise<string> {
  const chunks = path.join(folder, 'dist/chunks');
  const outfile = path.join(chunks, `${tool}.cjs`);
  await build({
    ...buildOptions,
    absWorkingDir: root,
    entryPoints: [path.join(folder, `src/${tool}.ts`)],
    outfile,
    format: 'cjs',
    define: { 'import.meta.dirname': '__dirname' },
  });
  fs.rmSync(path.join(chunks, `${tool}.mjs`));
  return createHash('sha256').update(fs.readFileSync(outfile)).digest('hex').slice(0, 16);
}

/** Writes `apps/cli/dist`, which is what `pnpm pack` takes. */
export async function buildCommand(root: string, system: System): Promise<void> {
  const folder = path.join(root, 'apps/cli');
  const out = path.join(folder, 'dist');
  fs.rmSync(out, { recursive: true, force: true });
  const names = Object.keys(tools);
  const inputs: Metafile['inputs'] = {};
  const scripts = new Map<string, string>();
  /* oxlint-disable no-await-in-loop -- one after another keeps the memory of one */
  for (const entry of [...names, 'main']) {
    const made = await bundle(root, folder, entry, scripts);
    Object.assign(inputs, made.inputs);
    const isWhole = entry !== 'main' && Object.keys(made.outputs).length === 1;
    if (isWhole) scripts.set(entry, await script(root, folder, entry));
  }
  /* oxlint-enable no-await-in-loop */
  writeFileAtomically(path.join(out, 'ring0.mjs'), stub(), 0o755);
  for (const tool of names) {
    writeFileAtomically(path.join(out, `ring0-${tool}.mjs`), stub(tool), 0o755);
  }
  writeFileAtomically(path.join(out, 'LICENSES.txt'), licensesOf(root, Object.keys(inputs)));
  for (const { name, content } of scriptFiles(packedScripts())) {
    writeFileAtomically(path.join(out, 'chunks', name), content);
  }
  const sysroot = path.join(out, 'chunks/sysroot');
  writeFileAtomically(path.join(out, 'chunks/bios.bin'), system.rom);
  copyTree(path.join(root, 'userland/libc/include'), path.join(sysroot, 'include'));
  copyTree(path.join(root, 'kernel/include/uapi'), path.join(sysroot, 'include/uapi'));
  for (const [name, bytes] of Object.entries(system.libraries)) {
    writeFileAtomically(path.join(sysroot, 'lib', name), bytes);
  }
  const { version, description, license } = JSON.parse(
    fs.readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  writePackageFiles(root, folder, {
    name: 'ring0',
    version,
    description,
    license,
    keywords: ['x86', 'i386', 'assembler', 'linker', 'compiler', 'emulator', 'osdev'],
    type: 'module',
    engines: { node: '>=20' },
    bin: {
      ring0: './ring0.mjs',
      ...Object.fromEntries(names.map((name) => [`ring0-${name}`, `./ring0-${name}.mjs`])),
    },
    // The assembler and the linker: libraries.ts writes it.
    exports: {
      '.': { types: './library/index.d.ts', default: './library/index.js' },
      './package.json': './package.json',
    },
    types: './library/index.d.ts',
    sideEffects: false,
  });
}

function copyTree(from: string, to: string): void {
  fs.cpSync(from, to, { recursive: true });
}
