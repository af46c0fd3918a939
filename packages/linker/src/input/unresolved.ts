// What is done about names that nothing defines: an error, a warning or nothing, by the kind of
// output and the options (GNU ld manual, "--unresolved-symbols", "-z defs",
// "--no-allow-shlib-undefined").

import { symbolBinding } from '@ring0/elf';
import type { Job } from '../job.ts';
import type { LinkSymbol } from '../model.ts';
import { isHidden } from './shared-symbols.ts';
import { undefinedReferences } from './undefined.ts';

/** Reports the references of objects, then those of shared objects. */
export function reportUnresolved(job: Job): void {
  const { settings, resolver, explainer } = job;
  const isProgram = settings.outputKind !== 'shared';
  const { objects, globals } = resolver;
  const references = undefinedReferences(objects, globals.values(), isProgram, settings.collects);
  const isIgnored = (symbol: LinkSymbol): boolean =>
    (isLeftOpen(job) && !isHidden(symbol)) || settings.ignoredUnresolved.has(symbol.name);
  for (const symbol of references.keys()) if (isIgnored(symbol)) references.delete(symbol);
  explainer.undefinedSymbols(references, resolver.globals, settings.unresolvedIsWarning);
  reportRequired(job);
  reportIndirect(job);
  reportLibraries(job);
}

/** --require-defined. */
export function reportRequired({ settings, resolver, diagnostics }: Job): void {
  for (const name of settings.requiredNames) {
    const state = resolver.globals.get(name)?.state ?? 'undefined';
    if (state === 'undefined') diagnostics.error('L0308', `required symbol '${name}' not defined`);
  }
}

/** What an object uses must be in a library that was named, not only in one that another needs. */
function reportIndirect({ resolver, diagnostics }: Job): void {
  for (const { name, state, shared, isReferencedStrongly, object } of resolver.globals.values()) {
    const library = shared?.library;
    if (state !== 'shared' || !library?.isIndirect || library.copiesNeeded) continue;
    if (!isReferencedStrongly || library.isNeeded) continue;
    const message = `${object?.name ?? ''}: undefined reference to symbol '${name}'`;
    const where = `${library.path} defines it, but is missing from the command line`;
    diagnostics.error('L0305', message, undefined, { notes: [{ message: where }] });
  }
}

/** A shared object may leave names to whoever loads it; -r leaves all to the next link. */
function isLeftOpen({ settings }: Job): boolean {
  const { outputKind, unresolved, keywords } = settings;
  if (outputKind === 'relocatable' || unresolved === 'ignore') return true;
  return outputKind === 'shared' && !keywords.has('defs');
}

/** A program must find what its libraries refer to, where all of them were found. */
function reportLibraries({ settings, resolver, diagnostics }: Job): void {
  const { shared, globals } = resolver;
  const { outputKind } = settings;
  const isProgram = outputKind === 'executable' || outputKind === 'pie';
  const report = settings.unresolvedInLibraries ?? (isProgram ? 'error' : 'ignore');
  if (report === 'ignore' || settings.unresolved === 'ignore') return;
  for (const library of shared.libraries) {
    for (const { name, version, isDefined, binding } of library.symbols) {
      if (isDefined || binding === symbolBinding.weak) continue;
      const full = version === undefined ? name : `${name}@${version}`;
      if (shared.definitions.has(full) || settings.ignoredUnresolved.has(name)) continue;
      const symbol = globals.get(full) ?? globals.get(name);
      if (symbol && symbol.state !== 'undefined') continue;
      if (symbol?.isReferenced) continue;
      const message = `${library.path}: undefined reference to '${full}'`;
      if (settings.unresolvedIsWarning) diagnostics.warning('L0304', message);
      else diagnostics.error('L0304', message);
    }
  }
}
