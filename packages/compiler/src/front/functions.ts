// Function definitions (C11 6.9.1), K&R ones too.

import type { Span } from '@ring0/diagnostics';
import type { Entity, FunctionDefinition, Statement } from '../tree.ts';
import type { FunctionType } from '../types.ts';
import { attributes } from './attributes.ts';
import type { AttributeSet } from './attributes.ts';
import { T } from './codes.ts';
import { declareFunction, redeclared } from './declarations.ts';
import type { Declaration } from './declarations.ts';
import { adjustParameter, declarator } from './declarators.ts';
import type { Parameter } from './declarators.ts';
import { newVariable } from './entities.ts';
import { fallsThrough } from './flow.ts';
import { convertNode, integerNode } from './nodes.ts';
import { atSpecifier, specifiers } from './specifiers.ts';
import { blockItems, checkLabels } from './statements.ts';
import * as types from './type-operations.ts';
import { typeText } from './type-operations.ts';
import type { FunctionState, Unit } from './unit.ts';
import { reportUnused, reportUnusedParameters } from './unused.ts';

/** K&R: the declarations between `)` and `{` give the parameters their types. */
function oldStyleParameters(u: Unit, names: readonly Parameter[]): Parameter[] {
  const result = [...names];
  while (atSpecifier(u)) {
    const specified = specifiers(u);
    do {
      const set: AttributeSet = { ...specified.attributes };
      const found = declarator(u, specified.type, false, set);
      attributes(u, set);
      const index = result.findIndex((each) => each.name === found.name);
      if (index < 0) {
        u.error('C0360', `'${u.atoms.text(found.name)}' is no parameter`, found.span);
        continue;
      }
      const isRegister = specified.storage === 'register';
      const type = adjustParameter(found.type);
      result[index] = { name: found.name, type, span: found.span, attributes: set, isRegister };
    } while (u.accept(T.comma));
    u.expect(T.semicolon, "';'");
  }
  return result;
}

function bindParameters(u: Unit, list: readonly Parameter[]): Entity[] {
  return list.map((parameter) => {
    const { name, span } = parameter;
    let { type } = parameter;
    if (type !== types.ERROR && !types.isComplete(type)) {
      u.error('C0361', `parameter has incomplete type '${typeText(type)}'`, span);
      type = types.ERROR;
    }
    const text = name === 0 ? '' : u.atoms.text(name);
    const entity = newVariable(text, type, 'automatic', 'none', '', parameter.attributes, span);
    if (name === 0) return entity;
    const known = u.lookup(name);
    if (known && known.depth === u.depth) redeclared(u, name, known, span);
    u.bind(name, {
      kind: 'entity',
      entity,
      span,
      depth: u.depth,
      isUsed: false,
      isParameter: true,
    });
    return entity;
  });
}

/** A K&R parameter of type float arrives as double: the body begins with a conversion. */
function unpromoted(parameters: Entity[], locals: Entity[]): Statement[] {
  const statements: Statement[] = [];
  parameters.forEach((entity, i) => {
    if (entity.type.kind !== 'float') return;
    const { span } = entity;
    const passed = newVariable('', types.DOUBLE, 'automatic', 'none', '', {}, span);
    passed.isReferenced = true;
    parameters[i] = passed;
    locals.push(entity);
    const value = convertNode(
      {
        kind: 'load',
        lvalue: { kind: 'entity', entity: passed, type: types.DOUBLE, span },
        type: types.DOUBLE,
        span,
      },
      types.FLOAT,
    );
    const items = [{ offset: 0, type: types.FLOAT, value }];
    statements.push({ kind: 'declare', entity, initializer: { items }, span });
  });
  return statements;
}

/** At `{`, or at the first parameter declaration of a K&R definition. */
export function functionDefinition(u: Unit, one: Declaration): void {
  const { found, specified } = one;
  const declared = declareFunction(u, one);
  const { entity } = declared;
  if (declared.isGnuInline && !one.attributes.isGnuInline) {
    // The inline definition gives way to this one.
    declared.isGnuInline = false;
    entity.isDefined = false;
    entity.attributes.isInlineOnly = false;
  }
  if (entity.isDefined) {
    u.error('C0350', `redefinition of '${entity.name}'`, found.span, [
      { message: 'first here', span: entity.span },
    ]);
  }
  entity.isDefined = true;
  Object.assign(entity, { span: found.span });
  const type = one.type as FunctionType;
  const { returns } = type;
  if (returns.kind !== 'void' && !types.isComplete(returns)) {
    u.error('C0362', `'${entity.name}' returns incomplete type '${typeText(returns)}'`, found.span);
  }
  const list = found.parameters;
  const isOldStyle = list?.isNameList === true;
  const named = list?.parameters ?? [];
  const parameters = isOldStyle ? oldStyleParameters(u, named) : named;
  if (u.code !== T.leftBrace) u.syntaxError("expected '{'");
  const state: FunctionState = {
    entity,
    type,
    locals: [],
    labels: new Map(),
    switches: [],
    breakDepth: 0,
    loopDepth: 0,
    isSetjmpCaller: false,
  };
  u.function = state;
  u.openScope();
  const bound = bindParameters(u, parameters);
  const body = isOldStyle ? unpromoted(bound, state.locals) : [];
  const span = u.span();
  body.push(...blockItems(u));
  const end = u.span(u.at - 1);
  const closed = u.closeScope();
  reportUnused(u, closed);
  reportUnusedParameters(u, closed);
  checkLabels(u, state.labels.values());
  u.function = undefined;
  finish(u, { state, body, span, end, parameters: bound, isMain: isMain(specified, entity) });
}

function isMain(specified: Declaration['specified'], entity: Entity): boolean {
  return entity.name === 'main' && specified.storage !== 'static';
}

interface Finished {
  readonly state: FunctionState;
  readonly body: Statement[];
  readonly span: Span;
  readonly end: Span;
  readonly parameters: readonly Entity[];
  readonly isMain: boolean;
}

function finish(u: Unit, done: Finished): void {
  const { state, body, span, end, parameters } = done;
  const { entity, type } = state;
  const block: Statement = { kind: 'block', body, span };
  if (type.returns.kind !== 'void' && fallsThrough(block)) {
    if (done.isMain) {
      body.push({ kind: 'return', value: integerNode(0n, types.INT, end), span: end });
    } else if (!entity.attributes.isNaked && u.errorCount === 0) {
      const text = typeText(type.returns);
      const message = `control reaches the end of '${entity.name}', which returns '${text}'`;
      u.warn('return-type', 'C0363', message, end);
    }
  }
  u.flushPending();
  if (u.diagnostics.hasErrors) return;
  const definition: FunctionDefinition = {
    entity,
    parameters,
    locals: state.locals,
    body: block,
    span: entity.span,
    end,
    isSetjmpCaller: state.isSetjmpCaller,
  };
  u.sink.function(definition);
}
