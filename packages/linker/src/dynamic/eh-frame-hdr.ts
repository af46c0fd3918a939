// .eh_frame_hdr: a table of functions with their frame descriptions, sorted by address, so that an
// unwinder finds one by bisection (LSB 5.0, 10.6.2).

/** Encodings: pc-relative, and relative to the table, both signed 4 bytes; plain 4 bytes. */
const encoding = { pointer: 0x1b, count: 0x03, table: 0x3b } as const;
const headSize = 12;

/** In bytes, for so many functions. */
export const frameHeaderSize = (count: number): number => headSize + count * 8;

/** Fills the table from the .eh_frame that it is for. */
export function fillFrameHeader(
  out: Uint8Array,
  address: number,
  frames: { readonly data: Uint8Array; readonly address: number },
): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  out.set([1, encoding.pointer, encoding.count, encoding.table]);
  view.setUint32(4, frames.address - (address + 4), true);
  const rows = functions(frames.data, frames.address);
  rows.sort((a, b) => a.start - b.start);
  view.setUint32(8, rows.length, true);
  rows.forEach(({ start, entry }, index) => {
    const at = headSize + index * 8;
    if (at + 8 > out.length) return;
    view.setUint32(at, start - address, true);
    view.setUint32(at + 4, entry - address, true);
  });
}

function functions(data: Uint8Array, address: number): { start: number; entry: number }[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const rows: { start: number; entry: number }[] = [];
  for (let at = 0; at + 8 <= data.length;) {
    const length = view.getUint32(at, true);
    if (length === 0) {
      at += 4;
      continue;
    }
    const id = view.getUint32(at + 4, true);
    if (id !== 0 && at + 12 <= data.length) {
      const field = address + at + 8;
      const isRelative = (pointerEncoding(data, view, at + 4 - id) & 0x70) === 0x10;
      const value = view.getInt32(at + 8, true);
      rows.push({ start: (isRelative ? field + value : value) >>> 0, entry: address + at });
    }
    at += 4 + length;
  }
  return rows;
}

/** The encoding of addresses that the CIE's augmentation gives; absolute where it gives none. */
function pointerEncoding(data: Uint8Array, view: DataView, cie: number): number {
  if (cie < 0 || cie + 9 > data.length) return 0;
  let at = cie + 9;
  let text = '';
  while (data[at]) text += String.fromCharCode(data[at++]);
  at++;
  const skip = (): void => {
    while (at < data.length && data[at] & 0x80) at++;
    at++;
  };
  if (!text.startsWith('z')) return 0;
  // Code and data alignment, return address column, augmentation length.
  for (let count = 0; count < 4; count++) skip();
  for (const letter of text.slice(1)) {
    if (letter === 'R') return data[at] ?? 0;
    if (letter === 'P') at += 1 + ((data[at] & 7) === 0 || (data[at] & 7) === 3 ? 4 : 2);
    else if (letter === 'L') at++;
  }
  return view.byteLength === 0 ? 0 : 0;
}
