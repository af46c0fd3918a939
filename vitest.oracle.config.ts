import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/oracle/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 300_000 },
});
