// The numbers of DWARF by name, as dumps show them: tags, attributes, forms, operations, and the
// values of enumerated attributes (DWARF 5, chapter 7; GNU's extensions as gcc writes them).

type Names = Readonly<Record<number, string>>;

/** Builds a table from rows of `number name name ..`, consecutive names counting on. */
function consecutive(text: string): Record<number, string> {
  const names: Record<number, string> = {};
  let next = 0;
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    if (word.startsWith('0x')) next = Number(word);
    else {
      if (word !== '-') names[next] = word;
      next++;
    }
  }
  return names;
}

export const tagNames: Names = consecutive(`
  0x00 padding array_type class_type entry_point enumeration_type formal_parameter
  0x08 imported_declaration 0x0a label lexical_block 0x0d member 0x0f pointer_type reference_type
  compile_unit string_type structure_type 0x15 subroutine_type typedef union_type
  unspecified_parameters variant common_block common_inclusion inheritance inlined_subroutine module
  ptr_to_member_type set_type subrange_type with_stmt access_declaration base_type catch_block
  const_type constant enumerator file_type friend namelist namelist_item packed_type subprogram
  template_type_param template_value_param thrown_type try_block variant_part variable volatile_type
  dwarf_procedure restrict_type interface_type namespace imported_module unspecified_type
  partial_unit imported_unit 0x3f condition shared_type type_unit rvalue_reference_type
  template_alias coarray_type generic_subrange dynamic_type atomic_type call_site
  call_site_parameter skeleton_unit immutable_type
  0x4081 MIPS_loop 0x4101 format_label function_template class_template GNU_BINCL GNU_EINCL
  GNU_template_template_param GNU_template_parameter_pack GNU_formal_parameter_pack GNU_call_site
  GNU_call_site_parameter
`);

export const attributeNames: Names = consecutive(`
  0x01 sibling location name 0x09 ordering subscr_data byte_size bit_offset bit_size
  0x0f element_list stmt_list low_pc high_pc language member discr discr_value visibility import
  string_length common_reference comp_dir const_value containing_type default_value
  0x20 inline is_optional lower_bound 0x25 producer 0x27 prototyped 0x2a return_addr
  0x2c start_scope 0x2e bit_stride upper_bound 0x31 abstract_origin accessibility address_class
  artificial base_types calling_convention count data_member_location decl_column decl_file
  decl_line declaration discr_list encoding external frame_base friend identifier_case macro_info
  namelist_items priority segment specification static_link type use_location variable_parameter
  virtuality vtable_elem_location allocated associated data_location byte_stride entry_pc use_UTF8
  extension ranges trampoline call_column call_file call_line description binary_scale
  decimal_scale small decimal_sign digit_count picture_string mutable threads_scaled explicit
  object_pointer endianity elemental pure recursive signature main_subprogram data_bit_offset
  const_expr enum_class linkage_name string_length_bit_size string_length_byte_size rank
  str_offsets_base addr_base rnglists_base 0x76 dwo_name reference rvalue_reference macros
  call_all_calls call_all_source_calls call_all_tail_calls call_return_pc call_value call_origin
  call_parameter call_pc call_tail_call call_target call_target_clobbered call_data_location
  call_data_value noreturn alignment export_symbols deleted defaulted loclists_base
  0x2001 MIPS_fde MIPS_loop_begin MIPS_tail_loop_begin MIPS_epilog_begin MIPS_loop_unroll_factor
  MIPS_software_pipeline_depth MIPS_linkage_name MIPS_stride MIPS_abstract_name MIPS_clone_origin
  MIPS_has_inlines
  0x2101 sf_names src_info mac_info src_coords body_begin body_end GNU_vector GNU_guarded_by
  GNU_pt_guarded_by GNU_guarded GNU_pt_guarded GNU_locks_excluded GNU_exclusive_locks_required
  GNU_shared_locks_required GNU_odr_signature GNU_template_name GNU_call_site_value
  GNU_call_site_data_value GNU_call_site_target GNU_call_site_target_clobbered GNU_tail_call
  GNU_all_tail_call_sites GNU_all_call_sites GNU_all_source_call_sites GNU_macros GNU_deleted
  0x2130 GNU_dwo_name GNU_dwo_id GNU_ranges_base GNU_addr_base GNU_pubnames GNU_pubtypes
  GNU_discriminator GNU_locviews GNU_entry_view
  0x3fe1 APPLE_optimized APPLE_flags APPLE_isa APPLE_block APPLE_major_runtime_vers
  APPLE_runtime_class APPLE_omit_frame_ptr
`);

export const formNames: Names = consecutive(`
  0x01 addr 0x03 block2 block4 data2 data4 data8 string block block1 data1 flag sdata strp udata
  ref_addr ref1 ref2 ref4 ref8 ref_udata indirect sec_offset exprloc flag_present strx addrx
  ref_sup4 strp_sup data16 line_strp ref_sig8 implicit_const loclistx rnglistx ref_sup8
  strx1 strx2 strx3 strx4 addrx1 addrx2 addrx3 addrx4
  0x1f01 GNU_addr_index GNU_str_index 0x1f20 GNU_ref_alt GNU_strp_alt
`);

