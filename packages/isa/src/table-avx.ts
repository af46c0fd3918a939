// The instruction table, vector extensions that have VEX or XOP prefixes only, or whose two forms
// belong together: AVX, AVX2, F16C, FMA, FMA4, XOP, AES, PCLMULQDQ, SHA, GFNI, AVX-VNNI and its
// kin, key locker, 3DNow!. The notation is explained in row.ts. Sources: SDM vol. 2, APM vol. 4 and 5.

import { family } from './families.ts';

// oxlint-disable-next-line max-lines-per-function -- a part of the table
const avx = (): string => `
vbroadcastss | w xmm, r m32 | VEX.128.66.0F38.W0 18 /r | - | | avx
vbroadcastss | w ymm, r m32 | VEX.256.66.0F38.W0 18 /r | - | | avx
vbroadcastss | w xmm, r xmm | VEX.128.66.0F38.W0 18 /r | - | | avx2
vbroadcastss | w ymm, r xmm | VEX.256.66.0F38.W0 18 /r | - | | avx2
vbroadcastsd | w ymm, r m64 | VEX.256.66.0F38.W0 19 /r | - | | avx
vbroadcastsd | w ymm, r xmm | VEX.256.66.0F38.W0 19 /r | - | | avx2
vbroadcastf128 | w ymm, r m128 | VEX.256.66.0F38.W0 1A /r | - | | avx
vbroadcasti128 | w ymm, r m128 | VEX.256.66.0F38.W0 5A /r | - | | avx2
vextractf128 | w xmm/m128, r ymm, r imm8 | VEX.256.66.0F3A.W0 19 /r ib | - | | avx
vextracti128 | w xmm/m128, r ymm, r imm8 | VEX.256.66.0F3A.W0 39 /r ib | - | | avx2
vinsertf128 | w ymm, r ymm, r xmm/m128, r imm8 | VEX.256.66.0F3A.W0 18 /r ib | - | | avx
vinserti128 | w ymm, r ymm, r xmm/m128, r imm8 | VEX.256.66.0F3A.W0 38 /r ib | - | | avx2
vperm2f128 | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W0 06 /r ib | - | | avx
vperm2i128 | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W0 46 /r ib | - | | avx2
vpermd | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.W0 36 /r | - | | avx2
vpermps | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.W0 16 /r | - | | avx2
vpermq | w ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W1 00 /r ib | - | | avx2
vpermpd | w ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W1 01 /r ib | - | | avx2
vzeroupper | | VEX.128.66.0F.WIG 77 | - | decode | avx
vzeroupper | | VEX.128.F3.0F.WIG 77 | - | decode | avx
vzeroupper | | VEX.128.F2.0F.WIG 77 | - | decode | avx
vzeroall | | VEX.256.66.0F.WIG 77 | - | decode | avx
vzeroall | | VEX.256.F3.0F.WIG 77 | - | decode | avx
vzeroall | | VEX.256.F2.0F.WIG 77 | - | decode | avx
vldmxcsr | r m32 | VEX.LZ.0F.WIG AE /2 | - | | avx
vstmxcsr | w m32 | VEX.LZ.0F.WIG AE /3 | - | | avx
vldmxcsr | r m32 | VEX.LZ.66.0F.WIG AE /2 | - | decode | avx
vstmxcsr | w m32 | VEX.LZ.66.0F.WIG AE /3 | - | decode | avx
vldmxcsr | r m32 | VEX.LZ.F3.0F.WIG AE /2 | - | decode | avx
vstmxcsr | w m32 | VEX.LZ.F3.0F.WIG AE /3 | - | decode | avx
vldmxcsr | r m32 | VEX.LZ.F2.0F.WIG AE /2 | - | decode | avx
vstmxcsr | w m32 | VEX.LZ.F2.0F.WIG AE /3 | - | decode | avx
vcvtph2ps | w xmm, r xmm/m64 | VEX.128.66.0F38.W0 13 /r | - | | f16c
vcvtph2ps | w ymm, r xmm/m128 | VEX.256.66.0F38.W0 13 /r | - | | f16c
vcvtps2ph | w xmm/m64, r xmm, r imm8 | VEX.128.66.0F3A.W0 1D /r ib | - | | f16c
vcvtps2ph | w xmm/m128, r ymm, r imm8 | VEX.256.66.0F3A.W0 1D /r ib | - | | f16c${[
  family(
    'vpbroadcastb 78 8, vpbroadcastw 79 16, vpbroadcastd 58 32, vpbroadcastq 59 64',
    `
