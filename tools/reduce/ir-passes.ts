// Ways to make the text of the intermediate representation smaller: functions and objects, blocks, edges, instructions,
// operands. What breaks an invariant is refused by the reader, and so not interesting.

import type { Edit, Pass } from './edits.ts';

interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push({ text: text.slice(start, end).trimEnd(), start, end });
    start = end;
  }
  return lines;
}
const removal = ({ start, end }: Line): Edit => ({ start, end, text: '' });
const isHeading = (line: Line): boolean => /^\S/.test(line.text) && !/^b\d+:/.test(line.text);

/** Functions, objects, symbols. */
function items(text: string): Edit[] {
  const edits: { start: number; end: number; text: string }[] = [];
  for (const line of linesOf(text)) {
    const last = edits.at(-1);
    if (isHeading(line) || !last) edits.push({ start: line.start, end: line.end, text: '' });
    else last.end = line.end;
  }
  return edits;
}

interface BlockText {
  readonly number: string;
  readonly heading: Line;
  readonly body: readonly Line[];
}
interface FunctionText {
  readonly blocks: readonly BlockText[];
  readonly slots: readonly Line[];
}
function functionsOf(text: string): FunctionText[] {
  const functions: { blocks: { number: string; heading: Line; body: Line[] }[]; slots: Line[] }[] =
    [];
  for (const line of linesOf(text)) {
    const current = functions.at(-1);
    const block = /^b(\d+):/.exec(line.text);
    if (isHeading(line)) functions.push({ blocks: [], slots: [] });
    else if (block && current) current.blocks.push({ number: block[1], heading: line, body: [] });
    else if (/^ {2}slot /.test(line.text)) current?.slots.push(line);
    else current?.blocks.at(-1)?.body.push(line);
  }
  return functions;
}

/** What must change where the edge from one block to another goes: the heading and the phis. */
function edgeEdits(to: BlockText, from: string): Edit[] {
  const edits: Edit[] = [];
  const { heading } = to;
  const shorter = heading.text.replace(new RegExp(` b${from}(?= |$)`), '').replace(/ from$/, '');
  if (shorter !== heading.text) edits.push(replaced(heading, shorter));
  for (const line of to.body) {
    if (!/^ {2}%\d+ = phi/.test(line.text)) break;
    const operand = new RegExp(`(?:, |(?<=phi ))b${from}: [^,!]+(?:, (?=b))?`);
    const without = line.text.replace(operand, (found) =>
      found.startsWith(',') && found.endsWith(', ') ? ', ' : '',
    );
    edits.push(replaced(line, without));
  }
  return edits;
}
const replaced = (line: Line, text: string): Edit => ({
  start: line.start,
  end: line.end,
  text: `${text}\n`,
});

/** Branches become jumps, either way: lists of edits that belong together. */
export function branchRemovals(text: string): Edit[][] {
  const removals: Edit[][] = [];
  for (const { blocks } of functionsOf(text)) {
    const byNumber = new Map(blocks.map((block) => [block.number, block]));
    for (const block of blocks) {
      const last = block.body.at(-1);
      const targets = last && targetsOf(last.text);
      if (!last || !targets) continue;
      for (const target of targets.length > 1 ? targets : []) {
        const dropped = targets.filter((other) => other !== target);
        const edits = dropped.flatMap((other) => {
          const to = byNumber.get(other);
          return to ? edgeEdits(to, block.number) : [];
        });
        removals.push([replaced(last, `  jump b${target}`), ...edits]);
      }
      const all = targets.flatMap((other) => edgeEdits(byNumber.get(other) ?? block, block.number));
      for (const made of madeBefore(blocks, block)) {
        removals.push([replaced(last, `  return.word ${made}`), ...all]);
      }
      removals.push([replaced(last, '  return'), ...all]);
    }
  }
  return removals;
}
/** The last few values made by the end of a block, in the order of the text. */
function madeBefore(blocks: readonly BlockText[], block: BlockText): string[] {
  const before = blocks.slice(0, blocks.indexOf(block) + 1).flatMap(({ body }) => body);
  return before.flatMap((line) => /^ {2}(%\d+) = /.exec(line.text)?.[1] ?? []).slice(-3);
}
function targetsOf(terminator: string): string[] | undefined {
  if (!/^ {2}(?:branch|table-jump|indirect|jump)\b/.test(terminator)) return undefined;
  const list = [...terminator.matchAll(/(?<=[ ,])b(\d+)(?=,|$| !)/g)].map((match) => match[1]);
  return [...new Set(list)];
}

