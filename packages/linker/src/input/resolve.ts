// Loads the inputs in command-line order and resolves names: which object defines what, which
// archive members are needed (gABI chapter 4, "Symbol Table"; GNU ld's order of search). Of equal
// COMDAT groups the first one counts.

import {
  isArchive,
  ArchiveView,
  isThinArchive,
  isElf,
  readElf,
  sectionFlag,
  elfType,
  machine,
  sectionIndex,
  symbolBinding,
  symbolVisibility,
  symbolType,
} from '@ring0/elf';
import type { ArchiveMember } from '@ring0/elf';
import type { DiagnosticList } from '@ring0/diagnostics';
import { ArchiveSearch, NameHashes } from './archive-search.ts';
import { InputFile, isForLater } from './input-file.ts';
import { KeptOnce } from './kept-once.ts';
import { isLeftOut } from './binding.ts';
import { addLocal } from './local-symbols.ts';
import { commonMessage, overridesMessage, resizeMessage } from '../report/common-messages.ts';
import { addFileSections, makeSymbol } from '../model.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import type { Pulled } from '../report/map-file.ts';
import { readSharedObject } from './shared-object.ts';
import type { SharedLibrary, SharedSymbol } from './shared-object.ts';
import { WarnedSymbols, symbolWarning } from './warned-symbols.ts';
import type { SymbolWarning } from './warned-symbols.ts';
import {
  SharedScope,
  adopt,
  enlargeCommon,
  isKept,
  namesOf,
  overridesCommon,
  pairAliases,
  wantedOf,
} from './shared-symbols.ts';

/** A second strong definition; explained once source lines can be read. */
export interface DuplicateDefinition {
  readonly symbol: LinkSymbol;
  readonly first: {
    readonly object: InputObject | undefined;
    readonly section: LinkSymbol['section'];
    readonly value: number;
  };
  readonly object: InputObject;
  readonly section: LinkSymbol['section'];
  readonly value: number;
}

/** How a shared object is named on the way into the link. */
interface LibraryUse {
  readonly isAsNeeded: boolean;
  readonly copiesNeeded: boolean;
  /** What it is called where it does not say so itself (DT_SONAME). */
  readonly name: string;
}

export class Resolver {
  readonly objects: InputObject[] = [];
  /** Objects whose common symbol counted for a while, be it that a definition came later. */
  readonly commonOwners = new Set<InputObject>();
  /** What -R names, each with the number of objects before it. */
  readonly bare: { readonly object: InputObject; readonly position: number }[] = [];
  /** Global symbols by name, in the order of their first mention. */
  readonly globals = new Map<string, LinkSymbol>();
  readonly duplicates: DuplicateDefinition[] = [];
  /** Serves the members of thin archives. */
  readMember: (path: string) => Uint8Array | undefined = () => undefined;
  /** All archives in the order in which they were searched first. */
  readonly archives: ArchiveSearch[] = [];
  /** Archive members in the order they were pulled in, and why. */
  readonly pulled: {
    readonly member: InputObject;
    readonly symbol: string;
    readonly by: string;
  }[] = [];
  /** The same of libraries that were wanted only if needed. */
  readonly usedLibraries: Pulled[] = [];
  private readonly diagnostics: DiagnosticList;
  private readonly once = new KeptOnce();
  private undefinedCount = 0;
  /** The names of `globals`, for archives to be asked for. */
  private readonly names = new NameHashes();

