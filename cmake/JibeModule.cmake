# jibe_module(name SOURCES … DEPS … [EXT …] [TESTS …] [TEST_DEPS …] [TEST_EXT …])
#
# One folder of src/ is one static library `jibe_<name>` and one test program `jibe_<name>_test`
# (for twin/schema: name twin/schema, targets jibe_twin_schema and jibe_twin_schema_test).
# DEPS are other modules and must stand earlier in JIBE_MODULES (src/CMakeLists.txt): an upward
# arrow ends the configuration. EXT are foreign libraries (cmake/JibeDependencies.cmake).
include(GoogleTest)

function(jibe_check_order name)
  list(FIND JIBE_MODULES ${name} mine)
  list(FIND JIBE_MODULES istio last_for_twin)
  foreach(dep IN LISTS ARGN)
    list(FIND JIBE_MODULES ${dep} theirs)
    if(theirs LESS 0 OR NOT theirs LESS mine)
      message(FATAL_ERROR "src/${name} may not use src/${dep}: it does not stand above it in src/CMakeLists.txt.")
    endif()
    if(name MATCHES "^twin" AND NOT dep MATCHES "^twin" AND theirs GREATER last_for_twin)
      message(FATAL_ERROR "src/${name} may not use src/${dep}: the twin uses base to istio alone.")
    endif()
  endforeach()
endfunction()

# With sanitizers a program costs a third of a second to start and to search for leaks: one process
# for all tests of a program. The stack is Debian's default whatever the caller's is: an exception
# that unwinds it costs the sanitizer time for all of it, and recursion is tested down to its end.
function(jibe_unit_tests target)
  if(JIBE_SANITIZE)
    add_test(NAME ${target} COMMAND sh -c "ulimit -s 8192 && exec \"$<TARGET_FILE:${target}>\"")
    set_tests_properties(${target} PROPERTIES LABELS unit TIMEOUT 900)
  else()
    gtest_discover_tests(${target} PROPERTIES LABELS unit TIMEOUT 120 DISCOVERY_TIMEOUT 60)
  endif()
endfunction()

function(jibe_module folder)
  cmake_parse_arguments(M "" "" "SOURCES;DEPS;EXT;TESTS;TEST_DEPS;TEST_EXT" ${ARGN})
  jibe_check_order(${folder} ${M_DEPS})
  string(REPLACE "/" "_" name ${folder})
  add_library(jibe_${name} STATIC ${M_SOURCES})
  list(TRANSFORM M_DEPS REPLACE "/" "_")
  list(TRANSFORM M_DEPS PREPEND jibe_)
  target_link_libraries(jibe_${name} PUBLIC jibe_flags ${M_DEPS} PRIVATE ${M_EXT})
  target_compile_options(jibe_${name} PRIVATE ${JIBE_WARNINGS})
  target_precompile_headers(jibe_${name} REUSE_FROM jibe_pch)
  if(M_TESTS)
    add_executable(jibe_${name}_test ${M_TESTS})
    list(TRANSFORM M_TEST_DEPS REPLACE "/" "_")
    list(TRANSFORM M_TEST_DEPS PREPEND jibe_)
    target_link_libraries(jibe_${name}_test PRIVATE jibe_${name} ${M_TEST_DEPS} ${M_TEST_EXT}
      GTest::gmock GTest::gtest_main)
    target_compile_options(jibe_${name}_test PRIVATE ${JIBE_WARNINGS})
    target_precompile_headers(jibe_${name}_test REUSE_FROM jibe_test_pch)
    jibe_unit_tests(jibe_${name}_test)
  endif()
endfunction()
