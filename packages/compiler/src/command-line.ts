// gcc's command line: which inputs, what to make of them, and the options of the library calls that
// do it. The cc tool and build drivers share it. Flags that gcc knows are accepted, most without
// effect; flags whose meaning would be lost are errors.

import type { CompileOptions } from './compile.ts';
import { CODE_FLAGS, MACHINE_FLAGS, WARNING_FLAGS } from './gcc-flags.ts';

/** `ir`: the text of the compiler's intermediate representation (clang has that name too). */
export type Language = 'c' | 'cpp-output' | 'assembler' | 'assembler-with-cpp' | 'ir';

/** An input file, or an argument for the linker, in the order of the command line. */
export type CommandItem =
  | { readonly kind: 'input'; readonly path: string; readonly language: Language | undefined }
  | { readonly kind: 'link'; readonly text: string };

export interface DependencyOutput {
  /** -M, -MM: instead of compiling. */
  readonly isOnly: boolean;
  /** False for -MM and -MMD: system headers are left out. */
  readonly hasSystemHeaders: boolean;
  readonly file: string | undefined;
  readonly targets: readonly string[];
  /** -MP: an empty rule for each header. */
  readonly hasPhonyTargets: boolean;
}

export interface CommandLine {
  readonly items: readonly CommandItem[];
  readonly stage: 'preprocess' | 'assembly' | 'object' | 'link';
  readonly output: string | undefined;
  /** What `compile` and `preprocess` take, but for path and readFile. */
  readonly options: Omit<CompileOptions, 'path' | 'readFile' | 'dump'>;
  readonly dependencies: DependencyOutput | undefined;
  readonly sysroot: string | undefined;
  readonly hasStandardIncludes: boolean;
  readonly hasStandardLibraries: boolean;
  readonly hasStartFiles: boolean;
  /** -dM */
  readonly printsMacros: boolean;
  /** False for -P. */
  readonly hasMarkers: boolean;
  readonly dumps: readonly string[];
  readonly diagnosticsForm: 'text' | 'gcc' | 'json' | 'sarif';
  /** What is wrong with the command line itself. */
  readonly errors: readonly string[];
  readonly request: 'version' | 'dumpversion' | 'dumpmachine' | 'help' | undefined;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

interface Standard {
  readonly standard: number;
  readonly isGnu: boolean;
}

function standardOf(text: string): Standard | undefined {
  const isGnu = text.startsWith('gnu');
  const year = text.replace(/^(gnu|c|iso9899:)/, '');
  const standards: Record<string, number> = {
    '89': 199409,
    '90': 199409,
    '1990': 199409,
    '99': 199901,
    '9x': 199901,
    '1999': 199901,
    '11': 201112,
    '1x': 201112,
    '2011': 201112,
    '17': 201710,
    '18': 201710,
    '2017': 201710,
    '2018': 201710,
  };
  const standard = standards[year];
  return standard === undefined ? undefined : { standard, isGnu };
}

const languages: Readonly<Record<string, Language | 'none'>> = {
  c: 'c',
  'cpp-output': 'cpp-output',
  assembler: 'assembler',
  'assembler-with-cpp': 'assembler-with-cpp',
  ir: 'ir',
  none: 'none',
};

class Reader {
  private readonly argv: readonly string[];
  private at = 0;
  readonly errors: string[] = [];
  readonly items: CommandItem[] = [];
  readonly warnings: string[] = [];
  readonly macros: { kind: 'define' | 'undefine'; text: string }[] = [];
  readonly quotePaths: string[] = [];
  readonly includePaths: string[] = [];
  readonly systemIncludePaths: string[] = [];
  readonly laterPaths: string[] = [];
  readonly includes: string[] = [];
  readonly targets: string[] = [];
  readonly dumps: string[] = [];
  readonly options: Mutable<CommandLine['options']> = { optimize: 0 };
  stage: CommandLine['stage'] = 'link';
  output: string | undefined;
  language: Language | undefined;
  dependencyFlag = '';
  dependencyFile: string | undefined;
  hasPhonyTargets = false;
  sysroot: string | undefined;
  hasStandardIncludes = true;
  hasStandardLibraries = true;
  hasStartFiles = true;
  printsMacros = false;
  hasMarkers = true;
  form: CommandLine['diagnosticsForm'] = 'text';
  request: CommandLine['request'];

  constructor(argv: readonly string[]) {
    this.argv = argv;
  }

  run(): void {
    while (this.at < this.argv.length) {
      const word = this.argv[this.at++];
      if (!word.startsWith('-') || word === '-') {
        this.items.push({ kind: 'input', path: word, language: this.language });
      } else if (!this.exact(word) && !this.joined(word) && !this.family(word)) {
        this.errors.push(`unknown option '${word}'`);
      }
    }
  }

