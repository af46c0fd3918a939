// `pnpm build`: the system's files in dist/, the command in apps/cli/dist, and the libraries in the dist/ of each, all as
// they are published.

import path from 'node:path';
import { buildSystem, writeDist } from '@ring0/boot';
import { ring0Toolchain } from '@ring0/kbuild';
import { buildCommand } from './publish/command.ts';
import { writeDeclarations } from './publish/declarations.ts';
import { buildFirmwarePackage } from './publish/firmware.ts';
import { buildLibraries } from './publish/libraries.ts';

const root = path.resolve(import.meta.dirname, '..');

const system = await buildSystem({
  root,
  toolchain: ring0Toolchain(),
  log: (action, target, reason) => process.stdout.write(`${action} ${target} (${reason})\n`),
  complain: (text) => process.stderr.write(text),
});
for (const name of writeDist(root, system)) process.stdout.write(`${name}\n`);
await buildCommand(root, system);
buildFirmwarePackage(root, system.rom);
await buildLibraries(root, writeDeclarations(root));
