// The lookahead from first tokens decides as Chevrotain's own does, for every choice of both
// grammars and every pair of tokens.

import { Alternation, LLkLookaheadStrategy, Option, Repetition } from 'chevrotain';
import type { IProduction, Rule } from 'chevrotain';
import { expect, test } from 'vitest';
import { AttParser } from './att-grammar.ts';
import { IntelParser } from './intel-grammar.ts';
import { FirstTokens } from './lookahead.ts';
import { vocabulary } from './tokens.ts';

type Strategy = InstanceType<typeof LLkLookaheadStrategy>;

function productionsOf(nodes: readonly IProduction[]): (Alternation | Option | Repetition)[] {
  return nodes.flatMap((node) => {
    const isChoice =
      node instanceof Alternation || node instanceof Option || node instanceof Repetition;
    const isRule = 'referencedRule' in node;
    const inner = !isRule && 'definition' in node ? (node.definition as IProduction[]) : [];
    return [...(isChoice ? [node] : []), ...productionsOf(inner)];
  });
}

function decider(strategy: Strategy, rule: Rule, node: Alternation | Option | Repetition) {
  const maxLookahead = ('maxLookahead' in node && Number(node.maxLookahead)) || 2;
  const shared = { prodOccurrence: node.idx, rule, maxLookahead, dynamicTokensEnabled: false };
  const decide =
    node instanceof Alternation
      ? strategy.buildLookaheadForAlternation({ ...shared, hasPredicates: false })
      : strategy.buildLookaheadForOptional({
          ...shared,
          prodType: node instanceof Option ? 'Option' : 'Repetition',
        });
  return (tokens: readonly { tokenTypeIdx?: number }[]): unknown => {
    const LA = (at: number) => tokens[at - 1];
    return Reflect.apply(decide, { LA, LA_FAST: LA }, [[]]);
  };
}

test.each([
  ['AT&T', () => new AttParser()],
  ['Intel', () => new IntelParser()],
])('first tokens decide as all sequences do: %s', (_name, make) => {
  const rules = Object.values(make().getGAstProductions());
  const quick = new FirstTokens({ maxLookahead: 2 });
  const thorough = new LLkLookaheadStrategy({ maxLookahead: 2 });
  let decisions = 0;
  for (const rule of rules) {
    for (const node of productionsOf(rule.definition)) {
      const first = decider(quick, rule, node);
      const second = decider(thorough, rule, node);
      for (const one of vocabulary) {
        for (const two of vocabulary) {
          expect(first([one, two])).toBe(second([one, two]));
          decisions++;
        }
      }
    }
  }
  expect(decisions).toBeGreaterThan(10 * vocabulary.length ** 2);
});
