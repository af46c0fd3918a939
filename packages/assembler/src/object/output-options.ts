// Choices of the command line about what the object holds, beside what the text says.

export interface OutputOptions {
  /** Where the assembler was started, for debugging information; default `.`. */
  readonly directory?: string | undefined;
  /** -g, --gdwarf-N: line numbers and a unit for the text's own lines, in this version of DWARF. */
  readonly debugVersion?: 2 | 3 | 4 | 5 | undefined;
  /** --gdwarf-sections: a section of line numbers for each section of code. */
  readonly hasLineSections?: boolean | undefined;
  /** --gstabs, --gstabs+: records of lines in the format of old. */
  readonly stabStyle?: 'plain' | 'gnu' | undefined;
  /** --gdwarf-cie-version. */
  readonly cieVersion?: 1 | 3 | 4 | undefined;
  /** --debug-prefix-map: the start of paths in debugging sections, and what stands there instead. */
  readonly prefixMaps?: readonly (readonly [from: string, to: string])[] | undefined;
  /** --compress-debug-sections: a header of the gABI (zlib too), or of GNU's own. */
  readonly compression?: 'zlib-gabi' | 'zlib-gnu' | undefined;
  /** --execstack (true), --noexecstack (false): a .note.GNU-stack section that says so. */
  readonly hasExecutableStack?: boolean | undefined;
  /** -R: what goes to .data stands behind .text. */
  readonly foldsData?: boolean | undefined;
  /** --strip-local-absolute. */
  readonly stripsAbsolutes?: boolean | undefined;
  /** --elf-stt-common=yes: STT_COMMON for common symbols. */
  readonly hasCommonType?: boolean | undefined;
  /** --size-check=warning: a `.size` that cannot be found is left out with a warning. */
  readonly checksSizesMildly?: boolean | undefined;
  /** --sectname-subst: %S in the name of a section stands for that of the present one. */
  readonly substitutesSectionNames?: boolean | undefined;
  /** --generate-missing-build-notes=yes. */
  readonly addsBuildNotes?: boolean | undefined;
  /** -n: code is aligned with nops of one byte. */
  readonly keepsPlainNops?: boolean | undefined;
}
