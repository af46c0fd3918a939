// File and section name patterns: `*`, `?`, `[a-z]`, `[!x]` and backslash, as fnmatch without
// flags.

const compiled = (pattern: string): RegExp => {
  let text = '';
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i];
    if (character === '*') text += '[^]*';
    else if (character === '?') text += '[^]';
    else if (character === '\\' && i + 1 < pattern.length) text += escape(pattern[++i]);
    else if (character === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) text += '\\[';
      else {
        const set = pattern.slice(i + 1, end).replace(/[\\\]^]/g, '\\$&');
        text += set.startsWith('!') ? `[^${set.slice(1)}]` : `[${set.replace(/^\\\^/, '^')}]`;
        i = end;
      }
    } else text += escape(character);
  }
  return new RegExp(`^${text}$`);
};

const escape = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** A predicate for a pattern; the frequent shapes need no regular expression. */
export function matcher(pattern: string): (name: string) => boolean {
  if (pattern === '*') return () => true;
  if (!/[*?[]/.test(pattern)) return (name) => name === pattern;
  const stem = pattern.slice(0, -1);
  if (pattern.endsWith('*') && !/[*?[\\]/.test(stem)) return (name) => name.startsWith(stem);
  const expression = safeRegExp(pattern);
  return (name) => expression?.test(name) ?? false;
}

/** Undefined where the set is malformed, such as `[z-a]`: such a pattern matches nothing. */
function safeRegExp(pattern: string): RegExp | undefined {
  const reversed = [...pattern.matchAll(/([^[\]!])-([^[\]])/g)].some(([, low, high]) => low > high);
  return reversed ? undefined : compiled(pattern);
}

/** A predicate over files: `*`, `dir/file.o`, `archive:member`, `archive:`. */
export function fileMatcher(
  pattern: string,
): (file: { fileName: string; archive: string | undefined }) => boolean {
  if (pattern === '*') return () => true;
  const colon = pattern.indexOf(':');
  if (colon < 0) {
    const matches = matcher(pattern);
    return (file) => matches(file.fileName);
  }
  const archive = matcher(pattern.slice(0, colon));
  const member = pattern.slice(colon + 1);
  const matchesMember = matcher(member);
  return (file) => {
    if (colon === 0) return file.archive === undefined && matchesMember(file.fileName);
    if (file.archive === undefined || !archive(file.archive)) return false;
    return member === '' || matchesMember(file.fileName);
  };
}

/** A predicate over the files of EXCLUDE_FILE: an archive's name stands for its members too. */
export function exclusionMatcher(
  pattern: string,
): (file: { fileName: string; archive: string | undefined }) => boolean {
  const matches = fileMatcher(pattern);
  if (pattern.includes(':')) return matches;
  const matchesName = matcher(pattern);
  return (file) => matches(file) || (file.archive !== undefined && matchesName(file.archive));
}
