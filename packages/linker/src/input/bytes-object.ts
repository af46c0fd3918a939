// Inputs that are no objects: files taken as they are.

import { sectionFlag, sectionType, symbolBinding } from '@ring0/elf';
import { makeObject, makeSection } from '../model.ts';
import type { Resolver } from './resolve.ts';

/** A file taken as bytes (-b binary): section .data and three symbols named after the path. */
export function addBinary(resolver: Resolver, path: string, bytes: Uint8Array): void {
  const object = makeObject(path);
  resolver.objects.push(object);
  const flags = sectionFlag.alloc | sectionFlag.write;
  const section = makeSection(object, '.data', {
    type: sectionType.progbits,
    flags,
    data: bytes,
  });
  const stem = `_binary_${path.replace(/[^A-Za-z0-9]/g, '_')}_`;
  const rows = [
    ['start', section, 0],
    ['end', section, bytes.length],
    ['size', 'absolute', bytes.length],
  ] as const;
  for (const [suffix, where, value] of rows) {
    const symbol = resolver.global(stem + suffix, object);
    object.symbols.push(symbol);
    if (symbol.state === 'defined' && symbol.binding !== symbolBinding.weak) {
      const first = { object: symbol.object, section: symbol.section, value: symbol.value };
      const isSame = where === 'absolute' && symbol.section === where && symbol.value === value;
      if (!isSame) resolver.duplicates.push({ symbol, first, object, section: where, value });
      continue;
    }
    Object.assign(symbol, {
      state: 'defined',
      section: where,
      value,
      object,
      binding: symbolBinding.global,
    });
  }
}
