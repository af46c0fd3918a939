// The command line as GNU's tools read it: single letters that may stand together, long names that
// may be shortened, `@file`, options anywhere among the files, `--` before files only. A tool lists
// its options as one text and one table.

import type { Host } from './host.ts';

export interface OptionTable {
  /** Letters; `:` after one that takes a value, `::` where the value is optional and joined. */
  readonly letters: string;
  /** Long names with the key each stands for; the name ends in `=` or `=?` as a letter in `:`. */
  readonly names: Readonly<Record<string, string>>;
}

export interface Option {
  readonly key: string;
  readonly value: string | undefined;
}

export interface CommandLine {
  readonly options: readonly Option[];
  readonly files: readonly string[];
  /** The first mistake, in getopt's words. */
  readonly problem: string | undefined;
}

type Arity = 'none' | 'required' | 'optional';

interface Long {
  readonly name: string;
  readonly key: string;
  readonly arity: Arity;
}

function longOptions(names: OptionTable['names']): Long[] {
  return Object.entries(names).map(([written, key]) => {
    if (written.endsWith('=?')) return { name: written.slice(0, -2), key, arity: 'optional' };
    if (written.endsWith('=')) return { name: written.slice(0, -1), key, arity: 'required' };
    return { name: written, key, arity: 'none' };
  });
}

function letterArity(letters: string, letter: string): Arity | undefined {
  const at = letter === ':' ? -1 : letters.indexOf(letter);
  if (at < 0) return undefined;
  if (letters.startsWith('::', at + 1)) return 'optional';
  return letters[at + 1] === ':' ? 'required' : 'none';
}

const nestingMax = 10;

/** The words of a response file: split at white space, quotes and backslashes as in a shell. */
function responseWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /\s*((?:\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s\\"'])+)/gsy;
  for (const [, word] of text.matchAll(pattern)) {
    const plain = word.replace(
      /\\(.)|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/gs,
      (_, escaped?: string, double?: string, single?: string) =>
        escaped ?? (double ?? single ?? '').replace(/\\(.)/gs, '$1'),
    );
    words.push(plain);
  }
  return words;
}

/** `@file` words replaced by the words of the file; one that cannot be read stays as it is. */
export function expandResponseFiles(
  argv: readonly string[],
  host: Pick<Host, 'readFile'>,
  depth = 0,
): string[] {
  return argv.flatMap((word) => {
    if (!word.startsWith('@') || word.length === 1 || depth > nestingMax) return [word];
    const bytes = host.readFile(word.slice(1));
    if (!bytes) return [word];
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    return expandResponseFiles(responseWords(text), host, depth + 1);
  });
}

class Parser {
  readonly options: Option[] = [];
  readonly files: string[] = [];
  problem: string | undefined;
  private readonly table: OptionTable;
  private readonly longs: readonly Long[];
  private readonly words: string[];

  constructor(words: readonly string[], table: OptionTable) {
    this.words = [...words];
    this.table = table;
    this.longs = longOptions(table.names);
  }

  run(): void {
    for (let word = this.words.shift(); word !== undefined; word = this.words.shift()) {
      if (this.problem !== undefined) return;
      if (word === '--') {
        this.files.push(...this.words);
        return;
      }
      if (word.startsWith('--')) this.long(word.slice(2));
      else if (word.startsWith('-') && word.length > 1) this.short(word);
      else this.files.push(word);
    }
  }

  private long(word: string): void {
    const at = word.indexOf('=');
    const written = at < 0 ? word : word.slice(0, at);
    const exact = this.longs.find(({ name }) => name === written);
    const near = exact ? [exact] : this.longs.filter(({ name }) => name.startsWith(written));
    const keys = new Set(near.map(({ key, arity }) => `${key} ${arity}`));
    const [found] = near;
    if (!found || keys.size > 1) {
      const names = near.map(({ name }) => ` '--${name}'`).join('');
      this.problem = found
        ? `option '--${written}' is ambiguous; possibilities:${names}`
        : `unrecognized option '--${written}'`;
      return;
    }
    let value = at < 0 ? undefined : word.slice(at + 1);
    if (found.arity === 'none' && value !== undefined) {
      this.problem = `option '--${found.name}' doesn't allow an argument`;
      return;
    }
    if (found.arity === 'required' && value === undefined) {
      value = this.words.shift();
      if (value === undefined) this.problem = `option '--${found.name}' requires an argument`;
    }
    this.options.push({ key: found.key, value });
  }

  private short(word: string): void {
    for (let at = 1; at < word.length; at++) {
      const letter = word[at];
      const arity = letterArity(this.table.letters, letter);
      if (arity === undefined) {
        this.problem = `invalid option -- '${letter}'`;
        return;
      }
      const rest = word.slice(at + 1);
      if (arity === 'none') {
        this.options.push({ key: letter, value: undefined });
        continue;
      }
      let value: string | undefined = rest === '' ? undefined : rest;
      if (arity === 'required' && value === undefined) {
        value = this.words.shift();
        if (value === undefined) this.problem = `option requires an argument -- '${letter}'`;
      }
      this.options.push({ key: letter, value });
      return;
    }
  }
}

/** Reads a command line; the first mistake ends it. Never throws. */
export function readCommandLine(
  argv: readonly string[],
  table: OptionTable,
  host: Pick<Host, 'readFile'>,
): CommandLine {
  const parser = new Parser(expandResponseFiles(argv, host), table);
  parser.run();
  const { options, files, problem } = parser;
  return { options, files, problem };
}

/** What `--version` prints: the name as build scripts look for it, then who says so. */
export function versionText(tool: string): string {
  return `GNU ${tool} (ring0 0.1.0) 2.40\n`;
}
