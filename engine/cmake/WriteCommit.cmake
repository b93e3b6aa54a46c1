# cmake -DSOURCE=<tree> -DHEADER=<file> -P WriteCommit.cmake: the commit that a tree is at, as a header that is only written
# when it changes. Empty outside a repository.
find_program(git git)
set(commit "")
if(git AND EXISTS ${SOURCE}/.git)
  execute_process(COMMAND ${git} -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE commit
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(COMMAND ${git} -C ${SOURCE} diff --quiet HEAD RESULT_VARIABLE changed ERROR_QUIET OUTPUT_QUIET)
  if(commit AND changed)
    string(APPEND commit ", with changes")
  endif()
endif()
string(CONCAT text "// Made by engine/cmake/WriteCommit.cmake.\n#pragma once\n\nnamespace ondol::cli {\n\n"
         "inline constexpr const char* built_from_commit = \"${commit}\";\n\n}  // namespace ondol::cli\n")
set(there "")
if(EXISTS ${HEADER})
  file(READ ${HEADER} there)
endif()
if(NOT there STREQUAL text)
  file(WRITE ${HEADER} "${text}")
endif()
