// The grammar of linker scripts, over the tokens of script-scanner.ts: commands, MEMORY, PHDRS,
// VERSION and SECTIONS here, what they are made of in its bases. Of several errors in a row only
// the first is reported: the others are mostly its consequences; behind the end of the statement
// there may be a second one.

import { SourceFile, unclosedBrace } from '@ring0/diagnostics';
import type { DiagnosticList } from '@ring0/diagnostics';
import type { IToken } from 'chevrotain';
import { zero } from './script-expressions.ts';
import { OutputParser } from './script-output.ts';
import { scan, scanVersions } from './script-scanner.ts';
import type {
  Command,
  Expression,
  Insertion,
  MemoryRegion,
  ProgramHeader,
  Script,
  SectionsStatement,
  VersionNode,
  VersionPattern,
} from './script-syntax.ts';
import { token } from './script-tokens.ts';

/**
 * Parses a linker script; errors become diagnostics, and the script is empty then. `readFile`
 * serves INCLUDE, also from `directories`.
 */
export function parseScript(
  source: SourceFile,
  diagnostics: DiagnosticList,
  readFile: (path: string) => Uint8Array | undefined,
  directories: readonly string[] = [],
): Script {
  const include = (name: string): SourceFile | undefined => {
    for (const path of [name, ...directories.map((directory) => `${directory}/${name}`)]) {
      const bytes = readFile(path);
      if (bytes) return new SourceFile(path, bytes);
    }
    return undefined;
  };
  const before = diagnostics.errorCount;
  const { tokens, files } = scan(source, diagnostics, include);
  const isScanned = diagnostics.errorCount === before;
  const parser = new ScriptParser(files);
  const deep = deepest(tokens);
  if (deep) {
    const message = `an expression is nested more than ${nestingMax} deep, or has more than ${operatorsMax} operators`;
    diagnostics.error('L0108', message, parser.span(deep));
    return emptyScript;
  }
  parser.input = tokens;
  const script = parser.script();
  // What the scanner could not read has been reported; the parser stumbles over the same.
  if (isScanned) reportErrors(parser, tokens, diagnostics);
  return parser.errors.length > 0 || !isScanned ? emptyScript : (script ?? emptyScript);
}

/** The parser's errors but those that follow from an earlier one. */
function reportErrors(
  parser: ScriptParser,
  tokens: readonly IToken[],
  diagnostics: DiagnosticList,
): void {
  const positions = new Map(tokens.map((each, index) => [each, index]));
  let reported = -1;
  for (const error of parser.errors) {
    const index = positions.get(error.token) ?? tokens.length;
    if (reported >= 0 && (index >= tokens.length || !hasEnded(tokens, reported, index))) continue;
    reportSyntax(error, tokens, parser, diagnostics);
    reported = index;
    if (parser.errors.length > 1 && !isBalanced(tokens)) return;
  }
}

/** A statement ends between the two tokens: then the parser has found its feet again. */
function hasEnded(tokens: readonly IToken[], from: number, to: number): boolean {
  const isEnd = ({ tokenType }: IToken): boolean =>
    tokenType === token.semicolon || tokenType === token.closeBrace;
  return tokens.slice(from, to - 1).some(isEnd);
}

function isBalanced(tokens: readonly IToken[]): boolean {
  let depth = 0;
  for (const { tokenType } of tokens) {
    if (tokenType === token.openBrace) depth++;
    else if (tokenType === token.closeBrace && --depth < 0) return false;
  }
  return depth === 0;
}

function reportSyntax(
  error: { readonly token: IToken; readonly message: string },
  tokens: readonly IToken[],
  parser: ScriptParser,
  diagnostics: DiagnosticList,
): void {
  const expected = /--> (.*?) <--/.exec(error.message)?.[1];
  const wanted = expected && (/^\W/.test(expected) ? `'${expected}'` : expected);
  // The token at the end of the text has no place.
  if (error.token.startOffset >= 0) {
    const found = `found '${error.token.image}', expected ${wanted ?? 'a command or a section'}`;
    diagnostics.error('L0101', found, parser.span(error.token));
    return;
  }
  const last = tokens.at(-1);
  const braces = tokens
    .filter(({ tokenType }) => tokenType === token.openBrace || tokenType === token.closeBrace)
    .map((each) => ({ isOpen: each.tokenType === token.openBrace, span: parser.span(each) }));
  const open = unclosedBrace(braces);
  const message = `found the end of the script, expected ${open ? "'}'" : (wanted ?? 'more')}`;
  const notes = open ? [{ message: "this '{' is not closed", span: open }] : [];
  diagnostics.error('L0101', message, last && parser.span(last), { notes });
}

/** The parser and what reads its trees recurse as deep as an expression is nested. */
const nestingMax = 256;
/** A sum of many terms leans to the left, as deep as it is long. */
const operatorsMax = 1000;

