// The whole instruction table, read once when the package is loaded. The order of the rows of one
// mnemonic is the order in which the encoder tries them.

import { parseRow } from './row.ts';
import type { Row } from './row.ts';
import { integerTable } from './table-integer.ts';
import { systemTable } from './table-system.ts';
import { x87Table } from './table-x87.ts';

const lines: readonly string[] = `${integerTable}\n${systemTable}\n${x87Table}`
  .split('\n')
  .filter((line) => line !== '');

/** Every form of every instruction. */
export const rows: readonly Row[] = lines.map(parseRow);

/** The lines that `rows` were read from, in the same order. */
export const rowLines: readonly string[] = lines;
