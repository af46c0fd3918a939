// Directives that put decimal fractions in binary formats (GNU as manual, `.float` and its kin).

import { argumentPlace, rawText } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { characterValue } from '../values/evaluate.ts';
import { floatBytes, floatFormats } from '../values/numbers.ts';
import type { FloatFormat } from '../values/numbers.ts';

/** Bytes of one fraction as it was written; undefined after a diagnostic. */
export function fractionArgument(
  directive: Directive,
  index: number,
  format: FloatFormat,
): Uint8Array | undefined {
  const operand = directive.operands[index];
  const written = operand ? rawText(directive, operand).replace(/[ \t]/g, '') : '';
  const isCharacter = operand?.node?.kind === 'character';
  // Nothing beside a comma is zero, as in GNU as.
  const isSkipped = (!operand || operand.kind === 'empty') && directive.operands.length > 0;
  // A sign alone has a zero behind it.
  const isSign = /^[-+]$/.test(written);
  const text = isSign
    ? `${written}0`
    : isCharacter
      ? String(characterValue(written))
      : isSkipped
        ? '0'
        : written;
  const bytes = floatBytes(text, format);
  if (bytes) return bytes;
  const found = written === '' ? 'nothing' : `'${written}'`;
  const message = `found ${found}, expected a decimal fraction that fits in ${format.bytes} bytes`;
  directive.assembly.error('A0508', message, argumentPlace(directive, index));
  return undefined;
}

function fractions(format: FloatFormat): DirectiveHandler {
  return (directive) => {
    const { assembly, operands } = directive;
    const { section } = assembly.current;
    if (!section.hasContents) {
      const message = `section '${section.name}' has no contents, so no fraction can stand in it`;
      return assembly.error('A0307', message);
    }
    operands.forEach((_operand, i) => {
      const bytes = fractionArgument(directive, i, format);
      if (bytes) assembly.bytes(bytes);
    });
  };
}

export const fractionDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.float': fractions(floatFormats.single),
  '.single': fractions(floatFormats.single),
  '.ffloat': fractions(floatFormats.single),
  '.dc.s': fractions(floatFormats.single),
  '.double': fractions(floatFormats.double),
  '.dfloat': fractions(floatFormats.double),
  '.dc.d': fractions(floatFormats.double),
  '.tfloat': fractions(floatFormats.extended),
  '.dc.x': fractions(floatFormats.extended),
  '.hfloat': fractions(floatFormats.half),
  '.bfloat16': fractions(floatFormats.brain),
};
