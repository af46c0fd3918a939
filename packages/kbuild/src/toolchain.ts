// The tools a build calls. `ring0Toolchain` is ours; a test may pass another, such as gcc's, to tell a fault of the compiler
// from one of the guest. Our tools are loaded when the first step needs them: a build with nothing to do never pays for it.

import { formatText } from '@ring0/diagnostics';
import type { Diagnostic } from '@ring0/diagnostics';
import { hashBytes } from './files.ts';
import type { FileStore } from './files.ts';
import { listSources } from './sources.ts';

export interface ToolResult {
  /** Undefined: the tool found errors. */
  readonly bytes: Uint8Array | undefined;
  /** What it has to say, ready to print. */
  readonly messages: string;
}

export type ReadFile = (path: string) => Uint8Array | undefined;

export interface CompileJob {
  /** Relative to the project's root: .c or .S. */
  readonly source: string;
  /** In gcc's spelling. */
  readonly flags: readonly string[];
  readonly readFile: ReadFile;
}

/** An option, or an input. */
export type LinkItem = string | { readonly path: string; readonly bytes: Uint8Array };

export interface Toolchain {
  /** A text that changes whenever the same input could give another result. */
  identity(files: FileStore): string;
  compile(job: CompileJob): Promise<ToolResult>;
  link(items: readonly LinkItem[], readFile: ReadFile): Promise<ToolResult>;
  archive(
    members: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  ): Promise<ToolResult>;
}

/** Packages whose code decides what our tools write. */
const toolPackages = [
  'assembler',
  'bytes',
  'compiler',
  'diagnostics',
  'dwarf',
  'elf',
  'image',
  'isa',
  'kbuild',
  'linker',
  'preprocessor',
];

/** The toolchain's own sources, without their tests, relative to the root. */
export function toolchainSources(root: string): string[] {
  return toolPackages
    .flatMap((name) => listSources(root, `packages/${name}/src`, ['.ts']))
    .filter((file) => !file.endsWith('.test.ts'));
}

function messages(diagnostics: readonly Diagnostic[], isColoured: boolean): string {
  return diagnostics.map((diagnostic) => formatText(diagnostic, { isColoured })).join('');
}

/** Our tools. `isColoured`: messages carry colours. */
export function ring0Toolchain(options: { isColoured?: boolean } = {}): Toolchain {
  const isColoured = options.isColoured ?? false;
  let identity: string | undefined;
  return {
    identity(files) {
      identity ??= `ring0 ${hashBytes(
        toolchainSources(files.root)
          .map((file) => files.hash(file))
          .join(),
      )}`;
      return identity;
    },
    async compile({ source, flags, readFile }) {
      const { compileFile } = await import('./compile-file.ts');
      const { object, diagnostics } = compileFile(source, flags, readFile);
      return { bytes: object, messages: messages(diagnostics, isColoured) };
    },
    async link(items, readFile) {
      const { link } = await import('@ring0/linker');
      // A kernel's and a ROM's segments are what their scripts make them.
      const quiet = ['--no-warn-rwx-segments', '--no-warn-execstack'];
      const { image, diagnostics } = link([...quiet, ...items], { readFile });
      return { bytes: image, messages: messages(diagnostics, isColoured) };
    },
    async archive(members) {
      const { writeArchive } = await import('@ring0/elf');
      const named = members.map((member) => ({ name: member.path, bytes: member.bytes }));
      return { bytes: writeArchive(named), messages: '' };
    },
  };
}
