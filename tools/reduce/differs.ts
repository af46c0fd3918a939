// node -C source tools/reduce/differs.ts LEVEL FILE [gcc's options ..]
//
// A TEST for tools/reduce.ts: exits with 0 where FILE, a whole C program, does something else when our compiler has made it at
// -OLEVEL. The program must be a right one, as far as that can be told: gcc warns of nothing that makes it undefined, -O0 and
// -O2 agree, and gcc's sanitizer finds nothing.

import { spawnSync } from 'node:child_process';
import path from 'node:path';

const [level, file, ...options] = process.argv.slice(2);
const cc = path.resolve(import.meta.dirname, '../../apps/cli/src/main.ts');
const LIMIT = 10_000;

const isMade = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

function outcome(program: string): string | undefined {
  const run = spawnSync(path.resolve(program), { encoding: 'latin1', timeout: LIMIT });
  return run.error ? undefined : `${run.stdout}${run.status}${run.signal}`;
}
/** What gcc's program does; undefined where it cannot be made or does not end. */
function byGcc(...flags: string[]): string | undefined {
  const isThere = isMade('gcc', '-m32', ...options, ...flags, file, '-o', 'by-gcc');
  return isThere ? outcome('by-gcc') : undefined;
}

function differs(): boolean {
  const strict = ['-Wall', '-Wextra', '-Werror=uninitialized', '-Werror=return-type'];
  const declared = ['-Werror=implicit-function-declaration', '-Werror=implicit-int'];
  const plain = byGcc('-O0');
  if (plain === undefined || byGcc('-O2', ...strict, ...declared) !== plain) return false;
  const checked = byGcc('-O1', '-fsanitize=undefined', '-fno-sanitize-recover=undefined');
  if (checked !== undefined && checked !== plain) return false;
  const own = ['-C', 'source', cc, 'cc', '--sysroot=/', '-w', `-O${level}`];
  const includes = options.filter((option) => /^-[IDU]/.test(option));
  if (!isMade(process.execPath, ...own, ...includes, file, '-o', 'by-us')) return false;
  return outcome('by-us') !== plain;
}

process.exitCode = differs() ? 0 : 1;
