# Foreign libraries, one INTERFACE target each, so that a module's DEPS say who may see what.

option(JIBE_STATIC "Link the libraries that have an archive into the programs: they start much faster" OFF)
if(JIBE_STATIC)
  list(PREPEND CMAKE_FIND_LIBRARY_SUFFIXES .a)
  # libarchive's parts refer to parts that need more libraries, all of which go unused.
  add_link_options(-static-libstdc++ -static-libgcc -Wl,--gc-sections)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
find_package(simdjson REQUIRED)
find_package(GTest REQUIRED)
find_package(LibArchive REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
# Its -pthread would make the shared precompiled headers unusable; glibc has no use for it.
set_target_properties(PkgConfig::re2 PROPERTIES INTERFACE_COMPILE_OPTIONS "")
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1)

# Its bodies are compiled in src/base/fmt.cc.
add_library(ext_fmt INTERFACE)
target_include_directories(ext_fmt SYSTEM INTERFACE
  $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
target_compile_definitions(ext_fmt INTERFACE
  $<TARGET_PROPERTY:fmt::fmt,INTERFACE_COMPILE_DEFINITIONS>)
add_library(ext_spdlog INTERFACE)
target_link_libraries(ext_spdlog INTERFACE spdlog::spdlog)
add_library(ext_ssl INTERFACE)
target_link_libraries(ext_ssl INTERFACE OpenSSL::SSL OpenSSL::Crypto)
add_library(ext_simdjson INTERFACE)
target_link_libraries(ext_simdjson INTERFACE simdjson::simdjson)
add_library(ext_re2 INTERFACE)
target_link_libraries(ext_re2 INTERFACE PkgConfig::re2)
add_library(ext_zlib INTERFACE)
target_link_libraries(ext_zlib INTERFACE ZLIB::ZLIB)
add_library(ext_archive INTERFACE)
target_link_libraries(ext_archive INTERFACE LibArchive::LibArchive ZLIB::ZLIB)
add_library(ext_nghttp2 INTERFACE)
target_link_libraries(ext_nghttp2 INTERFACE PkgConfig::nghttp2)
add_library(ext_yaml INTERFACE)
target_link_libraries(ext_yaml INTERFACE PkgConfig::yaml)
add_library(ext_cli INTERFACE)
target_link_libraries(ext_cli INTERFACE CLI11::CLI11)

# Asio is header-only; its bodies are compiled once, in src/rt/asio.cc.
add_library(ext_asio INTERFACE)
target_compile_definitions(ext_asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(ext_asio INTERFACE Threads::Threads)
