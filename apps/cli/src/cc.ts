// ring0 cc: the compiler behind gcc's command line. For each input: preprocess, compile, assemble
// as far as asked, then link what came out.

import { assemble } from '@ring0/assembler';
import { latin1Bytes, utf8Text } from '@ring0/bytes';
import { compile, compileIr, dependencyRule, readCommandLine } from '@ring0/compiler';
import type { CommandItem, CommandLine, CompileOptions, Language } from '@ring0/compiler';
import { formatGcc, formatJson, formatSarif, formatText } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { link } from '@ring0/linker';
import type { LinkItem } from '@ring0/linker';
import { preprocess } from '@ring0/preprocessor';
import type { PreprocessResult } from '@ring0/preprocessor';
import { answerDump } from './dumps.ts';
import type { Host } from './host.ts';
import { sysrootAt } from './sysroot.ts';
import type { Sysroot } from './sysroot.ts';

const version = '0.1.0';

const usage = `usage: ring0 cc [option ..] FILE ..

  -c -S -E            stop after the object, the assembly, the preprocessor
  -o FILE             the output
  -I DIR -isystem DIR -iquote DIR -include FILE -D NAME[=BODY] -U NAME
  -O0 -O1 -O2 -O3 -Os -g -std=STANDARD -ffreestanding -x LANGUAGE
  -M -MM -MD -MMD -MF FILE -MT TARGET -MP -dM -P
  -Wall -Wextra -Werror -W[no-]NAME -w
  -nostdinc -nostdlib -nostartfiles --sysroot=DIR -L DIR -l NAME -T SCRIPT -Wl,OPTION -static
  --dump=PASS         shows what a pass has made; --dump=help lists them. What ir and ir-PASS show
                      can be compiled: -x ir, or a file that ends in .ir
  -fdiagnostics-format=text|gcc|json|sarif
  --version -dumpversion -dumpmachine --help
`;

interface Job {
  readonly line: CommandLine;
  readonly host: Host;
  readonly sysroot: Sysroot;
  readonly diagnostics: Diagnostic[];
  status: number;
}

const languageOf: Readonly<Record<string, Language>> = {
  c: 'c',
  h: 'c',
  i: 'cpp-output',
  S: 'assembler-with-cpp',
  sx: 'assembler-with-cpp',
  s: 'assembler',
  ir: 'ir',
};

function stem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

function fail(job: Job, message: string): undefined {
  job.host.stderr(`ring0 cc: error: ${message}\n`);
  job.status = Math.max(job.status, 1);
  return undefined;
}

function collect(job: Job, list: readonly Diagnostic[]): void {
  const { line, host } = job;
  job.diagnostics.push(...list);
  if (list.some(({ severity }) => severity === 'error')) job.status = Math.max(job.status, 1);
  const { isColoured } = host;
  const form = line.diagnosticsForm;
  if (form !== 'text' && form !== 'gcc') return;
  for (const diagnostic of list) {
    host.stderr(form === 'gcc' ? formatGcc(diagnostic) : formatText(diagnostic, { isColoured }));
  }
}

function write(job: Job, path: string, bytes: Uint8Array, isExecutable = false): void {
  if (path === '-') job.host.stdout(bytes);
  else if (!job.host.writeFile(path, bytes, { isExecutable })) fail(job, `cannot write '${path}'`);
}

function options(job: Job, path: string, language: Language): CompileOptions {
  const { line, host, sysroot } = job;
  const own = line.options.systemIncludePaths ?? [];
  const standard = line.hasStandardIncludes ? sysroot.includePaths : [];
  return {
    ...line.options,
    systemIncludePaths: [...own, ...standard],
    path,
    readFile: (name) => host.readFile(name),
    isPreprocessed: language === 'cpp-output',
  };
}

