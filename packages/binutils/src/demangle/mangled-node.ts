// What a mangled name says, as a tree: all nodes have one shape, so that packs are found in them
// without knowing their kinds.

export type MangledKind =
  | 'name' // text
  | 'nested' // head::tail
  | 'template' // head<list>
  | 'tagged' // head[abi:text]
  | 'abbreviation' // Ss, Si, So, Sd: text is the short form, head the whole one
  | 'ctor' // of head
  | 'dtor' // of head
  | 'conversion' // operator head
  | 'lambda' // list: parameters, text: its number
  | 'local' // head: the function, tail: what is in it
  | 'defaultArgument' // text: its number; tail: what is in it
  | 'encoding' // head: name, tail: function type
  | 'special' // text before head
  | 'construction' // tail-in-head
  | 'builtin' // text
  | 'parameter' // template parameter, index
  | 'pack' // list: an argument pack
  | 'pointer' // text (*, &, &&) to head
  | 'qualified' // text (` const`) behind head
  | 'function' // head: what it returns, list: parameters, text: qualifiers
  | 'array' // of head; tail or text: the length
  | 'member' // of class head, of type tail
  | 'vector' // of head; tail: the length
  | 'decltype' // of head
  | 'expansion' // head...
  | 'throws' // text: noexcept or throw; list
  | 'literal' // of type head, digits in text
  | 'unary' // text applied to head
  | 'suffix' // text behind head
  | 'binary' // head text tail
  | 'ternary' // list: three
  | 'call' // of head with list
  | 'cast' // to head of list
  | 'namedCast' // text: static_cast..; to head of tail
  | 'braces' // head{list}
  | 'count' // sizeof...(head)
  | 'fold' // text: operator, list: operands, index: 1 where the dots come first
  | 'new' // list: placement; head: type, tail: what is in parentheses
  | 'argument' // parameter of the function, index
  | 'operand'; // text: an operation upon the type head

export interface MangledNode {
  readonly kind: MangledKind;
  readonly text: string;
  readonly head?: MangledNode | undefined;
  readonly tail?: MangledNode | undefined;
  readonly list?: readonly MangledNode[] | undefined;
  readonly index?: number | undefined;
}

/** A node of a text only. */
export function plain(text: string, kind: MangledKind = 'name'): MangledNode {
  return { kind, text };
}

/** A node upon another. */
export function upon(kind: MangledKind, head: MangledNode, text = ''): MangledNode {
  return { kind, text, head };
}
