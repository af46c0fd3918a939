// ring0 objdump: section headers, symbols, relocations and disassembly, in GNU objdump's spelling.

import { objdump } from '@ring0/binutils';
import type { ObjdumpOptions } from '@ring0/binutils';
import type { Host } from './host.ts';

const usage = `usage: ring0 objdump OPTION .. [FILE ..]

  -d, --disassemble         disassemble sections that hold code
  -D, --disassemble-all     disassemble all sections
  -h, --section-headers     list the sections
  -t, --syms                list the symbols
  -r, --reloc               list the relocations; with -d, at the instructions they change
  -j, --section=NAME        only this section
  -b, --target=FORMAT       elf32-i386, or binary for plain bytes (needs -m)
  -m, --architecture=NAME   i386 or i8086
  -M, --disassembler-options=LIST   att, intel, i386, i8086
  -z, --disassemble-zeroes  show runs of zeros
  --start-address=ADDR --stop-address=ADDR   only this range
  --no-show-raw-insn        leave out the bytes of instructions
`;

const version = 'GNU objdump (ring0 0.1.0) 2.40\n';

interface Settings {
  hasHeaders: boolean;
  hasSymbols: boolean;
  hasRelocations: boolean;
  disassembly: 'none' | 'code' | 'all';
  isBinary: boolean;
  hasMachine: boolean;
  mode: 16 | 32;
  syntax: 'att' | 'intel';
  sections: string[];
  startAddress: number | undefined;
  stopAddress: number | undefined;
  showsZeros: boolean;
  showsBytes: boolean;
}

interface Parsed {
  readonly settings: Settings;
  readonly files: string[];
  readonly problem: string | undefined;
  readonly answer: string | undefined;
}

function setMachine(name: string, settings: Settings): string | undefined {
  if (name !== 'i386' && name !== 'i8086' && name !== 'i386:intel') {
    return `can't use supplied machine ${name}`;
  }
  settings.hasMachine = true;
  if (name === 'i8086') settings.mode = 16;
  if (name === 'i386:intel') settings.syntax = 'intel';
  return undefined;
}

function setDisassembler(list: string, settings: Settings): string | undefined {
  for (const name of list.split(',')) {
    if (name === 'att' || name === 'intel') settings.syntax = name;
    else if (name === 'i386') settings.mode = 32;
    else if (name === 'i8086') settings.mode = 16;
    else return `unrecognised disassembler option: ${name}`;
  }
  return undefined;
}

