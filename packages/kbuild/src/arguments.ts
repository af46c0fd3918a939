// Kernel arguments. The kernel keeps a room for them in its data, found by a mark before it, so that a loader of 440 bytes
// need know nothing of them: whoever makes the disk writes them into the kernel's file.

import { latin1Bytes, utf8Bytes } from '@ring0/bytes';

const mark = latin1Bytes('ring0 boot args\0');
const roomBytes = 496;

/** A copy of the kernel's file with `text` in the room for arguments; undefined when it has no room, or too little. */
export function patchKernelArguments(kernel: Uint8Array, text: string): Uint8Array | undefined {
  const at = indexOf(kernel, mark);
  const bytes = utf8Bytes(text);
  if (at < 0 || bytes.length >= roomBytes) return undefined;
  const patched = kernel.slice();
  patched.fill(0, at + mark.length, at + mark.length + roomBytes);
  patched.set(bytes, at + mark.length);
  return patched;
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at += 16) {
    let i = 0;
    while (i < part.length && bytes[at + i] === part[i]) i++;
    if (i === part.length) return at;
  }
  return -1;
}
