// `pnpm boot`: builds what changed, makes a disk, boots it, and gives the terminal to the guest.

import fs from 'node:fs';
import * as module from 'node:module';
import path from 'node:path';
import type { Front, RunOptions } from '@ring0/console';

module.enableCompileCache?.();

const root = path.resolve(import.meta.dirname, '../../..');

const usage = `usage: pnpm boot [option ..]

builds firmware, kernel and userland from source and boots them

`;

const front: Front = {
  name: 'boot',
  usage,
  check: ({ positionals: [word] }) =>
    word === undefined ? undefined : `found '${word}', expected an option`,
};

async function main(argv: readonly string[]): Promise<number> {
  const { readRunOptions } = await import('@ring0/console');
  const options = readRunOptions(front, argv, {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
  return typeof options === 'number' ? options : boot(options);
}

async function boot(options: RunOptions): Promise<number> {
  const { EXIT, elfSymbols, fileDisk, runSession } = await import('@ring0/console');
  const { memoryDisk } = await import('@ring0/emulator');
  const { progressLog } = await import('./progress.ts');
  const { BuildError, ring0Toolchain } = await import('@ring0/kbuild');
  const { buildSystem, writeDist } = await import('./system.ts');
  const progress = progressLog(process.stderr);
  const additions = readAdditions(options.additions);
  if (typeof additions === 'string') {
    process.stderr.write(`boot: ${additions}\n`);
    return EXIT.input;
  }
  try {
    const system = await buildSystem({
      root,
      toolchain: ring0Toolchain({ isColoured: process.stderr.isTTY === true }),
      log: progress.log,
      complain: (text) => process.stderr.write(text),
    });
    progress.done(system.ranCount);
    writeDist(root, system);
    const makeDisk = () => system.disk({ append: options.append, additions });
    const disk = openDisk(options.disks[0], makeDisk, fileDisk, memoryDisk);
    if (!disk) {
      process.stderr.write(`boot: cannot open ${options.disks[0]}\n`);
      return EXIT.input;
    }
    const symbols = elfSymbols(system.kernel, 'kernel.elf');
    const machine = { memoryMiB: options.memoryMiB, rom: system.rom, disks: [{ disk }], symbols };
    const { systemCalls } = JSON.parse(Buffer.from(system.facts).toString());
    return await runSession(machine, options, systemCalls);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    process.stderr.write(`boot: ${error.message}\n`);
    return EXIT.input;
  }
}

/** The guest files named by --add, or what is wrong. */
function readAdditions(
  additions: RunOptions['additions'],
): { guest: string; bytes: Uint8Array }[] | string {
  const read: { guest: string; bytes: Uint8Array }[] = [];
  for (const { host, guest } of additions) {
    if (!fs.statSync(host, { throwIfNoEntry: false })?.isFile())
      return `--add: cannot read ${host}`;
    read.push({ guest, bytes: new Uint8Array(fs.readFileSync(host)) });
  }
  return read;
}

/** A fresh copy in memory; or the file that --disk names, made from a fresh image when it is not there yet. */
function openDisk<T>(
  file: string | undefined,
  make: () => Uint8Array,
  fromFile: (path: string) => T | undefined,
  fromBytes: (bytes: Uint8Array) => T,
): T | undefined {
  if (file === undefined) return fromBytes(make());
  if (!fs.existsSync(file)) {
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      fs.writeFileSync(temporary, make());
      fs.renameSync(temporary, file);
    } catch {
      return undefined;
    }
  }
  return fromFile(file);
}

process.exitCode = await main(process.argv.slice(2));
