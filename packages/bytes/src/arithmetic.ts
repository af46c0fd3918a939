/** Rounds `value` up to a multiple of `alignment`, which need not be a power of two; 0 and 1 leave it as it is. */
export function alignUp(value: number, alignment: number): number {
  if (alignment <= 1) return value;
  const rest = value % alignment;
  return rest === 0 ? value : value + alignment - rest;
}

/** The first place from `at` on that lies as far behind a multiple of `page` as `address` does. */
export function alignLike(at: number, address: number, page: number): number {
  return at + ((((address - at) % page) + page) % page);
}
