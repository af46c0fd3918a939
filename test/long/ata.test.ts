// The whole campaign of test/oracle/ata: 100 scripts of random DMA commands on QEMU's piix3-ide and on ours.

import { describe, test } from 'vitest';
import { compare, hasQemuIde } from '../oracle/ata/machines.ts';
import { COMMANDS, randomScript } from '../oracle/ata/random.ts';

const SEEDS = Array.from({ length: 100 }, (_, i) => 1000 + i);

if (!hasQemuIde()) console.log('skipped: qemu-system-i386 is not installed');

describe.skipIf(!hasQemuIde())('random DMA commands as QEMU does them', { timeout: 60_000 }, () => {
  test.for(SEEDS)('seed %i', (seed) => compare(randomScript(seed), COMMANDS));
});
