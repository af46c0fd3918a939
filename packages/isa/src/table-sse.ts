// The instruction table, MMX to SSE4, and with each group its VEX forms (AVX, AVX2). The notation
// is explained in row.ts. Source: SDM vol. 2, chapters 3 to 5 and appendix A.

import { family } from './families.ts';

/** MMX registers, then xmm, then the VEX forms of 128 and 256 bits. */
const packedInteger = (list: string, feature: string): string =>
  family(
    list,
    `
$n | rw mm, r mm/m$1 | NP 0F $o /r | - | | ${feature}
$n | rw xmm, r xmm/m128 | 66 0F $o /r | - | | sse2
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F.WIG $o /r | - | | avx
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F.WIG $o /r | - | | avx2`,
  );

/** xmm and VEX forms of 0F 38 and others. */
const packedXmm = (list: string, map: string, opcodeMap: string, feature: string): string =>
  family(
    list,
    `
$n | rw xmm, r xmm/m128 | 66 ${opcodeMap} $o /r | - | | ${feature}
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.${map}.WIG $o /r | - | | avx
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.${map}.WIG $o /r | - | | avx2`,
  );

// oxlint-disable-next-line max-lines-per-function -- a part of the table
const integers = (): string =>
  [
    packedInteger(
      `punpcklbw 60 32, punpcklwd 61 32, punpckldq 62 32, packsswb 63 64, pcmpgtb 64 64,
pcmpgtw 65 64, pcmpgtd 66 64, packuswb 67 64, punpckhbw 68 64, punpckhwd 69 64, punpckhdq 6A 64,
packssdw 6B 64, pcmpeqb 74 64, pcmpeqw 75 64, pcmpeqd 76 64, pmullw D5 64, psubusb D8 64,
psubusw D9 64, pand DB 64, paddusb DC 64, paddusw DD 64, pandn DF 64, pmulhw E5 64, psubsb E8 64,
psubsw E9 64, por EB 64, paddsb EC 64, paddsw ED 64, pxor EF 64, pmaddwd F5 64, psubb F8 64,
psubw F9 64, psubd FA 64, paddb FC 64, paddw FD 64, paddd FE 64`,
      'mmx',
    ),
    packedInteger(
      `pminub DA 64, pmaxub DE 64, pavgb E0 64, pavgw E3 64, pmulhuw E4 64, pminsw EA 64,
pmaxsw EE 64, psadbw F6 64`,
      'sse,3dnowa',
    ),
    packedInteger('paddq D4 64, pmuludq F4 64, psubq FB 64', 'sse2'),
    packedXmm('punpcklqdq 6C, punpckhqdq 6D', '0F', '0F', 'sse2'),
    family(
      'psrlw D1 71 2, psrld D2 72 2, psrlq D3 73 2, psraw E1 71 4, psrad E2 72 4, psllw F1 71 6, pslld F2 72 6, psllq F3 73 6',
      `
$n | rw mm, r mm/m64 | NP 0F $o /r | - | | mmx
$n | rw mm, r imm8 | NP 0F $1 /$2 ib | - | | mmx
$n | rw xmm, r xmm/m128 | 66 0F $o /r | - | | sse2
$n | rw xmm, r imm8 | 66 0F $1 /$2 ib | - | | sse2
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F.WIG $o /r | - | | avx
v$n | w xmm, r xmm, r imm8 | VEX.128.66.0F.WIG $1 /$2 ib | - | | avx
v$n | w ymm, r ymm, r xmm/m128 | VEX.256.66.0F.WIG $o /r | - | | avx2
v$n | w ymm, r ymm, r imm8 | VEX.256.66.0F.WIG $1 /$2 ib | - | | avx2`,
    ),
    family(
      'psrldq 73 3, pslldq 73 7',
      `
$n | rw xmm, r imm8 | 66 0F $o /$1 ib | - | | sse2
v$n | w xmm, r xmm, r imm8 | VEX.128.66.0F.WIG $o /$1 ib | - | | avx
v$n | w ymm, r ymm, r imm8 | VEX.256.66.0F.WIG $o /$1 ib | - | | avx2`,
    ),
    '\npshufw | w mm, r mm/m64, r imm8 | NP 0F 70 /r ib | - | | sse,3dnowa',
    family(
      'pshufd 66, pshufhw F3, pshuflw F2',
      `
$n | w xmm, r xmm/m128, r imm8 | $o 0F 70 /r ib | - | | sse2
v$n | w xmm, r xmm/m128, r imm8 | VEX.128.$o.0F.WIG 70 /r ib | - | | avx
v$n | w ymm, r ymm/m256, r imm8 | VEX.256.$o.0F.WIG 70 /r ib | - | | avx2`,
    ),
    // SSSE3
    family(
      `pshufb 00, phaddw 01, phaddd 02, phaddsw 03, pmaddubsw 04, phsubw 05, phsubd 06, phsubsw 07,
psignb 08, psignw 09, psignd 0A, pmulhrsw 0B`,
      `
$n | rw mm, r mm/m64 | NP 0F 38 $o /r | - | | ssse3
$n | rw xmm, r xmm/m128 | 66 0F 38 $o /r | - | | ssse3
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.WIG $o /r | - | | avx
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.WIG $o /r | - | | avx2`,
    ),
    family(
      'pabsb 1C, pabsw 1D, pabsd 1E',
      `
$n | w mm, r mm/m64 | NP 0F 38 $o /r | - | | ssse3
$n | w xmm, r xmm/m128 | 66 0F 38 $o /r | - | | ssse3
v$n | w xmm, r xmm/m128 | VEX.128.66.0F38.WIG $o /r | - | | avx
v$n | w ymm, r ymm/m256 | VEX.256.66.0F38.WIG $o /r | - | | avx2`,
    ),
    `
palignr | rw mm, r mm/m64, r imm8 | NP 0F 3A 0F /r ib | - | | ssse3
palignr | rw xmm, r xmm/m128, r imm8 | 66 0F 3A 0F /r ib | - | | ssse3
vpalignr | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG 0F /r ib | - | | avx
vpalignr | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.WIG 0F /r ib | - | | avx2`,
    // SSE4
    packedXmm(
      `pmuldq 28, pcmpeqq 29, packusdw 2B, pminsb 38, pminsd 39, pminuw 3A, pminud 3B, pmaxsb 3C,
pmaxsd 3D, pmaxuw 3E, pmaxud 3F, pmulld 40`,
      '0F38',
      '0F 38',
      'sse4.1',
    ),
    packedXmm('pcmpgtq 37', '0F38', '0F 38', 'sse4.2'),
    family(
      `pmovsxbw 20 64 128, pmovsxbd 21 32 64, pmovsxbq 22 16 32, pmovsxwd 23 64 128, pmovsxwq 24 32 64,
pmovsxdq 25 64 128, pmovzxbw 30 64 128, pmovzxbd 31 32 64, pmovzxbq 32 16 32, pmovzxwd 33 64 128,
pmovzxwq 34 32 64, pmovzxdq 35 64 128`,
      `
$n | w xmm, r xmm/m$1 | 66 0F 38 $o /r | - | | sse4.1
v$n | w xmm, r xmm/m$1 | VEX.128.66.0F38.WIG $o /r | - | | avx
v$n | w ymm, r xmm/m$2 | VEX.256.66.0F38.WIG $o /r | - | | avx2`,
    ),
    `
phminposuw | w xmm, r xmm/m128 | 66 0F 38 41 /r | - | | sse4.1
vphminposuw | w xmm, r xmm/m128 | VEX.128.66.0F38.WIG 41 /r | - | | avx
ptest | r xmm, r xmm/m128 | 66 0F 38 17 /r | w:zc 0:osap | | sse4.1
vptest | r xmm, r xmm/m128 | VEX.128.66.0F38.WIG 17 /r | w:zc 0:osap | | avx
vptest | r ymm, r ymm/m256 | VEX.256.66.0F38.WIG 17 /r | w:zc 0:osap | | avx
movntdqa | w xmm, r m128 | 66 0F 38 2A /r | - | | sse4.1
vmovntdqa | w xmm, r m128 | VEX.128.66.0F38.WIG 2A /r | - | | avx
vmovntdqa | w ymm, r m256 | VEX.256.66.0F38.WIG 2A /r | - | | avx2`,
    family(
      'pblendw 0E, mpsadbw 42',
      `
$n | rw xmm, r xmm/m128, r imm8 | 66 0F 3A $o /r ib | - | | sse4.1
v$n | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG $o /r ib | - | | avx
v$n | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.WIG $o /r ib | - | | avx2`,
    ),
    family(
      'pblendvb 10 4C avx2, blendvps 14 4A avx, blendvpd 15 4B avx',
      `
$n | rw xmm, r xmm/m128, r XMM0 | 66 0F 38 $o /r | - | omit:XMM0 | sse4.1
v$n | w xmm, r xmm, r xmm/m128, r xmm | VEX.128.66.0F3A.W0 $1 /r is4 | - | | avx
v$n | w ymm, r ymm, r ymm/m256, r ymm | VEX.256.66.0F3A.W0 $1 /r is4 | - | | $2`,
    ),
    family(
      'pcmpestrm 60, pcmpestri 61, pcmpistrm 62, pcmpistri 63',
      `
$n | r xmm, r xmm/m128, r imm8 | 66 0F 3A $o /r ib | w:oszc 0:ap | size:hidden | sse4.2
v$n | r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG $o /r ib | w:oszc 0:ap | size:hidden | avx`,
    ),
    // The lengths in registers of 64 bits.
    family(
      'pcmpestrm 60, pcmpestri 61',
      `
$nq | r xmm, r xmm/m128, r imm8 | REX.W 66 0F 3A $o /r ib | w:oszc 0:ap | only64 | sse4.2
v$nq | r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.W1 $o /r ib | w:oszc 0:ap | only64 | avx
$nl | r xmm, r xmm/m128, r imm8 | 66 0F 3A $o /r ib | w:oszc 0:ap | only64 alias att | sse4.2
v$nl | r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG $o /r ib | w:oszc 0:ap | only64 alias att | avx`,
    ),
  ].join('');

