// The linker: a list of passes. Each comment between them says what has become true.

import { alignUp, latin1Bytes } from '@ring0/bytes';
import { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import {
  sectionFlag,
  sectionType,
  segmentFlag,
  segmentType,
  symbolBinding,
  symbolType,
  symbolVisibility,
} from '@ring0/elf';
import type { ElfSegment } from '@ring0/elf';

import { collect } from './collect.ts';
import { defaultScript } from './default-script.ts';
import { editFrames } from './eh-frame.ts';
import { Explainer } from './explain.ts';
import { dumpText } from './dump-layout.ts';
import { fillGot, makeGot, scan } from './got.ts';
import type { Got } from './got.ts';
import { hashOrder } from './hash-order.ts';
import { Layout } from './layout.ts';
import { Loader } from './load.ts';
import { mapText } from './map-file.ts';
import { mergeSections } from './merge.ts';
import { makeSection, makeSymbol, symbolAddress } from './model.ts';
import type { InputObject, InputSection, LayoutItem, LinkSymbol, OutputSection } from './model.ts';
import { optionSource, readOptions, splitResponse } from './options.ts';
import type { LinkItem, LinkSettings } from './options.ts';
import { OrphanPlacer, keepPredicate, place } from './place.ts';
import type { Placement } from './place.ts';
import { Resolver } from './resolve.ts';
import { isScriptSymbolWanted, namesUsed } from './script-symbols.ts';
import { parseExpression, parseScript } from './script-parser.ts';
import type { Assignment, Script } from './script-syntax.ts';
import { namedHeaders } from './named-headers.ts';
import { guessHeaderSize, headerSize, placeInFile, planSegments } from './segments.ts';
import type { SegmentInput } from './segments.ts';
import {
  alignThreadLocal,
  asBss,
  fileOrder,
  hasRelroSections,
  isPresent,
  isStripped,
} from './output-sections.ts';
import { symbolTable } from './symbol-table.ts';
import { undefinedReferences } from './undefined.ts';
import { wrongOrigin } from './boot-origin.ts';
import { elfImage, elfSections, flatImage } from './write-image.ts';

export interface LinkOptions {
  /** The linker script's text; -T and the default script serve where it is absent. */
  readonly script?: { readonly path: string; readonly bytes: Uint8Array } | undefined;
  /** Serves @file, -T, -l, INPUT and inputs given by name only. */
  readonly readFile: (path: string) => Uint8Array | undefined;
  /** A larger output is taken for a mistake; default 512 MiB. */
  readonly outputBytesMax?: number | undefined;
}

const outputBytesMaxDefault = 512 * 1024 * 1024;

export interface LinkResult {
  /** The file's bytes; undefined where there are errors. */
  readonly image: Uint8Array | undefined;
  /** The map file's text, where -Map or -M asks for it. */
  readonly map: string | undefined;
  /** Addresses of the global symbols. */
  readonly symbols: ReadonlyMap<string, number>;
  readonly diagnostics: readonly Diagnostic[];
  /** What the options mean to the caller: names of outputs. */
  readonly output: string;
  readonly mapPath: string | undefined;
  readonly wantsVersion: boolean;
  /** Lines for standard output: -M's map, --print-gc-sections, --dump. */
  readonly text: string;
}

/** Links `items`, the command line in order, as GNU ld does; never throws for bad input. */
export function link(items: readonly LinkItem[], options: LinkOptions): LinkResult {
  const diagnostics = new DiagnosticList();
  const expanded = expandResponses(items, options.readFile, diagnostics);
  const settings = readOptions(expanded, diagnostics);
  const job = new Job(settings, options, diagnostics);
  return job.run();
}

function expandResponses(
  items: readonly LinkItem[],
  readFile: LinkOptions['readFile'],
  diagnostics: DiagnosticList,
  depth = 0,
): LinkItem[] {
  return items.flatMap((item) => {
    if (typeof item !== 'string' || !item.startsWith('@') || item.length < 2) return [item];
    const bytes = readFile(item.slice(1));
    if (!bytes) return [item];
    if (depth > 8) {
      diagnostics.error('L0002', `${item}: response files are nested more than 8 deep`);
      return [];
    }
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return expandResponses(splitResponse(text), readFile, diagnostics, depth + 1);
  });
}

class Job {
  private readonly settings: LinkSettings;
  private readonly options: LinkOptions;
  private readonly diagnostics: DiagnosticList;
  private readonly resolver: Resolver;
  private readonly explainer: Explainer;
  private readonly got: Got = makeGot();
  private text = '';
  private collected: InputSection[] = [];

  constructor(settings: LinkSettings, options: LinkOptions, diagnostics: DiagnosticList) {
    this.settings = settings;
    this.options = options;
    this.diagnostics = diagnostics;
    this.resolver = new Resolver(diagnostics, settings.wrapped);
    this.explainer = new Explainer(diagnostics, this.resolver.objects);
  }

  run(): LinkResult {
    const { settings, diagnostics } = this;
    if (settings.wantsVersion && settings.actions.length === 0) return this.result(undefined);
    const script = this.loadAll();
    if (diagnostics.hasErrors) return this.result(undefined);
    if (this.resolver.objects.length === 0) {
      diagnostics.error('L0003', 'no input files');
      return this.result(undefined);
    }
    // From here on no object is added.
    // The linker's own sections count as the first object's, behind those it brings.
    const [first, ...others] = this.resolver.objects;
    const objects = [first, this.got.object, ...others];
    this.claimScriptSymbols(script);
    if (settings.collects) this.collect(script, objects);
    this.defineRanges(objects);
    this.claimHeaderStart();
    const order = this.hashRanks();
    this.allocateCommons(order);
    scan(this.got, this.resolver.objects, new Map(order.map((name, index) => [name, index])));
    this.defineGot();
    const placement = this.placeAll(script, objects);
    // From here on every section that is not discarded has its output section.
    const live = objects.flatMap((o) => o.sections).filter((s) => !s.isDiscarded);
    // GNU ld edits contents only where the output is ELF.
    if (this.settings.outputFormat === 'elf') {
      editFrames(live);
      mergeSections(live);
    }
    return this.layOut(script, placement, objects, order);
  }

  /** Reads the script and all inputs. */
  private loadAll(): Script {
    const { settings, diagnostics, options } = this;
    const source = this.scriptSource();
    const script = parseScript(source, diagnostics, options.readFile);
    const loader = new Loader(this.resolver, settings, diagnostics, options.readFile);
    const entryOption = settings.entry;
    const entries = script.commands.filter((c) => c.name === 'ENTRY');
    settings.entry = entryOption ?? entries.at(-1)?.arguments[0];
    for (const name of settings.undefinedNames) this.resolver.require(name);
    if (settings.entry && !/^\d/.test(settings.entry)) this.resolver.require(settings.entry);
    loader.commands(script.commands.filter((c) => c.name !== 'ENTRY'));
    for (const name of settings.undefinedNames) this.resolver.require(name);
    loader.run(settings.actions);
    const definitions = settings.definitions.map(({ name, text }): Assignment => {
      const at = optionSource(`--defsym ${name}`, text);
      const span = { file: at, start: 0, end: text.length };
      const value = parseExpression(at, diagnostics);
      return {
        kind: 'assign',
        name,
        operator: '=',
        value,
        isProvided: false,
        isHidden: false,
        span,
      };
    });
    return {
      ...script,
      statements: [
        ...definitions,
        ...script.statements,
        ...loader.implicit.flatMap((s) => s.statements),
      ],
    };
  }

  private scriptSource(): SourceFile {
    const { settings, options, diagnostics } = this;
    if (options.script) return new SourceFile(options.script.path, options.script.bytes);
    if (settings.script !== undefined) {
      const candidates = [
        settings.script,
        ...settings.searchDirectories.map((d) => `${d}/${settings.script}`),
      ];
      for (const path of candidates) {
        const bytes = options.readFile(path);
        if (bytes) return new SourceFile(path, bytes);
      }
      diagnostics.error('L0004', `cannot open linker script file ${settings.script}`);
    }
    return new SourceFile('the default script', latin1Bytes(defaultScript(settings)));
  }

  /** Names that the script defines count as defined from here on, so that nobody misses them. */
  private claimScriptSymbols(script: Script): void {
    const items = script.statements.flatMap((s): Assignment[] => {
      if (s.kind === 'assign') return [s];
      return s.kind === 'output' ? s.body.filter((b): b is Assignment => b.kind === 'assign') : [];
    });
    const used = namesUsed(script.statements);
    for (const assignment of items) {
      if (assignment.isProvided && used.has(assignment.name)) this.resolver.global(assignment.name);
      if (assignment.name === '.' || !isScriptSymbolWanted(assignment, this.resolver.globals))
        continue;
      const symbol = this.resolver.global(assignment.name);
      symbol.isProvided = assignment.isProvided;
      symbol.state = 'defined';
      symbol.isMade = true;
      symbol.section = 'absolute';
      symbol.type = symbolType.notype;
      symbol.size = 0;
      symbol.binding = symbolBinding.global;
    }
  }

  private collect(script: Script, objects: readonly InputObject[]): void {
    const { settings, resolver } = this;
    const names = [settings.entry ?? '', ...settings.undefinedNames];
    const roots = names.flatMap((name) => resolver.globals.get(name) ?? []);
    const result = collect(objects, roots, keepPredicate(script.statements));
    this.collected = result.dropped;
    for (const symbol of resolver.globals.values()) {
      if (symbol.state !== 'common' || result.commons.has(symbol) || !symbol.object) continue;
      const section = makeSection(symbol.object, 'COMMON', { type: sectionType.nobits });
      section.isDiscarded = true;
      Object.assign(symbol, { state: 'defined', section, value: 0 });
    }
    if (!settings.printsCollected) return;
    for (const { name, object, flags, size } of this.collected) {
      if ((flags & sectionFlag.alloc) === 0 || size === 0) continue;
      this.text += `ld: removing unused section '${name}' in file '${object.name}'\n`;
    }
  }

  /** `__start_NAME` and `__stop_NAME` of sections whose names are C identifiers. */
  private defineRanges(objects: readonly InputObject[]): void {
    const names = new Set<string>();
    for (const object of objects) {
      for (const { name, isDiscarded, flags } of object.sections) {
        if (!isDiscarded && flags & sectionFlag.alloc && /^[A-Za-z_]\w*$/.test(name))
          names.add(name);
      }
    }
    for (const name of names) {
      for (const edge of [`__start_${name}`, `__stop_${name}`]) {
        const symbol = this.resolver.globals.get(edge);
        if (!symbol || symbol.state !== 'undefined') continue;
        symbol.state = 'defined';
        symbol.isMade = true;
        symbol.section = 'absolute';
        symbol.binding = symbolBinding.global;
        symbol.visibility = symbol.visibility || symbolVisibility.protected;
        this.ranges.push({ symbol, name, isStart: edge.startsWith('__start_') });
      }
    }
  }

  private headerStart: LinkSymbol | undefined;

  /** `__ehdr_start`: where the ELF header is loaded. */
  private claimHeaderStart(): void {
    const symbol = this.resolver.globals.get('__ehdr_start');
    if (symbol?.state !== 'undefined') return;
    Object.assign(symbol, {
      state: 'defined',
      section: 'absolute',
      isMade: true,
      isForcedLocal: true,
    });
    symbol.binding = symbolBinding.global;
    this.headerStart = symbol;
  }

  private setHeaderStart({ sections }: SegmentInput, segments: readonly ElfSegment[]): void {
    const symbol = this.headerStart;
    const holder = segments.find((s) => s.type === segmentType.load && s.offset === 0);
    const first = sections.find((s) => (s.flags & sectionFlag.alloc) !== 0);
    if (!symbol || !holder || !first) return;
    symbol.section = first;
    symbol.value = Number(holder.virtualAddress) - first.address;
  }

  private readonly ranges: { symbol: LinkSymbol; name: string; isStart: boolean }[] = [];

  private hashRanks(): string[] {
    return hashOrder(this.resolver.globals.keys());
  }

  /** Common symbols get room in a section COMMON of the object whose definition won. */
  private allocateCommons(order: readonly string[]): void {
    const sections = new Map<InputObject, InputSection>();
    const { alloc, write } = sectionFlag;
    for (const name of order) {
      const symbol = this.resolver.globals.get(name);
      if (symbol?.state !== 'common' || !symbol.object) continue;
      const { object, size } = symbol;
      const alignment = Math.max(1, symbol.value);
      let section = sections.get(object);
      if (!section) {
        section = makeSection(object, 'COMMON', { type: sectionType.nobits, flags: alloc | write });
        sections.set(object, section);
      }
      const offset = alignUp(section.size, alignment);
      section.size = offset + size;
      Object.assign(section, { alignment: Math.max(section.alignment, alignment) });
      Object.assign(symbol, { state: 'defined', section, value: offset });
    }
  }

  private defineGot(): void {
    const symbol =
      this.resolver.globals.get('_GLOBAL_OFFSET_TABLE_') ?? makeSymbol('_GLOBAL_OFFSET_TABLE_');
    if (!this.got.isNeeded && this.got.gotPlt.size === 0) return;
    if (symbol.state === 'defined') return;
    this.resolver.globals.set(symbol.name, symbol);
    Object.assign(symbol, {
      state: 'defined',
      section: this.got.gotPlt,
      value: 0,
      type: symbolType.object,
      binding: symbolBinding.global,
      isForcedLocal: true,
      isMade: true,
    });
  }

  private placeAll(script: Script, objects: readonly InputObject[]): Placement {
    const { settings, diagnostics } = this;
    for (const section of this.got.object.sections)
      if (section.size === 0) section.isDiscarded = true;
    const placement = place(script.statements, objects);
    const placer = new OrphanPlacer(placement.items);
    const writable = new Set<string>();
    for (const { name, flags } of placement.orphans)
      if (flags & sectionFlag.write) writable.add(name);
    for (const section of placement.orphans) {
      if (settings.strip !== 'none' && isStripped(section, settings)) {
        section.isDiscarded = true;
        continue;
      }
      if (settings.orphanHandling === 'discard') section.isDiscarded = true;
      const message = `unplaced orphan section '${section.name}' from '${section.object.name}'`;
      if (settings.orphanHandling === 'error') diagnostics.error('L0401', message);
      if (settings.orphanHandling === 'warn') diagnostics.warning('L0401', message);
      if (section.isDiscarded) continue;
      const isCommon = section.name === 'COMMON';
      placer.place(isCommon ? asBss(section) : section, writable.has(section.name));
    }
    for (const item of placement.items) {
      if (item.kind === 'output') this.finishFlags(item);
    }
    return placement;
  }

  private finishFlags(output: OutputSection): void {
    const { type } = output.statement;
    if (type === 'NOLOAD' || type === 'OVERLAY')
      output.type = type === 'NOLOAD' ? sectionType.nobits : output.type;
    if (type === 'INFO' || type === 'COPY' || type === 'DSECT') output.flags &= ~sectionFlag.alloc;
    if (this.settings.magic === 'omagic' && output.name === '.text')
      output.flags |= sectionFlag.write;
    if (this.settings.strip !== 'none' && isStripped(output, this.settings)) output.exists = false;
  }

  private layOut(
    script: Script,
    placement: Placement,
    objects: readonly InputObject[],
    order: readonly string[],
  ): LinkResult {
    const { settings, diagnostics } = this;
    const { items } = placement;
    const outputs = fileOrder(items, settings);
    const isWritten = (o: OutputSection): boolean => o.exists && !o.isIgnored;
    alignThreadLocal(outputs);
    const names = new Set(
      objects
        .flatMap((o) => o.sections)
        .filter(isPresent)
        .map((s) => s.name),
    );
    if (!hasRelroSections(items, names)) settings.hasRelro = false;
    const stackFlags = this.stackFlags(objects);
    let hasLaidOut = false;
    const segmentInput = (): SegmentInput => ({
      sections: outputs.filter(isWritten),
      settings,
      named: namedHeaders(script, layout),
      stackFlags,
      relro: layout.dataSegment.relro,
      wantsHeaders: layout.usesHeaderSize,
    });
    const layout: Layout = new Layout({
      items,
      globals: this.resolver.globals,
      script,
      settings,
      diagnostics,
      headerSize: () => {
        const input = segmentInput();
        return hasLaidOut ? headerSize(planSegments(input).length) : guessHeaderSize(input);
      },
    });
    layout.walkOnce();
    hasLaidOut = true;
    layout.run();
    this.setRanges(outputs);
    // From here on every section and symbol has its address.
    const missing = undefinedReferences(this.resolver.objects);
    this.explainer.undefinedSymbols(missing, this.resolver.globals);
    this.explainer.duplicates(settings.allowsMultipleDefinition ? [] : this.resolver.duplicates);
    if (diagnostics.hasErrors) return this.result(undefined);
    const input = segmentInput();
    const segments = placeInFile(input, planSegments(input));
    this.checkSize(input.sections);
    if (diagnostics.hasErrors) return this.result(undefined);
    this.setHeaderStart(input, segments);
    const image = this.write(input.sections, outputs, segments, order);
    const layoutText = dumpText(settings.dump, items, segments);
    return this.result(diagnostics.hasErrors ? undefined : image, items, placement, layoutText);
  }

  /** The file's size is known before a byte of it is made. */
  private checkSize(sections: readonly OutputSection[]): void {
    const max = this.options.outputBytesMax ?? outputBytesMaxDefault;
    const isFlat = this.settings.outputFormat === 'binary';
    for (const { name, type, size, offset, statement } of sections) {
      const end = isFlat ? size : offset + size;
      if (type === sectionType.nobits || end <= max) continue;
      const message = `section '${name}' would end at byte ${end} of the output, beyond ${max}`;
      this.diagnostics.error('L0405', message, statement.span);
      return;
    }
  }

  /** PF_ bits of PT_GNU_STACK, from the inputs' .note.GNU-stack and -z. */
  private stackFlags(objects: readonly InputObject[]): number | undefined {
    const { read, write, execute } = segmentFlag;
    const { stackFlags } = this.settings;
    if (stackFlags === 'exec') return read | write | execute;
    if (stackFlags === 'noexec') return read | write;
    let hasNote = false;
    let isExecutable = false;
    for (const object of objects) {
      const note = object.file?.sections.find((s) => s.name === '.note.GNU-stack');
      if (!note) continue;
      hasNote = true;
      if (note.flags & sectionFlag.execute) isExecutable = true;
    }
    if (!hasNote) return undefined;
    return read | write | (isExecutable ? execute : 0);
  }

  private setRanges(outputs: readonly OutputSection[]): void {
    for (const { symbol, name, isStart } of this.ranges) {
      const output = outputs.find((o) => o.name === name && o.exists);
      symbol.section = output ?? 'absolute';
      symbol.value = isStart || !output ? 0 : output.size;
    }
  }

  private entry(outputs: readonly OutputSection[]): number {
    const { entry } = this.settings;
    const symbol = entry === undefined ? undefined : this.resolver.globals.get(entry);
    if (symbol && symbol.state === 'defined') return symbolAddress(symbol);
    if (entry !== undefined && /^\d/.test(entry)) return Number(entry) || 0;
    const text = outputs.find((o) => o.name === '.text' && o.exists && !o.isIgnored);
    const address = text?.address ?? 0;
    if (this.settings.outputFormat === 'elf') {
      const shown = address.toString(16).padStart(8, '0');
      const instead = text ? `defaulting to ${shown}` : 'not setting start address';
      const message = `cannot find entry symbol ${entry ?? 'start'}; ${instead}`;
      const other = entry && this.explainer.otherName(entry, this.resolver.globals);
      const bare = entry?.replace(/^_/, '') ?? '';
      const local = this.explainer.localDefinition(bare);
      const begin = `execution begins at the symbol ${entry}: define it, and .globl ${entry}`;
      const renamed = `'${bare}' in ${local} is not global: .globl ${bare}, and -e ${bare}`;
      const hint = other || (local ? renamed : begin);
      const notes = [{ message: hint }];
      if (entry !== undefined) this.diagnostics.warning('L0402', message, undefined, { notes });
    }
    return address;
  }

  private write(
    sections: readonly OutputSection[],
    outputs: readonly OutputSection[],
    segments: ElfSegment[],
    order: readonly string[],
  ): Uint8Array | undefined {
    fillGot(this.got);
    const thread = sections.filter((o) => (o.flags & sectionFlag.tls) !== 0);
    const start = thread[0]?.address ?? 0;
    const last = thread.at(-1);
    const alignment = Math.max(1, ...thread.map((o) => o.alignment));
    const size = last ? alignUp(last.address + last.size - start, alignment) : 0;
    const context = {
      got: this.got,
      tls: { start, size },
      report: this.explainer.relocation.bind(this.explainer),
    };
    for (const output of sections) this.tableEntrySize(output);
    const written = elfSections(sections, context);
    const stubs = this.got.stubRelocations.output;
    const slots = this.got.stubSlots.output;
    const relocated = stubs && written.get(stubs);
    if (relocated && slots) relocated.target = written.get(slots);
    if (this.settings.outputFormat === 'binary') {
      const max = this.options.outputBytesMax ?? outputBytesMaxDefault;
      const image = flatImage(written, max);
      if (!image) {
        const message = `the flat image, from the lowest load address to the highest, would exceed ${max} bytes`;
        this.diagnostics.error('L0403', message);
      }
      const problem = image && wrongOrigin(image, written.keys());
      if (problem) {
        const notes = [{ message: problem.note }];
        this.diagnostics.warning('L0406', problem.message, undefined, { notes });
      }
      return image;
    }
    const globals = order.flatMap((name) => this.resolver.globals.get(name) ?? []);
    const gotSymbol = this.resolver.globals.get('_GLOBAL_OFFSET_TABLE_');
    if (gotSymbol && !globals.includes(gotSymbol)) globals.push(gotSymbol);
    const symbols = symbolTable({
      globals,
      settings: this.settings,
      sections: written,
      order: outputs,
    });
    return elfImage([...written.values()], symbols, segments, this.entry(outputs));
  }

  private tableEntrySize(output: OutputSection): void {
    for (const own of this.got.object.sections) {
      if (own.output !== output || own.isDiscarded || own.entrySize === 0) continue;
      output.entrySize = own.entrySize;
      if (own.type === sectionType.rel) output.flags |= sectionFlag.infoLink;
    }
  }

  private result(
    image: Uint8Array | undefined,
    items?: readonly LayoutItem[],
    placement?: Placement,
    layoutText = '',
  ): LinkResult {
    const { settings, diagnostics } = this;
    const wantsMap = settings.wantsMap || settings.mapPath !== undefined;
    const map =
      wantsMap && items
        ? mapText({
            items,
            pulled: this.resolver.pulled,
            discarded: [...this.collected, ...(placement?.discarded ?? [])],
            globals: this.resolver.globals,
            objects: this.resolver.objects,
            output: settings.output,
          })
        : undefined;
    const symbols = new Map<string, number>();
    if (image) {
      for (const [name, symbol] of this.resolver.globals) {
        if (symbol.state === 'defined') symbols.set(name, symbolAddress(symbol));
      }
    }
    return {
      image,
      map,
      symbols,
      diagnostics: diagnostics.items,
      output: settings.output,
      mapPath: settings.mapPath,
      wantsVersion: settings.wantsVersion,
      text: this.text + layoutText + (settings.wantsMap ? (map ?? '') : ''),
    };
  }
}
