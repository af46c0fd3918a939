// OVERLAY (GNU ld manual, "Overlay Description") as the output sections and assignments that it
// stands for: all at one address, their load addresses one behind the other, and symbols that
// tell where each is loaded.

import type { Span } from '@ring0/diagnostics';
import type {
  Assignment,
  BodyStatement,
  Expression,
  OutputSectionStatement,
  SectionsStatement,
} from './script-syntax.ts';

type Trailing = Pick<
  OutputSectionStatement,
  'region' | 'loadRegion' | 'regionSpans' | 'programHeaders' | 'fill'
>;

/** `name { body } :phdr =fill` in an OVERLAY. */
export interface OverlayMember {
  readonly name: string;
  readonly body: readonly BodyStatement[];
  readonly trailer: Trailing;
  readonly span: Span;
}

export interface Overlay {
  readonly address: Expression | undefined;
  readonly at: Expression | undefined;
  /** NOCROSSREFS. */
  readonly isClosed: boolean;
  readonly members: readonly OverlayMember[];
  readonly trailer: Trailing;
  readonly span: Span;
}

/** The statements that an OVERLAY stands for. */
export function overlayStatements(overlay: Overlay): SectionsStatement[] {
  const { members, trailer, span, isClosed } = overlay;
  const first = members[0];
  if (!first) return [];
  const nameOf = (name: string): Expression => ({ kind: 'name', name, span });
  const call = (name: string, ...list: Expression[]): Expression => ({
    kind: 'call',
    name,
    arguments: list,
    span,
  });
  const sum = (left: Expression, right: Expression): Expression => ({
    kind: 'binary',
    operator: '+',
    left,
    right,
  });
  const endOf = (name: string): Expression =>
    sum(call('LOADADDR', nameOf(name)), call('SIZEOF', nameOf(name)));
  const provide = (name: string, value: Expression): Assignment => ({
    kind: 'assign',
    name,
    operator: '=',
    value,
    isProvided: true,
    isHidden: false,
    span,
  });
  const statements: SectionsStatement[] = [];
  members.forEach((member, index) => {
    const clean = member.name.replace(/[^A-Za-z0-9_]/g, '');
    const before = index === 0 ? undefined : members[index - 1].name;
    statements.push({
      kind: 'output',
      name: member.name,
      address: before === undefined ? overlay.address : call('ADDR', nameOf(first.name)),
      type: '',
      at: before === undefined ? overlay.at : endOf(before),
      align: undefined,
      subalign: undefined,
      isAlignedWithInput: false,
      onlyIf: undefined,
      body: member.body,
      region: trailer.region,
      loadRegion: before === undefined ? trailer.loadRegion : undefined,
      regionSpans: trailer.regionSpans,
      programHeaders:
        member.trailer.programHeaders.length > 0
          ? member.trailer.programHeaders
          : trailer.programHeaders,
      fill: member.trailer.fill ?? trailer.fill,
      overlay: { index, isClosed },
      span: member.span,
    });
    statements.push(
      provide(`__load_start_${clean}`, call('LOADADDR', nameOf(member.name))),
      provide(`__load_stop_${clean}`, endOf(member.name)),
    );
  });
  const sizes = members.map(({ name }) => call('SIZEOF', nameOf(name)));
  const largest = sizes.reduce((left, right) => call('MAX', left, right));
  const end = sum(call('ADDR', nameOf(first.name)), largest);
  statements.push({ ...provide('.', end), isProvided: false, isSilent: true });
  return statements;
}
