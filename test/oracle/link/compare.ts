// One link by GNU ld and by ours: do both accept it, and are the files and maps the same?

import { main as ld } from '../../../apps/cli/src/ld.ts';
import type { Bench } from '../gnu-bench.ts';

export interface Comparison {
  readonly gnu: { readonly isAccepted: boolean; readonly text: string };
  readonly ours: { readonly isAccepted: boolean; readonly text: string };
  /** readelf's text of both files; equal where the files are. */
  readonly gnuShown: string;
  readonly ourShown: string;
  readonly isSame: boolean;
  readonly gnuMap: string;
  readonly ourMap: string;
}

/** Links by both; `args` are without -m and -o. */
export function compareLinks(bench: Bench, args: readonly string[], wantsMap = false): Comparison {
  const base = ['-m', 'elf_i386', ...args];
  const map = (who: string): string[] => (wantsMap ? ['-Map', `${who}.map`] : []);
  const out = ['-o', 'same.out'];
  bench.write('same.out', '');
  const gnuRun = bench.attempt('ld', [...base, ...map('gnu'), ...out]);
  const gnuBytes = gnuRun.status === 0 ? bench.read('same.out') : undefined;
  const ourRun = bench.ours(ld, [...base, ...map('our'), ...out]);
  const ourBytes = ourRun.status === 0 ? bench.read('same.out') : undefined;
  const show = (name: string, bytes: Uint8Array | undefined): string => {
    if (!bytes) return '';
    bench.write(name, bytes);
    if (bytes[0] !== 0x7f) return Buffer.from(bytes).toString('hex');
    return bench.run('readelf', ['-aW', name]).replace(/^File: .*\n/, '');
  };
  const isSame =
    gnuBytes !== undefined && ourBytes !== undefined && Buffer.compare(gnuBytes, ourBytes) === 0;
  const text = (name: string): string => Buffer.from(bench.read(name)).toString('latin1');
  const bothLink = gnuBytes !== undefined && ourBytes !== undefined;
  return {
    gnu: { isAccepted: gnuRun.status === 0, text: gnuRun.stderr + gnuRun.stdout },
    ours: { isAccepted: ourRun.status === 0, text: ourRun.stderr + ourRun.stdout },
    gnuShown: isSame ? '' : show('gnu.out', gnuBytes),
    ourShown: isSame ? '' : show('our.out', ourBytes),
    isSame,
    gnuMap: wantsMap && bothLink ? text('gnu.map') : '',
    ourMap: wantsMap && bothLink ? text('our.map') : '',
  };
}
