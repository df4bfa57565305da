# jibe_embed(target symbol file): links the bytes of `file` into `target` as
# `extern "C" const unsigned char <symbol>_begin[], <symbol>_end[]`.
function(jibe_embed target symbol file)
  set(asm ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.S)
  file(GENERATE OUTPUT ${asm} CONTENT
".section .rodata
.balign 16
.global ${symbol}_begin
.global ${symbol}_end
${symbol}_begin:
.incbin \"${file}\"
${symbol}_end:
.byte 0
.section .note.GNU-stack,\"\",@progbits
")
  target_sources(${target} PRIVATE ${asm})
  set_source_files_properties(${asm} PROPERTIES OBJECT_DEPENDS ${file} SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# jibe_embed_examples(target folder): links every .yaml below `folder` into `target`, and writes
# example_table.inc: their declarations, and a row {path, begin, end} for each.
function(jibe_embed_examples target folder)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.yaml)
  list(SORT files)
  set(symbols "")
  set(rows "")
  foreach(file IN LISTS files)
    string(REGEX REPLACE "[^a-z0-9]" "_" name ${file})
    set(symbol jibe_example_${name})
    jibe_embed(${target} ${symbol} ${folder}/${file})
    string(APPEND symbols "extern \"C\" const char ${symbol}_begin[], ${symbol}_end[];\n")
    string(APPEND rows "    {\"examples/${file}\", ${symbol}_begin, ${symbol}_end},\n")
  endforeach()
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/example_table.inc CONTENT
"${symbols}
struct ExampleFile {
  std::string_view path;
  const char* begin;
  const char* end;
};
const ExampleFile kExamples[] = {
${rows}};
")
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
