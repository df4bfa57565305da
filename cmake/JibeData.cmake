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
