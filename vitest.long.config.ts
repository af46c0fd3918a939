import { defineConfig } from 'vitest/config';

// Campaigns: the whole of what `pnpm test:oracle` takes samples of. One at a time, each may use both cores itself.
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['test/long/**/*.test.ts'],
    testTimeout: 3_600_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
