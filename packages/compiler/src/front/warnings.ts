// The warnings of gcc 12 that this front end gives, by the names of their options, and which are
// on.

export type WarningLevel = 'default' | 'all' | 'extra' | 'off';

/** Option name without -W, and the group that turns it on. */
export const WARNINGS = {
  attributes: 'default',
  'builtin-declaration-mismatch': 'default',
  'discarded-qualifiers': 'default',
  'div-by-zero': 'default',
  'implicit-function-declaration': 'default',
  'implicit-int': 'default',
  'incompatible-pointer-types': 'default',
  'int-conversion': 'default',
  'int-to-pointer-cast': 'default',
  'missing-declarations-in-list': 'default',
  overflow: 'default',
  pragmas: 'default',
  'pointer-to-int-cast': 'default',
  'return-local-addr': 'default',
  'return-mismatch': 'default',
  'shift-count-negative': 'default',
  'shift-count-overflow': 'default',
  'compare-distinct-pointer-types': 'default',
  'switch-unreachable': 'default',
  cpp: 'default',
  'builtin-macro-redefined': 'default',
  'endif-labels': 'default',
  'macro-redefined': 'default',
  'excess-initializers': 'default',
  address: 'all',
  'array-bounds': 'all',
  comment: 'all',
  format: 'all',
  main: 'all',
  parentheses: 'all',
  'pointer-sign': 'all',
  'return-type': 'all',
  switch: 'all',
  uninitialized: 'all',
  'unknown-pragmas': 'all',
  'unused-but-set-variable': 'all',
  'unused-function': 'all',
  'unused-label': 'all',
  'unused-value': 'all',
  'unused-variable': 'all',
  'empty-body': 'extra',
  'missing-field-initializers': 'extra',
  'sign-compare': 'extra',
  'unused-parameter': 'extra',
  'old-style-definition': 'off',
  'missing-prototypes': 'off',
  shadow: 'off',
  'strict-prototypes': 'off',
  undef: 'off',
  vla: 'off',
} as const satisfies Readonly<Record<string, WarningLevel>>;

export type WarningName = keyof typeof WARNINGS;

const GROUPS: Readonly<Record<string, readonly WarningName[]>> = {
  unused: [
    'unused-but-set-variable',
    'unused-function',
    'unused-label',
    'unused-value',
    'unused-variable',
  ],
  implicit: ['implicit-function-declaration', 'implicit-int'],
};

/** Which warnings are given, and which of those as errors. */
export class WarningSettings {
  private readonly enabled = new Set<string>();
  private readonly fatal = new Set<string>();
  private isAllFatal = false;
  private isSilent = false;
  private readonly flags: readonly string[];

  /**
   * `flags` are arguments such as `-Wall`, `-Wno-unused`, `-Werror=switch`, `-w`, in order; unknown
   * ones do nothing.
   */
  constructor(flags: readonly string[] = []) {
    this.flags = flags;
    const byLevel = (level: WarningLevel): string[] =>
      Object.entries(WARNINGS)
        .filter(([, of]) => of === level)
        .map(([name]) => name);
    for (const name of byLevel('default')) this.enabled.add(name);
    for (const flag of flags) {
      if (flag === '-w') this.isSilent = true;
      else if (flag === '-Wall') byLevel('all').forEach((name) => this.enabled.add(name));
      else if (flag === '-Wextra' || flag === '-W') {
        byLevel('extra').forEach((name) => this.enabled.add(name));
        if (this.enabled.has('unused-variable')) this.enabled.add('unused-parameter');
      } else this.named(flag);
    }
  }

  private named(flag: string): void {
    const match = /^-W(no-)?(error=?)?([\w-]*)/.exec(flag);
    if (!match) return;
    const isOn = match[1] === undefined;
    const isError = match[2] !== undefined;
    if (isError && match[3] === '') {
      this.isAllFatal = isOn;
      return;
    }
    for (const name of GROUPS[match[3]] ?? [match[3]]) {
      if (isError) {
        if (isOn) this.fatal.add(name).add(`+${name}`);
        else if (!this.fatal.delete(name)) this.fatal.add(`-${name}`);
        if (isOn) this.enabled.add(name);
      } else if (isOn) this.enabled.add(name);
      else this.enabled.delete(name);
    }
  }

  /** The same settings and one flag more. */
  with(flag: string): WarningSettings {
    return new WarningSettings([...this.flags, flag]);
  }

  /** The severity of a warning; undefined: it is off. */
  severity(name: string): 'warning' | 'error' | undefined {
    if (this.isSilent || !this.enabled.has(name)) return undefined;
    if (this.fatal.has(`-${name}`)) return 'warning';
    return this.isAllFatal || this.fatal.has(name) ? 'error' : 'warning';
  }
}
