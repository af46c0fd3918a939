// The linker's default scripts ready parsed, files beside the bundle that the build makes. In the
// source tree there are none, and each script is parsed anew.

import type { PackedScript } from '@ring0/linker';
import type { Host } from './host.ts';

/** The name of a script's file: a hash of its text. */
function fileName(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `scripts/${(hash >>> 0).toString(16)}`;
}

/** What the build writes. */
export function scriptFiles(
  scripts: readonly PackedScript[],
): { readonly name: string; readonly content: string }[] {
  return scripts.map(({ text, packed }) => ({
    name: fileName(text),
    content: `${text}\0${packed}`,
  }));
}

/** The packed form of a script; undefined where the build has none. */
export function knownScript(text: string, host: Host): string | undefined {
  const bytes = host.readFile(`${import.meta.dirname}/${fileName(text)}`);
  if (!bytes) return undefined;
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return content.startsWith(`${text}\0`) ? content.slice(text.length + 1) : undefined;
}
