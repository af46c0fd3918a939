// `ring0 ar`: makes, changes and shows archives. What is written depends on names and contents only
// (GNU's D, which Debian's ar has by default too); U is accepted and writes the same.

import path from 'node:path';
import { dateText } from '@ring0/binutils';
import { isArchive, isThinArchive, readArchive, writeArchive } from '@ring0/elf';
import type { Archive, ArchiveMember } from '@ring0/elf';
import { thinName } from './binutils-input.ts';
import type { Host, Tool } from './host.ts';
import { expandResponseFiles, versionText } from './options.ts';

const usage = `Usage: ar [-]{dmpqrstx}[abcDfiNoOPsSTuUvV] [member-name] [count] archive-file file...
 commands:
  d            - delete file(s) from the archive
  m[ab]        - move file(s) in the archive
  p            - print file(s) found in the archive
  q            - quick append file(s) to the archive
  r[ab][u]     - replace existing or insert new file(s) into the archive
  s            - act as ranlib
  t[O][v]      - display contents of the archive
  x[o]         - extract file(s) from the archive
 command specific modifiers:
  [a]          - put file(s) after [member-name]
  [b]          - put file(s) before [member-name] (same as [i])
  [D]          - use zero for timestamps and uids/gids (default)
  [f]          - truncate inserted file names
  [N]          - use instance [count] of name
  [O]          - display offsets of files in the archive
  [P]          - use full path names when matching
 generic modifiers:
  [c]          - do not warn if the library had to be created
  [s]          - create an archive index (cf. ranlib)
  [S]          - do not build a symbol table
  [T]          - make a thin archive (also --thin)
  [v]          - be verbose
  [V]          - display the version number
  @FILE        - read options from FILE
  --output=DIR - where x puts the files
`;

/** What GNU's ar ends with where there is no archive to read. */
const missingStatus = 9;
const operations = 'dmpqrstx';
const modifiers = 'abcDfiNoOPsSTuUvVl';

interface Command {
  readonly operation: string;
  readonly letters: ReadonlySet<string>;
  readonly archive: string;
  readonly files: readonly string[];
  /** The member beside which others are put (a, b, i). */
  readonly beside: string | undefined;
  /** Which one of several members of a name (N). */
  readonly count: number | undefined;
  readonly isThin: boolean;
  readonly output: string;
}

function parse(argv: readonly string[]): Command | string {
  const words: string[] = [];
  let isThin = false;
  let output = '';
  let letters = '';
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === '--thin') isThin = true;
    else if (word.startsWith('--output')) output = word.slice(9) || (argv[++i] ?? '');
    else if (/^--(target|plugin|record-libdeps)(=|$)/.test(word)) {
      // Plug-ins are for LTO code, dependencies for linkers that load plug-ins.
      if (!word.includes('=')) i++;
    } else if (word.startsWith('-') && word.length > 1 && words.length === 0) {
      letters += word.slice(1);
    } else words.push(word);
  }
  if (letters === '') letters = words.shift() ?? '';
  const wrong = [...letters].find(
    (letter) => !operations.includes(letter) && !modifiers.includes(letter),
  );
  if (wrong !== undefined) return `invalid option -- '${wrong}'`;
  const chosen = [...letters].filter((letter) => operations.includes(letter) && letter !== 's');
  if (chosen.length > 1) return 'two different operation options specified';
  const operation = chosen[0] ?? (letters.includes('s') ? 's' : undefined);
  if (operation === undefined) return letters === '' ? '' : 'no operation specified';
  const set = new Set(letters);
  if (set.has('u') && set.has('D')) return "`u' is not meaningful with the `D' option.";
  if (set.has('N') && !'xd'.includes(operation)) {
    return "`N' is only meaningful with the `x' and `d' options.";
  }
  const isBeside = ['a', 'b', 'i'].some((letter) => set.has(letter));
  const beside = isBeside ? words.shift() : undefined;
  const count = set.has('N') ? Number(words.shift()) : undefined;
  if (count !== undefined && !(count > 0)) return "Value for `N' must be positive.";
  const archive = words.shift();
  if (archive === undefined) return '';
  isThin ||= set.has('T');
  return { operation, letters: set, archive, files: words, beside, count, isThin, output };
}

class Run {
  private readonly host: Host;
  private readonly command: Command;
  private status = 0;
  private seen = new Map<string, number>();

  constructor(command: Command, host: Host) {
    this.command = command;
    this.host = host;
  }

  private has(letter: string): boolean {
    return this.command.letters.has(letter);
  }

  private fail(message: string): number {
    this.host.stderr(`ar: ${message}\n`);
    this.status = 1;
    return 1;
  }

