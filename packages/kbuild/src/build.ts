// One build: a step is a tool, its flags and its inputs; its result is kept under the cache directory with a record of
// every file the tool read, or looked for in vain. A step whose record still holds is not run again. So editing a file
// rebuilds what read it, and a build with nothing to do only asks the file system for times.

import fs from 'node:fs';
import path from 'node:path';
import { FileStore, hashBytes, writeFileAtomically } from './files.ts';
import type { FileRecord } from './files.ts';
import type { LinkItem, ToolResult, Toolchain } from './toolchain.ts';

/** A result: a file in the cache, named for what it is. */
export interface Artifact {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly hash: string;
}

/** Told what is done and why: one call for each step that runs. */
export type BuildLog = (action: string, target: string, reason: string) => void;

export interface BuildOptions {
  /** Absolute path of the project's root. */
  readonly root: string;
  /** Absolute; holds results and records, and may be deleted at any time. */
  readonly cacheDirectory: string;
  readonly toolchain: Toolchain;
  readonly log?: BuildLog | undefined;
  /** What the tools say: warnings, and errors before the build fails. */
  readonly complain?: ((text: string) => void) | undefined;
}

interface StepRecord {
  /** Identity of the toolchain. */
  readonly tools: string;
  readonly command: string;
  /** Hash by file; the hash of nothing for a file looked for in vain. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly output: string;
}

interface State {
  readonly files: [string, FileRecord][];
  readonly steps: [string, StepRecord][];
}

const stateVersion = 2;

/** The reason of a step that runs because the toolchain is another. */
export const toolsChanged = 'the tools changed';

/** A tool refused its input; what it said went to `complain`. */
export class BuildError extends Error {}

export class Build {
  readonly root: string;
  readonly files: FileStore;
  private readonly options: BuildOptions;
  private readonly stateFile: string;
  private readonly steps: Map<string, StepRecord>;
  private isChanged = false;
  /** Steps that ran, of all that were asked for. */
  ranCount = 0;

  constructor(options: BuildOptions) {
    this.options = options;
    this.root = options.root;
    this.stateFile = path.join(options.cacheDirectory, 'state.json');
    const state = loadState(this.stateFile);
    this.files = new FileStore(options.root, state.files);
    this.steps = new Map(state.steps);
  }

  /** Compiles or assembles one source file; the kind follows from its name. */
  async object(source: string, flags: readonly string[], directory = 'objects'): Promise<Artifact> {
    const name = `${directory}/${source}.o`;
    return this.step(name, 'cc', source, flags.join(' '), async (readFile) =>
      this.options.toolchain.compile({ source, flags, readFile }),
    );
  }

  /** Links options and artifacts in the order of a command line; `scripts` are read by the linker as named. */
  async link(name: string, items: readonly (string | Artifact)[]): Promise<Artifact> {
    const words = items.map((item) =>
      typeof item === 'string' ? item : `${item.name}=${item.hash}`,
    );
    return this.step(name, 'ld', name, words.join(' '), async (readFile) => {
      const inputs: LinkItem[] = items.map((item) =>
        typeof item === 'string' ? item : { path: item.name, bytes: readArtifact(item) },
      );
      return this.options.toolchain.link(inputs, readFile);
    });
  }

  async archive(name: string, members: readonly Artifact[]): Promise<Artifact> {
    const words = members.map((member) => `${member.name}=${member.hash}`);
    return this.step(name, 'ar', name, words.join(' '), async () =>
      this.options.toolchain.archive(
        members.map((member) => ({
          path: path.basename(member.name),
          bytes: readArtifact(member),
        })),
      ),
    );
  }

  /** Any other result that follows from `key` (a text that changes when the result would) and the files it reads. */
  async derive(
    name: string,
    key: string,
    make: (readFile: (file: string) => Uint8Array | undefined) => Uint8Array | Promise<Uint8Array>,
  ): Promise<Artifact> {
    return this.step(name, 'make', name, key, async (readFile) => ({
      bytes: await make(readFile),
      messages: '',
    }));
  }

  /** Keeps the records for the next build. */
  save(): void {
    if (!this.isChanged && !this.files.isChanged) return;
    const files = this.files.entries();
    const state = { version: stateVersion, files, steps: [...this.steps].sort(byName) };
    writeFileAtomically(this.stateFile, JSON.stringify(state));
  }

  private async step(
    name: string,
    action: string,
    target: string,
    command: string,
    make: (readFile: (file: string) => Uint8Array | undefined) => Promise<ToolResult>,
  ): Promise<Artifact> {
    const { cacheDirectory, toolchain, log, complain } = this.options;
    const tools = toolchain.identity(this.files);
    const full = `${action} ${command}`;
    const file = path.join(cacheDirectory, name);
    const record = this.steps.get(name);
    const isOfOtherTools = record !== undefined && record.tools !== tools;
    const reason = isOfOtherTools ? toolsChanged : this.staleReason(record, full, file);
    if (record && reason === undefined) return { name, path: file, hash: record.output };
    log?.(action, target, reason ?? 'new');
    this.ranCount++;
    const inputs: Record<string, string> = {};
    const result = await make((asked) => {
      const key = this.files.key(asked);
      inputs[key] = this.files.hash(key);
      return inputs[key] === '' ? undefined : this.files.read(key);
    });
    if (result.messages !== '') complain?.(result.messages);
    if (!result.bytes) {
      this.save();
      throw new BuildError(`${action} ${target} failed`);
    }
    writeFileAtomically(file, result.bytes);
    const output = hashBytes(result.bytes);
    this.steps.set(name, { tools, command: full, inputs, output });
    this.isChanged = true;
    return { name, path: file, hash: output };
  }

  /** Why a step must run; undefined when its result still stands. */
  private staleReason(record: StepRecord | undefined, command: string, file: string) {
    if (!record) return 'new';
    if (record.command !== command) return 'its inputs or flags changed';
    for (const [input, hash] of Object.entries(record.inputs)) {
      if (this.files.hash(input) !== hash) return `${input} changed`;
    }
    return fs.existsSync(file) ? undefined : 'its result is gone';
  }
}

export function readArtifact(artifact: Artifact): Uint8Array {
  return new Uint8Array(fs.readFileSync(artifact.path));
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}

function loadState(file: string): State {
  try {
    const state = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (state.version === stateVersion) return state;
  } catch {
    // No record, or one cut short by a crash: everything is built anew.
  }
  return { files: [], steps: [] };
}
