// The printers: caret text for people, one line each for editors, JSON and SARIF 2.1.0 for tools.

import type { Diagnostic, Note } from './diagnostic.ts';
import { drawFix, excerpt } from './excerpt.ts';
import type { Span } from './source.ts';

const escape = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;35m',
  note: '\u001b[1;36m',
  reset: '\u001b[0m',
};

function place(span: Span | undefined): string {
  if (!span) return '';
  const { line, column } = span.file.position(span.start);
  return `${span.file.path}:${line}:${column}: `;
}

function expansions(span: Span | undefined): Note[] {
  const notes: Note[] = [];
  for (let next = span?.expansion; next && notes.length < 8; next = next.at.expansion) {
    const verb = { macro: 'in expansion of macro', include: 'included as', repeat: 'in' }[
      next.kind
    ];
    notes.push({ message: `${verb} '${next.name}'`, span: next.at });
  }
  return notes;
}

/** The caret form; the result ends in a newline. */
export function formatText(diagnostic: Diagnostic, options: { isColoured?: boolean } = {}): string {
  const paint = (kind: keyof typeof escape, text: string) =>
    options.isColoured ? escape[kind] + text + escape.reset : text;
  const { severity, span } = diagnostic;
  let text = `${place(span)}${paint(severity, `${severity}:`)} ${diagnostic.message} [${diagnostic.code}]\n`;
  if (span) text += excerpt(span);
  if (diagnostic.fix) text += drawFix(diagnostic.fix, span);
  for (const note of [...(diagnostic.notes ?? []), ...expansions(span)]) {
    if (note.span)
      text += `${place(note.span)}${paint('note', 'note:')} ${note.message}\n${excerpt(note.span)}`;
    else text += `      = ${paint('note', 'note:')} ${note.message}\n`;
  }
  return text;
}

/** `path:line:column: error: message`, one line. */
export function formatGcc(diagnostic: Diagnostic): string {
  return `${place(diagnostic.span)}${diagnostic.severity}: ${diagnostic.message}\n`;
}

function jsonPlace(span: Span | undefined) {
  if (!span) return undefined;
  const start = span.file.position(span.start);
  const end = span.file.position(Math.max(span.start, span.end - 1));
  return {
    file: span.file.path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column + 1,
  };
}

/** What an edit replaces: where it only inserts, the end is the start. */
function editPlace(span: Span) {
  const at = jsonPlace(span);
  return at && span.end <= span.start ? { ...at, endLine: at.line, endColumn: at.column } : at;
}

/** One JSON array of all diagnostics. */
export function formatJson(diagnostics: readonly Diagnostic[]): string {
  const rows = diagnostics.map((diagnostic) => ({
    severity: diagnostic.severity,
    code: diagnostic.code,
    message: diagnostic.message,
    location: jsonPlace(diagnostic.span),
    notes: [...(diagnostic.notes ?? []), ...expansions(diagnostic.span)].map((note) => ({
      message: note.message,
      location: jsonPlace(note.span),
    })),
    fix: diagnostic.fix && { text: diagnostic.fix.text, location: editPlace(diagnostic.fix.span) },
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

const sarifSchema = 'https://json.schemastore.org/sarif-2.1.0.json';

function sarifRegion(at: NonNullable<ReturnType<typeof jsonPlace>>) {
  return {
    startLine: at.line,
    startColumn: at.column,
    endLine: at.endLine,
    endColumn: at.endColumn,
  };
}

function sarifLocation(span: Span | undefined, message?: string) {
  const at = jsonPlace(span);
  const text = message === undefined ? {} : { message: { text: message } };
  if (!at) return text;
  const region = sarifRegion(at);
  return { physicalLocation: { artifactLocation: { uri: encodeURI(at.file) }, region }, ...text };
}

/** A replacement as SARIF has it (section 3.55 of the standard). */
function sarifFix({ span, text }: NonNullable<Diagnostic['fix']>) {
  const at = editPlace(span);
  if (!at) return [];
  const replacement = { deletedRegion: sarifRegion(at), insertedContent: { text } };
  const artifactLocation = { uri: encodeURI(at.file) };
  return [
    {
      description: { text: `write '${text}'` },
      artifactChanges: [{ artifactLocation, replacements: [replacement] }],
    },
  ];
}

/** A SARIF 2.1.0 log with one run: results with their notes, macro stacks and fixes. */
export function formatSarif(tool: string, diagnostics: readonly Diagnostic[]): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))];
  const results = diagnostics.map(({ code, severity, message, span, notes, fix }) => {
    const related = [...(notes ?? []), ...expansions(span)];
    return {
      ruleId: code,
      ruleIndex: codes.indexOf(code),
      level: severity,
      message: { text: message },
      locations: span ? [sarifLocation(span)] : [],
      relatedLocations: related.map((note) => sarifLocation(note.span, note.message)),
      ...(fix && { fixes: sarifFix(fix) }),
    };
  });
  const driver = { name: tool, rules: codes.map((id) => ({ id })) };
  const log = { $schema: sarifSchema, version: '2.1.0', runs: [{ tool: { driver }, results }] };
  return `${JSON.stringify(log, null, 2)}\n`;
}
