// Text and bytes without TextEncoder, which is no part of ECMAScript: the core packages compile without DOM.

/** One byte per character; characters above 0xff keep their low byte. */
export function latin1Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One character per byte, of `bytes[start..end)`. */
export function latin1Text(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = '';
  for (let at = start; at < end; at += 4096) {
    // apply takes the typed array as it is; spreading it makes an array of it first (measured: 5 times slower).
    const part: ArrayLike<number> = bytes.subarray(at, Math.min(end, at + 4096));
    text += Reflect.apply(String.fromCharCode, undefined, part);
  }
  return text;
}

/** A byte that is no UTF-8 is this and the byte in text. */
const escapedByte = 0xdc00;

/** The UTF-8 encoding of `text`; a surrogate alone becomes U+FFFD, or the byte that `utf8Text` made it of. */
export function utf8Bytes(text: string): Uint8Array {
  const ascii = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return mixedBytes(text);
    ascii[i] = code;
  }
  return ascii;
}

function mixedBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    let code = character.codePointAt(0) ?? 0;
    if (code >= escapedByte + 0x80 && code <= escapedByte + 0xff) {
      bytes[length++] = code & 0xff;
      continue;
    }
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) {
      bytes[length++] = code;
      continue;
    }
    if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >> 6);
    } else {
      if (code < 0x10000) bytes[length++] = 0xe0 | (code >> 12);
      else {
        bytes[length++] = 0xf0 | (code >> 18);
        bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
      }
      bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
    }
    bytes[length++] = 0x80 | (code & 0x3f);
  }
  return bytes.slice(0, length);
}

/**
 * Decodes UTF-8 of `bytes[start..end)`; each byte that starts no valid sequence becomes a surrogate
 * alone, U+DC80 to U+DCFF, which `utf8Bytes` gives back as that byte.
 */
export function utf8Text(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  let text = '';
  let at = start;
  while (at < end) {
    const lead = bytes[at++] ?? 0;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    let code = lead & (0x3f >> more);
    let isValid = lead >= 0xc2 && lead <= 0xf4 && at + more <= end;
    for (let i = 0; isValid && i < more; i++) {
      const next = bytes[at + i] ?? 0;
      if ((next & 0xc0) !== 0x80) isValid = false;
      code = (code << 6) | (next & 0x3f);
    }
    const least = more === 1 ? 0x80 : more === 2 ? 0x800 : 0x10000;
    if (!isValid || code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      text += String.fromCharCode(escapedByte + lead);
      continue;
    }
    at += more;
    text += String.fromCodePoint(code);
  }
  return text;
}
