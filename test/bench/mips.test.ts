// Holds the interpreter's hot function below the size at which V8 stops optimising it: past that it runs ten times slower.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

const V8_MAX_OPTIMIZED_BYTECODE = 61_440;

test('V8 still optimises the interpreter: its bytecode is small enough', () => {
  const source = path.join(import.meta.dirname, '../../packages/emulator/src/index.ts');
  const script = `
    const { Machine } = await import(${JSON.stringify(source)});
    const machine = new Machine({ memoryMiB: 1, devices: () => ({ all: [] }) });
    machine.run({ budget: 10 });`;
  const flags = ['--print-bytecode', '--print-bytecode-filter=interpret', '-C', 'source'];
  const args = [...flags, '--input-type=module', '-e', script];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  const sizes = [...done.stdout.matchAll(/Bytecode length: (\d+)/g)].map(([, size]) =>
    Number(size),
  );
  expect(sizes.length, done.stderr).toBeGreaterThan(0);
  const largest = Math.max(...sizes);
  expect(largest).toBeGreaterThan(5000);
  expect(largest).toBeLessThan(V8_MAX_OPTIMIZED_BYTECODE);
});
