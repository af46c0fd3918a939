// The options of ld as a table: how each is spelled, whether it takes an argument, and what it
// sets (GNU ld manual, "Command-line Options"). options.ts reads a command line by it.

import type { LinkSettings } from './settings.ts';
import { keyword } from './script/keywords.ts';

type Problem = (message: string) => void;
type Setter = (s: LinkSettings, value: string, problem: Problem) => void;

/** 'optional' arguments are given by `=` only. */
export type ArgumentKind = 'none' | 'required' | 'optional';

export interface OptionRow {
  /** As written: `-x`, `--long`; long ones of one dash say so. */
  readonly names: readonly string[];
  readonly argument: ArgumentKind;
  readonly set: Setter;
  /** Why it has no effect, or is refused. */
  readonly reason?: string;
}

const flag = (names: string, set: (s: LinkSettings) => void): OptionRow => ({
  names: names.split(' '),
  argument: 'none',
  set,
});
const valued = (names: string, set: Setter): OptionRow => ({
  names: names.split(' '),
  argument: 'required',
  set,
});
const optional = (names: string, set: Setter): OptionRow => ({
  names: names.split(' '),
  argument: 'optional',
  set,
});
const list = (names: string, pick: (s: LinkSettings) => string[] | Set<string>): OptionRow =>
  valued(names, (s, value) => {
    const into = pick(s);
    if (into instanceof Set) into.add(value);
    else into.push(value);
  });
/** One of `words`; anything else is a problem. */
const choice = <Word extends string>(
  names: string,
  words: readonly Word[],
  set: (s: LinkSettings, word: Word) => void,
): OptionRow =>
  valued(names, (s, value, problem) => {
    const word = words.find((each) => each === value);
    const option = names.split(' ').at(-1);
    if (word !== undefined) set(s, word);
    else problem(`${option} takes ${words.join(', ')}, not '${value}'`);
  });

/** `segment` is what SEGMENT_START may call it. */
const address =
  (section: string, segment?: string): Setter =>
  (s, value, problem) => {
    const text = value.replace(/^0x/i, '');
    if (!/^[0-9a-fA-F]+$/.test(text)) return problem(`'${value}' is no hexadecimal address`);
    const start = Number.parseInt(text, 16);
    if (segment !== undefined) s.segmentStarts.set(segment, start);
    s.actions.push({ kind: 'address', section, segment, start });
  };

const pair =
  (
    option: string,
    take: (s: LinkSettings, name: string, value: string, p: Problem) => void,
  ): Setter =>
  (s, value, problem) => {
    const at = value.indexOf('=');
    if (at <= 0) problem(`${option} wants NAME=VALUE, not '${value}'`);
    else take(s, value.slice(0, at), value.slice(at + 1), problem);
  };

/** -G SIZE and the like: nothing to do for i386. */
const nothing = (): void => undefined;

/** Without pages nothing is shared, so libraries are archives from here on. */
function unpaged(settings: LinkSettings, magic: 'omagic' | 'nmagic'): void {
  settings.magic = magic;
  settings.actions.push({ kind: 'static', isOn: true });
}

/** The last one decides, but -r goes with no other. */
function setKind(settings: LinkSettings, kind: 'relocatable' | 'shared' | 'pie'): void {
  const { outputKind: before } = settings;
  const other = kind === 'relocatable' ? before : kind;
  const isOdd = (before === 'relocatable') !== (kind === 'relocatable') && before !== 'executable';
  if (isOdd) settings.kindsClash ??= `-r and -${other} may not be used together`;
  settings.outputKind = kind;
}

/** The last of -s, -S and --retain-symbols-file decides. */
function strip(settings: LinkSettings, what: 'debug' | 'all'): void {
  settings.strip = what;
  settings.retainPath = undefined;
}

/** GNU ld takes each path once, even if it is a part of what is there. */
function addPath({ runPaths }: LinkSettings, value: string): void {
  const known = runPaths.flatMap((paths) => paths.split(':'));
  if (!value.includes(':') && known.includes(value)) return;
  if (!runPaths.includes(value)) runPaths.push(value);
}

