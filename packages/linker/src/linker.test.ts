import { utf8Bytes } from '@ring0/bytes';
import {
  i386,
  readElf,
  objectFile,
  sectionFlag,
  sectionType,
  writeArchive,
  writeElf,
} from '@ring0/elf';
import type { ElfSection, ElfSymbol } from '@ring0/elf';
import { expect, test } from 'vitest';
import { link, treemapPage } from './index.ts';
import type { LinkItem, LinkResult } from './index.ts';

const { alloc, write, execute, merge, strings } = sectionFlag;

function section(
  name: string,
  flags: number,
  data: Uint8Array | number[],
  alignment = 1,
): ElfSection {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(data);
  const isBss = name === '.bss';
  return {
    name,
    type: isBss ? sectionType.nobits : sectionType.progbits,
    flags,
    address: 0n,
    size: bytes.length,
    alignment,
    entrySize: flags & merge ? 1 : 0,
    data: isBss ? new Uint8Array(0) : bytes,
    relocations: [],
  };
}

function symbol(name: string, where: ElfSymbol['section'], value = 0, binding = 1): ElfSymbol {
  return { name, value: BigInt(value), size: 0n, binding, type: 0, visibility: 0, section: where };
}

function object(path: string, sections: ElfSection[], symbols: ElfSymbol[]): LinkItem & object {
  return { path, bytes: writeElf(objectFile(32, sections, symbols)) };
}

/** `call target; ret` as _start, and what it calls in another object. */
function caller(target: string): LinkItem & object {
  const text = section('.text', alloc | execute, [0xe8, 0xfc, 0xff, 0xff, 0xff, 0xc3], 16);
  const callee = symbol(target, 'undefined');
  text.relocations.push({ offset: 1, type: i386.PC32, symbol: callee });
  return object('main.o', [text], [symbol('_start', text), callee]);
}

function callee(name: string, path = 'callee.o'): LinkItem & object {
  const text = section('.text', alloc | execute, [0x90, 0xc3], 16);
  return object(path, [text], [symbol(name, text, 1)]);
}

function linked(items: readonly LinkItem[], script?: string): LinkResult {
  const bytes = script === undefined ? undefined : utf8Bytes(script);
  const given = bytes && { path: 'test.ld', bytes };
  return link(items, { script: given, readFile: () => undefined });
}

const messages = (result: LinkResult): string[] => result.diagnostics.map((d) => d.message);

test('a call reaches its target', () => {
  const result = linked(
    [caller('f'), callee('f')],
    'SECTIONS { . = 0x1000; .text : { *(.text) } }',
  );
  expect(messages(result)).toEqual([]);
  const { file } = readElf(result.image ?? new Uint8Array(0), 'a.out');
  const text = file?.sections.find((s) => s.name === '.text');
  expect(text?.address).toBe(0x1000n);
  // 0x1011 (f) - 0x1005 (the address behind the call)
  expect([...(text?.data ?? [])].slice(0, 6)).toEqual([0xe8, 0x0c, 0, 0, 0, 0xc3]);
  expect(result.symbols.get('f')).toBe(0x1011);
  expect(file?.entry).toBe(0x1000n);
});

test('archive members come only where they are needed', () => {
  const members = [callee('unused', 'unused.o'), callee('f', 'f.o')].map(({ path, bytes }) => ({
    name: path,
    bytes,
  }));
  const result = linked([caller('f'), { path: 'lib.a', bytes: writeArchive(members) }, '-M']);
  expect(messages(result)).toEqual([]);
  expect(result.symbols.has('f')).toBe(true);
  expect(result.symbols.has('unused')).toBe(false);
  expect(result.map).toContain('lib.a(f.o)');
});

test('undefined and duplicate names are errors that say where', () => {
  const missing = linked([caller('colour'), callee('color')]);
  expect(missing.image).toBeUndefined();
  expect(missing.diagnostics[0].message).toBe(
    "main.o: (.text+0x1): undefined reference to 'colour'",
  );
  expect(missing.diagnostics[0].notes?.[0].message).toBe("did you mean 'color'?");
  const twice = linked([caller('f'), callee('f', 'a.o'), callee('f', 'b.o')]);
  expect(messages(twice)).toEqual(["b.o: (.text+0x1): multiple definition of 'f'"]);
  expect(twice.diagnostics[0].notes?.[0].message).toBe('first defined in a.o: (.text+0x1)');
});

