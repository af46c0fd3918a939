// The words of -z (GNU ld manual, "Command-line Options", -z KEYWORD).

import type { LinkSettings } from '../settings.ts';

/** Words that are read where they matter, as `settings.keywords.has(word)`. */
const known = new Set(
  `defs undefs muldefs execstack noexecstack unique-symbol nounique-symbol globalaudit start-stop-gc
  nostart-stop-gc combreloc nocombreloc global initfirst interpose unique nounique lazy loadfltr
  nocopyreloc nodefaultlib nodelete nodlopen nodump now origin relro norelro separate-code
  noseparate-code common nocommon text notext textoff noextern-protected-data
  indirect-extern-access noindirect-extern-access dynamic-undefined-weak nodynamic-undefined-weak
  call-nop ibtplt ibt shstk cet-report report-relative-reloc pack-relative-relocs
  nopack-relative-relocs max-page-size common-page-size stack-size start-stop-visibility
  no-check-sections`.split(/\s+/),
);

/** Obeys `-z value`. */
export function keyword(
  settings: LinkSettings,
  value: string,
  problem: (message: string) => void,
): void {
  const [name, argument] = value.split('=');
  settings.keywords.delete(name.startsWith('no') ? name.slice(2) : `no${name}`);
  if (name === 'lazy') settings.keywords.delete('now');
  if (name === 'now') settings.keywords.delete('lazy');
  settings.keywords.delete(value);
  settings.keywords.add(value);
  if (name === 'max-page-size' || name === 'common-page-size') {
    const size = Number(argument);
    const isPower = Number.isInteger(size) && size > 0 && Number.isInteger(Math.log2(size));
    if (!isPower) return problem(`-z ${name} wants a power of two, not '${argument ?? ''}'`);
    if (name === 'max-page-size') settings.maxPageSize = size;
    else settings.commonPageSize = size;
    settings.isPageSizeGiven ||= name === 'max-page-size';
  } else checkArgument(name, argument, problem);
  set(settings, name);
  if (settings.isPageSizeGiven) {
    settings.commonPageSize = Math.min(settings.commonPageSize, settings.maxPageSize);
  }
}

/** What may stand behind the `=` of a word. */
const wordArguments: Readonly<Record<string, RegExp>> = {
  'stack-size': /^(0x[0-9a-f]+|\d+)$/i,
  'start-stop-visibility': /^(default|internal|hidden|protected)$/,
  'cet-report': /^(none|warning|error)$/,
  'call-nop': /^(prefix-(addr|0x[0-9a-f]+|\d+)|suffix-(nop|0x[0-9a-f]+|\d+))$/i,
};

function checkArgument(
  name: string,
  argument: string | undefined,
  problem: (message: string) => void,
): void {
  const allowed = Object.hasOwn(wordArguments, name) ? wordArguments[name] : undefined;
  if (allowed && !allowed.test(argument ?? '')) {
    problem(`-z ${name} does not take '${argument ?? ''}'`);
  }
}

/** The word's name, if it is one that nothing knows. */
export function unknownKeyword(value: string): boolean {
  const name = value.split('=')[0];
  return !known.has(name) && !/^x86-64-(baseline|v[234])$/.test(name);
}

function set(settings: LinkSettings, name: string): void {
  if (name === 'separate-code') settings.isSeparateCode = true;
  else if (name === 'noseparate-code') settings.isSeparateCode = false;
  else if (name === 'relro') settings.hasRelro = true;
  else if (name === 'norelro') settings.hasRelro = false;
  else if (name === 'execstack') settings.stackFlags = 'exec';
  else if (name === 'noexecstack') settings.stackFlags = 'noexec';
  else if (name === 'muldefs') settings.allowsMultipleDefinition = true;
  else if (name === 'defs') settings.unresolved = 'error';
  else if (name === 'undefs') settings.unresolved = 'ignore';
}
