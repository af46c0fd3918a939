// `ring0 objcopy` and `ring0 strip`.

import { objcopy } from '@ring0/binutils';
import type { ObjcopyOptions } from '@ring0/binutils';
import { parseArguments, usageProblem } from './binutils-input.ts';
import type { Host, Tool } from './host.ts';

const usage = `Usage: ring0 objcopy [-I FORMAT] [-O FORMAT] [-S | -g] [-j SECTION] [-R SECTION]
                     [--add-section NAME=FILE] [--gap-fill BYTE] INPUT [OUTPUT]
  FORMAT is elf32-i386 or binary.
`;

const flagNames = {
  '--strip-all': 'S',
  '-s': 'S',
  '--strip-debug': 'g',
  '-d': 'g',
  '--strip-unneeded': 'g',
  '--help': 'h',
  '--version': 'V',
};

const valued = {
  '-I': 'I',
  '--input-target': 'I',
  '-O': 'O',
  '--output-target': 'O',
  '-B': 'B',
  '--binary-architecture': 'B',
  '-F': 'F',
  '-j': 'j',
  '--only-section': 'j',
  '-R': 'R',
  '--remove-section': 'R',
  '--add-section': 'add',
  '--gap-fill': 'gap',
  '-o': 'o',
};

interface Request {
  readonly options: ObjcopyOptions;
  readonly problem: string | undefined;
}

function readRequest(
  values: readonly (readonly [string, string])[],
  strip: ObjcopyOptions['strip'],
  host: Host,
): Request {
  const all = (key: string): string[] =>
    values.filter(([name]) => name === key).map(([, value]) => value);
  const formats = [...all('I'), ...all('O'), ...all('F')];
  const unknown = formats.find((format) => format !== 'binary' && format !== 'elf32-i386');
  if (unknown !== undefined) return { options: {}, problem: `invalid bfd target '${unknown}'` };
  const add: { name: string; bytes: Uint8Array }[] = [];
  for (const text of all('add')) {
    const at = text.indexOf('=');
    const bytes = at > 0 ? host.readFile(text.slice(at + 1)) : undefined;
    if (!bytes) return { options: {}, problem: `--add-section wants NAME=FILE, not '${text}'` };
    add.push({ name: text.slice(0, at), bytes });
  }
  const options: ObjcopyOptions = {
    inputFormat: all('I').at(-1) === 'binary' ? 'binary' : 'elf',
    outputFormat: all('O').at(-1) === 'binary' ? 'binary' : 'elf',
    strip,
    only: all('j'),
    remove: all('R'),
    add,
    gapFill: Number(all('gap').at(-1) ?? 0) & 0xff,
  };
  return { options, problem: undefined };
}

function copyOne(
  tool: string,
  input: string,
  output: string,
  options: ObjcopyOptions,
  host: Host,
): number {
  const bytes = host.readFile(input);
  if (!bytes) {
    host.stderr(`${tool}: '${input}': No such file\n`);
    return 1;
  }
  const result = objcopy(bytes, input, options);
  for (const problem of result.problems) host.stderr(`${tool}: ${problem}\n`);
  if (!result.bytes) return 1;
  const isExecutable = options.outputFormat !== 'binary' && bytes[16] === 2;
  if (host.writeFile(output, result.bytes, { isExecutable })) return 0;
  host.stderr(`${tool}: cannot write ${output}\n`);
  return 1;
}

/** Status 1 for wrong input, 2 for wrong usage. */
export const main: Tool = (argv, host) => {
  const { flags, values, files, problem } = parseArguments(argv, 'Sg', flagNames, valued);
  if (problem) return usageProblem('objcopy', problem, usage, host);
  if (flags.has('V')) host.stdout('GNU objcopy (ring0 0.1.0) 2.40\n');
  else if (flags.has('h')) host.stdout(usage);
  if (flags.has('V') || flags.has('h')) return 0;
  const strip = flags.has('S') ? 'all' : flags.has('g') ? 'debug' : 'none';
  const request = readRequest(values, strip, host);
  if (request.problem) return usageProblem('objcopy', request.problem, usage, host);
  if (files.length < 1 || files.length > 2) {
    return usageProblem('objcopy', `${files.length} files are named, expected 1 or 2`, usage, host);
  }
  return copyOne('objcopy', files[0], files[1] ?? files[0], request.options, host);
};

/** `strip [-s | -g] [-R SECTION] [-o OUTPUT] FILE ..` */
export const strip: Tool = (argv, host) => {
  const { flags, values, files, problem } = parseArguments(argv, 'Sg', flagNames, valued);
  if (problem) return usageProblem('strip', problem, usage, host);
  const request = readRequest(values, flags.has('g') ? 'debug' : 'all', host);
  if (request.problem) return usageProblem('strip', request.problem, usage, host);
  const output = values.find(([key]) => key === 'o')?.[1];
  let status = files.length > 0 ? 0 : 2;
  for (const file of files)
    status = copyOne('strip', file, output ?? file, request.options, host) || status;
  return status;
};