test('equal strings are kept once, tails inside longer ones', () => {
  const flags = alloc | merge | strings;
  const text = section('.text', alloc | execute, new Uint8Array(8), 4);
  const own = (content: string): ElfSection => section('.rodata.str1.1', flags, utf8Bytes(content));
  const a = own('hello\0lo\0');
  const at = symbol('lo', a, 6, 0);
  text.relocations.push({ offset: 0, type: i386[32], symbol: at });
  const first = object('a.o', [text, a], [at, symbol('_start', text)]);
  const second = object('b.o', [own('hello\0')], []);
  const result = linked(
    [first, second],
    'SECTIONS { .text 0x100 : { *(.text) } .rodata 0x200 : { *(.rodata*) } }',
  );
  const { file } = readElf(result.image ?? new Uint8Array(0), 'a.out');
  expect(file?.sections.find((s) => s.name === '.rodata')?.size).toBe(6);
  const bytes = file?.sections.find((s) => s.name === '.text')?.data ?? new Uint8Array(4);
  expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)).toBe(0x203);
});

test('expressions: precedence, functions, sections and the location counter', () => {
  const script = `
    a = 1 + 2 * 3 << 1; b = a == 14 ? 0x10 : 077; c = ~0 & 0xff; d = -1 + 2; e = !0 + !5;
    f = MAX(3, MIN(9, 4)); g = ALIGN(5, 4); h = DEFINED(a) + DEFINED(nothing); k = 2K; m = 0x1M;
    SECTIONS {
      .text 0x1000 : { *(.text) inside = .; . = ALIGN(32); number = 4; PROVIDE(f = 99); PROVIDE(p = 1); }
      .data ALIGN(0x100) : AT(0x5000) { BYTE(1) SHORT(0x203) LONG(inside) }
      at = LOADADDR(.data); size = SIZEOF(.data); where = ADDR(.data); after = .;
    }`;
  const result = linked([caller('f2'), callee('f2')], script);
  expect(messages(result)).toEqual([]);
  const wanted = { a: 14, b: 16, c: 255, d: 1, e: 1, f: 4, g: 8, h: 1, k: 2048, m: 0x100000 };
  for (const [name, value] of Object.entries(wanted))
    expect(result.symbols.get(name), name).toBe(value);
  expect(result.symbols.get('inside')).toBe(0x1012);
  expect(result.symbols.get('number')).toBe(0x1004);
  expect(result.symbols.has('p')).toBe(false);
  const places = { at: 0x5000, size: 7, where: 0x1100, after: 0x1107 };
  for (const [name, value] of Object.entries(places))
    expect(result.symbols.get(name), name).toBe(value);
});

test('what is wrong in a script is shown there, and the rest is read', () => {
  const script =
    'SECTIONS {\n  .text : { *(.text) }\n  x = 1 + ;\n  .data : { *(.data) ) }\n}\ny = 3 / 0;\n';
  const result = linked([caller('f'), callee('f')], script);
  expect(result.image).toBeUndefined();
  expect(result.diagnostics.length).toBeGreaterThan(0);
  expect(result.diagnostics[0].span?.file.path).toBe('test.ld');
  const zero = linked([caller('f'), callee('f')], 'y = 3 / 0; SECTIONS { .text : { *(.text) } }');
  expect(messages(zero)).toEqual(['division by zero (the left side is 3)']);
});

test('assertions, overlaps and full regions stop the link', () => {
  const inputs = [caller('f'), callee('f')];
  expect(messages(linked(inputs, 'SECTIONS { .text : { *(.text) } ASSERT(0, "no") }'))).toEqual([
    'no',
  ]);
  const full = 'MEMORY { m : ORIGIN = 0, LENGTH = 4 } SECTIONS { .text : { *(.text) } > m }';
  expect(messages(linked(inputs, full))[0]).toContain(
    "does not fit in region 'm': 14 bytes too many",
  );
  const overlap = 'SECTIONS { .text 0x10 : { *(.text) } .data 0x14 : { LONG(1) } }';
  expect(messages(linked(inputs, overlap))[0]).toContain('load addresses overlap');
});

