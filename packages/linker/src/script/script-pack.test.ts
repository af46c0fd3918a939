import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import { latin1Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { packedScripts, unpackScript } from './script-pack.ts';
import { parseScript } from './script-parser.ts';

test('a packed script says what its text says', () => {
  const scripts = packedScripts();
  expect(scripts.length).toBeGreaterThan(4);
  for (const { text, packed } of scripts) {
    const source = new SourceFile('the default script', latin1Bytes(text));
    const parsed = parseScript(source, new DiagnosticList(), () => undefined);
    expect(parsed.statements.length).toBeGreaterThan(50);
    expect(unpackScript(packed, source)).toEqual(parsed);
  }
});
