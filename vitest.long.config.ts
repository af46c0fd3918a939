import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/long/**/*.test.ts'], testTimeout: 3_600_000, hookTimeout: 300_000 },
});