/** What is put out and where. */
const outputRows: readonly OptionRow[] = [
  valued('-o --output', (s, value) => void (s.output = value)),
  valued('-e --entry', (s, value) => void (s.entry = value)),
  flag('-r -i --relocatable', (s) => {
    setKind(s, 'relocatable');
    s.isLastRelocatable = false;
  }),
  flag('-Ur', (s) => {
    setKind(s, 'relocatable');
    s.isLastRelocatable = true;
  }),
  flag('-shared -Bshareable', (s) => setKind(s, 'shared')),
  flag('-pie --pic-executable', (s) => setKind(s, 'pie')),
  flag('-no-pie', (s) => void (s.outputKind = 'executable')),
  flag('-d -dc -dp', (s) => void (s.definesCommons = true)),
  flag('--no-define-common', (s) => void (s.inhibitsCommons = true)),
  flag('-q --emit-relocs', (s) => void (s.emitsRelocations = true)),
  flag('--force-group-allocation', (s) => void (s.forcesGroups = true)),
  flag('-N --omagic', (s) => unpaged(s, 'omagic')),
  flag('-n --nmagic', (s) => unpaged(s, 'nmagic')),
  flag('--no-omagic', (s) => void (s.magic = 'paged')),
  valued('--oformat -oformat', (s, value, problem) => {
    s.isFormatGiven = true;
    if (!setFormat(s, value)) problem(`output format '${value}' is not supported; ${formats}`);
  }),
  valued('-m', (_, value, problem) => {
    if (value !== 'elf_i386') problem(`emulation '${value}' is not supported; there is elf_i386`);
  }),
  valued('-T --script', (s, value) => {
    s.scripts.push(value);
    s.actions.push({ kind: 'script', name: value });
  }),
  valued('-dT --default-script', (s, value) => void (s.defaultScript = value)),
  valued('--section-start', (s, value, problem) =>
    pair('--section-start', (_, name, text) => address(name)(s, text, problem))(s, value, problem),
  ),
  ...['text', 'data', 'bss', 'text-segment', 'rodata-segment', 'ldata-segment'].map((name) =>
    valued(`-T${name}`, address(`.${name}`, name)),
  ),
  valued(
    '--defsym',
    pair('--defsym', (s, name, text) => void s.actions.push({ kind: 'define', name, text })),
  ),
  valued('-z', keyword),
  valued('--dependency-file', (s, value) => void (s.dependencyPath = value)),
];

/** Where inputs are found and how they are taken. */
const inputRows: readonly OptionRow[] = [
  valued('-l --library', (s, value) => void s.actions.push({ kind: 'library', name: value })),
  list('-L --library-path', (s) => s.searchDirectories),
  valued('--sysroot', (s, value) => void (s.sysroot = value)),
  valued('-b --format', (s, value, problem) => {
    const isBinary = value === 'binary';
    if (isBinary || value === 'default' || value === 'elf32-i386') {
      s.actions.push({ kind: 'format', isBinary, name: value });
    } else problem(`input format '${value}' is not supported; there are elf32-i386 and binary`);
  }),
  flag('-( --start-group', (s) => void s.actions.push({ kind: 'group', isStart: true })),
  flag('-) --end-group', (s) => void s.actions.push({ kind: 'group', isStart: false })),
  flag('--whole-archive', (s) => void s.actions.push({ kind: 'whole-archive', isOn: true })),
  flag('--no-whole-archive', (s) => void s.actions.push({ kind: 'whole-archive', isOn: false })),
  flag('--as-needed', (s) => void s.actions.push({ kind: 'as-needed', isOn: true })),
  flag('--no-as-needed', (s) => void s.actions.push({ kind: 'as-needed', isOn: false })),
  flag('-Bdynamic -dy -call_shared', (s) => void s.actions.push({ kind: 'static', isOn: false })),
  flag(
    '-Bstatic -dn -non_shared -static',
    (s) => void s.actions.push({ kind: 'static', isOn: true }),
  ),
  flag(
    '--copy-dt-needed-entries --add-needed',
    (s) => void s.actions.push({ kind: 'copy-needed', isOn: true }),
  ),
  flag(
    '--no-copy-dt-needed-entries --no-add-needed',
    (s) => void s.actions.push({ kind: 'copy-needed', isOn: false }),
  ),
  flag('--push-state', (s) => void s.actions.push({ kind: 'state', isPushed: true })),
  flag('--pop-state', (s) => void s.actions.push({ kind: 'state', isPushed: false })),
  valued(
    '-R --just-symbols',
    (s, value) => void s.actions.push({ kind: 'just-symbols', path: value }),
  ),
  flag('--disable-multiple-abs-defs', (s) => void (s.refusesBareDuplicates = true)),
  list('-u --undefined', (s) => s.undefinedNames),
  list('--require-defined', (s) => s.requiredNames),
  list('--wrap', (s) => s.wrapped),
  flag('-EL', nothing),
  flag('-nostdlib', (s) => void (s.hasNoStandardDirectories = true)),
];

