// The command line of ld: options as GNU spells them, inputs in between. What an option means for
// a single input (-b, --whole-archive, groups) becomes an action in order; the rest becomes
// settings. The options themselves are rows of option-table.ts.

import { SourceFile } from '@ring0/diagnostics';
import type { DiagnosticList } from '@ring0/diagnostics';
import { unknownKeyword } from './script/keywords.ts';
import { optionRows } from './option-table.ts';
import type { OptionRow } from './option-table.ts';
import { defaultSettings } from './settings.ts';
import type { LinkSettings } from './settings.ts';

export type { InputAction, LinkSettings } from './settings.ts';

/** An element of the command line: an option as written, or a file with its bytes. */
export type LinkItem = string | { readonly path: string; readonly bytes: Uint8Array };

const byName: ReadonlyMap<string, OptionRow> = new Map(
  optionRows.flatMap((row) =>
    row.names.flatMap((name) => spellings(name).map((spelling) => [spelling, row] as const)),
  ),
);

/** Long options have one dash or two; those with o have two, as -o takes what touches it. */
function spellings(name: string): string[] {
  const bare = name.replace(/^--?/, '');
  if (bare.length === 1 || /^(-?d[cp]|Ur)$/.test(bare)) return [name];
  return bare.startsWith('o') && bare !== 'oformat' ? [`--${bare}`] : [`-${bare}`, `--${bare}`];
}

/**
 * Splits the text of a response file as a shell would: blanks, quotes, backslashes (GNU's @file).
 */
export function splitResponse(text: string): string[] {
  const found = text.matchAll(/(?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\\[^]|[^\s"'\\])+/g);
  return [...found].map(([part]) =>
    part.replace(/"((?:\\[^]|[^"\\])*)"|'((?:\\[^]|[^'\\])*)'|\\([^])/g, (_, double, single, one) =>
      one === undefined ? (double ?? single).replace(/\\([^])/g, '$1') : one,
    ),
  );
}

/** Reads the command line; what is not understood becomes a diagnostic. */
export function readOptions(items: readonly LinkItem[], diagnostics: DiagnosticList): LinkSettings {
  const settings = defaultSettings();
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== 'string') {
      settings.actions.push({ kind: 'file', path: item.path, bytes: item.bytes });
    } else if (!item.startsWith('-') || item === '-') {
      settings.actions.push({ kind: 'file', path: item, bytes: undefined });
    } else i += option(settings, item, items[i + 1], diagnostics);
  }
  for (const word of settings.keywords) {
    const usual = /^common-page-size=(.*)/.exec(word)?.[1];
    if (settings.isPageSizeGiven && Number(usual) > settings.maxPageSize) {
      const most = `-z max-page-size=0x${settings.maxPageSize.toString(16)}`;
      diagnostics.error('L0001', `-z ${word} is more than ${most}`);
    }
    if (word === 'pack-relative-relocs') {
      diagnostics.warning('L0005', `-z ${word} is not done: relative relocations stay as they are`);
    }
    if (unknownKeyword(word)) diagnostics.warning('L0005', `-z ${word} is unknown, so ignored`);
  }
  return settings;
}

/** Obeys one option; the result is how many further items it took. */
function option(
  settings: LinkSettings,
  item: string,
  next: LinkItem | undefined,
  diagnostics: DiagnosticList,
): number {
  const problem = (message: string): number => {
    diagnostics.error('L0001', message);
    return 0;
  };
  const equals = item.indexOf('=');
  const name = equals < 0 ? item : item.slice(0, equals);
  const value = equals < 0 ? undefined : item.slice(equals + 1);
  const row = byName.get(name);
  if (row && (row.argument !== 'none' || value === undefined)) {
    if (row.argument !== 'required' || value !== undefined) {
      row.set(settings, value ?? '', problem);
      return 0;
    }
    const argument = typeof next === 'string' ? next : next?.path;
    if (argument === undefined) return problem(`option '${item}' needs an argument`);
    row.set(settings, argument, problem);
    return 1;
  }
  return touching(settings, item, next, diagnostics, problem);
}

/** A short option that its argument touches, several short ones, or the beginning of a long one. */
function touching(
  settings: LinkSettings,
  item: string,
  next: LinkItem | undefined,
  diagnostics: DiagnosticList,
  problem: (message: string) => number,
): number {
  const full = fullName(item);
  if (full !== undefined) return option(settings, full, next, diagnostics);
  const short = byName.get(item.slice(0, 2));
  if (item.startsWith('--') || !short) return problem(unknown(item));
  if (short.argument !== 'none') {
    short.set(settings, item.slice(2).replace(/^=/, ''), problem);
    return 0;
  }
  const rows = [...item.slice(1)].map((letter) => byName.get(`-${letter}`));
  if (rows.some((row) => row?.argument !== 'none')) return problem(unknown(item));
  for (const row of rows) row?.set(settings, '', problem);
  return 0;
}

/** `--start-g` as `--start-group`, where only one option begins so. */
function fullName(item: string): string | undefined {
  if (!item.startsWith('--') || item.length < 4) return undefined;
  const [start] = item.split('=');
  const found = [...byName].filter(([name]) => name.startsWith(start));
  if (new Set(found.map(([, row]) => row)).size !== 1) return undefined;
  return item.replace(start, found[0][0]);
}

function unknown(item: string): string {
  const [start] = item.split('=');
  const bare = start.replace(/^--?(no-)?/, '');
  const near = [...byName.keys()].filter((name) => name.startsWith('--') && name.includes(bare));
  const hint =
    bare.length > 3 && near.length > 0 && near.length < 6 ? `; there is ${near.join(', ')}` : '';
  return `unrecognized option '${item}'${hint}`;
}

/** The text of an option as a source file, so that diagnostics can point into it. */
export function optionSource(option: string, text: string): SourceFile {
  return new SourceFile(option, new Uint8Array([...text].map((c) => c.charCodeAt(0) & 0xff)));
}
