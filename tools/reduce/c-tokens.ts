// C as tokens with their places, and as nested groups of brackets: all the syntax that the reducer needs.

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: 'word' | 'number' | 'string' | 'directive' | 'mark';
}

const pattern =
  /(?<skip>\s+|\/\*[^]*?\*\/|\/\/[^\n]*)|(?<directive>#(?:\\\n|[^\n])*)|(?<word>[A-Za-z_$][\w$]*)|(?<number>\.?\d(?:[eEpP][+-]|[\w.])*)|(?<string>"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|<<=|>>=|\.\.\.|->|\+\+|--|<<|>>|[<>=!]=|&&|\|\||[-+*/%&|^]=|[^]/gy;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(pattern)) {
    const groups = match.groups ?? {};
    if (groups['skip'] !== undefined) continue;
    const kind = (['word', 'number', 'string', 'directive'] as const).find(
      (each) => groups[each] !== undefined,
    );
    const start = match.index;
    tokens.push({ text: match[0], start, end: start + match[0].length, kind: kind ?? 'mark' });
  }
  return tokens;
}

/** A bracket and its partner, as indices of tokens. */
export interface Group {
  readonly open: number;
  readonly close: number;
  readonly depth: number;
  readonly mark: string;
}

const partners: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** All pairs of brackets, outer ones first. */
export function groupsOf(tokens: readonly Token[]): Group[] {
  const groups: Group[] = [];
  const stack: { mark: string; open: number }[] = [];
  tokens.forEach(({ text, kind }, i) => {
    if (kind !== 'mark') return;
    if (text in partners) stack.push({ mark: text, open: i });
    else if (stack.length > 0 && text === partners[stack[stack.length - 1].mark]) {
      const top = stack.pop();
      if (top) groups.push({ ...top, close: i, depth: stack.length });
    }
  });
  return groups.toSorted((a, b) => a.depth - b.depth || a.open - b.open);
}

/** For each token that is a bracket, the index of its partner. */
export function partnersOf(groups: readonly Group[]): Map<number, number> {
  const result = new Map<number, number>();
  for (const { open, close } of groups) {
    result.set(open, close);
    result.set(close, open);
  }
  return result;
}