  private readonly wrapped: ReadonlySet<string>;
  /** What is added was given by -R. */
  private isBare = false;
  /** --exclude-libs: what these archives define is not seen from outside. */
  isExcluded: (archive: string | undefined) => boolean = () => false;
  /** -r: sections that the next link leaves out (SHF_EXCLUDE) stay, names with a version too. */
  isRelocatable = false;
  /** --warn-common. */
  warnsCommon = false;
  /** --disable-multiple-abs-defs: what -R brings may not be defined again. */
  refusesBareDuplicates = false;
  /** The last ranking of the names, and the counts of names it was made for. */
  ranking: { entered: number; known: number; names: readonly string[] } | undefined;
  /** What shared objects define and refer to. */
  readonly shared = new SharedScope();
  readonly warned = new WarnedSymbols();
  /** Names that options and the script ask for. */
  readonly required = new Set<string>();
  /** Names with a version that lead to a symbol known by another name. */
  readonly versioned = new Map<string, LinkSymbol>();

  constructor(diagnostics: DiagnosticList, wrapped: ReadonlySet<string> = new Set()) {
    this.diagnostics = diagnostics;
    this.wrapped = wrapped;
  }

  /** The name that a reference to `name` means under --wrap; definitions keep theirs. */
  private referenced(name: string): string {
    if (this.wrapped.size === 0) return name;
    if (this.wrapped.has(name)) return `__wrap_${name}`;
    const real = /^__real_(.*)$/.exec(name)?.[1];
    return real !== undefined && this.wrapped.has(real) ? real : name;
  }

  /** The symbol of that name, made undefined where there was none. */
  global(name: string, object?: InputObject): LinkSymbol {
    const known = this.globals.get(name) ?? this.versioned.get(name);
    if (known) return known;
    const symbol = makeSymbol(name, object);
    this.shared.enter(name);
    this.shared.introduce(symbol);
    const twin = symbol.shared && this.twin(symbol.shared, name);
    if (twin) {
      this.versioned.set(name, twin);
      return twin;
    }
    this.globals.set(name, symbol);
    this.names.add(symbol);
    this.undefinedCount++;
    return symbol;
  }

  /** The symbol that another of the definition's names already leads to. */
  private twin(definition: SharedSymbol, name: string): LinkSymbol | undefined {
    for (const other of namesOf(definition)) {
      const symbol = other === name ? undefined : this.globals.get(other);
      if (symbol?.shared === definition) return symbol;
    }
    return undefined;
  }

  /**
   * Adds a shared object; one that is wanted only if needed, and is not, is as if it had not been
   * given.
   */
  addShared(
    path: string,
    bytes: Uint8Array,
    { isAsNeeded, copiesNeeded, name }: LibraryUse,
    isIndirect = false,
  ): void {
    const { library, problems } = readSharedObject(bytes, path, name);
    for (const problem of problems) this.diagnostics.error('L0204', problem);
    if (!library) return;
    const { libraries } = this.shared;
    const same = libraries.find((l) => l.soname === library.soname);
    if (same) {
      if (!isAsNeeded && !isIndirect) same.isNeeded = true;
      return;
    }
    const wanted = wantedOf(library, this.globals, libraries);
    if (isAsNeeded && !wanted) return;
    if (isAsNeeded && wanted) {
      this.usedLibraries.push({ name: path, symbol: wanted.name, by: wanted.by });
    }
    library.isAsNeeded = isAsNeeded;
    library.copiesNeeded = copiesNeeded;
    library.isIndirect = isIndirect;
    library.isNeeded = !isIndirect;
    library.position = this.objects.length;
    libraries.push(library);
    this.enterShared(library);
  }

  private enterShared(library: SharedLibrary): void {
    const { shared } = this;
    for (const warning of library.warnings) {
      if (this.globals.get(warning.name)?.state !== 'defined') this.noteWarning(warning);
    }
    for (const symbol of library.symbols) {
      if (!symbol.isDefined) this.referShared(symbol);
      else for (const name of namesOf(symbol)) this.defineShared(name, symbol);
    }
    const find = (definition: SharedSymbol): LinkSymbol | undefined =>
      namesOf(definition)
        .map((name) => this.globals.get(name))
        .find((s) => s?.shared === definition);
    const enter = (definition: SharedSymbol): LinkSymbol =>
      this.global(namesOf(definition)[1] ?? namesOf(definition)[0]);
    pairAliases(library, find, enter, (symbol) => shared.record(symbol));
  }

