// What `ring0 as` tells of itself: --help, --target-help, --version, and the texts of --MD and --statistics.

import type { AssembleResult } from '@ring0/assembler';
import { acceptedOptions } from './as-options.ts';

export const versionLine = 'GNU assembler (ring0 0.1.0) 2.40';
/** -v and -V print this on standard error and go on. */
export const verboseLine = 'GNU assembler version 2.40 (i386-linux-gnu), ring0 0.1.0';

/** --dump-config */
export const configuration = `alias = i386-linux-gnu
canonical = i386-pc-linux-gnu
cpu-type = i386
bfd-target = elf32-i386
`;

export const usage = `usage: ring0 as [option ..] [FILE ..]

  -o FILE             the object (default a.out); - is standard output
  -a[cdghlmns][=FILE] a listing (default hls): c without false conditionals, d without directives
                      for debugging, g general facts, h lines of the high-level source, l the
                      assembly, m macro expansions, n no pages, s symbols
  --listing-lhs-width=N --listing-lhs-width2=N --listing-rhs-width=N --listing-cont-lines=N
                      its columns: words of four bytes, letters of the source, lines
  --alternate         begins as if .altmacro were written
  --defsym NAME=N     defines a symbol
  -I DIR              where .include and .incbin look
  -L, --keep-locals   keeps symbols that begin with .L
  --MD FILE           writes a rule for make with the files that were read
  -g, --gdwarf-2 .. -5, --gdwarf-sections, --gdwarf-cie-version=N, --debug-prefix-map OLD=NEW
                      debugging information for the source itself
  --execstack, --noexecstack, --elf-stt-common=yes|no, --size-check=error|warning,
  --strip-local-absolute, --sectname-subst, -R, -n
                      what the object holds
  --gstabs, --gstabs+ the same in the format of old
  -W, --no-warn       no warnings; --warn turns them on, --fatal-warnings makes them errors
  --statistics        what was done, and how much
  -v, -V, --version, --help, --target-help, @FILE

of its own:
  --16                begins as if .code16 were written
  --compat=VERSION    the version of GNU as to be equal to (default 2.40)
  --strict            what GNU as accepts with a warning is an error
  --oformat binary    flat code instead of an object; -Ttext ADDR is where it will lie
  -fdiagnostics-format=FORM
                      text, gcc, json or sarif
  --dump=PASS         encoding, symbols; --dump=help tells more
  --no-shape-cache    parses every statement
`;

export const targetHelp = `  --32                32-bit code (the default)
  --64                64-bit code and an ELF64 object
  -march=CPU[+EXT..]  refuses what that processor does not have; -mtune=CPU is accepted
  -msyntax=att|intel  -mmnemonic=att|intel  -mnaked-reg  -mindex-reg
  -mavxscalar=128|256 -mvexwig=0|1          how AVX instructions are encoded
  -mrelax-relocations=yes|no                R_386_GOT32X or R_386_GOT32
  -momit-lock-prefix=yes|no  -madd-bnd-prefix  -mfence-as-lock-add=yes|no
  -mlfence-after-load=yes|no  -mlfence-before-ret=none|yes|or|shl|not
  -mlfence-before-indirect-branch=none|register|memory|all
                      fences against load value injection
  -msse2avx  -muse-unaligned-vector-move  -O -O2 -Os
                      other instructions of the same effect
  -msse-check=KIND  -moperand-check=KIND    none, warning or error

accepted without effect:
${acceptedOptions()
  .map(([name, reason]) => `  ${name.padEnd(25)} ${reason}\n`)
  .join('')}`;

const widthMax = 72;

/** A rule for make: the object needs all that was read, the last first, in lines of 72 letters. */
export function dependencyRule(output: string, files: readonly string[]): string {
  const escaped = (name: string) =>
    name.replaceAll(/[ \t]/g, String.raw`\$&`).replaceAll('$', '$$$$');
  let text = `${escaped(output)}:`;
  let column = text.length;
  for (const name of files.toReversed().map(escaped)) {
    if (column + 1 + name.length > widthMax) {
      text += ' \\\n';
      column = 0;
    }
    text += ` ${name}`;
    column += 1 + name.length;
  }
  return `${text}\n`;
}

/** What --statistics shows. */
export function statisticsText(result: AssembleResult, seconds: number): string {
  const { object } = result;
  const sections = object?.sections ?? [];
  const relocations = sections.reduce((sum, each) => sum + each.relocations.length, 0);
  const rows = sections.map(
    ({ name, size, relocations: list }) =>
      `\t${name.padEnd(20)} ${size} bytes, ${list.length} relocations`,
  );
  return [
    `ring0 as: total time in assembly: ${seconds.toFixed(6)}`,
    'sections:',
    ...rows,
    `relocations: ${relocations}`,
    `symbols: ${object?.symbols.length ?? 0}`,
    `diagnostics: ${result.diagnostics.length}`,
    '',
  ].join('\n');
}
