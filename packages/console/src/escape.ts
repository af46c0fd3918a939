// Keys of the interactive terminal: everything goes to the guest, Ctrl-C too, but for what follows Ctrl-A.

export type Key =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'quit' | 'help' };

const controlA = 1;

/** Splits terminal input into bytes for the guest and commands; a Ctrl-A at the end waits for what follows. */
export class EscapeReader {
  private isAfterControlA = false;

  read(input: Uint8Array): Key[] {
    const keys: Key[] = [];
    const bytes: number[] = [];
    const flush = () => {
      if (bytes.length > 0) keys.push({ kind: 'bytes', bytes: new Uint8Array(bytes.splice(0)) });
    };
    for (const byte of input) {
      if (!this.isAfterControlA) {
        if (byte === controlA) this.isAfterControlA = true;
        else bytes.push(byte);
        continue;
      }
      this.isAfterControlA = false;
      const letter = String.fromCharCode(byte).toLowerCase();
      if (byte === controlA) bytes.push(controlA);
      else if (letter === 'x' || letter === 'h') {
        flush();
        keys.push({ kind: letter === 'x' ? 'quit' : 'help' });
      } // any other key after Ctrl-A is dropped, as an unknown command
    }
    flush();
    return keys;
  }
}
