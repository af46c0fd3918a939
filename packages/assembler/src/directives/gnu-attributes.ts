// `.gnu_attribute tag, value`: what the file was compiled for, in .gnu.attributes. Odd tags have a
// string, even ones a number, 32 has both (GNU as manual, "Object attributes").

import { ByteWriter, latin1Bytes } from '@ring0/bytes';
import type { Assembly } from '../object/assembly.ts';
import { numberArgument, stringArgument } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';

export interface GnuAttribute {
  readonly number: number;
  readonly text: string;
}

const compatibility = 32;
const [formatVersion, fileTag] = [0x41, 1];

function attribute(directive: Directive): void {
  const { assembly, operands } = directive;
  const tag = numberArgument(directive, 0);
  if (tag === undefined) return;
  const hasNumber = tag === compatibility || tag % 2 === 0;
  const hasText = tag === compatibility || tag % 2 !== 0;
  const needed = 1 + Number(hasNumber) + Number(hasText);
  if (operands.length !== needed || tag < 0) {
    const message = `'.gnu_attribute ${tag}' takes ${needed} arguments, found ${operands.length}`;
    return assembly.error('A0505', message);
  }
  const number = hasNumber ? numberArgument(directive, 1) : 0;
  const text = hasText ? stringArgument(directive, needed - 1) : '';
  if (number === undefined || text === undefined) return;
  assembly.attributes.set(tag, { number, text });
}

/** The section's contents; undefined where no attribute says anything. */
export function attributeBytes(assembly: Assembly): Uint8Array | undefined {
  const list = [...assembly.attributes].filter(([, { number, text }]) => number !== 0 || text);
  if (list.length === 0) return undefined;
  const values = new ByteWriter();
  for (const [tag, { number, text }] of list.toSorted(([a], [b]) => a - b)) {
    values.uleb128(tag);
    if (tag === compatibility || tag % 2 === 0) values.uleb128(number);
    if (tag === compatibility || tag % 2 !== 0) values.bytes(latin1Bytes(`${text}\0`));
  }
  const bytes = new ByteWriter();
  const vendor = latin1Bytes('gnu\0');
  bytes.u8(formatVersion);
  bytes.u32(4 + vendor.length + 5 + values.length);
  bytes.bytes(vendor);
  bytes.u8(fileTag);
  bytes.u32(5 + values.length);
  bytes.bytes(values.take());
  return bytes.take();
}

export const attributeDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.gnu_attribute': attribute,
};
