// The licenses of the npm packages that a bundle holds; Apache's asks for its text to come along.

import fs from 'node:fs';
import path from 'node:path';

/** The name, version and license of every npm package that a file of the bundle comes from. */
export function licensesOf(root: string, files: Iterable<string>): string {
  const folders = new Set<string>();
  for (const file of files) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file.replaceAll('\\', '/'))?.[1];
    if (folder !== undefined) folders.add(folder);
  }
  const texts = [...folders].toSorted().map((folder) => {
    const where = path.resolve(root, folder);
    const { name, version, license } = JSON.parse(
      fs.readFileSync(path.join(where, 'package.json'), 'utf8'),
    );
    const file = fs.readdirSync(where).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : fs.readFileSync(path.join(where, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  return texts.join(`\n${'-'.repeat(72)}\n\n`);
}