/** -M and -MD: the rule goes beside the output, or where -MF says. */
function writeDependencies(
  job: Job,
  path: string,
  dependencies: PreprocessResult['dependencies'],
): void {
  const { line } = job;
  const wanted = line.dependencies;
  if (!wanted) return;
  const isObject = line.stage === 'object' || line.stage === 'assembly';
  const object = isObject && line.output !== undefined ? line.output : `${stem(path)}.o`;
  const targets = wanted.targets.length > 0 ? wanted.targets : [object];
  const rule = latin1Bytes(dependencyRule(targets, dependencies, wanted));
  const beside = line.output === undefined ? stem(path) : line.output.replace(/\.[^./]*$/, '');
  if (wanted.isOnly) write(job, wanted.file ?? line.output ?? '-', rule);
  else write(job, wanted.file ?? `${beside}.d`, rule);
}

function preprocessOnly(job: Job, path: string, bytes: Uint8Array, language: Language): void {
  const { line } = job;
  const isAssembly = language === 'assembler-with-cpp';
  const result = preprocess(bytes, { ...options(job, path, language), isAssembly });
  collect(job, result.diagnostics);
  writeDependencies(job, path, result.dependencies);
  if (line.dependencies?.isOnly) return;
  const text = line.printsMacros ? latin1Bytes(result.macroText()) : result.text(line.hasMarkers);
  write(job, line.output ?? '-', text);
}

/** An object, or with -S assembly, of one input. */
function translate(job: Job, path: string, language: Language): Uint8Array | undefined {
  const { line, host } = job;
  const bytes = path === '-' ? host.stdin() : host.readFile(path);
  if (!bytes) return fail(job, `cannot read '${path}'`);
  const name = path === '-' ? '<stdin>' : path;
  if (line.stage === 'preprocess') {
    preprocessOnly(job, name, bytes, language);
    return undefined;
  }
  if (language === 'assembler' || language === 'assembler-with-cpp') {
    return assembleInput(job, name, bytes, language);
  }
  const translated = language === 'ir' ? compileIr : compile;
  const result = translated(bytes, {
    ...options(job, name, language),
    output: line.stage === 'assembly' ? 'assembly' : 'object',
    dump: line.dumps.length > 0 ? (pass, text) => dump(job, pass, text) : undefined,
  });
  collect(job, result.diagnostics);
  if (result.output && language !== 'ir') writeDependencies(job, name, result.dependencies);
  return result.output;
}

function dump(job: Job, pass: string, text: string): void {
  const { dumps } = job.line;
  if (dumps.includes(pass) || dumps.includes(pass.split('-')[0]) || dumps.includes('all')) {
    job.host.stdout(`--- ${pass}\n${text}`);
  }
}

function assembleInput(
  job: Job,
  path: string,
  bytes: Uint8Array,
  language: Language,
): Uint8Array | undefined {
  const { line, host } = job;
  let source = bytes;
  if (language === 'assembler-with-cpp') {
    const result = preprocess(bytes, { ...options(job, path, language), isAssembly: true });
    collect(job, result.diagnostics);
    if (result.hasErrors) return undefined;
    writeDependencies(job, path, result.dependencies);
    source = result.text();
  }
  if (line.stage === 'assembly') {
    if (language === 'assembler-with-cpp') write(job, line.output ?? '-', source);
    return undefined;
  }
  const { includePaths } = line.options;
  const readFile = (name: string): Uint8Array | undefined => host.readFile(name);
  const result = assemble(source, { path, includePaths, readFile });
  collect(job, result.diagnostics);
  return result.object && writeElf(result.object);
}

function inputLanguage(item: CommandItem & { kind: 'input' }): Language | undefined {
  const extension = /\.([^./]+)$/.exec(item.path)?.[1] ?? '';
  return item.language ?? languageOf[extension];
}