$n | w xmm, r xmm/m$1 | VEX.128.66.0F38.W0 $o /r | - | | avx2
$n | w ymm, r xmm/m$1 | VEX.256.66.0F38.W0 $o /r | - | | avx2`,
  ),
  family(
    'vmaskmovps 2C 2E W0 avx, vmaskmovpd 2D 2F W0 avx, vpmaskmovd 8C 8E W0 avx2, vpmaskmovq 8C 8E W1 avx2',
    `
$n | w xmm, r xmm, r m128 | VEX.128.66.0F38.$2 $o /r | - | | $3
$n | w ymm, r ymm, r m256 | VEX.256.66.0F38.$2 $o /r | - | | $3
$n | w m128, r xmm, r xmm | VEX.128.66.0F38.$2 $1 /r | - | MVR | $3
$n | w m256, r ymm, r ymm | VEX.256.66.0F38.$2 $1 /r | - | MVR | $3`,
  ),
  family(
    'vpermilps 0C 04, vpermilpd 0D 05',
    `
$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.W0 $o /r | - | | avx
$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.W0 $o /r | - | | avx
$n | w xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.W0 $1 /r ib | - | | avx
$n | w ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W0 $1 /r ib | - | | avx`,
  ),
  family(
    'vtestps 0E, vtestpd 0F',
    `
$n | r xmm, r xmm/m128 | VEX.128.66.0F38.W0 $o /r | w:zc 0:osap | | avx
$n | r ymm, r ymm/m256 | VEX.256.66.0F38.W0 $o /r | w:zc 0:osap | | avx`,
  ),
  family(
    'vpsrlvd 45 W0, vpsrlvq 45 W1, vpsravd 46 W0, vpsllvd 47 W0, vpsllvq 47 W1',
    `
$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.$1 $o /r | - | | avx2
$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.$1 $o /r | - | | avx2`,
  ),
  `
vpblendd | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.W0 02 /r ib | - | | avx2
vpblendd | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W0 02 /r ib | - | | avx2`,
  family(
    `vpgatherdd 90 W0 32x xmm 32y ymm, vpgatherdq 90 W1 32x xmm 32x ymm, vpgatherqd 91 W0 64x xmm 64y xmm,
vpgatherqq 91 W1 64x xmm 64y ymm, vgatherdps 92 W0 32x xmm 32y ymm, vgatherdpd 92 W1 32x xmm 32x ymm,
vgatherqps 93 W0 64x xmm 64y xmm, vgatherqpd 93 W1 64x xmm 64y ymm`,
    `
$n | rw $3, r vm$2, rw $3 | VEX.128.66.0F38.$1 $o /r | - | distinct | avx2
$n | rw $5, r vm$4, rw $5 | VEX.256.66.0F38.$1 $o /r | - | distinct | avx2`,
  ),
].join('')}`;

const multiplyAdd = (): string =>
  [
    ...['132 9', '213 A', '231 B'].map((order) => {
      const [digits, high] = order.split(' ');
      return (
        family(
          'vfmaddsub 6, vfmsubadd 7, vfmadd 8, vfmsub A, vfnmadd C, vfnmsub E',
          `
$n${digits}ps | rw xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.W0 ${high}$o /r | - | | fma
$n${digits}ps | rw ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.W0 ${high}$o /r | - | | fma
$n${digits}pd | rw xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.W1 ${high}$o /r | - | | fma
$n${digits}pd | rw ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.W1 ${high}$o /r | - | | fma`,
        ) +
        family(
          'vfmadd 9, vfmsub B, vfnmadd D, vfnmsub F',
          `
$n${digits}ss | rw xmm, r xmm, r xmm/m32 | VEX.LIG.66.0F38.W0 ${high}$o /r | - | | fma
$n${digits}sd | rw xmm, r xmm, r xmm/m64 | VEX.LIG.66.0F38.W1 ${high}$o /r | - | | fma`,
        )
      );
    }),
    family(
      `vfmaddsubps 5C, vfmaddsubpd 5D, vfmsubaddps 5E, vfmsubaddpd 5F, vfmaddps 68, vfmaddpd 69,
vfmsubps 6C, vfmsubpd 6D, vfnmaddps 78, vfnmaddpd 79, vfnmsubps 7C, vfnmsubpd 7D`,
      `
$n | w xmm, r xmm, r xmm, r xmm/m128 | VEX.128.66.0F3A.W1 $o /r is4 | - | | fma4
$n | w xmm, r xmm, r xmm/m128, r xmm | VEX.128.66.0F3A.W0 $o /r is4 | - | | fma4
$n | w ymm, r ymm, r ymm, r ymm/m256 | VEX.256.66.0F3A.W1 $o /r is4 | - | | fma4
$n | w ymm, r ymm, r ymm/m256, r ymm | VEX.256.66.0F3A.W0 $o /r is4 | - | | fma4`,
    ),
    family(
      `vfmaddss 6A 32, vfmaddsd 6B 64, vfmsubss 6E 32, vfmsubsd 6F 64, vfnmaddss 7A 32, vfnmaddsd 7B 64,
vfnmsubss 7E 32, vfnmsubsd 7F 64`,
      `
$n | w xmm, r xmm, r xmm, r xmm/m$1 | VEX.LIG.66.0F3A.W1 $o /r is4 | - | | fma4
$n | w xmm, r xmm, r xmm/m$1, r xmm | VEX.LIG.66.0F3A.W0 $o /r is4 | - | | fma4`,
    ),
  ].join('');

