// A wrong pass, planted by way of the intermediate representation's text, and programs that it breaks: what the reducer is
// shown on. Shifts to the right forget whether they are signed; at -O1, after variables have become values.

import path from 'node:path';
import { latin1Bytes } from '@ring0/bytes';
import { compileIr } from '@ring0/compiler';
import { CSMITH_HEADERS } from './campaign.ts';
import { compileByUs, linkByUs, run, writeProgram } from './toolchains.ts';

const PASS = 'ir-promote';
/** Seconds that a program may take; smaller ones are quick. */
const LIMIT = 2;

/** Undefined where a function is called that is gone. */
function linkedOrNot(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return linkByUs([{ path: 'program.o', bytes }]);
  } catch {
    return undefined;
  }
}

/** What the program prints when our compiler has made it from the text of its `ir-promote`. */
function outcome(text: string, directory: string): string | undefined {
  const { output } = compileIr(latin1Bytes(text), {
    path: 'program.ir',
    readFile: () => undefined,
    optimize: 1,
  });
  if (!output) return undefined;
  const program = path.join(directory, 'planted');
  const image = linkedOrNot(output);
  if (!image) return undefined;
  writeProgram(program, image);
  const result = run(program, LIMIT);
  return result.isTimeout || !result.text.includes('status 0') ? undefined : result.text;
}

/** The text that the wrong pass is let loose on; undefined where the program does not compile. */
export function textOf(source: string): string | undefined {
  let text = '';
  const dump = (pass: string, dumped: string): void => {
    if (pass === PASS) text += dumped;
  };
  try {
    const options = {
      path: 'program.c',
      optimize: 1,
      includePaths: [CSMITH_HEADERS],
      dump,
    } as const;
    compileByUs(latin1Bytes(source), options);
    return text;
  } catch {
    return undefined;
  }
}

/** Whether the wrong pass changes what the program prints. */
export function isBroken(text: string, directory: string): boolean {
  const wrong = text.replace(/= sar (%\d+),/g, '= shr $1,');
  if (wrong === text) return false;
  const want = outcome(text, directory);
  if (want === undefined || want.length < 25) return false;
  const got = outcome(wrong, directory);
  return got !== undefined && got !== want;
}
