// `pnpm build`: the system's files in dist/, and the bundled command apps/cli/dist/ring0.mjs. The bundle is a stub that turns
// the compile cache on, a stub for each prefixed name, and chunks, so that a tool loads what it needs only.

import fs from 'node:fs';
import path from 'node:path';
import { buildSystem, writeDist } from '@ring0/boot';
import { ring0Toolchain, writeFileAtomically } from '@ring0/kbuild';
import { build } from 'esbuild';
import { tools } from '../apps/cli/src/tools.ts';

const root = path.resolve(import.meta.dirname, '..');
const out = path.join(root, 'apps/cli/dist');

/** `ring0`, or with a tool `ring0-TOOL`, which is the same with the tool's name put in. */
function stub(tool?: string): string {
  const insert = tool === undefined ? '' : `process.argv.splice(2, 0, '${tool}');\n`;
  return `#!/usr/bin/env node
import * as module from 'node:module';
module.enableCompileCache?.();
${insert}await import('./chunks/main.mjs');
`;
}

async function bundle(): Promise<void> {
  fs.rmSync(out, { recursive: true, force: true });
  await build({
    entryPoints: { main: path.join(root, 'apps/cli/src/main.ts') },
    outdir: path.join(out, 'chunks'),
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['source'],
    logLevel: 'warning',
  });
  writeFileAtomically(path.join(out, 'ring0.mjs'), stub(), 0o755);
  for (const tool of Object.keys(tools)) {
    writeFileAtomically(path.join(out, `ring0-${tool}.mjs`), stub(tool), 0o755);
  }
}

async function system(): Promise<void> {
  const built = await buildSystem({
    root,
    toolchain: ring0Toolchain(),
    log: (action, target, reason) => process.stdout.write(`${action} ${target} (${reason})\n`),
    complain: (text) => process.stderr.write(text),
  });
  writeFileAtomically(path.join(out, 'chunks/bios.bin'), built.rom);
  fs.cpSync(path.join(root, 'userland/libc/include'), path.join(out, 'chunks/sysroot/include'), {
    recursive: true,
  });
  fs.cpSync(path.join(root, 'kernel/include/uapi'), path.join(out, 'chunks/sysroot/include/uapi'), {
    recursive: true,
  });
  for (const [name, bytes] of Object.entries(built.libraries)) {
    writeFileAtomically(path.join(out, 'chunks/sysroot/lib', name), bytes);
  }
  for (const name of writeDist(root, built)) process.stdout.write(`${name}\n`);
}

await bundle();
await system();