/** What is kept and in which order. */
const contentRows: readonly OptionRow[] = [
  flag('-s --strip-all', (s) => strip(s, 'all')),
  flag('-S --strip-debug', (s) => strip(s, 'debug')),
  flag('--strip-discarded', (s) => void (s.stripsDiscarded = true)),
  flag('--no-strip-discarded', (s) => void (s.stripsDiscarded = false)),
  flag('-x --discard-all', (s) => void (s.discardLocals = 'all')),
  flag('-X --discard-locals', (s) => void (s.discardLocals = 'temporary')),
  flag('--discard-none', (s) => void (s.discardLocals = 'keep')),
  valued('--retain-symbols-file', (s, value, problem) => {
    if (s.retainPath !== undefined) problem('--retain-symbols-file is given twice');
    s.retainPath = value;
    s.retainsInstead = s.strip !== 'none';
    s.strip = 'none';
  }),
  flag('--gc-sections', (s) => void (s.collects = true)),
  flag('--no-gc-sections', (s) => void (s.collects = false)),
  flag('--print-gc-sections', (s) => void (s.printsCollected = true)),
  flag('--no-print-gc-sections', (s) => void (s.printsCollected = false)),
  flag('--gc-keep-exported', (s) => void (s.keepsExported = true)),
  choice(
    '--orphan-handling',
    ['place', 'discard', 'warn', 'error'],
    (s, word) => void (s.orphanHandling = word),
  ),
  optional('--unique', (s, value) => {
    if (value === '') s.isOrphanUnique = true;
    else s.uniqueSections.push(value);
  }),
  choice('--sort-section', ['name', 'alignment'], (s, word) => void (s.sortSection = word)),
  optional('--sort-common', (s, value, problem) => {
    if (value === '' || value === 'descending') s.sortCommon = 'descending';
    else if (value === 'ascending') s.sortCommon = 'ascending';
    else problem(`--sort-common takes ascending or descending, not '${value}'`);
  }),
  flag('--allow-multiple-definition', (s) => void (s.allowsMultipleDefinition = true)),
  flag('--check-sections', (s) => void (s.checksSections = true)),
  flag('--no-check-sections', (s) => void (s.checksSections = false)),
];

