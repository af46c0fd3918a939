// Linker scripts have no single lexical grammar: what `*`, `-` or `=` means depends on the place
// (a file pattern or an expression). So the scanner follows the script's nesting and reads each
// place by its own rules, into tokens of the Chevrotain grammar in script-parser.ts. GNU ld's
// lexer does the same with states that its parser sets.

import { latin1Text } from '@ring0/bytes';
import type { DiagnosticList, SourceFile } from '@ring0/diagnostics';
import { createTokenInstance } from 'chevrotain';
import type { IToken, TokenType } from 'chevrotain';
import * as words from './script-tokens.ts';
import { operatorToken, token } from './script-tokens.ts';

const assignment = /([A-Za-z_.$][\w.$]*|"[^"\n]*")[ \t\r\n]*(=(?!=)|[-+*/&|^]=|<<=|>>=)/y;
const expressionName = /[A-Za-z_.$][\w.$]*/y;
const numberPattern = /(?:0[xX][0-9a-fA-F]+|[0-9][0-9a-fA-F]*[hHxXoOdD]?|\$[0-9a-fA-F]+)[kKmM]?/y;
const wordAlone = /[^\s(){},;":=]+|:/y;
const word = /[^\s(){},;"=]+/y;
const operators = /<<|>>|==|!=|<=|>=|&&|\|\||[-+*/%&|^<>!~?:]/y;

/** Reads the whole script into tokens; what is no token becomes a diagnostic. */
export function scan(
  source: SourceFile,
  diagnostics: DiagnosticList,
  include: (name: string, at: number) => SourceFile | undefined,
): { tokens: IToken[]; files: SourceFile[] } {
  const scanner = new Scanner(source, diagnostics, include);
  scanner.file('file');
  return { tokens: scanner.tokens, files: scanner.files };
}

/** Reads the text of a --version-script or --dynamic-list file. */
export function scanVersions(
  source: SourceFile,
  diagnostics: DiagnosticList,
): { tokens: IToken[]; files: SourceFile[] } {
  const scanner = new Scanner(source, diagnostics, () => undefined);
  scanner.versions(false);
  return { tokens: scanner.tokens, files: scanner.files };
}

type Place = 'file' | 'sections' | 'overlay' | 'body' | 'memory' | 'phdrs';

class Scanner {
  readonly tokens: IToken[] = [];
  /** The file each token is from; `startLine` of a token is an index here. */
  readonly files: SourceFile[];
  private readonly diagnostics: DiagnosticList;
  private readonly include: (name: string, at: number) => SourceFile | undefined;
  private source: SourceFile;
  private text: string;
  private at = 0;
  private depth = 0;

  constructor(
    source: SourceFile,
    diagnostics: DiagnosticList,
    include: (name: string, at: number) => SourceFile | undefined,
  ) {
    this.source = source;
    this.text = latin1Text(source.bytes);
    this.files = [source];
    this.diagnostics = diagnostics;
    this.include = include;
  }

  private emit(
    type: TokenType,
    start: number,
    image: string = this.text.slice(start, this.at),
  ): void {
    const file = this.files.length - 1;
    this.tokens.push(createTokenInstance(type, image, start, this.at - 1, file, file, 1, 1));
  }

  /** To the next token; false at the end. */
  private skip(): boolean {
    for (;;) {
      while (this.at < this.text.length && this.text.charCodeAt(this.at) <= 32) this.at++;
      if (this.text.startsWith('/*', this.at)) {
        const end = this.text.indexOf('*/', this.at + 2);
        if (end < 0) this.problem('L0102', 'this comment has no end', this.at, this.at + 2);
        this.at = end < 0 ? this.text.length : end + 2;
      } else if (this.text[this.at] === '#') {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else return this.at < this.text.length;
    }
  }

  private problem(code: string, message: string, start: number, end: number): void {
    this.diagnostics.error(code, message, { file: this.source, start, end });
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private punctuation(character: string, type: TokenType): boolean {
    if (!this.skip() || this.text[this.at] !== character) return false;
    this.at++;
    this.emit(type, this.at - 1);
    return true;
  }

  /** Statements up to the end of the file, or the brace that ends the place. */
  file(place: Place): void {
    while (this.skip()) {
      const start = this.at;
      const character = this.text[start];
      if (character === '}') {
        this.at++;
        this.emit(token.closeBrace, start);
        if (place !== 'file') return;
      } else if (character === ';') this.punctuation(';', token.semicolon);
      else if (character === ',') this.punctuation(',', token.comma);
      else if (place === 'memory') this.region();
      else if (place === 'phdrs') this.expression({});
      else if (place === 'overlay') this.overlayMember();
      else this.statement(place);
      if (this.at === start) {
        this.at++;
        this.problem('L0103', `'${character}' cannot begin a statement here`, start, start + 1);
      }
    }
  }

  private statement(place: Place): void {
    const start = this.at;
    assignment.lastIndex = start;
    const found = assignment.exec(this.text);
    if (found) {
      this.assignment(found);
      return;
    }
    if (this.text[start] === '"') {
      this.string();
      if (place === 'sections') this.outputSection(start);
      else if (place === 'body' && this.skip() && this.text[this.at] === '(') this.patterns();
      return;
    }
    const name = this.match(place === 'body' ? word : wordAlone);
    if (name === undefined) return;
    this.named(place, name, start);
  }

  private assignment(found: RegExpExecArray): void {
    const start = this.at;
    this.at += found[1].length;
    this.emit(token.name, start, found[1].replaceAll('"', ''));
    this.skip();
    const operator = this.at;
    this.at += found[2].length;
    this.emit(token.assign, operator);
    this.expression({ isAssigned: true });
  }

  private named(place: Place, name: string, start: number): void {
    if (name === 'INCLUDE') return this.included(place);
    if (name === 'ASSERT') return this.called(token.assert, start);
    if (words.provides.has(name)) return this.called(token.provide, start);
    if (place === 'body') return this.bodyWord(name, start);
    if (place === 'file' && name === 'SECTIONS')
      return this.block(token.sections, start, 'sections');
    if (place === 'file' && name === 'MEMORY') return this.block(token.memory, start, 'memory');
    if (place === 'file' && name === 'PHDRS') return this.block(token.phdrs, start, 'phdrs');
    if (place === 'file' && name === 'VERSION') {
      this.emit(token.version, start);
      return this.versions(true);
    }
    if (place === 'file' && name === 'INSERT') return this.insert(start);
    if (place === 'sections' && name === 'OVERLAY') return this.overlay(start);
    if (words.commands.has(name)) {
      this.emit(token.command, start);
      this.words();
    } else if (place === 'sections') this.outputSection(start, name);
    else this.unknownCommand(name, start);
  }

  private unknownCommand(name: string, start: number): void {
    const span = { file: this.source, start, end: this.at };
    const near = words.nearCommand(name);
    const notes = near === undefined ? [] : [{ message: `did you mean ${near}?` }];
    const fix = near === undefined ? {} : { fix: { span, text: near } };
    this.diagnostics.error('L0104', `unknown command '${name}'`, span, { notes, ...fix });
    this.resynchronise();
  }

  /** To the end of the statement: behind its `;` or its braces, or to the end of its line. */
  private resynchronise(): void {
    let depth = 0;
    for (let hasBody = false; this.at < this.text.length; this.at++) {
      const character = this.text[this.at];
      if (character === '{') {
        depth++;
        hasBody = true;
      } else if (character === '}') {
        if (depth === 0) return;
        depth--;
      }
      const isEnd =
        character === ';' ||
        (character === '\n' && !/^\s*[{(]/.test(this.text.slice(this.at, this.at + 40)));
      if (depth === 0 && (hasBody || isEnd)) {
        this.at++;
        return;
      }
    }
  }

  /** `INSERT AFTER name` */
  private insert(start: number): void {
    this.emit(token.insert, start);
    for (let part = 0; part < 2 && this.skip(); part++) {
      const at = this.at;
      if (this.text[at] === '"') this.string();
      else if (this.match(word) !== undefined) this.emit(token.name, at);
    }
  }

  /** `OVERLAY address : NOCROSSREFS AT (address) { .. } >region :phdr =fill` */
  private overlay(start: number): void {
    this.emit(token.overlay, start);
    this.expression({ endsAtColon: true });
    if (!this.punctuation(':', token.colon)) return;
    this.expression({ isHeader: true });
    if (!this.punctuation('{', token.openBrace)) return;
    this.file('overlay');
    this.trailer();
  }

  private overlayMember(): void {
    const start = this.at;
    if (this.text[start] === '"') {
      this.string();
      const last = this.tokens.pop();
      this.emit(token.output, start, last?.image ?? '');
    } else if (this.match(wordAlone) !== undefined) this.emit(token.output, start);
    if (!this.punctuation('{', token.openBrace)) return;
    this.file('body');
    this.trailer();
  }

  /** Version nodes, with `isBraced` those of a VERSION command. */
  versions(isBraced: boolean): void {
    if (isBraced && !this.punctuation('{', token.openBrace)) return;
    for (let depth = isBraced ? 1 : 0; this.skip();) {
      const start = this.at;
      const character = this.text[start];
      if (character === '{' || character === '}') {
        this.at++;
        this.emit(character === '{' ? token.openBrace : token.closeBrace, start);
        depth += character === '{' ? 1 : -1;
        if (isBraced && depth === 0) return;
      } else if (character === ';') this.punctuation(';', token.semicolon);
      else if (character === '"') this.string();
      else if (this.match(/(?:global|local)[ \t\r\n]*:(?!:)/y) !== undefined) {
        this.emit(token.visibility, start);
      } else if (this.match(/(?:::|[^\s(){},;":])+/y) !== undefined) {
        const isExtern = this.text.slice(start, this.at) === 'extern';
        this.emit(isExtern ? token.extern : token.name, start);
      } else {
        this.at++;
        this.problem('L0103', `'${character}' has no meaning here`, start, this.at);
      }
    }
  }

  private block(type: TokenType, start: number, place: Place): void {
    this.emit(type, start);
    if (this.punctuation('{', token.openBrace)) this.file(place);
  }

  private included(place: Place): void {
    this.skip();
    const start = this.at;
    const name = this.text[start] === '"' ? this.quoted() : (this.match(word) ?? '');
    if (this.depth >= 10) {
      this.problem('L0105', `INCLUDE is nested more than 10 deep`, start, this.at);
      return;
    }
    const file = this.include(name, start);
    if (!file) {
      this.problem('L0106', `cannot read '${name}'`, start, this.at);
      return;
    }
    const saved = { source: this.source, text: this.text, at: this.at };
    this.source = file;
    this.text = latin1Text(file.bytes);
    this.at = 0;
    this.files.push(file);
    this.depth++;
    this.file(place === 'file' ? 'file' : place);
    this.depth--;
    this.files.push(saved.source);
    Object.assign(this, saved);
  }

  /** `PROVIDE (name = expression)`, `ASSERT (expression, text)`. */
  private called(type: TokenType, start: number): void {
    this.emit(type, start);
    if (!this.punctuation('(', token.open)) return;
    this.skip();
    assignment.lastIndex = this.at;
    const found = type === token.provide ? assignment.exec(this.text) : null;
    if (found) this.assignment(found);
    else this.expression({});
    while (this.punctuation(',', token.comma)) this.expression({});
    this.punctuation(')', token.close);
  }

  private quoted(): string {
    const end = this.text.indexOf('"', this.at + 1);
    const stop = end < 0 ? this.text.length : end;
    const text = this.text.slice(this.at + 1, stop);
    if (end < 0) this.problem('L0107', 'this string has no end', this.at, this.at + 1);
    this.at = Math.min(stop + 1, this.text.length);
    return text;
  }

  private string(): void {
    const start = this.at;
    this.emit(token.text, start, this.quoted());
  }

  /** A parenthesised list of plain words. */
  private words(): void {
    if (!this.punctuation('(', token.open)) return;
    for (let depth = 1; this.skip();) {
      const start = this.at;
      const character = this.text[start];
      if (character === ')') {
        this.at++;
        this.emit(token.close, start);
        if (--depth === 0) return;
      } else if (character === '(') {
        this.at++;
        depth++;
        this.emit(token.open, start);
      } else if (character === ',') this.punctuation(',', token.comma);
      else if (character === '"') this.string();
      else if (this.match(/[^\s(){},;"]+/y) !== undefined) this.emit(token.name, start);
      else return;
    }
  }

  private region(): void {
    const start = this.at;
    const name = this.match(/[^\s(){},;":=]+/y);
    if (name === undefined) return;
    if (name === 'INCLUDE') return this.included('memory');
    this.emit(token.name, start);
    this.skip();
    if (this.text[this.at] === '(') this.words();
    this.punctuation(':', token.colon);
    for (let part = 0; part < 2 && this.skip(); part++) {
      const at = this.at;
      if (this.match(/[A-Za-z]+/y) === undefined) return;
      this.emit(token.name, at);
      this.punctuation('=', token.assign);
      this.expression({ endsAfterOperand: true });
      this.punctuation(',', token.comma);
    }
  }

  private outputSection(start: number, name?: string): void {
    if (name === undefined) {
      const last = this.tokens.pop();
      this.emit(token.output, start, last?.image ?? '');
    } else this.emit(token.output, start, name);
    this.expression({ endsAtColon: true });
    if (!this.punctuation(':', token.colon)) {
      if (this.text[this.at] !== '{') return;
      const span = { file: this.source, start: this.at, end: this.at + 1 };
      const section = this.text.slice(start, this.at).trim();
      const message = `found '{', expected ':' behind the section's name, '${section} : {'`;
      this.diagnostics.error('L0110', message, span);
      this.emit(token.colon, this.at, ':');
    }
    this.expression({ isHeader: true });
    if (!this.punctuation('{', token.openBrace)) return;
    this.file('body');
    this.trailer();
  }

  /** `>region AT>region :phdr =fill` */
  private trailer(): void {
    while (this.skip()) {
      const start = this.at;
      if (this.match(/AT[ \t\r\n]*>/y) !== undefined) this.emit(token.loadRegion, start);
      else if (this.text[start] === '>') this.punctuation('>', token.greater);
      else if (this.text[start] === ':') this.punctuation(':', token.colon);
      else if (this.text[start] === '=') {
        this.at++;
        this.emit(token.fill, start);
        this.expression({ endsAfterOperand: true });
        continue;
      } else return;
      this.skip();
      const at = this.at;
      if (this.match(/[^\s(){},;":=>]+/y) !== undefined) this.emit(token.name, at);
    }
  }

  private bodyWord(name: string, start: number): void {
    if (words.dataCommands.has(name)) {
      this.emit(token.data, start);
      this.parenthesised();
    } else if (name === 'FILL') {
      this.emit(token.fillCommand, start);
      this.parenthesised();
    } else if (name === 'CONSTRUCTORS' || this.isSortedConstructors(name)) {
      this.emit(token.constructors, start);
    } else if (name === 'CREATE_OBJECT_SYMBOLS') {
      this.emit(token.objectSymbols, start);
    } else {
      this.patternWord(name, start);
      this.skip();
      if (this.text[this.at] === '(') this.patterns();
      const isSortedFile = words.sorts.has(name) && this.skip() && this.text[this.at] === '(';
      if (isSortedFile) this.patterns();
    }
  }

  /** `SORT (CONSTRUCTORS)`, one token. */
  private isSortedConstructors(name: string): boolean {
    const isSort = name === 'SORT' || name === 'SORT_BY_NAME';
    return isSort && this.match(/\s*\(\s*CONSTRUCTORS\s*\)/y) !== undefined;
  }

  private parenthesised(): void {
    if (!this.punctuation('(', token.open)) return;
    this.expression({});
    this.punctuation(')', token.close);
  }

  private patternWord(name: string, start: number): void {
    if (name === 'KEEP') this.emit(token.keep, start);
    else if (name === 'EXCLUDE_FILE') this.emit(token.exclude, start);
    else if (name === 'CONSTRUCTORS') this.emit(token.constructors, start);
    else if (words.sorts.has(name)) this.emit(token.sort, start);
    else if (name === 'INPUT_SECTION_FLAGS') this.sectionFlags(start);
    else this.emit(token.name, start);
  }

  /** `INPUT_SECTION_FLAGS (SHF_MERGE & !SHF_STRINGS)` */
  private sectionFlags(start: number): void {
    this.emit(token.flags, start);
    if (!this.punctuation('(', token.open)) return;
    while (this.skip()) {
      const at = this.at;
      if (this.punctuation(')', token.close)) return;
      if (this.punctuation('&', token.binary) || this.punctuation('!', token.prefix)) continue;
      if (this.match(/[A-Za-z0-9_]+/y) === undefined) return;
      this.emit(token.name, at);
    }
  }

  /** The parentheses of KEEP, of a file pattern's section list, of SORT and EXCLUDE_FILE. */
  private patterns(): void {
    for (let depth = 0; this.skip();) {
      const start = this.at;
      const character = this.text[start];
      if (character === '(') {
        this.at++;
        this.emit(token.open, start);
        depth++;
      } else if (character === ')') {
        this.at++;
        this.emit(token.close, start);
        if (--depth === 0) return;
      } else if (character === ',') this.punctuation(',', token.comma);
      else if (character === '"') {
        this.string();
      } else {
        const name = this.match(/[^\s(){},;"]+/y);
        if (name === undefined) return;
        this.patternWord(name, start);
      }
    }
  }

  /** Tokens of an expression, up to what cannot belong to it. */
  private expression(limits: {
    endsAtColon?: boolean;
    endsAfterOperand?: boolean;
    isHeader?: boolean;
    isAssigned?: boolean;
  }): void {
    let depth = 0;
    let conditions = 0;
    let isAfterOperand = false;
    while (this.skip()) {
      const start = this.at;
      const character = this.text[start];
      if (character === ';' || character === '{' || character === '}') return;
      if (depth === 0 && (character === ')' || character === ',')) return;
      if (character === '(') {
        if (limits.endsAfterOperand && isAfterOperand && depth === 0) return;
        this.at++;
        depth++;
        this.emit(token.open, start);
        isAfterOperand = false;
      } else if (character === ')') {
        this.at++;
        depth--;
        this.emit(token.close, start);
        isAfterOperand = true;
      } else if (character === ',') this.punctuation(',', token.comma);
      else if (/[0-9A-Za-z_.$"]/.test(character)) {
        if (limits.endsAfterOperand && isAfterOperand && depth === 0) return;
        if (limits.isAssigned && isAfterOperand && depth === 0) return this.missingSemicolon();
        if (!(limits.endsAtColon && this.sectionType())) {
          this.operand(limits.isHeader === true && depth === 0);
        }
        isAfterOperand = !this.isFunction();
      } else {
        if (character === ':' && depth === 0 && conditions === 0 && limits.endsAtColon) return;
        if (limits.endsAtColon && this.text[start] === '=' && this.text[start + 1] !== '=') {
          this.at++;
          this.emit(token.typeIs, start);
          isAfterOperand = false;
          continue;
        }
        const operator = this.match(operators);
        if (operator === undefined) return;
        if (operator === '?') conditions++;
        if (operator === ':') conditions = Math.max(0, conditions - 1);
        this.emit(operatorToken(operator), start);
        isAfterOperand = false;
      }
    }
  }

  private missingSemicolon(): void {
    const end = (this.tokens.at(-1)?.endOffset ?? this.at - 1) + 1;
    const span = { file: this.source, start: end, end: end + 1 };
    const fix = { span: { ...span, end }, text: ';' };
    const found = /\S+/.exec(this.text.slice(this.at, this.at + 40))?.[0] ?? '';
    const message = `expected ';' after this assignment, found '${found}'`;
    this.diagnostics.error('L0109', message, span, { fix });
  }

  /** The word in `(NOLOAD)`. */
  private sectionType(): boolean {
    const start = this.at;
    if (this.tokens.at(-1)?.tokenType !== token.open) return false;
    const name = this.match(/[A-Z]+(?![\w.$])/y);
    if (name !== undefined && words.sectionTypes.has(name)) {
      this.emit(token.sectionType, start);
      return true;
    }
    this.at = start;
    return false;
  }

  private isFunction(): boolean {
    this.skip();
    return this.text[this.at] === '(' && this.tokens.at(-1)?.tokenType === token.name;
  }

  private operand(isHeader: boolean): void {
    const start = this.at;
    if (this.text[start] === '"') return this.string();
    if (/[0-9]/.test(this.text[start])) {
      this.match(numberPattern);
      this.emit(token.number, start);
      return;
    }
    const name = this.match(expressionName);
    if (name === undefined) {
      this.at++;
      return;
    }
    if (isHeader && name === 'AT') return this.emit(token.at, start);
    if (isHeader && name === 'NOCROSSREFS') return this.emit(token.noCrossReferences, start);
    if (isHeader && words.headerWords.has(name)) return this.emit(token.headerWord, start);
    this.emit(token.name, start);
    if (!words.sectionFunctions.has(name) || !this.punctuation('(', token.open)) return;
    this.skip();
    const at = this.at;
    if (this.text[at] === '"') this.string();
    else if (this.match(/[^\s(){},;"]+/y) !== undefined) this.emit(token.name, at);
    this.punctuation(')', token.close);
  }
}
