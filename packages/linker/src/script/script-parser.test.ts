import { expect, test } from 'vitest';
import { ScriptParser } from './script-parser.ts';

test('the grammar of linker scripts is sound', () => {
  expect(() => new ScriptParser([], false)).not.toThrow();
});
