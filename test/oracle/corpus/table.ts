// The table of the corpus: how many files of each project came out the same, equivalent, different, or not at all, and
// below it what that means and why some are not the same.

import type { Compared, Outcome } from './compare.ts';

const outcomes: readonly Outcome[] = ['same', 'equivalent', 'different', 'failed'];

const legend = `same: every byte of the object is as GNU as wrote it; equivalent: it says the same in other bytes, for the reason below;
different: it does not; failed: ours made none.
`;

export class Table {
  private readonly rows = new Map<string, Map<Outcome, number>>();
  private readonly reasons = new Map<string, number>();
  private readonly skipped = new Set<string>();

  add(project: string, compared: readonly Compared[]): void {
    const row = this.rows.get(project) ?? new Map<Outcome, number>();
    this.rows.set(project, row);
    for (const { outcome, reason } of compared) {
      row.set(outcome, (row.get(outcome) ?? 0) + 1);
      if (outcome === 'same') continue;
      const known = `${outcome}: ${reason}`;
      this.reasons.set(known, (this.reasons.get(known) ?? 0) + 1);
    }
  }

  /** Nothing of the project can be said here. */
  skip(project: string, reason: string): void {
    this.skipped.add(`${project} is not among them: ${reason}`);
  }

  print(): string {
    const width = Math.max(3, ...[...this.rows.keys()].map((name) => name.length));
    const line = (name: string, cells: readonly (string | number)[]) =>
      `${name.padEnd(width)} ${cells.map((cell) => String(cell).padStart(10)).join(' ')}\n`;
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const counted = [...this.rows].map(
      ([name, row]) => [name, outcomes.map((outcome) => row.get(outcome) ?? 0)] as const,
    );
    const total = outcomes.map((_, index) => sum(counted.map(([, counts]) => counts[index])));
    return [
      line('', ['files', ...outcomes]),
      ...counted.map(([name, counts]) => line(name, [sum(counts), ...counts])),
      line('all', [sum(total), ...total]),
      legend,
      ...[...this.reasons].map(([reason, count]) => `${count} ${reason}\n`),
      ...[...this.skipped].map((each) => `${each}\n`),
    ].join('');
  }
}
