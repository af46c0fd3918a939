import { utf8Bytes } from '@ring0/bytes';
import { expect, test } from 'vitest';
import { md5, sha1 } from './digests.ts';

const hex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

// FIPS 180-4 and RFC 1321 give these.
test.each([
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d', '900150983cd24fb0d6963f7d28e17f72'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    '8215ef0796a20bcaaae116d3876c664a',
  ],
])('digests of %j', (text, ofSha1, ofMd5) => {
  expect(hex(sha1(utf8Bytes(text)))).toBe(ofSha1);
  expect(hex(md5(utf8Bytes(text)))).toBe(ofMd5);
});

test('a message whose padding needs a block of its own', () => {
  const text = 'a'.repeat(64);
  expect(hex(sha1(utf8Bytes(text)))).toBe('0098ba824b5c16427bd7a1122a5a442a25ec644d');
  expect(hex(md5(utf8Bytes(text)))).toBe('014842d480b571495a4a0363793f7367');
});
