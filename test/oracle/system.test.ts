// The same session elsewhere: our image in QEMU; and the kernel and userland that gcc and GNU ld built, in our machine.

import { buildSystem } from '@ring0/boot';
import { Guest } from '@ring0/testing';
import { describe, expect, test } from 'vitest';
import { gccToolchain, hasGcc } from '../gcc-toolchain.ts';
import { Qemu, hasQemu } from '../qemu.ts';
import { runForks, runSession } from '../session.ts';
import { root, system } from '../system.ts';

if (!hasQemu()) console.log('skipped: qemu-system-i386 is not installed');
if (!hasGcc()) console.log('skipped: gcc -m32 or GNU ld is not installed');

describe.skipIf(!hasQemu())('our image in QEMU', () => {
  test('passes the scripted session and powers off', async () => {
    const { disk } = await system();
    const qemu = new Qemu(disk());
    try {
      await qemu.waitFor('$ ');
      await runSession(qemu);
      await runForks(qemu);
      expect(await qemu.end('halt')).toBe(0);
    } finally {
      qemu.close();
    }
  });
});

describe.skipIf(!hasGcc())('the system that gcc built', () => {
  test('passes the scripted session in our machine', async () => {
    const built = await buildSystem({
      root,
      toolchain: gccToolchain(root),
      variant: 'gcc',
      withTests: true,
      complain: (text) => process.stderr.write(text),
    });
    const { rom } = await system();
    const guest = new Guest({ rom, disks: [built.disk()] });
    guest.waitFor('$ ');
    await runSession(guest);
    await runForks(guest);
  });
});