  private defineShared(name: string, definition: SharedSymbol): void {
    const { shared, globals } = this;
    shared.enter(name);
    const isFirst = !shared.definitions.has(name);
    if (isFirst) shared.definitions.set(name, definition);
    const symbol = globals.get(name);
    if (!symbol || !isFirst) return;
    const twin = symbol.state === 'undefined' ? this.twin(definition, name) : undefined;
    if (twin) {
      this.unite(symbol, twin);
      return;
    }
    const wasMentioned = symbol.isReferenced || symbol.state !== 'undefined';
    const before = { ...symbol };
    if (symbol.state === 'common' && definition.type === symbolType.func) return;
    const isTaken = adopt(symbol, definition);
    const message = isTaken ? resizeMessage(before, symbol, definition.library.path) : undefined;
    if (message !== undefined) this.diagnostics.warning('L0236', message);
    symbol.isReferencedByShared = true;
    if (wasMentioned && !isKept(symbol)) shared.record(symbol);
  }

  private referShared({ name, version, binding, type }: SharedSymbol): void {
    const full = version === undefined ? name : `${name}@${version}`;
    const { definitions } = this.shared;
    if (definitions.has(full)) {
      const symbol = this.globals.get(full) ?? this.globals.get(name);
      if (!symbol) return;
      symbol.isReferencedByShared = true;
      if (isKept(symbol)) this.shared.record(symbol);
      return;
    }
    const known = this.globals.get(full);
    const symbol = known ?? this.global(full);
    if (!known) symbol.binding = binding;
    if (symbol.type === 0) symbol.type = type;
    symbol.isReferencedByShared = true;
    const isMentioned = symbol.isReferenced || symbol.state === 'defined';
    if (isMentioned || symbol.state === 'common') this.shared.record(symbol);
  }

  /** `one` turned out to be another name of `other`. */
  private unite(one: LinkSymbol, other: LinkSymbol): void {
    this.globals.delete(one.name);
    this.versioned.set(one.name, other);
    other.isReferenced ||= one.isReferenced;
    other.isReferencedByShared ||= one.isReferencedByShared;
    other.isReferencedStrongly ||= one.isReferencedStrongly;
    if (one.isReferenced) this.shared.record(other);
    for (const { symbols } of this.objects) {
      for (let i = 0; i < symbols.length; i++) if (symbols[i] === one) symbols[i] = other;
    }
  }

  /** A name that must be looked for in archives (-u, ENTRY, EXTERN). */
  require(name: string): void {
    this.required.add(name);
    this.global(name).isReferenced = true;
  }

  /** Adds an object or archive; `isWhole` takes every member. The result can be searched again. */
  add(path: string, bytes: Uint8Array, isWhole: boolean): ArchiveSearch | undefined {
    if (!isArchive(bytes) && !isThinArchive(bytes)) {
      this.addObject(path, path, undefined, bytes);
      return undefined;
    }
    const view = new ArchiveView(bytes, path, this.readMember);
    const loaded = new ArchiveSearch(path, view);
    this.archives.push(loaded);
    if (isWhole) {
      for (const member of view.members()) this.addMember(loaded, member, '--whole-archive');
    } else if (!view.index && !view.isEmpty) {
      this.diagnostics.error('L0202', `${path}: archive has no index; run ranlib to add one`);
    } else this.search(loaded);
    this.tellProblems(view);
    return loaded;
  }

  /** Adds what -R names: only its symbols count. */
  addBare(path: string, bytes: Uint8Array): void {
    this.isBare = !isArchive(bytes) && !isThinArchive(bytes);
    this.add(path, bytes, false);
    this.isBare = false;
  }

