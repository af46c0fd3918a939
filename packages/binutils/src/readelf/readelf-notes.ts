// Notes (gABI 4.1, chapter 5, "Note Section"): owner, type and, for those of GNU, their meaning.
// Sources of the numbers: the Linux gABI extensions and the x86-64 psABI, "Program Property".

import { ByteReader, alignUp, latin1Text } from '@ring0/bytes';
import { elfType, sectionType, segmentType } from '@ring0/elf';
import { BuildRegions, buildOwner } from './readelf-build-notes.ts';
import type { ElfImage } from './readelf-image.ts';
import { hex, hex8, hexAddress } from '../text-sink.ts';

const systems = ['Linux', 'Hurd', 'Solaris', 'FreeBSD', 'NetBSD', 'Syllable', 'NaCl'];

const gnuTypes: Readonly<Record<number, string>> = {
  1: 'NT_GNU_ABI_TAG (ABI version tag)',
  2: 'NT_GNU_HWCAP (DSO-supplied software HWCAP info)',
  3: 'NT_GNU_BUILD_ID (unique build ID bitstring)',
  4: 'NT_GNU_GOLD_VERSION (gold version)',
  5: 'NT_GNU_PROPERTY_TYPE_0',
};

const isaNames = ['x86-64-baseline', 'x86-64-v2', 'x86-64-v3', 'x86-64-v4'];
const featureNames = ['IBT', 'SHSTK', 'LAM_U48', 'LAM_U57'];
const feature2Names = [
  'x86',
  'x87',
  'MMX',
  'XMM',
  'YMM',
  'ZMM',
  'FXSR',
  'XSAVE',
  'XSAVEOPT',
  'XSAVEC',
  'TMM',
  'MASK',
];

function bits(value: number, names: readonly string[]): string {
  if (value === 0) return '<None>';
  const list: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if (((value >>> bit) & 1) === 0) continue;
    list.push(names[bit] ?? `<unknown: ${hex((1 << bit) >>> 0)}>`);
  }
  return list.join(', ');
}

/** The extensions that the first two numberings of properties name. */
const oldIsaNames =
  'i486 586 686 SSE SSE2 SSE3 SSSE3 SSE4_1 SSE4_2 AVX AVX2 AVX512F AVX512CD AVX512ER ' +
  'AVX512PF AVX512VL AVX512DQ AVX512BW';
const laterIsaNames =
  'CMOV SSE SSE2 SSE3 SSSE3 SSE4_1 SSE4_2 AVX AVX2 FMA AVX512F AVX512CD AVX512ER AVX512PF ' +
  'AVX512VL AVX512DQ AVX512BW AVX512_4FMAPS AVX512_4VNNIW AVX512_BITALG AVX512_IFMA ' +
  'AVX512_VBMI AVX512_VBMI2 AVX512_VNNI AVX512_BF16';

const x86Properties: Readonly<Record<number, readonly [string, readonly string[]]>> = {
  0xc0000000: ['x86 ISA used', oldIsaNames.split(' ')],
  0xc0000001: ['x86 ISA needed', oldIsaNames.split(' ')],
  0xc0008000: ['x86 ISA needed', laterIsaNames.split(' ')],
  0xc0010000: ['x86 ISA used', laterIsaNames.split(' ')],
  0xc0000002: ['x86 feature', featureNames],
  0xc0008001: ['x86 feature needed', feature2Names],
  0xc0008002: ['x86 ISA needed', isaNames],
  0xc0010001: ['x86 feature used', feature2Names],
  0xc0010002: ['x86 ISA used', isaNames],
};

/** Of these properties an empty set has no text at all. */
const emptyAlone: ReadonlySet<number> = new Set([
  ...[0xc0000000, 0xc0000001, 0xc0008002, 0xc0010002],
]);

