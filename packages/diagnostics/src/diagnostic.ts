// What a front end says about its input, and the list it collects that in.

import type { Span } from './source.ts';

export type Severity = 'error' | 'warning' | 'note';

/** A related place or remark, printed below its diagnostic. */
export interface Note {
  readonly message: string;
  readonly span?: Span | undefined;
}

/** An edit that would mend the text: `span` replaced by `text`. */
export interface Fix {
  readonly span: Span;
  readonly text: string;
}

export interface Diagnostic {
  readonly severity: Severity;
  /** A letter for the tool and four digits, such as A0103; the option that governs a warning may follow it. */
  readonly code: string;
  /** One sentence in lower case without a full stop: what was found, what was expected. */
  readonly message: string;
  readonly span?: Span | undefined;
  readonly notes?: readonly Note[] | undefined;
  readonly fix?: Fix | undefined;
}

/** Letters of a message; a name out of the input may have any number. */
const messageLengthMax = 1000;

/** The ends of a long message; what is left out is in the source, where the span points. */
function shortened(message: string): string {
  if (message.length <= messageLengthMax) return message;
  const kept = messageLengthMax / 2;
  return `${message.slice(0, kept)} .. ${message.slice(-kept)}`;
}

/**
 * Collects what a front end finds. After `errorMax` errors it drops further errors, and as many
 * warnings, and says so, so that no input floods its user.
 */
export class DiagnosticList {
  readonly items: Diagnostic[] = [];
  readonly errorMax: number;
  errorCount = 0;
  private warningCount = 0;

  constructor(errorMax = 1000) {
    this.errorMax = errorMax;
  }

  add(diagnostic: Diagnostic): void {
    const { severity } = diagnostic;
    if (severity === 'error' && this.isBeyond(++this.errorCount, 'errors')) return;
    if (severity === 'warning' && this.isBeyond(++this.warningCount, 'warnings')) return;
    const message = shortened(diagnostic.message);
    this.items.push(message === diagnostic.message ? diagnostic : { ...diagnostic, message });
  }

  private isBeyond(count: number, kind: string): boolean {
    if (count <= this.errorMax) return false;
    if (count === this.errorMax + 1) {
      const message = `there are more than ${this.errorMax} ${kind}; the others are not shown`;
      this.items.push({ severity: 'note', code: 'D0001', message });
    }
    return true;
  }

  error(
    code: string,
    message: string,
    span?: Span,
    more: { notes?: readonly Note[]; fix?: Fix } = {},
  ): void {
    this.add({ severity: 'error', code, message, span, ...more });
  }

  warning(
    code: string,
    message: string,
    span?: Span,
    more: { notes?: readonly Note[]; fix?: Fix } = {},
  ): void {
    this.add({ severity: 'warning', code, message, span, ...more });
  }

  get hasErrors(): boolean {
    return this.errorCount > 0;
  }
}
