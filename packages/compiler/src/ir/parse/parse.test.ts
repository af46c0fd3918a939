// The reader of the text form: what it makes of small functions, and what it says of wrong ones.

import { latin1Bytes, latin1Text } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { compileIr, type CompileOptions } from '../../compile.ts';

const options: CompileOptions = {
  path: 't.ir',
  readFile: () => undefined,
  output: 'assembly',
  unwindTables: false,
  optimize: 1,
  verify: true,
};

function assembly(text: string): string {
  const { output, diagnostics } = compileIr(latin1Bytes(text), options);
  expect(diagnostics).toEqual([]);
  return latin1Text(output ?? new Uint8Array());
}
function instructions(text: string): string[] {
  return assembly(text)
    .split('\n')
    .filter((line) => line.startsWith('\t') && !line.startsWith('\t.'))
    .map((line) => line.trim().replace(/\s+/g, ' '));
}
function messages(text: string): string[] {
  const { diagnostics } = compileIr(latin1Bytes(text), options);
  return diagnostics.map(({ message, span }) => {
    const { line = 0, column = 0 } = span?.file.position(span.start) ?? {};
    return `${line}:${column}: ${message}`;
  });
}
const inFunction = (...body: string[]): string =>
  ['function @f external after done', 'b0:', ...body].join('\n');

test('a function by hand', () => {
  const text = `
; the greater of two
function @max external after lower
  slot &a.0: 4 align 4 incoming 0
  slot &b.1: 4 align 4 incoming 4
b0:
  %1 = load.i32 &a.0
  %2 = load.i32 &b.1
  %3 = cmp.gt %1, %2
  branch %3, b1, b2
b1:
  return.word %1
b2:
  return.word %2
`;
  const [a, b, ...rest] = instructions(text);
  expect([a, b]).toEqual(['movl 4(%esp), %eax', 'movl 8(%esp), %edx']);
  expect(rest).toContain('cmpl %edx, %eax');
});

test('a loop with phis, whose operands name their blocks', () => {
  const text = inFunction(
    '  jump b1',
    'b1:',
    '  %4 = phi b1: %5, b0: 0',
    '  %5 = add %4, 3',
    '  %6 = cmp.lt %5, 100',
    '  branch %6, b1, b2',
    'b2:',
    '  return.word %5',
  );
  expect(instructions(text)).toContain('cmpl $100, %eax');
});

test('calls, floating values and data', () => {
  const text = `${inFunction(
    '  %1 = fload.f64 @table+8',
    '  %2 = call.float @sin(f64 %1)',
    '  fstore.f64 @table, %2',
    '  %3 = call.none *@"odd name"(7, record.5 @table) noreturn',
    '  unreachable',
  )}
object @table internal size 16 align 8 section ".data"
  bytes "\\x00\\x01"
  zero 10
  word @f + 4
`;
  const lines = assembly(text);
  expect(lines).toContain('fldl\ttable+8');
  expect(lines).toContain('call\tsin');
  expect(lines).toContain('.long\tf+4');
});

test.each([
  ['  %1 = ad 1, 2', "3:8: there is no instruction 'ad'"],
  ['  %1 = add 1', "3:13: found the end of the line, expected ','"],
  ['  %1 = add 1, 2, 3', "3:16: found ',', expected the end of the line"],
  ['  %1 = add 1, 99999999999', '3:15: 99999999999 does not fit in 32 bits'],
  ['  %1 = add %2, 2', '3:12: no instruction makes %2'],
  ['  store.i64 @x, 2', '3:8: expected one of .s8 .u8 .s16 .u16 .i32'],
  ['  %1 = store.i32 @x, 2', '3:8: store has no result'],
  ['  add 1, 2', '3:3: add has a result'],
  ['  jump b7', '3:8: there is no block b7'],
  ['  %1 = load.i32 &x.0', '3:17: there is no slot 0'],
  ['  %1 = call.word f()', "3:18: found 'f', expected a symbol ('@name')"],
])('%s: %s', (line, message) => {
  expect(messages(inFunction(line, '  return'))[0]).toBe(message);
});

test('what the lines mean together is checked', () => {
  const first = (...body: string[]): string => messages(inFunction(...body))[0];
  expect(first('  %1 = add 1, 2')).toContain('b0 has no terminator');
  expect(first('  %1 = add %2, 2', '  %2 = add 1, 1', '  return')).toContain('does not dominate');
  expect(first('  %1 = fload.f32 @x', '  return.word %1')).toContain('is a float, expected a word');
  expect(first('  %1 = lo 4', '  return')).toContain('is a word, expected a pair');
  expect(first('  jump b0')).toContain('b0 is entered once');
  expect(first('  jump b1', 'b1: from b2', '  return', 'b2:', '  return')).toContain(
    'b1 is reached from b0',
  );
  expect(first('  jump b1', 'b1:', '  %1 = phi b2: 4', '  return', 'b2:', '  return')).toContain(
    'no operand for b0',
  );
});

test('headings are checked', () => {
  expect(messages('function @f external after tea\nb0:\n  return')[0]).toContain('expected one of');
  expect(messages('function @f external after done')[0]).toContain('a function without blocks');
  expect(messages('object @x internal size 4 align 3 section ".data"')[0]).toContain(
    'no power of two',
  );
  expect(messages('nonsense')[0]).toContain("'nonsense' begins nothing");
  expect(messages('symbol @x = @y function external\n  more')[0]).toContain('belongs to nothing');
});

test('numbers that would fill memory are refused', () => {
  expect(messages(inFunction('  %999999999 = add 1, 2', '  return'))[0]).toContain('too large');
  expect(messages('function @f external after done\nb999999999:\n  return')[0]).toContain(
    'too large',
  );
  const huge = 'object @x external size 4 align 4 section ".data"\n  zero 2000000000';
  expect(messages(huge)[0]).toContain('too much data');
});

test('of several versions the last counts, and marks of dumps are passed over', () => {
  const one = (value: number): string =>
    `--- ir-done\nfunction @f external after done\nb0:\n  return.word ${value}\n`;
  expect(instructions(one(1) + one(2))).toEqual(['movl $2, %eax', 'ret']);
});
