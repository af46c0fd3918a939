// What a linker script says, as a tree. Names follow the GNU ld manual's chapter "Linker Scripts".

import type { Span } from '@ring0/diagnostics';

export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly digits?: string | undefined }
  | { readonly kind: 'name'; readonly name: string; readonly span: Span }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: readonly Expression[];
      readonly span: Span;
    };

export interface Assignment {
  readonly kind: 'assign';
  readonly name: string;
  /** `=`, `+=`, .. */
  readonly operator: string;
  readonly value: Expression;
  readonly isProvided: boolean;
  readonly isHidden: boolean;
  /** The map does not show it. */
  readonly isSilent?: boolean;
  readonly span: Span;
}

export interface Assertion {
  readonly kind: 'assert';
  readonly condition: Expression;
  readonly message: string;
  readonly span: Span;
}

export type SortKey = 'name' | 'alignment' | 'priority' | 'none';

export interface SectionPattern {
  readonly pattern: string;
  readonly excludedFiles: readonly string[];
  /** Outermost first. */
  readonly sort: readonly SortKey[];
}

export interface InputPattern {
  readonly kind: 'input';
  readonly file: string;
  readonly excludedFiles: readonly string[];
  readonly isSortedByFile: boolean;
  readonly isKept: boolean;
  readonly sections: readonly SectionPattern[];
  /** INPUT_SECTION_FLAGS: SHF_ names, those after ! in `without`. */
  readonly flags?: { readonly with: readonly string[]; readonly without: readonly string[] };
  readonly span: Span;
}

export interface DataStatement {
  readonly kind: 'data';
  readonly word?: string;
  /** In bytes. */
  readonly size: number;
  readonly value: Expression;
}

export interface FillStatement {
  readonly kind: 'fill';
  readonly value: Expression;
}

/** CREATE_OBJECT_SYMBOLS: a symbol for each input file that has a section here. */
export interface ObjectSymbolsStatement {
  readonly kind: 'object-symbols';
}

/** CONSTRUCTORS: nothing for ELF, but the map shows it. */
export interface ConstructorsStatement {
  readonly kind: 'constructors';
  readonly isSorted: boolean;
}

export type BodyStatement =
  | Assignment
  | Assertion
  | InputPattern
  | DataStatement
  | FillStatement
  | ObjectSymbolsStatement
  | ConstructorsStatement;

export interface OutputSectionStatement {
  readonly kind: 'output';
  readonly name: string;
  readonly address: Expression | undefined;
  /** NOLOAD, DSECT, COPY, INFO, OVERLAY, READONLY, or empty. */
  readonly type: string;
  /** TYPE = .. */
  readonly elfType?: Expression | undefined;
  readonly at: Expression | undefined;
  readonly align: Expression | undefined;
  readonly subalign: Expression | undefined;
  readonly isAlignedWithInput: boolean;
  readonly onlyIf: 'RO' | 'RW' | undefined;
  readonly body: readonly BodyStatement[];
  readonly region: string | undefined;
  readonly loadRegion: string | undefined;
  /** Where the two names stand. */
  readonly regionSpans: readonly Span[];
  readonly programHeaders: readonly string[];
  readonly fill: Expression | undefined;
  /** A member of an OVERLAY: its index, and whether its members may not refer to each other. */
  readonly overlay?: { readonly index: number; readonly isClosed: boolean } | undefined;
  /** Undefined for sections that the script does not name. */
  readonly span: Span | undefined;
}

/** A line of the map that is no statement of a script; without text it names the output. */
export interface Remark {
  readonly kind: 'remark';
  readonly text: string;
  /** An option gives this output section its address, and brings it into being. */
  readonly section?: string;
}

export type SectionsStatement = Assignment | Assertion | OutputSectionStatement | Remark;

export interface MemoryRegion {
  readonly name: string;
  readonly attributes: string;
  readonly origin: Expression;
  readonly length: Expression;
}

export interface VersionPattern {
  readonly pattern: string;
  /** As `extern "C++"` says; `C` where nothing does. */
  readonly language: string;
  /** A quoted name is no pattern. */
  readonly isQuoted: boolean;
}

/** A version of VERSION or a version script; the anonymous one has an empty name. */
export interface VersionNode {
  readonly name: string;
  readonly globals: readonly VersionPattern[];
  readonly locals: readonly VersionPattern[];
  readonly parents: readonly string[];
  readonly span: Span | undefined;
}

/** `INSERT AFTER section`: where the statements before it go in the default script. */
export interface Insertion {
  readonly isAfter: boolean;
  readonly section: string;
  readonly statements: readonly SectionsStatement[];
  readonly span: Span;
}

export interface ProgramHeader {
  readonly name: string;
  readonly type: Expression;
  readonly hasFileHeader: boolean;
  readonly hasProgramHeaders: boolean;
  readonly at: Expression | undefined;
  readonly flags: Expression | undefined;
}

/** A command with plain arguments: ENTRY, OUTPUT_FORMAT, SEARCH_DIR, INPUT, .. */
export interface Command {
  readonly kind: 'command';
  readonly name: string;
  readonly arguments: readonly string[];
  readonly span: Span;
}

export interface Script {
  readonly commands: readonly Command[];
  /** Sections and the assignments around them, in order; undefined: no SECTIONS command. */
  readonly statements: readonly SectionsStatement[];
  readonly hasSections: boolean;
  readonly regions: readonly MemoryRegion[];
  readonly programHeaders: readonly ProgramHeader[];
  readonly insertions: readonly Insertion[];
  readonly versions: readonly VersionNode[];
}