const xop = (): string =>
  [
    family(
      `vpmacssww 85, vpmacsswd 86, vpmacssdql 87, vpmacssdd 8E, vpmacssdqh 8F, vpmacsww 95, vpmacswd 96,
vpmacsdql 97, vpmacsdd 9E, vpmacsdqh 9F, vpmadcsswd A6, vpmadcswd B6`,
      `
$n | w xmm, r xmm, r xmm/m128, r xmm | XOP.128.08.W0 $o /r is4 | - | | xop`,
    ),
    `
vpcmov | w xmm, r xmm, r xmm/m128, r xmm | XOP.128.08.W0 A2 /r is4 | - | | xop
vpcmov | w xmm, r xmm, r xmm, r xmm/m128 | XOP.128.08.W1 A2 /r is4 | - | | xop
vpcmov | w ymm, r ymm, r ymm/m256, r ymm | XOP.256.08.W0 A2 /r is4 | - | | xop
vpcmov | w ymm, r ymm, r ymm, r ymm/m256 | XOP.256.08.W1 A2 /r is4 | - | | xop
vpperm | w xmm, r xmm, r xmm/m128, r xmm | XOP.128.08.W0 A3 /r is4 | - | | xop
vpperm | w xmm, r xmm, r xmm, r xmm/m128 | XOP.128.08.W1 A3 /r is4 | - | | xop`,
    family(
      'vpermil2ps 48, vpermil2pd 49',
      `
$n | w xmm, r xmm, r xmm/m128, r xmm, r imm4 | VEX.128.66.0F3A.W0 $o /r is4 | - | | xop
$n | w xmm, r xmm, r xmm, r xmm/m128, r imm4 | VEX.128.66.0F3A.W1 $o /r is4 | - | | xop
$n | w ymm, r ymm, r ymm/m256, r ymm, r imm4 | VEX.256.66.0F3A.W0 $o /r is4 | - | | xop
$n | w ymm, r ymm, r ymm, r ymm/m256, r imm4 | VEX.256.66.0F3A.W1 $o /r is4 | - | | xop`,
    ),
    family(
      'vprotb 90 C0, vprotw 91 C1, vprotd 92 C2, vprotq 93 C3',
      `
$n | w xmm, r xmm/m128, r xmm | XOP.128.09.W0 $o /r | - | | xop
$n | w xmm, r xmm, r xmm/m128 | XOP.128.09.W1 $o /r | - | | xop
$n | w xmm, r xmm/m128, r imm8 | XOP.128.08.W0 $1 /r ib | - | | xop`,
    ),
    family(
      `vpshlb 94, vpshlw 95, vpshld 96, vpshlq 97, vpshab 98, vpshaw 99, vpshad 9A, vpshaq 9B`,
      `
$n | w xmm, r xmm/m128, r xmm | XOP.128.09.W0 $o /r | - | | xop
$n | w xmm, r xmm, r xmm/m128 | XOP.128.09.W1 $o /r | - | | xop`,
    ),
    family(
      `vphaddbw C1, vphaddbd C2, vphaddbq C3, vphaddwd C6, vphaddwq C7, vphadddq CB, vphaddubw D1,
vphaddubd D2, vphaddubq D3, vphadduwd D6, vphadduwq D7, vphaddudq DB, vphsubbw E1, vphsubwd E2,
vphsubdq E3`,
      `
$n | w xmm, r xmm/m128 | XOP.128.09.W0 $o /r | - | | xop`,
    ),
    family(
      'vfrczps 80, vfrczpd 81',
      `
$n | w xmm, r xmm/m128 | XOP.128.09.W0 $o /r | - | | xop
$n | w ymm, r ymm/m256 | XOP.256.09.W0 $o /r | - | | xop`,
    ),
    family(
      'vfrczss 82 32, vfrczsd 83 64',
      `
$n | w xmm, r xmm/m$1 | XOP.128.09.W0 $o /r | - | | xop`,
    ),
    ...['b CC', 'w CD', 'd CE', 'q CF', 'ub EC', 'uw ED', 'ud EE', 'uq EF'].map((kind) => {
      const [end, opcode] = kind.split(' ');
      return family(
        `vpcom ib, vpcomlt 00, vpcomle 01, vpcomgt 02, vpcomge 03, vpcomeq 04, vpcomneq 05, vpcomfalse 06, vpcomtrue 07`,
        `
$n${end} | w xmm, r xmm, r xmm/m128 | XOP.128.08.W0 ${opcode} /r $o | - | | xop`,
      ).replace(`r xmm/m128 | XOP.128.08.W0 ${opcode} /r ib`, (text) =>
        text.replace(' |', ', r imm8 |'),
      );
    }),
  ].join('');

