// Tables of the Itanium C++ ABI's mangling: builtin types, operators, abbreviations.

/** <builtin-type>: one letter. */
export const builtins: ReadonlyMap<string, string> = new Map([
  ['v', 'void'],
  ['w', 'wchar_t'],
  ['b', 'bool'],
  ['c', 'char'],
  ['a', 'signed char'],
  ['h', 'unsigned char'],
  ['s', 'short'],
  ['t', 'unsigned short'],
  ['i', 'int'],
  ['j', 'unsigned int'],
  ['l', 'long'],
  ['m', 'unsigned long'],
  ['x', 'long long'],
  ['y', 'unsigned long long'],
  ['n', '__int128'],
  ['o', 'unsigned __int128'],
  ['f', 'float'],
  ['d', 'double'],
  ['e', 'long double'],
  ['g', '__float128'],
  ['z', '...'],
]);

/** <builtin-type> behind a D. */
export const longBuiltins: ReadonlyMap<string, string> = new Map([
  ['f', 'decimal32'],
  ['d', 'decimal64'],
  ['e', 'decimal128'],
  ['h', 'half'],
  ['i', 'char32_t'],
  ['s', 'char16_t'],
  ['u', 'char8_t'],
  ['a', 'auto'],
  ['c', 'decltype(auto)'],
  ['n', 'decltype(nullptr)'],
]);

/** What is behind the digits of a literal of that type. */
export const literalSuffixes: ReadonlyMap<string, string> = new Map([
  ['int', ''],
  ['unsigned int', 'u'],
  ['long', 'l'],
  ['unsigned long', 'ul'],
  ['long long', 'll'],
  ['unsigned long long', 'ull'],
]);

/** <operator-name>: its text and how many operands it has in an expression. */
export const operators: ReadonlyMap<string, readonly [string, number]> = new Map([
  ['nw', ['new', 3]],
  ['na', ['new[]', 3]],
  ['dl', ['delete', 1]],
  ['da', ['delete[]', 1]],
  ['aw', ['co_await', 1]],
  ['ps', ['+', 1]],
  ['ng', ['-', 1]],
  ['ad', ['&', 1]],
  ['de', ['*', 1]],
  ['co', ['~', 1]],
  ['pl', ['+', 2]],
  ['mi', ['-', 2]],
  ['ml', ['*', 2]],
  ['dv', ['/', 2]],
  ['rm', ['%', 2]],
  ['an', ['&', 2]],
  ['or', ['|', 2]],
  ['eo', ['^', 2]],
  ['aS', ['=', 2]],
  ['pL', ['+=', 2]],
  ['mI', ['-=', 2]],
  ['mL', ['*=', 2]],
  ['dV', ['/=', 2]],
  ['rM', ['%=', 2]],
  ['aN', ['&=', 2]],
  ['oR', ['|=', 2]],
  ['eO', ['^=', 2]],
  ['ls', ['<<', 2]],
  ['rs', ['>>', 2]],
  ['lS', ['<<=', 2]],
  ['rS', ['>>=', 2]],
  ['eq', ['==', 2]],
  ['ne', ['!=', 2]],
  ['lt', ['<', 2]],
  ['gt', ['>', 2]],
  ['le', ['<=', 2]],
  ['ge', ['>=', 2]],
  ['ss', ['<=>', 2]],
  ['nt', ['!', 1]],
  ['aa', ['&&', 2]],
  ['oo', ['||', 2]],
  ['pp', ['++', 1]],
  ['mm', ['--', 1]],
  ['cm', [',', 2]],
  ['pm', ['->*', 2]],
  ['pt', ['->', 2]],
  ['cl', ['()', 2]],
  ['ix', ['[]', 2]],
  ['qu', ['?', 3]],
  ['dt', ['.', 2]],
  ['ds', ['.*', 2]],
]);

const charTraits = 'std::char_traits<char>';

/** <substitution>s of the standard library: the short text and the whole one. */
export const abbreviations: ReadonlyMap<string, readonly [string, string, string]> = new Map([
  ['a', ['std::allocator', 'std::allocator', 'allocator']],
  ['b', ['std::basic_string', 'std::basic_string', 'basic_string']],
  [
    's',
    [
      'std::string',
      `std::basic_string<char, ${charTraits}, std::allocator<char> >`,
      'basic_string',
    ],
  ],
  ['i', ['std::istream', `std::basic_istream<char, ${charTraits} >`, 'basic_istream']],
  ['o', ['std::ostream', `std::basic_ostream<char, ${charTraits} >`, 'basic_ostream']],
  ['d', ['std::iostream', `std::basic_iostream<char, ${charTraits} >`, 'basic_iostream']],
]);

/** <special-name>s behind T or G that are a text before a name. */
export const specialNames: ReadonlyMap<string, string> = new Map([
  ['TV', 'vtable for '],
  ['TT', 'VTT for '],
  ['TI', 'typeinfo for '],
  ['TS', 'typeinfo name for '],
  ['TF', 'typeinfo fn for '],
  ['TJ', 'java Class for '],
  ['TA', 'template parameter object for '],
  ['TH', 'TLS init function for '],
  ['TW', 'TLS wrapper function for '],
  ['GV', 'guard variable for '],
  ['GA', 'hidden alias for '],
  ['GTt', 'transaction clone for '],
  ['GTn', 'non-transaction clone for '],
]);
