// @ring0/firmware as an npm package: the BIOS's bytes, as they were when it was packed.

import fs from 'node:fs';
import path from 'node:path';
import { writeFileAtomically } from '@ring0/kbuild';
import { libraryManifest, writePackageFiles } from './libraries.ts';

const code = (
  base64: string,
): string => `/* The 64 KiB ROM, made from firmware/*.S by ring0's tools. */
const packed = '${base64}';

/** The BIOS: \`new Machine({ rom: bios })\`. */
export const bios = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
`;

const types = `/** The 64 KiB BIOS of a PC, for \`new Machine({ rom: bios })\` of @ring0/emulator. */
export declare const bios: Uint8Array;
`;

export function buildFirmwarePackage(root: string, rom: Uint8Array): void {
  const folder = path.join(root, 'firmware');
  const out = path.join(folder, 'dist');
  fs.rmSync(out, { recursive: true, force: true });
  writeFileAtomically(path.join(out, 'index.js'), code(Buffer.from(rom).toString('base64')));
  writeFileAtomically(path.join(out, 'index.d.ts'), types);
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  writePackageFiles(root, folder, libraryManifest(manifest));
}
