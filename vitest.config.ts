import { defineConfig } from 'vitest/config';

const oracle = 'test/oracle/**';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', oracle],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