const cryptography = (): string =>
  [
    family(
      'aesenc DC, aesenclast DD, aesdec DE, aesdeclast DF',
      `
$n | rw xmm, r xmm/m128 | 66 0F 38 $o /r | - | | aes
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.WIG $o /r | - | | avx&aes
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.WIG $o /r | - | | vaes`,
    ),
    `
aesimc | w xmm, r xmm/m128 | 66 0F 38 DB /r | - | | aes
vaesimc | w xmm, r xmm/m128 | VEX.128.66.0F38.WIG DB /r | - | | avx&aes
aeskeygenassist | w xmm, r xmm/m128, r imm8 | 66 0F 3A DF /r ib | - | | aes
vaeskeygenassist | w xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG DF /r ib | - | | avx&aes`,
    `
pclmulqdq | rw xmm, r xmm/m128, r imm8 | 66 0F 3A 44 /r ib | - | | pclmul
vpclmulqdq | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.WIG 44 /r ib | - | | avx&pclmul
vpclmulqdq | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.WIG 44 /r ib | - | | vpclmulqdq`,
    family(
      'pclmullqlqdq 00, pclmulhqlqdq 01, pclmullqhqdq 10, pclmulhqhqdq 11',
      `
$n | rw xmm, r xmm/m128 | 66 0F 3A 44 /r $o | - | | pclmul
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F3A.WIG 44 /r $o | - | | avx&pclmul
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F3A.WIG 44 /r $o | - | | vpclmulqdq`,
    ),
    family(
      'pclmullqhqdq 02, pclmulhqhqdq 03',
      `
$n | rw xmm, r xmm/m128 | 66 0F 3A 44 /r $o | - | decode | pclmul
v$n | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F3A.WIG 44 /r $o | - | decode | avx&pclmul
v$n | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F3A.WIG 44 /r $o | - | decode | vpclmulqdq`,
    ),
    family(
      'sha1nexte C8, sha1msg1 C9, sha1msg2 CA, sha256msg1 CC, sha256msg2 CD',
      `
$n | rw xmm, r xmm/m128 | NP 0F 38 $o /r | - | | sha`,
    ),
    `
sha256rnds2 | rw xmm, r xmm/m128, r XMM0 | NP 0F 38 CB /r | - | omit:XMM0 | sha
sha1rnds4 | rw xmm, r xmm/m128, r imm8 | NP 0F 3A CC /r ib | - | | sha
gf2p8mulb | rw xmm, r xmm/m128 | 66 0F 38 CF /r | - | | gfni
vgf2p8mulb | w xmm, r xmm, r xmm/m128 | VEX.128.66.0F38.W0 CF /r | - | | avx&gfni
vgf2p8mulb | w ymm, r ymm, r ymm/m256 | VEX.256.66.0F38.W0 CF /r | - | | avx&gfni`,
    family(
      'gf2p8affineqb CE, gf2p8affineinvqb CF',
      `
$n | rw xmm, r xmm/m128, r imm8 | 66 0F 3A $o /r ib | - | | gfni
v$n | w xmm, r xmm, r xmm/m128, r imm8 | VEX.128.66.0F3A.W1 $o /r ib | - | | avx&gfni
v$n | w ymm, r ymm, r ymm/m256, r imm8 | VEX.256.66.0F3A.W1 $o /r ib | - | | avx&gfni`,
    ),
    `
loadiwkey | r xmm, r xmm | F3 0F 38 DC /r | w:z 0:osapc | cpl0 | kl
encodekey128 | w r32, r r32 | o32 F3 0F 38 FA /r | w:z 0:osapc | alias | kl
encodekey128 | w r32, r r32 | F3 0F 38 FA /r | w:z 0:osapc | decode | kl
encodekey256 | w r32, r r32 | o32 F3 0F 38 FB /r | w:z 0:osapc | alias | kl
encodekey256 | w r32, r r32 | F3 0F 38 FB /r | w:z 0:osapc | decode | kl
aesenc128kl | rw xmm, r m384 | F3 0F 38 DC /r | w:z 0:osapc | | kl
aesdec128kl | rw xmm, r m384 | F3 0F 38 DD /r | w:z 0:osapc | | kl
aesenc256kl | rw xmm, r m512 | F3 0F 38 DE /r | w:z 0:osapc | sizeless | kl
aesdec256kl | rw xmm, r m512 | F3 0F 38 DF /r | w:z 0:osapc | sizeless | kl
aesencwide128kl | r m384 | F3 0F 38 D8 /0 | w:z 0:osapc | | widekl
aesdecwide128kl | r m384 | F3 0F 38 D8 /1 | w:z 0:osapc | | widekl
aesencwide256kl | r m512 | F3 0F 38 D8 /2 | w:z 0:osapc | sizeless | widekl
aesdecwide256kl | r m512 | F3 0F 38 D8 /3 | w:z 0:osapc | sizeless | widekl`,
  ].join('');

