### qualifiers, defaults and the rest
.macro m a, b=2, c:req, d:vararg
 .byte \a, \b, \c
 .ascii "\d"
.endm
 m 1, 3, 4, x, y z,"q"
 m 1,, 4
 m c=5, a=1
 m 1, c=9
### a required value is missing
.macro m a:req
 .byte \a
.endm
 m 1
 m
 nop
### a required value is empty
.macro m a:req, b
 .byte \a
.endm
 m ,1
### an unknown keyword
.macro m a
 .byte 1
.endm
 m q=1
### an unknown keyword that is a comparison
.macro m a
 .byte \a
.endm
 m q==1
### too many arguments
.macro m a
 .byte \a
.endm
 m 1,2
 m 1 2
### positional after keyword
.macro m a,b
 .byte \a,\b
.endm
 m a=1,2
 m b=1,2
### keyword given twice
.macro m a,b=3
 .byte \a,\b
.endm
 m a=1,a=2
### no such parameter list
.macro m a a
.endm
### a qualifier that is none
.macro m a:foo
.endm
### rest is not last
.macro m a:vararg,b
.endm
### required with default
.macro m a:req=3
 .byte \a
.endm
 m
### vararg with default
.macro m a:vararg=3
 .byte \a
.endm
 m
 m 4,5
### parentheses around the parameters
.macro m(a,b)
 .byte \a,\b
.endm
 m 1,2
.macro n (a, b)
 .byte \a,\b
.endm
 n 1,2
 n(1),2
 n (1),(2)