// oxlint-disable-next-line max-lines-per-function -- a part of the table
const moves = (): string => `
movd | w mm, r r/m:y | NP 0F 6E /r | - | plainly | mmx
movd | w r/m:y, r mm | NP 0F 7E /r | - | plainly | mmx
movd | w xmm, r r/m:y | 66 0F 6E /r | - | plainly | sse2
movd | w r/m:y, r xmm | 66 0F 7E /r | - | plainly | sse2
vmovd | w xmm, r r/m:y | VEX.128.66.0F.W0 6E /r | - | plainly | avx
vmovd | w r/m:y, r xmm | VEX.128.66.0F.W0 7E /r | - | plainly | avx
movq | w mm, r mm/m64 | NP 0F 6F /r | - | plainly | mmx
movq | w mm/m64, r mm | NP 0F 7F /r | - | plainly | mmx
movq | w xmm, r xmm/m64 | F3 0F 7E /r | - | plainly | sse2
movq | w xmm/m64, r xmm | 66 0F D6 /r | - | plainly | sse2
movq | w mm, r r/m:q | REX.W NP 0F 6E /r | - | plainly only64 | mmx
movq | w r/m:q, r mm | REX.W NP 0F 7E /r | - | plainly only64 | mmx
movq | w xmm, r r/m:q | REX.W 66 0F 6E /r | - | plainly only64 | sse2
movq | w r/m:q, r xmm | REX.W 66 0F 7E /r | - | plainly only64 | sse2
vmovq | w xmm, r xmm/m64 | VEX.128.F3.0F.WIG 7E /r | - | | avx
vmovq | w xmm/m64, r xmm | VEX.128.66.0F.WIG D6 /r | - | | avx
vmovq | w xmm, r r/m:q | VEX.128.66.0F.W1 6E /r | - | only64 | avx
vmovq | w r/m:q, r xmm | VEX.128.66.0F.W1 7E /r | - | only64 | avx
movntq | w m64, r mm | NP 0F E7 /r | - | | sse,3dnowa
movdq2q | w mm, r xmm | F2 0F D6 /r | - | | sse2
movq2dq | w xmm, r mm | F3 0F D6 /r | - | | sse2
maskmovq | r mm, r mm | NP 0F F7 /r | - | | sse,3dnowa
maskmovdqu | r xmm, r xmm | 66 0F F7 /r | - | | sse2
vmaskmovdqu | r xmm, r xmm | VEX.128.66.0F.WIG F7 /r | - | | avx
movnti | w m:y, r r:y | NP 0F C3 /r | - | suffix:l size:hidden | sse2
emms | | NP 0F 77 | - | | mmx
lddqu | w xmm, r m128 | F2 0F F0 /r | - | sizeless | sse3
vlddqu | w xmm, r m128 | VEX.128.F2.0F.WIG F0 /r | - | sizeless | avx
vlddqu | w ymm, r m256 | VEX.256.F2.0F.WIG F0 /r | - | sizeless | avx
vzeroupper | | VEX.128.0F.WIG 77 | - | | avx
vzeroall | | VEX.256.0F.WIG 77 | - | | avx
pmovmskb | w r32, r mm | 0F D7 /r | - | suffix:l size:hidden also64 | sse,3dnowa
pmovmskb | w r32, r xmm | 66 0F D7 /r | - | suffix:l size:hidden also64 | sse2
vpmovmskb | w r32, r xmm | VEX.128.66.0F.WIG D7 /r | - | suffix:l size:hidden also64 | avx
vpmovmskb | w r32, r ymm | VEX.256.66.0F.WIG D7 /r | - | suffix:l size:hidden also64 | avx2
pinsrw | rw mm, r r32/m16, r imm8 | NP 0F C4 /r ib | - | suffix:l size:hidden also64 | sse,3dnowa
pinsrw | rw xmm, r r32/m16, r imm8 | 66 0F C4 /r ib | - | suffix:l size:hidden also64 | sse2
vpinsrw | w xmm, r xmm, r r32/m16, r imm8 | VEX.128.66.0F.WIG C4 /r ib | - | suffix:l size:hidden also64 | avx
pextrw | w r32, r mm, r imm8 | NP 0F C5 /r ib | - | suffix:l size:hidden also64 | sse,3dnowa
pextrw | w r32, r xmm, r imm8 | 66 0F C5 /r ib | - | suffix:l size:hidden also64 | sse2
pextrw | w r32/m16, r xmm, r imm8 | 66 0F 3A 15 /r ib | - | suffix:l size:hidden also64 | sse4.1
vpextrw | w r32, r xmm, r imm8 | VEX.128.66.0F.WIG C5 /r ib | - | suffix:l size:hidden also64 | avx
vpextrw | w r32/m16, r xmm, r imm8 | VEX.128.66.0F3A.WIG 15 /r ib | - | suffix:l size:hidden also64 | avx
pextrb | w r32/m8, r xmm, r imm8 | 66 0F 3A 14 /r ib | - | plainly also64 | sse4.1
vpextrb | w r32/m8, r xmm, r imm8 | VEX.128.66.0F3A.WIG 14 /r ib | - | plainly also64 | avx
pextrd | w r/m:d, r xmm, r imm8 | 66 0F 3A 16 /r ib | - | plainly | sse4.1
vpextrd | w r/m:d, r xmm, r imm8 | VEX.128.66.0F3A.W0 16 /r ib | - | plainly | avx
pextrq | w r/m:q, r xmm, r imm8 | REX.W 66 0F 3A 16 /r ib | - | plainly only64 | sse4.1
vpextrq | w r/m:q, r xmm, r imm8 | VEX.128.66.0F3A.W1 16 /r ib | - | plainly only64 | avx
extractps | w r/m:d, r xmm, r imm8 | 66 0F 3A 17 /r ib | - | plainly also64 | sse4.1
vextractps | w r/m:d, r xmm, r imm8 | VEX.128.66.0F3A.WIG 17 /r ib | - | plainly also64 | avx
pinsrb | rw xmm, r r32/m8, r imm8 | 66 0F 3A 20 /r ib | - | plainly also64 | sse4.1
vpinsrb | w xmm, r xmm, r r32/m8, r imm8 | VEX.128.66.0F3A.WIG 20 /r ib | - | plainly also64 | avx
pinsrd | rw xmm, r r/m:d, r imm8 | 66 0F 3A 22 /r ib | - | plainly | sse4.1
vpinsrd | w xmm, r xmm, r r/m:d, r imm8 | VEX.128.66.0F3A.W0 22 /r ib | - | plainly | avx
pinsrq | rw xmm, r r/m:q, r imm8 | REX.W 66 0F 3A 22 /r ib | - | plainly only64 | sse4.1
vpinsrq | w xmm, r xmm, r r/m:q, r imm8 | VEX.128.66.0F3A.W1 22 /r ib | - | plainly only64 | avx
insertps | rw xmm, r xmm/m32, r imm8 | 66 0F 3A 21 /r ib | - | | sse4.1
vinsertps | w xmm, r xmm, r xmm/m32, r imm8 | VEX.128.66.0F3A.WIG 21 /r ib | - | | avx${[
  family(
    'movaps NP 28 29 sse NP, movapd 66 28 29 sse2 66., movups NP 10 11 sse NP, movupd 66 10 11 sse2 66., movdqa 66 6F 7F sse2 66., movdqu F3 6F 7F sse2 F3.',
    `
