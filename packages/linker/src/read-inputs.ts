// The first passes: response files, the linker script, and all inputs that the command line and the script name.

import { latin1Bytes } from '@ring0/bytes';
import { DiagnosticList, SourceFile } from '@ring0/diagnostics';

import { defaultScript } from './default-script.ts';
import type { Job, LinkOptions } from './job.ts';
import { Loader } from './load.ts';
import { optionSource, splitResponse } from './options.ts';
import type { LinkItem } from './options.ts';
import { parseExpression, parseScript } from './script-parser.ts';
import type { Assignment, Script } from './script-syntax.ts';

/** Replaces @file items by what the files hold. */
export function expandResponses(
  items: readonly LinkItem[],
  readFile: LinkOptions['readFile'],
  diagnostics: DiagnosticList,
  depth = 0,
): LinkItem[] {
  return items.flatMap((item) => {
    if (typeof item !== 'string' || !item.startsWith('@') || item.length < 2) return [item];
    const bytes = readFile(item.slice(1));
    if (!bytes) return [item];
    if (depth > 8) {
      diagnostics.error('L0002', `${item}: response files are nested more than 8 deep`);
      return [];
    }
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return expandResponses(splitResponse(text), readFile, diagnostics, depth + 1);
  });
}

/** Reads the script and all inputs. */
export function loadAll(job: Job): Script {
  const { settings, diagnostics, options } = job;
  const source = scriptSource(job);
  const script = parseScript(source, diagnostics, options.readFile);
  const loader = new Loader(job.resolver, settings, diagnostics, options.readFile);
  const entryOption = settings.entry;
  const entries = script.commands.filter((c) => c.name === 'ENTRY');
  settings.entry = entryOption ?? entries.at(-1)?.arguments[0];
  for (const name of settings.undefinedNames) job.resolver.require(name);
  if (settings.entry && !/^\d/.test(settings.entry)) job.resolver.require(settings.entry);
  loader.commands(script.commands.filter((c) => c.name !== 'ENTRY'));
  for (const name of settings.undefinedNames) job.resolver.require(name);
  loader.run(settings.actions);
  const definitions = settings.definitions.map(({ name, text }): Assignment => {
    const at = optionSource(`--defsym ${name}`, text);
    const span = { file: at, start: 0, end: text.length };
    const value = parseExpression(at, diagnostics);
    return {
      kind: 'assign',
      name,
      operator: '=',
      value,
      isProvided: false,
      isHidden: false,
      span,
    };
  });
  return {
    ...script,
    statements: [
      ...definitions,
      ...script.statements,
      ...loader.implicit.flatMap((s) => s.statements),
    ],
  };
}

function scriptSource(job: Job): SourceFile {
  const { settings, options, diagnostics } = job;
  if (options.script) return new SourceFile(options.script.path, options.script.bytes);
  for (const name of settings.scripts) {
    const candidates = [name, ...settings.searchDirectories.map((d) => `${d}/${name}`)];
    for (const path of candidates) {
      const bytes = options.readFile(path);
      if (bytes) return new SourceFile(path, bytes);
    }
    diagnostics.error('L0004', `cannot open linker script file ${name}`);
  }
  return new SourceFile('the default script', latin1Bytes(defaultScript(settings)));
}
