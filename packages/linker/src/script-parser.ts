// The grammar of linker scripts, over the tokens of script-scanner.ts. Of the parser's errors the
// first is reported: those behind it are mostly its consequences.

import { SourceFile, unclosedBrace } from '@ring0/diagnostics';
import type { DiagnosticList, Span } from '@ring0/diagnostics';
import type { IToken } from 'chevrotain';
import { ExpressionParser, zero } from './script-expressions.ts';
import { scan, token } from './script-scanner.ts';
import type {
  Assertion,
  Assignment,
  BodyStatement,
  Command,
  Expression,
  MemoryRegion,
  OutputSectionStatement,
  ProgramHeader,
  Script,
  SectionPattern,
  SectionsStatement,
  SortKey,
} from './script-syntax.ts';

/**
 * Parses a linker script; errors become diagnostics, and the script is empty then. `readFile`
 * serves INCLUDE.
 */
export function parseScript(
  source: SourceFile,
  diagnostics: DiagnosticList,
  readFile: (path: string) => Uint8Array | undefined,
): Script {
  const include = (name: string): SourceFile | undefined => {
    const bytes = readFile(name);
    return bytes && new SourceFile(name, bytes);
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
  const first = isScanned ? parser.errors[0] : undefined;
  if (first) reportSyntax(first, tokens, parser, diagnostics);
  return parser.errors.length > 0 || !isScanned ? emptyScript : (script ?? emptyScript);
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
};

/** Parses an expression as `--defsym` and `-Ttext` take it. */
export function parseExpression(source: SourceFile, diagnostics: DiagnosticList): Expression {
  const bytes = new Uint8Array([...'x='].map((c) => c.charCodeAt(0)).concat(...source.bytes, 59));
  const script = parseScript(new SourceFile(source.path, bytes), diagnostics, () => undefined);
  const [statement] = script.statements;
  return statement?.kind === 'assign' ? statement.value : { kind: 'number', value: 0n };
}

const dataSizes: Readonly<Record<string, number>> = {
  BYTE: 1,
  SHORT: 2,
  LONG: 4,
  QUAD: 8,
  SQUAD: 8,
};

const sortKeys: Readonly<Record<string, SortKey>> = {
  SORT: 'name',
  SORT_BY_NAME: 'name',
  SORT_BY_ALIGNMENT: 'alignment',
  SORT_BY_INIT_PRIORITY: 'priority',
  SORT_NONE: 'none',
};

export class ScriptParser extends ExpressionParser {
  constructor(files: readonly SourceFile[], skipValidations?: boolean) {
    super(files, skipValidations);
    this.performSelfAnalysis();
  }

  readonly script = this.RULE('script', (): Script => {
    const commands: Command[] = [];
    const statements: SectionsStatement[] = [];
    const regions: MemoryRegion[] = [];
    const programHeaders: ProgramHeader[] = [];
    let hasSections = false;
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            hasSections = true;
            this.SUBRULE(this.sections, { ARGS: [statements, commands] });
          },
        },
        { ALT: () => this.SUBRULE(this.memory, { ARGS: [regions] }) },
        { ALT: () => this.SUBRULE(this.phdrs, { ARGS: [programHeaders] }) },
        { ALT: () => commands.push(this.SUBRULE(this.command)) },
        { ALT: () => statements.push(this.SUBRULE(this.provide)) },
        { ALT: () => statements.push(this.SUBRULE(this.assertion)) },
        { ALT: () => statements.push(this.SUBRULE(this.assignment)) },
        { ALT: () => this.SUBRULE(this.separator) },
      ]);
    });
    return { commands, statements, hasSections, regions, programHeaders };
  });

  readonly separator = this.RULE('separator', (): void => {
    this.OR([
      { ALT: () => this.CONSUME(token.semicolon) },
      { ALT: () => this.CONSUME(token.comma) },
    ]);
  });

  readonly command = this.RULE('command', (): Command => {
    const name = this.CONSUME(token.command);
    const words: string[] = [];
    this.OPTION(() => this.SUBRULE(this.words, { ARGS: [words] }));
    return { kind: 'command', name: name.image, arguments: words, span: this.span(name) };
  });

  readonly words = this.RULE('words', (into: string[] = []): void => {
    this.CONSUME(token.open);
    this.MANY(() => {
      this.OR([
        { ALT: () => into.push(this.CONSUME(token.name).image) },
        { ALT: () => into.push(this.CONSUME(token.text).image) },
        { ALT: () => this.CONSUME(token.comma) },
        { ALT: () => this.SUBRULE(this.words, { ARGS: [into] }) },
      ]);
    });
    this.CONSUME(token.close);
  });

  readonly assignment = this.RULE('assignment', (): Assignment => {
    const name = this.CONSUME(token.name);
    const operator = this.CONSUME(token.assign);
    const value = this.SUBRULE(this.expression) ?? zero;
    return {
      kind: 'assign',
      name: name.image,
      operator: operator.image,
      value,
      isProvided: false,
      isHidden: false,
      span: this.span(name),
    };
  });

  readonly provide = this.RULE('provide', (): Assignment => {
    const word = this.CONSUME(token.provide);
    this.CONSUME(token.open);
    const assignment = this.SUBRULE(this.assignment);
    this.CONSUME(token.close);
    return {
      ...assignment,
      isProvided: word.image.startsWith('PROVIDE'),
      isHidden: word.image.endsWith('HIDDEN'),
    };
  });

  readonly assertion = this.RULE('assertion', (): Assertion => {
    const word = this.CONSUME(token.assert);
    this.CONSUME(token.open);
    const condition = this.SUBRULE(this.expression) ?? zero;
    this.CONSUME(token.comma);
    const message = this.CONSUME(token.text).image;
    const close = this.CONSUME(token.close);
    return { kind: 'assert', condition, message, span: this.span(word, close) };
  });

  readonly sections = this.RULE(
    'sections',
    (statements: SectionsStatement[] = [], commands: Command[] = []): void => {
      this.CONSUME(token.sections);
      this.CONSUME(token.openBrace);
      this.MANY(() => {
        this.OR([
          { ALT: () => statements.push(this.SUBRULE(this.output)) },
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

  readonly output = this.RULE('output', (): OutputSectionStatement => {
    const name = this.CONSUME(token.output);
    let address: Expression | undefined;
    let type = '';
    this.OPTION(() => {
      address = this.SUBRULE(this.expression);
    });
    this.ACTION(() => {
      if (address?.kind === 'name' && sectionTypes.has(address.name)) {
        type = address.name;
        address = undefined;
      } else if (
        address?.kind === 'call' &&
        address.name === '.' &&
        address.arguments.length === 1
      ) {
        const [argument] = address.arguments;
        if (argument.kind === 'name') type = argument.name;
        address = { kind: 'name', name: '.', span: address.span };
      }
    });
    this.OPTION1(() => {
      this.CONSUME(token.open);
      type = this.CONSUME(token.name).image;
      this.CONSUME(token.close);
    });
    this.CONSUME(token.colon);
    const header = this.SUBRULE(this.header);
    this.CONSUME(token.openBrace);
    const body: BodyStatement[] = [];
    this.MANY(() => this.SUBRULE(this.bodyStatement, { ARGS: [body] }));
    this.CONSUME(token.closeBrace);
    const trailer = this.SUBRULE(this.trailer);
    return {
      kind: 'output',
      name: name.image,
      address,
      type,
      ...header,
      body,
      ...trailer,
      span: this.span(name),
    };
  });

  readonly header = this.RULE('header', () => {
    const words = new Map<string, Expression | undefined>();
    let at: Expression | undefined;
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(token.at);
            at = this.SUBRULE(this.parenthesised);
          },
        },
        {
          ALT: () => {
            const word = this.CONSUME(token.headerWord).image;
            const value = this.OPTION(() => this.SUBRULE1(this.parenthesised));
            words.set(word, value);
          },
        },
      ]);
    });
    const onlyIf: 'RO' | 'RW' | undefined = words.has('ONLY_IF_RO')
      ? 'RO'
      : words.has('ONLY_IF_RW')
        ? 'RW'
        : undefined;
    return {
      at,
      align: words.get('ALIGN'),
      subalign: words.get('SUBALIGN'),
      isAlignedWithInput: words.has('ALIGN_WITH_INPUT'),
      onlyIf,
    };
  });

  readonly trailer = this.RULE('trailer', () => {
    let region: string | undefined;
    let loadRegion: string | undefined;
    const regionSpans: Span[] = [];
    let fill: Expression | undefined;
    const programHeaders: string[] = [];
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(token.greater);
            const name = this.CONSUME(token.name);
            region = name.image;
            regionSpans.push(this.span(name));
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.loadRegion);
            const name = this.CONSUME1(token.name);
            loadRegion = name.image;
            regionSpans.push(this.span(name));
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.colon);
            programHeaders.push(this.CONSUME2(token.name).image);
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.fill);
            fill = this.SUBRULE(this.expression);
          },
        },
      ]);
    });
    return { region, loadRegion, regionSpans, fill, programHeaders };
  });

  readonly bodyStatement = this.RULE('bodyStatement', (body: BodyStatement[] = []): void => {
    this.OR([
      { ALT: () => body.push(this.SUBRULE(this.assignment)) },
      { ALT: () => body.push(this.SUBRULE(this.provide)) },
      { ALT: () => body.push(this.SUBRULE(this.assertion)) },
      {
        ALT: () => {
          const word = this.CONSUME(token.data);
          const value = this.SUBRULE(this.parenthesised) ?? zero;
          body.push({ kind: 'data', size: dataSizes[word.image] ?? 1, value });
        },
      },
      {
        ALT: () => {
          this.CONSUME(token.fillCommand);
          body.push({ kind: 'fill', value: this.SUBRULE1(this.parenthesised) ?? zero });
        },
      },
      { ALT: () => this.CONSUME(token.constructors) },
      {
        ALT: () => {
          this.CONSUME(token.keep);
          this.CONSUME(token.open);
          this.SUBRULE(this.filePattern, { ARGS: [body, true] });
          this.CONSUME(token.close);
        },
      },
      { ALT: () => this.SUBRULE1(this.filePattern, { ARGS: [body, false] }) },
      { ALT: () => this.SUBRULE(this.separator) },
    ]);
  });

  /** `file(sections)`, with EXCLUDE_FILE and SORT around either. */
  readonly filePattern = this.RULE(
    'filePattern',
    (body: BodyStatement[] = [], isKept = false): void => {
      const excludedFiles: string[] = [];
      let isSortedByFile = false;
      let first: IToken | undefined;
      let file = '*';
      let isConstructors = false;
      this.OPTION(() => {
        this.CONSUME(token.exclude);
        this.SUBRULE(this.words, { ARGS: [excludedFiles] });
      });
      this.OR([
        {
          ALT: () => {
            first = this.CONSUME(token.sort);
            this.CONSUME(token.open);
            this.OR1([
              {
                ALT: () => {
                  file = this.CONSUME(token.name).image;
                  isSortedByFile = true;
                },
              },
              {
                ALT: () => {
                  this.CONSUME(token.constructors);
                  isConstructors = true;
                },
              },
            ]);
            this.CONSUME(token.close);
          },
        },
        {
          ALT: () => {
            first = this.CONSUME1(token.name);
            file = first.image;
          },
        },
      ]);
      const sections: SectionPattern[] = [];
      this.OPTION1(() => {
        this.CONSUME1(token.open);
        this.SUBRULE(this.sectionPatterns, { ARGS: [sections, []] });
        this.CONSUME1(token.close);
      });
      this.ACTION(() => {
        if (isConstructors || !first) return;
        const span = this.span(first);
        if (sections.length === 0) sections.push({ pattern: '*', excludedFiles: [], sort: [] });
        body.push({ kind: 'input', file, excludedFiles, isSortedByFile, isKept, sections, span });
      });
    },
  );

  readonly sectionPatterns = this.RULE(
    'sectionPatterns',
    (into: SectionPattern[] = [], sort: readonly SortKey[] = []): void => {
      let excludedFiles: string[] = [];
      this.MANY(() => {
        this.OR([
          {
            ALT: () => {
              this.CONSUME(token.exclude);
              const files: string[] = [];
              this.SUBRULE(this.words, { ARGS: [files] });
              excludedFiles = files;
            },
          },
          {
            ALT: () => {
              const word = this.CONSUME(token.sort).image;
              this.CONSUME(token.open);
              const inner: SectionPattern[] = [];
              this.SUBRULE(this.sectionPatterns, {
                ARGS: [inner, [...sort, sortKeys[word] ?? 'name']],
              });
              const files = excludedFiles;
              this.ACTION(() => {
                for (const pattern of inner) {
                  into.push({ ...pattern, excludedFiles: [...files, ...pattern.excludedFiles] });
                }
              });
              excludedFiles = [];
              this.CONSUME(token.close);
            },
          },
          {
            ALT: () => {
              const pattern = this.CONSUME(token.name).image;
              into.push({ pattern, excludedFiles, sort });
              excludedFiles = [];
            },
          },
          {
            ALT: () => {
              const pattern = this.CONSUME(token.text).image;
              into.push({ pattern, excludedFiles, sort });
              excludedFiles = [];
            },
          },
          { ALT: () => this.CONSUME(token.comma) },
          { ALT: () => this.CONSUME(token.constructors) },
        ]);
      });
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
}

const sectionTypes = new Set(['NOLOAD', 'DSECT', 'COPY', 'INFO', 'OVERLAY', 'READONLY']);
