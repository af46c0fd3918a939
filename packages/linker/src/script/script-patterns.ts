// The part of the script grammar about input sections (GNU ld manual, "Input Section"):
// `KEEP(EXCLUDE_FILE(a.o) lib.a:*.o(SORT(.text.*) .data))`.

import type { SourceFile } from '@ring0/diagnostics';
import type { IToken } from 'chevrotain';
import { ExpressionParser } from './script-expressions.ts';
import type { BodyStatement, InputPattern, SectionPattern, SortKey } from './script-syntax.ts';
import { token } from './script-tokens.ts';

const sortKeys: Readonly<Record<string, SortKey>> = {
  SORT: 'name',
  SORT_BY_NAME: 'name',
  SORT_BY_ALIGNMENT: 'alignment',
  SORT_BY_INIT_PRIORITY: 'priority',
  SORT_NONE: 'none',
};

/** What stands before and as the file of a pattern. */
interface FilePart {
  readonly first: IToken;
  readonly file: string;
  readonly isSorted: boolean;
}

/** Adds input sections to the expressions; script-output.ts goes on. */
export class PatternParser extends ExpressionParser {
  constructor(files: readonly SourceFile[], skipValidations?: boolean) {
    super(files, skipValidations);
  }

  readonly words = this.RULE('words', (into: string[] = []): void => {
    this.CONSUME(token.open);
    this.MANY(() => {
      this.OR([
        { ALT: () => into.push(this.CONSUME(token.name).image) },
        { ALT: () => into.push(this.CONSUME(token.text).image) },
        { ALT: () => this.CONSUME(token.comma) },
        {
          ALT: () => {
            const inner: string[] = [];
            this.SUBRULE(this.words, { ARGS: [inner] });
            this.ACTION(() => addInner(into, inner));
          },
        },
      ]);
    });
    this.CONSUME(token.close);
  });

  /** `INPUT_SECTION_FLAGS (A & !B)` */
  readonly sectionFlags = this.RULE('sectionFlags', (): NonNullable<InputPattern['flags']> => {
    const wanted: string[] = [];
    const unwanted: string[] = [];
    this.CONSUME(token.flags);
    this.CONSUME(token.open);
    this.AT_LEAST_ONE_SEP({
      SEP: token.binary,
      DEF: () => {
        let isNegated = false;
        this.OPTION(() => {
          this.CONSUME(token.prefix);
          isNegated = true;
        });
        const { image } = this.CONSUME(token.name);
        (isNegated ? unwanted : wanted).push(image);
      },
    });
    this.CONSUME(token.close);
    return { with: wanted, without: unwanted };
  });

  readonly fileName = this.RULE('fileName', (): IToken =>
    this.OR([{ ALT: () => this.CONSUME(token.name) }, { ALT: () => this.CONSUME(token.text) }]),
  );

  /** A file, or `SORT(file)` with EXCLUDE_FILE inside. */
  readonly filePart = this.RULE('filePart', (excluded: string[] = []): FilePart | undefined =>
    this.OR([
      {
        ALT: () => {
          const word = this.CONSUME(token.sort);
          this.CONSUME(token.open);
          this.OPTION(() => {
            this.CONSUME(token.exclude);
            this.SUBRULE(this.words, { ARGS: [excluded] });
          });
          const file = this.SUBRULE(this.fileName)?.image ?? '*';
          this.CONSUME(token.close);
          return { first: word, file, isSorted: word.image !== 'SORT_NONE' };
        },
      },
      {
        ALT: () => {
          const first = this.SUBRULE1(this.fileName);
          return this.ACTION(() => ({ first, file: first.image, isSorted: false }));
        },
      },
    ]),
  );

  /** `file(sections)`, with EXCLUDE_FILE, INPUT_SECTION_FLAGS and SORT around them. */
  readonly filePattern = this.RULE(
    'filePattern',
    (body: BodyStatement[] = [], isKept = false): void => {
      const excludedFiles: string[] = [];
      let flags: InputPattern['flags'];
      this.MANY(() =>
        this.OR([
          {
            ALT: () => {
              this.CONSUME(token.exclude);
              this.SUBRULE(this.words, { ARGS: [excludedFiles] });
            },
          },
          {
            ALT: () => {
              flags = this.SUBRULE(this.sectionFlags);
            },
          },
        ]),
      );
      const part = this.SUBRULE(this.filePart, { ARGS: [excludedFiles] });
      const sections: SectionPattern[] = [];
      this.OPTION1(() => {
        this.CONSUME1(token.open);
        this.SUBRULE(this.sectionPatterns, { ARGS: [sections, []] });
        this.CONSUME1(token.close);
      });
      this.ACTION(() => {
        if (!part) return;
        const { file, isSorted: isSortedByFile } = part;
        const span = this.span(part.first);
        const pattern = { kind: 'input', file, excludedFiles, isSortedByFile, isKept } as const;
        body.push({ ...pattern, sections, span, ...(flags ? { flags } : {}) });
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
              const keys = [...sort, sortKeys[word] ?? 'name'];
              this.SUBRULE(this.sectionPatterns, { ARGS: [inner, keys] });
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
              const pattern = this.SUBRULE(this.fileName)?.image ?? '*';
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
}

/** What AS_NEEDED has in parentheses is marked by it, word by word. */
function addInner(into: string[], inner: readonly string[]): void {
  const isMarked = into.at(-1) === 'AS_NEEDED';
  if (isMarked) into.pop();
  into.push(...inner.map((word) => (isMarked ? `AS_NEEDED ${word}` : word)));
}
