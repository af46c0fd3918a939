// The sections of an object, by what tells them apart and by their names, which are symbols too.

import type { Places } from './places.ts';
import { Section } from './sections.ts';
import type { SectionAttributes } from './sections.ts';
import type { AsmSymbol, SymbolTable } from './symbols.ts';

/** SHF_GNU_RETAIN: a section that has it is another than the one of the same name without it. */
const retain = 0x200000;

/** What tells sections of one name apart. */
function keyOf(name: string, attributes: Partial<SectionAttributes>): string {
  const { group = '', unique = '', link, info, flags = 0 } = attributes;
  const key = `${name}\n${group}\n${unique}`;
  const isUsual = link === undefined && info === undefined && (flags & retain) === 0;
  return isUsual ? key : `${key}\n${link ?? ''}\n${info ?? 0}\n${flags & retain}`;
}

export class SectionTable {
  /** In the order of their making. */
  readonly all: Section[] = [];
  readonly byKey: Map<string, Section> = new Map();
  readonly byName: Map<string, Section> = new Map();
  /** A section's name begins as the assembler's own labels do. */
  private hasLocalNames = false;
  /** A section's name begins without a dot. */
  hasPlainNames = false;
  private readonly symbols: SymbolTable;
  private readonly places: Places;
  private readonly refuse: (message: string) => void;

  /** `refuse` is told of a section whose name is a symbol that is defined already. */
  constructor(symbols: SymbolTable, places: Places, refuse: (message: string) => void) {
    this.symbols = symbols;
    this.places = places;
    this.refuse = refuse;
  }

  find(name: string, attributes: Partial<SectionAttributes> = {}): Section | undefined {
    return this.byKey.get(keyOf(name, attributes));
  }

  /** The section, made where it is new. */
  get(name: string, attributes: SectionAttributes): Section {
    const key = keyOf(name, attributes);
    let section = this.byKey.get(key);
    if (!section) {
      section = new Section(name, attributes, this.symbols.all.length, this.places);
      this.all.push(section);
      this.byKey.set(key, section);
      if (!this.byName.has(name)) this.nameSymbol(section);
    }
    return section;
  }

  /** The first section of that name, which its name as a symbol means. */
  named(name: string): Section | undefined {
    return this.byName.get(name);
  }

  /** Makes a section a member; its name alone means another one from here on. */
  attach(section: Section, group: string): void {
    for (const [key, each] of this.byKey) if (each === section) this.byKey.delete(key);
    section.group = group;
    const { name, flags, info, linkName } = section;
    this.byKey.set(keyOf(name, { group, flags, info, link: linkName }), section);
  }

  /** A section's name is a symbol: its start. */
  private nameSymbol(section: Section): void {
    const { name } = section;
    this.byName.set(name, section);
    if (name.startsWith('.L')) this.hasLocalNames = true;
    if (!name.startsWith('.')) this.hasPlainNames = true;
    const symbol = this.symbols.find(name);
    if (!symbol) return;
    if (symbol.state === 'equated') {
      const start = symbol.namesake();
      this.symbols.replace(name, start);
      this.bind(start);
    } else if (symbol.isDefined) {
      this.refuse(`'${name}' is a symbol already, and cannot name a section too`);
    } else this.bind(symbol);
  }

  /** A name that nothing else defines and that a section has is that section's start. */
  bind(symbol: AsmSymbol): void {
    if (symbol.state !== 'undefined') return;
    if (!this.hasLocalNames && symbol.isAssemblerLocal) return;
    const section = this.byName.get(symbol.name);
    if (!section) return;
    symbol.state = 'label';
    symbol.subsection = section.subsection(0);
    symbol.item = 0;
    symbol.offset = 0;
    symbol.isSectionStart = true;
    // What was said of the name before is said of no symbol.
    symbol.isGlobal = false;
    symbol.isWeak = false;
    symbol.visibility = 0;
    symbol.type = undefined;
    symbol.size = undefined;
  }
}
