// Why a BIOS will not boot a disk: what its first sector has where 55 aa belongs.

const signatureAt = 510;

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

/**
 * What is wrong with a first sector, and what to try; undefined where a BIOS boots it. `sizeBytes`
 * is the file's.
 */
export function bootSectorProblem(
  sector: Uint8Array,
  sizeBytes: number,
): { readonly message: string; readonly note: string } | undefined {
  const [low, high] = sector.subarray(signatureAt);
  if (low === 0x55 && high === 0xaa) return undefined;
  const ending = 'end the source with .org 510 and .word 0xaa55';
  if (sizeBytes < signatureAt + 2) {
    const found = `the file has ${sizeBytes} bytes, expected 512 or more with 55 aa at byte 510`;
    return { message: found, note: ending };
  }
  const message = `bytes 510 and 511 are ${hex(low)} ${hex(high)}, a BIOS boots only where they are 55 aa`;
  if (low === 0xaa && high === 0x55) {
    const note = 'the lower byte of a word comes first: .word 0xaa55 makes 55 aa';
    return { message, note };
  }
  const at = signatureIn(sector);
  if (at !== undefined) return { message, note: `55 aa is at byte ${at} instead; ${ending}` };
  return { message, note: ending };
}

function signatureIn(sector: Uint8Array): number | undefined {
  for (let at = sector.length - 2; at >= 0; at--) {
    if (sector[at] === 0x55 && sector[at + 1] === 0xaa) return at;
  }
  return undefined;
}
