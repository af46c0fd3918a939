// Makes entities: variables, and the nameless objects behind literals.

import type { Span } from '@ring0/diagnostics';
import type { Attributes, Entity } from '../tree.ts';
import type { Type } from '../types.ts';
import { isRecord } from './type-operations.ts';
import type { Unit } from './unit.ts';

export function newVariable(
  name: string,
  type: Type,
  storage: Entity['storage'],
  linkage: Entity['linkage'],
  symbol: string,
  attributes: Attributes,
  span: Span,
  register?: string,
): Entity {
  return {
    kind: 'variable',
    name,
    type,
    storage,
    symbol,
    linkage,
    register,
    isAddressTaken: storage === 'automatic' && (isRecord(type) || type.kind === 'array'),
    isDefined: linkage === 'none',
    isReferenced: false,
    attributes,
    span,
  };
}

/** A static object without a name. */
export function newLiteral(u: Unit, type: Type, span: Span): Entity {
  const symbol = `.LC${u.literalCount++}`;
  const entity = newVariable('', type, 'static', 'internal', symbol, {}, span);
  entity.isDefined = true;
  return entity;
}
