// Of the declarations of a published library what its entry reaches, name by name: the rest is of no use to who imports it,
// and could name packages that are not installed.

import fs from 'node:fs';
import path from 'node:path';
import { parseAst } from 'rolldown/parseAst';

interface Statement {
  /** Names that it declares. */
  readonly declares: readonly string[];
  /** With the comment before it. */
  readonly text: string;
  isReached: boolean;
}

/** `{ imported as local } from source`, or of an export without a source `{ imported as local }`. */
interface Link {
  readonly imported: string;
  readonly local: string;
  readonly source: string | undefined;
  readonly isExport: boolean;
  isReached: boolean;
}

interface DeclarationFile {
  readonly statements: readonly Statement[];
  readonly links: readonly Link[];
}

type Tree = ReturnType<typeof parseAst>['body'][number];

function declaredBy(node: Tree): string[] {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap(({ id }) => (id.type === 'Identifier' ? [id.name] : []));
  }
  if ('id' in node && node.id?.type === 'Identifier') return [node.id.name];
  throw new Error(`a declaration file has a ${node.type}`);
}

function linksOf(node: Tree): Link[] | undefined {
  const nameOf = (each: { type: string } & ({ name: string } | { value: string })) =>
    'name' in each ? each.name : each.value;
  if (node.type === 'ImportDeclaration') {
    const source = node.source.value;
    return node.specifiers.map((each) => {
      if (each.type !== 'ImportSpecifier') throw new Error(`${source} is imported whole`);
      const imported = nameOf(each.imported);
      return { imported, local: each.local.name, source, isExport: false, isReached: false };
    });
  }
  if (node.type === 'ExportAllDeclaration') {
    const source = node.source.value;
    return [{ imported: '*', local: '*', source, isExport: true, isReached: false }];
  }
  if (node.type !== 'ExportNamedDeclaration' || node.declaration) return undefined;
  const source = node.source?.value;
  return node.specifiers.map(({ local, exported }) => ({
    imported: nameOf(local),
    local: nameOf(exported),
    source,
    isExport: true,
    isReached: false,
  }));
}

function readDeclarations(file: string): DeclarationFile {
  const text = fs.readFileSync(file, 'utf8');
  const statements: Statement[] = [];
  const links: Link[] = [];
  let end = 0;
  for (const node of parseAst(text, { lang: 'dts' }, file).body) {
    const found = linksOf(node);
    if (found) links.push(...found);
    else {
      const inner = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
      const declares = declaredBy(inner ?? node);
      statements.push({ declares, text: text.slice(end, node.end).trim(), isReached: false });
    }
    end = node.end;
  }
  return { statements, links };
}

/** The declarations of a library by file, from which what is not reached can be left out. */
class Declarations {
  private readonly files = new Map<string, DeclarationFile>();

  file(name: string): DeclarationFile {
    let found = this.files.get(name);
    if (!found) this.files.set(name, (found = readDeclarations(name)));
    return found;
  }

  /** A name that `from` imports of `source`; packages of npm are as they are. */
  private follow(from: string, source: string, name: string): boolean {
    if (!source.startsWith('.')) return true;
    return this.reach(path.join(path.dirname(from), source.replace(/\.js$/, '.d.ts')), name);
  }

  /** What another file sees as `name`; false: there is none. */
  reach(file: string, name: string): boolean {
    const { links, statements } = this.file(file);
    const link = links.find((each) => each.isExport && each.local === name);
    if (link?.isReached) return true;
    if (link) {
      link.isReached = true;
      if (link.source !== undefined) return this.follow(file, link.source, link.imported);
      this.reachInside(file, link.imported);
      return true;
    }
    if (statements.some(({ declares }) => declares.includes(name))) {
      this.reachInside(file, name);
      return true;
    }
    for (const star of links) {
      if (star.local !== '*' || star.source === undefined) continue;
      if (!this.follow(file, star.source, name)) continue;
      star.isReached = true;
      return true;
    }
    return false;
  }

  private reachInside(file: string, name: string): void {
    const { links, statements } = this.file(file);
    for (const link of links) {
      if (link.isExport || link.isReached || link.local !== name || !link.source) continue;
      link.isReached = true;
      this.follow(file, link.source, link.imported);
    }
    for (const statement of statements) {
      if (statement.isReached || !statement.declares.includes(name)) continue;
      statement.isReached = true;
      const code = statement.text.replaceAll(/\/\*[^]*?\*\//g, '');
      for (const [, source = '', inner = ''] of code.matchAll(/import\("([^"]+)"\)\.(\w+)/g)) {
        this.follow(file, source, inner);
      }
      for (const [word] of code.matchAll(/\w+/g)) this.reachInside(file, word);
    }
  }

  /** All that a file gives to others. */
  exportsOf(file: string): string[] {
    const { links, statements } = this.file(file);
    const named = links.flatMap(({ isExport, local, source }) => {
      if (!isExport || local !== '*' || source === undefined) return isExport ? [local] : [];
      return this.exportsOf(path.join(path.dirname(file), source.replace(/\.js$/, '.d.ts')));
    });
    return [...named, ...statements.flatMap(({ declares }) => declares)];
  }

  /** Writes what was reached; files without any of it are removed. */
  write(folder: string): void {
    for (const entry of fs.globSync('**/*.d.ts', { cwd: folder })) {
      const file = path.join(folder, entry);
      const text = this.files.has(file) ? reachedText(this.file(file)) : '';
      if (text === '') fs.rmSync(file);
      else fs.writeFileSync(file, text);
    }
  }
}

function reachedText({ links, statements }: DeclarationFile): string {
  const lines = links
    .filter(({ isReached }) => isReached)
    .map(({ imported, local, source, isExport }) => {
      const names = imported === local ? local : `${imported} as ${local}`;
      const from = source === undefined ? '' : ` from '${source}'`;
      if (local === '*') return `export *${from};`;
      return isExport ? `export { ${names} }${from};` : `import type { ${names} }${from};`;
    });
  const texts = statements.filter(({ isReached }) => isReached).map(({ text }) => text);
  const all = [...lines, ...texts];
  return all.length === 0 ? '' : `${all.join('\n')}\n`;
}

/** Leaves of the declarations in `folder` what its `index.d.ts` reaches. */
export function keepReachedTypes(folder: string): void {
  const declarations = new Declarations();
  const index = path.join(folder, 'index.d.ts');
  for (const name of declarations.exportsOf(index)) {
    if (!declarations.reach(index, name)) throw new Error(`no type is called ${name}`);
  }
  declarations.write(folder);
  const removeEmpty = (inner: string): void => {
    for (const each of fs.readdirSync(inner, { withFileTypes: true })) {
      if (each.isDirectory()) removeEmpty(path.join(inner, each.name));
    }
    if (fs.readdirSync(inner).length === 0) fs.rmdirSync(inner);
  };
  removeEmpty(folder);
}
