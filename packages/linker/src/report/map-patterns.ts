// Input section patterns as GNU ld's map shows them.

import type { InputPattern, SectionPattern, SortKey } from '../script/script-syntax.ts';

const sortNames: Readonly<Record<SortKey, string>> = {
  name: 'SORT_BY_NAME',
  alignment: 'SORT_BY_ALIGNMENT',
  priority: 'SORT_BY_INIT_PRIORITY',
  none: 'SORT_NONE',
};

/** Excluded files come last one first. */
const exclusion = (files: readonly string[]): string =>
  files.length === 0 ? '' : `EXCLUDE_FILE(${files.toReversed().join(' ')}) `;

function sectionText({ pattern, excludedFiles, sort }: SectionPattern): string {
  const keys = sort.filter((key, index) => sort.indexOf(key) === index);
  const open = keys.map((key) => `${sortNames[key]}(`).join('');
  return `${open}${exclusion(excludedFiles)}${pattern}${')'.repeat(keys.length)}`;
}

/** `*(.text .text.*)` as the map has it. */
export function patternText(pattern: InputPattern): string {
  const { file, excludedFiles, isSortedByFile, sections } = pattern;
  const name = isSortedByFile ? `SORT_BY_NAME(${file})` : file;
  return `${exclusion(excludedFiles)}${name}(${sections.map(sectionText).join(' ')})`;
}
