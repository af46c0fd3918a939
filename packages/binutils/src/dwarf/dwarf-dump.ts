// The dumps of debugging sections that readelf -w and objdump -W ask for: which section each belongs
// to, and the order, which is the file's.

import type { RawSection } from '@ring0/elf';
import { elfType, sectionType } from '@ring0/elf';
import { abbrevDump } from './dwarf-abbrev-dump.ts';
import { framesDump } from './dwarf-frames-dump.ts';
import { InfoWalk } from './dwarf-info-dump.ts';
import { decodedLines, rawLines } from './dwarf-line-dump.ts';
import { locationsDump, rangeListsDump, rangesDump } from './dwarf-lists-dump.ts';
import { ImageSections } from './dwarf-sections.ts';
import {
  addressesDump,
  arangesDump,
  linkDump,
  macinfoDump,
  macroDump,
  pubnamesDump,
  stringOffsetsDump,
  stringsDump,
} from './dwarf-tables-dump.ts';
import type { ElfImage } from '../readelf/readelf-image.ts';
import type { TextSink } from '../text-sink.ts';

export type DebugKind =
  | 'abbrev'
  | 'addr'
  | 'aranges'
  | 'cu-index'
  | 'decodedline'
  | 'follow-links'
  | 'frames'
  | 'frames-interp'
  | 'gdb-index'
  | 'info'
  | 'line-str'
  | 'links'
  | 'loc'
  | 'macro'
  | 'no-follow-links'
  | 'pubnames'
  | 'pubtypes'
  | 'ranges'
  | 'rawline'
  | 'str'
  | 'str-offsets'
  | 'trace-abbrev'
  | 'trace-aranges'
  | 'trace-info';

export interface DebugOptions {
  readonly kinds: ReadonlySet<DebugKind>;
  /** --dwarf-depth: entries at this depth and deeper are left out. */
  readonly depth?: number | undefined;
  /** --dwarf-start: entries before this offset are left out. */
  readonly start?: number | undefined;
}

const kindsOf: readonly (readonly [string, readonly DebugKind[]])[] = [
  ['.debug_abbrev', ['abbrev']],
  ['.debug_addr', ['addr']],
  ['.debug_aranges', ['aranges']],
  ['.debug_frame', ['frames', 'frames-interp']],
  ['.eh_frame', ['frames', 'frames-interp']],
  ['.debug_info', ['info']],
  ['.debug_types', ['info']],
  ['.debug_line', ['rawline', 'decodedline']],
  ['.debug_line_str', ['line-str']],
  ['.debug_loc', ['loc']],
  ['.debug_loclists', ['loc']],
  ['.debug_macinfo', ['macro']],
  ['.debug_macro', ['macro']],
  ['.debug_pubnames', ['pubnames']],
  ['.debug_gnu_pubnames', ['pubnames']],
  ['.debug_pubtypes', ['pubtypes']],
  ['.debug_gnu_pubtypes', ['pubtypes']],
  ['.debug_ranges', ['ranges']],
  ['.debug_rnglists', ['ranges']],
  ['.debug_str', ['str']],
  ['.debug_str_offsets', ['str-offsets', 'str']],
  ['.gnu_debuglink', ['links']],
  ['.gnu_debugaltlink', ['links']],
];
const byName = new Map(kindsOf);

/** Shows the debugging sections that the options name, one by one. */
export class DebugDump {
  private readonly sections: ImageSections;
  private readonly options: DebugOptions;
  private readonly out: TextSink;
  private readonly walks = new Map<boolean, InfoWalk>();

  constructor(image: ElfImage, options: DebugOptions, out: TextSink) {
    this.sections = new ImageSections(image);
    this.options = options;
    this.out = out;
    // The entries are what others are shown by: what is wrong with their relocations is said first.
    const info = image.section('.debug_info');
    if (info && image.tables.type === elfType.relocatable) image.relocated(info);
  }

