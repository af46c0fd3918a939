// --warn-common: what is said where a common symbol meets another, or a definition (GNU ld manual, "--warn-common").

import type { InputObject, LinkSymbol } from '../model.ts';

/** Of a common of `size` bytes that comes to what is known of its name; undefined: nothing. */
export function commonMessage(
  { name: own }: InputObject,
  { state, name, object, size: before }: LinkSymbol,
  size: number,
): string | undefined {
  const other = object?.name ?? '';
  if (state === 'defined')
    return `${own}: common of '${name}' overridden by definition from ${other}`;
  if (state !== 'common') return undefined;
  if (before === size) return `${own} and ${other}: multiple common of '${name}'`;
  const what = before > size ? 'overridden by larger' : 'overriding smaller';
  return `${own}: common of '${name}' ${what} common from ${other}`;
}

/** Of a definition that comes to a common. */
export const overridesMessage = (
  { name: own }: InputObject,
  { name, object }: LinkSymbol,
): string => `${own}: definition of '${name}' overriding common from ${object?.name ?? ''}`;

/** Of a common for which a shared object's definition stands now; undefined: it is as large. */
export function resizeMessage(
  { state, size, name, object }: LinkSymbol,
  { size: now }: LinkSymbol,
  path: string,
): string | undefined {
  if (state !== 'common' || size === now) return undefined;
  const from = `${size} in ${object?.name ?? ''}`;
  return `size of symbol '${name}' changed from ${from} to ${now} in ${path}`;
}
