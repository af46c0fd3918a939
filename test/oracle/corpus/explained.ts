// Why files of the corpus may come out otherwise: what their first difference looks like, and the reason. Each is known and
// left so; together they are at most one file in a hundred.

interface Explained {
  readonly fits: (reason: string) => boolean;
  readonly why: string;
}

const lineTables =
  /^ours (section \.debug_line .*) size (\d+) \| GNU (section \.debug_line .*) size (\d+)$/;
const setAddress = 7;

export const explained: readonly Explained[] = [
  {
    fits: (reason) =>
      /no such instruction: '(vp?[a-z0-9]+|k(mov|or|and|xor|test|not|add|shift[lr]|unpck)[a-z]*)'/.test(
        reason,
      ),
    why: 'AVX-512 is not in the instruction table',
  },
  {
    fits: (reason) => {
      const [, ours, size, gnu, wanted] = lineTables.exec(reason) ?? [];
      const more = Number(wanted) - Number(size);
      return ours !== undefined && ours === gnu && more > 0 && more % setAddress === 0;
    },
    why: `GNU as writes an address before a row with "view -0" where its block of memory for code happened to be full just there;
four bytes of code more or less before it, and it does not`,
  },
];

export function explanation(reason: string): string | undefined {
  return explained.find(({ fits }) => fits(reason))?.why;
}
