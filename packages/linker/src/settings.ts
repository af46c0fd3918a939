// What the command line asks for, as the passes read it; and its state before any option.

/** How an input named from here on is taken; actions are done in the order of the command line. */
export type InputAction =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Uint8Array | undefined }
  | { readonly kind: 'library'; readonly name: string }
  | { readonly kind: 'format'; readonly isBinary: boolean; readonly name: string }
  | { readonly kind: 'whole-archive'; readonly isOn: boolean }
  | { readonly kind: 'as-needed'; readonly isOn: boolean }
  /** -Bstatic: libraries are archives from here on. */
  | { readonly kind: 'static'; readonly isOn: boolean }
  | { readonly kind: 'copy-needed'; readonly isOn: boolean }
  | { readonly kind: 'state'; readonly isPushed: boolean }
  /** -R: only the symbols of the file. */
  | { readonly kind: 'just-symbols'; readonly path: string }
  /** -T: what the script says about inputs counts from here on. */
  | { readonly kind: 'script'; readonly name: string }
  /** --defsym: takes effect here. */
  | { readonly kind: 'define'; readonly name: string; readonly text: string }
  /** -Ttext and the like. */
  | {
      readonly kind: 'address';
      readonly section: string;
      readonly segment: string | undefined;
      readonly start: number;
    }
  | { readonly kind: 'group'; readonly isStart: boolean };

export type OutputFormat = 'elf' | 'binary' | 'ihex' | 'srec';
export type Report = 'error' | 'warning' | 'ignore';

export interface LinkSettings {
  readonly actions: InputAction[];
  readonly searchDirectories: string[];
  readonly undefinedNames: string[];
  readonly requiredNames: string[];
  /** Names whose references go to `__wrap_NAME`, and those of `__real_NAME` to them. */
  readonly wrapped: Set<string>;
  /** Where sections begin by option, but for segments that the script places itself. */
  readonly sectionStarts: Map<string, number>;
  /** -Ttext and the like by the name that SEGMENT_START has for them. */
  readonly segmentStarts: Map<string, number>;
  /** The words of -z, as written. */
  readonly keywords: Set<string>;
  /** -T, in order. */
  readonly scripts: string[];
  /** -dT: instead of the default script. */
  defaultScript: string | undefined;
  readonly versionScripts: string[];
  readonly dynamicLists: string[];
  readonly exportedSymbols: string[];
  /** Patterns of --dynamic-list-cpp-new and its like. */
  readonly listedPatterns: string[];
  /** -Bgroup. */
  isGroup: boolean;
  readonly exportLists: string[];
  outputKind: 'executable' | 'pie' | 'shared' | 'relocatable';
  /** -Ur: -r, and constructors' tables are made. */
  isLastRelocatable: boolean;
  /** -d: commons get room in a relocatable output too. */
  definesCommons: boolean;
  inhibitsCommons: boolean;
  emitsRelocations: boolean;
  forcesGroups: boolean;
  output: string;
  entry: string | undefined;
  mapPath: string | undefined;
  wantsMap: boolean;
  mapShowsDiscarded: boolean;
  printsCrossReferences: boolean;
  printsMemoryUsage: boolean;
  printsFormat: boolean;
  printsSysroot: boolean;
  isVerbose: boolean;
  wantsStatistics: boolean;
  /** -t, twice for members too. */
  traceLevel: number;
  readonly tracedSymbols: Set<string>;
  dependencyPath: string | undefined;
  sysroot: string;
  /** -nostdlib: libraries are looked for where -L says, and nowhere else. */
  hasNoStandardDirectories: boolean;
  /** -N: 'omagic', -n: 'nmagic'. */
  magic: 'paged' | 'nmagic' | 'omagic';
  strip: 'none' | 'debug' | 'all';
  /** Of symbols in discarded sections. */
  stripsDiscarded: boolean;
  /** 'none' leaves out temporary names of merged sections; 'keep' leaves out nothing. */
  discardLocals: 'none' | 'temporary' | 'all' | 'keep';
  retainPath: string | undefined;
  /** It came after -s or -S, so they do not count. */
  retainsInstead: boolean;
  outputFormat: OutputFormat;
  /** By --oformat, which OUTPUT_FORMAT does not change. */
  isFormatGiven: boolean;
  collects: boolean;
  printsCollected: boolean;
  keepsExported: boolean;
  orphanHandling: 'place' | 'discard' | 'warn' | 'error';
  readonly uniqueSections: string[];
  isOrphanUnique: boolean;
  sortSection: 'name' | 'alignment' | undefined;
  sortCommon: 'ascending' | 'descending' | undefined;
  maxPageSize: number;
  commonPageSize: number;
  /** By -z max-page-size; else -z common-page-size may raise what scripts see of it. */
  isPageSizeGiven: boolean;
  isSeparateCode: boolean;
  hasRelro: boolean;
  stackFlags: 'input' | 'exec' | 'noexec';
  allowsMultipleDefinition: boolean;
  checksSections: boolean;
  /** What undefined symbols of objects are. */
  unresolved: Report;
  /** What undefined symbols of shared libraries are; undefined: by the kind of output. */
  unresolvedInLibraries: Report | undefined;
  readonly ignoredUnresolved: Set<string>;
  /** --warn-unresolved-symbols. */
  unresolvedIsWarning: boolean;
  noInhibitExec: boolean;
  /** --disable-multiple-abs-defs: what -R brings may not be defined again. */
  refusesBareDuplicates: boolean;
  warnsCommon: boolean;
  warnsSectionAlign: boolean;
  warnsWritableCode: boolean;
  /** Undefined: only for inputs that lack the note. */
  warnsExecutableStack: boolean | undefined;
  warnsTextRelocations: boolean;
  warnsOnce: boolean;
  isFatalWarnings: boolean;
  /** -w: nothing is said, and an output is made in spite of errors where that can be. */
  isSilent: boolean;
  /** Kinds of output that the options name, and that exclude each other. */
  kindsClash: string | undefined;
  soname: string | undefined;
  /** False: none. */
  dynamicLinker: string | false | undefined;
  readonly runPaths: string[];
  readonly runPathLinks: string[];
  readonly filters: string[];
  readonly auxiliaries: string[];
  readonly audits: string[];
  readonly dependencyAudits: string[];
  readonly excludedLibraries: string[];
  hashStyle: 'sysv' | 'gnu' | 'both';
  /** 'none', 'sha1', 'md5', 'uuid', '0x..' */
  buildId: string | undefined;
  packageMetadata: string | undefined;
  binds: 'dynamic' | 'symbolic' | 'functions';
  /** -O1 and above: hash tables get the number of buckets that makes chains short. */
  optimizes: boolean;
  exportsDynamic: boolean;
  hasFrameHeader: boolean;
  newDynamicTags: boolean;
  /** --no-ld-generated-unwind-info. */
  noUnwindInfo: boolean;
  dynamicListData: boolean;
  /** --traditional-format: common entries of .eh_frame are not merged. */
  isTraditional: boolean;
  /** Unused entries at the end of .dynamic. */
  spareTags: number;
  /** --default-symver: what has no version has one of the output's own name. */
  isVersionedByName: boolean;
  /** Of debugging information; zlib-gabi is another name of zlib. */
  compression: 'none' | 'zlib' | 'zlib-gnu' | 'zlib-gabi' | 'zstd';
  initName: string;
  finiName: string;
  /** --why NAME. */
  readonly whys: string[];
  treemapPath: string | undefined;
  diagnosticsFormat: 'text' | 'gcc' | 'json' | 'sarif';
  /** The version whose choices count, as `2.40`. */
  compatibility: string;
  isStrict: boolean;
  dump: string | undefined;
  /** -v: only the version; -V: emulations too; --version: then stop. */
  versionShown: 'none' | 'short' | 'long' | 'full';
  wantsVersion: boolean;
  showsHelp: boolean;
}