function property(type: number, data: Uint8Array): string {
  const reader = new ByteReader(data);
  const known = x86Properties[type];
  if (known) {
    if (data.length !== 4) return `${known[0]}: <corrupt length: 0x${hex(data.length)}> `;
    const value = reader.u32();
    const isEmpty = value === 0 && emptyAlone.has(type);
    return `${known[0]}: ${isEmpty ? '' : bits(value, known[1])}`;
  }
  if (type === 1 && (data.length === 4 || data.length === 8)) {
    const value = data.length === 4 ? BigInt(reader.u32()) : reader.u64();
    return `stack size: 0x${hex(value)}`;
  }
  if (type === 2) return `no copy on protected ${data.length > 0 ? '<corrupt length>' : ''}`;
  if (type >= 0xb0000000 && type < 0xb0010000) {
    const isNeeded = type === 0xb0008000;
    const kind = type < 0xb0008000 ? 'UINT32_AND' : 'UINT32_OR';
    const name = isNeeded ? '1_needed' : `${kind} (0x${hex(type)})`;
    if (data.length !== 4) return `${name}: <corrupt length: 0x${hex(data.length)}> `;
    const value = reader.u32();
    if (!isNeeded) return `${name}: ${value === 0 ? '0' : `0x${hex(value)}`}`;
    return `${name}: ${value === 0 ? '' : bits(value, ['indirect external access'])}`;
  }
  const shown = Array.from(data, (byte) => hex(byte, 2)).join(' ');
  if (type >= 0xc0000000 && type < 0xe0000000) {
    return `<processor-specific type 0x${hex(type)} data: ${shown} >`;
  }
  if (type >= 0xe0000000) return `<application-specific type 0x${hex(type)} data: ${shown} >`;
  return `<unknown type 0x${hex(type)} data: ${shown} >`;
}

function properties(data: Uint8Array, size: 4 | 8, isWide: boolean): string {
  if (data.length < 8 || data.length % size !== 0) {
    return `      Properties: <corrupt GNU_PROPERTY_TYPE, size = 0x${hex(data.length)}>\n`;
  }
  const reader = new ByteReader(data);
  const list: string[] = [];
  while (!reader.isAtEnd) {
    if (reader.at + 8 > reader.end) {
      list.push(`<corrupt descsz: 0x${hex(data.length)}>\n`);
      break;
    }
    const type = reader.u32();
    const length = reader.u32();
    if (reader.at + length > reader.end) {
      list.push(`<corrupt type (0x${hex(type)}) datasz: 0x${hex(length)}>\n`);
      break;
    }
    list.push(property(type, reader.slice(length)));
    reader.at = Math.min(alignUp(reader.at, size), reader.end);
  }
  return `      Properties: ${list.join(isWide ? ', ' : '\n\t')}${list.length > 0 ? '\n' : ''}`;
}

interface Note {
  readonly owner: string;
  readonly type: number;
  readonly data: Uint8Array;
}

function gnuDetails(image: ElfImage, { type, data }: Note, isWide: boolean): string | undefined {
  if (type === 1) {
    if (data.length < 16) return '    <corrupt GNU_ABI_TAG>\n';
    const reader = new ByteReader(data);
    const system = systems[reader.u32()] ?? 'Unknown';
    return `    OS: ${system}, ABI: ${reader.u32()}.${reader.u32()}.${reader.u32()}\n`;
  }
  if (type === 3) {
    return `    Build ID: ${Array.from(data, (byte) => hex(byte, 2)).join('')}\n`;
  }
  if (type === 4) return `    Version: ${latin1Text(data).replace(/\0.*$/s, '')}\n`;
  return type === 5 ? properties(data, image.bits === 32 ? 4 : 8, isWide) : undefined;
}

function probeDetails(image: ElfImage, data: Uint8Array): string {
  const reader = new ByteReader(data);
  const address = () => (image.bits === 32 ? BigInt(reader.u32()) : reader.u64());
  const [place, base, semaphore] = [address(), address(), address()];
  const shown = (value: bigint) => `0x${hexAddress(value, image.bits)}`;
  const [provider, name, args] = [reader.cstring(), reader.cstring(), reader.cstring()];
  return (
    `    Provider: ${provider}\n    Name: ${name}\n` +
    `    Location: ${shown(place)}, Base: ${shown(base)}, Semaphore: ${shown(semaphore)}\n` +
    `    Arguments: ${args}\n`
  );
}

