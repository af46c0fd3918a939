// The part of the script grammar about output sections: their header, body and trailer (GNU ld
// manual, "Output Section Attributes"), and OVERLAY.

import type { Span } from '@ring0/diagnostics';
import type { IToken } from 'chevrotain';
import { zero } from './script-expressions.ts';
import { overlayStatements } from './script-overlay.ts';
import type { OverlayMember } from './script-overlay.ts';
import { PatternParser } from './script-patterns.ts';
import type {
  Assertion,
  Assignment,
  BodyStatement,
  Expression,
  OutputSectionStatement,
  SectionsStatement,
} from './script-syntax.ts';
import { token } from './script-tokens.ts';

const dataSizes: Readonly<Record<string, number>> = {
  BYTE: 1,
  SHORT: 2,
  LONG: 4,
  QUAD: 8,
  SQUAD: 8,
};

type Header = Pick<
  OutputSectionStatement,
  'at' | 'align' | 'subalign' | 'isAlignedWithInput' | 'onlyIf'
>;
/** What stands behind a section's closing brace. */
export type Trailer = Pick<
  OutputSectionStatement,
  'region' | 'loadRegion' | 'regionSpans' | 'programHeaders' | 'fill'
>;

const emptyTrailer: Trailer = {
  region: undefined,
  loadRegion: undefined,
  regionSpans: [],
  programHeaders: [],
  fill: undefined,
};

/** Adds output sections; script-parser.ts goes on. */
export class OutputParser extends PatternParser {
  readonly separator = this.RULE('separator', (): void => {
    this.OR([
      { ALT: () => this.CONSUME(token.semicolon) },
      { ALT: () => this.CONSUME(token.comma) },
    ]);
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
    const message = this.SUBRULE(this.fileName)?.image ?? '';
    const close = this.CONSUME(token.close);
    return { kind: 'assert', condition, message, span: this.span(word, close) };
  });

  /** `(NOLOAD)`, `(TYPE = 7)`, `(READONLY (TYPE = 7))` */
  readonly sectionType = this.RULE(
    'sectionType',
    (): { type: string; elfType: Expression | undefined } => {
      let elfType: Expression | undefined;
      this.CONSUME(token.open);
      let type = this.CONSUME(token.sectionType).image;
      this.OPTION(() => {
        this.OR([
          {
            ALT: () => {
              this.CONSUME(token.typeIs);
              elfType = this.SUBRULE(this.expression);
            },
          },
          {
            ALT: () => {
              elfType = this.SUBRULE(this.sectionType)?.elfType;
            },
          },
        ]);
      });
      if (type === 'TYPE') type = '';
      this.CONSUME(token.close);
      return { type, elfType };
    },
  );

  readonly output = this.RULE('output', (): OutputSectionStatement => {
    const name = this.CONSUME(token.output);
    const address = this.OPTION(() => this.SUBRULE(this.expression));
    const type = this.OPTION1(() => this.SUBRULE(this.sectionType));
    this.CONSUME(token.colon);
    const header = this.SUBRULE(this.header);
    this.CONSUME(token.openBrace);
    const body: BodyStatement[] = [];
    this.MANY(() => this.SUBRULE(this.bodyStatement, { ARGS: [body] }));
    this.CONSUME(token.closeBrace);
    const trailer = this.SUBRULE(this.trailer) ?? emptyTrailer;
    return {
      kind: 'output',
      name: name.image,
      address,
      type: type?.type ?? '',
      elfType: type?.elfType,
      ...header,
      body,
      ...trailer,
      span: this.span(name),
    };
  });

  readonly header = this.RULE('header', (): Header => {
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

  readonly trailer = this.RULE('trailer', (): Trailer => {
    let region: IToken | undefined;
    let loadRegion: IToken | undefined;
    let fill: Expression | undefined;
    const programHeaders: string[] = [];
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(token.greater);
            region = this.CONSUME(token.name);
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.loadRegion);
            loadRegion = this.CONSUME1(token.name);
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
    const regionSpans: Span[] = [];
    this.ACTION(() => {
      for (const each of [region, loadRegion]) if (each) regionSpans.push(this.span(each));
    });
    const names = { region: region?.image, loadRegion: loadRegion?.image };
    return { ...names, regionSpans, fill, programHeaders };
  });

  readonly bodyStatement = this.RULE('bodyStatement', (body: BodyStatement[] = []): void => {
    this.OR([
      { ALT: () => body.push(this.SUBRULE(this.assignment)) },
      { ALT: () => body.push(this.SUBRULE(this.provide)) },
      { ALT: () => body.push(this.SUBRULE(this.assertion)) },
      {
        ALT: () => {
          const word = this.CONSUME(token.data).image;
          const value = this.SUBRULE(this.parenthesised) ?? zero;
          body.push({ kind: 'data', word, size: dataSizes[word] ?? 1, value });
        },
      },
      {
        ALT: () => {
          this.CONSUME(token.fillCommand);
          body.push({ kind: 'fill', value: this.SUBRULE1(this.parenthesised) ?? zero });
        },
      },
      {
        ALT: () => {
          const { image } = this.CONSUME(token.constructors);
          body.push({ kind: 'constructors', isSorted: image !== 'CONSTRUCTORS' });
        },
      },
      {
        ALT: () => {
          this.CONSUME(token.objectSymbols);
          body.push({ kind: 'object-symbols' });
        },
      },
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

  readonly overlay = this.RULE('overlay', (into: SectionsStatement[] = []): void => {
    const word = this.CONSUME(token.overlay);
    const address = this.OPTION(() => this.SUBRULE(this.expression));
    this.CONSUME(token.colon);
    let at: Expression | undefined;
    let isClosed = false;
    this.MANY(() =>
      this.OR([
        {
          ALT: () => {
            this.CONSUME(token.noCrossReferences);
            isClosed = true;
          },
        },
        {
          ALT: () => {
            this.CONSUME(token.at);
            at = this.SUBRULE(this.parenthesised);
          },
        },
      ]),
    );
    this.CONSUME(token.openBrace);
    const members: OverlayMember[] = [];
    this.MANY1(() =>
      this.OR1([
        { ALT: () => members.push(this.SUBRULE(this.overlayMember)) },
        { ALT: () => this.SUBRULE(this.separator) },
      ]),
    );
    this.CONSUME(token.closeBrace);
    const trailer = this.SUBRULE(this.trailer) ?? emptyTrailer;
    this.ACTION(() => {
      const span = this.span(word);
      into.push(...overlayStatements({ address, at, isClosed, members, trailer, span }));
    });
  });

  readonly overlayMember = this.RULE('overlayMember', (): OverlayMember => {
    const name = this.CONSUME(token.output);
    const body: BodyStatement[] = [];
    this.CONSUME(token.openBrace);
    this.MANY(() => this.SUBRULE(this.bodyStatement, { ARGS: [body] }));
    this.CONSUME(token.closeBrace);
    const trailer = this.SUBRULE(this.trailer) ?? emptyTrailer;
    return { name: name.image, body, trailer, span: this.span(name) };
  });
}
