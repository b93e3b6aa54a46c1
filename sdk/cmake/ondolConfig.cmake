# find_package(ondol) gives ondol::sdk and ondol_add_plugin(); COMPONENTS engine adds ondol::engine, to embed runs.
include(CMakeFindDependencyMacro)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR})

find_dependency(Random123)
find_dependency(SLEEF)
include(${CMAKE_CURRENT_LIST_DIR}/ondolSdk.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/OndolPlugin.cmake)

if("engine" IN_LIST ondol_FIND_COMPONENTS)
  find_dependency(Boost CONFIG)
  find_dependency(fmt)
  find_dependency(SQLite3)
  find_dependency(TBB)
  find_dependency(tomlplusplus)
  find_dependency(xxHash)
  include(${CMAKE_CURRENT_LIST_DIR}/ondolEngine.cmake)
  set(ondol_engine_FOUND TRUE)
endif()
