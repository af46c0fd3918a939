// The source lines of a disassembly: function and place (-l), the source text itself (-S), as far
// as the debugging information and the sources are there.

import { CodePlaces } from '@ring0/dwarf';
import type { CodePlace } from '@ring0/dwarf';
import { utf8Text } from '@ring0/bytes';
import { ImageSections } from '../dwarf/dwarf-sections.ts';
import { shownName } from './objdump-view.ts';
import type { ElfImage } from '../readelf/readelf-image.ts';

/** Gives a file's bytes; undefined: no such file. */
export type ReadFile = (path: string) => Uint8Array | undefined;

export interface SourceOptions {
  /** -l */
  readonly showsPlaces: boolean;
  /** -S */
  readonly showsSource: boolean;
  /** --file-start-context */
  readonly fromFileStart: boolean;
  /** --source-comment=TEXT */
  readonly comment: string;
  /** --inlines */
  readonly showsInlines: boolean;
  readonly readFile: ReadFile | undefined;
  /** -C */
  readonly isDemangled?: boolean | undefined;
}

/** Lines of context before the first line of a piece. */
const contextLines = 5;

interface SourceFile {
  readonly lines: readonly string[];
  lastLine: number;
  maxPrinted: number;
  isFirst: boolean;
}

export class SourceTexts {
  private readonly places: CodePlaces;
  private readonly options: SourceOptions;
  private readonly files = new Map<string, SourceFile | undefined>();
  private lastFunction: string | undefined;
  private lastLine = -1;
  private lastDiscriminator = 0;

  /** `image` is the file that has the debugging information. */
  constructor(image: ElfImage, options: SourceOptions) {
    this.places = new CodePlaces(new ImageSections(image));
    this.options = options;
  }

  /** A new section begins. */
  reset(): void {
    this.lastFunction = undefined;
    this.lastLine = -1;
    this.lastDiscriminator = 0;
  }

  /** The lines to show before the instruction at an address; `symbol` names its function else. */
  at(section: number | undefined, address: number, symbol: () => string | undefined): string {
    const place = this.places.place(section, address);
    const functions = this.places.functions(section, address);
    const name = functions[0]?.name ?? symbol();
    const { showsPlaces, showsSource } = this.options;
    let text = '';
    if (!place) {
      if (name === undefined || !showsPlaces) return '';
      text = name === this.lastFunction ? '' : this.heading(name);
      this.lastFunction = name;
      return text;
    }
    if (showsPlaces) text += this.placeText(place, name, functions);
    if (showsSource) text += this.sourceText(place);
    if (name !== undefined) this.lastFunction = name;
    if (place.line > 0) this.lastLine = place.line;
    this.lastDiscriminator = place.discriminator;
    return text;
  }

  /** A name of C++ has its parentheses. */
  private heading(name: string): string {
    const shown = shownName(name, this.options);
    return shown === name ? `${name}():\n` : `${shown}:\n`;
  }

  private placeText(
    { file, line, discriminator }: CodePlace,
    name: string | undefined,
    functions: ReturnType<CodePlaces['functions']>,
  ): string {
    let text = '';
    if (name !== undefined && name !== this.lastFunction) {
      text += this.heading(name);
      this.lastLine = -1;
    }
    const isOther = line !== this.lastLine || discriminator !== this.lastDiscriminator;
    if (line > 0 && isOther) {
      const mark = discriminator > 0 ? ` (discriminator ${discriminator})` : '';
      text += `${file}:${line}${mark}\n`;
    }
    // Before each instruction, also where the line is the same.
    if (this.options.showsInlines) {
      functions.forEach((inner, index) => {
        const outer = functions[index + 1];
        if (inner.isInlined && outer) {
          text += `inlined by ${inner.callFile}:${inner.callLine} (${shownName(outer.name, this.options)})\n`;
        }
      });
    }
    return text;
  }

  private source(path: string): SourceFile | undefined {
    if (!this.files.has(path)) {
      const { readFile } = this.options;
      const bytes = readFile?.(path) ?? readFile?.(path.slice(path.lastIndexOf('/') + 1));
      const lines = bytes ? utf8Text(bytes).split('\n') : undefined;
      if (lines?.at(-1) === '') lines.pop();
      this.files.set(path, lines && { lines, lastLine: 0, maxPrinted: 0, isFirst: true });
    }
    return this.files.get(path);
  }

  private sourceText({ file, line }: CodePlace): string {
    if (file === '' || line <= 0) return '';
    const source = this.source(file);
    if (!source || line === source.lastLine) return '';
    let from = line - contextLines;
    if (source.isFirst && this.options.fromFileStart) from = 1;
    else {
      if (from < 1) from = 1;
      if (source.maxPrinted >= from) {
        from = source.maxPrinted < line ? source.maxPrinted + 1 : line;
      }
    }
    let text = '';
    for (let at = from; at <= line && at <= source.lines.length; at++) {
      text += `${this.options.comment}${source.lines[at - 1]}\n`;
    }
    source.maxPrinted = Math.max(source.maxPrinted, line);
    source.lastLine = line;
    source.isFirst = false;
    return text;
  }
}
