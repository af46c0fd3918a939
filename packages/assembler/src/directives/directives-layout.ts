// Directives that move the current place: alignment, `.org`, spaces and fills; and those that
// choose the kind of code.

import type { CodeMode } from '../object/assembly.ts';
import { argumentPlace, expressionArgument, noMoreThan, numberArgument } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import type { Assembly } from '../object/assembly.ts';
import type { Where } from '../object/sections.ts';
import { constantOf } from '../values/expression.ts';
import type { Expression } from '../values/expression.ts';

/** The file's contents are aligned as the section is, so that more would only make it huge. */
const alignmentMax = 2 ** 26;

/** As a whole number where it is one: V8 takes what `**` gives for a fraction. */
function powerOfTwo(exponent: number): number {
  return exponent >= 0 && exponent < 31 ? 1 << exponent : 2 ** exponent;
}

/** `.p2align n` takes a power of two; the others bytes. `width` is that of the fill value. */
function alignment(isPower: boolean, width: 1 | 2 | 4 = 1): DirectiveHandler {
  return (directive) => {
    const { assembly, operands } = directive;
    noMoreThan(directive, 3);
    const given = numberArgument(directive, 0, 0);
    const hasFill = operands[1] !== undefined && operands[1].kind !== 'empty';
    const fill = hasFill ? numberArgument(directive, 1) : undefined;
    const max = numberArgument(directive, 2, 0);
    if (given === undefined || max === undefined || (hasFill && fill === undefined)) return;
    let bytes = isPower ? powerOfTwo(given) : given;
    const where = argumentPlace(directive, 0);
    if (isPower && (given > 31 || given < 0)) {
      const message = `an alignment of 2^${given} is too large; 2^31 is used`;
      assembly.warning('A0506', message, where);
      bytes = 2 ** 31;
    }
    if (bytes !== 0 && !Number.isInteger(Math.log2(bytes))) {
      return assembly.error('A0507', `an alignment is a power of two, not ${bytes}`);
    }
    if (bytes > 2 ** 31) {
      const message = `an alignment of ${bytes} bytes is too large; 2^31 is used`;
      assembly.warning('A0506', message, where);
      bytes = 2 ** 31;
    }
    if (bytes > alignmentMax) {
      const message = `an alignment of ${bytes} bytes is more than ${alignmentMax}`;
      return assembly.atEnd(() => assembly.error('A0506', message, where));
    }
    emitAlignment(assembly, bytes, fill, max, width);
  };
}

/** Without a fill, or with the byte 0x90, code is padded with no-operations. */
export function emitAlignment(
  assembly: Assembly,
  bytes: number,
  fill: number | undefined,
  max: number,
  width: 1 | 2 | 4 = 1,
): void {
  assembly.probe?.sawAlignment({ bytes, fill, max, width });
  const { section } = assembly.current;
  const { isCode } = section;
  if (fill !== undefined && fill !== 0 && !section.hasContents) {
    const message = `the fill value is ignored, since section '${section.name}' has no contents`;
    assembly.warning('A0307', message);
  }
  const isPlain = assembly.options.output?.keepsPlainNops;
  const isNops = isCode && (fill === undefined || (fill === 0x90 && width === 1 && !isPlain));
  assembly.align(bytes, isNops ? undefined : pattern(fill ?? 0, width), max);
}

const zeroPattern = new Uint8Array(1);

function pattern(fill: number, width: 1 | 2 | 4): Uint8Array {
  if (fill === 0 && width === 1) return zeroPattern;
  const bytes = new Uint8Array(width);
  for (let i = 0; i < width; i++) bytes[i] = (fill / 2 ** (8 * i)) & 0xff;
  return bytes;
}

function org(directive: Directive): void {
  const { assembly } = directive;
  noMoreThan(directive, 2);
  const target = expressionArgument(directive, 0);
  const value = numberArgument(directive, 1, 0);
  if (!target || value === undefined) return;
  const { section } = assembly.current;
  if (value !== 0 && !section.hasContents) {
    const message = `the fill value is ignored, since section '${section.name}' has no contents`;
    assembly.warning('A0307', message, argumentPlace(directive, 1));
  }
  moveTo(assembly, target, value & 0xff, argumentPlace(directive, 0));
}

/** `.org target`; behind `.struct` the next place is that number. */
export function moveTo(assembly: Assembly, target: Expression, fill: number, where: Where): void {
  const { current } = assembly;
  const known = current.section === assembly.absolute ? constantOf(target) : undefined;
  if (known !== undefined) current.length = Number(known);
  else assembly.item({ kind: 'org', position: current.length, target, fill, where });
}

function code(mode: CodeMode): DirectiveHandler {
  return (directive) => {
    noMoreThan(directive, 0);
    directive.assembly.code = mode;
  };
}

export const layoutDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.align': alignment(false),
  '.balign': alignment(false),
  '.balignw': alignment(false, 2),
  '.balignl': alignment(false, 4),
  '.p2align': alignment(true),
  '.p2alignw': alignment(true, 2),
  '.p2alignl': alignment(true, 4),
  '.org': org,
  '.code16': code('code16'),
  '.code16gcc': code('code16gcc'),
  '.code32': code('code32'),
  '.code64': code('code64'),
};
