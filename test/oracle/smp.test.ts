// Our image on QEMU's board with several processors: found, started and parked there too, under SeaBIOS and under our own
// BIOS, with a shell at work on top and the clock right by the local APIC's timer.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Qemu, hasQemu } from '../qemu.ts';
import { system } from '../system.ts';

if (!hasQemu()) console.log('skipped: qemu-system-i386 is not installed');

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-smp-'));

/** A row's counts of /proc/interrupts, by CPU. */
function counts(text: string, name: string): number[] {
  const line = text.split('\n').find((each) => each.trim().startsWith(`${name}:`)) ?? '';
  const words = line.trim().split(/ +/).slice(1);
  return words.filter((word) => /^\d+$/.test(word)).map(Number);
}

describe.skipIf(!hasQemu())('our image in QEMU', () => {
  for (const firmware of ['SeaBIOS', 'our BIOS']) {
    test.for([1, 2, 4])(`finds and parks %i processors under ${firmware}`, async (cpus) => {
      const { disk, rom } = await system();
      const bios = path.join(directory, 'bios.bin');
      fs.writeFileSync(bios, rom);
      const options = ['-smp', String(cpus), ...(firmware === 'our BIOS' ? ['-bios', bios] : [])];
      const qemu = new Qemu(disk(), options);
      try {
        const boot = await qemu.waitFor('$ ');
        expect(boot).toContain(`MADT lists ${cpus} CPU`);
        expect(boot.match(/cpu\d: started/g)?.length ?? 0).toBe(cpus - 1);
        const listed = await qemu.command('cat /proc/cpuinfo');
        expect(listed.match(/^processor\t/gm)?.length).toBe(cpus);
        const loop = 'for i in 1 2 3 4 5; do seq $i 2000 | wc -l; done';
        expect((await qemu.command(loop)).trim().split(/\s+/)).toEqual(
          [1, 2, 3, 4, 5].map((i) => String(2001 - i)),
        );
        const before = await qemu.command('cat /proc/interrupts');
        await qemu.command('sleep 1');
        const after = await qemu.command('cat /proc/interrupts');
        const [pit, local] = ['0', 'LOC'].map(
          (name) => (counts(after, name)[0] ?? 0) - (counts(before, name)[0] ?? 0),
        );
        const [ticking, silent] = cpus === 1 ? [pit, local] : [local, pit];
        expect(ticking).toBeGreaterThanOrEqual(100);
        expect(silent).toBe(0);
        expect(await qemu.end('halt')).toBe(0);
      } finally {
        qemu.close();
      }
    });
  }

  // With -icount a sleeping processor misses ticks of the PIT, which must not matter.
  const clocks = ['-rtc base=utc', '-icount shift=0', '-icount shift=4,sleep=off'];
  test.for(clocks)('measures the bus clock that local APICs have there, %s', async (clock) => {
    const { disk } = await system();
    const qemu = new Qemu(disk(), ['-smp', '2', ...clock.split(' ')]);
    try {
      const mhz = Number(/bus clock ([\d.]+) MHz/.exec(await qemu.waitFor('$ '))?.[1]);
      expect(Math.abs(mhz / 1000 - 1), `${mhz} MHz`).toBeLessThan(0.01);
    } finally {
      qemu.close();
    }
  });
});