/** What is told, and what is an error. */
const reportRows: readonly OptionRow[] = [
  flag('-M --print-map', (s) => void (s.wantsMap = true)),
  valued('-Map', (s, value) => void (s.mapPath = value)),
  flag('--print-map-discarded', (s) => void (s.mapShowsDiscarded = true)),
  flag('--no-print-map-discarded', (s) => void (s.mapShowsDiscarded = false)),
  flag('--cref', (s) => void (s.printsCrossReferences = true)),
  flag('--print-memory-usage', (s) => void (s.printsMemoryUsage = true)),
  flag('--print-output-format', (s) => void (s.printsFormat = true)),
  flag('--print-sysroot', (s) => void (s.printsSysroot = true)),
  flag('-t --trace', (s) => void s.traceLevel++),
  list('-y --trace-symbol', (s) => s.tracedSymbols),
  flag('--traditional-format', (s) => void (s.isTraditional = true)),
  optional('--verbose', (s) => void (s.isVerbose = true)),
  flag('--stats', (s) => void (s.wantsStatistics = true)),
  flag('--no-undefined', (s) => {
    s.unresolved = 'error';
    s.keywords.add('defs');
  }),
  flag('--warn-unresolved-symbols', (s) => void (s.unresolvedIsWarning = true)),
  flag('--error-unresolved-symbols', (s) => void (s.unresolvedIsWarning = false)),
  choice(
    '--unresolved-symbols',
    ['ignore-all', 'report-all', 'ignore-in-object-files', 'ignore-in-shared-libs'],
    (s, word) => {
      const ignores = (where: string): boolean => word === 'ignore-all' || word.endsWith(where);
      s.unresolved = ignores('object-files') ? 'ignore' : 'error';
      s.keywords[s.unresolved === 'error' ? 'add' : 'delete']('defs');
      s.unresolvedInLibraries = ignores('shared-libs') ? 'ignore' : 'error';
    },
  ),
  list('--ignore-unresolved-symbol', (s) => s.ignoredUnresolved),
  flag('--allow-shlib-undefined', (s) => void (s.unresolvedInLibraries = 'ignore')),
  flag('--no-allow-shlib-undefined', (s) => void (s.unresolvedInLibraries = 'error')),
  flag('--noinhibit-exec', (s) => void (s.noInhibitExec = true)),
  flag('--warn-common', (s) => void (s.warnsCommon = true)),
  flag('--warn-section-align', (s) => void (s.warnsSectionAlign = true)),
  flag('--warn-rwx-segments', (s) => void (s.warnsWritableCode = true)),
  flag('--no-warn-rwx-segments', (s) => void (s.warnsWritableCode = false)),
  flag('--warn-execstack', (s) => void (s.warnsExecutableStack = true)),
  flag('--no-warn-execstack', (s) => void (s.warnsExecutableStack = false)),
  flag('--warn-textrel --warn-shared-textrel', (s) => void (s.warnsTextRelocations = true)),
  flag('--warn-once', (s) => void (s.warnsOnce = true)),
  flag('--fatal-warnings', (s) => void (s.isFatalWarnings = true)),
  flag('--no-fatal-warnings', (s) => void (s.isFatalWarnings = false)),
  flag('-w --no-warnings', (s) => void ((s.isSilent = true), (s.noInhibitExec = true))),
  flag('-v', (s) => void ((s.versionShown = 'short'), (s.wantsVersion = true))),
  flag('-V', (s) => void ((s.versionShown = 'long'), (s.wantsVersion = true))),
  flag('--version', (s) => void ((s.versionShown = 'full'), (s.wantsVersion = true))),
  flag('--help --target-help', (s) => void (s.showsHelp = true)),
];

/** Operators new and delete, and run-time types, as the C++ ABI names them. */
const newPatterns = ['_Zn[wa]*', '_Zd[la]*'];
const typeInfoPatterns = ['_ZT[ISN]*'];