/** The first token that is nested too deep. */
function deepest(tokens: readonly IToken[]): IToken | undefined {
  let depth = 0;
  let signs = 0;
  let operators = 0;
  return tokens.find(({ image, tokenType }) => {
    if (image === '(' || image === '{' || image === '?') depth++;
    else if (image === ')' || image === '}') depth--;
    else if (image === ';') depth = Math.min(depth, 2);
    signs = '+-!~'.includes(image) ? signs + 1 : 0;
    if (tokenType === token.binary || tokenType === token.sign) operators++;
    else if (image === ';' || image === '{' || image === ',') operators = 0;
    return depth + signs > nestingMax || operators > operatorsMax;
  });
}

export const emptyScript: Script = {
  commands: [],
  statements: [],
  hasSections: false,
  regions: [],
  programHeaders: [],
  insertions: [],
  versions: [],
};

/** Parses an expression as `--defsym` and `-Ttext` take it. */
export function parseExpression(source: SourceFile, diagnostics: DiagnosticList): Expression {
  const bytes = new Uint8Array([...'x='].map((c) => c.charCodeAt(0)).concat(...source.bytes, 59));
  const script = parseScript(new SourceFile(source.path, bytes), diagnostics, () => undefined);
  const [statement] = script.statements;
  return statement?.kind === 'assign' ? statement.value : { kind: 'number', value: 0n };
}

/** Parses the text of --version-script or --dynamic-list: nodes, or one list in braces. */
export function parseVersionScript(
  source: SourceFile,
  diagnostics: DiagnosticList,
): readonly VersionNode[] {
  const before = diagnostics.errorCount;
  const { tokens, files } = scanVersions(source, diagnostics);
  if (diagnostics.errorCount !== before) return [];
  const parser = new ScriptParser(files);
  parser.input = tokens;
  const nodes = parser.versionNodes();
  reportErrors(parser, tokens, diagnostics);
  return parser.errors.length > 0 ? [] : nodes;
}

/** What the commands of a script add up to, while it is parsed. */
interface Draft {
  commands: Command[];
  statements: SectionsStatement[];
  regions: MemoryRegion[];
  programHeaders: ProgramHeader[];
  insertions: Insertion[];
  versions: VersionNode[];
  hasSections: boolean;
}

const draft = (): Draft => ({
  commands: [],
  statements: [],
  regions: [],
  programHeaders: [],
  insertions: [],
  versions: [],
  hasSections: false,
});

export class ScriptParser extends OutputParser {
  constructor(files: readonly SourceFile[], skipValidations?: boolean) {
    super(files, skipValidations);
    this.performSelfAnalysis();
  }

