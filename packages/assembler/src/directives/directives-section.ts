// Directives that change the current section.

import {
  argumentPlace,
  nameArgument,
  noMoreThan,
  numberArgument,
  plainText,
  rawText,
} from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import type { Edit } from '../text/edits.ts';
import { requestSection, sectionTypeNames } from './section-names.ts';
import type { SectionRequest } from './section-names.ts';
import type { Section, Where } from '../object/sections.ts';

function standard(choose: (directive: Directive) => Section): DirectiveHandler {
  return (directive) => {
    const number = numberArgument(directive, 0, 0);
    if (number === undefined) return;
    directive.assembly.switchTo(choose(directive).subsection(number));
  };
}

/** With -R the text section holds the data too, behind its own subsections. */
const foldedFrom = 1000;

function data(directive: Directive): void {
  const { assembly } = directive;
  const number = numberArgument(directive, 0, 0);
  if (number === undefined) return;
  const isFolded = assembly.options.output?.foldsData === true;
  assembly.switchTo(
    isFolded ? assembly.text.subsection(number + foldedFrom) : assembly.data.subsection(number),
  );
}

const wordAfter = (text: string | undefined) => text?.replace(/^[@%]/, '');

/** What follows all that a section can have; a type may lack its sign. */
function refuseMore(directive: Directive, at: number): void {
  const { assembly, operands } = directive;
  if (!operands[at]) return;
  const found = rawText(directive, operands[at]);
  const where = argumentPlace(directive, at);
  const isType = sectionTypeNames.includes(found);
  const notes = isType ? [`did you mean '@${found}'?`] : undefined;
  const edit: Edit | undefined = isType ? { where, text: '@', side: 'before' } : undefined;
  const message = `found '${found}', expected the end of the statement`;
  assembly.error('A0505', message, where, notes, edit);
}

/** The symbol behind the flag `o`; a number is none. */
function linkedSymbol(directive: Directive, index: number): string | undefined {
  const name = plainText(directive, index);
  if (name === undefined || /^[A-Za-z_.$\x80-\xff]/.test(name)) return name;
  if (/^(0x[\da-f]+|\d+)$/i.test(name)) return '0';
  const message = `found '${name}', expected the name of a symbol, or 0 for none`;
  directive.assembly.error('A0505', message, argumentPlace(directive, index));
  return undefined;
}

/** `name [, subsection] [, "flags" [, @type [, entry size] [, group [, comdat]]]]`. */
function parseRequest(directive: Directive, first: number): SectionRequest {
  const { operands, assembly } = directive;
  const flagsAt = operands[first];
  if (!flagsAt) return {};
  if (flagsAt.kind !== 'string') {
    const found = rawText(directive, flagsAt);
    if (found === '') return {};
    assembly.error('A0312', `'.section' takes its flags in quotes, found '${found}'`);
    return {};
  }
  let flags = plainText(directive, first) ?? '';
  let at = first + 1;
  let type: string | undefined;
  let typeWhere: Where;
  const kind = operands[at] && rawText(directive, operands[at]);
  if (kind !== undefined && /^[@%"]/.test(kind)) {
    type = wordAfter(plainText(directive, at));
    typeWhere = argumentPlace(directive, at);
    at++;
  }
  let entrySize: number | undefined;
  let group: string | undefined;
  let link: string | undefined;
  let isComdat = false;
  if (flags.includes('M')) {
    if (operands[at]) entrySize = numberArgument(directive, at++, 0);
    else {
      assembly.warning('A0313', "the flag 'M' needs an entry size; it is left out");
      flags = flags.replaceAll('M', '');
    }
    if (entrySize !== undefined && entrySize < 0) {
      assembly.warning('A0313', `an entry size of ${entrySize} is negative; it is left out`);
      entrySize = undefined;
      flags = flags.replaceAll('M', '');
    }
  }
  if (flags.includes('o')) link = linkedSymbol(directive, at++);
  if (flags.includes('G')) {
    group = plainText(directive, at++);
    if (group === undefined) {
      assembly.warning('A0314', "the flag 'G' needs a group's name; it is left out");
      flags = flags.replaceAll('G', '');
    }
    if (plainText(directive, at) === 'comdat') {
      isComdat = true;
      at++;
    }
  }
  let info: number | undefined;
  if (flags.includes('d') && /^\d/.test(plainText(directive, at) ?? '')) {
    info = numberArgument(directive, at++);
  }
  let unique: number | undefined;
  if (plainText(directive, at) === 'unique') {
    unique = numberArgument(directive, at + 1);
    if (unique !== undefined && unique > 0xffffffff) {
      assembly.error('A0312', `${unique} has more than the 32 bits of a number behind 'unique'`);
    }
    at += 2;
  }
  refuseMore(directive, at);
  return { flags, type, typeWhere, entrySize, group, isComdat, link, unique, info };
}

/** The name as it is written; with --sectname-subst %S in it is that of the present section. */
function sectionName(directive: Directive): string | undefined {
  const name = plainText(directive, 0);
  const { options, current } = directive.assembly;
  if (!options.output?.substitutesSectionNames) return name;
  return name?.replaceAll('%S', () => current.section.name);
}

function section(directive: Directive): void {
  const name = sectionName(directive);
  if (directive.operands[1]?.kind === 'empty') {
    const message = `'${directive.name}' has nothing behind the comma, expected flags in quotes`;
    return directive.assembly.error('A0312', message);
  }
  if (name === undefined || name === '') {
    return directive.assembly.error('A0315', `'${directive.name}' needs a section's name`);
  }
  directive.assembly.switchTo(requestSection(directive.assembly, name, parseRequest(directive, 1)));
}

function pushSection(directive: Directive): void {
  const { assembly, operands } = directive;
  const name = sectionName(directive);
  if (name === undefined) {
    return assembly.error('A0315', "'.pushsection' needs a section's name");
  }
  assembly.pushSection();
  let first = 1;
  let number = 0;
  if (operands[1] && operands[1].kind === 'memory') {
    number = numberArgument(directive, 1) ?? 0;
    first = 2;
  }
  const sub = requestSection(assembly, name, parseRequest(directive, first));
  assembly.switchTo(number === 0 ? sub : sub.section.subsection(number));
}

/** `.attach_to_group name`: the current section becomes a member. */
function attachToGroup(directive: Directive): void {
  noMoreThan(directive, 1);
  const { assembly } = directive;
  const name = nameArgument(directive, 0);
  const { section: now } = assembly.current;
  if (name === undefined) return;
  if (now.group !== undefined) {
    const message = `section '${now.name}' is in group '${now.group}' already`;
    return assembly.warning('A0314', message);
  }
  assembly.sectionTable.attach(now, name);
}

/** `.struct offset`: from here on labels are numbers. */
function struct(directive: Directive): void {
  const { assembly } = directive;
  const offset = numberArgument(directive, 0, 0);
  if (offset === undefined) return;
  const sub = assembly.absolute.subsection(0);
  sub.length = offset;
  assembly.switchTo(sub);
}

export const sectionDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.text': standard(({ assembly }) => assembly.text),
  '.data': data,
  '.bss': standard(({ assembly }) => assembly.bss),
  '.section': section,
  '.section.s': section,
  '.sect': section,
  '.sect.s': section,
  '.attach_to_group': attachToGroup,
  '.struct': struct,
  '.offset': struct,
  '.pushsection': pushSection,
  '.popsection': ({ assembly }) => assembly.popSection(),
  '.previous': ({ assembly }) => assembly.switchBack(),
  '.subsection': standard(({ assembly }) => assembly.current.section),
};
