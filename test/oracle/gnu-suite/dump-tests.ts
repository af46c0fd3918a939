// What GNU's own test suites ask of its tools, as data: binutils keeps, beside each source, files `NAME.d` whose first lines
// say how to assemble and link it, and Tcl scripts with lists of sources and options. Only the questions are taken from
// there; the answers come from the tools that are installed.

import fs from 'node:fs';
import path from 'node:path';

/** One source of a test, with the options of the assembler that are its own. */
export interface SuiteSource {
  readonly file: string;
  readonly options: readonly string[];
}

export interface DumpTest {
  readonly name: string;
  readonly sources: readonly SuiteSource[];
  /** The words behind `#ld:`, `#objcopy:` and so on, by the name in front; `as` are those of all sources. */
  readonly words: ReadonlyMap<string, readonly string[]>;
}

/** A line of options as words; names of folders that the scripts know become paths. */
function wordsOf(text: string, folder: string): string[] {
  const named = text.replaceAll(/\$\{?srcdir\}?\/\$\{?subdir\}?/g, folder);
  return named.split(/\s+/).filter((word) => word !== '');
}

/** The test that a file NAME.d of `folder` describes. */
function readDumpTest(folder: string, file: string): DumpTest {
  const words = new Map<string, readonly string[]>();
  const sources: SuiteSource[] = [];
  for (const line of fs.readFileSync(path.join(folder, file), 'latin1').split('\n')) {
    const [, name, text] = /^#([A-Za-z_]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name === undefined || text === undefined) {
      if (/^#(pass|\.\.\.)/.test(line) || !line.startsWith('#')) break;
      continue;
    }
    if (name === 'source') {
      const [source, ...options] = wordsOf(text, folder);
      if (source !== undefined) sources.push({ file: source, options });
    } else words.set(name, wordsOf(text, folder));
  }
  const stem = file.slice(0, -'.d'.length);
  if (sources.length === 0) sources.push({ file: `${stem}.s`, options: [] });
  return { name: stem, sources, words };
}

/** All tests of a folder whose sources are there, in the order of their names. */
export function dumpTests(folder: string): DumpTest[] {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.d'));
  return names
    .toSorted()
    .map((name) => readDumpTest(folder, name))
    .filter(({ sources }) => sources.every(({ file }) => fs.existsSync(path.join(folder, file))));
}

/** Sources and options of the tests that compare messages: `run_list_test "NAME" "OPTIONS"`. */
function listTests(folder: string): SuiteSource[] {
  const scripts = fs.readdirSync(folder).filter((name) => name.endsWith('.exp'));
  return scripts.flatMap((script) => {
    const text = fs.readFileSync(path.join(folder, script), 'latin1');
    return [...text.matchAll(/run_list_test\s+"([^"]+)"\s+"([^"]*)"/g)].map(
      ([, name, options]) => ({ file: `${name}.s`, options: wordsOf(options ?? '', folder) }),
    );
  });
}

/** Each source of a folder with each list of options that some test gives it, and without any. */
export function assemblerCases(folder: string): SuiteSource[] {
  const plain = fs.readdirSync(folder).filter((name) => name.endsWith('.s'));
  const asked = [
    ...plain.map((file) => ({ file, options: [] })),
    ...dumpTests(folder).flatMap(({ sources, words }) =>
      sources.map(({ file, options }) => ({
        file,
        options: [...(words.get('as') ?? []), ...options],
      })),
    ),
    ...listTests(folder),
  ];
  const byText = new Map(asked.map((each) => [`${each.file} ${each.options.join(' ')}`, each]));
  return [...byText.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, each]) => each)
    .filter(({ file }) => fs.existsSync(path.join(folder, file)));
}