  /** The option's value: the rest of the word, or the next word. */
  private value(word: string, option: string): string {
    if (word.length > option.length) return word.slice(option.length);
    const next = this.argv[this.at++];
    if (next === undefined) this.errors.push(`'${option}' needs a value`);
    return next ?? '';
  }

  /** Options that are one word. */
  private exact(word: string): boolean {
    const action = actions[word];
    if (!action) return false;
    action(this);
    return true;
  }

  /** Options with a value, joined or separate. */
  private joined(word: string): boolean {
    for (const [option, action] of valued) {
      if (!word.startsWith(option)) continue;
      action(this, this.value(word, option));
      return true;
    }
    for (const option of ['-L', '-l', '-T', '-u', '-z', '-e']) {
      if (!word.startsWith(option)) continue;
      this.link(option + this.value(word, option));
      return true;
    }
    return false;
  }

  link(text: string): void {
    this.items.push({ kind: 'link', text });
  }

  /** -O -g -W -f -m -std and the like. */
  private family(word: string): boolean {
    if (word.startsWith('-Wl,')) {
      word
        .slice(4)
        .split(',')
        .forEach((part) => this.link(part));
      return true;
    }
    if (/^-W[pa],/.test(word)) return this.forwarded(word);
    if (word.startsWith('-O')) return this.optimization(word.slice(2));
    if (word.startsWith('-g')) return this.debugging(word.slice(2));
    if (word.startsWith('-W')) return this.warning(word);
    if (word.startsWith('-f')) return this.codeFlag(word);
    if (word.startsWith('-m')) return this.machineFlag(word);
    if (word.startsWith('-std=')) return this.standard(word.slice(5));
    if (word.startsWith('--std=')) return this.standard(word.slice(6));
    return /^--param(=.*)?$/.test(word) && (word !== '--param' || this.at++ >= 0);
  }

  /** -Wp,-MD,FILE and the assembler's options. */
  private forwarded(word: string): boolean {
    const match = /^-Wp,(-MM?D),(.*)$/.exec(word);
    if (match) {
      this.dependencyFlag = match[1];
      this.dependencyFile = match[2];
      return true;
    }
    const define = /^-Wp,-(D|U)(.*)$/.exec(word);
    if (define)
      this.macros.push({ kind: define[1] === 'D' ? 'define' : 'undefine', text: define[2] });
    return true;
  }

  private optimization(level: string): boolean {
    const { options } = this;
    options.isSizeOptimized = level === 's' || level === 'z';
    if (options.isSizeOptimized) options.optimize = 's';
    else if (level === '' || level === 'g') options.optimize = 1;
    else if (level === 'fast') options.optimize = 3;
    else if (/^\d+$/.test(level)) options.optimize = Math.min(3, Number(level)) as 0 | 1 | 2 | 3;
    else return false;
    options.isOptimized = options.optimize !== 0;
    return true;
  }

  private debugging(kind: string): boolean {
    if (
      !/^(|[0-3]|gdb[0-3]?|dwarf(-[2-5])?|split-dwarf|no-.*|column-info|strict-dwarf|z)$/.test(kind)
    ) {
      return false;
    }
    if (!/^(no-|column|strict)/.test(kind)) this.options.debug = kind !== '0';
    return true;
  }

  private warning(word: string): boolean {
    const name = word
      .slice(2)
      .replace(/^no-/, '')
      .replace(/^error=?/, '');
    const isKnown =
      name === '' || name === 'error' || isListed(WARNING_FLAGS, name) || word.startsWith('-Wno-');
    if (isKnown) this.warnings.push(word);
    return isKnown;
  }

  private codeFlag(word: string): boolean {
    const isOn = !word.startsWith('-fno-');
    const name = word.slice(isOn ? 2 : 5);
    const meaning = codeFlags[name];
    if (meaning) {
      const problem = meaning(this.options, isOn);
      if (problem !== undefined) this.errors.push(`'${word}' is not supported: ${problem}`);
      return true;
    }
    if (name.startsWith('diagnostics-format=')) {
      const form = name.slice(19);
      if (form !== 'text' && form !== 'json' && form !== 'sarif' && form !== 'gcc') return false;
      this.form = form;
      return true;
    }
    return isListed(CODE_FLAGS, name) || name.startsWith('builtin-');
  }

