// Chevrotain as the published libraries hold it: without the parts that nothing of ours runs. These are its lexer (the
// assembler and the linker scan text themselves, and only the name of a pattern that matches nothing is asked of it), its
// checks of grammars (`skipValidations`; our tests run them), trees and visitors (`EmbeddedActionsParser` builds none), and
// the tracing of how long a start takes. What it weighs in a page falls from 30 KB to 15 KB.

import fs from 'node:fs';
import type { Plugin } from 'rolldown';

const home = '/chevrotain/lib/src/';

const lexer = `export class Lexer { static NA = /NOT_APPLICABLE/ }
export const LexerDefinitionErrorType = {};`;

const tracer = `export class PerformanceTracer {
  initPerformanceTracer() {}
  TRACE_INIT(name, act) { return act(); }
}`;

/** A builder of trees that builds none; recovery asks it in which rules the parser is. */
function withoutTrees(text: string): string {
  const start = text.indexOf('    getPreviousExplicitRuleShortName() {');
  if (start < 0) throw new Error('Chevrotain keeps its rules elsewhere now');
  return `export class TreeBuilder {
    initTreeBuilder() {
      const nothing = () => {};
      this.outputCst = false;
      this.cstInvocationStateUpdate = this.cstFinallyStateUpdate = nothing;
      this.cstPostTerminal = this.cstPostNonTerminal = this.cstPostRule = nothing;
    }
${text.slice(start)}`;
}

/** What a module of functions exports, each of which says that it was left out. */
function withoutBodies(text: string): string {
  const names = [...text.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
  const left = `function left() { throw new Error('left out of the bundle'); }`;
  return `${left}\nexport { ${names.map((name) => `left as ${name}`).join(', ')} };`;
}

/** The texts that the checks give for mistakes in a grammar; they stand last in their file. */
function withoutCheckTexts(text: string): string {
  const start = text.indexOf('export const defaultGrammarValidatorErrorProvider');
  if (start < 0) throw new Error('Chevrotain has its texts elsewhere now');
  return `${text.slice(0, start)}export const defaultGrammarValidatorErrorProvider = {};`;
}

/** An enumeration of TypeScript as a table of numbers, which bundling resolves. */
function withoutEnumeration(text: string): string {
  const enumeration = /export var (\w+);\n\(function \(\1\) \{\n([^]*?)\n\}\)\(.*\n/;
  const [, name, body = ''] = enumeration.exec(text) ?? [];
  if (name === undefined) throw new Error('Chevrotain has an enumeration elsewhere now');
  const members = [...body.matchAll(/\["(\w+)"\] = (\d+)\]/g)];
  const rows = members.map(([, member, number]) => `${member}: ${number}`);
  return text.replace(enumeration, `export const ${name} = { ${rows.join(', ')} };\n`);
}

/** `CONSUME1`, `SUBRULE2`, ..: while a grammar is recorded others take the place of all of them, by name. */
export const isNumberedRule = /^(?:CONSUME|SUBRULE|OPTION|OR|MANY|AT_LEAST_ONE)(?:_SEP)?\d$/;

/** Gives instead of a module, from its text. */
const instead: Readonly<Record<string, (text: string) => string>> = {
  'scan/lexer_public.js': () => lexer,
  'parse/grammar/checks.js': withoutBodies,
  'parse/cst/cst_visitor.js': withoutBodies,
  'parse/parser/traits/perf_tracer.js': () => tracer,
  'parse/parser/traits/tree_builder.js': withoutTrees,
  'parse/errors_public.js': withoutCheckTexts,
  'parse/parser/parser.js': withoutEnumeration,
  'parse/grammar/lookahead.js': withoutEnumeration,
};

export const withoutUnusedChevrotain: Plugin = {
  name: 'Chevrotain without what nothing runs',
  load(id) {
    const at = id.replaceAll('\\', '/').lastIndexOf(home);
    const change = at < 0 ? undefined : instead[id.slice(at + home.length)];
    return change?.(fs.readFileSync(id, 'utf8'));
  },
};
