// Finds and loads what the command line and the script name: files, -l libraries, groups that are
// searched until nothing new comes, scripts given as inputs (INPUT, GROUP, SEARCH_DIR).

import { isArchive, isElf } from '@ring0/elf';
import { SourceFile } from '@ring0/diagnostics';
import type { DiagnosticList } from '@ring0/diagnostics';
import type { InputAction, LinkSettings } from './options.ts';
import type { Resolver } from './resolve.ts';
import { parseScript } from './script-parser.ts';
import type { Command, Script } from './script-syntax.ts';

type Loaded = NonNullable<ReturnType<Resolver['add']>>;

export class Loader {
  private readonly resolver: Resolver;
  private readonly settings: LinkSettings;
  private readonly diagnostics: DiagnosticList;
  private readonly readFile: (path: string) => Uint8Array | undefined;
  private readonly directories: string[];
  private isBinary = false;
  private isWhole = false;
  private group: Loaded[] | undefined;
  private depth = 0;
  /** Assignments and sections of scripts that were given as inputs. */
  readonly implicit: Script[] = [];

  constructor(
    resolver: Resolver,
    settings: LinkSettings,
    diagnostics: DiagnosticList,
    readFile: (path: string) => Uint8Array | undefined,
  ) {
    this.resolver = resolver;
    this.settings = settings;
    this.diagnostics = diagnostics;
    this.readFile = readFile;
    this.directories = [...settings.searchDirectories];
  }

  /** Obeys the commands of the main script that concern inputs. */
  commands(commands: readonly Command[]): void {
    for (const command of commands) this.command(command);
  }

  run(actions: readonly InputAction[]): void {
    for (const action of actions) {
      if (action.kind === 'file') this.file(action.path, action.bytes);
      else if (action.kind === 'library') this.library(action.name);
      else if (action.kind === 'format') this.isBinary = action.isBinary;
      else if (action.kind === 'whole-archive') this.isWhole = action.isOn;
      else if (action.kind === 'group') {
        if (action.isStart) this.group = [];
        else this.endGroup();
      }
    }
    if (this.group) this.endGroup();
  }

  private endGroup(): void {
    const archives = this.group ?? [];
    this.group = undefined;
    for (let isAgain = true; isAgain;) {
      isAgain = false;
      for (const archive of archives) if (this.resolver.search(archive)) isAgain = true;
    }
  }

  private file(path: string, given?: Uint8Array): void {
    const bytes = given ?? this.readFile(path) ?? this.searched(path);
    if (!bytes) {
      this.diagnostics.error('L0210', `cannot find ${path}: no such file`, undefined, {
        notes: [{ message: 'was it built, and by that name? directories are added by -L DIR' }],
      });
      return;
    }
    if (this.isBinary) {
      this.resolver.addBinary(path, bytes);
      return;
    }
    if (!isElf(bytes) && !isArchive(bytes) && looksLikeText(bytes)) {
      this.scriptFile(path, bytes);
      return;
    }
    const archive = this.resolver.add(path, bytes, this.isWhole);
    if (archive) this.group?.push(archive);
  }

  private searched(path: string): Uint8Array | undefined {
    if (path.startsWith('/')) return undefined;
    for (const directory of this.directories) {
      const bytes = this.readFile(`${directory}/${path}`);
      if (bytes) return bytes;
    }
    return undefined;
  }

  private library(name: string): void {
    const fileName = name.startsWith(':') ? name.slice(1) : `lib${name}.a`;
    for (const directory of this.directories) {
      const path = `${directory}/${fileName}`;
      const bytes = this.readFile(path);
      if (!bytes) continue;
      this.file(path, bytes);
      return;
    }
    const where =
      this.directories.length > 0 ? this.directories.join(', ') : 'no -L directory was given';
    const notes = [
      { message: `looked for ${fileName} in: ${where}` },
      { message: `-L DIR names the directory of ${fileName}; or give its path instead of -l` },
    ];
    this.diagnostics.error('L0211', `cannot find -l${name}`, undefined, { notes });
  }

  private scriptFile(path: string, bytes: Uint8Array): void {
    const source = sourceKinds.find(({ pattern }) => pattern.test(path));
    if (source) {
      const message = `${path} is no object file, archive or linker script: it looks like ${source.what}`;
      const object = path.replace(/^.*\//, '').replace(/\.\w+$/, '.o');
      const notes = [{ message: `${source.todo} -o ${object} ${path}` }];
      this.diagnostics.error('L0215', message, undefined, { notes });
      return;
    }
    if (this.depth >= 8) {
      this.diagnostics.error('L0212', `${path}: input scripts are nested more than 8 deep`);
      return;
    }
    const script = parseScript(new SourceFile(path, bytes), this.diagnostics, this.readFile);
    this.depth++;
    for (const command of script.commands) this.command(command);
    this.depth--;
    if (script.statements.length > 0) this.implicit.push(script);
  }

  private command({ name, arguments: words, span }: Command): void {
    switch (name) {
      case 'SEARCH_DIR':
        for (const word of words) this.directories.push(word.replace(/^=/, ''));
        break;
      case 'INPUT':
      case 'STARTUP':
        for (const word of words) this.input(word);
        break;
      case 'GROUP': {
        const outer = this.group;
        this.group = [];
        for (const word of words) this.input(word);
        this.endGroup();
        this.group = outer;
        break;
      }
      case 'ENTRY':
        this.settings.entry ??= words[0];
        break;
      case 'EXTERN':
        for (const word of words) this.settings.undefinedNames.push(word);
        break;
      case 'OUTPUT_FORMAT':
        if (words[0] === 'binary') this.settings.outputFormat = 'binary';
        else if (words[0] !== 'elf32-i386') {
          this.diagnostics.error('L0213', `output format '${words[0]}' is not supported`, span);
        }
        break;
      case 'OUTPUT_ARCH':
        if (words[0] !== 'i386') {
          this.diagnostics.error('L0214', `architecture '${words[0]}' is not supported`, span);
        }
        break;
      default:
        break;
    }
  }

  private input(word: string): void {
    if (word === 'AS_NEEDED') return;
    if (word.startsWith('-l')) this.library(word.slice(2));
    else this.file(word);
  }
}

/** Sources that people give to the linker. */
const sourceKinds = [
  { pattern: /\.(s|S|asm)$/, what: 'assembly source', todo: 'assemble it first: as' },
  { pattern: /\.[ci]$/, what: 'C source', todo: 'compile it first: cc -c' },
  { pattern: /\.h$/, what: 'a header', todo: 'what includes it is compiled: cc -c' },
] as const;

/** No zero byte at its start: a script rather than some unknown binary. */
function looksLikeText(bytes: Uint8Array): boolean {
  return !bytes.subarray(0, 512).includes(0);
}
