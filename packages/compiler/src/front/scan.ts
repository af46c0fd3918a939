// Text that needs no preprocessing to tokens: `#` lines are dropped, but for `#pragma pack`.

import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { AT_LINE_START, Atoms, TokenKind, TokenList, scan } from '@ring0/preprocessor';
import type { UnitSink } from '../tree.ts';
import { parseUnit } from './parse.ts';
import { Unit } from './unit.ts';
import { WarningSettings } from './warnings.ts';

/** Parses preprocessed C text into `sink`; never throws for bad input. */
export function parseText(
  source: Uint8Array,
  path: string,
  sink: UnitSink,
  warnings: readonly string[] = [],
): readonly Diagnostic[] {
  const file = new SourceFile(path, source);
  const atoms = new Atoms();
  const diagnostics = new DiagnosticList();
  const places = [{ file, expansion: undefined }];
  const all = new TokenList(places, source.length >> 2);
  scan(file, atoms, all, 0, diagnostics);
  const hash = atoms.intern('#');
  const tokens = new TokenList(places, all.length);
  for (let at = 0; at < all.length; at++) {
    const isFirst = (all.flags[at] & AT_LINE_START) !== 0;
    if (isFirst && all.atom[at] === hash) {
      while (at + 1 < all.length && (all.flags[at + 1] & AT_LINE_START) === 0) at++;
    } else tokens.copy(all, at);
  }
  if (tokens.length === 0 || tokens.kind[tokens.length - 1] !== TokenKind.end) {
    tokens.push(TokenKind.end, AT_LINE_START, 0, source.length, source.length, 0);
  }
  const unit = new Unit(tokens, atoms, diagnostics, sink, {
    warnings: new WarningSettings(warnings),
    isGnu: true,
    hasBuiltins: true,
    isCharUnsigned: false,
  });
  parseUnit(unit);
  return diagnostics.items;
}