/** Notes that mean the same whoever they are of. */
const commonTypes: Readonly<Record<number, string>> = {
  1: 'NT_VERSION (version)',
  2: 'NT_ARCH (architecture)',
  0x100: 'OPEN',
  0x101: 'func',
};

function describe(image: ElfImage, note: Note, isWide: boolean): [string, string] {
  const { owner, type, data } = note;
  const shown = Array.from(data, (byte) => hex(byte, 2));
  const raw = data.length > 0 ? `   description data: ${shown.map((b) => `${b} `).join('')}\n` : '';
  if (owner === 'GNU') {
    const details = gnuDetails(image, note, isWide);
    const name = gnuTypes[type] ?? `Unknown note type: (0x${hex8(type)})`;
    return [name, details ?? raw];
  }
  if (owner === 'stapsdt' && type === 3) {
    return ['NT_STAPSDT (SystemTap probe descriptors)', probeDetails(image, data)];
  }
  if (owner === 'FDO' && type === 0xcafe1a7e) {
    const text = latin1Text(data).replace(/\0.*$/s, '');
    return ['FDO_PACKAGING_METADATA', `    Packaging Metadata: ${text}\n`];
  }
  const isCore = image.tables.type === elfType.core;
  const name = isCore ? undefined : commonTypes[type];
  const text = isCore || owner !== 'CORE' ? raw : '';
  return [name ?? `Unknown note type: (0x${hex8(type)})`, text];
}

function listText(image: ElfImage, data: Uint8Array, alignment: number): string {
  const { isWide } = image;
  const reader = new ByteReader(data);
  const step = alignment === 8 ? 8 : 4;
  const regions = new BuildRegions(image);
  let text = '  Owner                Data size \tDescription\n';
  while (reader.at + 12 <= reader.end) {
    const nameSize = reader.u32();
    const size = reader.u32();
    const type = reader.u32();
    const name = reader.slice(nameSize);
    reader.at = Math.min(alignUp(reader.at, step), reader.end);
    const contents = reader.slice(size);
    reader.at = Math.min(alignUp(reader.at, step), reader.end);
    if (reader.isOverrun) {
      image.warn('note with invalid namesz and/or descsz found');
      image.warn(` type: 0x${hex(type)}, namesize: 0x${hex8(nameSize)}, descsize: 0x${hex8(size)}`);
      break;
    }
    if (name[0] === 0x47 && name[1] === 0x41 && (type === 0x100 || type === 0x101)) {
      const kind = type === 0x100 ? 'OPEN' : 'func';
      text += `  ${buildOwner(image, name)} 0x${hex8(size)}\t${kind}${isWide ? '\t' : '\n'}`;
      text += regions.describe(type === 0x101, contents);
      continue;
    }
    const owner = latin1Text(name).replace(/\0.*$/s, '');
    const [meaning, details] = describe(image, { owner, type, data: contents }, isWide);
    text += `  ${owner.padEnd(20)} 0x${hex8(size)}\t${meaning}${isWide ? '\t' : '\n'}${details}`;
    if (isWide && details === '') text += '\n';
  }
  return text;
}

/** All note sections; where there are no sections, the note segments. */
export function notesText(image: ElfImage): string {
  const { tables, bytes } = image;
  let text = '';
  if (tables.sections.length > 0 && tables.type !== elfType.core) {
    for (const section of tables.sections) {
      if (section.type !== sectionType.note || section.size === 0) continue;
      text += `\nDisplaying notes found in: ${section.name}\n`;
      text += listText(image, section.data, section.alignment);
    }
    return text;
  }
  for (const { type, offset, fileSize, alignment } of tables.segments) {
    if (type !== segmentType.note || fileSize === 0) continue;
    text += `\nDisplaying notes found at file offset 0x${hex8(offset)} with length 0x${hex8(fileSize)}:\n`;
    text += listText(image, bytes.subarray(offset, offset + fileSize), alignment);
  }
  return text;
}