  /** Takes members that define what is undefined, until none does; true if any was taken. */
  search(loaded: ArchiveSearch): boolean {
    const { names } = this;
    const { view, taken } = loaded;
    let isAny = false;
    for (let isAgain = true; isAgain;) {
      isAgain = false;
      for (let at = loaded.find(names, 0); at >= 0; at = loaded.find(names, at + 1)) {
        const name = loaded.name(at);
        const symbol = this.globals.get(name);
        const isUndefined = symbol?.state === 'undefined';
        if (isUndefined && symbol.binding === symbolBinding.weak) continue;
        loaded.forget(at);
        const offset = loaded.offset(at);
        const member = isUndefined && !taken.has(offset) ? view.memberAt(offset) : undefined;
        if (!member) continue;
        const before = this.undefinedCount;
        this.addMember(loaded, member, name);
        isAny = true;
        if (this.undefinedCount !== before) isAgain = true;
      }
    }
    this.tellProblems(view);
    return isAny;
  }

  private tellProblems({ problems }: ArchiveView): void {
    for (const problem of problems.splice(0)) this.diagnostics.error('L0201', problem);
  }

  private addMember(loaded: ArchiveSearch, member: ArchiveMember, why: string): void {
    loaded.taken.add(member.offset ?? 0);
    const by = this.globals.get(why)?.object?.name ?? '';
    const folder = loaded.path.slice(0, loaded.path.lastIndexOf('/') + 1);
    const isThin = loaded.view.isThin && member.nested === undefined;
    const name = isThin ? folder + member.name : `${loaded.path}(${member.name})`;
    const object = this.addObject(name, member.name, loaded.path, member.bytes);
    if (object) this.pulled.push({ member: object, symbol: why, by });
  }

  private addObject(
    name: string,
    fileName: string,
    archive: string | undefined,
    bytes: Uint8Array,
  ): InputObject | undefined {
    if (!isElf(bytes)) {
      this.diagnostics.error('L0203', `${name}: file format not recognized`);
      return undefined;
    }
    const file = new InputFile(bytes, name);
    if (!file.isSound || file.machine !== machine.i386) {
      this.refuse(bytes, name);
      return undefined;
    }
    const isProgram = this.isBare && file.type === elfType.executable;
    if (file.type !== elfType.relocatable && !isProgram) {
      this.diagnostics.error('L0206', `${name}: not a relocatable object (ELF type ${file.type})`);
      return undefined;
    }
    if (isForLater(file)) {
      const message = `${name}: holds only code for link-time optimization, which is not done here`;
      const notes = [{ message: 'compile it without -flto, or with -ffat-lto-objects' }];
      this.diagnostics.error('L0207', message, undefined, { notes });
      return undefined;
    }
    const object: InputObject = {
      name,
      fileName,
      archive,
      file,
      sections: [],
      symbols: [],
      locals: [],
      isBare: this.isBare,
    };
    if (this.isBare) {
      this.bare.push({ object, position: this.objects.length });
      this.addBareSymbols(object, file);
      return object;
    }
    this.objects.push(object);
    this.addSections(object, file);
    return object;
  }

  /** Says what is wrong with a file. */
  private refuse(bytes: Uint8Array, name: string): void {
    const { file, problems } = readElf(bytes, name);
    for (const problem of problems) this.diagnostics.error('L0204', problem);
    if (!file || problems.length > 0) return;
    const kind = `ELF${file.bits} for machine ${file.machine}`;
    this.diagnostics.error('L0205', `${name}: ${kind} does not go into an elf32-i386 output`);
  }

  private addSections(object: InputObject, file: InputFile): void {
    const byIndex = addFileSections(object, file);
    for (const section of object.sections) {
      const { name, flags } = section;
      if (flags & sectionFlag.gnuRetain) section.isKept = true;
      const warning = symbolWarning(name, section.data);
      if (warning) this.noteWarning(warning);
      // The next link is to warn too.
      const isSaid = warning !== undefined && !this.isRelocatable && !this.shared.exportsAll;
      if (isSaid || name === '.note.gnu.property') section.isDiscarded = true;
    }
    this.once.add(file, byIndex);
    this.addSymbols(object, file, byIndex);
    if (this.isRelocatable) return;
    // What such a section defines counts all the same.
    for (const section of object.sections) {
      if ((section.flags & sectionFlag.exclude) !== 0) section.isDiscarded = true;
    }
  }

