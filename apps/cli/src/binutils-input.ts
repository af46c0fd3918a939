// What the small object tools share: options by letters, input files, archives taken apart into
// members.

import { isArchive, readArchive } from '@ring0/elf';
import type { Host } from './host.ts';

/** An object to show: a file, or a member of an archive. */
export interface ObjectInput {
  readonly path: string;
  /** Undefined: not of an archive. */
  readonly member: string | undefined;
  readonly bytes: Uint8Array;
}

/**
 * Reads `path`; an archive gives its members. Undefined, after a message, where it cannot be
 * read.
 */
export function objectInputs(tool: string, path: string, host: Host): ObjectInput[] | undefined {
  const bytes = host.readFile(path);
  if (!bytes) {
    host.stderr(`${tool}: '${path}': No such file\n`);
    return undefined;
  }
  if (!isArchive(bytes)) return [{ path, member: undefined, bytes }];
  const { archive, problems } = readArchive(bytes, path);
  for (const problem of problems) host.stderr(`${tool}: ${problem}\n`);
  if (!archive || problems.length > 0) return undefined;
  return archive.members.map((m) => ({ path, member: m.name, bytes: m.bytes }));
}

/**
 * Options and files: single letters may stand together, `--name=value` and `-x value` take an
 * argument.
 */
export interface ParsedArguments {
  readonly flags: Set<string>;
  readonly values: (readonly [string, string])[];
  readonly files: string[];
  readonly problem: string | undefined;
}

/**
 * Splits arguments. `letters` are the flags that may be joined; `names` the long ones with the letter each stands
 * for; `valued` options take an argument.
 */
export function parseArguments(
  argv: readonly string[],
  letters: string,
  names: Readonly<Record<string, string>>,
  valued: Readonly<Record<string, string>> = {},
): ParsedArguments {
  const flags = new Set<string>();
  const values: (readonly [string, string])[] = [];
  const files: string[] = [];
  const fail = (problem: string): ParsedArguments => ({ flags, values, files, problem });
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (!word.startsWith('-') || word === '-') {
      files.push(word);
      continue;
    }
    const [name, joined] = word.startsWith('--') ? splitOnce(word) : [word, undefined];
    const key = valued[name];
    if (key !== undefined) {
      const value = joined ?? argv[++i];
      if (value === undefined) return fail(`option '${name}' needs an argument`);
      values.push([key, value]);
    } else if (names[word] !== undefined) flags.add(names[word]);
    else if (valued[word.slice(0, 2)] !== undefined && !word.startsWith('--')) {
      values.push([valued[word.slice(0, 2)], word.slice(2)]);
    } else if (
      /^-[A-Za-z]+$/.test(word) &&
      Array.from(word.slice(1)).every((c) => letters.includes(c))
    ) {
      for (const letter of word.slice(1)) flags.add(letter);
    } else return fail(`unknown option '${word}'`);
  }
  return { flags, values, files, problem: undefined };
}

function splitOnce(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** Prints a usage problem; the result is the exit status. */
export function usageProblem(tool: string, problem: string, usage: string, host: Host): number {
  host.stderr(`${tool}: ${problem}\n${usage}`);
  return 2;
}