  /** The name that a file has as a member; in a thin archive its path from there. */
  private memberName(file: string, isThin: boolean): string {
    if (isThin) return this.pathFromArchive(file);
    return this.has('P') ? file : path.basename(file);
  }

  private pathFromArchive(file: string): string {
    return path.isAbsolute(file) ? file : path.relative(path.dirname(this.command.archive), file);
  }

  private isSame(member: ArchiveMember, file: string): boolean {
    if (!this.has('P')) return path.basename(member.name) === path.basename(file);
    const { archive, isThin } = this.command;
    return (isThin ? thinName(archive, member.name) : member.name) === file;
  }

  /** What a thin archive takes of a file: itself, or the members of an archive. */
  private thinMembers(file: string, bytes: Uint8Array): ArchiveMember[] | undefined {
    const isThin = isThinArchive(bytes);
    if (!isThin && !isArchive(bytes)) return undefined;
    const { archive } = readArchive(bytes, file, (name) => this.host.readFile(name));
    const beside = (name: string): string =>
      this.pathFromArchive(path.isAbsolute(name) ? name : path.join(path.dirname(file), name));
    return archive?.members.map((member) => {
      if (!isThin) {
        const nested = { path: this.pathFromArchive(file), offset: member.offset ?? 0 };
        return { ...member, nested };
      }
      const { name, nested, bytes: own } = member;
      if (nested) return { ...member, nested: { ...nested, path: beside(nested.path) } };
      return { name: beside(name), bytes: own, mode: 0o644 };
    });
  }

  main(): number {
    const { host, command } = this;
    const { archive: name, operation } = command;
    const bytes = host.readFile(name);
    if (!bytes) {
      if (operation !== 'r' && operation !== 'q') {
        this.fail(`${name}: No such file or directory`);
        return missingStatus;
      }
      if (!this.has('c')) host.stderr(`ar: creating ${name}\n`);
    } else if (!isArchive(bytes) && !isThinArchive(bytes)) {
      return this.fail(`${name}: file format not recognized`);
    }
    const read = bytes && readArchive(bytes, name, (file) => host.readFile(file));
    for (const problem of read?.problems ?? []) this.fail(problem);
    if (read && !read.archive) return 1;
    const archive = read?.archive;
    if (archive && read.problems.length > 0 && operation !== 't') return 1;
    const members = archive?.members ?? [];
    if (
      archive &&
      command.isThin &&
      !archive.isThin &&
      members.length > 0 &&
      'rqm'.includes(operation)
    ) {
      return this.fail(`Cannot convert existing library ${name} to thin format`);
    }
    switch (operation) {
      case 't':
      case 'p':
      case 'x':
        return this.show(members, archive);
      case 'd':
        return this.remove(members, archive);
      case 'm':
        return this.move(members, archive);
      case 's':
        return this.store(members, archive);
      default:
        return this.add(members, archive);
    }
  }

  private store(members: readonly ArchiveMember[], old: Archive | undefined): number {
    const { host, command } = this;
    const isThin = old?.isThin === true || (command.isThin && members.length > 0);
    const bytes = writeArchive(members, {
      hasIndex: !this.has('S'),
      isThin,
      cutsNames: this.has('f'),
      ...(this.has('P') ? { pathOf: ({ name }) => thinName(command.archive, name) } : {}),
    });
    if (!host.writeFile(command.archive, bytes)) {
      return this.fail(`${command.archive}: cannot be written`);
    }
    return this.status;
  }

  /** Whether a member is the wanted one of its name. */
  private isCounted(member: ArchiveMember): boolean {
    const { count } = this.command;
    if (count === undefined) return true;
    const number = (this.seen.get(member.name) ?? 0) + 1;
    this.seen.set(member.name, number);
    return number === count;
  }

  private show(members: readonly ArchiveMember[], archive: Archive | undefined): number {
    const { files } = this.command;
    const shown = new Set<string>();
    if (files.length === 0) {
      for (const member of members) this.showOne(member, archive);
      return this.status;
    }
    // As they stand in the archive; a name counts once.
    for (const file of files) {
      const found = members.filter((member) => this.isSame(member, file) && this.isCounted(member));
      const [first] = found;
      if (first) this.showOne(first, archive);
      else {
        this.host.stderr(`no entry ${file} in archive\n`);
      }
      shown.add(file);
    }
    return this.status;
  }