  private noteWarning(warning: SymbolWarning): void {
    const symbol = this.globals.get(warning.name);
    this.warned.note(warning, symbol?.isReferencedStrongly === true);
  }

  private addSymbols(
    object: InputObject,
    file: InputFile,
    byIndex: readonly (InputSection | undefined)[],
  ): void {
    const { symbols } = object;
    symbols.push(undefined);
    for (let i = 1; i < file.symbolCount; i++) {
      const where = file.symbolSection(i);
      if (file.symbolBinding(i) === symbolBinding.local) {
        symbols.push(addLocal(object, file, i, where, byIndex[where]));
      } else symbols.push(this.addGlobal(object, file, i, where, byIndex[where]));
    }
  }

  private addBareSymbols(object: InputObject, file: InputFile): void {
    for (let i = 0; i < file.symbolCount; i++) {
      const isLocal = i === 0 || file.symbolBinding(i) === symbolBinding.local;
      const isThread = file.symbolType(i) === symbolType.tls;
      const where = file.isPlaced(i) ? sectionIndex.absolute : file.symbolSection(i);
      const isTaken = !isLocal && !isThread;
      object.symbols.push(isTaken ? this.addGlobal(object, file, i, where, undefined) : undefined);
    }
  }

  /** `where` is the header of its section, or a special index. */
  private addGlobal(
    object: InputObject,
    file: InputFile,
    index: number,
    where: number,
    section: InputSection | undefined,
  ): LinkSymbol {
    const name = file.symbolName(index);
    const isReference = where === sectionIndex.undefined;
    const symbol = isReference
      ? this.global(this.referenced(name), object)
      : this.defined(name, object);
    const own = file.symbolVisibility(index);
    const isHidden =
      own !== symbolVisibility.internal && !isReference && this.isExcluded(object.archive);
    const visibility = isHidden ? symbolVisibility.hidden : own;
    if (visibility !== 0) {
      symbol.visibility =
        symbol.visibility === 0 ? visibility : Math.min(symbol.visibility, visibility);
    }
    const isWeak = file.symbolBinding(index) === symbolBinding.weak;
    const isNumber = where === sectionIndex.absolute;
    const isCommon = where === sectionIndex.common;
    const isLost = !isNumber && !isCommon && (!section || section.isDiscarded);
    if (isReference || isLost) {
      if (symbol.state === 'undefined' && !symbol.isReferenced) symbol.object = object;
      if (symbol.state === 'undefined') {
        const wasWeak = symbol.isReferenced && symbol.binding === symbolBinding.weak;
        const stays = symbol.isReferenced && !wasWeak;
        symbol.binding = isWeak && !stays ? symbolBinding.weak : symbolBinding.global;
        if (wasWeak && !isWeak) {
          this.undefinedCount++;
          symbol.object = object;
        }
      }
      if (symbol.type === 0) symbol.type = file.symbolType(index);
      // A definition that goes with its group asks for nothing.
      if (isReference) symbol.isReferenced = true;
      if (isReference && !isWeak) symbol.isReferencedStrongly = true;
      this.shared.mention(symbol);
      return symbol;
    }
    if (isCommon) this.addCommon(object, symbol, file, index);
    else this.define(object, symbol, index, isNumber ? 'absolute' : section, isWeak);
    this.shared.mention(symbol);
    return symbol;
  }

