// Rows that differ only in a name and a number are written once: a template and a list.

/**
 * The template for each entry of the list. Entries stand between commas, their words between
 * spaces: `$n` is the first of them, `$o` the second (an opcode), `$1` .. `$9` those after it.
 */
export function family(list: string, template: string): string {
  const parts = template.split('$');
  let text = '';
  for (const entry of list.split(',')) {
    const words = entry.trim().split(/\s+/);
    text += parts[0];
    for (let i = 1; i < parts.length; i++) {
      const part = parts[i];
      const key = part[0];
      text += key === 'n' ? words[0] : key === 'o' ? words[1] : words[Number(key) + 1];
      text += part.slice(1);
    }
  }
  return text;
}