test('collection drops what nobody reaches', () => {
  const used = section('.text.used', alloc | execute, [0xc3]);
  const lost = section('.text.lost', alloc | execute, [0xc3, 0xc3]);
  const both = object('both.o', [used, lost], [symbol('f', used), symbol('g', lost)]);
  const result = linked([caller('f'), both, '--gc-sections', '--print-gc-sections']);
  expect(messages(result)).toEqual([]);
  expect(result.symbols.has('f')).toBe(true);
  expect(result.remarks).toEqual(["removing unused section '.text.lost' in file 'both.o'"]);
});

test('--treemap: sizes add up from symbols to the output, and names cannot end the page', () => {
  const text = section(
    '.text',
    alloc | execute,
    Array.from({ length: 32 }, () => 0x90),
  );
  const sized = { ...symbol('</script>', text, 4), size: 20n };
  const input = object('dir/a.o', [text], [sized, symbol('_start', text)]);
  const { treemap, files } = linked([input, '--treemap', 'out.html']);
  expect(files).toEqual([]);
  expect(treemap?.path).toBe('out.html');
  const [output] = treemap?.root.children ?? [];
  expect(output).toMatchObject({ name: '.text', size: 32, children: [{ name: 'a.o', size: 32 }] });
  expect(output?.children[0]?.children.map(({ name, size }) => [name, size])).toEqual([
    ['</script>', 20],
    ['.text', 12],
  ]);
  const page = treemap ? treemapPage(treemap.root) : '';
  expect(page.match(/<\/script>/g)).toHaveLength(1);
  const data = /<script>const data=(.*);\n/.exec(page)?.[1] ?? '';
  expect(JSON.parse(data)).toEqual(treemap?.root);
});

test('a flat image runs from the lowest load address', () => {
  const data = section('.data', alloc | write, [1, 2, 3, 4]);
  const extra = object('data.o', [data], []);
  const script = 'SECTIONS { .text 0x7c00 : { *(.text) } .data 0x7c20 : { *(.data) } }';
  const { image } = linked([caller('f'), callee('f'), extra, '--oformat', 'binary'], script);
  expect(image?.length).toBe(0x24);
  expect([...(image ?? [])].slice(0x20)).toEqual([1, 2, 3, 4]);
});

test('damaged objects, archives and scripts give diagnostics, never exceptions', () => {
  const good = caller('f').bytes;
  for (let at = 0; at < good.length; at += 17) {
    const damaged = good.slice();
    damaged[at] ^= 0xff;
    linked([{ path: 'damaged.o', bytes: damaged }, callee('f')]);
    linked([{ path: 'cut.o', bytes: good.subarray(0, at) }, callee('f')]);
  }
  const text =
    'MEMORY{r:ORIGIN=0,LENGTH=1M}PHDRS{t PT_LOAD;}SECTIONS{.t ADDR(.t):AT(1?2:3){*(SORT(.t*))}>r:t=0x90}';
  for (let length = 0; length < text.length; length += 5) {
    linked([caller('f'), callee('f')], text.slice(0, length));
    linked([caller('f'), callee('f')], text.slice(length));
  }
});

test('options: response files, unknown options, what needs an argument', () => {
  const readFile = (path: string): Uint8Array | undefined =>
    path === 'args' ? utf8Bytes('-e f "--defsym" x=1') : undefined;
  const result = link([caller('f'), callee('f'), '@args'], { readFile });
  expect(result.symbols.get('x')).toBe(1);
  expect(messages(linked(['--no-such-option', caller('f'), callee('f')]))[0]).toBe(
    "unrecognized option '--no-such-option'",
  );
  expect(messages(linked(['-o']))[0]).toBe("option '-o' needs an argument");
  expect(linked(['--version']).wantsVersion).toBe(true);
});

