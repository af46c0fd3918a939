// The preprocessor's line markers, `# 12 "file.h" 1 3`: the next line is that line of that file.

import type { Assembly } from '../object/assembly.ts';
import { unquote } from '../values/evaluate.ts';
import type { Body } from './macros.ts';
import type { Text } from './text.ts';

const pattern = /^#[ \t]+(\d+)[ \t]+("(?:[^"\\]|\\.)*")([^\n]*)/;

/** What a comment at the start of a line says of the line at `next`, where it is a marker. */
export function readLineMarker(
  assembly: Assembly,
  text: Text,
  comment: string,
  next: number,
): void {
  const [, line, path = '', rest = ''] = pattern.exec(comment) ?? [];
  // GNU as takes no octal numbers here, and none of more than 31 bits.
  if (line === undefined || /^0./.test(line) || Number(line) > 0x7fffffff) return;
  const flags = rest.trim() === '' ? [] : rest.trim().split(/[ \t]+/);
  for (const flag of flags) {
    const [number = ''] = /^\d+/.exec(flag) ?? [];
    // Flags are 1 to 4.
    if (number !== '' && !/^0*[1-4]$/.test(number)) {
      const place = { text, start: next - 1, end: next };
      assembly.warning('A0115', `a line marker has no flag ${number}`, place);
    }
    // What is no number makes it a comment.
    if (number === '' || number !== flag) return;
  }
  text.mark(next, unquote(path), Number(line));
}

/** Those in the body of a macro count for what follows it too; in other bodies they do not. */
export function readLineMarkers(assembly: Assembly, { text, start, end }: Body): void {
  for (const { 0: comment, index } of text.slice(start, end).matchAll(/^#[^\n]*(?=\n)/gm)) {
    readLineMarker(assembly, text, comment, start + index + comment.length + 1);
  }
}
