# How Ondol code is compiled, and ondol_add_plugin(); serves this tree and, installed, find_package(ondol).

# ondol_compile_options(<target>): the language, warnings and floating point that all Ondol code is built with.
function(ondol_compile_options target)
  set_target_properties(
    ${target}
    PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF C_VISIBILITY_PRESET hidden #
               CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
  # The same bits on every machine: no reordering, and no fusing of a*b+c where the processor happens to offer it.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -fno-fast-math -ffp-contract=off)
endfunction()

# ondol_add_plugin(<name> SOURCES <file>...): the plugin <name>, built as <build>/plugins/<name>.so.
function(ondol_add_plugin name)
  cmake_parse_arguments(PARSE_ARGV 1 plugin "" "" "SOURCES")
  if(NOT plugin_SOURCES OR plugin_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "Usage: ondol_add_plugin(<name> SOURCES <file>...)")
  endif()
  add_library(${name} MODULE ${plugin_SOURCES})
  ondol_compile_options(${name})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so"
                                           LIBRARY_OUTPUT_DIRECTORY "$<1:${CMAKE_BINARY_DIR}/plugins>")
  target_link_libraries(${name} PRIVATE ondol::sdk)
  # A plugin needs at run time only the libraries it calls.
  target_link_options(${name} PRIVATE LINKER:--as-needed)
endfunction()
