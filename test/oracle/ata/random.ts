// Random DMA commands: tables of regions of random sizes and places, exact or a region too long, read and written.

import { READ_DMA, SECTORS, Script, WRITE_DMA } from './script.ts';
import type { Region } from './script.ts';

const FIRST = 0x20000;
export const COMMANDS = 24;

/** Regions of random sizes that hold `bytes` exactly, or one region more. */
function randomRegions(random: (below: number) => number, bytes: number): Region[] {
  const regions: Region[] = [];
  let place = FIRST + 2 * random(2000);
  for (let left = bytes; left > 0;) {
    const room = 0x10000 - (place % 0x10000);
    const size = Math.min(left, room, 2 * (1 + random([4, 300, 5000, 30_000][random(4)])));
    regions.push([place, size]);
    left -= size;
    place += size + (random(2) === 0 ? 0 : 2 * random(3000));
    if (place > 0x80000) place = FIRST;
  }
  return random(4) === 0 ? [...regions, [0x90000 - 1024, 512]] : regions;
}

/** COMMANDS commands of this seed. */
export function randomScript(seed: number): Script {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const script = new Script();
  script.begin();
  script.fill(FIRST, 0x70000, seed & 0xff);
  for (let i = 0; i < COMMANDS; i++) {
    const count = 1 + random(random(3) === 0 ? 60 : 8);
    const sector = 100 + random(SECTORS - 200);
    const code = random(2) === 0 ? READ_DMA : WRITE_DMA;
    let regions = randomRegions(random, count * 512);
    while (regions.length > 40) regions = randomRegions(random, count * 512);
    if (code === WRITE_DMA) script.fill(FIRST, 0x8000, random(256));
    script.transfer(`${i}`, code, sector, count, regions);
  }
  return script;
}
