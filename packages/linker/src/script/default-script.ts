// The script that is used without -T, equal in effect to GNU ld's for -m elf_i386: code,
// constants and data in segments of their own, each input section in the output section of its
// kind, the symbols that C start files expect.

import type { LinkSettings } from '../options.ts';

const line = (name: string, body: string, head = ''): string => `  ${name} ${head}: { ${body} }\n`;

/** Sections of one kind: NAME, NAME.*, and the old .gnu.linkonce.X.* */
const kind = (name: string, once: string): string => `*(${name} ${name}.* .gnu.linkonce.${once}.*)`;

/** Tables of relocations by what they are for; those of a kind with the letters of its old name. */
export const relocationKinds: readonly (readonly [string, string?])[] = [
  ['init'],
  ['text', 't'],
  ['fini'],
  ['rodata', 'r'],
  ['data.rel.ro', 'd.rel.ro'],
  ['data', 'd'],
  ['tdata', 'td'],
  ['tbss', 'tb'],
  ['ctors'],
  ['dtors'],
  ['got'],
  ['bss', 'b'],
  ['ifunc'],
];

/** Tables of the dynamic linker, at the start of memory. */
export const startSections = [
  '.interp',
  '.note.gnu.build-id',
  '.hash',
  '.gnu.hash',
  '.dynsym',
  '.dynstr',
  '.gnu.version',
  '.gnu.version_d',
  '.gnu.version_r',
];

const bracketed = (name: string, body: string, isShared: boolean): string =>
  line(`.${name}`, isShared ? body : marked(name, body));

const marked = (name: string, body: string): string =>
  `PROVIDE_HIDDEN(__${name}_start = .); ${body} PROVIDE_HIDDEN(__${name}_end = .);`;

/**
 * init_array and fini_array take the old .ctors and .dtors of objects other than crtbegin and
 * crtend.
 */
function functionArray(name: string, old: string, isShared: boolean): string {
  const others = 'EXCLUDE_FILE(*crtbegin.o *crtbegin?.o *crtend.o *crtend?.o)';
  const sorted = [`.${name}.*`, `.${old}.*`].map((s) => `SORT_BY_INIT_PRIORITY(${s})`).join(' ');
  return bracketed(name, `KEEP(*(${sorted})) KEEP(*(.${name} ${others} .${old}))`, isShared);
}

function constructorTable(name: string): string {
  return line(
    `.${name}`,
    `KEEP(*crtbegin.o(.${name})) KEEP(*crtbegin?.o(.${name}))
     KEEP(*(EXCLUDE_FILE(*crtend.o *crtend?.o) .${name})) KEEP(*(SORT(.${name}.*))) KEEP(*(.${name}))`,
  );
}

function relocations(isCombined: boolean, isFixed: boolean): string {
  const rows = relocationKinds.map(([name, once]) => {
    const table = `.rel.${name}`;
    return once ? `*(${table} ${table}.* .rel.gnu.linkonce.${once}.*)` : `*(${table})`;
  });
  const sections = isCombined
    ? line('.rel.dyn', rows.join(' '))
    : relocationKinds.map(([name], i) => line(`.rel.${name}`, rows[i] ?? '')).join('');
  const plt = isFixed
    ? '*(.rel.plt) PROVIDE_HIDDEN(__rel_iplt_start = .); *(.rel.iplt) PROVIDE_HIDDEN(__rel_iplt_end = .);'
    : '*(.rel.plt) *(.rel.iplt)';
  return sections + line('.rel.plt', plt);
}

const text = `*(.text.unlikely .text.*_unlikely .text.unlikely.*) *(.text.exit .text.exit.*)
    *(.text.startup .text.startup.*) *(.text.hot .text.hot.*) *(SORT(.text.sorted.*))
    *(.text .stub .text.* .gnu.linkonce.t.*) *(.gnu.warning)`;

const frames: readonly (readonly [string, string])[] = [
  ['.eh_frame', 'KEEP(*(.eh_frame)) *(.eh_frame.*)'],
  ['.sframe', 'KEEP(*(.sframe)) *(.sframe.*)'],
];
const exceptions = ['.gcc_except_table', '*(.gcc_except_table .gcc_except_table.*)'] as const;

/** Sections that are read-only or writable by what the inputs are. */
function unwinding(constraint: 'ONLY_IF_RO' | 'ONLY_IF_RW'): string {
  const isFirst = constraint === 'ONLY_IF_RO';
  const rows = [
    ...frames,
    ...(isFirst
      ? [exceptions, ['.gnu_extab', '*(.gnu_extab*)'] as const]
      : [['.gnu_extab', '*(.gnu_extab)'] as const, exceptions]),
    ['.exception_ranges', '*(.exception_ranges*)'] as const,
  ];
  return rows.map(([name, body]) => line(name, body).replace(':', `: ${constraint}`)).join('');
}

export const debugNames =
  `.stab .stabstr .stab.excl .stab.exclstr .stab.index .stab.indexstr .comment .gnu.build.attributes .debug .line
  .debug_srcinfo .debug_sfnames .debug_aranges .debug_pubnames .debug_info .debug_abbrev .debug_line .debug_frame
  .debug_str .debug_loc .debug_macinfo .debug_weaknames .debug_funcnames .debug_typenames .debug_varnames
  .debug_pubtypes .debug_ranges .debug_addr .debug_line_str .debug_loclists .debug_macro .debug_names
  .debug_rnglists .debug_str_offsets .debug_sup .gnu.attributes`.split(/\s+/);

