// What the small object tools share: input files, archives taken apart into members.

import { isArchive, isThinArchive, readArchive } from '@ring0/elf';
import type { Archive } from '@ring0/elf';
import type { Host } from './host.ts';

/** An object to show: a file, or a member of an archive. */
export interface ObjectInput {
  readonly path: string;
  /** Undefined: not of an archive. */
  readonly member: string | undefined;
  readonly bytes: Uint8Array;
  /** Of the first member of an archive: the archive. */
  readonly archive: Archive | undefined;
}

/**
 * Reads `path`; an archive gives its members. Undefined, after a message, where it cannot be
 * read.
 */
export function objectInputs(tool: string, path: string, host: Host): ObjectInput[] | undefined {
  const bytes = host.readFile(path);
  if (!bytes) {
    host.stderr(unreadableText(tool, path, host));
    return undefined;
  }
  if (!isArchive(bytes) && !isThinArchive(bytes)) {
    return [{ path, member: undefined, bytes, archive: undefined }];
  }
  const { archive, problems } = readArchive(bytes, path, (name) => host.readFile(name));
  for (const problem of problems) host.stderr(`${tool}: ${problem}\n`);
  if (!archive || problems.length > 0) return undefined;
  return archive.members.map((m) => ({
    path,
    member: archive.isThin ? thinName(path, m.name) : m.name,
    bytes: m.bytes,
    archive,
  }));
}

/** The path of a thin archive's member: beside the archive. */
export function thinName(archive: string, name: string): string {
  const folder = archive.slice(0, archive.lastIndexOf('/') + 1);
  return name.startsWith('/') ? name : folder + name;
}

/** What a tool says of a file that cannot be read. */
export function unreadableText(tool: string, path: string, host: Host): string {
  if (host.isFolder?.(path)) return `${tool}: Warning: '${path}' is a directory\n`;
  return `${tool}: '${path}': No such file\n`;
}

/** Prints a usage problem; the result is the exit status. */
export function usageProblem(tool: string, problem: string, usage: string, host: Host): number {
  host.stderr(`${tool}: ${problem}\n${usage}`);
  return 1;
}
