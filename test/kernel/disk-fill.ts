// A script that fills a small disk in every way: with data, with names, with inodes, makes room and fills it again, and in the
// end removes everything. The first and the last lines ask for the free blocks and inodes.

import { random } from './disk-script.ts';

/** Lines for programs/disk.c. The disk is to have a megabyte. */
export function fillScript(blockSize: number): string[] {
  const next = random(blockSize);
  const long = 'y'.repeat(200);
  const lines = ['F 0', 'F 1', 'm /d'];
  const files = new Set<string>();
  const write = (name: string, size: number): void => {
    files.add(name);
    lines.push(`w ${name} 0 ${size} ${next() % 256}`);
  };
  const remove = (wanted: (index: number) => boolean): void => {
    for (const [i, name] of [...files].entries()) {
      if (!wanted(i)) continue;
      files.delete(name);
      lines.push(`u ${name}`);
    }
  };
  for (let i = 0; i < 30; i++) write(`/d/data${i}`, 60_000); // data
  for (let i = 0; i < 40; i++) write(`/d/${long}${i}`, 1); // names, for which there is no block
  lines.push('m /d/sub', `s ${long} /d/link`, 'n /d/data0 /moved');
  remove((i) => i % 3 === 0);
  lines.push('w /d/hole 500000 20000 1', 't /d/hole 0', 'y');
  files.add('/d/hole');
  for (let i = 0; i < 30; i++) write(`/d/again${i}`, 1 + (next() % 50_000));
  remove((i) => i % 2 === 0);
  for (let i = 0; i < 200; i++) write(`/d/i${i}`, 0); // inodes
  for (let i = 0; i < 20; i++) write(`/d/more${i}`, 30_000);
  remove(() => true);
  lines.push('u /d/link', 'u /moved', 'd /d/sub', 'd /d');
  return [...lines, 'F 0', 'F 1'];
}