/** Blocks that nothing reaches, with their operands of phis. */
export function unreachableRemovals(text: string): Edit[][] {
  const removals: Edit[][] = [];
  for (const { blocks } of functionsOf(text)) {
    const byNumber = new Map(blocks.map((block) => [block.number, block]));
    const reached = new Set<string>();
    const work = blocks.slice(0, 1).map(({ number }) => number);
    for (let next = work.pop(); next !== undefined; next = work.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      const terminator = byNumber.get(next)?.body.at(-1)?.text ?? '';
      for (const match of terminator.matchAll(/\bb(\d+)\b/g)) work.push(match[1]);
    }
    const isGone = (block: BlockText): boolean =>
      !reached.has(block.number) && !block.heading.text.includes(' taken');
    for (const block of blocks.filter(isGone)) {
      const targets = targetsOf(block.body.at(-1)?.text ?? '') ?? [];
      const edges = targets.flatMap((other) => {
        const to = byNumber.get(other);
        return to && !isGone(to) ? edgeEdits(to, block.number) : [];
      });
      removals.push([removal(block.heading), ...block.body.map(removal), ...edges]);
    }
  }
  return removals;
}

/** A block that one jump leads to becomes part of the block that jumps there. */
export function joins(text: string): Edit[][] {
  const removals: Edit[][] = [];
  for (const { blocks } of functionsOf(text)) {
    for (const block of blocks) {
      const next = /^ {2}jump b(\d+)/.exec(block.body.at(-1)?.text ?? '')?.[1];
      const target = blocks.find(({ number }) => number === next);
      const last = block.body.at(-1);
      if (!target || !last || target === block || target.heading.text.includes(' taken')) continue;
      const comers = blocks.filter(({ body }) =>
        new RegExp(`\\bb${next}\\b`).test(body.at(-1)?.text ?? ''),
      );
      if (comers.length > 1) continue;
      // Phis of one operand go first, by valueRemovals.
      if (target.body.some((line) => /= phi /.test(line.text))) continue;
      const successors = targetsOf(target.body.at(-1)?.text ?? '') ?? [];
      const renamed = blocks
        .filter(({ number }) => successors.includes(number))
        .flatMap(({ heading, body }) => [heading, ...body.filter((l) => / = phi /.test(l.text))])
        .filter((line) => line !== target.heading)
        .map((line) => {
          const name = new RegExp(`(?<!^)\\bb${next}(?=:| |$)`, 'g');
          return replaced(line, line.text.replace(name, `b${block.number}`));
        });
      const moved = target.body.map(({ text: line }) => `${line}\n`).join('');
      const here = { start: last.start, end: last.end, text: moved };
      removals.push([here, removal(target.heading), ...target.body.map(removal), ...renamed]);
    }
  }
  return removals;
}

/** An instruction goes, and a constant or one of its operands stands for what it made. */
export function valueRemovals(text: string): Edit[][] {
  const removals: Edit[][] = [];
  const lines = linesOf(text);
  let first = 0;
  lines.forEach((line, i) => {
    if (isHeading(line)) first = i;
    const [, made, rest] = /^ {2}(%\d+) = (.*)/.exec(line.text) ?? [];
    if (made === undefined) return;
    const sources = new Set((rest.match(/%\d+/g) ?? []).filter((each) => each !== made));
    for (const source of ['0', '1', ...sources]) {
      const edits = [removal(line)];
      for (let at = first + 1; at < lines.length && !isHeading(lines[at]); at++) {
        if (at === i || !lines[at].text.includes(made)) continue;
        const use = new RegExp(`${made}(?!\\d)`, 'g');
        if (use.test(lines[at].text))
          edits.push(replaced(lines[at], lines[at].text.replace(use, source)));
      }
      removals.push(edits);
    }
  });
  return removals;
}

/** What an instruction makes is read from memory instead. */
export function opaqueValues(text: string): Edit[][] {
  return linesOf(text).flatMap((line) => {
    const made = /^ {2}(%\d+) = (?!load\.i32 0$)/.exec(line.text)?.[1];
    return made === undefined ? [] : [[replaced(line, `  ${made} = load.i32 0`)]];
  });
}

/** Instructions without a result, slots, lines of data. */
function plainLines(text: string): Edit[] {
  return linesOf(text)
    .filter((line) =>
      /^ {2}(?!%|jump|return|branch|table-jump|indirect|unreachable)/.test(line.text),
    )
    .map(removal);
}
function operands(constant: string): (text: string) => Edit[] {
  return (text) =>
    [...text.matchAll(/%\d+(?! *=)|(?<=[ (,])[@&][\w.$@]+(?:[+-]\d+)?|(?<=[ (,])-?\d\d+\b/g)].map(
      ({ 0: found, index }) => ({ start: index, end: index + found.length, text: constant }),
    );
}
/** Words of headings that need not be there, places, lists of predecessors. */
function words(text: string): Edit[] {
  const pattern =
    / (?:noinline|always-inline|used|weak|variadic|promoted|blocks \d+|from(?: b\d+)+|name "[^"]*"|!none|!"[^"]*":\d+:\d+)(?=[ \n])|^---.*\n|^source .*\n/gm;
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    text: '',
  }));
}

/** The passes for the intermediate representation, coarse ones first. */
export const irPasses: readonly Pass[] = [
  { name: 'items', edits: items },
  { name: 'plain lines', edits: plainLines },
  { name: 'words', edits: words },
  { name: 'operands to 0', edits: operands('0') },
  { name: 'operands to 1', edits: operands('1') },
];
