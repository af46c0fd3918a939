// Demangling by examples of the main forms, and of names that are none.

import { expect, test } from 'vitest';
import { demangle, demangleSymbol } from './demangle.ts';

const examples: readonly (readonly [string, string])[] = [
  ['_Z1fiPKcRV1A', 'f(int, char const*, A volatile&)'],
  ['_ZNK5shape4areaEv', 'shape::area() const'],
  ['_ZN1AC1ERKS_', 'A::A(A const&)'],
  ['_ZN1AIiED0Ev', 'A<int>::~A()'],
  ['_ZN12_GLOBAL__N_11fEv', '(anonymous namespace)::f()'],
  ['_ZStlsRSoSs', 'std::operator<<(std::ostream&, std::string)'],
  [
    '_ZNSsC1EPKc',
    'std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string(char const*)',
  ],
  ['_Z1fPFPFivEiE', 'f(int (*(*)(int))())'],
  ['_Z1fIiEPFivEv', 'int (*f<int>())()'],
  ['_Z1fPA5_cRA6_KcA2_A3_i', 'f(char (*) [5], char const (&) [6], int [2][3])'],
  ['_Z1fM1AKFvvEM1AiMS_PFvvE', 'f(void (A::*)() const, int A::*, void (* A::*)())'],
  ['_Z1fIJicEEvDpPT_', 'void f<int, char>(int*, char*)'],
  ['_Z1fIJEEvDpT_', 'void f<>()'],
  ['_Z1fIRiEvOT_', 'void f<int&>(int&)'],
  ['_Z1fIA5_iEvRKT_', 'void f<int [5]>(int const (&) [5])'],
  ['_Z1fILin5ELj4ELb0ELc65E1AEvv', 'void f<-5, 4u, false, (char)65, A>()'],
  ['_Z1fIiEDTplfp_fp0_ET_S1_', 'decltype ({parm#1}+{parm#2}) f<int>(int, int)'],
  ['_Z1fIiEv1AIXgtLi4ELi5EEE', 'void f<int>(A<((4)>(5))>)'],
  ['_Z1gIXadL_ZN1A1fEvEEEvv', 'void g<&A::f>()'],
  ['_ZN1AIiEcvT_IcEEv', 'A<int>::operator char<char>()'],
  ['_ZZ1fIiEvT_E1x', 'f<int>(int)::x'],
  ['_ZZ4mainENKUlT_E_clIiEEDaS_', 'auto main::{lambda(auto:1)#1}::operator()<int>(int) const'],
  ['_ZN1AB5cxx111fB3fooEv', 'A[abi:cxx11]::f[abi:foo]()'],
  ['_ZTV1A', 'vtable for A'],
  ['_ZTC1A0_1B', 'construction vtable for B-in-A'],
  ['_ZGVZ1fvE1x', 'guard variable for f()::x'],
  ['_ZTv0_n12_N1A1fEv', 'virtual thunk to A::f()'],
  ['_Z1fv.part.0.cold', 'f() [clone .part.0] [clone .cold]'],
];

test('a mangled name is printed as the source has it', () => {
  for (const [name, text] of examples) expect(demangle(name), name).toBe(text);
  expect(demangle('_Z1fSs', { isVerbose: true })).toBe(
    'f(std::basic_string<char, std::char_traits<char>, std::allocator<char> >)',
  );
});

test('what is no mangled name has no other', () => {
  for (const name of [
    'main',
    '_Z',
    '_Z1',
    '_Z9f',
    '_ZN1A',
    '_Z1fT_',
    '_Z1fS5_',
    '_Z1fvE',
    '_Z1f!',
  ]) {
    expect(demangle(name), name).toBeUndefined();
  }
});

test('hostile names end soon: deep ones, and those that double with each substitution', () => {
  expect(demangle(`_Z1f${'P'.repeat(100_000)}i`)).toBeUndefined();
  expect(demangle(`_Z1fX${'ng'.repeat(50_000)}`)).toBeUndefined();
  let name = '_Z1f1AIiiE';
  for (let i = 0; i < 60; i++) {
    const last = i === 0 ? 'S0_' : `S${i.toString(36).toUpperCase()}_`;
    name += `S_I${last}${last}E`;
  }
  expect(demangle(name)?.length ?? 0).toBeLessThan(1 << 21);
});

test('a symbol keeps the dots before its name and the version behind it', () => {
  expect(demangleSymbol('._Z1fv@@V1')).toBe('.f()@@V1');
  expect(demangleSymbol('_Z1gv@plt')).toBe('g()@plt');
  expect(demangleSymbol('main')).toBe('main');
});
