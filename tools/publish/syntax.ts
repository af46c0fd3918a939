// Programs as trees, and texts with some of their parts replaced.

import { parseAst } from 'rolldown/parseAst';

/** A node of a syntax tree (ESTree, with TypeScript's): what it has besides depends on `type`. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** The tree of a program, JavaScript or TypeScript. */
export function syntaxOf(text: string, file: string): SyntaxNode {
  const tree: unknown = parseAst(text, { lang: file.endsWith('.ts') ? 'ts' : 'js' }, file);
  if (!isNode(tree)) throw new Error(`no tree of ${file}`);
  return tree;
}

/** The nodes directly inside `node`, each with the member that it is in. */
export function partsOf(node: SyntaxNode): (readonly [member: string, SyntaxNode])[] {
  const parts: (readonly [string, SyntaxNode])[] = [];
  for (const member in node) {
    const value = node[member];
    if (Array.isArray(value))
      for (const each of value) if (isNode(each)) parts.push([member, each]);
    if (isNode(value)) parts.push([member, value]);
  }
  return parts;
}

/** `node` and all inside it, in no particular order. */
export function* allNodes(node: SyntaxNode): Generator<SyntaxNode> {
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    for (const [, part] of partsOf(next)) waiting.push(part);
  }
}

/** The nodes of a member that is a list. */
export function listOf(node: SyntaxNode, member: string): readonly SyntaxNode[] {
  const list = node[member];
  return Array.isArray(list) ? list.filter(isNode) : [];
}

/** The node of a member, where there is one. */
export function partOf(node: SyntaxNode | undefined, member: string): SyntaxNode | undefined {
  const part = node?.[member];
  return isNode(part) ? part : undefined;
}

/** The name of an identifier. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  const name = node?.type === 'Identifier' ? node['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The name by which a member is declared or read, unless it is computed or quoted. */
export function memberName(node: SyntaxNode): string | undefined {
  if (node['computed'] === true) return undefined;
  return nameOf(partOf(node, node.type === 'MemberExpression' ? 'property' : 'key'));
}

export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function withReplacements(code: string, replacements: readonly Replacement[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text } of replacements.toSorted((a, b) => a.start - b.start)) {
    if (start < at) throw new Error(`two replacements of ${start}`);
    result += code.slice(at, start) + text;
    at = end;
  }
  return result + code.slice(at);
}