test('negative addresses of a script are those of the upper half', () => {
  const script =
    'SECTIONS { . = -0x80000000; .text : { *(.text) } .data ALIGN(4096) : { LONG(here) here = .; } }';
  const result = linked([caller('f'), callee('f')], script);
  expect(messages(result)).toEqual([]);
  const { file } = readElf(result.image ?? new Uint8Array(0), 'a.out');
  const places = file?.sections.map(({ name, address }) => [name, address]);
  expect(places).toContainEqual(['.text', 0x80000000n]);
  expect(places).toContainEqual(['.data', 0x80001000n]);
  expect(result.symbols.get('here')).toBe(0x80001004);
});

test.each([
  [
    'a section across the end of memory',
    'SECTIONS { .text 0xfffffff8 : { *(.text) } }',
    "section '.text' at 0xfffffff8 of 26 bytes wraps around the 4 GiB of i386",
  ],
  [
    'a gap of a gigabyte within a section',
    'SECTIONS { .text : { *(.text) . = ALIGN(1 << 30); BYTE(1) } }',
    "section '.text' would end at byte 1073745921 of the output, beyond 1048576",
  ],
  [
    'load addresses far from each other',
    'OUTPUT_FORMAT(binary) SECTIONS { .text 0 : { *(.text) } .data 0x40000000 : { BYTE(1) } }',
    'the flat image, from the lowest load address to the highest, would exceed 1048576 bytes',
  ],
  [
    'parentheses without end',
    `x = ${'('.repeat(20_000)}1;`,
    'an expression is nested more than 256 deep, or has more than 1000 operators',
  ],
  [
    'a sum without end',
    `x = ${'1 + '.repeat(20_000)}1;`,
    'an expression is nested more than 256 deep, or has more than 1000 operators',
  ],
])('%s', (_, script, message) => {
  const given = { path: 'test.ld', bytes: utf8Bytes(script) };
  const options = { script: given, readFile: () => undefined, outputBytesMax: 1 << 20 };
  const result = link([caller('f'), callee('f')], options);
  expect(result.image).toBeUndefined();
  expect(messages(result)).toEqual([message]);
});

const [four, five] = [[1, 2, 3, 4], [5]].map((bytes, i) =>
  object(`data${i}.o`, [section('.data', alloc | write, bytes, 4 ** i)], []),
);

test.each(['SUBALIGN(-1)', 'SUBALIGN(0xfffffffffffffffe)', 'ALIGN(0x80000001)'])(
  'no section is aligned to %s',
  (words) => {
    const script = `SECTIONS { .text : { *(.text) } .data : ${words} { *(.data) } }`;
    const result = linked([caller('f'), callee('f'), five, four], script);
    expect(result.image).toBeUndefined();
    expect(messages(result)).toHaveLength(1);
    expect(messages(result)[0]).toMatch(/ALIGN of section '.data' is 0x[8f]\w+, expected .* 0x8/);
    expect(result.diagnostics[0].span?.start).toBe(script.indexOf('.data'));
  },
);

// Sizes and alignments as GNU ld 2.40 makes them.
test.each([
  [0, 5, 4],
  [1, 5, 4],
  [3, 8, 4],
  [5, 12, 8],
  [16, 20, 16],
])('SUBALIGN(%i) is rounded up to a power of two', (value, size, alignment) => {
  const words = `.data 0x2000 : SUBALIGN(${value}) { *(.data) }`;
  const script = `SECTIONS { .text 0x1000 : { *(.text) } ${words} }`;
  const { image } = linked([caller('f'), callee('f'), five, four], script);
  const data = readElf(image ?? new Uint8Array(0), 'a.out').file?.sections.find(
    ({ name }) => name === '.data',
  );
  expect([Number(data?.size), data?.alignment]).toEqual([size, alignment]);
});

test('a section at the end of 64 bits keeps its inputs in order', () => {
  const notes = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [10]].map((bytes, i) =>
    object(`note${i}.o`, [section('.n', 0, bytes, 16 ** i)], []),
  );
  const script = 'SECTIONS { .text : { *(.text) } .n 0xfffffffffffffff8 : { *(.n) } }';
  const result = linked([caller('f'), callee('f'), ...notes], script);
  expect(messages(result)).toEqual([]);
  const found = readElf(result.image ?? new Uint8Array(0), 'a.out').file?.sections.find(
    ({ name }) => name === '.n',
  );
  // 0x10, where the second begins, less -8; GNU ld 2.40 agrees.
  expect(found?.data.length).toBe(0x19);
  expect(found?.data[0x18]).toBe(10);
});