/** Dynamic linking. */
const dynamicRows: readonly OptionRow[] = [
  list('--version-script', (s) => s.versionScripts),
  list('--dynamic-list', (s) => s.dynamicLists),
  flag('--dynamic-list-data', (s) => void (s.dynamicListData = true)),
  flag('--dynamic-list-cpp-new', (s) => void s.listedPatterns.push(...newPatterns)),
  flag('--dynamic-list-cpp-typeinfo', (s) => void s.listedPatterns.push(...typeInfoPatterns)),
  valued('--spare-dynamic-tags', (s, value) => void (s.spareTags = Number(value) || 0)),
  flag('-Bgroup', (s) => {
    s.isGroup = true;
    s.unresolved = 'error';
    s.keywords.add('defs');
  }),
  choice('-assert', ['definitions', 'nodefinitions', 'nosymbolic', 'pure-text'], nothing),
  flag('-E --export-dynamic', (s) => void (s.exportsDynamic = true)),
  flag('--no-export-dynamic', (s) => void (s.exportsDynamic = false)),
  list('--export-dynamic-symbol', (s) => s.exportedSymbols),
  list('--export-dynamic-symbol-list', (s) => s.exportLists),
  valued('-h -soname', (s, value) => void (s.soname = value)),
  valued('-I -dynamic-linker', (s, value) => void (s.dynamicLinker = value)),
  flag('--no-dynamic-linker', (s) => void (s.dynamicLinker = false)),
  valued('-rpath', (s, value) => addPath(s, value)),
  list('-rpath-link', (s) => s.runPathLinks),
  list('-f --auxiliary', (s) => s.auxiliaries),
  list('-F --filter', (s) => s.filters),
  list('--audit', (s) => s.audits),
  list('-P --depaudit', (s) => s.dependencyAudits),
  valued('--exclude-libs', (s, value) => void s.excludedLibraries.push(...value.split(/[,:]/))),
  flag('--default-symver', (s) => void (s.isVersionedByName = true)),
  choice('--hash-style', ['sysv', 'gnu', 'both'], (s, word) => void (s.hashStyle = word)),
  choice(
    '--compress-debug-sections',
    ['none', 'zlib', 'zlib-gnu', 'zlib-gabi', 'zstd'],
    (s, word) => void (s.compression = word),
  ),
  optional('--build-id', (s, value) => {
    s.buildId = value === 'none' ? undefined : value || 'sha1';
  }),
  optional('--package-metadata', (s, value) => void (s.packageMetadata = value)),
  valued('-O', (s, value) => void (s.optimizes = Number(value || '1') > 0)),
  flag('-Bsymbolic', (s) => void (s.binds = 'symbolic')),
  flag('-Bsymbolic-functions', (s) => void (s.binds = 'functions')),
  flag('-Bno-symbolic', (s) => void (s.binds = 'dynamic')),
  flag('--eh-frame-hdr', (s) => void (s.hasFrameHeader = true)),
  flag('--no-eh-frame-hdr', (s) => void (s.hasFrameHeader = false)),
  flag('--enable-new-dtags', (s) => void (s.newDynamicTags = true)),
  flag('--disable-new-dtags', (s) => void (s.newDynamicTags = false)),
  flag('--ld-generated-unwind-info', (s) => void (s.noUnwindInfo = false)),
  flag('--no-ld-generated-unwind-info', (s) => void (s.noUnwindInfo = true)),
  valued('-init', (s, value) => void (s.initName = value)),
  valued('-fini', (s, value) => void (s.finiName = value)),
];

/** Ours: explanations. */
const ownRows: readonly OptionRow[] = [
  list('--why', (s) => s.whys),
  valued('--treemap', (s, value) => void (s.treemapPath = value)),
  choice(
    '-fdiagnostics-format --diagnostics-format',
    ['text', 'gcc', 'json', 'sarif'],
    (s, word) => void (s.diagnosticsFormat = word),
  ),
  valued('--compat', (s, value) => void (s.compatibility = value)),
  flag('--strict', (s) => void (s.isStrict = true)),
  valued('--dump', (s, value) => void (s.dump = value)),
];

/** Options that change nothing here, each with the reason; build scripts pass them all the same. */
const ignored = (
  reason: string,
  names: string,
  argument: ArgumentKind = 'none',
): readonly OptionRow[] =>
  names.split(/\s+/).map((name) => ({ names: [name], argument, set: nothing, reason }));

