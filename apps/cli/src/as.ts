// ring0 as: the assembler behind GNU as's options. as-options.ts has them as a table.

import { alignedBranches, assembleAll, usedNote } from '@ring0/assembler';
import type { AssembleOptions, AssembleResult, WatcherMaker } from '@ring0/assembler';
import { formatGcc, formatJson, formatSarif, formatText } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { generalLines } from './as-listing.ts';
import { UsageError, parseCommandLine } from './as-options.ts';
import type { AsOptions } from './as-options.ts';
import {
  configuration,
  dependencyRule,
  statisticsText,
  targetHelp,
  usage,
  verboseLine,
  versionLine,
} from './as-usage.ts';
import { answerDump } from './dumps.ts';
import type { Host } from './host.ts';
import { expandResponseFiles } from './options.ts';

const standardInput = '{standard input}';

function printDiagnostics(options: AsOptions, list: readonly Diagnostic[], host: Host): void {
  if (options.form === 'json') return host.stderr(formatJson(list));
  if (options.form === 'sarif') return host.stderr(formatSarif('ring0-as', list));
  for (const diagnostic of list) {
    const { isColoured } = host;
    host.stderr(
      options.form === 'gcc' ? formatGcc(diagnostic) : formatText(diagnostic, { isColoured }),
    );
  }
}

/** The texts to assemble; undefined after a message. */
function readInputs(options: AsOptions, host: Host) {
  const sources: { path: string; bytes: Uint8Array }[] = [];
  const names = options.inputs.length === 0 ? ['-'] : options.inputs;
  for (const name of names) {
    const bytes = name === '-' ? host.stdin() : host.readFile(name);
    if (!bytes) {
      host.stderr(`ring0 as: cannot read '${name}'\n`);
      return undefined;
    }
    sources.push({ path: name === '-' ? standardInput : name, bytes });
  }
  return sources;
}

/** Writes text where an option says, or to standard output; what fails is worth a warning. */
function writeText(text: string, file: string | undefined, host: Host): void {
  if (file === undefined) return host.stdout(text);
  if (!host.writeFile(file, new TextEncoder().encode(text))) {
    host.stderr(`ring0 as: warning: cannot write '${file}'\n`);
  }
}

function writeObject(options: AsOptions, result: AssembleResult, host: Host): number {
  const bytes = options.isFlat ? result.flat : result.object && writeElf(result.object);
  if (!bytes) return 1;
  if (options.output === '-') host.stdout(bytes);
  else if (!host.writeFile(options.output, bytes)) {
    host.stderr(`ring0 as: cannot write '${options.output}'\n`);
    return 1;
  }
  return 0;
}

function symbolLines({ symbols }: AssembleResult): string {
  const lines = symbols.map(({ name, value, section, isGlobal }) => {
    const binding = isGlobal ? 'global' : 'local';
    return `${value.toString(16).padStart(8, '0')} ${binding.padEnd(6)} ${section ?? '*undefined*'} ${name}\n`;
  });
  return lines.join('');
}

/** Bytes of source whose assembly takes from 0.2 to 3 seconds (measured: test/bench/assembler.ts). */
const shortRun = { from: 1 << 20, to: 24 << 20 };

/** Undefined where nobody has to look at each instruction. */
function watchersOf(options: AsOptions): readonly WatcherMaker[] | undefined {
  const { branches, hasUsedNote } = options;
  const makers = [
    ...(branches.boundary > 0 ? [alignedBranches(branches)] : []),
    ...(hasUsedNote ? [usedNote()] : []),
  ];
  return makers.length > 0 ? makers : undefined;
}

/** What the assembler is asked for. */
function request(options: AsOptions, argv: readonly string[], host: Host): AssembleOptions {
  const { listing } = options;
  const general = listing.hasGeneral
    ? generalLines({
        version: verboseLine,
        argv,
        input: options.inputs[0] ?? standardInput,
        output: options.output,
        time: new Date().toISOString().replace('Z', '+0000'),
      })
    : undefined;
  const dump = options.dumps.includes('encoding') && { hasAssembly: true, omitsForms: true };
  return {
    bits: options.bits,
    defines: options.defines,
    readFile: (path) => host.readFile(path),
    includePaths: options.includePaths,
    keepsLocals: options.keepsLocals,
    isStrict: options.isStrict,
    isAlternate: options.isAlternate,
    compat: options.compat,
    shapeCache: options.hasShapeCache,
    machine: options.machine,
    watchers: watchersOf(options),
    output: { directory: host.cwd, ...options.object },
    listing: listing.isWanted ? { ...listing, general } : dump,
    flatAddress: options.isFlat ? options.address : undefined,
  };
}

function run(options: AsOptions, argv: readonly string[], host: Host): number {
  if (options.showsVersion) host.stderr(`${verboseLine}\n`);
  const sources = readInputs(options, host);
  if (!sources) return 1;
  const size = sources.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size >= shortRun.to) host.expectLargeRun?.();
  else if (size > shortRun.from) host.expectShortRun?.();
  const start = performance.now();
  const result = assembleAll(sources, request(options, argv, host));
  for (const line of result.printed) host.stdout(`${line}\n`);
  const { isWanted, file } = options.listing;
  if (isWanted) writeText(result.listing, file, host);
  else if (options.dumps.includes('encoding')) host.stdout(result.listing);
  if (options.dumps.includes('symbols')) host.stdout(symbolLines(result));
  const shown = result.diagnostics.filter(
    ({ severity }) => severity === 'error' || !options.isSilent,
  );
  printDiagnostics(options, shown, host);
  if (options.hasStatistics) {
    host.stderr(statisticsText(result, (performance.now() - start) / 1000));
  }
  if (shown.some(({ severity }) => severity === 'error')) return 1;
  const warnings = shown.filter(({ severity }) => severity === 'warning').length;
  if (options.isFatal && warnings > 0) {
    const count = warnings === 1 ? '1 warning' : `${warnings} warnings`;
    host.stderr(`ring0 as: ${count}, treated as errors\n`);
    return 1;
  }
  if (!options.isSilent && options.form === 'text') {
    for (const remark of options.remarks) host.stderr(`ring0 as: warning: ${remark}\n`);
  }
  const status = writeObject(options, result, host);
  if (status === 0 && options.dependencies !== undefined) {
    const rule = dependencyRule(options.output, dependencies(result));
    writeText(rule, options.dependencies, host);
  }
  return status;
}

function dependencies({ files }: AssembleResult): string[] {
  return files.filter((name) => name !== standardInput);
}

/** Assembles; 0 done, 1 wrong input, 2 wrong usage. */
export function main(argv: readonly string[], host: Host): number {
  try {
    const words = expandResponseFiles(argv, host);
    const answers: Readonly<Record<string, string | undefined>> = {
      '--help': usage,
      '--target-help': targetHelp,
      '--version': `${versionLine}\n`,
      '--dump-config': configuration,
    };
    for (const word of words) {
      const answer = answers[word];
      if (answer === undefined) continue;
      host.stdout(answer);
      return 0;
    }
    const answer = answerDump('as', words, host);
    if (answer !== undefined) return answer;
    const options = parseCommandLine(words);
    const status = run(options, words, host);
    // An object of an earlier run would be taken for that of this one.
    if (status !== 0 && options.output !== '-') host.removeFile?.(options.output);
    return status;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`ring0 as: ${error.message}\nring0 as: --help lists the options\n`);
    return 2;
  }
}
