// Kinds of programs beside csmith's default: options that make more of what a compiler gets wrong.

export interface Shape {
  readonly name: string;
  readonly options: readonly string[];
}

export const shapes: readonly Shape[] = [
  { name: 'default', options: [] },
  { name: 'small', options: ['--max-funcs', '5', '--max-block-depth', '3'] },
  { name: 'many functions', options: ['--max-funcs', '30', '--max-block-size', '3'] },
  { name: 'deep', options: ['--max-block-depth', '8', '--max-expr-complexity', '20'] },
  { name: 'inline functions', options: ['--inline-function', '--max-funcs', '20'] },
  { name: 'records', options: ['--max-struct-fields', '25', '--max-union-fields', '10'] },
  { name: 'records by value', options: ['--arg-structs', '--return-structs', '--arg-unions'] },
  { name: 'no packed records', options: ['--no-packed-struct', '--max-struct-nested-level', '5'] },
  { name: 'arrays', options: ['--max-array-dim', '5', '--max-array-len-per-dim', '6'] },
  { name: 'pointers', options: ['--max-pointer-depth', '5', '--no-const-pointers'] },
  { name: '32 bits', options: ['--no-longlong', '--no-math64'] },
  { name: 'wide only', options: ['--no-int8', '--no-uint8', '--no-bitfields'] },
  { name: 'nothing volatile', options: ['--no-volatiles', '--no-volatile-pointers'] },
  { name: 'no jumps', options: ['--no-jumps', '--max-expr-complexity', '25'] },
  { name: 'builtins', options: ['--builtins', '--builtin-function-prob', '40'] },
];
