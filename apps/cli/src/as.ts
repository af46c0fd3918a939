// ring0 as: the assembler behind GNU as's options.

import { assembleAll } from '@ring0/assembler';
import type { AssembleOptions, AssembleResult } from '@ring0/assembler';
import { utf8Text } from '@ring0/bytes';
import { formatGcc, formatJson, formatSarif, formatText } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { writeElf } from '@ring0/elf';
import { answerDump } from './dumps.ts';
import type { Host } from './host.ts';

const usage = `usage: ring0 as [option ..] [FILE ..]

  -o FILE             the object (default a.out)
  --32                32-bit code (the default); -march= is accepted
  --16                begins as if .code16 were written
  -I DIR              where .include and .incbin look
  --defsym NAME=N     defines a symbol
  -L, --keep-locals   keeps symbols that begin with .L
  -W, --no-warn       no warnings; --warn turns them on, --fatal-warnings makes them errors
  --strict            what GNU as accepts with a warning is an error
  -a, -al[=FILE]      a listing
  --oformat binary    flat code instead of an object; -Ttext ADDR is where it will lie
  --dump=PASS         encoding, symbols; --dump=help tells more
  --diagnostics=FORM  text, gcc, json or sarif
  --version, --help
`;

interface Options {
  output: string;
  readonly inputs: string[];
  readonly includePaths: string[];
  readonly defines: Record<string, bigint>;
  keepsLocals: boolean;
  isSilent: boolean;
  isFatal: boolean;
  isStrict: boolean;
  isFlat: boolean;
  bits: 16 | 32;
  address: number;
  /** Undefined: none; empty: standard output. */
  listing: string | undefined;
  readonly dumps: string[];
  form: string;
}

/** Accepted without effect: what build scripts pass. */
const ignored: readonly RegExp[] = [
  /^-(D|g|s|w|q|k|V|v|Qy|Qn)$/,
  /^--?g(dwarf-\d|stabs\+?|en-debug)$/,
  /^-m(arch|tune|x86-used-note|mnemonic|syntax)=/,
  /^--(32|noexecstack|traditional-format|reduce-memory-overheads)$/,
  /^--(nocompress|hash-size)/,
];

class UsageError extends Error {}

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

function parseNumber(text: string, option: string): bigint {
  if (/^-?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) {
    const isOctal = /^-?0\d/.test(text);
    const digits = text.replace('-', '');
    const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
    return text.startsWith('-') ? -value : value;
  }
  throw new UsageError(`${option} takes a number, found '${text}'`);
}

type Take = (option: string) => string;

/** Options with a value, which may be attached. */
function valued(options: Options, word: string, take: Take): boolean {
  const attached = (prefix: string) =>
    word.length > prefix.length ? word.slice(prefix.length).replace(/^=/, '') : take(prefix);
  if (word.startsWith('--defsym')) {
    const [name, value] = attached('--defsym').split('=');
    if (value === undefined) throw new UsageError(`--defsym takes NAME=NUMBER, found '${name}'`);
    options.defines[name] = parseNumber(value, '--defsym');
  } else if (word.startsWith('--oformat')) {
    const form = attached('--oformat');
    if (form !== 'binary') throw new UsageError(`--oformat knows binary, found '${form}'`);
    options.isFlat = true;
  } else if (word.startsWith('-Ttext')) {
    const text = attached('-Ttext');
    // As in GNU ld the address is hexadecimal, with or without 0x.
    const digits = text.replace(/^0[xX]/, '');
    if (!/^[0-9a-fA-F]{1,8}$/.test(digits)) {
      throw new UsageError(`-Ttext takes an address, found '${text}'`);
    }
    options.address = parseInt(digits, 16);
  } else if (word.startsWith('--diagnostics=')) {
    options.form = word.slice('--diagnostics='.length);
    if (!['text', 'gcc', 'json', 'sarif'].includes(options.form)) {
      throw new UsageError(`--diagnostics= knows text, gcc, json, sarif, found '${options.form}'`);
    }
  } else if (word.startsWith('--dump=')) options.dumps.push(word.slice('--dump='.length));
  else if (word.startsWith('-I')) options.includePaths.push(attached('-I'));
  else if (word.startsWith('-o')) options.output = attached('-o');
  else return false;
  return true;
}