const ignoredRows: readonly OptionRow[] = [
  ...ignored(
    'GNU ld ignores it too',
    '-g -flto -Qy -qmagic --map-whole-files --no-map-whole-files',
  ),
  ...ignored('GNU ld ignores it too', '-fuse-ld -flto-partition', 'optional'),
  ...ignored('for other systems or formats', '--force-exe-suffix --embedded-relocs'),
  ...ignored('for other systems or formats', '-a -A --architecture -Y -G --gpsize', 'required'),
  ...ignored('i386 code has nothing to shorten at link time', '--relax --no-relax'),
  ...ignored('only of formats without ELF sections', '--warn-constructors --warn-multiple-gp'),
  ...ignored('each undefined name is told once in any case', '--warn-alternate-em'),
  ...ignored('names are shown as they are written', '--no-demangle'),
  ...ignored('names are shown as they are written', '--demangle', 'optional'),
  ...ignored("memory is the garbage collector's", '--no-keep-memory --reduce-memory-overheads'),
  ...ignored("memory is the garbage collector's", '--max-cache-size --hash-size', 'required'),
  ...ignored('such inputs are passed over or refused', '--no-warn-mismatch'),
  ...ignored('such inputs are passed over or refused', '--no-warn-search-mismatch'),
  ...ignored('an architecture is always known', '--accept-unknown-input-arch'),
  ...ignored('an architecture is always known', '--no-accept-unknown-input-arch'),
  ...ignored('a name that a version script lists need not exist', '--undefined-version'),
  ...ignored('names of a version script are not looked for', '--no-undefined-version'),
  ...ignored('libraries bring the versions that they have', '--default-imported-symver'),
  ...ignored('CTF is copied, not made', '--ctf-variables --no-ctf-variables'),
  ...ignored('CTF is copied, not made', '--ctf-share-types', 'optional'),
  ...ignored(
    'gcc passes it; link-time optimization is not done here',
    '-plugin -plugin-opt',
    'required',
  ),
  ...ignored('no program is run while linking', '--error-handling-script', 'required'),
  ...ignored('sections of ELF need no limits', '--split-by-file --split-by-reloc', 'optional'),
  ...ignored('one task is one output', '--task-link', 'required'),
  ...ignored('gcc decides about it', '-nostartfiles'),
];

/** Options that would change the output in a way that is not done here. */
const refused = (why: string, names: string, argument: ArgumentKind = 'none'): OptionRow => ({
  names: names.split(' '),
  argument,
  set: (_settings, _value, problem) => problem(why),
  reason: why,
});

const refusedRows: readonly OptionRow[] = [
  refused('there are no big-endian outputs for i386', '-EB'),
  refused(
    'MRI scripts are not read; say it as a linker script, by -T',
    '-c --mri-script',
    'required',
  ),
  refused('import libraries are not made', '--out-implib', 'required'),
  refused(
    'sections are not split over regions; say in the script what goes where',
    '--enable-non-contiguous-regions',
  ),
  refused(
    'sections are not split over regions; say in the script what goes where',
    '--enable-non-contiguous-regions-warnings',
  ),
  refused('exports are given by --version-script', '--version-exports-section', 'required'),
];

/** The output format by its BFD name. */
export const formatName = ({ outputFormat }: LinkSettings): string =>
  outputFormat === 'elf' ? 'elf32-i386' : outputFormat;

export const formats = 'there are elf32-i386, binary, ihex and srec';

/** Sets the output format by its BFD name; false where there is none of that name. */
export function setFormat(settings: LinkSettings, name: string): boolean {
  const format = { 'elf32-i386': 'elf', binary: 'binary', ihex: 'ihex', srec: 'srec' } as const;
  const found = Object.entries(format).find(([each]) => each === name);
  if (found) settings.outputFormat = found[1];
  return found !== undefined;
}

export const optionRows: readonly OptionRow[] = [
  ...outputRows,
  ...inputRows,
  ...contentRows,
  ...reportRows,
  ...dynamicRows,
  ...ownRows,
  ...ignoredRows,
  ...refusedRows,
];
