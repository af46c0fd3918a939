// All random sessions of the disk: 200 seeds of 1,000 operations, each checked by the model, by our own reading of ext2, by
// e2fsck and by debugfs.

import { describe, expect, test } from 'vitest';
import { DiskLab } from '../kernel/disk-session.ts';
import { diskCampaign, toolsMissing } from '../oracle/disk/e2fs.ts';

const missing = toolsMissing();
if (missing) console.log(`skipped: ${missing} is not installed`);

describe.skipIf(missing !== undefined)('the disk', async () => {
  const lab = await DiskLab.build();
  const step = 20;
  for (let from = 1; from <= 200; from += step) {
    test(`seeds ${from} to ${from + step - 1}, 1,000 operations each`, () => {
      const result = diskCampaign(lab, { seeds: [from, from + step - 1], count: 1000 });
      console.log(result.summary);
      expect(result.failures).toEqual([]);
    });
  }
});