const debugMore: Readonly<Record<string, string>> = {
  '.debug_info': ' .gnu.linkonce.wi.*',
  '.debug_line': ' .debug_line.* .debug_line_end',
  '.gnu.build.attributes': ' .gnu.build.attributes.*',
};

const data = `  .jcr : { KEEP(*(.jcr)) }
  .data.rel.ro : {
    *(.data.rel.ro.local* .gnu.linkonce.d.rel.ro.local.*)
    *(.data.rel.ro .data.rel.ro.* .gnu.linkonce.d.rel.ro.*)
  }
  .dynamic : { *(.dynamic) }
`;

/** With -z now nothing is written to .got.plt after relocation, so it is protected too. */
const gotFirst = `  .got : { *(.got.plt) *(.igot.plt) *(.got) *(.igot) }
`;
const gotOnly = `  .got : { *(.got) *(.igot) }
`;
const gotBehind = `  .got.plt : { *(.got.plt) *(.igot.plt) }
`;

const end = (
  edge: (name: string) => string,
): string => `  .data : { *(.data .data.* .gnu.linkonce.d.*) SORT(CONSTRUCTORS) }
  .data1 : { *(.data1) }
  ${edge('_edata')} PROVIDE(edata = .);
  . = .;
  ${edge('__bss_start')}
  .bss : { *(.dynbss) *(.bss .bss.* .gnu.linkonce.b.*) *(COMMON) . = ALIGN(. != 0 ? 4 : 1); }
  . = ALIGN(4);
  . = SEGMENT_START("ldata-segment", .);
  . = ALIGN(4);
  ${edge('_end')} PROVIDE(end = .);
`;

/** The default script for the settings: -N, -n (which make a program's script of any) and -z separate-code change it. */
export function defaultScript(settings: LinkSettings): string {
  const isPaged = settings.magic === 'paged';
  const isSeparate = isPaged && settings.isSeparateCode;
  const pageBreak = isSeparate ? '  . = ALIGN(CONSTANT(MAXPAGESIZE));\n' : '';
  const isOmagic = settings.magic === 'omagic';
  const { outputKind, keywords } = settings;
  const isShared = isPaged && outputKind === 'shared';
  const isFixed = !isPaged || outputKind === 'executable';
  const base = `SEGMENT_START("text-segment", ${isFixed ? '0x08048000' : '0'})`;
  const isCombined = isPaged && !keywords.has('nocombreloc');
  // GNU ld has no script for -z now with -n, -N, -z nocombreloc, or unseparated code without RELRO.
  const isFound = isCombined && (isSeparate || settings.hasRelro);
  const isNow = isFound && keywords.has('now') && !keywords.has('lazy');
  const relroEnd = isNow ? '0' : 'SIZEOF(.got.plt) >= 12 ? 12 : 0';
  const edge = (name: string): string => (isShared ? `PROVIDE(${name} = .);` : `${name} = .;`);
  const head = isShared ? startSections.slice(1) : startSections;
  return `ENTRY(_start)
SECTIONS
{
${isShared ? '' : `  PROVIDE(__executable_start = ${base});\n`}  . = ${base} + SIZEOF_HEADERS;
${head.map((name) => line(name, `*(${name})`)).join('')}${relocations(isCombined, isFixed)}\
  .relr.dyn : { *(.relr.dyn) }
${pageBreak}\
  .init : { KEEP(*(SORT_NONE(.init))) }
  .plt : { *(.plt) *(.iplt) }
  .plt.got : { *(.plt.got) }
  .plt.sec : { *(.plt.sec) }
  .text : { ${text} }
  .fini : { KEEP(*(SORT_NONE(.fini))) }
  PROVIDE(__etext = .); PROVIDE(_etext = .); PROVIDE(etext = .);
${pageBreak}${
    isSeparate
      ? `  . = SEGMENT_START("rodata-segment", ALIGN(CONSTANT(MAXPAGESIZE)) + (. & (CONSTANT(MAXPAGESIZE) - 1)));\n`
      : ''
  }  .rodata : { ${kind('.rodata', 'r')} }
  .rodata1 : { *(.rodata1) }
  .eh_frame_hdr : { *(.eh_frame_hdr) *(.eh_frame_entry .eh_frame_entry.*) }
${unwinding('ONLY_IF_RO')}${
    isOmagic
      ? '  . = .;\n'
      : '  . = DATA_SEGMENT_ALIGN(CONSTANT(MAXPAGESIZE), CONSTANT(COMMONPAGESIZE));\n'
  }${unwinding('ONLY_IF_RW')}\
  .tdata : { ${isShared ? '' : 'PROVIDE_HIDDEN(__tdata_start = .); '}${kind('.tdata', 'td')} }
  .tbss : { ${kind('.tbss', 'tb')} *(.tcommon) }
${bracketed('preinit_array', 'KEEP(*(.preinit_array))', isShared)}\
${functionArray('init_array', 'ctors', isShared)}${functionArray('fini_array', 'dtors', isShared)}\
${constructorTable('ctors')}${constructorTable('dtors')}${data}${isNow ? gotFirst : gotOnly}${
    isOmagic ? '' : `  . = DATA_SEGMENT_RELRO_END(${relroEnd}, .);\n`
  }${isNow ? '' : gotBehind}${end(edge)}${isOmagic ? '' : '  . = DATA_SEGMENT_END(.);\n'}\
${debugNames.map((name) => line(name, `*(${name}${debugMore[name] ?? ''})`, '0 ')).join('')}\
  /DISCARD/ : { *(.note.GNU-stack) *(.gnu_debuglink) *(.gnu.lto_*) }
}
`;
}
