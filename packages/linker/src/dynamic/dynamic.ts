// What linking keeps about the dynamic side of the output: the sections that the linker makes and
// what was allotted in them. Without shared objects, and in a plain executable, only the global
// offset table and stubs of indirect functions are left of it.

import { symbolBinding, symbolType } from '@ring0/elf';
import type { Binding } from '../input/binding.ts';
import { makeLinkerSections } from '../layout/linker-sections.ts';
import type { LinkerSections } from '../layout/linker-sections.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import { NeedsTable } from './needs.ts';
import type { Needs, Scan } from './needs.ts';
import { callFiller } from '../output/rewrite.ts';
import type { CallFiller } from '../output/rewrite.ts';
import type { LinkSettings } from '../options.ts';
import type { SharedScope } from '../input/shared-symbols.ts';

export interface Dynamic extends Scan {
  readonly settings: LinkSettings;
  /** What a call that needs no table has left over. */
  readonly callFiller: CallFiller;
  readonly shared: SharedScope;
  /** The linker's own sections; it comes behind the first of the inputs. */
  readonly object: InputObject;
  readonly sections: LinkerSections;
  /** Tables of dynamic relocations by name. */
  readonly tables: Map<string, InputSection>;
  /** Read-only sections that need dynamic relocations, each with the first symbol of one. */
  readonly textRelocations: Map<InputSection, LinkSymbol>;
  /** Symbols with a TLS descriptor, in order. */
  readonly descriptors: Needs[];
  descriptorCount: number;
  /** Offset in .got of the module's slots for local-dynamic accesses. */
  moduleSlot: number;
  /** Why the output cannot be made. */
  readonly refused: string[];
  /** What is odd about symbols. */
  readonly remarks: string[];
  /** What all inputs' code keeps to, as bits of the property note. */
  features: number;
  pltCount: number;
  ipltCount: number;
  /** .dynsym without the null symbol. */
  dynamicSymbols: LinkSymbol[];
  /** How many symbols were dynamic when inputs were loaded, and with exports. */
  inputCount: number;
  exportedCount: number;
  /** What --dynamic-list and its like name; undefined: there is none. */
  listed: ((symbol: LinkSymbol) => boolean) | undefined;
}

/** The state before anything is read. */
export function makeDynamic(
  settings: LinkSettings,
  shared: SharedScope,
  problem: Scan['problem'],
): Dynamic {
  const { outputKind } = settings;
  const kind = outputKind === 'relocatable' ? 'executable' : outputKind;
  const binding: Binding & { hasTables: boolean; hasInterpreter: boolean } = {
    kind,
    hasTables: false,
    hasInterpreter: false,
    settlesWeak: settings.keywords.has('nodynamic-undefined-weak'),
    // A unique symbol is one in the whole process.
    bindsHere: (symbol) =>
      symbol.binding !== symbolBinding.gnuUnique &&
      (isUnlisted(symbol) ||
        settings.binds === 'symbolic' ||
        (settings.binds === 'functions' &&
          (symbol.type === symbolType.func || symbol.type === symbolType.gnuIfunc))),
  };
  // With a list, what is not on it binds here.
  let listed: Dynamic['listed'];
  const isUnlisted = (symbol: LinkSymbol): boolean => listed !== undefined && !listed(symbol);
  shared.exportsAll = kind === 'shared' && outputKind !== 'relocatable';
  const { object, sections } = makeLinkerSections();
  return {
    settings,
    callFiller: callFiller(settings.keywords),
    shared,
    object,
    sections,
    binding,
    needs: new NeedsTable(),
    usesModuleSlot: false,
    usesGot: false,
    flags: 0,
    problem,
    tables: new Map(),
    textRelocations: new Map(),
    descriptors: [],
    descriptorCount: 0,
    moduleSlot: -1,
    refused: [],
    remarks: [],
    features: 0,
    pltCount: 0,
    ipltCount: 0,
    dynamicSymbols: [],
    inputCount: 0,
    exportedCount: 0,
    get listed(): Dynamic['listed'] {
      return listed;
    },
    set listed(list: Dynamic['listed']) {
      listed = list;
    },
  };
}

/** Once all inputs are loaded it is known whether the output is dynamic. */
export function settleKind(dynamic: Dynamic): void {
  const { settings, shared } = dynamic;
  const { kind } = dynamic.binding;
  const isElf = settings.outputFormat === 'elf';
  // Asked for no dynamic linker, but for exports: GNU ld makes all but its name.
  const exportsForNobody = settings.exportsDynamic && settings.dynamicLinker === false;
  const hasTables =
    isElf &&
    settings.outputKind !== 'relocatable' &&
    (kind !== 'executable' || shared.libraries.length > 0 || exportsForNobody);
  const hasInterpreter = hasTables && kind !== 'shared' && settings.dynamicLinker !== false;
  Object.assign(dynamic.binding, { hasTables, hasInterpreter });
}
