// The table of the corpus: how many files of each project came out the same, equivalent, different, or not at all.

import type { Compared, Outcome } from './compare.ts';

const outcomes: readonly Outcome[] = ['same', 'equivalent', 'different', 'failed'];

export class Table {
  private readonly rows = new Map<string, Record<Outcome, number>>();

  add(project: string, compared: readonly Compared[]): void {
    const row = this.rows.get(project) ?? { same: 0, equivalent: 0, different: 0, failed: 0 };
    for (const { outcome } of compared) row[outcome]++;
    this.rows.set(project, row);
  }

  sums(): { readonly all: number; readonly wrong: number } {
    let all = 0;
    let wrong = 0;
    for (const row of this.rows.values()) {
      all += row.same + row.equivalent + row.different + row.failed;
      wrong += row.different + row.failed;
    }
    return { all, wrong };
  }

  print(): string {
    const width = Math.max(5, ...[...this.rows.keys()].map((name) => name.length));
    const line = (name: string, cells: readonly (string | number)[]) =>
      `${name.padEnd(width)} ${cells.map((cell) => String(cell).padStart(10)).join(' ')}\n`;
    const total = outcomes.map((outcome) =>
      [...this.rows.values()].reduce((sum, row) => sum + row[outcome], 0),
    );
    return [
      line('', outcomes),
      ...[...this.rows].map(([name, row]) =>
        line(
          name,
          outcomes.map((outcome) => row[outcome]),
        ),
      ),
      line('all', total),
    ].join('');
  }
}
