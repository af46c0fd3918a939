// -Wunused-variable, -Wunused-but-set-variable, -Wunused-parameter and -Wunused-function.

import type { Declared, Unit } from './unit.ts';

/** Reports the local variables of a scope that ends, `declared`, that nothing uses. */
export function reportUnused(u: Unit, declared: readonly Declared[]): void {
  // What was in error may have been the use.
  if (u.errorCount > 0) return;
  for (const each of declared) {
    if (each.kind !== 'entity' || each.isUsed || each.entity.kind !== 'variable') continue;
    const { entity } = each;
    const { attributes } = entity;
    if (entity.linkage === 'external' || entity.name === '') continue;
    if (attributes.isUnused || 'cleanup' in attributes || each.isParameter) continue;
    if (each.isSet) {
      const message = `variable '${entity.name}' is set but not used`;
      u.warn('unused-but-set-variable', 'C0321', message, entity.span);
    } else u.warn('unused-variable', 'C0320', `unused variable '${entity.name}'`, entity.span);
  }
}

/** Reports parameters that nothing uses. */
export function reportUnusedParameters(u: Unit, declared: readonly Declared[]): void {
  // What was in error may have been the use.
  if (u.errorCount > 0) return;
  for (const each of declared) {
    if (each.kind !== 'entity' || !each.isParameter || each.isUsed) continue;
    if (each.entity.attributes.isUnused) continue;
    const message = `unused parameter '${each.entity.name}'`;
    u.warn('unused-parameter', 'C0322', message, each.entity.span);
  }
}

/** Reports internal functions and variables of the unit that nothing uses. */
export function reportUnusedStatics(u: Unit): void {
  if (u.errorCount > 0) return;
  for (const each of u.linked) {
    if (each.kind !== 'entity' || each.isUsed || each.entity.linkage !== 'internal') continue;
    const { entity } = each;
    const { attributes } = entity;
    if (attributes.isUnused || attributes.isUsed || attributes.isConstructor) continue;
    if (attributes.isDestructor || attributes.alias !== undefined) continue;
    if (entity.kind === 'function') {
      if (!entity.isDefined && !each.isTentative) {
        const message = `'${entity.name}' is declared static but never defined`;
        u.warn('unused-function', 'C0323', message, entity.span);
      } else if (!each.isInline) {
        const message = `'${entity.name}' is defined but not used`;
        u.warn('unused-function', 'C0324', message, entity.span);
      }
    } else if ((entity.type.qualifiers & 1) === 0) {
      const message = `'${entity.name}' is defined but not used`;
      u.warn('unused-variable', 'C0325', message, entity.span);
    }
  }
}
