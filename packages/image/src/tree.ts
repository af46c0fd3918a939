// The tree that a file system is built from: plain nodes, children sorted by name, so that the order in which files were
// added never shows in the image.

export interface TreeFile {
  readonly kind: 'file';
  /** Permission bits, such as 0o755. */
  readonly mode: number;
  readonly bytes: Uint8Array;
}

export interface TreeSymlink {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface TreeDirectory {
  readonly kind: 'directory';
  readonly mode: number;
  readonly children: ReadonlyMap<string, TreeNode>;
}

export type TreeNode = TreeFile | TreeSymlink | TreeDirectory;

interface MutableDirectory {
  readonly kind: 'directory';
  mode: number;
  children: Map<string, TreeNode>;
}

/** Collects nodes by path; missing parents become directories of mode 0755. A later node replaces an earlier one. */
export class TreeBuilder {
  private readonly top: MutableDirectory = emptyDirectory();

  directory(path: string, mode = 0o755): void {
    this.open(parts(path)).mode = mode;
  }

  file(path: string, bytes: Uint8Array, mode = 0o644): void {
    this.place(path, { kind: 'file', mode, bytes });
  }

  symlink(path: string, target: string): void {
    this.place(path, { kind: 'symlink', target });
  }

  root(): TreeDirectory {
    return sorted(this.top);
  }

  private place(path: string, node: TreeNode): void {
    const names = parts(path);
    const name = names.pop();
    if (name === undefined) throw new Error(`'${path}' names the root`);
    this.open(names).children.set(name, node);
  }

  private open(names: readonly string[]): MutableDirectory {
    let at = this.top;
    for (const name of names) {
      const next = at.children.get(name);
      if (next?.kind === 'directory') at = next as MutableDirectory;
      else {
        const made = emptyDirectory();
        at.children.set(name, made);
        at = made;
      }
    }
    return at;
  }
}

function emptyDirectory(): MutableDirectory {
  return { kind: 'directory', mode: 0o755, children: new Map() };
}

function parts(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw new Error(`'${path}' leaves the tree`);
  return names;
}

function sorted(directory: TreeDirectory): TreeDirectory {
  const names = [...directory.children.keys()].sort();
  const children = new Map<string, TreeNode>();
  for (const name of names) {
    const node = directory.children.get(name);
    if (node) children.set(name, node.kind === 'directory' ? sorted(node) : node);
  }
  return { kind: 'directory', mode: directory.mode, children };
}
