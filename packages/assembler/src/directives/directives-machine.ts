// Directives that choose what statements are written in and for: `.intel_syntax`, `.att_syntax`,
// the mnemonics, `.arch`.

import { nearest } from '@ring0/diagnostics';
import { extensionNames, processorNames } from '@ring0/isa';
import type { Assembly } from '../object/assembly.ts';
import { argumentPlace, noMoreThan, plainText } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { within } from '../text/text.ts';
import type { Place } from '../text/text.ts';

/** `.intel_syntax noprefix`; `rest` is the text behind the word, up to the end of `place`. */
export function chooseSyntax(assembly: Assembly, word: string, rest: string, place: Place): void {
  const argument = rest.trim();
  if (argument !== '' && argument !== 'prefix' && argument !== 'noprefix') {
    const start = place.end - rest.trimStart().length;
    const where = within(place, start, start + argument.length);
    const message = `found '${argument}', expected prefix, noprefix or nothing`;
    return assembly.error('A0231', message, where, [
      'noprefix: registers are written eax; prefix: %eax',
    ]);
  }
  const isNaked = argument === 'noprefix';
  const { isLong } = assembly.machine.syntax;
  assembly.machine.syntax = {
    isIntel: word === '.intel_syntax',
    isNaked,
    ...(isLong && { isLong }),
  };
}

function mnemonics(isIntel: boolean): DirectiveHandler {
  return (directive) => {
    noMoreThan(directive, 0);
    directive.assembly.machine.hasIntelMnemonics = isIntel;
  };
}

/** Whether `%eiz`, no index, is a register. */
function indexName(isAllowed: boolean): DirectiveHandler {
  return ({ assembly }) => void (assembly.machine.hasIndexName = isAllowed);
}

function unknownName(directive: Directive, name: string): void {
  const { assembly } = directive;
  const isExtension = name.startsWith('.');
  const plain = name.replace(/^\.(no)?/, '');
  const near = nearest(plain, isExtension ? extensionNames : processorNames);
  const shown = name.slice(0, name.length - plain.length) + near;
  const kind = isExtension ? 'extension' : 'processor';
  const where = argumentPlace(directive, 0);
  const known = 'they are i8086 i186 i286 i386 i486 i586 i686 pentium4 ..';
  const notes = [near ? `did you mean '${shown}'?` : known];
  const edit = near ? { where, text: shown } : undefined;
  assembly.error('A0512', `'${name}' is no ${kind} that is known`, where, notes, edit);
}

/** `.arch i686, nojumps`, `.arch .sse2`, `.arch push`. */
function architecture(directive: Directive): void {
  const { assembly } = directive;
  const { machine } = assembly;
  const name = plainText(directive, 0) ?? '';
  if (name === '') {
    return assembly.error('A0512', "'.arch' needs a processor", assembly.where, [
      'for instance .arch i686, .arch .sse2, .arch .nosse2, .arch push, .arch pop',
    ]);
  }
  if (name === 'push' || name === 'pop') {
    noMoreThan(directive, 1);
    return stack(assembly, name);
  }
  const isQuoted = directive.operands[0]?.kind === 'string';
  if (isQuoted || (name === 'iamcu' && !machine.isOf('iamcu')) || !machine.select(name))
    return unknownName(directive, name);
  const isProcessor = !name.startsWith('.') && name !== 'default';
  noMoreThan(directive, isProcessor ? 2 : 1);
  const jumps = plainText(directive, 1);
  if (isProcessor && jumps !== undefined && jumps !== '') {
    if (jumps === 'jumps' || jumps === 'nojumps') machine.growsConditions = jumps === 'jumps';
    else {
      const message = `found '${jumps}', expected jumps or nojumps`;
      assembly.error('A0512', message, argumentPlace(directive, 1));
    }
  }
}

function stack(assembly: Assembly, name: 'push' | 'pop'): void {
  const { machine, code } = assembly;
  const mode = code === 'code16gcc' ? '.code16' : `.${code}`;
  if (name === 'push') return machine.push(mode);
  const result = machine.pop(mode);
  if (result === 'empty') {
    assembly.error('A0512', "'.arch pop' without a '.arch push' before it");
  } else if (result !== 'done') {
    const message = `'.arch push' was in ${result} code, this '.arch pop' is in ${mode}`;
    assembly.error('A0512', message, assembly.where, [`write ${result} before it`]);
  }
}

export const machineDirectives: Readonly<Record<string, DirectiveHandler>> = {
  '.allow_index_reg': indexName(true),
  '.arch': architecture,
  '.att_mnemonic': mnemonics(false),
  '.disallow_index_reg': indexName(false),
  '.intel_mnemonic': mnemonics(true),
};
