// The real host: Node's file system and standard streams.

import type { Host } from './host.ts';

// An import of node:fs asks for all that it has, streams too, whose loading takes some milliseconds.
const fs = process.getBuiltinModule?.('node:fs') ?? (await import('node:fs')).default;
const path = process.getBuiltinModule?.('node:path') ?? (await import('node:path')).default;

function writeAll(fd: number, data: Uint8Array | string): void {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') continue; // a pipe that is full for now
      if (code === 'EPIPE') return; // the reader has gone: nobody is left to tell
      throw error;
    }
  }
}

function writeFile(file: string, bytes: Uint8Array, isExecutable: boolean): boolean {
  const existing = fs.statSync(file, { throwIfNoEntry: false });
  try {
    if (existing && !existing.isFile()) {
      fs.writeFileSync(file, bytes); // /dev/stdout and the like
      return true;
    }
    const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.tmp`);
    fs.writeFileSync(temporary, bytes, { mode: isExecutable ? 0o777 : 0o666 });
    fs.renameSync(temporary, file);
    return true;
  } catch {
    return false;
  }
}

function removeFile(file: string): void {
  try {
    if (fs.lstatSync(file, { throwIfNoEntry: false })?.isFile()) fs.rmSync(file);
  } catch {
    // It stays: nobody can do more about it.
  }
}

/**
 * A space for new objects that does not grow is worth 50 of 190 MiB to the assembler on SQLite by
 * gcc -O2, at the same CPU time; no marking beside the program, which nearly all outlives, is worth 20
 * MiB, and at most 5 % of CPU time. Threads that share the clearing of so small a space wait for each
 * other longer than they work: 4 %.
 */
const shortRunFlags =
  '--no-opt --no-incremental-marking --semi-space-growth-factor=1 --no-parallel-scavenge';

/**
 * To the linker the last stage of optimising costs 50 of 350 ms, marking what it keeps anyway 10,
 * copies of functions and loops in what calls them 10 to 20 of 650.
 */
const keepingFlags =
  '--no-opt --no-incremental-marking --no-maglev-inlining --no-maglev-loop-peeling';

/**
 * Arrays of numbers that grow made V8 look four times through all there was: 200 of 3,000 ms of
 * SQLite by gcc -g; threads that share the clearing of new objects cost as much.
 */
const largeRunFlags = '--external-memory-accounted-in-global-limit --no-parallel-scavenge';

/** What undoes each of these. */
const usualFlags =
  '--opt --incremental-marking --maglev-inlining --maglev-loop-peeling --semi-space-growth-factor=2 ' +
  '--parallel-scavenge --no-external-memory-accounted-in-global-limit';

/**
 * Loading node:v8 takes 2 ms, so only who gains by it asks for it (Node 22 can, on the spot). The
 * flags are part of what code in the compile cache is valid for, and that is written at the end: so
 * they are undone before, or each run would compile everything anew.
 */
function setFlags(flags: string): void {
  const v8 = process.getBuiltinModule?.('node:v8');
  if (!v8) return;
  // Older ones do not know all of them, and say so on standard error.
  const isKnown = Number.parseInt(process.versions.v8) >= 13;
  const set = (all: string): void =>
    all.split(' ').forEach((f) => {
      if (isKnown || !/maglev|external/.test(f)) v8.setFlagsFromString(f);
    });
  set(flags);
  process.prependOnceListener('exit', () => set(usualFlags));
}

/** The host of this process. */
export function systemHost(): Host {
  const host: Host = {
    readFile(file) {
      try {
        const { buffer, byteOffset, length } = fs.readFileSync(file);
        return new Uint8Array(buffer, byteOffset, length);
      } catch {
        return undefined;
      }
    },
    isFolder: (file) => fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true,
    writeFile: (file, bytes, options) => writeFile(file, bytes, options?.isExecutable ?? false),
    removeFile,
    stdin: () => new Uint8Array(fs.readFileSync(0)),
    expectShortRun: (memory) => setFlags(memory === 'keeps' ? keepingFlags : shortRunFlags),
    expectLargeRun: () => setFlags(largeRunFlags),
    expectLongRun: () => setFlags('--opt --maglev-inlining --maglev-loop-peeling'),
    stdout: (data) => writeAll(1, data),
    stderr: (text) => writeAll(2, text),
    // Asked when something is shown: making `process.stderr` takes some milliseconds.
    get isColoured() {
      return process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined;
    },
    cwd: process.cwd(),
  };
  // Before Node 20.16 there is no way to load it here, and the linker's own code hashes.
  if ('getBuiltinModule' in process) {
    host.sha1 = nativeSha1;
    host.deflate = (bytes) => process.getBuiltinModule('node:zlib').deflateSync(bytes);
  }
  return host;
}

function nativeSha1(bytes: Uint8Array): Uint8Array {
  return process.getBuiltinModule('node:crypto').createHash('sha1').update(bytes).digest();
}