  /** The symbol that a definition of that name is of: `f@@VERSION` is `f` too. */
  private defined(name: string, object: InputObject): LinkSymbol {
    const at = this.isRelocatable ? -1 : name.indexOf('@', 1);
    if (at < 0) return this.global(name, object);
    const isDefault = name[at + 1] === '@';
    const version = name.slice(at).replace(/^@+/, '');
    if (isDefault) this.shared.enter(name);
    const symbol = this.global(isDefault ? name.slice(0, at) : name, object);
    symbol.version = { name: version, isHidden: !isDefault };
    symbol.rankName = name;
    if (isDefault) {
      for (const other of [name, `${symbol.name}@${version}`]) {
        const known = this.globals.get(other);
        this.shared.enter(other);
        if (known && known !== symbol) this.unite(known, symbol);
        else this.versioned.set(other, symbol);
      }
    }
    return symbol;
  }

  private addCommon(object: InputObject, symbol: LinkSymbol, file: InputFile, index: number): void {
    const size = file.symbolSize(index);
    const alignment = file.symbolValue(index);
    const isWeakDefinition = symbol.state === 'defined' && symbol.binding === symbolBinding.weak;
    const message = this.warnsCommon ? commonMessage(object, symbol, size) : undefined;
    if (message !== undefined) this.diagnostics.warning('L0229', message);
    if (symbol.state === 'defined' && !isWeakDefinition) return;
    const { shared } = symbol;
    if (symbol.state === 'shared' && shared && overridesCommon(shared)) {
      Object.assign(symbol, { isReferenced: true, isReferencedStrongly: true });
      return;
    }
    if (symbol.state === 'common') {
      symbol.value = Math.max(symbol.value, alignment);
      if (size <= symbol.size) return;
      this.commonOwners.add(object);
      symbol.size = size;
      symbol.object = object;
      return;
    }
    symbol.rankName = symbol.name;
    this.commonOwners.add(object);
    Object.assign(symbol, {
      state: 'common',
      binding: symbolBinding.global,
      type: file.symbolType(index),
      size,
      value: alignment,
      section: undefined,
      object,
    });
    if (shared) enlargeCommon(symbol, shared);
    // A function of that name is something else.
    if (shared?.type === symbolType.func) {
      Object.assign(symbol, { shared: undefined, isReferencedByShared: false });
    }
  }

  private define(
    object: InputObject,
    symbol: LinkSymbol,
    index: number,
    where: InputSection | 'absolute' | undefined,
    isWeak: boolean,
  ): void {
    const { file } = object;
    if (!file) throw new Error(`${object.name} has no symbol ${index}`);
    const value = file.symbolValue(index);
    if (symbol.state === 'defined' || symbol.state === 'common') {
      if (isWeak) return;
      if (symbol.state === 'common' && this.warnsCommon) {
        this.diagnostics.warning('L0229', overridesMessage(object, symbol));
      }
      const isStrong = symbol.state === 'defined' && symbol.binding !== symbolBinding.weak;
      if (isStrong && !isLeftOut(symbol)) {
        const isBare = object.isBare || symbol.object?.isBare === true;
        if (isBare && !this.refusesBareDuplicates) return;
        // One place may be defined by several names with versions that are one symbol here.
        const isSame =
          where === symbol.section &&
          symbol.value === value &&
          (where === 'absolute' || symbol.object === object);
        const first = { object: symbol.object, section: symbol.section, value: symbol.value };
        if (!isSame) this.duplicates.push({ symbol, first, object, section: where, value });
        return;
      }
    }
    if (!symbol.version) symbol.rankName = symbol.name;
    const wasShared = symbol.state === 'shared';
    symbol.state = 'defined';
    symbol.binding = file.symbolBinding(index);
    // What it leaves open stays as references or the definition that it replaces have it, unless
    // that is a shared object's and this one is hidden from it.
    const takesOver = !(wasShared && isKept(symbol));
    symbol.type = file.symbolType(index) || (takesOver ? symbol.type : 0);
    symbol.size = file.symbolSize(index) || (takesOver ? symbol.size : 0);
    symbol.section = where;
    symbol.value = value;
    symbol.object = object;
  }
}