const pageSize = 0x1000;

/** Settings before any option. */
export function defaultSettings(): LinkSettings {
  return {
    ...listSettings(),
    ...outputSettings(),
    ...warningSettings(),
    soname: undefined,
    dynamicLinker: undefined,
    hashStyle: 'both',
    buildId: undefined,
    packageMetadata: undefined,
    binds: 'dynamic',
    optimizes: false,
    exportsDynamic: false,
    hasFrameHeader: false,
    newDynamicTags: true,
    noUnwindInfo: false,
    dynamicListData: false,
    isTraditional: false,
    isGroup: false,
    spareTags: 5,
    isVersionedByName: false,
    compression: 'none',
    initName: '_init',
    finiName: '_fini',
    treemapPath: undefined,
    diagnosticsFormat: 'text',
    compatibility: '2.40',
    isStrict: false,
    dump: undefined,
    versionShown: 'none',
    wantsVersion: false,
    showsHelp: false,
  };
}

const listSettings = () => ({
  actions: [],
  searchDirectories: [],
  undefinedNames: [],
  requiredNames: [],
  wrapped: new Set<string>(),
  sectionStarts: new Map<string, number>(),
  segmentStarts: new Map<string, number>(),
  keywords: new Set<string>(),
  scripts: [],
  versionScripts: [],
  dynamicLists: [],
  exportedSymbols: [],
  listedPatterns: [],
  exportLists: [],
  tracedSymbols: new Set<string>(),
  uniqueSections: [],
  ignoredUnresolved: new Set<string>(),
  runPaths: [],
  runPathLinks: [],
  filters: [],
  auxiliaries: [],
  audits: [],
  dependencyAudits: [],
  excludedLibraries: [],
  whys: [],
});

const outputSettings = () =>
  ({
    defaultScript: undefined,
    outputKind: 'executable',
    isLastRelocatable: false,
    definesCommons: false,
    inhibitsCommons: false,
    emitsRelocations: false,
    forcesGroups: false,
    output: 'a.out',
    entry: undefined,
    mapPath: undefined,
    wantsMap: false,
    mapShowsDiscarded: true,
    printsCrossReferences: false,
    printsMemoryUsage: false,
    printsFormat: false,
    printsSysroot: false,
    isVerbose: false,
    wantsStatistics: false,
    traceLevel: 0,
    dependencyPath: undefined,
    sysroot: '',
    hasNoStandardDirectories: false,
    magic: 'paged',
    strip: 'none',
    stripsDiscarded: true,
    discardLocals: 'none',
    retainPath: undefined,
    retainsInstead: false,
    outputFormat: 'elf',
    isFormatGiven: false,
    collects: false,
    printsCollected: false,
    keepsExported: false,
    orphanHandling: 'place',
    isOrphanUnique: false,
    sortSection: undefined,
    sortCommon: undefined,
    maxPageSize: pageSize,
    commonPageSize: pageSize,
    isPageSizeGiven: false,
    isSeparateCode: true,
    hasRelro: true,
    stackFlags: 'input',
    allowsMultipleDefinition: false,
    checksSections: true,
  }) as const;

const warningSettings = () =>
  ({
    unresolved: 'error',
    unresolvedInLibraries: undefined,
    unresolvedIsWarning: false,
    noInhibitExec: false,
    refusesBareDuplicates: false,
    warnsCommon: false,
    warnsSectionAlign: false,
    warnsWritableCode: true,
    warnsExecutableStack: undefined,
    warnsTextRelocations: true,
    warnsOnce: false,
    isFatalWarnings: false,
    isSilent: false,
    kindsClash: undefined,
  }) as const;
