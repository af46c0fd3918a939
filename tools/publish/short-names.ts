// Which members of classes and types a published library may call by short names. No bundler knows that: it would have to
// know that a member is not public, is never found by a text, and is not a word of the platform. All names are found in the
// sources: those declared in classes and types, but for
// - what the library's published types mention, and what the language and its platform have;
// - what is a text anywhere, or a word of a text that is split; what begins as a key that is put together from texts;
// - keys of objects that are read by computed keys, listed, or said to be records, and keys of what becomes JSON.
// `private` and readable names stay in the sources; stack traces show functions and classes as they are called there.

import fs from 'node:fs';
import { allNodes, listOf, memberName, nameOf, partOf, partsOf, syntaxOf } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** What options, results and descriptors of built-in functions call their members. */
const words =
  'done value next return throw then groups index indices input raw fatal ignoreBOM stream cause get set ' +
  'numeric sensitivity enumerable configurable writable maxByteLength constructor prototype shared initial maximum';

/** The names that the language and what it runs on give to members. */
function platformNames(): Set<string> {
  const names = new Set(words.split(' '));
  const add = (value: unknown): void => {
    let owner: unknown = value;
    while ((typeof owner === 'object' || typeof owner === 'function') && owner !== null) {
      for (const name of Object.getOwnPropertyNames(owner)) names.add(name);
      owner = Object.getPrototypeOf(owner);
    }
  };
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    names.add(key);
    // Node warns of these two.
    if (key === 'localStorage' || key === 'sessionStorage') continue;
    const value: unknown = Reflect.get(globalThis, key);
    add(value);
    if (typeof value === 'function') add(value.prototype);
  }
  add([][Symbol.iterator]());
  return names;
}

/** A type whose keys are data. */
const openType = /\bRecord<|\[\w+: string\]/;

/** The words of a text, or of a piece of a template. */
function wordsOf(node: SyntaxNode): string[] {
  const value = node['value'];
  if (node.type === 'Literal') return typeof value === 'string' ? value.split(/\W+/) : [];
  if (node.type !== 'TemplateElement' || typeof value !== 'object' || value === null) return [];
  return String(Reflect.get(value, 'cooked')).split(/\W+/);
}

/** The texts of a type that only name members of another: `Job['settings']`, `Pick<Job, 'map' | 'image'>`. */
function* typeKeys(node: SyntaxNode): Generator<SyntaxNode> {
  let index = node.type === 'TSIndexedAccessType' ? partOf(node, 'indexType') : undefined;
  const name = node.type === 'TSTypeReference' ? nameOf(partOf(node, 'typeName')) : undefined;
  const typeArguments = partOf(node, 'typeArguments');
  if (typeArguments && (name === 'Pick' || name === 'Omit')) {
    index = listOf(typeArguments, 'params')[1];
  }
  if (index) yield* allNodes(index);
}

/** What the sources say about the names of members. */
class MemberNames {
  readonly declared = new Set<string>();
  readonly taken = new Set<string>();
  /** What keys that are put together begin with. */
  readonly beginnings = new Set<string>();
  /** Constants and members whose members are read by computed keys, or listed. */
  private readonly indexed = new Set<string>();
  /** Values that constants and members begin with. */
  private readonly values: { readonly name: string | undefined; readonly node: SyntaxNode }[] = [];

  read(file: string): void {
    const text = fs.readFileSync(file, 'utf8');
    const keys = new Set<SyntaxNode>();
    for (const node of allNodes(syntaxOf(text, file))) {
      for (const key of typeKeys(node)) keys.add(key);
      this.readDeclaration(node);
      if (!keys.has(node)) this.readText(node);
      this.readUse(node);
      this.readValue(text, node);
      const name = node.type === 'Property' ? memberName(node) : undefined;
      if (name !== undefined && text.includes('JSON.stringify')) this.taken.add(name);
    }
  }

  private readDeclaration(node: SyntaxNode): void {
    const isMember = /^(?:Property|Method)Definition$|^TS(?:Property|Method)Signature$/;
    let name = isMember.test(node.type) ? memberName(node) : undefined;
    if (node.type === 'AssignmentExpression') {
      const left = partOf(node, 'left');
      const isOwn = left && partOf(left, 'object')?.type === 'ThisExpression';
      if (isOwn) name = memberName(left);
    }
    if (name !== undefined) this.declared.add(name);
  }

  private readText(node: SyntaxNode): void {
    const words = wordsOf(node);
    if (words.length === 1) this.taken.add(words[0]);
    const isSplit = node.type === 'MemberExpression' && memberName(node) === 'split';
    const text = isSplit ? partOf(node, 'object') : undefined;
    for (const part of text ? allNodes(text) : []) {
      for (const word of wordsOf(part)) this.taken.add(word);
    }
  }

