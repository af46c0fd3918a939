import { defineConfig } from 'vitest/config';

const elsewhere = ['test/oracle/**', 'test/long/**'];

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...elsewhere],
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
