// Why files of the corpus may come out otherwise: what their first difference looks like, and the reason. Each is known and
// left so; together they are at most one file in a hundred.

export const explained: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern:
      /no such instruction: '(vp?[a-z0-9]+|k(mov|or|and|xor|test|not|add|shift[lr]|unpck)[a-z]*)'/,
    why: 'AVX-512 is not in the instruction table',
  },
];

export function explanation(reason: string): string | undefined {
  return explained.find(({ pattern }) => pattern.test(reason))?.why;
}