function address(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== '' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Options that take a value, by their long name. */
const valued: Readonly<
  Record<string, ((value: string, settings: Settings) => string | undefined) | undefined>
> = {
  section: (value, settings) => {
    settings.sections.push(value);
    return undefined;
  },
  target: (value, settings) => {
    settings.isBinary = value === 'binary';
    return value === 'binary' || value === 'elf32-i386'
      ? undefined
      : `invalid bfd target: ${value}`;
  },
  architecture: setMachine,
  'disassembler-options': setDisassembler,
  'start-address': (value, settings) => {
    settings.startAddress = address(value);
    return settings.startAddress === undefined ? `bad number: ${value}` : undefined;
  },
  'stop-address': (value, settings) => {
    settings.stopAddress = address(value);
    return settings.stopAddress === undefined ? `bad number: ${value}` : undefined;
  },
};

/** Options without a value, by their long name. */
const plain: Readonly<Record<string, ((settings: Settings) => void) | undefined>> = {
  disassemble: (settings) => {
    if (settings.disassembly === 'none') settings.disassembly = 'code';
  },
  'disassemble-all': (settings) => {
    settings.disassembly = 'all';
  },
  'disassemble-zeroes': (settings) => {
    settings.showsZeros = true;
  },
  'section-headers': (settings) => {
    settings.hasHeaders = true;
  },
  syms: (settings) => {
    settings.hasSymbols = true;
  },
  reloc: (settings) => {
    settings.hasRelocations = true;
  },
  'no-show-raw-insn': (settings) => {
    settings.showsBytes = false;
  },
};

const letters: Readonly<Record<string, string | undefined>> = {
  d: 'disassemble',
  D: 'disassemble-all',
  z: 'disassemble-zeroes',
  h: 'section-headers',
  t: 'syms',
  r: 'reloc',
  j: 'section',
  b: 'target',
  m: 'architecture',
  M: 'disassembler-options',
};

const synonyms: Readonly<Record<string, string | undefined>> = { headers: 'section-headers' };

function defaults(): Settings {
  return {
    hasHeaders: false,
    hasSymbols: false,
    hasRelocations: false,
    disassembly: 'none',
    isBinary: false,
    hasMachine: false,
    mode: 32,
    syntax: 'att',
    sections: [],
    startAddress: undefined,
    stopAddress: undefined,
    showsZeros: false,
    showsBytes: true,
  };
}

/** Long options by name, short ones as the letters they are, each with its value if it takes one. */
function words(argv: readonly string[]): { name: string; value: string | undefined }[] | string {
  const list: { name: string; value: string | undefined }[] = [];
  const queue = [...argv];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (word.startsWith('--')) {
      const [written, ...rest] = word.slice(2).split('=');
      const name = synonyms[written] ?? written;
      const value = rest.length > 0 ? rest.join('=') : valued[name] ? queue.shift() : undefined;
      if (valued[name] && value === undefined) return `option '--${written}' requires an argument`;
      list.push({ name, value });
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const name = letters[word[at]];
        if (name === undefined) return `invalid option -- '${word[at]}'`;
        if (!valued[name]) {
          list.push({ name, value: undefined });
          continue;
        }
        const value = at + 1 < word.length ? word.slice(at + 1) : queue.shift();
        if (value === undefined) return `option requires an argument -- '${word[at]}'`;
        list.push({ name, value });
        break;
      }
    } else list.push({ name: '', value: word });
  }
  return list;
}

function parse(argv: readonly string[]): Parsed {
  const settings = defaults();
  const files: string[] = [];
  const list = words(argv);
  if (typeof list === 'string') return { settings, files, problem: list, answer: undefined };
  for (const { name, value } of list) {
    if (name === '' && value !== undefined) files.push(value);
    else if (name === 'help') return { settings, files, problem: undefined, answer: usage };
    else if (name === 'version') return { settings, files, problem: undefined, answer: version };
    else if (valued[name]) {
      const problem = valued[name](value ?? '', settings);
      if (problem) return { settings, files, problem, answer: undefined };
    } else if (plain[name]) plain[name](settings);
    else {
      const problem = `unrecognized option '--${name}'`;
      return { settings, files, problem, answer: undefined };
    }
  }
  return { settings, files, problem: undefined, answer: undefined };
}

function hasWork({ hasHeaders, hasSymbols, hasRelocations, disassembly }: Settings): boolean {
  return hasHeaders || hasSymbols || hasRelocations || disassembly !== 'none';
}

/** The tool `objdump`. Exit status: 0 done, 1 a file could not be shown, 2 wrong usage. */
export function main(argv: readonly string[], host: Host): number {
  const { settings, files, problem, answer } = parse(argv);
  if (answer !== undefined) {
    host.stdout(answer);
    return 0;
  }
  if (problem !== undefined || !hasWork(settings)) {
    host.stderr(problem === undefined ? usage : `objdump: ${problem}\n${usage}`);
    return 2;
  }
  const options: ObjdumpOptions = settings;
  let status = 0;
  for (const path of files.length > 0 ? files : ['a.out']) {
    const bytes = host.readFile(path);
    if (!bytes) {
      host.stderr(`objdump: '${path}': No such file\n`);
      status = 1;
      continue;
    }
    const { text, problems } = objdump(bytes, path, options);
    host.stdout(text);
    for (const sentence of problems) host.stderr(`objdump: ${sentence}\n`);
    if (problems.length > 0) status = 1;
  }
  return status;
}