$n | w xmm, r xmm/m128 | $o 0F $1 /r | - | | $3
$n | w xmm/m128, r xmm | $o 0F $2 /r | - | | $3
v$n | w xmm, r xmm/m128 | VEX.128.$40F.WIG $1 /r | - | | avx
v$n | w xmm/m128, r xmm | VEX.128.$40F.WIG $2 /r | - | | avx
v$n | w ymm, r ymm/m256 | VEX.256.$40F.WIG $1 /r | - | | avx
v$n | w ymm/m256, r ymm | VEX.256.$40F.WIG $2 /r | - | | avx`,
  ).replaceAll('.NP0F', '.0F'),
  family(
    'movss F3 32 sse, movsd F2 64 sse2',
    `
$n | w xmm, r m$1 | $o 0F 10 /r | - | | $2
$n | rw xmm, r xmm | $o 0F 10 /r | - | | $2
$n | w m$1, r xmm | $o 0F 11 /r | - | | $2
$n | rw xmm, r xmm | $o 0F 11 /r | - | MR | $2
v$n | w xmm, r m$1 | VEX.LIG.$o.0F.WIG 10 /r | - | | avx
v$n | w xmm, r xmm, r xmm | VEX.LIG.$o.0F.WIG 10 /r | - | | avx
v$n | w m$1, r xmm | VEX.LIG.$o.0F.WIG 11 /r | - | | avx
v$n | w xmm, r xmm, r xmm | VEX.LIG.$o.0F.WIG 11 /r | - | MVR | avx`,
  ),
  family(
    'movlps NP 12 13 NP sse, movlpd 66 12 13 66. sse2, movhps NP 16 17 NP sse, movhpd 66 16 17 66. sse2',
    `