  private machineFlag(word: string): boolean {
    if (word === '-m64' || word === '-mx32' || word === '-m16') {
      this.errors.push(`'${word}' is not supported: this compiler makes 32-bit code`);
      return true;
    }
    if (word === '-m32') return true;
    const boundary = /^-mpreferred-stack-boundary=(\d+)$/.exec(word);
    if (boundary) this.options.stackBoundary = 2 ** Math.min(6, Math.max(2, Number(boundary[1])));
    if (/^-mregparm=[1-3]$|^-mrtd$|^-msoft-float$|^-mms-bitfields$|^-malign-double$/.test(word)) {
      this.errors.push(`'${word}' is not supported: it changes the calling convention or layout`);
    }
    return isListed(MACHINE_FLAGS, word.slice(2).replace(/^no-/, ''));
  }

  private standard(text: string): boolean {
    const found = standardOf(text);
    if (!found) return false;
    this.options.isGnu = found.isGnu;
    this.options.standard = found.standard;
    return true;
  }
}

/** A name of the list, or a name of the list that takes a value with one. */
function isListed(list: ReadonlySet<string>, name: string): boolean {
  const equals = name.indexOf('=');
  if (equals < 0) return list.has(name);
  return list.has(name.slice(0, equals + 1)) || list.has(name.slice(0, equals));
}

const actions: Readonly<Record<string, ((r: Reader) => void) | undefined>> = {
  '-c': (r) => void (r.stage = 'object'),
  '-S': (r) => void (r.stage = 'assembly'),
  '-E': (r) => void (r.stage = 'preprocess'),
  '-fsyntax-only': (r) => void (r.stage = 'object'),
  '-ansi': (r) => {
    r.options.isGnu = false;
    r.options.standard = 199409;
  },
  '-nostdinc': (r) => void (r.hasStandardIncludes = false),
  '-nostdlib': (r) => {
    r.hasStandardLibraries = false;
    r.hasStartFiles = false;
  },
  '-nodefaultlibs': (r) => void (r.hasStandardLibraries = false),
  '-nolibc': (r) => void (r.hasStandardLibraries = false),
  '-nostartfiles': (r) => void (r.hasStartFiles = false),
  '-M': (r) => void (r.dependencyFlag = '-M'),
  '-MM': (r) => void (r.dependencyFlag = '-MM'),
  '-MD': (r) => void (r.dependencyFlag = '-MD'),
  '-MMD': (r) => void (r.dependencyFlag = '-MMD'),
  '-MP': (r) => void (r.hasPhonyTargets = true),
  '-MG': () => undefined,
  '-dM': (r) => void (r.printsMacros = true),
  '-dD': () => undefined,
  '-P': (r) => void (r.hasMarkers = false),
  '-C': () => undefined,
  '-CC': () => undefined,
  '-w': (r) => void r.warnings.push('-w'),
  '-pedantic': () => undefined,
  '-pedantic-errors': () => undefined,
  '-pipe': () => undefined,
  '-v': () => undefined,
  '-undef': () => undefined,
  '-static': (r) => r.link('-static'),
  '-s': (r) => r.link('-s'),
  '-r': (r) => r.link('-r'),
  '-rdynamic': () => undefined,
  '-no-pie': () => undefined,
  '-static-libgcc': () => undefined,
  '-pthread': () => undefined,
  '-pie': (r) => void r.errors.push("'-pie' is not supported: executables are static"),
  '-shared': (r) => void r.errors.push("'-shared' is not supported: executables are static"),
  '--version': (r) => void (r.request = 'version'),
  '--help': (r) => void (r.request = 'help'),
  '-dumpversion': (r) => void (r.request = 'dumpversion'),
  '-dumpfullversion': (r) => void (r.request = 'dumpversion'),
  '-dumpmachine': (r) => void (r.request = 'dumpmachine'),
};

/** Longer names before their prefixes. */
const valued: readonly (readonly [string, (r: Reader, value: string) => void])[] = [
  ['-isystem', (r, value) => void r.systemIncludePaths.push(value)],
  ['-idirafter', (r, value) => void r.laterPaths.push(value)],
  ['-iquote', (r, value) => void r.quotePaths.push(value)],
  ['-include', (r, value) => void r.includes.push(value)],
  ['-imacros', (r, value) => void r.includes.push(value)],
  ['--sysroot=', (r, value) => void (r.sysroot = value)],
  ['--dump=', (r, value) => void r.dumps.push(...value.split(','))],
  ['-MF', (r, value) => void (r.dependencyFile = value)],
  ['-MT', (r, value) => void r.targets.push(value)],
  ['-MQ', (r, value) => void r.targets.push(value.replaceAll('$', '$$$$'))],
  ['-Xlinker', (r, value) => r.link(value)],
  ['-Xassembler', () => undefined],
  ['-Xpreprocessor', () => undefined],
  ['-I', (r, value) => void r.includePaths.push(value)],
  ['-D', (r, value) => void r.macros.push({ kind: 'define', text: value })],
  ['-U', (r, value) => void r.macros.push({ kind: 'undefine', text: value })],
  ['-o', (r, value) => void (r.output = value)],
  [
    '-x',
    (r, value) => {
      const language = languages[value];
      if (!language) r.errors.push(`unknown language '${value}'`);
      r.language = language === 'none' ? undefined : language;
    },
  ],
];

type Options = Mutable<CommandLine['options']>;

/** -f flags with a meaning here; an answer says why it cannot be had. */
const codeFlags: Readonly<
  Record<string, ((options: Options, isOn: boolean) => string | undefined) | undefined>
> = {
  freestanding: (o, isOn) => void (o.isFreestanding = isOn),
  hosted: (o, isOn) => void (o.isFreestanding = !isOn),
  builtin: (o, isOn) => void (o.hasBuiltins = isOn),
  'unsigned-char': (o, isOn) => void (o.isCharUnsigned = isOn),
  'signed-char': (o, isOn) => void (o.isCharUnsigned = !isOn),
  'omit-frame-pointer': (o, isOn) => void (o.omitFramePointer = isOn),
  'function-sections': (o, isOn) => void (o.functionSections = isOn),
  'data-sections': (o, isOn) => void (o.dataSections = isOn),
  'asynchronous-unwind-tables': (o, isOn) => void (o.unwindTables = isOn),
  'unwind-tables': (o, isOn) => void (o.unwindTables = isOn),
  pic: (_, isOn) => (isOn ? 'code is not position-independent' : undefined),
  PIC: (_, isOn) => (isOn ? 'code is not position-independent' : undefined),
  pie: (_, isOn) => (isOn ? 'code is not position-independent' : undefined),
  PIE: (_, isOn) => (isOn ? 'code is not position-independent' : undefined),
  'short-enums': (_, isOn) => (isOn ? 'enumerations are int' : undefined),
  'short-wchar': (_, isOn) => (isOn ? 'wchar_t is long' : undefined),
  'pack-struct': (_, isOn) => (isOn ? 'use #pragma pack' : undefined),
  openmp: (_, isOn) => (isOn ? 'there is no OpenMP' : undefined),
};

function dependencyOutput(r: Reader): DependencyOutput | undefined {
  if (r.dependencyFlag === '') return undefined;
  return {
    isOnly: r.dependencyFlag === '-M' || r.dependencyFlag === '-MM',
    hasSystemHeaders: !r.dependencyFlag.startsWith('-MM'),
    file: r.dependencyFile,
    targets: r.targets,
    hasPhonyTargets: r.hasPhonyTargets,
  };
}

/**
 * Reads arguments in gcc's spelling; what is wrong is in `errors`, and the rest is usable all the
 * same.
 */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const r = new Reader(argv);
  r.run();
  const isOnly = r.dependencyFlag === '-M' || r.dependencyFlag === '-MM';
  return {
    items: r.items,
    stage: isOnly ? 'preprocess' : r.stage,
    output: r.output,
    options: {
      ...r.options,
      macros: r.macros,
      quotePaths: r.quotePaths,
      includePaths: r.includePaths,
      systemIncludePaths: [...r.systemIncludePaths, ...r.laterPaths],
      includes: r.includes,
      warnings: r.warnings,
    },
    dependencies: dependencyOutput(r),
    sysroot: r.sysroot,
    hasStandardIncludes: r.hasStandardIncludes,
    hasStandardLibraries: r.hasStandardLibraries,
    hasStartFiles: r.hasStartFiles,
    printsMacros: r.printsMacros,
    hasMarkers: r.hasMarkers,
    dumps: r.dumps,
    diagnosticsForm: r.form,
    errors: r.errors,
    request: r.request,
  };
}

/** A make rule: `targets: dependencies`, lines broken as gcc does (-M and its like). */
export function dependencyRule(
  targets: readonly string[],
  dependencies: readonly { readonly path: string; readonly isSystem: boolean }[],
  output: DependencyOutput,
): string {
  const escape = (path: string): string => path.replace(/[ #]/g, '\\$&').replaceAll('$', '$$$$');
  const paths = dependencies
    .filter(({ isSystem }) => output.hasSystemHeaders || !isSystem)
    .map(({ path }) => escape(path));
  let text = `${targets.join(' ')}:`;
  let column = text.length;
  for (const path of paths) {
    if (column + path.length + 1 > 72 && column > 1) {
      text += ' \\\n';
      column = 0;
    }
    text += ` ${path}`;
    column += path.length + 1;
  }
  text += '\n';
  if (output.hasPhonyTargets) for (const path of paths.slice(1)) text += `${path}:\n`;
  return text;
}
