// What no bundler does to a program: the members of tables of numbers (`sectionFlag.alloc`) become the numbers; fields without
// a value that the constructor fills anyway are not declared (TypeScript leaves them out too where it is asked to, by
// `useDefineForClassFields: false`); methods that nothing names are left out.

import { allNodes, listOf, memberName, nameOf, partOf, partsOf } from './syntax.ts';
import { syntaxOf, withReplacements } from './syntax.ts';
import type { Replacement, SyntaxNode } from './syntax.ts';

/** The number that an expression writes, as it stands. */
function numberText(code: string, value: SyntaxNode | undefined): string | undefined {
  if (!value) return undefined;
  const text = code.slice(value.start, value.end);
  return /^-?(?:0x[\da-f]+|\d+)$/i.test(text) ? text : undefined;
}

/** A constant of the module that is an object of whole numbers: the numbers by name. */
function numbersIn(code: string, declarator: SyntaxNode): Map<string, string> | undefined {
  const object = partOf(declarator, 'init');
  if (object?.type !== 'ObjectExpression') return undefined;
  const numbers = new Map<string, string>();
  for (const property of listOf(object, 'properties')) {
    const name = property.type === 'Property' ? memberName(property) : undefined;
    const text = numberText(code, partOf(property, 'value'));
    if (name === undefined || text === undefined) return undefined;
    numbers.set(name, text);
  }
  return numbers;
}

/** The names that a scope gives a meaning of its own. */
function declaredIn(scope: SyntaxNode): Set<string> {
  const names = new Set<string>();
  const add = (node: SyntaxNode | undefined): void => {
    for (const each of node ? allNodes(node) : []) {
      const name = nameOf(each);
      if (name !== undefined) names.add(name);
    }
  };
  for (const parameter of listOf(scope, 'params')) add(parameter);
  add(partOf(scope, 'param'));
  if (scope.type.endsWith('Expression')) add(partOf(scope, 'id'));
  const cases = listOf(scope, 'cases').flatMap((each) => listOf(each, 'consequent'));
  const statements = [
    ...listOf(scope, 'body'),
    ...cases,
    partOf(scope, 'init'),
    partOf(scope, 'left'),
  ];
  for (const statement of statements) {
    if (!statement) continue;
    if (statement.type === 'VariableDeclaration') {
      for (const each of listOf(statement, 'declarations')) add(partOf(each, 'id'));
    } else if (/^(?:Function|Class)Declaration$/.test(statement.type)) add(partOf(statement, 'id'));
  }
  return names;
}

class Tables {
  private readonly uses = new Map<string, SyntaxNode[]>();
  /** Written to somewhere, or read by a name that they do not have. */
  private readonly others = new Set<string>();
  private readonly shadowed = new Map<string, number>();
  private readonly tables: ReadonlyMap<string, ReadonlyMap<string, string>>;

  constructor(tables: ReadonlyMap<string, ReadonlyMap<string, string>>) {
    this.tables = tables;
  }

  private shadow(names: Iterable<string>, by: number): void {
    for (const name of names) this.shadowed.set(name, (this.shadowed.get(name) ?? 0) + by);
  }

  private use(name: string, parent: SyntaxNode, member: string): void {
    if (!this.tables.has(name) || (this.shadowed.get(name) ?? 0) > 0) return;
    const isName = member === 'key' || member === 'property';
    if (isName && parent['computed'] !== true && parent['shorthand'] !== true) return;
    const isDeclared = parent.type === 'VariableDeclarator' && member === 'id';
    if (isDeclared) return;
    const read = parent.type === 'MemberExpression' && member === 'object' && memberName(parent);
    if (typeof read !== 'string') return;
    if (!this.tables.get(name)?.has(read)) this.others.add(name);
    else this.uses.set(name, [...(this.uses.get(name) ?? []), parent]);
  }

