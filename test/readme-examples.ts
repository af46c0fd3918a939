// The examples of a README: a block of code and the text that it prints.

import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

export interface Example {
  readonly language: string;
  readonly code: string;
  readonly output: string;
}

/** The code blocks of a README that are followed by what they print. */
export function readExamples(file: string): Example[] {
  const text = fs.readFileSync(path.join(root, file), 'utf8');
  const pattern = /```(js|sh)\n((?:(?!```)[^])*)```\n\n```text\n([^]*?)```/g;
  return [...text.matchAll(pattern)].map(([, language = '', code = '', output = '']) => ({
    language,
    code,
    output,
  }));
}