  /** The facts of all units, which other sections are shown by. */
  private walk(isDwo: boolean): InfoWalk {
    let walk = this.walks.get(isDwo);
    if (!walk) {
      const name = isDwo ? '.debug_info.dwo' : '.debug_info';
      const data = this.sections.section(name) ?? new Uint8Array(0);
      walk = new InfoWalk(this.sections, data, { isTypes: false, isDwo });
      walk.run(undefined);
      this.walks.set(isDwo, walk);
    }
    return walk;
  }

  /** Shows what is asked of one section. */
  section(section: RawSection): void {
    const plain = section.name.replace(/^\.zdebug/, '.debug');
    const isDwo = plain.endsWith('.dwo');
    const stem = isDwo ? plain.slice(0, -4) : plain;
    for (const kind of byName.get(stem) ?? []) {
      if (!this.options.kinds.has(kind)) continue;
      // As tables alone, where both are asked for.
      if (kind === 'frames' && this.options.kinds.has('frames-interp')) continue;
      if (section.size === 0) {
        this.out.add(`\nSection '${section.name}' has no debugging data.\n`);
      } else if (section.type === sectionType.nobits) {
        this.out.add(
          `section '${section.name}' has the NOBITS type - its contents are unreliable.\n`,
        );
      } else this.show(kind, section, stem, isDwo);
    }
  }

  private show(kind: DebugKind, section: RawSection, stem: string, isDwo: boolean): void {
    const { sections, out } = this;
    const { name } = section;
    const data = sections.data(section);
    switch (kind) {
      case 'abbrev':
        return abbrevDump(name, data, out);
      case 'addr':
        return addressesDump(sections, name, data, this.walk(isDwo), out);
      case 'aranges':
        return arangesDump(sections, name, data, out);
      case 'frames':
      case 'frames-interp': {
        const isTable = kind === 'frames-interp';
        return framesDump(sections, name, data, Number(section.address), out, isTable);
      }
      case 'info':
        return this.info(name, data, { isTypes: stem === '.debug_types', isDwo });
      case 'links':
        return linkDump(name, data, out);
      case 'rawline':
        return rawLines(sections, name, data, out);
      case 'decodedline':
        return decodedLines(sections, name, data, out);
      case 'loc':
        return locationsDump(sections, name, data, this.walk(isDwo), out, {
          hasRelocation: sections.sectionAt(name, 0) !== undefined,
        });
      case 'macro':
        return stem === '.debug_macinfo'
          ? macinfoDump(name, data, out)
          : macroDump(sections, name, data, out);
      case 'pubnames':
      case 'pubtypes':
        return pubnamesDump(sections, name, data, out);
      case 'ranges':
        return stem === '.debug_ranges'
          ? rangesDump(sections, name, data, this.walk(isDwo), out)
          : rangeListsDump(sections, name, data, this.walk(isDwo), out);
      case 'str':
        if (stem === '.debug_str_offsets') {
          if (this.options.kinds.has('str-offsets')) return;
          return stringOffsetsDump(sections, name, data, out);
        }
        return stringsDump(name, data, out);
      case 'line-str':
        return stringsDump(name, data, out);
      case 'str-offsets':
        return stringOffsetsDump(sections, name, data, out);
      default:
    }
  }

  private info(
    name: string,
    data: Uint8Array,
    kind: { readonly isTypes: boolean; readonly isDwo: boolean },
  ): void {
    const { depth } = this.options;
    const start = this.options.start === 0 ? undefined : this.options.start;
    if (start === undefined) this.out.add(`Contents of the ${name} section:\n\n`);
    const walk = new InfoWalk(this.sections, data, kind, { depth, start });
    walk.run(this.out);
    if (!walk.startsAtEntry) this.out.add('\n');
  }
}

/** Shows all debugging sections that the options name. */
export function debugText(image: ElfImage, options: DebugOptions, out: TextSink): void {
  const dump = new DebugDump(image, options, out);
  for (const section of image.tables.sections) dump.section(section);
}