  visit(node: SyntaxNode, parent: SyntaxNode, member: string, isTop: boolean): void {
    const name = nameOf(node);
    if (name !== undefined) return this.use(name, parent, member);
    // A table that is written to is none.
    const written = /^(?:Assignment|Update|Unary)Expression$/.test(node.type)
      ? partOf(node, node.type === 'AssignmentExpression' ? 'left' : 'argument')
      : undefined;
    const isRead = node.type === 'UnaryExpression' && node['operator'] !== 'delete';
    const table = isRead || !written ? undefined : nameOf(partOf(written, 'object'));
    if (table !== undefined) this.others.add(table);
    const names = isTop ? new Set<string>() : declaredIn(node);
    this.shadow(names, 1);
    for (const [inner, part] of partsOf(node)) this.visit(part, node, inner, false);
    this.shadow(names, -1);
  }

  numbers(): Replacement[] {
    return [...this.uses].flatMap(([name, uses]) =>
      this.others.has(name)
        ? []
        : uses.map((use) => {
            const text = this.tables.get(name)?.get(memberName(use) ?? '') ?? '';
            return {
              start: use.start,
              end: use.end,
              text: text.startsWith('-') ? `(${text})` : text,
            };
          }),
    );
  }
}

/** Writes the numbers of the module's tables where they are read by name. */
export function withNumbers(code: string): string {
  const program = syntaxOf(code, 'index.js');
  const tables = new Map<string, Map<string, string>>();
  for (const statement of listOf(program, 'body')) {
    if (statement.type !== 'VariableDeclaration' || statement['kind'] !== 'const') continue;
    for (const declarator of listOf(statement, 'declarations')) {
      const name = nameOf(partOf(declarator, 'id'));
      const numbers = numbersIn(code, declarator);
      if (name !== undefined && numbers) tables.set(name, numbers);
    }
  }
  const found = new Tables(tables);
  found.visit(program, program, '', true);
  return withReplacements(code, found.numbers());
}

/** The fields that the statements of a constructor fill. */
function filledBy(constructor: SyntaxNode): Set<string> {
  const names = new Set<string>();
  for (const statement of listOf(
    partOf(partOf(constructor, 'value'), 'body') ?? constructor,
    'body',
  )) {
    const assignment = partOf(statement, 'expression');
    const target = partOf(assignment, 'left');
    if (assignment?.type !== 'AssignmentExpression' || assignment['operator'] !== '=') continue;
    if (target?.type !== 'MemberExpression' || partOf(target, 'object')?.type !== 'ThisExpression')
      continue;
    const name = memberName(target);
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** Leaves out the declarations of fields that the constructor fills in any case. */
export function withoutEmptyFields(code: string): string {
  const replacements: Replacement[] = [];
  for (const body of allNodes(syntaxOf(code, 'index.js'))) {
    if (body.type !== 'ClassBody') continue;
    const members = listOf(body, 'body');
    const constructor = members.find((each) => each['kind'] === 'constructor');
    const filled = constructor ? filledBy(constructor) : new Set<string>();
    for (const member of members) {
      if (member.type !== 'PropertyDefinition' || member['static'] === true) continue;
      if (partOf(member, 'value') || !filled.has(memberName(member) ?? '')) continue;
      replacements.push({ start: member.start, end: member.end, text: '' });
    }
  }
  return withReplacements(code, replacements);
}

/** What nothing but its own declaration names. */
function deadMethods(code: string, isInternal: (name: string) => boolean): Replacement[] {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const [word] of code.matchAll(/[\w$]+/g)) {
    if (seen.has(word)) repeated.add(word);
    else seen.add(word);
  }
  const replacements: Replacement[] = [];
  for (const body of allNodes(syntaxOf(code, 'index.js'))) {
    if (body.type !== 'ClassBody') continue;
    for (const member of listOf(body, 'body')) {
      const name = memberName(member) ?? '';
      if (member.type !== 'MethodDefinition' || repeated.has(name) || !isInternal(name)) continue;
      replacements.push({ start: member.start, end: member.end, text: '' });
    }
  }
  return replacements;
}

/** Leaves out methods that nothing calls; `isInternal` says which names can only stand in the code itself. */
export function withoutDeadMethods(code: string, isInternal: (name: string) => boolean): string {
  let result = code;
  for (;;) {
    const dead = deadMethods(result, isInternal);
    if (dead.length === 0) return result;
    result = withReplacements(result, dead);
  }
}
