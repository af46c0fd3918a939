// --print-memory-usage: how full each region of MEMORY is, as GNU ld prints it.

import type { Region } from '../layout/regions.ts';

const units = [
  [30n, 'GB'],
  [20n, 'MB'],
  [10n, 'KB'],
] as const;

/** The size in the largest unit that divides it. */
function sizeText(bytes: bigint): string {
  const unit = units.find(([shift]) => bytes % (1n << shift) === 0n);
  return unit ? `${bytes >> unit[0]} ${unit[1]}` : `${bytes} B`;
}

/** The table of regions. */
export function memoryUsageText(regions: readonly Region[]): string {
  let text = 'Memory region         Used Size  Region Size  %age Used\n';
  for (const { name, origin, current, length } of regions) {
    const used = current - origin;
    text += `${name.padStart(16)}:${sizeText(used).padStart(14)}${sizeText(length).padStart(13)}`;
    if (length > 0n) {
      const share = (Number(used) / Number(length)) * 100;
      text += `${share.toFixed(2).padStart(10)}%`;
    }
    text += '\n';
  }
  return text;
}
