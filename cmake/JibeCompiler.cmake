# Compiler, warnings, sanitizers, linker and ccache: everything that applies to every target.

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR
    "jibe needs clang 16 or newer, found ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}. "
    "GCC 12 miscompiles ordinary coroutines without a warning. Use one of the presets: cmake --preset dev.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)

option(JIBE_BENCH "Build the benchmarks" OFF)
set(JIBE_SANITIZE "" CACHE STRING "Comma-separated list for -fsanitize=")

find_program(CCACHE ccache)
if(CCACHE)
  # The sloppiness is what ccache needs to cache files that use a precompiled header. With DEPEND it
  # takes the included files from the compiler's own list: a miss costs no second preprocessing.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1 ${CCACHE})
endif()

find_program(MOLD mold)
find_program(LLD ld.lld-16)
if(MOLD)
  add_link_options(-fuse-ld=mold)
elseif(LLD)
  add_link_options(-fuse-ld=lld-16)
endif()

if(JIBE_SANITIZE)
  add_compile_options(-fsanitize=${JIBE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${JIBE_SANITIZE})
endif()

# Warnings are errors in our own code only; foreign headers are included as SYSTEM.
set(JIBE_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wnon-virtual-dtor
  -Woverloaded-virtual -Wno-missing-field-initializers)
