// `ring0 ar`: makes, changes and shows archives. What is written depends on names and contents
// only (GNU's D).

import path from 'node:path';
import { isArchive, readArchive, writeArchive } from '@ring0/elf';
import type { ArchiveMember } from '@ring0/elf';
import type { Host, Tool } from './host.ts';

const usage = `Usage: ring0 ar {r|q|d|t|x|p|s}[csSuvD] ARCHIVE [MEMBER ..]
  r replace or add   q append   d delete   t list   x extract   p print   s write the index
`;

/**
 * The archive's members; none where the file does not exist yet, undefined where it is no
 * archive.
 */
function load(archive: string, host: Host): ArchiveMember[] | undefined {
  const bytes = host.readFile(archive);
  if (!bytes) return [];
  const read = isArchive(bytes) ? readArchive(bytes, archive) : undefined;
  for (const problem of read?.problems ?? [`${archive}: file format not recognized`]) {
    host.stderr(`ar: ${problem}\n`);
  }
  return read && read.problems.length === 0 ? read.archive?.members : undefined;
}

function store(
  archive: string,
  members: readonly ArchiveMember[],
  letters: string,
  host: Host,
): number {
  const bytes = writeArchive(members, { hasIndex: !letters.includes('S') });
  if (host.writeFile(archive, bytes)) return 0;
  host.stderr(`ar: cannot write ${archive}\n`);
  return 1;
}

function add(
  members: ArchiveMember[],
  files: readonly string[],
  letters: string,
  host: Host,
): number {
  for (const file of files) {
    const bytes = host.readFile(file);
    if (!bytes) {
      host.stderr(`ar: ${file}: No such file or directory\n`);
      return 1;
    }
    const name = path.basename(file);
    const at = letters.includes('q') ? -1 : members.findIndex((member) => member.name === name);
    if (letters.includes('v')) host.stdout(`${at < 0 ? 'a' : 'r'} - ${file}\n`);
    const member = { name, bytes, mode: 0o644 };
    if (at < 0) members.push(member);
    else members[at] = member;
  }
  return 0;
}

function show(
  members: readonly ArchiveMember[],
  names: readonly string[],
  letters: string,
  host: Host,
): number {
  const missing = names.filter((name) => !members.some((member) => member.name === name));
  for (const name of missing) host.stderr(`ar: no entry ${name} in archive\n`);
  for (const member of members) {
    if (names.length > 0 && !names.includes(member.name)) continue;
    if (letters.includes('t')) host.stdout(`${member.name}\n`);
    else if (letters.includes('p')) host.stdout(member.bytes);
    else {
      if (letters.includes('v')) host.stdout(`x - ${member.name}\n`);
      // A member's name is no path: an archive must not write elsewhere.
      if (!host.writeFile(path.basename(member.name), member.bytes)) return 1;
    }
  }
  return missing.length > 0 ? 1 : 0;
}

/** Status 1 for wrong input, 2 for wrong usage. */
export const main: Tool = (argv, host) => {
  if (argv.includes('--version')) host.stdout('GNU ar (ring0 0.1.0) 2.40\n');
  else if (argv.includes('--help')) host.stdout(usage);
  if (argv.includes('--version') || argv.includes('--help')) return 0;
  const [first = '', archive, ...files] = argv;
  const letters = first.replace(/^-/, '');
  const operation = [...letters].find((letter) => 'rqdtxps'.includes(letter));
  if (!operation || archive === undefined || /[^rqdtxpscSuvDU]/.test(letters)) {
    host.stderr(usage);
    return 2;
  }
  const changes = 'rqds'.includes(operation);
  if (!changes || operation !== 'r') {
    if (!host.readFile(archive) && operation !== 'q') {
      host.stderr(`ar: ${archive}: No such file or directory\n`);
      return 1;
    }
  }
  const members = load(archive, host);
  if (!members) return 1;
  if (!changes) return show(members, files, letters, host);
  if (operation === 'd') {
    return store(
      archive,
      members.filter(({ name }) => !files.includes(name)),
      letters,
      host,
    );
  }
  if (operation !== 's' || files.length > 0) {
    const status = add(members, files, letters, host);
    if (status !== 0) return status;
  }
  return store(archive, members, letters, host);
};