/** Carries out the items in order; what is to be linked stays in order too. */
function translateAll(job: Job): LinkItem[] {
  const { line, host } = job;
  const linked: LinkItem[] = [];
  for (const item of line.items) {
    if (item.kind === 'link') {
      linked.push(item.text);
      continue;
    }
    const language = inputLanguage(item);
    if (!language) {
      const bytes = host.readFile(item.path);
      if (!bytes) fail(job, `cannot read '${item.path}'`);
      else if (line.stage === 'link') linked.push({ path: item.path, bytes });
      else if (item.path === '-') fail(job, "-E or -x is needed for input from '-'");
      continue;
    }
    const bytes = translate(job, item.path, language);
    if (!bytes) continue;
    if (line.stage === 'link') linked.push({ path: `${stem(item.path)}.o`, bytes });
    else {
      const extension = line.stage === 'assembly' ? 's' : 'o';
      write(job, line.output ?? `${stem(item.path)}.${extension}`, bytes);
    }
  }
  return linked;
}

function linkAll(job: Job, items: readonly LinkItem[]): void {
  const { line, host, sysroot } = job;
  const output = line.output ?? 'a.out';
  // Assembly beside C seldom has the note about its stack.
  const quiet = '--no-warn-execstack';
  const words: LinkItem[] = ['-m', 'elf_i386', '-static', quiet, '-o', output];
  const file = (path: string): void => {
    const bytes = host.readFile(path);
    if (bytes) words.push({ path, bytes });
    else fail(job, `cannot read '${path}'; build the library or use -nostdlib`);
  };
  if (line.hasStartFiles) sysroot.startFiles.forEach(file);
  words.push(...items, ...sysroot.libraryPaths.map((path) => `-L${path}`));
  if (line.hasStandardLibraries) sysroot.libraries.forEach(file);
  if (line.hasStartFiles) sysroot.endFiles.forEach(file);
  if (job.status !== 0) return;
  const result = link(words, { readFile: (path) => host.readFile(path) });
  host.stdout(result.text);
  collect(job, result.diagnostics);
  if (!result.image) {
    job.status = 1;
    return;
  }
  write(job, output, result.image, true);
  if (result.map !== undefined && result.mapPath !== undefined) {
    write(job, result.mapPath, latin1Bytes(result.map));
  }
}

function answer(request: CommandLine['request'], host: Host): number {
  const answers = {
    version: `gcc (ring0 ${version}) 12.2.0\n`,
    dumpversion: '12\n',
    dumpmachine: 'i686-ring0-linux-gnu\n',
    help: usage,
  };
  if (request) host.stdout(answers[request]);
  return 0;
}

/** Splits the words of a response file, with quotes and backslashes. */
function responseWords(text: string): string[] {
  const words = text.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g, (_all, a, b, c) => a ?? b ?? c),
  );
}

function expand(argv: readonly string[], host: Host, depth = 0): string[] {
  return argv.flatMap((word) => {
    const bytes = word.startsWith('@') && depth < 10 ? host.readFile(word.slice(1)) : undefined;
    return bytes ? expand(responseWords(utf8Text(bytes)), host, depth + 1) : [word];
  });
}

/** Compiles, assembles and links; 0 done, 1 wrong input, 2 wrong usage. */
export function main(argv: readonly string[], host: Host): number {
  const words = expand(argv, host);
  const dumped = answerDump('cc', words, host);
  if (dumped !== undefined) return dumped;
  const line = readCommandLine(words);
  if (line.request) return answer(line.request, host);
  const inputs = line.items.filter(({ kind }) => kind === 'input');
  const problems = [...line.errors];
  if (inputs.length === 0) problems.push('no input files');
  if (line.output !== undefined && line.stage !== 'link' && inputs.length > 1) {
    problems.push(`'-o' with several inputs and no linking`);
  }
  if (problems.length > 0) {
    for (const problem of problems) host.stderr(`ring0 cc: error: ${problem}\n`);
    return 2;
  }
  const job: Job = {
    line,
    host,
    sysroot: sysrootAt(line.sysroot, host),
    diagnostics: [],
    status: 0,
  };
  const linked = translateAll(job);
  if (line.stage === 'link' && job.status === 0) linkAll(job, linked);
  if (line.diagnosticsForm === 'json') host.stderr(formatJson(job.diagnostics));
  if (line.diagnosticsForm === 'sarif') host.stderr(formatSarif('ring0-cc', job.diagnostics));
  return job.status;
}
