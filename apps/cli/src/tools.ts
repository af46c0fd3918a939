// The tools by name: one row each. `ring0 --help`, the prefixed commands and the bundle derive from it.

import type { Host } from './host.ts';

type Run = (argv: readonly string[], host: Host) => number | Promise<number>;

interface ToolEntry {
  readonly summary: string;
  readonly load: () => Promise<Run>;
}

export const tools: Readonly<Record<string, ToolEntry | undefined>> = {
  as: {
    summary: 'assembles AT&T source for 16- and 32-bit x86',
    load: async () => (await import('./as.ts')).main,
  },
  cc: {
    summary: 'compiles C for i386, preprocesses, assembles, links',
    load: async () => (await import('./cc.ts')).main,
  },
  ld: {
    summary: 'links ELF objects and archives',
    load: async () => (await import('./ld.ts')).main,
  },
  objdump: {
    summary: 'disassembles and lists objects',
    load: async () => (await import('./objdump.ts')).main,
  },
  nm: { summary: 'lists symbols', load: async () => (await import('./nm.ts')).main },
  readelf: {
    summary: 'shows the structure of ELF files',
    load: async () => (await import('./readelf.ts')).main,
  },
  objcopy: {
    summary: 'copies and converts objects',
    load: async () => (await import('./objcopy.ts')).main,
  },
  ar: { summary: 'makes and reads archives', load: async () => (await import('./ar.ts')).main },
  strip: {
    summary: 'removes symbols and debug sections',
    load: async () => (await import('./strip.ts')).main,
  },
  ranlib: {
    summary: 'makes the symbol index of an archive',
    load: async () => (await import('./ranlib.ts')).main,
  },
  strings: {
    summary: 'shows the printable strings of files',
    load: async () => (await import('./strings.ts')).main,
  },
  addr2line: {
    summary: 'shows the source lines of addresses',
    load: async () => (await import('./addr2line.ts')).main,
  },
  size: {
    summary: 'lists the sizes of sections',
    load: async () => (await import('./size.ts')).main,
  },
  image: {
    summary: 'builds a boot disk from a boot block, a kernel and a tree',
    load: async () => (await import('./image.ts')).main,
  },
  run: {
    summary: 'runs a boot sector, a disk or a floppy image in the emulator',
    load: async () => (await import('./run.ts')).main,
  },
};
