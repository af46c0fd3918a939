// `ring0 size`: bytes of code, data and zeroed memory.

import {
  addSizes,
  berkeleyRow,
  berkeleyTitle,
  gnuRow,
  gnuTitle,
  readSizes,
  sizeSystemV,
} from '@ring0/binutils';
import type { SizeRadix, Sizes } from '@ring0/binutils';
import { isWholeElf } from '@ring0/elf';
import { objectInputs, usageProblem } from './binutils-input.ts';
import type { Tool } from './host.ts';
import { readCommandLine, versionText } from './options.ts';
import type { OptionTable } from './options.ts';

const usage = `Usage: size [option(s)] [file(s)]
 Displays the sizes of sections inside binary files
 If no input file(s) are specified, a.out is assumed
 The options are:
  -A|-B|-G  --format={sysv|berkeley|gnu}  the style of output
  -o|-d|-x  --radix={8|10|16}             numbers in octal, decimal or hex
  -t        --totals                      the total sizes (Berkeley only)
            --common                      total size for *COM* syms
  @FILE                                   options from FILE
  -h        --help
  -v        --version
`;

const table: OptionTable = {
  letters: 'ABGodxtfhHvV',
  names: {
    'format=': 'format',
    'radix=': 'radix',
    'target=': 'ignored',
    totals: 't',
    common: 'common',
    help: 'h',
    version: 'v',
  },
};

type Format = 'A' | 'B' | 'G';
const formats: Readonly<Record<string, Format | undefined>> = {
  sysv: 'A',
  SysV: 'A',
  berkeley: 'B',
  gnu: 'G',
};
const radixes: Readonly<Record<string, SizeRadix | undefined>> = {
  8: 8,
  10: 10,
  16: 16,
  o: 8,
  d: 10,
  x: 16,
};

/** What GNU's size ends with where a file is none of its formats. */
const notRecognized = 3;

/** Status 1 where a file cannot be read or for wrong usage. */
export const main: Tool = (argv, host) => {
  const { options, files, problem } = readCommandLine(argv, table, host);
  if (problem !== undefined) return usageProblem('size', problem, usage, host);
  const has = (name: string) => options.some(({ key }) => key === name);
  if (has('h') || has('H') || has('v') || has('V')) {
    host.stdout(has('h') || has('H') ? usage : versionText('size'));
    return 0;
  }
  let format: Format = 'B';
  let radix: SizeRadix = 10;
  for (const { key, value = '' } of options) {
    if (key === 'A' || key === 'B' || key === 'G') format = key;
    if (key === 'o' || key === 'd' || key === 'x') radix = radixes[key] ?? 10;
    if (key === 'format') {
      const named = formats[value];
      if (!named) {
        return usageProblem('size', `invalid argument to --format: ${value}`, usage, host);
      }
      format = named;
    }
    if (key === 'radix') {
      const named = radixes[value];
      if (!named) return usageProblem('size', `Invalid radix: ${value}`, usage, host);
      radix = named;
    }
  }
  const row = format === 'G' ? gnuRow : berkeleyRow;
  const hasCommon = has('common');
  let status = 0;
  const title = { A: '', B: berkeleyTitle(radix), G: gnuTitle }[format];
  let text = '';
  let rows = 0;
  let total: Sizes = { code: 0, readOnly: 0, data: 0, zeroed: 0 };
  for (const path of files.length > 0 ? files : ['a.out']) {
    const inputs = objectInputs('size', path, host);
    if (!inputs) status = 1;
    for (const { member, bytes } of inputs ?? []) {
      if (!isWholeElf(bytes)) {
        host.stderr(`size: ${member ?? path}: file format not recognized\n`);
        status = notRecognized;
        continue;
      }
      const gap = format === 'A' ? '   ' : ' ';
      const end = format === 'A' && member === undefined ? '  ' : '';
      const label = member === undefined ? path + end : `${member}${gap}(ex ${path})`;
      const result = readSizes(bytes, path, hasCommon);
      if (format === 'A') text += sizeSystemV(bytes, path, label, radix, hasCommon).text;
      else if (result.sizes) text += (rows++ === 0 ? title : '') + row(result.sizes, label, radix);
      if (result.sizes) total = addSizes(total, result.sizes);
      for (const message of result.problems) host.stderr(`size: ${message}\n`);
      if (result.problems.length > 0) status = 1;
    }
  }
  if (has('t') && format !== 'A') text += row(total, '(TOTALS)', radix);
  host.stdout(text);
  return status;
};
