// Directives without effect on the object: listings, checks that are elsewhere, other assemblers'
// ways. Some are other spellings.

import { expressionArgument, noMoreThan, numberArgument, plainText, rawText } from './directive.ts';
import type { Directive, DirectiveHandler } from './directive.ts';
import { spanOf } from '../text/text.ts';
import { stabFunction, stabFunctionEnd } from '../debug/stab-lines.ts';

const ignored: DirectiveHandler = () => {};

const checks = ['none', 'warning', 'error'] as const;

/** `.sse_check` and `.operand_check`. */
function check(which: 'sse' | 'operand'): DirectiveHandler {
  return (directive) => {
    const word = plainText(directive, 0) ?? '';
    const found = checks.find((each) => each === word);
    if (found) return directive.assembly.machine.setCheck(which, found);
    const message = `found '${word}', expected none, warning or error`;
    directive.assembly.error('A0505', message);
  };
}

/** `.psize lines [, columns]` */
function pageSize(directive: Directive): void {
  const lines = numberArgument(directive, 0, 60);
  const columns = directive.operands[1] ? numberArgument(directive, 1) : undefined;
  if (lines !== undefined && (lines < 0 || lines > 1000)) {
    directive.assembly.warning('A0505', `a page of ${lines} lines is left out`);
  }
  if (columns !== undefined && columns < 8) {
    directive.assembly.error('A0505', `a page of ${columns} columns is too narrow`);
  }
}

/** `.mri 0`; the other assembler's syntax is not known here. */
function mri(directive: Directive): void {
  if (numberArgument(directive, 0) !== 0) {
    const found = directive.operands[0] ? rawText(directive, directive.operands[0]) : '';
    directive.assembly.error('A0003', `'.mri ${found}' is not supported`);
  }
}

/** `.line number`: the line that this one is; GNU as listens where a marker named a file before. */
function line(directive: Directive): void {
  const { assembly, text, end } = directive;
  const number = directive.operands.length > 0 ? numberArgument(directive, 0) : undefined;
  noMoreThan(directive, 1);
  const span = spanOf(assembly.where);
  if (number === undefined || number < 0 || !text.isMarked || !span) return;
  text.mark(end, span.file.path, number, true);
}

const linkonce: DirectiveHandler = ({ assembly }) =>
  assembly.warning('A0505', "'.linkonce' means nothing for ELF; use a COMDAT group");

/** `.func name, label`; only stabs tell of it. */
const func: DirectiveHandler = (directive) => {
  const { assembly } = directive;
  if (assembly.isInFunction) {
    assembly.error('A0505', "'.func' inside of another; '.endfunc' ends one");
  }
  assembly.isInFunction = true;
  const name = plainText(directive, 0) ?? '';
  stabFunction(assembly, name, plainText(directive, 1) ?? name);
};

const endFunction: DirectiveHandler = ({ assembly }) => {
  if (!assembly.isInFunction) assembly.error('A0505', "'.endfunc' without '.func'");
  assembly.isInFunction = false;
  stabFunctionEnd(assembly);
};

/** `.rva symbol` of PE; ELF has no relocation for it. */
const imageRelative: DirectiveHandler = (directive) => {
  directive.operands.forEach((_operand, i) => expressionArgument(directive, i));
  const message = "'.rva' counts from the start of a PE image, which ELF cannot say";
  directive.assembly.error('A0505', message);
};

export const ignoredDirectives: Readonly<Record<string, DirectiveHandler>> = {
  ...Object.fromEntries(
    (
      '.list .nolist .eject .page .nopage .title .ttl .sbttl .lflags .noformat .format .optim ' +
      '.noopt .llen .plen .extern .xref .name .debug'
    )
      .split(' ')
      .map((name) => [name, ignored]),
  ),
  '.psize': pageSize,
  '.line': line,
  '.linkonce': linkonce,
  '.func': func,
  '.endfunc': endFunction,
  '.sse_check': check('sse'),
  '.operand_check': check('operand'),
  '.mri': mri,
  '.rva': imageRelative,
};
