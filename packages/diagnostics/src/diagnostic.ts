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

/** Collects what a front end finds. After `errorMax` errors it drops the rest, so that no input floods its user. */
export class DiagnosticList {
  readonly items: Diagnostic[] = [];
  readonly errorMax: number;
  errorCount = 0;

  constructor(errorMax = 1000) {
    this.errorMax = errorMax;
  }

  add(diagnostic: Diagnostic): void {
    if (diagnostic.severity === 'error' && this.errorCount++ >= this.errorMax) return;
    this.items.push(diagnostic);
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
