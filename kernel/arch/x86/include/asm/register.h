/*
 * Bits of CR0, CR4 and EFLAGS (SDM vol. 3, 2.3 and 2.5). Read by assembly too.
 */
#ifndef ASM_REGISTER_H
#define ASM_REGISTER_H

#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_EM 0x00000004
#define CR0_TS 0x00000008
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000
#define CR0_AM 0x00040000
#define CR0_NW 0x20000000
#define CR0_CD 0x40000000
#define CR0_PG 0x80000000

#define CR4_PSE 0x00000010
#define CR4_PGE 0x00000080

#define EFLAGS_FIXED 0x00000002
#define EFLAGS_TF 0x00000100
#define EFLAGS_IF 0x00000200
#define EFLAGS_DF 0x00000400
#define EFLAGS_RF 0x00010000
#define EFLAGS_USER 0x00050dd5 /* the bits a signal handler may change */

#define CPUID_APIC (1u << 9)
#define CPUID_PGE (1u << 13)

#endif
