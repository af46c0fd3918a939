// The first passes: response files, the linker script, and all inputs that the command line and the script name.

import { latin1Bytes } from '@ring0/bytes';
import { SourceFile } from '@ring0/diagnostics';
import { sectionIndex, symbolBinding } from '@ring0/elf';
import type { DiagnosticList } from '@ring0/diagnostics';

import { defaultScript } from '../script/default-script.ts';
import type { Job, LinkOptions } from '../job.ts';
import { Loader } from './load.ts';
import { insertAll } from '../script/insertions.ts';
import { splitResponse } from '../options.ts';
import type { InputAction, LinkItem, LinkSettings } from '../options.ts';
import { relocatableScript } from '../script/relocatable-script.ts';
import { unpackScript } from '../script/script-pack.ts';
import { parseScript } from '../script/script-parser.ts';
import { segmentsNamed } from '../script/script-symbols.ts';
import type { Script } from '../script/script-syntax.ts';

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

/** Reads the scripts and all inputs. */
export function loadAll(job: Job): Script {
  const { settings, diagnostics, options } = job;
  const scripts = mainScripts(job);
  const main = joinScripts(scripts);
  const loader = new Loader(job.resolver, settings, diagnostics, options.readFile);
  const entries = main.commands.filter((c) => c.name === 'ENTRY');
  const isProgram = settings.outputKind !== 'shared';
  if (isProgram) settings.entry ??= entries.at(-1)?.arguments[0];
  const required = [...settings.undefinedNames, ...settings.requiredNames];
  for (const name of required) job.resolver.require(name);
  if (settings.entry && !/^\d/.test(settings.entry)) job.resolver.require(settings.entry);
  for (const { name, arguments: words } of main.commands) {
    if (name === 'EXTERN') for (const word of words) job.resolver.require(word);
  }
  startSections(settings, main);
  checkSegments(job, main);
  loader.run([...startup(main), ...settings.actions], scripts);
  if (settings.outputKind !== 'relocatable') loader.indirectLibraries();
  for (const statement of loader.statements) {
    const path = statement.kind === 'remark' && /^LOAD (.*)/.exec(statement.text)?.[1];
    if (path) job.inputs.push(path);
  }
  traceInputs(job);
  job.explainer.elsewhere = loader.whoDefines();
  const parts = [main, ...loader.implicit];
  for (const { versions } of loader.implicit) job.versions.push(...versions);
  job.versions.push(...main.versions);
  const statements = [...loader.statements, ...loader.implicit.flatMap((part) => part.statements)];
  const insertions = parts.flatMap((part) => part.insertions);
  return {
    ...main,
    commands: parts.flatMap((part) => part.commands),
    regions: parts.flatMap((part) => part.regions),
    programHeaders: parts.flatMap((part) => part.programHeaders),
    statements: insertAll(statements, insertions, diagnostics),
    insertions: [],
  };
}

/** -t: names the files that are linked; twice: members of archives too. */
function traceInputs(job: Job): void {
  const { settings, resolver, inputs } = job;
  if (settings.traceLevel > 0) {
    for (const path of inputs) {
      job.text += `${path}\n`;
      for (const { member } of settings.traceLevel > 1 ? resolver.pulled : []) {
        if (member.archive === path) job.text += `(${path})${member.fileName}\n`;
      }
    }
  }
  for (const { name, file } of settings.tracedSymbols.size > 0 ? resolver.objects : []) {
    for (let i = 1; file && i < file.symbolCount; i++) {
      const traced = file.symbolName(i);
      const isLocal = file.symbolBinding(i) === symbolBinding.local;
      if (isLocal || !settings.tracedSymbols.has(traced)) continue;
      const section = file.symbolSection(i);
      const kind = section === sectionIndex.undefined ? 'reference to' : 'definition of';
      const what = section === sectionIndex.common ? 'common definition of' : kind;
      job.remarks.push(`${name}: ${what} ${traced}`);
    }
  }
}