$n | rw xmm, r m64 | $o 0F $1 /r | - | | $4
$n | w m64, r xmm | $o 0F $2 /r | - | | $4
v$n | w xmm, r xmm, r m64 | VEX.128.$30F.WIG $1 /r | - | | avx
v$n | w m64, r xmm | VEX.128.$30F.WIG $2 /r | - | | avx`,
  ).replaceAll('.NP0F', '.0F'),
  family(
    'movhlps 12, movlhps 16',
    `
$n | rw xmm, r xmm | NP 0F $o /r | - | | sse
v$n | w xmm, r xmm, r xmm | VEX.128.0F.WIG $o /r | - | | avx`,
  ),
  family(
    'movntps NP 2B NP sse, movntpd 66 2B 66. sse2, movntdq 66 E7 66. sse2',
    `
$n | w m128, r xmm | $o 0F $1 /r | - | | $3
v$n | w m128, r xmm | VEX.128.$20F.WIG $1 /r | - | | avx
v$n | w m256, r ymm | VEX.256.$20F.WIG $1 /r | - | | avx`,
  ).replaceAll('.NP0F', '.0F'),
  family(
    'movddup F2 12 64, movsldup F3 12 128, movshdup F3 16 128',
    `
$n | w xmm, r xmm/m$2 | $o 0F $1 /r | - | | sse3
v$n | w xmm, r xmm/m$2 | VEX.128.$o.0F.WIG $1 /r | - | | avx
v$n | w ymm, r ymm/m256 | VEX.256.$o.0F.WIG $1 /r | - | | avx`,
  ),
  family(
    'movmskps NP NP sse, movmskpd 66 66. sse2',
    `