export const operationNames: Names = consecutive(`
  0x03 addr 0x06 deref 0x08 const1u const1s const2u const2s const4u const4s const8u const8s constu
  consts dup drop over pick swap rot xderef abs and div minus mod mul neg not or plus plus_uconst
  shl shr shra xor bra eq ge gt le lt ne skip
  0x90 regx fbreg bregx piece deref_size xderef_size nop push_object_address call2 call4 call_ref
  form_tls_address call_frame_cfa bit_piece implicit_value stack_value implicit_pointer addrx constx
  entry_value const_type regval_type deref_type xderef_type convert reinterpret
  0xe0 GNU_push_tls_address 0xf0 GNU_uninit GNU_encoded_addr GNU_implicit_pointer GNU_entry_value
  GNU_const_type GNU_regval_type GNU_deref_type GNU_convert 0xf9 GNU_reinterpret GNU_parameter_ref
  GNU_addr_index GNU_const_index 0xfd GNU_variable_value
`);

export const languageNames: Names = {
  1: 'ANSI C',
  2: 'non-ANSI C',
  3: 'Ada',
  4: 'C++',
  5: 'Cobol 74',
  6: 'Cobol 85',
  7: 'FORTRAN 77',
  8: 'Fortran 90',
  9: 'ANSI Pascal',
  10: 'Modula 2',
  11: 'Java',
  12: 'ANSI C99',
  13: 'ADA 95',
  14: 'Fortran 95',
  15: 'PLI',
  16: 'Objective C',
  17: 'Objective C++',
  18: 'Unified Parallel C',
  19: 'D',
  20: 'Python',
  21: 'OpenCL',
  22: 'Go',
  23: 'Modula 3',
  24: 'Haskell',
  25: 'C++03',
  26: 'C++11',
  27: 'OCaml',
  28: 'Rust',
  29: 'C11',
  30: 'Swift',
  31: 'Julia',
  // 32 to 36 as GNU's tools number them, one more than DWARF 5 does.
  32: 'Dylan',
  33: 'C++14',
  34: 'Fortran 03',
  35: 'Fortran 08',
  36: 'RenderScript',
  0x8001: 'MIPS assembler',
  0x8765: 'Unified Parallel C',
};

export const encodingNames: Names = {
  0: 'void',
  1: 'machine address',
  2: 'boolean',
  3: 'complex float',
  4: 'float',
  5: 'signed',
  6: 'signed char',
  7: 'unsigned',
  8: 'unsigned char',
  9: 'imaginary float',
  10: 'packed_decimal',
  11: 'numeric_string',
  12: 'edited',
  13: 'signed_fixed',
  14: 'unsigned_fixed',
  15: 'decimal float',
  16: 'unicode string',
};

export const inlineNames: Names = {
  0: 'not inlined',
  1: 'inlined',
  2: 'declared as inline but ignored',
  3: 'declared as inline and inlined',
};

export const accessibilityNames: Names = { 1: 'public', 2: 'protected', 3: 'private' };
export const visibilityNames: Names = { 1: 'local', 2: 'exported', 3: 'qualified' };
export const virtualityNames: Names = { 0: 'none', 1: 'virtual', 2: 'pure_virtual' };
export const identifierCaseNames: Names = {
  0: 'case_sensitive',
  1: 'up_case',
  2: 'down_case',
  3: 'case_insensitive',
};
export const conventionNames: Names = {
  1: 'normal',
  2: 'program',
  3: 'nocall',
  4: 'pass by ref',
  5: 'pass by value',
  0x40: 'Rensas SH',
  0x41: 'Borland fastcall i386',
  0x65: 'BSD',
};
export const orderingNames: Names = { 0: 'row major', 1: 'column major', 255: 'undefined' };
export const defaultedNames: Names = { 0: 'no', 1: 'in class', 2: 'out of class' };

const numbered = (stem: string, count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, i) => `${stem}${i + from}`);

/** Register numbers of the i386 ABI supplement. */
export const registers32: readonly string[] = [
  ...['eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags', ''],
  ...['st0', 'st1', 'st2', 'st3', 'st4', 'st5', 'st6', 'st7', '', ''],
  ...['xmm0', 'xmm1', 'xmm2', 'xmm3', 'xmm4', 'xmm5', 'xmm6', 'xmm7'],
  ...['mm0', 'mm1', 'mm2', 'mm3', 'mm4', 'mm5', 'mm6', 'mm7'],
  ...['fcw', 'fsw', 'mxcsr', 'es', 'cs', 'ss', 'ds', 'fs', 'gs', '', '', 'tr', 'ldtr'],
  ...Array.from({ length: 43 }, () => ''),
  // The masks of AVX-512, behind 32 numbers that are kept for later registers.
  ...numbered('k', 8),
  '',
];

/** Register numbers of the x86-64 psABI. */
export const registers64: readonly string[] = [
  ...['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'],
  ...numbered('r', 8, 8),
  'rip',
  ...numbered('xmm', 16),
  ...numbered('st', 8),
  ...numbered('mm', 8),
  ...['rflags', 'es', 'cs', 'ss', 'ds', 'fs', 'gs', '', '', 'fs.base', 'gs.base', '', ''],
  ...['tr', 'ldtr', 'mxcsr', 'fcw', 'fsw'],
  ...numbered('xmm', 16, 16),
  ...Array.from({ length: 35 }, () => ''),
  ...numbered('k', 8),
  '',
];
