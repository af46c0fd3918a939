### comments
 .byte 1 # comment
 .byte 2 / comment
 .byte 3 /* comment */
/ a line
# a line
 / another
 # another
// a third
 .byte 4 // x
### division is no comment
 .byte 6/2
 .byte 6 /2
 .byte 6 / 2
### comments over lines
 .byte 1 /* a
 b */ , 2
/* x
y */ .byte 3
 .byte 4
 bogus
### a comment that is not closed
 nop
/* x
 nop
### a comment not closed behind a statement
 nop /* x
### a comment inside a word
 .by/**/te 1
 mo/* x */vl %eax,%ebx
### semicolons
 .byte 1; .byte 2;; .byte 3
; .byte 4
x:; .byte 5
### semicolon in a string
 .ascii "a;b"; .byte 1
 .byte ';', ';
### hash in strings and characters
 .ascii "a#b" # c
 .byte '#, '#' # c
 .byte '/', '/
### carriage returns
 .byte 1<0D>
 movl %eax, %ebx<0D>
x:<0D>
<0D>
 .ascii "a"<0D>
### form feeds and vertical tabs
<0C> .byte 1
### vertical tab
 .byte<0B>2
### control characters
 .byte<01>2
### nul
 .byte 1<00>
 nop
### nul in a comment
 nop # <00> x
 nop
### names beyond ASCII
<C3><A4>x: .long <C3><A4>x
<C3><BF>y = 1
 .long <C3><BF>y
### names in quotes
"a b": .long "a b"
"c" = 5
 .long c
 .globl "x-y"
"x-y":
 jmp "x-y"
 movl "a b", %eax
 movl $"a b", %eax
 .type "x-y", @function
 .size "x-y", . - "x-y"
### quoted name with escapes
"a\"b": .long "a\"b"
"\\": .byte 1
### a string that is not closed
 .ascii "abc
 nop
### a string with a newline
 .ascii "abc
def"
 bogus
### a character that is not closed
 .byte '
 nop
### characters
 .byte 'a, 'a', '\n, '\n', '\\, '\\', '"', '"
 .byte '\t', '\b', '\f', '\r', '#', ';'
### a space as a character
 .byte ' , ' '
 .byte ' 
### numbers
 .long 0, 10, 010, 0x10, 0X10, 0b10, 0B10
 .long 1_000
### bad numbers
 .long 0x
### bad octal
 .long 08
### bad binary
 .long 0b2
### number with letters
 .long 12ab
### big numbers
 .long 0x123456789
 .quad 0x123456789abcdef0
 .octa 0x123456789abcdef0123456789abcdef0
### too big numbers
 .quad 0x123456789abcdef01
### line markers
# 10 "foo.c"
 nop
 bogus
# 20 "bar.c" 1 3
 bogus
 # 30 "baz.c"
 bogus
# line 40 "qux.c"
 bogus
#line 50
 bogus
# 60
 bogus
### line markers without file
 nop
# 100
 bogus
### .line
 nop
 .line 100
 bogus
### .ln
 nop
 .ln 100
 bogus
### .linefile
 .linefile 10 "foo.c"
 bogus
 .linefile 20 "bar.c" 1
 bogus
### .file alone does not change lines
 .file "abc.c"
 bogus
### APP and NO_APP
#NO_APP
 .byte 1
#APP
 .byte   2 # x
#NO_APP
 .byte 3
### APP in the first line
#APP
 .byte 1
#NO_APP
 movl %eax,%ebx
### empty file
### only blanks
  
	
### labels
a: b: c: .byte 1
 d : .byte 2
1: 2: jmp 1b
 jmp 2b
 jmp 1f
1:
### label twice
a: nop
a: nop
### label that is a register
eax: .long eax
%eax: nop
### label that is a number and letters
1a: nop
### label with a dollar
1$: jmp 1$
 jmp 2$
2$:
### a dot
.: nop
### label assignments
a = 1
b == 2
c=3
 d = 4
 .long a,b,c,d
### assignment twice
a = 1
a = 2
 .long a
b == 1
b == 2
### assignment to dot
 nop
 . = . + 5
 nop
 . = 10
 nop
### assignment backwards
 nop
 nop
 . = 1
### assignment of nothing
 a =
### assignment to an equal
 a = b
 b = a
 .long a
### directive without a dot
 byte 1
### bare word
 foo
### words with strange letters
 @foo
### at the start
 ^foo
### closing bracket
 )
### comma
 ,
### tilde
 ~
### backslash
 \foo
### backslash newline
 .byte 1,\
 2
 bogus
### a lone backslash newline
\
 .byte 1
 bogus
### question mark
 a?b: nop
### exclamation
 !foo
### number alone
 5
### string alone
 "foo"
### string with a label
 "foo": .byte 1
### dollar alone
 $5
### percent
 %eax
### parenthesis
 (foo)
### star
 *foo
### brace
 {foo} nop
### instruction in upper case
 MOVL %EAX, %EBX
 MoVl $1, %Eax
### directive in upper case
 .BYTE 1
 .Long 2
### tabs everywhere
	.byte	1	,	2	;	.byte	3	
### missing comma
 movl %eax %ebx
### extra comma
 movl %eax,,%ebx
### trailing comma
 movl %eax,%ebx,
### only a comma
 movl ,
### junk at the end
 .byte 1 2
### junk after a symbol
 .globl a b
### missing expression
 .byte 1,,2
 .byte
 .byte 1,
 .long ,
### a dollar with a blank
 movl $ 1, %eax
### blanks in memory operands
 movl 4 ( %eax , %ebx , 2 ) , %ecx
 movl %fs : 4, %eax
### st registers
 fadd %st(1), %st
 fadd %st ( 1 ) , %st
### prefixes on one line
 rep; movsb
 rep movsb
 lock; incl (%eax)
 rep
 movsb
### numbers with suffixes
 .long 1f
1: .long 1b
### a number with blanks
 .long 1 0
### operators
 .long 1+2*3, (1+2)*3, 1<<4, 256>>4, 7&3, 4|1, 6^3, ~1, -1, !1, 7%4, 1==1, 1!=1, 1<>2, 1<2, 1>2, 1<=1, 1>=2, 1&&0, 1||0
 .long 6!3
### operators missing an operand
 .long 1+
### operators missing the left
 .long *1
### parentheses not closed
 .long (1
### parentheses closed too often
 .long 1)
### brackets
 .long [1+2]*3
### brackets that do not match
 .long [1)
### no blank behind the mnemonic
 jmp*%eax
 jmp*%eax
 push$1
 call(f)
 mov%eax,%ebx
 inc(%eax)
 mov%ecx,%ebx
### no blank behind a directive
 .byte-1
 .byte(1), ~1
 .ascii"a"
### a comment behind a mnemonic
 nop#c
 ret/* x */
### numbers without digits in instructions
 movl $0x, %eax
 movl 0x, %eax
 movl 0x(%eax), %eax
 nop
