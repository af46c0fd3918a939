// Runs the bundle of a tool with the code that earlier runs made of it. V8 compiles a function when
// it is called first, and Node's compile cache keeps a file as it was when it was loaded, so nearly
// without functions: compiling those again took 30 of the 270 ms of a small link, 45 of the 630 of
// a large one. Here the code is kept as it is at the end of a run, beside Node's cache and only
// where that is on.

import * as module from 'node:module';
import vm from 'node:vm';
import type { Host, Tool } from './host.ts';

/** Runs after which the code is kept again, as each may have called other functions. */
const runsMax = 6;

const latin1 = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('latin1');

/** Where the code of the bundle with that hash is kept; undefined: nowhere. */
function cacheFile(name: string, hash: string): string | undefined {
  // Node 20 has no such function, and no cache.
  const folder = module.getCompileCacheDir?.();
  return folder === undefined ? undefined : `${folder}/ring0-${name}-${hash}`;
}

/** The tool in `NAME.cjs` beside this file, a bundle whose contents have that hash. */
export function scriptTool(name: string, hash: string): Tool {
  return (argv, host) => {
    const filename = `${import.meta.dirname}/${name}.cjs`;
    const text = host.readFile(filename);
    if (!text) throw new Error(`${filename} is missing: install ring0 again`);
    const file = cacheFile(name, hash);
    // The last byte counts the runs.
    const kept = file === undefined ? undefined : host.readFile(file);
    const source = `(function (require, module, __dirname) {${latin1(text)}\n})`;
    const script = new vm.Script(source, {
      filename,
      cachedData: kept?.subarray(0, -1),
    });
    const isUsed = kept !== undefined && script.cachedDataRejected !== true;
    const run = (isUsed ? (kept.at(-1) ?? runsMax) : 0) + 1;
    const bundle = { exports: {} as { main: Tool } };
    script.runInThisContext()(module.createRequire(filename), bundle, import.meta.dirname);
    const status = bundle.exports.main(argv, host);
    if (file !== undefined && run <= runsMax) keepAtExit(file, script, run, host);
    return status;
  };
}

/** At the very end, when V8's flags are as they were: the code is valid for those only. */
function keepAtExit(file: string, script: vm.Script, run: number, host: Host): void {
  process.once('exit', () => {
    const code = script.createCachedData();
    host.writeFile(file, Buffer.concat([code, Buffer.from([run])]));
  });
}