/** Sections begin where options say, but for -Ttext and the like where the script has SEGMENT_START for it. */
function startSections(
  { actions, sectionStarts, segmentStarts }: LinkSettings,
  { statements, regions }: Script,
): void {
  const own = segmentStarts.size === 0 ? [] : segmentsNamed([statements, regions]);
  for (const action of actions) {
    if (action.kind !== 'address') continue;
    const { section, segment, start } = action;
    if (segment === undefined || !own.includes(segment)) sectionStarts.set(section, start);
  }
}

/** Segments that the options place begin at a page, unless there are no pages. */
function checkSegments({ settings, diagnostics }: Job, { statements, regions }: Script): void {
  const { segmentStarts, magic, maxPageSize, outputKind } = settings;
  if (segmentStarts.size === 0 || magic !== 'paged' || outputKind === 'relocatable') return;
  const own = segmentsNamed([statements, regions]);
  for (const [name, start] of segmentStarts) {
    if (start % maxPageSize === 0 || !name.endsWith('-segment') || !own.includes(name)) continue;
    const size = `the maximum page size, 0x${maxPageSize.toString(16)}`;
    diagnostics.warning('L0235', `-T${name}=0x${start.toString(16)} is no multiple of ${size}`);
  }
}

/** STARTUP's file comes before all others. */
function startup({ commands }: Script): InputAction[] {
  const words = commands.findLast(({ name }) => name === 'STARTUP')?.arguments ?? [];
  return words.map((path) => ({ kind: 'file', path, bytes: undefined }));
}

/**
 * The scripts of -T by name, and the default one (under an empty name) where none replaces it: a
 * last script with INSERT adds to it.
 */
function mainScripts(job: Job): ReadonlyMap<string, Script> {
  const { settings, options, diagnostics } = job;
  const parse = (source: SourceFile): Script =>
    parseScript(source, diagnostics, options.readFile, settings.searchDirectories);
  const scripts = new Map<string, Script>();
  if (options.script) {
    const { script } = options;
    const isText = typeof script === 'string';
    const source = isText
      ? new SourceFile('the script', latin1Bytes(script))
      : new SourceFile(script.path, script.bytes);
    scripts.set('', parse(source));
  }
  for (const name of settings.scripts) {
    const source = scriptFile(job, name);
    if (source) scripts.set(name, parse(source));
    else diagnostics.error('L0004', `cannot open linker script file ${name}`);
  }
  const last = [...scripts.values()].at(-1);
  if (last && last.insertions.length === 0) return scripts;
  const named = settings.defaultScript;
  const source = named === undefined ? undefined : scriptFile(job, named);
  if (named !== undefined && !source) {
    diagnostics.error('L0004', `cannot open linker script file ${named}`);
  }
  const isRelocatable = settings.outputKind === 'relocatable';
  const usual = (): Script => {
    const text = isRelocatable ? relocatableScript() : defaultScript(settings);
    if (settings.isVerbose) {
      const frame = '='.repeat(50);
      job.text += `using internal linker script:\n${frame}\n${text}\n${frame}\n`;
    }
    const file = new SourceFile('the default script', latin1Bytes(text));
    const packed = options.packedScript?.(text);
    return packed === undefined ? parse(file) : unpackScript(packed, file);
  };
  scripts.set('', source ? parse(source) : usual());
  return scripts;
}

function scriptFile({ settings, options }: Job, name: string): SourceFile | undefined {
  const candidates = [name, ...settings.searchDirectories.map((d) => `${d}/${name}`)];
  for (const path of candidates) {
    const bytes = options.readFile(path);
    if (bytes) return new SourceFile(path, bytes);
  }
  return undefined;
}

function joinScripts(scripts: ReadonlyMap<string, Script>): Script {
  const all = [...scripts.values()];
  return {
    commands: all.flatMap((script) => script.commands),
    statements: all.flatMap((script) => script.statements),
    hasSections: all.some((script) => script.hasSections),
    regions: all.flatMap((script) => script.regions),
    programHeaders: all.flatMap((script) => script.programHeaders),
    insertions: all.flatMap((script) => script.insertions),
    versions: all.flatMap((script) => script.versions),
  };
}