/** What came after AVX2 with VEX prefixes. */
const later = (): string =>
  [
    family(
      `vpdpbusd 66 50 W0 avx_vnni braced, vpdpbusds 66 51 W0 avx_vnni braced, vpdpwssd 66 52 W0 avx_vnni braced,
vpdpwssds 66 53 W0 avx_vnni braced, vpmadd52luq 66 B4 W1 avx_ifma braced, vpmadd52huq 66 B5 W1 avx_ifma braced`,
      `
$n | rw xmm, r xmm, r xmm/m128 | VEX.128.$o.0F38.$2 $1 /r | - | $4 | $3
$n | rw ymm, r ymm, r ymm/m256 | VEX.256.$o.0F38.$2 $1 /r | - | $4 | $3`,
    ),
    family(
      `vpdpbssd F2. 50, vpdpbssds F2. 51, vpdpbsud F3. 50, vpdpbsuds F3. 51, vpdpbuud . 50, vpdpbuuds . 51`,
      `
$n | rw xmm, r xmm, r xmm/m128 | VEX.128.$o0F38.W0 $1 /r | - | | avx_vnni_int8
$n | rw ymm, r ymm, r ymm/m256 | VEX.256.$o0F38.W0 $1 /r | - | | avx_vnni_int8`,
    ).replaceAll('..0F38', '.0F38'),
    family(
      'vbcstnebf162ps F3. B1 16, vbcstnesh2ps 66. B1 16',
      `
$n | w xmm, r m$2 | VEX.128.$o0F38.W0 $1 /r | - | | avx_ne_convert
$n | w ymm, r m$2 | VEX.256.$o0F38.W0 $1 /r | - | | avx_ne_convert`,
    ),
    family(
      'vcvtneebf162ps F3. B0, vcvtneobf162ps F2. B0, vcvtneeph2ps 66. B0, vcvtneoph2ps . B0',
      `
$n | w xmm, r m128 | VEX.128.$o0F38.W0 $1 /r | - | | avx_ne_convert
$n | w ymm, r m256 | VEX.256.$o0F38.W0 $1 /r | - | | avx_ne_convert`,
    ).replaceAll('..0F38', '.0F38'),
    `
vcvtneps2bf16 | w xmm, r xmm/m128 | VEX.128.F3.0F38.W0 72 /r | - | braced suffix:x size:memory | avx_ne_convert
vcvtneps2bf16 | w xmm, r ymm/m256 | VEX.256.F3.0F38.W0 72 /r | - | braced suffix:y size:memory | avx_ne_convert`,
  ].join('');

