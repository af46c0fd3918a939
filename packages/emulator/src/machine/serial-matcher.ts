// Looks for a text in what COM1 put out since the last match: one expectation at a time, and bytes that came before the
// expectation count too.

const KEPT = 0x10000;

export class SerialMatcher {
  private unmatched = '';

  /** True: the text has already been put out. */
  expect(text: string): boolean {
    const at = this.unmatched.indexOf(text);
    if (at < 0) return false;
    this.unmatched = this.unmatched.slice(at + text.length);
    return true;
  }

  /** One more byte; true when it completes `wanted`. */
  add(byte: number, wanted: string | undefined): boolean {
    this.unmatched += String.fromCharCode(byte);
    if (wanted !== undefined && this.unmatched.endsWith(wanted)) {
      this.unmatched = '';
      return true;
    }
    if (this.unmatched.length > 2 * KEPT) this.unmatched = this.unmatched.slice(-KEPT);
    return false;
  }
}
