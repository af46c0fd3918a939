// A published library's module: what its entry reaches of the ring0 packages and of Chevrotain in one file that is still read
// as a program (its functions, classes and constants have their names), but written for bundles of pages: simplified, members
// that are not public by short names, no part of Chevrotain that nothing runs.

import path from 'node:path';
import { rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { isNumberedRule, withoutUnusedChevrotain } from './chevrotain.ts';
import { withNumbers, withoutDeadMethods, withoutEmptyFields } from './compact.ts';
import { shortableNames } from './short-names.ts';
import { allNodes, memberName, partOf, syntaxOf } from './syntax.ts';

export interface LibraryBundle {
  readonly code: string;
  /** The files that it was made of. */
  readonly files: readonly string[];
}

async function bundled(root: string, entry: string): Promise<LibraryBundle> {
  const input = path.join(root, 'entry.ts');
  const bundler = await rolldown({
    input,
    plugins: [
      {
        name: 'the entry, which is no file',
        resolveId: (id) => (id === input ? id : undefined),
        load: (id) => (id === input ? { code: entry, moduleType: 'ts' } : undefined),
      },
      withoutUnusedChevrotain,
    ],
    platform: 'neutral',
    // No getter of ours does anything but answer.
    treeshake: { propertyReadSideEffects: false },
    resolve: { conditionNames: ['source', 'import', 'default'] },
  });
  const { output } = await bundler.generate({ format: 'esm', minify: false, comments: false });
  const [{ code, moduleIds }] = output;
  return { code, files: moduleIds.filter((id) => path.isAbsolute(id) && id !== input) };
}

/** Throws where an object calls a method of its own that nothing gives it: a part was left out that is used. */
function checkCalls(code: string): void {
  const called = new Set<string>();
  const given = new Set<string | undefined>();
  for (const node of allNodes(syntaxOf(code, 'index.js'))) {
    const callee = node.type === 'CallExpression' ? partOf(node, 'callee') : undefined;
    const isOwn = callee && partOf(callee, 'object')?.type === 'ThisExpression';
    const name = isOwn ? memberName(callee) : undefined;
    if (name !== undefined) called.add(name);
    if (/^(?:Property|(?:Property|Method)Definition)$/.test(node.type)) given.add(memberName(node));
    const target = node.type === 'AssignmentExpression' ? partOf(node, 'left') : undefined;
    if (target) given.add(memberName(target));
  }
  const missing = [...called].filter((name) => !given.has(name));
  if (missing.length > 0) throw new Error(`nothing defines ${missing.join(', ')}`);
}

/** The module that exports what `entry` (TypeScript) does; `declarations` are the files of its types. */
export async function bundleLibrary(
  root: string,
  entry: string,
  declarations: readonly string[],
): Promise<LibraryBundle> {
  const { code, files } = await bundled(root, entry);
  const names = shortableNames(files, declarations);
  checkCalls(code);
  const internal = new Set(names);
  const living = withoutDeadMethods(
    code,
    (name) => internal.has(name) || isNumberedRule.test(name),
  );
  const { code: result, errors } = minifySync('index.js', withNumbers(withoutEmptyFields(living)), {
    module: true,
    // Statements stay apart, for those who read and debug it.
    compress: { target: 'es2024', sequences: false, joinVars: false },
    mangle: false,
    mangleProps: { include: new RegExp(`^(?:${names.join('|')})$`) },
    codegen: { removeWhitespace: false },
  });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return { code: result, files };
}