function flag(options: Options, word: string): boolean {
  if (word === '-L' || word === '--keep-locals') options.keepsLocals = true;
  else if (word === '-W' || word === '--no-warn') options.isSilent = true;
  else if (word === '--warn') options.isSilent = false;
  else if (word === '--fatal-warnings') options.isFatal = true;
  else if (word === '--strict') options.isStrict = true;
  else if (word === '--16') options.bits = 16;
  else if (/^-a[cdghilmns]*(=.*)?$/.test(word)) options.listing = word.split('=')[1] ?? '';
  else return ignored.some((pattern) => pattern.test(word));
  return true;
}

function parse(argv: readonly string[]): Options {
  const options: Options = {
    output: 'a.out',
    inputs: [],
    includePaths: [],
    defines: {},
    keepsLocals: false,
    isSilent: false,
    isFatal: false,
    isStrict: false,
    isFlat: false,
    bits: 32,
    address: 0,
    listing: undefined,
    dumps: [],
    form: 'text',
  };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    const take: Take = (option) => {
      const next = argv[++i];
      if (next === undefined) throw new UsageError(`${option} needs a value`);
      return next;
    };
    if (word === '--') options.inputs.push(...argv.slice(++i));
    else if (!word.startsWith('-') || word === '-') options.inputs.push(word);
    else if (!valued(options, word, take) && !flag(options, word)) {
      throw new UsageError(`there is no option '${word}'`);
    }
  }
  return options;
}

function printDiagnostics(options: Options, list: readonly Diagnostic[], host: Host): void {
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
function readInputs(options: Options, host: Host) {
  const sources: { path: string; bytes: Uint8Array }[] = [];
  const names = options.inputs.length === 0 ? ['-'] : options.inputs;
  for (const name of names) {
    const bytes = name === '-' ? host.stdin() : host.readFile(name);
    if (!bytes) {
      host.stderr(`ring0 as: cannot read '${name}'\n`);
      return undefined;
    }
    sources.push({ path: name === '-' ? '{standard input}' : name, bytes });
  }
  return sources;
}

function write(options: Options, result: AssembleResult, host: Host): number {
  const bytes = options.isFlat ? result.flat : result.object && writeElf(result.object);
  if (!bytes) return 1;
  if (!host.writeFile(options.output, bytes)) {
    host.stderr(`ring0 as: cannot write '${options.output}'\n`);
    return 1;
  }
  if (options.listing === '') host.stdout(result.listing);
  else if (options.listing !== undefined) {
    const text = new TextEncoder().encode(result.listing);
    if (!host.writeFile(options.listing, text)) {
      host.stderr(`ring0 as: cannot write '${options.listing}'\n`);
      return 1;
    }
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

function run(options: Options, host: Host): number {
  const sources = readInputs(options, host);
  if (!sources) return 1;
  const request: AssembleOptions = {
    bits: options.bits,
    defines: options.defines,
    readFile: (path) => host.readFile(path),
    includePaths: options.includePaths,
    keepsLocals: options.keepsLocals,
    isStrict: options.isStrict,
    hasListing: options.listing !== undefined || options.dumps.includes('encoding'),
    flatAddress: options.isFlat ? options.address : undefined,
  };
  const result = assembleAll(sources, request);
  for (const line of result.printed) host.stdout(`${line}\n`);
  if (options.dumps.includes('encoding')) host.stdout(result.listing);
  if (options.dumps.includes('symbols')) host.stdout(symbolLines(result));
  const shown = result.diagnostics.filter(
    ({ severity }) => severity === 'error' || !options.isSilent,
  );
  printDiagnostics(options, shown, host);
  const hasErrors = shown.some(({ severity }) => severity === 'error');
  if (hasErrors) return 1;
  if (options.isFatal && shown.length > 0) {
    host.stderr(`ring0 as: ${shown.length} warnings, taken for errors\n`);
    return 1;
  }
  return write(options, result, host);
}

/** Assembles; 0 done, 1 wrong input, 2 wrong usage. */
export function main(argv: readonly string[], host: Host): number {
  try {
    const words = expand(argv, host);
    if (words.includes('--help')) {
      host.stdout(usage);
      return 0;
    }
    if (words.includes('--version')) {
      host.stdout('GNU assembler (ring0 0.1.0) 2.40\n');
      return 0;
    }
    return answerDump('as', words, host) ?? run(parse(words), host);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    host.stderr(`ring0 as: ${error.message}\n${usage}`);
    return 2;
  }
}