### parentheses without closing
.macro m(a,b
 .byte \a,\b
.endm
 m 1,2
### parameters separated by blanks
.macro m a b c
 .byte \a,\b,\c
.endm
 m 1 2 3
 m 1,2 3
 m 1 , 2 , 3
### blanks inside an argument
.macro m a b
 .byte \a
.ifnb \b
 .byte \b
.endif
.endm
 m 1+1
 m 1 +1
 m 1+ 1
 m 1 + 1
 m (1 + 1)
 m -1
 m 1 -1
 m 1 - 1
 m ~1
 m 1 ~1
 m 1 | 1
 m 1 *2
 m 1* 2
 m 1 << 2
 m a=1
### blanks and registers
.macro m a b
 movl \a, \b
.endm
 m %eax %ebx
 m %eax, %ebx
 m 4(%eax) %ebx
 m 4(%eax,%ecx, 2), %ebx
 m $1 %eax
 m $1 , %eax
 m %fs:4 , %eax
### brackets in arguments
.macro m a b
 .byte \a,\b
.endm
 m [1 + 2] 3
 m [1] [2]
 m (1)(2), 3
### strings as arguments
.macro m a b
 .ascii "\a"
 .ascii "\b"
.endm
 m "x y" "z"
 m "", ""
 m "a,b" 'c
### single quotes in arguments
.macro m a
 .ascii "<\a>"
.endm
 m 'x'
 m 'x
 m ' '
### angle brackets outside of altmacro
.macro m a
 .ascii "\a"
.endm
 m <a>
 m <a,b>
### counting
.macro m
 .byte \@
.endm
 m
 m
.rept 3
 .byte \@
.endr
 m
### counting in irp
.macro m
 .byte \@
.irp x,1,2
 .byte \@,\x
.endr
.endm
 m
 m
### joining with nothing
.macro m a
\a\()x: .byte 1
l\a\(): .byte \a\()1
.endm
 m 1
### a name that is longer
.macro m a, ab
 .byte \a, \ab, \a\()b
.endm
 m 1, 2
### a name with dots
.macro m a
 .long \a.b
.endm
 m x
### a dollar and underscore in parameter names
.macro m a$b, _c, d.e
 .byte \a$b, \_c, \d.e
.endm
 m 1,2,3
### unknown escapes stay
.macro m a
 .ascii "\n\t\\\a\x41"
 .ascii "\"\a"
.endm
 m z
### parameters in upper case
.macro m A, b
 .byte \A, \b
 .ascii "\a\B"
.endm
 m 1, 2
### names of macros are the same in capitals
.macro Foo x
 .byte \x
.endm
 foo 1
 FOO 2
 .MACRO bar
 nop
 .ENDM
 Bar
### a macro instead of an instruction
.macro nop
 .byte 1
.endm
 nop
 NOP
### a macro instead of a directive
.macro .byte a
 .long \a
.endm
 .byte 1
### a macro with a dot
.macro .foo a
 .long \a
.endm
 .foo 1
### nested definition
.macro outer n
 .macro inner\n a
  .byte \n, \a
 .endm
.endm
 outer 1
 outer 2
 inner1 5
 inner2 6
### a nested definition with an escaped parameter
.macro outer n
 .macro \n a
  .byte \\a
  .byte \a
 .endm
.endm
 outer foo
 foo 7
### redefinition
.macro m
 .byte 1
.endm
.macro m
 .byte 2
.endm
 m
### purging
.macro m
 .byte 1
.endm
 m
.purgem m
.macro m
 .byte 2
.endm
 m
.purgem nosuch
### purging several
.macro a1
.endm
.macro a2
.endm
.purgem a1, a2
 a1
### a macro purges itself
.macro m
 .byte 1
 .purgem m
 .macro m
 .byte 2
 .endm
.endm
 m
 m
### recursion
.macro sum from=0, to=5
 .long \from
 .if \to-\from
 sum "(\from+1)",\to
 .endif
.endm
 sum 0,5
### recursion without end
.macro m
 m
.endm
 m
### leaving a macro
.macro m a
 .byte 1
 .if \a
 .exitm
 .endif
 .byte 2
.endm
 m 0
 m 1
 .byte 3
### leaving a macro from inside a repetition
.macro m
 .rept 3
 .byte 1
 .exitm
 .byte 2
 .endr
 .byte 3
.endm
 m
### leaving outside
 .exitm
 nop
### unfinished macro
.macro m
 nop
### unfinished macro in a macro
.macro m
 .macro n
 nop
.endm
 m
### ends without beginnings
 .endm
 .endr
 .endif
### macro without a name
.macro
 nop
.endm
### macro whose name is a number
.macro 1
 nop
.endm
### the name in quotes
.macro "foo bar"
 nop
.endm
### labels before a macro use
.macro m
 .byte 1
.endm
x: m
y: z: m
 .long x, y
### label before .macro
x: .macro m
 .byte 1
.endm
 m
### label before .endm
.macro m
 .byte 1
x: .endm
 m
### text behind .endm
.macro m
 .byte 1
.endm m
 m
.endm_not = 1
### statements after the use on the same line
.macro m a
 .byte \a
.endm
 m 1; m 2; .byte 3
### use with comment behind
.macro m a b
 .byte \a,\b
.endm
 m 1, 2 # comment
 m 1, 2 /* comment */
 m 1 /* comment */ 2
### body with comments
.macro m a
 .byte \a # \a
 /* \a */ .byte 2
# a comment line
.endm
 m 1
### an error in the body
.macro m a
 nop
 bogus \a
.endm

 m 1
 m 2
### a warning in the body
.macro m a
 .byte \a
.endm

 m 300
### an error in a nested use
.macro n
 bogus
.endm
.macro m
 n
.endm
 m
### a missing argument is empty
.macro m a,b
 .byte 1\a
 .byte 2\b
.endm
 m
 m 3
 m ,4
### an argument that ends in a comma
.macro m a,b
 .byte 1\a
.endm
 m 1,
### a macro without parameters gets some
.macro m
 nop
.endm
 m 1
### a macro name as a label
.macro m
 nop
.endm
m:
 m
### a macro name as a symbol
.macro m
 nop
.endm
m = 5
 .long m
### a macro name assigned with blanks
.macro m a
 .ifnb \a
 .byte 2
 .endif
.endm
 m =5
### arguments with equals
.macro m a b
 .ascii "\a"
.endm
 m x==1
 m x!=1
### macro invoked with a continuation
.macro m a b
 .byte \a, \b
.endm
 m 1, \
 2
### the last line has no newline
.macro m
 .byte 1
.endm
 m
### lines of a macro with an error at the first line
.macro m
bogus
.endm
m
### a parameter in a string
.macro m a
 .ascii "a\a\()b"
 .asciz "\\a"
.endm
 m 12
### an argument with a backslash
.macro m a
 .ascii "\a"
.endm
 m \x
 m "\n"
 m a\b
### a use inside quotes of a passed argument
.macro n a
 .ascii "\a"
.endm
.macro m a
 n "\a"
 n \a
.endm
 m "x y"
### LOCAL is a name outside of altmacro
.macro m
 LOCAL x
 nop
.endm
 m
### percent outside of altmacro
.macro m a
 .byte \a
.endm
 m %1
### pseudo instruction in braces
.macro m a:vararg
 \a
.endm
 m {disp32} movl 4(%eax), %eax
 m {disp32} movl %eax,%ebx
### rep prefix macro
.macro m a
 rep \a
.endm
 m stosb
 m movsl
### a macro defined in a skipped region
.if 0
.macro m
 nop
.endm
.endif
 m
### .endm in a comment
.macro m
 nop # .endm
 /* .endm */
 .byte 1
.endm
 m
### .endm in a string
.macro m
 .ascii ".endm"
.endm
 m
### comma directly after the name
.macro m, a, b
 .byte \a
.endm
 m 1,2
 m,1,2
### colon arguments
.macro m a
 .ascii "\a"
.endm
 m x:y
 m x : y
 m 1f
### many operators
.macro m a b
 .ascii "[\a][\b]"
.endm
 m a <b
 m a< b
 m a> b
 m a & b
 m a &b
 m a% b
 m a %b
 m a / b
 m a = b
 m a ! b
 m !b
 m a ( b
 m a) b
 m a (b)
 m (a) b
 m (a)b c
 m a [b]
 m a {b} 
 m {a} b
 m a . b
 m . b
 m a @ b
 m a @b
 m a@ b
 m a $ b
 m a $b
 m a ' b
 m a ? b
 m a ^ b
 m a ; .byte 1
 m a \ b
 m a `b
 m a - b
 m a -b
 m a- b
 m - b
 m a "b" 
 m "a" b
 m "a"b
 m a"b" c
 m "a" "b"
