// Bundles a module for a web page with Vite's bundler, without the parts of Chevrotain that nothing
// here runs: its lexer (the assembler and the linker scan text themselves, and only the name of a
// pattern that matches nothing is asked of it) and its checks of grammars (`skipValidations`).

import fs from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin } from 'rolldown';

const root = path.resolve(import.meta.dirname, '..');

const lexer = `export class Lexer { static NA = /NOT_APPLICABLE/ }
export const LexerDefinitionErrorType = {};`;

/** What a module of functions exports, each of which says that it was left out. */
function withoutBodies(text: string): string {
  const names = [...text.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
  const left = `function left() { throw new Error('left out of the bundle'); }`;
  return `${left}\nexport { ${names.map((name) => `left as ${name}`).join(', ')} };`;
}

const withoutUnusedChevrotain: Plugin = {
  name: 'Chevrotain without its lexer and its checks',
  load(id) {
    if (id.endsWith('/chevrotain/lib/src/scan/lexer_public.js')) return lexer;
    if (!id.endsWith('/chevrotain/lib/src/parse/grammar/checks.js')) return undefined;
    return withoutBodies(fs.readFileSync(id, 'utf8'));
  },
};

/** The module `code`, TypeScript as at the root of the repository, as one minified ES module. */
export async function bundleForPage(code: string): Promise<string> {
  const input = path.join(root, 'page.ts');
  const bundler = await rolldown({
    input,
    plugins: [
      {
        name: 'the page, which is no file',
        resolveId: (id) => (id === input ? id : undefined),
        load: (id) => (id === input ? { code, moduleType: 'ts' } : undefined),
      },
      withoutUnusedChevrotain,
    ],
    platform: 'browser',
    // No getter of ours does anything but answer.
    treeshake: { propertyReadSideEffects: false },
    resolve: { conditionNames: ['source', 'import', 'default'] },
  });
  const { output } = await bundler.generate({ format: 'esm', minify: true, comments: false });
  return output[0].code;
}
