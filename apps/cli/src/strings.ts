// `ring0 strings`: the printable strings of files.

import { TextSink, findStrings } from '@ring0/binutils';
import type { StringEncoding, StringsOptions, UnicodeForm } from '@ring0/binutils';
import { unreadableText, usageProblem } from './binutils-input.ts';
import type { Host, Tool } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { Option, OptionTable } from './options.ts';

const usage = `Usage: strings [option(s)] [file(s)]
 Display printable strings in [file(s)] (stdin by default)
 The options are:
  -a - --all                scan the entire file (the default)
  -d --data                 only the loaded sections of the file
  -f --print-file-name      the file's name before each string
  -n NUMBER --bytes=NUMBER  strings of at least so many characters (4)
  -t --radix={o,d,x}        where each string begins
  -w --include-all-whitespace
  -o                        An alias for --radix=o
  -e --encoding={s,S,b,l,B,L}  7-bit, 8-bit, 16-bit, 32-bit characters
  -s --output-separator=STRING
  -U --unicode={default|locale|invalid|hex|escape|highlight}
                            how characters of UTF-8 are shown
  @FILE                     options from FILE
  -h --help
  -v -V --version
`;

const table: OptionTable = {
  letters: 'adfn:ot:we:s:U:T:hvV',
  names: {
    all: 'a',
    data: 'd',
    'print-file-name': 'f',
    'bytes=': 'n',
    'radix=': 't',
    'include-all-whitespace': 'w',
    'encoding=': 'e',
    'output-separator=': 's',
    'unicode=': 'U',
    'target=': 'T',
    help: 'h',
    version: 'v',
  },
};

const radixes: Readonly<Record<string, number | undefined>> = { o: 8, d: 10, x: 16 };
const isEncoding = (text: string): text is StringEncoding => /^[sSblBL]$/.test(text);

/** Characters beyond ASCII: undefined ends strings, a form shows them. */
const unicodeForms: Readonly<Record<string, UnicodeForm | 'default' | 'invalid' | undefined>> = {
  default: 'default',
  d: 'default',
  invalid: 'invalid',
  i: 'invalid',
  locale: 'locale',
  l: 'locale',
  hex: 'hex',
  x: 'hex',
  escape: 'escape',
  e: 'escape',
  // Its colours are for terminals.
  highlight: 'escape',
  h: 'escape',
};

class Printer {
  private readonly host: Host;
  private readonly options: StringsOptions;
  private readonly hasName: boolean;
  private readonly radix: number | undefined;
  private readonly separator: Uint8Array;

  constructor(
    host: Host,
    options: StringsOptions,
    list: readonly Option[],
    radix: number | undefined,
  ) {
    this.host = host;
    this.options = options;
    this.hasName = list.some(({ key }) => key === 'f');
    this.radix = radix;
    const text = list.findLast(({ key }) => key === 's')?.value ?? '\n';
    this.separator = new TextEncoder().encode(text);
  }

  file(bytes: Uint8Array, path: string): void {
    const { radix, separator } = this;
    const name = this.hasName ? `${path}: ` : '';
    const out = new TextSink((text) => this.host.stdout(text));
    findStrings(bytes, path, this.options, (offset, text) => {
      out.beginLine();
      if (name !== '') out.text(name);
      if (radix !== undefined) out.text(`${offset.toString(radix).padStart(7)} `);
      out.bytesOf(text, 0, text.length);
      out.bytesOf(separator, 0, separator.length);
    });
    out.flush();
  }
}

/** Status 1 where a file cannot be read or for wrong usage. */
export const main: Tool = (argv, host) => {
  // `-8` is the old spelling of `-n 8`, a lone `-` of -a.
  const isLength = (word: string) => /^-\d+$/.test(word);
  const lengths = argv.filter(isLength).map((word) => `-n${word.slice(1)}`);
  // It counts more than -n, wherever it stands.
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words = argv.slice(0, end).filter((word) => !isLength(word));
  words.push(...lengths, ...argv.slice(end));
  const { options: list, files: named, problem } = readCommandLine(words, table, host);
  if (problem !== undefined) return usageProblem('strings', problem, usage, host);
  const has = (name: string) => list.some(({ key }) => key === name);
  const last = (name: string) => list.findLast(({ key }) => key === name)?.value;
  if (has('h') || has('v') || has('V')) {
    host.stdout(has('h') ? usage : versionText('strings'));
    return 0;
  }
  const minimum = Number(last('n') ?? 4);
  if (!Number.isInteger(minimum)) {
    return usageProblem('strings', `invalid integer argument ${last('n')}`, '', host);
  }
  if (minimum < 1) {
    return usageProblem('strings', `invalid minimum string length ${minimum}`, '', host);
  }
  const unicode = unicodeForms[last('U') ?? 'default'];
  if (unicode === undefined) {
    return usageProblem('strings', `invalid argument to -U/--unicode: ${last('U')}`, '', host);
  }
  const encoding = unicode === 'default' ? (last('e') ?? 's') : 's';
  const radixName = list.findLast(({ key }) => key === 't' || key === 'o');
  const radix = radixName?.key === 'o' ? 8 : radixes[radixName?.value ?? ''];
  if (!isEncoding(encoding) || (radixName && radix === undefined)) {
    host.stderr(usage);
    return 1;
  }
  const options: StringsOptions = {
    minimum,
    encoding,
    hasWhiteSpace: has('w'),
    unicode: unicode === 'default' || unicode === 'invalid' ? undefined : unicode,
    dataOnly: has('d') && !has('a'),
  };
  const printer = new Printer(host, options, list, radix);
  const files = named.filter((file) => file !== '-');
  if (files.length === 0) printer.file(host.stdin(), '{standard input}');
  let status = 0;
  for (const file of files) {
    const bytes = host.readFile(file);
    if (bytes) printer.file(bytes, file);
    else {
      host.stderr(unreadableText('strings', file, host));
      status = 1;
    }
  }
  return status;
};