$n | w r32, r xmm | $o 0F 50 /r | - | suffix:l size:hidden also64 | $2
v$n | w r32, r xmm | VEX.128.$10F.WIG 50 /r | - | suffix:l size:hidden also64 | avx
v$n | w r32, r ymm | VEX.256.$10F.WIG 50 /r | - | suffix:l size:hidden also64 | avx`,
  ).replaceAll('.NP0F', '.0F'),
].join('')}`;

const packedSingle = `
$nps | rw xmm, r xmm/m128 | NP 0F $o /r | - | | sse
v$nps | w xmm, r xmm, r xmm/m128 | VEX.128.0F.WIG $o /r | - | | avx
v$nps | w ymm, r ymm, r ymm/m256 | VEX.256.0F.WIG $o /r | - | | avx`;
const packedDouble = `
$npd | rw xmm, r xmm/m128 | 66 0F $o /r | - | | sse2
v$npd | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F.WIG $o /r | - | | avx
v$npd | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F.WIG $o /r | - | | avx`;
const scalarSingle = `
$nss | rw xmm, r xmm/m32 | F3 0F $o /r | - | | sse
v$nss | w xmm, r xmm, r xmm/m32 | VEX.LIG.F3.0F.WIG $o /r | - | | avx`;
const scalarDouble = `
$nsd | rw xmm, r xmm/m64 | F2 0F $o /r | - | | sse2
v$nsd | w xmm, r xmm, r xmm/m64 | VEX.LIG.F2.0F.WIG $o /r | - | | avx`;

