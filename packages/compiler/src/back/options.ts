// What may be asked of the back end.

import type { Span } from '@ring0/diagnostics';

export interface BackEndOptions {
  /** `-O`: 0 keeps variables in memory, s prefers short code. */
  readonly optimize: 0 | 1 | 2 | 3 | 's';
  /** `-g`: line numbers. */
  readonly debug: boolean;
  /** The name for `.file`. */
  readonly sourceName?: string | undefined;
  readonly ident?: string | undefined;
  /** Default: false at -O0, else true. */
  readonly omitFramePointer?: boolean | undefined;
  readonly functionSections?: boolean | undefined;
  readonly dataSections?: boolean | undefined;
  /** Alignment of the stack at calls, in bytes; default 16. */
  readonly stackBoundary?: number | undefined;
  /** Writes call-frame information; default true. */
  readonly unwindTables?: boolean | undefined;
  /** Receives what a pass has produced: `ir`, `ir-PASS`, `machine`. */
  readonly dump?: ((pass: string, text: string) => void) | undefined;
  /** Receives errors that only the back end can find. */
  readonly report?: ((code: string, span: Span, message: string) => void) | undefined;
  /** More bytes of data than this are taken for a mistake. */
  readonly outputBytesMax: number;
  /** Checks every invariant between passes; for tests. */
  readonly verify?: boolean | undefined;
}
