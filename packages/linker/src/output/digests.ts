// SHA-1 (FIPS 180-4) and MD5 (RFC 1321), which build IDs are made of: small, over bytes, with
// nothing of the host.

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** The message with its padding: a one bit, zeros, the length in bits at the end. */
function padded(bytes: Uint8Array, isLittleEndian: boolean): DataView {
  const size = (((bytes.length + 8) >> 6) + 1) << 6;
  const whole = new Uint8Array(size);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  const high = Math.floor(bytes.length / 0x20000000);
  const low = (bytes.length << 3) >>> 0;
  view.setUint32(size - 8, isLittleEndian ? low : high, isLittleEndian);
  view.setUint32(size - 4, isLittleEndian ? high : low, isLittleEndian);
  return view;
}

function words(state: readonly number[], isLittleEndian: boolean): Uint8Array {
  const out = new Uint8Array(state.length * 4);
  const view = new DataView(out.buffer);
  state.forEach((word, index) => view.setUint32(index * 4, word, isLittleEndian));
  return out;
}

/**
 * The 20 bytes of SHA-1. One function without a call, each sum cut to 32 bits at once: an image has
 * tens of thousands of blocks, and the compiler that a short run gets keeps such sums whole (9 ns a
 * byte instead of 14).
 */
export function sha1(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, false);
  const schedule = new Int32Array(80);
  const state = new Int32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  for (let block = 0; block < view.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) schedule[t] = view.getInt32(block + t * 4);
    for (let t = 16; t < 80; t++) {
      const mixed = schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16];
      schedule[t] = (mixed << 1) | (mixed >>> 31);
    }
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    for (let t = 0; t < 80; t++) {
      let f = 0;
      if (t < 20) f = (((b & c) | (~b & d)) + 0x5a827999) | 0;
      else if (t < 40) f = ((b ^ c ^ d) + 0x6ed9eba1) | 0;
      else if (t < 60) f = (((b & c) | (b & d) | (c & d)) - 0x70e44324) | 0;
      else f = ((b ^ c ^ d) - 0x359d3e2a) | 0;
      const fixed = (((a << 5) | (a >>> 27)) + f) | 0;
      const next = (fixed + ((e + schedule[t]) | 0)) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
  }
  return words([...state], false);
}

const md5Shifts = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** floor(2^32 * |sin(i + 1)|) of RFC 1321, as numbers, since hosts may differ in sin. */
const md5Sines = new Int32Array(
  `d76aa478 e8c7b756 242070db c1bdceee f57c0faf 4787c62a a8304613 fd469501
  698098d8 8b44f7af ffff5bb1 895cd7be 6b901122 fd987193 a679438e 49b40821
  f61e2562 c040b340 265e5a51 e9b6c7aa d62f105d 02441453 d8a1e681 e7d3fbc8
  21e1cde6 c33707d6 f4d50d87 455a14ed a9e3e905 fcefa3f8 676f02d9 8d2a4c8a
  fffa3942 8771f681 6d9d6122 fde5380c a4beea44 4bdecfa9 f6bb4b60 bebfbc70
  289b7ec6 eaa127fa d4ef3085 04881d05 d9d4d039 e6db99e5 1fa27cf8 c4ac5665
  f4292244 432aff97 ab9423a7 fc93a039 655b59c3 8f0ccc92 ffeff47d 85845dd1
  6fa87e4f fe2ce6e0 a3014314 4e0811a1 f7537e82 bd3af235 2ad7d2bb eb86d391`
    .split(/\s+/)
    .map((word) => Number.parseInt(word, 16) | 0),
);

/** The 16 bytes of MD5. */
export function md5(bytes: Uint8Array): Uint8Array {
  const view = padded(bytes, true);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const [f, word] = md5Round(i, b, c, d);
      const sum = (a + f + md5Sines[i] + view.getInt32(block + word * 4, true)) | 0;
      a = d;
      d = c;
      c = b;
      b = (b + rotate(sum, md5Shifts[i >> 4][i & 3])) | 0;
    }
    [a, b, c, d].forEach((value, index) => (state[index] = (state[index] + value) | 0));
  }
  return words(state, true);
}

function md5Round(i: number, b: number, c: number, d: number): readonly [number, number] {
  if (i < 16) return [(b & c) | (~b & d), i];
  if (i < 32) return [(d & b) | (~d & c), (5 * i + 1) & 15];
  if (i < 48) return [b ^ c ^ d, (3 * i + 5) & 15];
  return [c ^ (b | ~d), (7 * i) & 15];
}