/** The 32 predicates of VEX comparisons; SSE has the first eight. */
export const predicates: readonly string[] = `eq lt le unord neq nlt nle ord eq_uq nge ngt false
neq_oq ge gt true eq_os lt_oq le_oq unord_s neq_us nlt_uq nle_uq ord_s eq_us nge_uq ngt_uq false_os
neq_os ge_oq gt_oq true_us`.split(/\s+/);

/** Longer names of the first sixteen. */
const fullPredicates = `eq_oq lt_os le_os unord_q neq_uq nlt_us nle_us ord_q - nge_us ngt_us
false_oq - ge_os gt_os true_uq`.split(/\s+/);

function byte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}

function comparisons(): string {
  let text = '';
  const kinds = ['ps NP NP 128 sse', 'pd 66 66. 128 sse2', 'ss F3 F3. 32 sse', 'sd F2 F2. 64 sse2'];
  for (const kind of kinds) {
    const [end, prefix, vex, size, feature] = kind.split(' ');
    const name = `cmp${end}`;
    const length = end[0] === 'p' ? '128' : 'LIG';
    const rows = (number: string, vexName: string, hasSse: boolean, as = '') => {
      const [plain, tail] = number === 'ib' ? [', r imm8', 'ib'] : ['', number];
      const names = as === '' ? '' : `as:${vexName},v${as}`;
      if (hasSse) {
        const sse = vexName.slice(1);
        text += `\n${sse} | rw xmm, r xmm/m${size}${plain} | ${prefix} 0F C2 /r ${tail} | - | | ${feature}`;
      }
      const pp = vex === 'NP' ? '' : vex;
      text += `\n${vexName} | w xmm, r xmm, r xmm/m${size}${plain} | VEX.${length}.${pp}0F.WIG C2 /r ${tail} | - | ${names} | avx`;
      if (end[0] !== 'p') return;
      text += `\n${vexName} | w ymm, r ymm, r ymm/m256${plain} | VEX.256.${pp}0F.WIG C2 /r ${tail} | - | ${names} | avx`;
    };
    rows('ib', `v${name}`, true);
    predicates.forEach((predicate, number) => {
      const full = fullPredicates[number];
      const as = full && full !== '-' ? `cmp${full}${end}` : '';
      rows(byte(number), `vcmp${predicate}${end}`, number < 8, as);
    });
  }
  return text;
}

