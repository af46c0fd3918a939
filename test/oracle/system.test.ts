// The same session elsewhere: our image in QEMU and Bochs; and the kernel and userland that gcc and GNU ld built, in our machine.

import { buildSystem } from '@ring0/boot';
import { Guest } from '@ring0/testing';
import { describe, expect, test } from 'vitest';
import { gccToolchain, hasGcc } from '../gcc-toolchain.ts';
import { Bochs, hasBochs } from '../bochs.ts';
import { Qemu, hasQemu } from '../qemu.ts';
import type { SerialDriver } from '../serial-driver.ts';
import { runForks, runSession } from '../session.ts';
import { root, system } from '../system.ts';

if (!hasQemu()) console.log('skipped: qemu-system-i386 is not installed');
if (!hasBochs()) console.log('skipped: Bochs or its BIOS is not installed');

/** The whole session; then the file system must be as e2fsck likes it. */
async function play(driver: SerialDriver, status: number): Promise<void> {
  try {
    await driver.waitFor('$ ');
    await runSession(driver);
    await runForks(driver, 128);
    expect(await driver.end('halt')).toBe(status);
    expect(driver.checkFileSystem()).toBe('');
  } finally {
    driver.close();
  }
}

describe.skipIf(!hasQemu())('our image in QEMU', () => {
  const icount = ['-icount', 'shift=0'];
  test.each([[[]], [icount]])('passes the scripted session and powers off: %j', async (options) => {
    const { disk } = await system();
    await play(new Qemu(disk(), options), 0);
  });
});

test.skipIf(!hasBochs())('our image in Bochs passes the session and powers off', async () => {
  const { disk } = await system();
  await play(await Bochs.start(disk()), 1); // its status for any end that is not a user's
});

describe.each(['gcc', 'clang'] as const)('the system that %s built', (compiler) => {
  if (!hasGcc(compiler)) console.log(`skipped: ${compiler} -m32 or GNU ld is not installed`);
  test.skipIf(!hasGcc(compiler))('passes the scripted session in our machine', async () => {
    const built = await buildSystem({
      root,
      toolchain: gccToolchain(root, compiler),
      variant: compiler,
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
