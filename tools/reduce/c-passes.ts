// Ways to make a C program smaller: declarations, statements, blocks, arguments, expressions, tokens. None knows C; what no
// longer compiles is simply not interesting.

import { type Group, groupsOf, partnersOf, type Token, tokensOf } from './c-tokens.ts';
import type { Edit, Pass } from './edits.ts';

interface Program {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly groups: readonly Group[];
  readonly partners: ReadonlyMap<number, number>;
}

function programOf(text: string): Program {
  const tokens = tokensOf(text);
  const groups = groupsOf(tokens);
  return { text, tokens, groups, partners: partnersOf(groups) };
}
/** From token `first` to token `last`. */
function edit({ tokens }: Program, first: number, last: number, text = ''): Edit {
  return { start: tokens[first].start, end: tokens[last].end, text };
}

/** Runs of tokens that end in `;` or a closed block, between `from` and `to`. */
function itemsOf(p: Program, from: number, to: number): [first: number, last: number][] {
  const { tokens, partners } = p;
  const items: [number, number][] = [];
  let first = from;
  const close = (last: number): void => {
    items.push([first, last]);
    first = last + 1;
  };
  for (let i = from; i < to; i++) {
    const { text, kind } = tokens[i];
    if (kind === 'directive') close(i);
    else if (text === ';') close(i);
    else if (text in { '(': 0, '[': 0, '{': 0 }) {
      const partner = partners.get(i);
      if (partner === undefined) continue;
      i = partner;
      if (text !== '{') continue;
      const next = tokens[i + 1]?.text ?? '';
      const isRecord = /^(?:struct|union|enum|typedef|static|const|volatile)$/.test(
        tokens[first].text,
      );
      const goesOn = [';', ',', ')', '=', '['].includes(next) || next === 'else';
      if (!goesOn && !(isRecord && /^[\w*]/.test(next) && !isBlock(p, first, i))) close(i);
    }
  }
  if (first < to) close(to - 1);
  return items;
}
/** Whether the braces that end at `close` are a function's or a statement's. */
function isBlock({ tokens, partners }: Program, first: number, close: number): boolean {
  const open = partners.get(close) ?? close;
  const before = open > first ? tokens[open - 1].text : '';
  return before === ')' || before === 'else' || before === 'do';
}

function items(text: string, depth: number): Edit[] {
  const p = programOf(text);
  const edits: Edit[] = [];
  const add = (from: number, to: number): void => {
    for (const [first, last] of itemsOf(p, from, to)) edits.push(edit(p, first, last));
  };
  if (depth === 0) add(0, p.tokens.length);
  for (const group of p.groups) {
    const braces = group.mark === '{' ? group.depth + 1 : -1;
    if (braces === depth || (depth === 9 && braces > depth)) add(group.open + 1, group.close);
  }
  return edits;
}

/** `{ .. }` becomes what is in it; `if (..) x` becomes x; `else x` goes. */
function unwrap(text: string): Edit[] {
  const p = programOf(text);
  const { tokens, partners } = p;
  const edits: Edit[] = [];
  tokens.forEach((token, i) => {
    if (/^(?:if|for|while|switch)$/.test(token.text)) {
      const close = partners.get(i + 1);
      if (close !== undefined) edits.push(edit(p, i, close));
    } else if (token.text === 'else' || token.text === 'do') edits.push(edit(p, i, i));
  });
  return edits;
}
function braces(text: string): Edit[] {
  const p = programOf(text);
  return p.groups.flatMap(({ mark, open, close, depth }) => {
    if (mark !== '{' || depth === 0 || close === open + 1) return [];
    const { start, end } = edit(p, open, close);
    return [{ start, end, text: text.slice(p.tokens[open].end, p.tokens[close].start) }];
  });
}
/** Function bodies become `;`, records and initialisers become empty. */
function bodies(text: string): Edit[] {
  const p = programOf(text);
  return p.groups.flatMap(({ mark, open, close, depth }) => {
    if (mark !== '{' || depth > 0) return [];
    return isBlock(p, 0, close) ? [edit(p, open, close, ';')] : [];
  });
}
function initializers(text: string): Edit[] {
  const p = programOf(text);
  return p.groups.flatMap(({ mark, open, close }) => {
    const before = p.tokens[open - 1]?.text;
    if (mark !== '{' || close <= open + 2) return [];
    return before === '=' || before === ',' || before === '{' ? [edit(p, open, close, '{0}')] : [];
  });
}

/** Elements between commas: arguments, parameters, initialisers, declarators. */
function elements(text: string): Edit[] {
  const p = programOf(text);
  const { tokens, partners } = p;
  const edits: Edit[] = [];
  const split = (from: number, to: number): void => {
    let first = from;
    const marks: number[] = [];
    for (let i = from; i < to; i++) {
      const partner = partners.get(i);
      if (partner !== undefined && partner > i) i = partner;
      else if (tokens[i].text === ',') marks.push(i);
    }
    for (const mark of marks) {
      if (mark >= first) edits.push(edit(p, first, mark));
      first = mark + 1;
    }
    const last = marks.at(-1);
    if (last !== undefined && to > last) edits.push(edit(p, last, to - 1));
    else if (from < to) edits.push(edit(p, from, to - 1));
  };
  for (const { open, close, mark } of p.groups) if (mark !== '[') split(open + 1, close);
  return edits;
}