const floats = (): string =>
  [
    family('add 58, mul 59, sub 5C, min 5D, div 5E, max 5F', packedSingle + packedDouble),
    family('add 58, mul 59, sub 5C, min 5D, div 5E, max 5F', scalarSingle + scalarDouble),
    family('and 54, andn 55, or 56, xor 57, unpckl 14, unpckh 15', packedSingle + packedDouble),
    family(
      'sqrtps NP 51 NP sse, sqrtpd 66 51 66. sse2, rsqrtps NP 52 NP sse, rcpps NP 53 NP sse',
      `
$n | w xmm, r xmm/m128 | $o 0F $1 /r | - | | $3
v$n | w xmm, r xmm/m128 | VEX.128.$20F.WIG $1 /r | - | | avx
v$n | w ymm, r ymm/m256 | VEX.256.$20F.WIG $1 /r | - | | avx`,
    ).replaceAll('.NP0F', '.0F'),
    family(
      'sqrtss F3 51 32 sse, sqrtsd F2 51 64 sse2, rsqrtss F3 52 32 sse, rcpss F3 53 32 sse, cvtss2sd F3 5A 32 sse2, cvtsd2ss F2 5A 64 sse2',
      `
$n | rw xmm, r xmm/m$2 | $o 0F $1 /r | - | | $3
v$n | w xmm, r xmm, r xmm/m$2 | VEX.LIG.$o.0F.WIG $1 /r | - | | avx`,
    ),
    family(
      'ucomiss NP 2E 32 NP sse, ucomisd 66 2E 64 66. sse2, comiss NP 2F 32 NP sse, comisd 66 2F 64 66. sse2',
      `
$n | r xmm, r xmm/m$2 | $o 0F $1 /r | w:zpc 0:osa | | $4
v$n | r xmm, r xmm/m$2 | VEX.LIG.$30F.WIG $1 /r | w:zpc 0:osa | | avx`,
    ).replaceAll('.NP0F', '.0F'),
    family(
      'shufps NP NP sse, shufpd 66 66. sse2',
      `
$n | rw xmm, r xmm/m128, r imm8 | $o 0F C6 /r ib | - | | $2
v$n | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.$10F.WIG C6 /r ib | - | | avx
v$n | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.$10F.WIG C6 /r ib | - | | avx`,
    ).replaceAll('.NP0F', '.0F'),
    family(
      'haddpd 66 7C, haddps F2 7C, hsubpd 66 7D, hsubps F2 7D, addsubpd 66 D0, addsubps F2 D0',
      `
$n | rw xmm, r xmm/m128 | $o 0F $1 /r | - | | sse3
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.$o.0F.WIG $1 /r | - | | avx
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.$o.0F.WIG $1 /r | - | | avx`,
    ),
    family(
      'roundps 08, roundpd 09',
      `
$n | w xmm, r xmm/m128, r imm8 | 66 0F 3A $o /r ib | - | | sse4.1
v$n | w xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG $o /r ib | - | | avx
v$n | w ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.WIG $o /r ib | - | | avx`,
    ),
    family(
      'roundss 0A 32, roundsd 0B 64',
      `
$n | rw xmm, r xmm/m$1, r imm8 | 66 0F 3A $o /r ib | - | | sse4.1
v$n | w xmm, r xmm, r xmm/m$1, r imm8 | VEX.LIG.66.0F3A.WIG $o /r ib | - | | avx`,
    ),
    family(
      'blendps 0C, blendpd 0D, dpps 40',
      `
$n | rw xmm, r xmm/m128, r imm8 | 66 0F 3A $o /r ib | - | | sse4.1
v$n | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG $o /r ib | - | | avx
v$n | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.WIG $o /r ib | - | | avx`,
    ),
    `
dppd | rw xmm, r xmm/m128, r imm8 | 66 0F 3A 41 /r ib | - | | sse4.1
vdppd | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG 41 /r ib | - | | avx`,
  ].join('');

