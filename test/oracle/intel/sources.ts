// Statements of a real program, Lua as gcc writes it, in both syntaxes.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { debianSource } from '../../debian-source.ts';
import { instructionsOf } from './campaign.ts';

const levels = ['-O2 -march=i686', '-O3 -mavx2 -mfma', '-Os -fPIC -march=pentium4', '-O0'];

/** The distinct instructions of three files at four levels; none where tools or sources miss. */
export function luaStatements(folder: string, isIntel: boolean): string[] {
  const home = debianSource('lua5.4');
  if (!home) return [];
  const output = path.join(folder, 'lua.s');
  const texts = ['lvm', 'lstring', 'lmathlib'].flatMap((name) =>
    levels.map((level) => {
      const source = path.join(home, 'src', `${name}.c`);
      const words = [
        '-m32',
        isIntel ? '-masm=intel' : '-masm=att',
        '-w',
        '-S',
        source,
        '-o',
        output,
      ];
      const run = spawnSync('gcc', [...words, ...level.split(' ')]);
      return run.status === 0 ? fs.readFileSync(output, 'latin1') : '';
    }),
  );
  return instructionsOf(texts);
}