  private showOne(member: ArchiveMember, archive: Archive | undefined): void {
    const { host, command } = this;
    const { operation, output } = command;
    if (operation === 't') host.stdout(this.line(member, archive?.isThin === true));
    else if (operation === 'p') {
      if (this.has('v')) host.stdout(`\n<${member.name}>\n\n`);
      host.stdout(member.bytes);
    } else {
      // A member's name is no path: an archive must not write elsewhere.
      const name = path.basename(member.name);
      const to = output === '' ? name : path.join(output, name);
      if (archive?.isThin) {
        this.fail(`\`x' cannot be used on thin archives.`);
        return;
      }
      if (this.has('v')) host.stdout(`x - ${output === '' ? member.name : to}\n`);
      const isExecutable = ((member.mode ?? 0) & 0o111) !== 0;
      if (!host.writeFile(to, member.bytes, { isExecutable }))
        this.fail(`${to}: cannot be written`);
    }
  }

  private line(member: ArchiveMember, isThin: boolean): string {
    const { mode = 0, owner = 0, group = 0, date = 0, bytes, name, offset = 0 } = member;
    const place = this.has('O') && !isThin ? ` 0x${(offset + 60).toString(16)}` : '';
    const shown = isThin ? thinName(this.command.archive, name) : name;
    if (!this.has('v')) return `${shown}${place}\n`;
    const letters = 'rwxrwxrwx';
    const permissions = [...letters].map((l, i) => ((mode >> (8 - i)) & 1 ? l : '-')).join('');
    const size = `${bytes.length}`.padStart(6);
    return `${permissions} ${owner}/${group} ${size} ${dateText(date)} ${shown}${place}\n`;
  }

  private remove(members: readonly ArchiveMember[], archive: Archive | undefined): number {
    const { files } = this.command;
    if (files.length === 0) return this.status;
    const gone = new Set<ArchiveMember>();
    for (const file of files) {
      const found = members.filter((member) => this.isSame(member, file) && this.isCounted(member));
      const [first] = found;
      if (first) gone.add(first);
      if (this.has('v')) this.host.stdout(first ? `d - ${file}\n` : `No member named \`${file}'\n`);
    }
    return this.store(
      members.filter((member) => !gone.has(member)),
      archive,
    );
  }

  /** Where members go that are put beside another: the end where none is named. */
  private position(members: readonly ArchiveMember[]): number {
    const { beside } = this.command;
    if (beside === undefined) return members.length;
    const at = members.findIndex((member) => this.isSame(member, beside));
    if (at < 0) {
      return members.length;
    }
    return this.has('a') ? at + 1 : at;
  }

  private move(members: readonly ArchiveMember[], archive: Archive | undefined): number {
    let list = [...members];
    for (const file of this.command.files) {
      const member = list.find((candidate) => this.isSame(candidate, file));
      if (!member)
        return this.fail(`${file}: no entry ${file} in archive ${this.command.archive}!`);
      list = list.filter((candidate) => candidate !== member);
      list.splice(this.position(list), 0, member);
      if (this.has('v')) this.host.stdout(`m - ${file}\n`);
    }
    return this.store(list, archive);
  }

  private add(members: readonly ArchiveMember[], archive: Archive | undefined): number {
    const { host, command } = this;
    const list = [...members];
    // What this command has added itself is not replaced by it.
    const old = new Set(members);
    const isOld = (member: ArchiveMember) => old.has(member) || member.nested !== undefined;
    for (const file of command.files) {
      const bytes = host.readFile(file);
      if (!bytes) return this.fail(`${file}: No such file or directory`);
      const isThin = command.isThin || archive?.isThin === true;
      const nested = isThin ? this.thinMembers(file, bytes) : undefined;
      const own = { name: this.memberName(file, isThin), bytes, mode: 0o644 };
      const fresh: ArchiveMember[] = nested ?? [own];
      const at =
        command.operation === 'q'
          ? -1
          : list.findIndex((member) => isOld(member) && this.isSame(member, file));
      if (this.has('v')) host.stdout(`${at < 0 ? 'a' : 'r'} - ${file}\n`);
      if (at >= 0 && command.beside === undefined) list.splice(at, 1, ...fresh);
      else {
        if (at >= 0) list.splice(at, 1);
        list.splice(this.position(list), 0, ...fresh);
      }
    }
    return this.store(list, archive);
  }
}

/** Status 1 for wrong input or usage. */
export const main: Tool = (words, host) => {
  const argv = expandResponseFiles(words, host);
  if (argv.includes('--version') || argv.includes('-V')) {
    host.stdout(versionText('ar'));
    return 0;
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    host.stdout(usage);
    return 0;
  }
  if (/^-?M$/.test(argv[0] ?? '')) {
    host.stderr('ar: MRI scripts are not read: say d, m, p, q, r, s, t or x\n');
    return 1;
  }
  const command = parse(argv);
  if (typeof command === 'string') {
    host.stderr(command === '' ? usage : `ar: ${command}\n${usage}`);
    return 1;
  }
  return new Run(command, host).main();
};
