// What to try, by diagnostic: one line for each message whose remedy does not depend on the names
// in it. A table; the message itself says what was found and expected.

const ADVICE: Readonly<Record<string, string>> = {
  C0005: 'write the closing " on the same line; a longer text is several strings side by side',
  C0207: 'only a pointer has something to point at; & makes the address of a variable',
  C0209: "'.' reaches into a struct, '->' through a pointer to one",
  C0212: 'the count must be less than the number of bits; use a wider type, as in 1ull << 40',
  C0213: 'test the divisor first, or correct the constant',
  C0218: 'the signed side is converted and -1 becomes large; cast one side, or use one type',
  C0228: "only functions are called; is an operator missing before '('?",
  C0229: 'compare the call with the declaration',
  C0230: 'use & for the address of a variable, * for what a pointer points at, NULL for none',
  C0308: "write '==' to compare; a second pair of parentheses keeps an assignment",
  C0311: 'each value can have one case; change or delete one of the two',
  C0315: "move it inside, or leave a function by 'return'",
  C0316: 'write the value: return 0;',
  C0320: 'delete it, or use it',
  C0344: 'give both the same types; one is often in a header',
  C0350: 'keep one; a declaration alone ends in ; instead of { }',
  C0363: "write a 'return' with a value on every path",
  C0416: 'write the type first: int main(void)',
};

/** A remedy for a code; undefined where the message has its own or there is none. */
export function adviceFor(code: string): string | undefined {
  return Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
}
