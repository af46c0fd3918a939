// What a tool sees of the machine it runs on. Each tool is a function `(argv, host) => exit status`: 0 done, 1 wrong
// input, 2 wrong usage. Tests pass a host of their own; main.ts passes the real one.

export interface Host {
  /** Undefined: no such file, or not readable. */
  readFile(path: string): Uint8Array | undefined;
  /** Says why a file cannot be read. */
  isFolder?(path: string): boolean;
  /** Writes to a temporary file beside `path`, then renames; false when that failed. */
  writeFile(
    path: string,
    bytes: Uint8Array,
    options?: { readonly isExecutable?: boolean },
  ): boolean;
  /** Removes an ordinary file, if it is there: what a failed run must not leave. */
  removeFile?(path: string): void;
  /** All of standard input. */
  stdin(): Uint8Array;
  stdout(data: Uint8Array | string): void;
  stderr(text: string): void;
  /**
   * Told before work of about a second: V8's last stage of optimising would cost more than it
   * gives. Work that is longer earns it back. `keeps`: most of what the work makes is there until
   * it ends.
   */
  expectShortRun?(memory?: 'keeps'): void;
  /** Told before work that makes hundreds of mebibytes, most of which is there until it ends. */
  expectLargeRun?(): void;
  /** Told when the work turns out to be longer after all. */
  expectLongRun?(): void;
  /** The 20 bytes of SHA-1. */
  sha1?(bytes: Uint8Array): Uint8Array;
  /** The bytes as a zlib stream. */
  deflate?(bytes: Uint8Array): Uint8Array;
  /** Standard error is a terminal that shows colours. */
  readonly isColoured: boolean;
  readonly cwd: string;
}

export type Tool = (argv: readonly string[], host: Host) => number;
