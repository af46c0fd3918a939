// INSERT (GNU ld manual, "SECTIONS Command"): statements of a script that go beside an output
// section of the default one.

import type { DiagnosticList } from '@ring0/diagnostics';
import type { Insertion, SectionsStatement } from './script-syntax.ts';

/** `statements` with those of each insertion at its place. */
export function insertAll(
  statements: readonly SectionsStatement[],
  insertions: readonly Insertion[],
  diagnostics: DiagnosticList,
): SectionsStatement[] {
  const result = [...statements];
  for (const { isAfter, section, statements: inserted, span } of insertions) {
    let at = result.findIndex((each) => each.kind === 'output' && each.name === section);
    if (at < 0) {
      const message = `there is no output section '${section}' to insert beside`;
      diagnostics.error('L0117', message, span);
      continue;
    }
    if (!isAfter) at = result.slice(0, at).findLastIndex((each) => each.kind === 'output');
    result.splice(placeAfter(result, at), 0, ...inserted);
  }
  return result;
}

/** Behind the section and its assignments; the first `. =` begins what follows. */
function placeAfter(statements: readonly SectionsStatement[], section: number): number {
  let dotAt: number | undefined;
  let isFirst = section < 0;
  for (let at = section + 1; at < statements.length; at++) {
    const statement = statements[at];
    if (statement.kind === 'output') return dotAt ?? at;
    if (dotAt === undefined && statement.kind === 'assign' && statement.name === '.') {
      if (!isFirst) dotAt = at;
      isFirst = false;
    }
  }
  return statements.length;
}