/** The mask registers of AVX-512, whose own instructions have VEX prefixes. */
const masks = (): string =>
  [
    family(
      'b 66. W0 avx512dq avx512dq 8, w . W0 avx512f avx512dq 16, d 66. W1 avx512bw avx512bw 32, q . W1 avx512bw avx512bw 64',
      `
kand$n | w k, r k, r k | VEX.256.$o0F.$1 41 /r | - | | $2
kandn$n | w k, r k, r k | VEX.256.$o0F.$1 42 /r | - | | $2
kor$n | w k, r k, r k | VEX.256.$o0F.$1 45 /r | - | | $2
kxnor$n | w k, r k, r k | VEX.256.$o0F.$1 46 /r | - | | $2
kxor$n | w k, r k, r k | VEX.256.$o0F.$1 47 /r | - | | $2
kadd$n | w k, r k, r k | VEX.256.$o0F.$1 4A /r | - | | $3
knot$n | w k, r k | VEX.128.$o0F.$1 44 /r | - | | $2
kortest$n | r k, r k | VEX.128.$o0F.$1 98 /r | w:zc 0:osap | | $2
ktest$n | r k, r k | VEX.128.$o0F.$1 99 /r | w:zc 0:osap | | $3
kmov$n | w k, r k/m$4 | VEX.128.$o0F.$1 90 /r | - | | $2
kmov$n | w m$4, r k | VEX.128.$o0F.$1 91 /r | - | | $2`,
    ).replaceAll('..0F', '.0F'),
    family(
      'b 66. r32 W0 avx512dq bare, w . r32 W0 avx512f bare, d F2. r32 W0 avx512bw bare, q F2. r:q W1 avx512bw only64',
      `
kmov$n | w k, r $1 | VEX.128.$o0F.$2 92 /r | - | $4 | $3
kmov$n | w $1, r k | VEX.128.$o0F.$2 93 /r | - | $4 | $3`,
    ).replaceAll('..0F', '.0F'),
    family(
      'bw 66. W0 avx512f, wd . W0 avx512bw, dq . W1 avx512bw',
      `
kunpck$n | w k, r k, r k | VEX.256.$o0F.$1 4B /r | - | | $2`,
    ).replaceAll('..0F', '.0F'),
    family(
      'b W0 32 30 avx512dq, w W1 32 30 avx512f, d W0 33 31 avx512bw, q W1 33 31 avx512bw',
      `
kshiftl$n | w k, r k, r imm8 | VEX.128.66.0F3A.$o $1 /r ib | - | | $3
kshiftr$n | w k, r k, r imm8 | VEX.128.66.0F3A.$o $2 /r ib | - | | $3`,
    ),
  ].join('');

const amd3DNow = (): string => `
femms | | 0F 0E | - | | 3dnow${[
  family(
    `pavgusb BF rw, pf2id 1D w, pfacc AE rw, pfadd 9E rw, pfcmpeq B0 rw, pfcmpge 90 rw, pfcmpgt A0 rw,
pfmax A4 rw, pfmin 94 rw, pfmul B4 rw, pfrcp 96 w, pfrcpit1 A6 rw, pfrcpit2 B6 rw, pfrsqit1 A7 rw,
pfrsqrt 97 w, pfsub 9A rw, pfsubr AA rw, pi2fd 0D w, pmulhrw B7 rw`,
    `
$n | $1 mm, r mm/m64 | 0F 0F /r $o | - | | 3dnow`,
  ),
  family(
    'pf2iw 1C w, pfnacc 8A rw, pfpnacc 8E rw, pi2fw 0C w, pswapd BB w',
    `
$n | $1 mm, r mm/m64 | 0F 0F /r $o | - | | 3dnowa`,
  ),
].join('')}`;

/** AVX and what followed it, one row a line. */
export function avxTable(): string {
  return [avx(), multiplyAdd(), xop(), cryptography(), later(), masks(), amd3DNow()].join('');
}