  private readKey(key: SyntaxNode): void {
    for (const node of allNodes(key)) {
      for (const word of wordsOf(node)) if (word !== '') this.beginnings.add(word);
    }
  }

  private readUse(node: SyntaxNode): void {
    if (node.type === 'MemberExpression' && node['computed'] === true) {
      const key = partOf(node, 'property');
      if (key?.type !== 'Literal') this.index(partOf(node, 'object'));
      if (key && /^(?:Template|Binary)/.test(key.type)) this.readKey(key);
    }
    if (node.type === 'BinaryExpression' && node['operator'] === 'in') {
      this.index(partOf(node, 'right'));
    }
    const callee = node.type === 'CallExpression' ? partOf(node, 'callee') : undefined;
    const owner = nameOf(partOf(callee, 'object'));
    if (!callee || (owner !== 'Object' && owner !== 'Reflect')) return;
    const isCopy = /^(?:assign|freeze|create)$/.test(memberName(callee) ?? '');
    for (const argument of listOf(node, 'arguments')) {
      this.index(argument);
      if (!isCopy) this.takeKeys(argument);
    }
  }

  /** The innermost name of an expression whose value has keys that are data. */
  private index(node: SyntaxNode | undefined): void {
    if (!node) return;
    const name = node.type === 'MemberExpression' ? memberName(node) : nameOf(node);
    if (name !== undefined) return void this.indexed.add(name);
    for (const inner of ['object', 'callee', 'expression']) this.index(partOf(node, inner));
  }

  private readValue(text: string, node: SyntaxNode): void {
    const isOpen = (type: SyntaxNode | undefined): boolean =>
      type !== undefined && openType.test(text.slice(type.start, type.end));
    let value: SyntaxNode | undefined;
    let name: string | undefined;
    let type = partOf(node, 'typeAnnotation');
    if (node.type === 'VariableDeclarator') {
      value = partOf(node, 'init');
      name = nameOf(partOf(node, 'id'));
      type = partOf(partOf(node, 'id'), 'typeAnnotation');
    } else if (/^Property(?:Definition)?$/.test(node.type)) {
      value = partOf(node, 'value');
      name = memberName(node);
    } else if (/^TS(?:As|Satisfies)Expression$/.test(node.type)) value = partOf(node, 'expression');
    else if (/Function/.test(node.type)) {
      value = partOf(node, 'body');
      type = partOf(node, 'returnType');
    }
    if (!value) return;
    if (isOpen(type)) this.takeKeys(value);
    else this.values.push({ name, node: value });
  }

  /** Takes the keys of objects in an expression, but for those that its functions make. */
  private takeKeys(node: SyntaxNode): void {
    for (const property of listOf(node, 'properties')) {
      const name = node.type === 'ObjectExpression' ? memberName(property) : undefined;
      if (name !== undefined) this.taken.add(name);
    }
    for (const [, part] of partsOf(node)) if (!part.type.includes('Function')) this.takeKeys(part);
  }

  /** To be called when all is read. */
  settle(): void {
    for (const { name, node } of this.values) {
      if (name === undefined || !this.indexed.has(name)) continue;
      let value: SyntaxNode | undefined = node;
      while (value && value.type.startsWith('TS')) value = partOf(value, 'expression');
      if (value?.type === 'ObjectExpression') this.takeKeys(value);
    }
  }
}

/** The words of published types, but for members that are private. */
function publicNames(declarations: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const file of declarations) {
    const text = fs.readFileSync(file, 'utf8');
    const unnamed = /^\s+private .*$|\/\*[^]*?\*\/| from '.*';$/gm;
    const code = text.replaceAll(unnamed, '');
    for (const [word] of code.matchAll(/\w+/g)) names.add(word);
  }
  return names;
}

/**
 * The names of members that may be any other in a library of these sources (TypeScript, or
 * JavaScript that comes along), whose types these declarations publish.
 */
export function shortableNames(
  sources: readonly string[],
  declarations: readonly string[],
): readonly string[] {
  const names = new MemberNames();
  for (const file of sources) names.read(file);
  names.settle();
  const kept = [platformNames(), publicNames(declarations), names.taken];
  const beginnings = [...names.beginnings];
  return [...names.declared]
    .filter((name) => !kept.some((set) => set.has(name)))
    .filter((name) => !beginnings.some((each) => name.startsWith(each)))
    .toSorted();
}
