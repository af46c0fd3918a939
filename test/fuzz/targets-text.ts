// Targets whose input is text: assembly, C, C that is only preprocessed, linker scripts, command lines of the linker.

import { assemble } from '@ring0/assembler';
import { latin1Bytes } from '@ring0/bytes';
import { compile } from '@ring0/compiler';
import { readElf, writeElf } from '@ring0/elf';
import { link } from '@ring0/linker';
import { preprocess } from '@ring0/preprocessor';
import { areEqual, diagnosticsProblem } from './checks.ts';
import * as corpus from './corpus.ts';
import { hostileAssembly, hostileC, hostileScript } from './hostile.ts';
import { mutateText } from './mutate-text.ts';
import type { Random } from './random.ts';
import type { Outcome, Target } from './target.ts';

/** What an output may have here; the defaults are for people with large machines. */
const outputBytesMax = 64 * 1024 * 1024;

type Fragments = readonly ((random: Random) => string)[];

/** A target over mutations of `sources`. */
function textTarget(
  name: string,
  sources: () => readonly string[],
  hostile: Fragments,
  check: (input: Uint8Array, random: Random) => Outcome,
): Target {
  return {
    name,
    prepare: () => {
      const list = sources();
      return (random, index) => {
        const at = random.below(list.length);
        // The first inputs are the hostile fragments alone.
        const { text, how } =
          index < hostile.length
            ? { text: `${hostile[index](random)}\n`, how: `hostile fragment ${index}` }
            : mutateText(list[at], random.pick(list), random, hostile);
        const input = latin1Bytes(text);
        return { how: `${name} ${at}: ${how}`, input, run: () => check(input, random) };
      };
    },
  };
}

/** Our own reader finds nothing wrong with what our own writer made. */
function rereadProblem(bytes: Uint8Array): string | undefined {
  const { file, problems } = readElf(bytes, 'output');
  return file ? problems[0] : (problems[0] ?? 'the output is not read');
}

/** A second run gives the same bytes. */
function repeatProblem(first: Uint8Array, again: () => Uint8Array | undefined): string | undefined {
  const second = again();
  return second && areEqual(first, second) ? undefined : 'a second run gives other bytes';
}

function checkAssembly(input: Uint8Array, random: Random): Outcome {
  const read = (path: string): Uint8Array | undefined =>
    path.endsWith('input.s') ? input : corpus.readFile(path);
  const options = { path: 'input.s', readFile: read, listing: random.oneIn(8), outputBytesMax };
  const object = (): Uint8Array | undefined => {
    const result = assemble(input, options);
    return result.object && writeElf(result.object);
  };
  const { object: made, diagnostics } = assemble(input, options);
  const problem = diagnosticsProblem(diagnostics, made !== undefined);
  if (problem || !made) return { isAccepted: false, problem };
  const bytes = writeElf(made);
  const isRepeated = bytes.length < 1_000_000 && random.oneIn(4);
  const found = rereadProblem(bytes) ?? (isRepeated ? repeatProblem(bytes, object) : undefined);
  return { isAccepted: true, problem: found };
}

function reader(input: Uint8Array): (path: string) => Uint8Array | undefined {
  return (path) => (path.endsWith('input.c') ? input : corpus.readFile(path));
}

function checkPreprocessor(input: Uint8Array, random: Random): Outcome {
  const isAssembly = random.oneIn(2);
  const { includePaths } = corpus.cOptions;
  const options = { path: 'input.c', readFile: reader(input), includePaths, isAssembly };
  const result = preprocess(input, options);
  const { hasErrors, diagnostics } = result;
  const text = result.text();
  result.macroText();
  const problem = diagnosticsProblem(diagnostics, !hasErrors);
  const repeat = (): Uint8Array => preprocess(input, options).text();
  return { isAccepted: !hasErrors, problem: problem ?? repeatProblem(text, repeat) };
}

function checkCompiler(input: Uint8Array, random: Random): Outcome {
  const options = {
    ...corpus.cOptions,
    outputBytesMax,
    readFile: reader(input),
    optimize: random.pick([0, 0, 1, 2, 's'] as const),
    debug: random.oneIn(3),
  };
  const { output, diagnostics } = compile(input, options);
  const problem = diagnosticsProblem(diagnostics, output !== undefined);
  if (problem || !output) return { isAccepted: false, problem };
  const repeat = (): Uint8Array | undefined => compile(input, options).output;
  const found =
    rereadProblem(output) ?? (random.oneIn(8) ? repeatProblem(output, repeat) : undefined);
  return { isAccepted: true, problem: found };
}

const outputs: readonly (readonly string[])[] = [
  [],
  [],
  ['-M'],
  ['--oformat', 'binary'],
  ['--gc-sections', '--print-gc-sections'],
  ['-N'],
  ['-s'],
];

/** Links objects of the corpus by a mutated script, given as -T or as an input. */
function scriptCheck(): (input: Uint8Array, random: Random) => Outcome {
  const [first, second, third] = [corpus.companion(), ...corpus.objects().slice(1)];
  return (input, random) => {
    const script = { path: 'input.ld', bytes: input };
    const isImplicit = random.oneIn(10);
    const items = [
      ...random.pick(outputs),
      { path: 'in.o', bytes: first },
      { path: 'k2.o', bytes: random.oneIn(2) ? second : third },
      ...(isImplicit ? [script] : []),
    ];
    const read = (path: string): Uint8Array | undefined =>
      path.endsWith('input.ld') ? input : undefined;
    const options = { script: isImplicit ? undefined : script, readFile: read, outputBytesMax };
    const { image, diagnostics } = link(items, options);
    const problem = diagnosticsProblem(diagnostics, image !== undefined);
    if (problem || !image) return { isAccepted: false, problem };
    return { isAccepted: true, problem: repeatProblem(image, () => link(items, options).image) };
  };
}

const scriptTarget: Target = {
  name: 'scripts',
  prepare: () => textTarget('scripts', corpus.scripts, hostileScript, scriptCheck()).prepare(),
};

export const textTargets: readonly Target[] = [
  textTarget('assembly', corpus.assemblySources, hostileAssembly, checkAssembly),
  textTarget(
    'preprocessor',
    () => [...corpus.cSources(), ...corpus.preprocessedSources()],
    hostileC,
    checkPreprocessor,
  ),
  textTarget('c', corpus.cSources, hostileC, checkCompiler),
  scriptTarget,
];
