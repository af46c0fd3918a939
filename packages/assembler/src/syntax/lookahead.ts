// Which choice of the grammar a token begins. Chevrotain compares all sequences of tokens that may
// follow, which took a fifth of what the assembly of a small file takes. Here the first tokens of the
// choices are compared; where these do not tell them apart, Chevrotain does.

import {
  Alternation,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  Terminal,
} from 'chevrotain';
import type { ILookaheadStrategy, IProduction } from 'chevrotain';

type ForChoice = ILookaheadStrategy['buildLookaheadForAlternation'];
type ForOptional = ILookaheadStrategy['buildLookaheadForOptional'];

/** What a sequence may begin with, as numbers of token types, and whether it may be empty. */
interface First {
  readonly tokens: ReadonlySet<number>;
  readonly isEmpty: boolean;
}

type Kind = typeof Alternation | typeof Option | typeof Repetition;

/** What the functions here are called on. */
interface Parser {
  LA(howMuch: number): { readonly tokenTypeIdx: number };
}

export class FirstTokens extends LLkLookaheadStrategy {
  private readonly known = new Map<object, First>();

  override buildLookaheadForAlternation(options: Parameters<ForChoice>[0]): ReturnType<ForChoice> {
    const { rule, prodOccurrence, hasPredicates } = options;
    const found = find(rule.definition, [], Alternation, prodOccurrence);
    const choices: (number | undefined)[] = [];
    const isPlain = found?.parts.every((alternative, index) => {
      const { tokens, isEmpty } = this.firstOf(alternative);
      const isNew = [...tokens].every((token) => choices[token] === undefined);
      for (const token of tokens) choices[token] = index;
      return isNew && !isEmpty;
    });
    if (isPlain !== true || hasPredicates) return super.buildLookaheadForAlternation(options);
    return function choose(this: Parser) {
      return choices[this.LA(1).tokenTypeIdx];
    };
  }

  override buildLookaheadForOptional(options: Parameters<ForOptional>[0]): ReturnType<ForOptional> {
    const { rule, prodOccurrence, prodType, maxLookahead } = options;
    const kind = { Option, Repetition, other: undefined }[
      prodType === 'Option' || prodType === 'Repetition' ? prodType : 'other'
    ];
    const found = kind && find(rule.definition, [], kind, prodOccurrence);
    const { tokens, isEmpty } = this.first(found?.parts ?? []);
    const behind = this.first(found?.behind ?? []);
    const isTold = [...tokens].every((token) => !behind.tokens.has(token));
    if (isEmpty || (!isTold && maxLookahead > 1)) return super.buildLookaheadForOptional(options);
    const isFirst: boolean[] = [];
    for (const token of tokens) isFirst[token] = true;
    return function begins(this: Parser) {
      return isFirst[this.LA(1).tokenTypeIdx] === true;
    };
  }

  private first(sequence: readonly IProduction[]): First {
    const tokens = new Set<number>();
    for (const each of sequence) {
      const first = this.firstOf(each);
      for (const token of first.tokens) tokens.add(token);
      if (!first.isEmpty) return { tokens, isEmpty: false };
    }
    return { tokens, isEmpty: true };
  }

  private firstOf(node: IProduction): First {
    const key = node instanceof NonTerminal ? node.referencedRule : node;
    let first = this.known.get(key);
    if (!first) this.known.set(key, (first = this.found(node)));
    return first;
  }

  private found(node: IProduction): First {
    if (node instanceof Terminal) {
      const { tokenTypeIdx = -1, categoryMatches = [] } = node.terminalType;
      return { tokens: new Set([tokenTypeIdx, ...categoryMatches]), isEmpty: false };
    }
    if (node instanceof Alternation) {
      const all = node.definition.map((each) => this.firstOf(each));
      const isEmpty = all.some((each) => each.isEmpty);
      return { tokens: new Set(all.flatMap(({ tokens }) => [...tokens])), isEmpty };
    }
    const { tokens, isEmpty } = this.first(partsOf(node));
    return { tokens, isEmpty: isEmpty || node instanceof Option || node instanceof Repetition };
  }
}

function partsOf(node: IProduction): readonly IProduction[] {
  return 'definition' in node && Array.isArray(node.definition) ? node.definition : [];
}

/** The parts of the production of that kind and number in its rule, and what follows it there. */
function find(
  sequence: readonly IProduction[],
  outer: readonly IProduction[],
  kind: Kind,
  number: number,
): { readonly parts: readonly IProduction[]; readonly behind: readonly IProduction[] } | undefined {
  for (const [index, node] of sequence.entries()) {
    if (node instanceof Terminal || node instanceof NonTerminal) continue;
    const parts = partsOf(node);
    const behind = [...sequence.slice(index + 1), ...outer];
    if (node instanceof kind && node.idx === number) return { parts, behind };
    const inner =
      node instanceof Alternation
        ? parts.map((each) => find([each], behind, kind, number)).find((each) => each)
        : find(parts, behind, kind, number);
    if (inner) return inner;
  }
  return undefined;
}
