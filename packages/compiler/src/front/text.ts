// Strings of the source as strings of the host: one character per byte.

import { latin1Text } from '@ring0/bytes';

/** The text of a narrow string literal's bytes, without the terminating zero. */
export function characterText(bytes: Uint8Array): string {
  return latin1Text(bytes, 0, bytes.length - 1);
}

/** The candidate nearest to `name`, if near enough to be what was meant. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length < 3) return undefined;
  let best: string | undefined;
  let bestDistance = Math.min(3, Math.floor((name.length + 2) / 3) + 1);
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours between two short names. */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, older[j - 2] + 1);
      }
      row.push(least);
    }
    older = previous;
    previous = row;
  }
  return previous[b.length];
}
