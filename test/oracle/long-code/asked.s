 nop
 .reloc ., R_X86_64_NONE, foo
 .reloc 0, R_X86_64_64, bar+5
 .reloc lab, R_X86_64_PC32, foo-4
 .reloc lab+4, BFD_RELOC_32, lab
lab: .quad 0,0
 .data
 .reloc 4, R_X86_64_GOTPCREL, foo
 .quad 0x1122334455667788, 5
