import { registerByName, type Register } from '@ring0/isa';
import { expect, test } from 'vitest';
import type { EmitterOperand } from './emitter.ts';
import { TextEmitter } from './text-emitter.ts';

function register(name: string): Register {
  const found = registerByName(name);
  if (!found) throw new Error(name);
  return found;
}
const operand = (name: string): EmitterOperand => ({ kind: 'register', register: register(name) });

test('operands in AT&T order, with displacements, prefixes and stars', () => {
  const out = new TextEmitter();
  const memory: EmitterOperand = {
    kind: 'memory',
    segment: register('fs'),
    base: register('ebp'),
    index: register('ecx'),
    scale: 4,
    displacement: { plus: 'table', addend: -8n },
  };
  out.instruction('movl', [{ kind: 'immediate', value: { addend: 5n } }, memory]);
  out.instruction('call', [operand('eax')], { isIndirect: true });
  out.instruction('movsl', [], { prefixes: ['rep'] });
  expect(out.text()).toBe('\tmovl\t$5, %fs:table-8(%ebp,%ecx,4)\n\tcall\t*%eax\n\trep movsl\n');
});

test('strings escape what is no printable character', () => {
  const out = new TextEmitter();
  out.ascii(new Uint8Array([0x61, 0x22, 0x5c, 0, 0xff]));
  expect(out.text()).toBe('\t.ascii\t"a\\"\\\\\\000\\377"\n');
});

test('sections with and without attributes', () => {
  const out = new TextEmitter();
  out.section('.text');
  out.section('.rodata');
  out.section('.rodata.str1.1', { flags: 'aMS', type: 'progbits', entrySize: 1 });
  expect(out.text().trim().split('\n\t')).toEqual([
    '.text',
    '.section\t.rodata',
    '.section\t.rodata.str1.1,"aMS",@progbits,1',
  ]);
});