/** The n-th parameter of a function, at its definition and at every call. */
function parameters(text: string): Edit[][] {
  const p = programOf(text);
  const { tokens, partners } = p;
  const places = new Map<string, number[]>();
  tokens.forEach((token, i) => {
    if (token.kind !== 'word' || tokens[i + 1]?.text !== '(') return;
    places.set(token.text, [...(places.get(token.text) ?? []), i + 1]);
  });
  const removals: Edit[][] = [];
  for (const opens of places.values()) {
    for (let n = 0; n < 8; n++) {
      const edits = opens.flatMap((open) => nth(p, open, partners.get(open) ?? open, n) ?? []);
      if (edits.length > 0) removals.push(edits);
    }
  }
  return removals;
}
function nth(p: Program, open: number, close: number, n: number): Edit | undefined {
  const { tokens, partners } = p;
  const bounds = [open];
  for (let i = open + 1; i < close; i++) {
    const partner = partners.get(i);
    if (partner !== undefined && partner > i) i = partner;
    else if (tokens[i].text === ',') bounds.push(i);
  }
  bounds.push(close);
  if (n + 1 >= bounds.length || bounds[n] + 1 >= bounds[n + 1]) return undefined;
  const isLast = n + 2 === bounds.length;
  if (isLast && n > 0) return edit(p, bounds[n], bounds[n + 1] - 1);
  return edit(p, bounds[n] + 1, isLast ? bounds[n + 1] - 1 : bounds[n + 1]);
}

const operators = new Set(
  '+ - * / % & | ^ << >> == != < > <= >= && || , ? : = += -= *= /= %= &= |= ^= <<= >>='.split(' '),
);
/** `a op b` becomes a, or b. */
function operands(side: 'left' | 'right'): (text: string) => Edit[] {
  return (text) => {
    const p = programOf(text);
    const { tokens, partners } = p;
    const isEnd = (i: number): boolean => [';', '{', '}', 'return', ','].includes(tokens[i].text);
    return tokens.flatMap((token, i) => {
      if (token.kind !== 'mark' || !operators.has(token.text) || i === 0) return [];
      let at = i;
      if (side === 'left') {
        while (at > 0 && !isEnd(at - 1)) {
          const partner = partners.get(at - 1);
          if (partner !== undefined && partner >= at) break;
          at = partner ?? at - 1;
        }
        return at < i ? [edit(p, at, i)] : [];
      }
      while (at + 1 < tokens.length && !isEnd(at + 1)) {
        const partner = partners.get(at + 1);
        if (partner !== undefined && partner <= at) break;
        at = partner ?? at + 1;
      }
      return at > i ? [edit(p, i, at)] : [];
    });
  };
}

/** `(..)` becomes a constant, or loses its parentheses; `f(..)` becomes a constant or its argument. */
function parentheses(replacement: 'inner' | '0' | '1' | 'argument'): (text: string) => Edit[] {
  return (text) => {
    const p = programOf(text);
    return p.groups.flatMap(({ mark, open, close }) => {
      if (mark !== '(' || close === open + 1) return [];
      const isCall = p.tokens[open - 1]?.kind === 'word';
      const first = isCall && replacement !== 'inner' ? open - 1 : open;
      const { start, end } = edit(p, first, close);
      const inner = text.slice(p.tokens[open].end, p.tokens[close].start);
      if (replacement === 'inner') return isCall ? [] : [{ start, end, text: inner }];
      if (replacement === 'argument') return isCall ? [{ start, end, text: `(${inner})` }] : [];
      return [{ start, end, text: replacement }];
    });
  };
}

function constants(text: string): Edit[] {
  const p = programOf(text);
  return p.tokens.flatMap((token, i) => {
    if (token.kind !== 'number' || token.text.length === 1) return [];
    return [edit(p, i, i, '0'), edit(p, i, i, '1'), edit(p, i, i, token.text.slice(0, -1))];
  });
}
function windows(width: number): (text: string) => Edit[] {
  return (text) => {
    const p = programOf(text);
    const edits: Edit[] = [];
    for (let i = 0; i + width <= p.tokens.length; i += width) edits.push(edit(p, i, i + width - 1));
    return edits;
  };
}
function lines(text: string): Edit[] {
  const edits: Edit[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    edits.push({ start, end, text: '' });
    start = end;
  }
  return edits;
}
/** Comments and runs of blanks. */
function blanks(text: string): Edit[] {
  return [...text.matchAll(/\/\*[^]*?\*\/|\/\/[^\n]*|[ \t]{2,}|\n[ \t]*(?=\n)|^[ \t]+/gm)].map(
    ({ 0: found, index }) => {
      const isJoint = /^[ \t]/.test(found) && index > 0 && text[index - 1] !== '\n';
      return { start: index, end: index + found.length, text: isJoint ? ' ' : '' };
    },
  );
}

/** The passes for C, coarse ones first. */
export const cPasses: readonly Pass[] = [
  ...Array.from({ length: 10 }, (_, depth) => ({
    name: `items at depth ${depth}`,
    edits: (text: string) => items(text, depth),
  })),
  { name: 'lines', edits: lines },
  { name: 'blanks', edits: blanks },
  { name: 'bodies', edits: bodies },
  { name: 'unwrap', edits: unwrap },
  { name: 'braces', edits: braces },
  { name: 'initialisers', edits: initializers },
  { name: 'elements', edits: elements },
  { name: 'parentheses to 0', edits: parentheses('0') },
  { name: 'parentheses to 1', edits: parentheses('1') },
  { name: 'calls to arguments', edits: parentheses('argument') },
  { name: 'left operands', edits: operands('left') },
  { name: 'right operands', edits: operands('right') },
  { name: 'parentheses', edits: parentheses('inner') },
  { name: 'constants', edits: constants },
  ...[6, 4, 3, 2, 1].map((width) => ({ name: `${width} tokens`, edits: windows(width) })),
];

/** Edits that belong together: a parameter at its definition and in all calls. */
export { parameters as parameterRemovals };
