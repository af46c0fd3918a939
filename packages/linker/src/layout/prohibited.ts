// NOCROSSREFS, NOCROSSREFS_TO and OVERLAY : NOCROSSREFS (GNU ld manual): sections that must not
// refer to each other, as only one of them is in memory at a time.

import { sectionFlag } from '@ring0/elf';
import type { Explainer } from '../report/explain.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import type { Script } from '../script/script-syntax.ts';

/** Sections of which none may refer to the others; with `to`, they may not refer to that one. */
interface Rule {
  readonly names: ReadonlySet<string>;
  readonly to: string | undefined;
}

function rulesOf(script: Script): Rule[] {
  const rules: Rule[] = [];
  for (const { name, arguments: words } of script.commands) {
    if (name === 'NOCROSSREFS') rules.push({ names: new Set(words), to: undefined });
    else if (name === 'NOCROSSREFS_TO') rules.push({ names: new Set(words), to: words[0] });
  }
  let overlay = new Set<string>();
  for (const statement of script.statements) {
    if (statement.kind !== 'output' || !statement.overlay?.isClosed) continue;
    if (statement.overlay.index === 0) {
      overlay = new Set();
      rules.push({ names: overlay, to: undefined });
    }
    overlay.add(statement.name);
  }
  return rules;
}

/** Reports references that the script forbids. */
export function checkProhibited(
  script: Script,
  objects: readonly InputObject[],
  explainer: Explainer,
): void {
  const rules = rulesOf(script);
  if (rules.length === 0) return;
  for (const object of objects) {
    for (const section of object.sections) {
      const from = section.output?.name;
      if (section.isDiscarded || from === undefined) continue;
      const own = rules.filter(({ names, to }) => names.has(from) && to !== from);
      if (own.length > 0) checkSection(section, from, own, explainer);
    }
  }
}

function checkSection(
  section: InputSection,
  from: string,
  rules: readonly Rule[],
  explainer: Explainer,
): void {
  for (const { symbol, offset } of section.relocations) {
    const target = symbol && outputName(symbol);
    if (!symbol || target === undefined || target === from) continue;
    const isForbidden = rules.some(
      ({ names, to }) => names.has(target) && (to ?? target) === target,
    );
    if (isForbidden) explainer.prohibited(section, offset, { symbol, from, target });
  }
}

function outputName({ section }: LinkSymbol): string | undefined {
  if (section === undefined || section === 'absolute') return undefined;
  const output = section.kind === 'output' ? section : section.output;
  return output && (output.flags & sectionFlag.alloc) !== 0 ? output.name : undefined;
}