const conversions = (): string => `
cvtpi2ps | rw xmm, r mm/m64 | NP 0F 2A /r | - | | sse
cvtpi2pd | w xmm, r mm/m64 | 66 0F 2A /r | - | | sse2
cvtps2pi | w mm, r xmm/m64 | NP 0F 2D /r | - | | sse
cvtpd2pi | w mm, r xmm/m128 | 66 0F 2D /r | - | | sse2
cvttps2pi | w mm, r xmm/m64 | NP 0F 2C /r | - | | sse
cvttpd2pi | w mm, r xmm/m128 | 66 0F 2C /r | - | | sse2${[
  family(
    'cvtsi2ss F3 2A sse, cvtsi2sd F2 2A sse2',
    `
$n | rw xmm, r r/m:y | $o 0F $1 /r | - | suffix:l size:hidden | $2
v$n | w xmm, r xmm, r r/m:y | VEX.LIG.$o.0F.W0 $1 /r | - | suffix:l size:hidden | avx`,
  ),
  family(
    'cvttss2si F3 2C 32 sse, cvttsd2si F2 2C 64 sse2, cvtss2si F3 2D 32 sse, cvtsd2si F2 2D 64 sse2',
    `
$n | w r:y, r xmm/m$2 | $o 0F $1 /r | - | suffix:l size:hidden | $3
v$n | w r:y, r xmm/m$2 | VEX.LIG.$o.0F.W0 $1 /r | - | suffix:l size:hidden | avx`,
  ),
  family(
    'cvtdq2ps NP 5B NP, cvtps2dq 66 5B 66., cvttps2dq F3 5B F3.',
    `
$n | w xmm, r xmm/m128 | $o 0F $1 /r | - | | sse2
v$n | w xmm, r xmm/m128 | VEX.128.$20F.WIG $1 /r | - | | avx
v$n | w ymm, r ymm/m256 | VEX.256.$20F.WIG $1 /r | - | | avx`,
  ).replaceAll('.NP0F', '.0F'),
  family(
    'cvtps2pd NP 5A NP, cvtdq2pd F3 E6 F3.',
    `
$n | w xmm, r xmm/m64 | $o 0F $1 /r | - | | sse2
v$n | w xmm, r xmm/m64 | VEX.128.$20F.WIG $1 /r | - | | avx
v$n | w ymm, r xmm/m128 | VEX.256.$20F.WIG $1 /r | - | | avx`,
  ).replaceAll('.NP0F', '.0F'),
  family(
    'cvtpd2ps 66 5A, cvttpd2dq 66 E6, cvtpd2dq F2 E6',
    `
$n | w xmm, r xmm/m128 | $o 0F $1 /r | - | | sse2
v$n | w xmm, r xmm/m128 | VEX.128.$o.0F.WIG $1 /r | - | suffix:x size:memory | avx
v$n | w xmm, r ymm/m256 | VEX.256.$o.0F.WIG $1 /r | - | suffix:y size:memory | avx`,
  ),
].join('')}`;

/** SSE4a, and what AMD alone has of streaming stores. */
const amd = `
movntss | w m32, r xmm | F3 0F 2B /r | - | | sse4a
movntsd | w m64, r xmm | F2 0F 2B /r | - | | sse4a
extrq | rw xmm, r imm8, r imm8 | 66 0F 78 /0 ib ib | - | | sse4a
extrq | rw xmm, r xmm | 66 0F 79 /r | - | | sse4a
insertq | rw xmm, r xmm, r imm8, r imm8 | F2 0F 78 /r ib ib | - | | sse4a
insertq | rw xmm, r xmm | F2 0F 79 /r | - | | sse4a`;

/** MMX to SSE4 with their VEX forms, one row a line. */
export function sseTable(): string {
  return [integers(), moves(), floats(), comparisons(), conversions(), amd].join('');
}
