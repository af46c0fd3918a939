// What GNU ld warns of in a finished program: memory that is writable and executable at once, an
// executable stack and who asks for it (GNU ld manual, "--warn-rwx-segments", "--warn-execstack").

import { sectionFlag, sectionType, segmentFlag, segmentType } from '@ring0/elf';
import type { ElfSegment } from '@ring0/elf';
import type { Job } from '../job.ts';
import type { InputObject, OutputSection } from '../model.ts';
import { stackSizeOf } from '../layout/segments.ts';
import type { SegmentInput } from '../layout/segments.ts';

const { read, write, execute } = segmentFlag;
const stackNote = '.note.GNU-stack';

/** Who asks for an executable stack: by a note that says so, or by none beside others' notes. */
function stackDemand(objects: readonly InputObject[]): {
  readonly hasNote: boolean;
  readonly asking: InputObject | undefined;
  readonly silent: InputObject | undefined;
} {
  let hasNote = false;
  let asking: InputObject | undefined;
  let silent: InputObject | undefined;
  for (const object of objects) {
    const note = object.sections.find(({ name }) => name === stackNote);
    if (!note) silent = object;
    else hasNote = true;
    if (note && (note.flags & sectionFlag.execute) !== 0) asking = object;
  }
  return { hasNote, asking, silent };
}

/** PF_ bits of PT_GNU_STACK, from the inputs' notes and -z; undefined: there is none. */
export function stackFlags({ settings }: Job, objects: readonly InputObject[]): number | undefined {
  if (settings.stackFlags === 'exec') return read | write | execute;
  if (settings.stackFlags === 'noexec') return read | write;
  const { hasNote, asking, silent } = stackDemand(objects);
  if (!hasNote && stackSizeOf(settings) === undefined) return undefined;
  return read | write | (asking || silent ? execute : 0);
}

/** A relocatable file passes on what its inputs say of the stack, or by silence mean. */
export function passOnStackDemand(
  { settings }: Job,
  objects: readonly InputObject[],
  outputs: readonly OutputSection[],
): void {
  const { asking, silent } = stackDemand(objects);
  if (settings.stackFlags === 'noexec' || !(asking || silent)) return;
  const note = outputs.findLast(({ name }) => name === stackNote);
  if (note) note.flags |= sectionFlag.execute;
}

/** Warns of the program's segments. */
export function warnOfSegments(
  { settings, diagnostics }: Job,
  objects: readonly InputObject[],
  segments: readonly ElfSegment[],
): void {
  if (settings.outputFormat !== 'elf') return;
  const all = read | write | execute;
  const isOpen = ({ flags, type }: ElfSegment): boolean =>
    type === segmentType.load && (flags & all) === all;
  if (settings.warnsWritableCode && segments.some(isOpen)) {
    const message = `${settings.output} has a LOAD segment with RWX permissions`;
    diagnostics.warning('L0410', message);
  }
  warnOfStack(settings, diagnostics, objects);
}

/** Warns of an executable stack, and says who asks for it. */
export function warnOfStack(
  settings: Job['settings'],
  diagnostics: Job['diagnostics'],
  objects: readonly InputObject[],
): void {
  if (settings.stackFlags === 'noexec' || settings.warnsExecutableStack === false) return;
  const { hasNote, asking, silent } = stackDemand(objects);
  if (settings.stackFlags === 'exec') {
    if (settings.warnsExecutableStack === true) {
      diagnostics.warning('L0411', 'the stack is executable, as -z execstack asks');
    }
  } else if (hasNote && asking) {
    const why = `because its ${stackNote} section is executable`;
    diagnostics.warning('L0411', `${asking.name}: requires executable stack (${why})`);
  } else if (hasNote && silent) {
    const message = `${silent.name}: missing ${stackNote} section implies executable stack`;
    const fix = `in assembly: .section ${stackNote},"",@progbits`;
    diagnostics.warning('L0411', message, undefined, { notes: [{ message: fix }] });
  }
}

/** A segment of PHDRS is one piece of memory, in which all its sections lie. */
export function warnOfStrays(
  { diagnostics }: Job,
  input: SegmentInput,
  segments: readonly ElfSegment[],
): void {
  input.named.forEach(({ name, type }, at) => {
    const segment = segments[at];
    if (type !== segmentType.load || !segment) return;
    const start = Number(segment.virtualAddress);
    const own = input.sections.filter(
      (s) => (s.flags & sectionFlag.alloc) !== 0 && input.headers.get(s)?.includes(name) === true,
    );
    // The segment's size is that of what is loaded; where that moves, it bounds no more than starts.
    const moves = new Set(own.map(({ address, loadAddress }) => loadAddress - address)).size > 1;
    for (const section of own) {
      const isThread = (section.flags & sectionFlag.tls) !== 0;
      const size = isThread && section.type === sectionType.nobits ? 0 : section.size;
      const end = section.address + (moves ? 0 : size) - start;
      if (section.address >= start && end <= segment.memorySize) continue;
      const message = `section '${section.name}' cannot be in segment '${name}'`;
      const place = `the segment takes 0x${segment.memorySize.toString(16)} bytes from 0x${start.toString(16)}`;
      const notes = [{ message: `${place}; the section is at 0x${section.address.toString(16)}` }];
      diagnostics.warning('L0413', message, section.statement.span, { notes });
    }
  });
}

/** The dynamic linker reads the program headers where they are in memory. */
export function checkHeadersLoaded(
  { settings, diagnostics }: Job,
  segments: readonly ElfSegment[],
): boolean {
  const headers = segments.find(({ type }) => type === segmentType.phdr);
  const isIn = ({ type, offset, fileSize }: ElfSegment): boolean =>
    type === segmentType.load &&
    headers !== undefined &&
    headers.offset >= offset &&
    headers.offset < offset + fileSize;
  if (!headers || segments.some(isIn) || settings.noInhibitExec) return true;
  const message = 'PT_PHDR is in no loaded segment, so a dynamic linker would not find the headers';
  diagnostics.error('L0412', message, undefined, {
    notes: [{ message: '-N and -n leave no room for them; so do scripts without SIZEOF_HEADERS' }],
  });
  return false;
}