test('of a script with a syntax error nothing is carried out', () => {
  const script = 'SECTIONS { .text : { *(.text) } ASSERT(0, "reached") x = 1 / 0; } SECTIONS { :';
  const result = linked([caller('f'), callee('f')], script);
  expect(result.image).toBeUndefined();
  expect(messages(result).join()).not.toMatch(/reached|division/);
});

test('--wrap sends references elsewhere and leaves definitions', () => {
  const wrapper = section('.text', alloc | execute, [0xe8, 0xfc, 0xff, 0xff, 0xff, 0xc3], 16);
  const real = symbol('__real_f', 'undefined');
  wrapper.relocations.push({ offset: 1, type: i386.PC32, symbol: real });
  const between = object('wrap.o', [wrapper], [symbol('__wrap_f', wrapper), real]);
  const result = linked(
    [caller('f'), between, callee('f'), '--wrap=f'],
    'SECTIONS { . = 0x1000; .text : { *(.text) } }',
  );
  expect(messages(result)).toEqual([]);
  const { file } = readElf(result.image ?? new Uint8Array(0), 'a.out');
  const bytes = file?.sections.find(({ name }) => name === '.text')?.data ?? new Uint8Array(0);
  const target = (at: number): number =>
    0x1000 + at + 5 + new DataView(bytes.buffer, bytes.byteOffset).getInt32(at + 1, true);
  expect(target(0)).toBe(result.symbols.get('__wrap_f'));
  expect(target(0x10)).toBe(result.symbols.get('f'));
});

test('a relaxed access to thread-local storage needs no ___tls_get_addr', () => {
  // leal x@TLSGD(,%ebx,1), %eax; call ___tls_get_addr@PLT
  const code = [0x8d, 0x04, 0x1d, 0, 0, 0, 0, 0xe8, 0xfc, 0xff, 0xff, 0xff, 0xc3];
  const text = section('.text', alloc | execute, code, 16);
  const storage = section('.tdata', alloc | write | sectionFlag.tls, [5, 0, 0, 0], 4);
  const [x, get] = [symbol('x', storage), symbol('___tls_get_addr', 'undefined')];
  x.type = 6;
  text.relocations.push({ offset: 3, type: i386.TLS_GD, symbol: x });
  text.relocations.push({ offset: 8, type: i386.PLT32, symbol: get });
  const result = linked([object('tls.o', [text, storage], [symbol('_start', text), x, get])]);
  expect(messages(result)).toEqual([]);
  const { file } = readElf(result.image ?? new Uint8Array(0), 'a.out');
  expect(file?.symbols.map(({ name }) => name)).not.toContain('___tls_get_addr');
  const made = file?.sections.find(({ name }) => name === '.text')?.data ?? [];
  // mov %gs:0, %eax; sub $4, %eax
  expect([...made].slice(0, 12)).toEqual([0x65, 0xa1, 0, 0, 0, 0, 0x81, 0xe8, 4, 0, 0, 0]);
});

test.each([
  ['the call of a descriptor', i386.TLS_DESC_CALL, 0, [0xff]],
  ['the load of an index', i386.TLS_GD, 3, [0x8d, 0x04, 0x1d, 0, 0, 0, 0, 0xe8]],
  ['the load of a module', i386.TLS_LDM, 2, [0x8d, 0x83, 0, 0, 0, 0, 0xe8]],
])('%s that the section cuts off is an error', (_, type, offset, code) => {
  const text = section('.text', alloc | execute, code);
  const storage = section('.tdata', alloc | write | sectionFlag.tls, [5, 0, 0, 0], 4);
  const x = { ...symbol('x', storage), type: 6 };
  text.relocations.push({ offset, type, symbol: x });
  const result = linked([object('tls.o', [text, storage], [symbol('_start', text), x])]);
  expect(messages(result)).toHaveLength(1);
});
