// The types of a published library: the declarations that TypeScript writes for every core package, and of these the ones
// that an entry reaches, with imports that no longer know the workspace.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { keepReachedTypes } from './reached-types.ts';

/** An import or re-export, or an inferred type's `import("..")`. */
const specifier = /(\bfrom |\bimport )'([^']+)'|\b(import\()"([^"]+)"/g;

/** Lets TypeScript write the declarations of all core packages into a folder, which it gives. */
export function writeDeclarations(
  root: string,
  out: string = path.join(root, '.cache/declarations'),
): string {
  fs.rmSync(out, { recursive: true, force: true });
  const { bin } = JSON.parse(
    fs.readFileSync(path.join(root, 'node_modules/typescript/package.json'), 'utf8'),
  );
  const tsc = path.join(root, 'node_modules/typescript', bin.tsc);
  const flags = ['--noEmit', 'false', '--emitDeclarationOnly', '--stripInternal', '--outDir', out];
  const args = [tsc, '-p', path.join(root, 'tsconfig.core.json'), ...flags, '--rootDir', root];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`tsc could not write declarations: status ${status}`);
  return out;
}

/**
 * Copies into `out` what a library's entry reaches: the files of the one package that it exports
 * whole, or an `index.d.ts` like the entry; those of other packages in `types/PACKAGE/`.
 */
export function copyDeclarations(declarations: string, entry: string, out: string): void {
  const start = (name: string) => path.join(declarations, 'packages', name, 'src/index.d.ts');
  const done = new Set<string>();
  const waiting = [...entry.matchAll(/'@ring0\/(\w+)'/g)].map(([, name = '']) => start(name));
  const home = /^export \* from '@ring0\/(\w+)';$/.exec(entry)?.[1];
  const place = (file: string): string => {
    const [, packageName = '', inside = ''] =
      /packages\/([^/]+)\/src\/(.*)$/.exec(file.replaceAll(path.sep, '/')) ?? [];
    return packageName === home
      ? path.join(out, inside)
      : path.join(out, 'types', packageName, inside);
  };
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (done.has(file)) continue;
    done.add(file);
    const from = file;
    const resolve = (target: string): string => {
      const own = /^@ring0\/(.+)$/.exec(target)?.[1];
      if (own === undefined && !target.startsWith('.')) return target;
      const source =
        own === undefined
          ? path.join(path.dirname(from), target.replace(/\.ts$/, '.d.ts'))
          : start(own);
      waiting.push(source);
      const relative = path.relative(path.dirname(place(from)), place(source));
      const slashed = relative.replaceAll(path.sep, '/').replace(/\.d\.ts$/, '.js');
      return slashed.startsWith('.') ? slashed : `./${slashed}`;
    };
    const text = fs
      .readFileSync(from, 'utf8')
      .replaceAll(specifier, (_whole, before, target, call, inferred) =>
        call === undefined ? `${before}'${resolve(target)}'` : `${call}"${resolve(inferred)}"`,
      );
    fs.mkdirSync(path.dirname(place(from)), { recursive: true });
    fs.writeFileSync(place(from), text);
  }
  if (home === undefined) {
    const index = entry.replaceAll(/'@ring0\/(\w+)'/g, `'./types/$1/index.js'`);
    fs.writeFileSync(path.join(out, 'index.d.ts'), index);
  }
  keepReachedTypes(out);
}