  readonly script = this.RULE('script', (): Script => {
    const made = draft();
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            made.hasSections = true;
            this.SUBRULE(this.sections, { ARGS: [made.statements, made.commands] });
          },
        },
        { ALT: () => this.SUBRULE(this.memory, { ARGS: [made.regions] }) },
        { ALT: () => this.SUBRULE(this.phdrs, { ARGS: [made.programHeaders] }) },
        { ALT: () => this.SUBRULE(this.version, { ARGS: [made.versions] }) },
        { ALT: () => this.SUBRULE(this.insert, { ARGS: [made] }) },
        { ALT: () => made.commands.push(this.SUBRULE(this.command)) },
        { ALT: () => made.statements.push(this.SUBRULE(this.provide)) },
        { ALT: () => made.statements.push(this.SUBRULE(this.assertion)) },
        { ALT: () => made.statements.push(this.SUBRULE(this.assignment)) },
        { ALT: () => this.SUBRULE(this.separator) },
      ]);
    });
    return made;
  });

  /** What stands before it in the script goes into the default script. */
  readonly insert = this.RULE('insert', (made: Draft = draft()): void => {
    const word = this.CONSUME(token.insert);
    const where = this.CONSUME(token.name);
    const section = this.SUBRULE(this.fileName);
    this.ACTION(() => {
      const { statements } = made;
      const span = this.span(word, section);
      const isAfter = where.image === 'AFTER';
      made.insertions.push({ isAfter, section: section.image, statements: [...statements], span });
      statements.length = 0;
    });
  });

  readonly command = this.RULE('command', (): Command => {
    const name = this.CONSUME(token.command);
    const words: string[] = [];
    this.OPTION(() => this.SUBRULE(this.words, { ARGS: [words] }));
    return { kind: 'command', name: name.image, arguments: words, span: this.span(name) };
  });

  readonly sections = this.RULE(
    'sections',
    (statements: SectionsStatement[] = [], commands: Command[] = []): void => {
      this.CONSUME(token.sections);
      this.CONSUME(token.openBrace);
      this.MANY(() => {
        this.OR([
          { ALT: () => statements.push(this.SUBRULE(this.output)) },
          { ALT: () => this.SUBRULE(this.overlay, { ARGS: [statements] }) },
          { ALT: () => statements.push(this.SUBRULE(this.provide)) },
          { ALT: () => statements.push(this.SUBRULE(this.assertion)) },
          { ALT: () => statements.push(this.SUBRULE(this.assignment)) },
          { ALT: () => commands.push(this.SUBRULE(this.command)) },
          { ALT: () => this.SUBRULE(this.separator) },
        ]);
      });
      this.CONSUME(token.closeBrace);
    },
  );

  readonly memory = this.RULE('memory', (regions: MemoryRegion[] = []): void => {
    this.CONSUME(token.memory);
    this.CONSUME(token.openBrace);
    this.MANY(() => {
      const name = this.CONSUME(token.name).image;
      const attributes: string[] = [];
      this.OPTION(() => this.SUBRULE(this.words, { ARGS: [attributes] }));
      this.CONSUME(token.colon);
      this.CONSUME1(token.name);
      this.CONSUME(token.assign);
      const origin = this.SUBRULE(this.expression) ?? zero;
      this.OPTION1(() => this.CONSUME(token.comma));
      this.CONSUME2(token.name);
      this.CONSUME1(token.assign);
      const length = this.SUBRULE1(this.expression) ?? zero;
      this.OPTION2(() => this.CONSUME1(token.comma));
      regions.push({ name, attributes: attributes.join(''), origin, length });
    });
    this.CONSUME(token.closeBrace);
  });

  readonly phdrs = this.RULE('phdrs', (headers: ProgramHeader[] = []): void => {
    this.CONSUME(token.phdrs);
    this.CONSUME(token.openBrace);
    this.MANY(() => {
      const name = this.CONSUME(token.name).image;
      const type = this.SUBRULE(this.primary) ?? zero;
      const words = new Map<string, Expression | undefined>();
      this.MANY1(() => {
        const word = this.CONSUME1(token.name).image;
        words.set(
          word,
          this.OPTION(() => this.SUBRULE(this.parenthesised)),
        );
      });
      this.CONSUME(token.semicolon);
      headers.push({
        name,
        type,
        hasFileHeader: words.has('FILEHDR'),
        hasProgramHeaders: words.has('PHDRS'),
        at: words.get('AT'),
        flags: words.get('FLAGS'),
      });
    });
    this.CONSUME(token.closeBrace);
  });

  readonly version = this.RULE('version', (versions: VersionNode[] = []): void => {
    this.CONSUME(token.version);
    this.CONSUME(token.openBrace);
    const nodes = this.SUBRULE(this.versionNodes);
    this.ACTION(() => versions.push(...nodes));
    this.CONSUME(token.closeBrace);
  });

  /** `NAME { global: a; local: *; } PARENT;` any number of times. */
  readonly versionNodes = this.RULE('versionNodes', (): VersionNode[] => {
    const nodes: VersionNode[] = [];
    this.MANY(() => {
      const name = this.OPTION(() => this.CONSUME(token.name));
      const open = this.CONSUME(token.openBrace);
      const globals: VersionPattern[] = [];
      const locals: VersionPattern[] = [];
      let into = globals;
      this.MANY1(() =>
        this.OR([
          {
            ALT: () => {
              into = this.CONSUME(token.visibility).image.startsWith('local') ? locals : globals;
            },
          },
          { ALT: () => this.SUBRULE(this.versionPattern, { ARGS: [into, 'C'] }) },
          { ALT: () => this.SUBRULE(this.foreignPatterns, { ARGS: [into] }) },
        ]),
      );
      this.CONSUME(token.closeBrace);
      const parents: string[] = [];
      this.MANY2(() => parents.push(this.CONSUME1(token.name).image));
      this.CONSUME(token.semicolon);
      const span = this.ACTION(() => this.span(name ?? open));
      nodes.push({ name: name?.image ?? '', globals, locals, parents, span });
    });
    return nodes;
  });

  readonly versionPattern = this.RULE(
    'versionPattern',
    (into: VersionPattern[] = [], language = 'C'): void => {
      const name = this.SUBRULE(this.fileName);
      this.ACTION(() => {
        const isQuoted = name.tokenType === token.text;
        into.push({ pattern: name.image, language, isQuoted });
      });
      this.OPTION(() => this.CONSUME(token.semicolon));
    },
  );

  /** `extern "C++" { a; b; };` */
  readonly foreignPatterns = this.RULE('foreignPatterns', (into: VersionPattern[] = []): void => {
    this.CONSUME(token.extern);
    const language = this.SUBRULE(this.fileName)?.image ?? 'C';
    this.CONSUME(token.openBrace);
    this.MANY(() => this.SUBRULE(this.versionPattern, { ARGS: [into, language] }));
    this.CONSUME(token.closeBrace);
    this.OPTION(() => this.CONSUME(token.semicolon));
  });
}
