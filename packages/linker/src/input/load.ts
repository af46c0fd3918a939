// Finds and loads what the command line and the script name: files, -l libraries, groups that are
// searched until nothing new comes, scripts given as inputs (INPUT, GROUP, SEARCH_DIR).

import { addBinary } from './bytes-object.ts';
import { elfType, isArchive, isElf, isThinArchive, machine } from '@ring0/elf';
import { SourceFile } from '@ring0/diagnostics';
import type { DiagnosticList } from '@ring0/diagnostics';
import { elsewhere } from './elsewhere.ts';
import type { InputObject } from '../model.ts';
import { setFormat } from '../option-table.ts';
import { optionSource } from '../options.ts';
import type { InputAction, LinkSettings } from '../options.ts';
import type { Resolver } from './resolve.ts';
import { parseExpression, parseScript } from '../script/script-parser.ts';
import type { Assignment, Command, Script, SectionsStatement } from '../script/script-syntax.ts';

type Loaded = NonNullable<ReturnType<Resolver['add']>>;

export class Loader {
  private readonly resolver: Resolver;
  private readonly settings: LinkSettings;
  private readonly diagnostics: DiagnosticList;
  private readonly readFile: (path: string) => Uint8Array | undefined;
  private readonly directories: string[];
  private isBinary = false;
  /** What --push-state saves. */
  private state = { isWhole: false, isAsNeeded: false, isStatic: false, copiesNeeded: false };
  private readonly states: Loader['state'][] = [];
  private group: Loaded[] | undefined;
  private depth = 0;
  /** Of the input that is a script, while it is read. */
  private scriptFolder: string | undefined;
  /** Assignments and sections of scripts that were given as inputs. */
  readonly implicit: Script[] = [];
  /** Everything in the order of the command line: statements of scripts, and what the map shows. */
  readonly statements: SectionsStatement[] = [];
  /** Objects that a pattern names and the command line does not. */
  private readonly mentioned: InputObject[] = [];
  private isMentioned = false;

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
    resolver.readMember = readFile;
    resolver.refusesBareDuplicates = settings.refusesBareDuplicates;
    resolver.isRelocatable = settings.outputKind === 'relocatable';
    resolver.warnsCommon = settings.warnsCommon;
    resolver.isExcluded = excluder(settings.excludedLibraries);
    this.directories = settings.searchDirectories.map((name) => this.underRoot(name));
  }

  /**
   * Loads all inputs. `scripts` are the main ones by name; one without an action (the default
   * script, under an empty name) comes first.
   */
  run(actions: readonly InputAction[], scripts: ReadonlyMap<string, Script>): void {
    const given = new Set(actions.flatMap((each) => (each.kind === 'file' ? [each.path] : [])));
    const first = scripts.get('');
    if (first) this.mainScript(first, given);
    for (const action of actions) {
      const script = action.kind === 'script' ? scripts.get(action.name) : undefined;
      if (script) {
        this.mainScript(script, given);
        this.enterNames(script.statements);
        this.statements.push(...script.statements);
      } else if (action.kind === 'define') {
        this.resolver.shared.enter(action.name);
        this.statements.push(definition(action, this.diagnostics));
      } else if (action.kind === 'address') this.address(action.section, action.start);
      else if (action.kind === 'file') this.file(action.path, action.bytes);
      else if (action.kind === 'library') this.library(action.name);
      else if (action.kind === 'just-symbols') this.justSymbols(action.path);
      else if (action.kind === 'format') {
        this.isBinary = action.isBinary;
        this.remark(`TARGET(${action.name})`);
      } else if (action.kind === 'whole-archive') this.state.isWhole = action.isOn;
      else if (action.kind === 'as-needed') this.state.isAsNeeded = action.isOn;
      else if (action.kind === 'copy-needed') this.state.copiesNeeded = action.isOn;
      else if (action.kind === 'static') this.state.isStatic = action.isOn;
      else if (action.kind === 'state' && action.isPushed) this.states.push({ ...this.state });
      else if (action.kind === 'state') this.state = this.states.pop() ?? this.state;
      else if (action.kind === 'group') {
        this.remark(action.isStart ? 'START GROUP' : 'END GROUP');
        if (action.isStart) this.group = [];
        else this.endGroup();
      }
    }
    if (this.group) {
      this.remark('END GROUP');
      this.endGroup();
    }
    if (first) this.statements.push(...first.statements);
    this.remark('');
    // They are loaded first, yet placed last.
    const { objects } = this.resolver;
    for (const object of this.mentioned) {
      objects.splice(objects.indexOf(object), 1);
      objects.push(object);
    }
  }

  /**
   * Loads what shared objects need themselves, as the dynamic linker will: their definitions count
   * when it is asked what is undefined.
   */
  indirectLibraries(): void {
    const { libraries } = this.resolver.shared;
    const tried = new Set<string>();
    for (let i = 0; i < libraries.length; i++) {
      const library = libraries[i];
      for (const name of library.needed) {
        if (tried.has(name) || libraries.some((l) => l.soname === name)) continue;
        tried.add(name);
        const found = this.findNeeded(name, library.runPaths);
        const { copiesNeeded } = library;
        const way = { isAsNeeded: false, copiesNeeded, name };
        if (found) this.resolver.addShared(found.path, found.bytes, way, true);
        else this.missingNeeded(name, library.path);
      }
    }
  }

  private findNeeded(
    name: string,
    runPaths: readonly string[],
  ): { path: string; bytes: Uint8Array } | undefined {
    const { runPathLinks, runPaths: ownPaths, outputKind } = this.settings;
    const own = [...runPathLinks, ...ownPaths].flatMap((paths) => paths.split(':'));
    const theirs = outputKind === 'shared' ? [] : runPaths;
    const usual = this.directories.filter((d) => d.startsWith('/'));
    for (const directory of name.includes('/') ? [''] : [...own, ...theirs, ...usual, ...system]) {
      const path = directory === '' ? name : `${directory}/${name}`;
      const bytes = this.readFile(path);
      if (bytes && isShared(bytes) && fits(bytes)) return { path, bytes };
    }
    return undefined;
  }

  private missingNeeded(name: string, by: string): void {
    const hint = 'try using -rpath or -rpath-link';
    this.diagnostics.warning('L0217', `${name}, needed by ${by}, not found (${hint})`);
  }

  private address(name: string, start: number): void {
    const text = `Address of section ${name} set to 0x${start.toString(16)}`;
    const section = this.settings.sectionStarts.has(name) ? name : undefined;
    this.statements.push({ kind: 'remark', text, ...(section === undefined ? {} : { section }) });
  }

  private remark(text: string): void {
    this.statements.push({ kind: 'remark', text });
  }

  /** Answers where a name is defined that the link does not have. */
  whoDefines(): (name: string) => string | undefined {
    return elsewhere(this.resolver, this.directories, this.readFile);
  }

  /** What a script says about inputs: commands, and files that it names outright. */
  private mainScript(script: Script, given: Set<string>): void {
    for (const command of script.commands) this.command(command);
    for (const statement of script.statements) {
      if (statement.kind !== 'output') continue;
      for (const part of statement.body) {
        if (part.kind !== 'input' || part.file === '*') continue;
        if (/[*?[:]/.test(part.file) || given.has(part.file)) continue;
        given.add(part.file);
        const before = this.resolver.objects.length;
        this.isMentioned = true;
        this.file(part.file);
        this.isMentioned = false;
        this.mentioned.push(...this.resolver.objects.slice(before));
      }
    }
  }

  private endGroup(): void {
    const archives = this.group ?? [];
    this.group = undefined;
    for (let isAgain = true; isAgain;) {
      isAgain = false;
      for (const archive of archives) if (this.resolver.search(archive)) isAgain = true;
    }
  }

  private file(path: string, given?: Uint8Array, isSearched = false): void {
    const bytes = given ?? this.readFile(path);
    if (!bytes) {
      this.diagnostics.error('L0210', `cannot find ${path}: no such file`, undefined, {
        notes: [{ message: 'was it built, and by that name? directories are added by -L DIR' }],
      });
      return;
    }
    if (!this.isMentioned) this.remark(`LOAD ${path}`);
    if (this.isBinary) {
      addBinary(this.resolver, path, bytes);
      return;
    }
    const isLibrary = isArchive(bytes) || isThinArchive(bytes);
    if (!isElf(bytes) && !isLibrary && looksLikeText(bytes)) {
      this.scriptFile(path, bytes);
      return;
    }
    if (isShared(bytes)) {
      this.sharedObject(path, bytes, isSearched);
      return;
    }
    const archive = this.resolver.add(path, bytes, this.state.isWhole);
    if (archive) this.group?.push(archive);
  }

  /** What a script defines has its rank among the names from here on. */
  private enterNames(statements: readonly SectionsStatement[]): void {
    for (const statement of statements) {
      const parts = statement.kind === 'output' ? statement.body : [statement];
      for (const part of parts) {
        if (part.kind !== 'assign' || part.isProvided || part.name === '.') continue;
        this.resolver.shared.enter(part.name);
      }
    }
  }

  /** -R FILE; what is no file is a directory, and then it means -rpath. */
  private justSymbols(path: string): void {
    const bytes = this.readFile(path);
    if (!bytes) {
      this.settings.runPaths.push(path);
      return;
    }
    this.remark(`LOAD ${path}`);
    if (isShared(bytes)) {
      const message = `${path}: -R takes the symbols of objects and programs, not of shared objects`;
      this.diagnostics.error('L0226', message);
    } else this.resolver.addBare(path, bytes);
  }

  /** One without a name of its own is known by its path, or where -l found it by that of its file. */
  private sharedObject(path: string, bytes: Uint8Array, isSearched: boolean): void {
    const { settings, diagnostics } = this;
    if (settings.outputKind === 'relocatable' || this.state.isStatic) {
      diagnostics.error('L0216', `attempted static link of dynamic object '${path}'`);
      return;
    }
    const name = isSearched ? path.replace(/^.*\//, '') : path;
    this.resolver.addShared(path, bytes, { ...this.state, name });
  }

  private usualDirectories(): string[] {
    const isOff = this.settings.hasNoStandardDirectories;
    return isOff ? [] : system.map((directory) => this.settings.sysroot + directory);
  }

  /** `=dir` and `$SYSROOT/dir` lie under --sysroot. */
  private underRoot(directory: string): string {
    const { sysroot } = this.settings;
    return directory.replace(/^(=|\$SYSROOT(?=\/|$))/, () => sysroot);
  }

  private searched(name: string): { path: string; bytes: Uint8Array } | undefined {
    if (name.startsWith('/')) return undefined;
    for (const directory of this.directories) {
      const path = `${directory}/${name}`;
      const bytes = this.readFile(path);
      if (bytes) return { path, bytes };
    }
    return undefined;
  }

  /** What a script names: beside a script that is an input, in the current folder, where -L says. */
  private scriptInput(name: string): void {
    const folder = name.startsWith('/') ? undefined : this.scriptFolder;
    for (const path of folder === undefined ? [name] : [`${folder}/${name}`, name]) {
      const bytes = this.readFile(path);
      if (bytes) return void this.file(path, bytes);
    }
    const found = this.searched(name);
    this.file(found?.path ?? name, found?.bytes);
  }

  private library(name: string): void {
    const fileName = name.startsWith(':') ? name.slice(1) : `lib${name}.a`;
    const takesShared = !this.state.isStatic && !name.startsWith(':');
    const names = takesShared ? [`lib${name}.so`, fileName] : [fileName];
    for (const directory of [...this.directories, ...this.usualDirectories()]) {
      for (const candidate of names) {
        const path = `${directory}/${candidate}`;
        const bytes = this.readFile(path);
        if (!bytes || !fits(bytes)) continue;
        this.file(path, bytes, true);
        return;
      }
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
    const included = (name: string): Uint8Array | undefined =>
      this.readFile(name) ?? this.searched(name)?.bytes;
    const script = parseScript(new SourceFile(path, bytes), this.diagnostics, included);
    const outer = this.scriptFolder;
    this.scriptFolder = path.includes('/') ? path.replace(/\/[^/]*$/, '') : '.';
    this.depth++;
    for (const command of script.commands) this.command(command);
    this.depth--;
    this.scriptFolder = outer;
    this.enterNames(script.statements);
    if (script.statements.length > 0) this.implicit.push(script);
  }

  private command({ name, arguments: words, span }: Command): void {
    switch (name) {
      case 'SEARCH_DIR':
        for (const word of words) this.directories.push(this.underRoot(word));
        break;
      case 'INPUT':
        this.inputs(words);
        break;
      case 'GROUP': {
        const outer = this.group;
        this.remark('START GROUP');
        this.group = [];
        this.inputs(words);
        this.endGroup();
        this.remark('END GROUP');
        this.group = outer;
        break;
      }
      case 'ENTRY':
        this.settings.entry ??= words[0];
        break;
      case 'EXTERN':
        for (const word of words) this.settings.undefinedNames.push(word);
        break;
      case 'OUTPUT':
        if (words[0] && this.settings.output === 'a.out') this.settings.output = words[0];
        break;
      case 'OUTPUT_FORMAT':
        if (this.settings.isFormatGiven || setFormat(this.settings, words[0] ?? '')) break;
        this.diagnostics.error('L0213', `output format '${words[0]}' is not supported`, span);
        break;
      case 'TARGET':
        this.remark(`TARGET(${words[0]})`);
        this.isBinary = words[0] === 'binary';
        break;
      case 'FORCE_COMMON_ALLOCATION':
        this.settings.definesCommons = true;
        break;
      case 'FORCE_GROUP_ALLOCATION':
        this.settings.forcesGroups = true;
        break;
      case 'INHIBIT_COMMON_ALLOCATION':
        this.settings.inhibitsCommons = true;
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

  /** Files and libraries of INPUT and GROUP; what stands in AS_NEEDED has a mark. */
  private inputs(words: readonly string[]): void {
    const before = this.state.isAsNeeded;
    for (const word of words) {
      const [, mark, name] = /^(AS_NEEDED )?(.*)$/.exec(word) ?? [];
      this.state.isAsNeeded = before || mark !== undefined;
      if (name.startsWith('-l')) this.library(name.slice(2));
      else if (name !== '') this.scriptInput(this.underRoot(name));
    }
    this.state.isAsNeeded = before;
  }
}

/** Where i386 libraries are on the usual systems; what -L names comes first. */
const system = [
  '/usr/local/lib/i386-linux-gnu',
  '/lib/i386-linux-gnu',
  '/usr/lib/i386-linux-gnu',
  '/usr/local/lib32',
  '/lib32',
  '/usr/lib32',
  '/usr/local/lib',
  '/lib',
  '/usr/lib',
];

const isShared = (bytes: Uint8Array): boolean =>
  isElf(bytes) && (bytes[16] | (bytes[17] << 8)) === elfType.shared;

/** Archives are named with or without `.a`, or all at once. */
function excluder(names: readonly string[]): (archive: string | undefined) => boolean {
  if (names.length === 0) return () => false;
  return (archive) => {
    const name = archive?.replace(/^.*\//, '') ?? '';
    if (archive === undefined) return false;
    return names.some((each) => each === 'ALL' || each === name || `${each}.a` === name);
  };
}

/** A library for another machine is passed over in the search. */
function fits(bytes: Uint8Array): boolean {
  if (!isElf(bytes)) return true;
  return bytes[4] === 1 && (bytes[18] | (bytes[19] << 8)) === machine.i386;
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

/** --defsym as an assignment. */
function definition(
  { name, text }: { readonly name: string; readonly text: string },
  diagnostics: DiagnosticList,
): Assignment {
  const at = optionSource(`--defsym ${name}`, text);
  const span = { file: at, start: 0, end: text.length };
  const value = parseExpression(at, diagnostics);
  const flags = { isProvided: false, isHidden: false } as const;
  return { kind: 'assign', name, operator: '=', value, ...flags, span };
}

/** Segments have no line of their own in the map. */
