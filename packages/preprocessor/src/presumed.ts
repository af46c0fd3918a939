// Lines as a person is told them: behind `#line 12 "x.y"` or `# 12 "x.c"` the text counts as line 12 of that file, in
// messages, debug information and __LINE__ alike. Such text is a view of the file it really lies in.

import { SourceFile } from '@ring0/diagnostics';
import { stringValue } from './spelling.ts';
import type { State } from './state.ts';
import { AT_LINE_START, TokenKind } from './tokens.ts';
import type { TokenList } from './tokens.ts';

export class PresumedFile extends SourceFile {
  readonly base: SourceFile;
  readonly shift: number;
  readonly isSystem: boolean;

  constructor(base: SourceFile, name: string, shift: number, isSystem: boolean) {
    super(name, base.bytes);
    this.base = base;
    this.shift = shift;
    this.isSystem = isSystem;
  }

  override position(offset: number): { line: number; column: number } {
    const { line, column } = this.base.position(offset);
    return { line: line + this.shift, column };
  }

  override lineText(line: number): string {
    return this.base.lineText(line - this.shift);
  }
}

/** What a line directive at token `hash` says; undefined if it is none, or needs macros to be read. */
function lineAt(
  state: State,
  list: TokenList,
  hash: number,
): { line: number; name: string | undefined; isSystem: boolean } | undefined {
  const word = (at: number): string => state.atoms.text(list.atom[at]);
  const isOnLine = (at: number): boolean => (list.flags[at] & AT_LINE_START) === 0;
  let at = hash + 1;
  if (isOnLine(at) && word(at) === 'line') at++;
  if (!isOnLine(at) || list.kind[at] !== TokenKind.number || !/^\d+$/.test(word(at))) {
    return undefined;
  }
  const line = Number(word(at));
  const isNamed = isOnLine(at + 1) && list.kind[at + 1] === TokenKind.string;
  const name = isNamed ? stringValue(word(at + 1)) : undefined;
  let isSystem = false;
  for (let flag = at + 2; isNamed && isOnLine(flag) && list.kind[flag] !== TokenKind.end; flag++) {
    if (word(flag) === '3') isSystem = true;
  }
  return { line, name, isSystem };
}

/** Gives the tokens behind line directives their presumed places. */
export function presume(state: State, list: TokenList, file: SourceFile): void {
  let place = -1;
  let { path } = file;
  for (let at = 0; at < list.length; at++) {
    if (place >= 0) list.place[at] = place;
    const isHash =
      (list.flags[at] & AT_LINE_START) !== 0 &&
      list.kind[at] === TokenKind.punctuator &&
      state.atoms.text(list.atom[at]) === '#';
    const said = isHash ? lineAt(state, list, at) : undefined;
    if (!said) continue;
    path = said.name ?? path;
    // The directive's own line belongs to the text before it.
    const shift = said.line - file.position(list.start[at]).line - 1;
    const presumed = new PresumedFile(file, path, shift, said.isSystem);
    let next = at + 1;
    while (next < list.length && (list.flags[next] & AT_LINE_START) === 0) {
      if (place >= 0) list.place[next] = place;
      next++;
    }
    place = state.addPlace({ file: presumed, expansion: undefined });
    at = next - 1;
  }
}
