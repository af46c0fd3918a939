// The table of directives, and what their handlers share.

import { nearest } from '@ring0/diagnostics';
import { cfiDirectives } from './directives-cfi.ts';
import { dataDirectives } from './directives-data.ts';
import { debugDirectives } from './directives-debug.ts';
import { fractionDirectives } from './directives-fraction.ts';
import { ignoredDirectives } from './directives-ignored.ts';
import { layoutDirectives } from './directives-layout.ts';
import { machineDirectives } from './directives-machine.ts';
import { relocDirectives } from './directives-reloc.ts';
import { sectionDirectives } from './directives-section.ts';
import { spaceDirectives } from './directives-space.ts';
import { symbolDirectives } from './directives-symbol.ts';
import { versionDirectives } from './directives-version.ts';
import { stabDirectives } from './stabs.ts';
import { bundleDirectives } from '../watchers/bundles.ts';
import { attributeDirectives } from './gnu-attributes.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import type { Edit } from '../text/edits.ts';
import { within } from '../text/text.ts';

const table: ReadonlyMap<string, DirectiveHandler> = new Map<string, DirectiveHandler>([
  ...Object.entries(dataDirectives),
  ...Object.entries(layoutDirectives),
  ...Object.entries(sectionDirectives),
  ...Object.entries(symbolDirectives),
  ...Object.entries(debugDirectives),
  ...Object.entries(cfiDirectives),
  ...Object.entries(fractionDirectives),
  ...Object.entries(spaceDirectives),
  ...Object.entries(versionDirectives),
  ...Object.entries(relocDirectives),
  ...Object.entries(ignoredDirectives),
  ...Object.entries(stabDirectives),
  ...Object.entries(attributeDirectives),
  ...Object.entries(machineDirectives),
  ...Object.entries(bundleDirectives),
]);

/** A directive that `runDirective` executes; `name` is in lower case. */
export function isDirective(name: string): boolean {
  return table.has(name);
}

const comma = 44;

/** Executes one directive that concerns the object (not the text, which the reader does). */
export function runDirective(directive: Directive): void {
  const handler = table.get(directive.name) ?? table.get(directive.name.toLowerCase());
  if (handler) {
    if (directive.operands.length > 1 && !isLoose(directive.name)) checkCommas(directive);
    for (const watcher of directive.assembly.watchers.list) watcher.directive?.(directive.name);
    return handler(directive);
  }
  unknown(directive);
}

/** Directives whose arguments need no comma between them. */
function isLoose(name: string): boolean {
  return /^\.(loc|file|type|ascii|asciz|string\w*|l?comm|common(\.s)?|largecomm|tls_common)$/i.test(
    name,
  );
}

function checkCommas({ assembly, text, operands }: Directive): void {
  for (let i = 1; i < operands.length; i++) {
    const { start, end } = operands[i];
    if (start === end || text.bytes.subarray(operands[i - 1].end, start).includes(comma)) continue;
    const found = text.slice(start, end);
    const message = `found '${found}', expected ',' or the end of the statement`;
    const before = { text, start: operands[i - 1].start, end: operands[i - 1].end };
    const edit: Edit = { where: before, text: ',', side: 'behind' };
    assembly.error('A0505', message, within(assembly.where, start, end), undefined, edit);
    return;
  }
}

function unknown({ assembly, name, start }: Directive): void {
  const close = nearest(name.toLowerCase(), [...table.keys()]);
  const notes = close ? [`did you mean '${close}'?`] : [];
  const where = within(assembly.where, start, start + name.length);
  const edit = close === undefined ? undefined : { where, text: close };
  assembly.error('A0002', `'${name}' is no directive that is known`, where, notes, edit);
}
