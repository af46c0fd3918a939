// The script of -r without -T: every section stays one of its own name; the order is that of the
// default script, all addresses are 0.

import { debugNames, relocationKinds, startSections } from './default-script.ts';

const named = (name: string, body = `*(${name})`, constraint = ''): string =>
  `  ${name} 0 : ${constraint} { ${body} }\n`;

const framesOnly = ['.eh_frame', '.sframe'];

const unwinding = (constraint: string, others: readonly string[]): string =>
  [...framesOnly, ...others, '.exception_ranges']
    .map((name) => named(name.replace('*', ''), `*(${name})`, constraint))
    .join('');

/** Without -Ur constructors stay as they are too: for ELF both are the same. */
export function relocatableScript(): string {
  const tables = [...relocationKinds.map(([name]) => `.rel.${name}`), '.rel.plt', '.relr.dyn'];
  const plain = (names: readonly string[]): string => names.map((name) => named(name)).join('');
  return `SECTIONS
{
${plain([...startSections, ...tables])}${named('.init', 'KEEP(*(SORT_NONE(.init)))')}\
${plain(['.plt', '.plt.got', '.plt.sec'])}${named('.text', '*(.text .stub) *(.gnu.warning)')}\
${named('.fini', 'KEEP(*(SORT_NONE(.fini)))')}${plain(['.rodata', '.rodata1', '.eh_frame_hdr'])}\
${unwinding('ONLY_IF_RO', ['.gcc_except_table', '.gnu_extab*'])}\
${unwinding('ONLY_IF_RW', ['.gnu_extab', '.gcc_except_table'])}\
${plain(['.tdata', '.tbss', '.jcr', '.dynamic', '.got', '.got.plt'])}\
${named('.data', '*(.data) SORT(CONSTRUCTORS)')}${named('.data1')}\
${named('.bss')}\
${plain(debugNames)}}
`;
}
