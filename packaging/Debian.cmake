# Debian packages, split as Debian does: `cmake --build build/release --target package`.
#
#   ondol         the command, plugins, manual and completion      any machine of its kind
#   libondol-dev  the SDK, the engine as a library, CMake package
#   python3-ondol the Python module, where it is built
#   ondol-worlds  the shipped worlds                                all machines
#   ondol-doc     documents                                         all machines
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ondol)
set(CPACK_PACKAGE_CONTACT "The Ondol authors <maintainers@ondol.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL command dev worlds doc)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME ondol)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMMAND_PACKAGE_RECOMMENDS ondol-worlds)
set(CPACK_DEBIAN_COMMAND_PACKAGE_SUGGESTS "ondol-doc, sqlite3")
set(CPACK_COMPONENT_COMMAND_DESCRIPTION
    "Plugin-based agent-based market simulator\n Runs world files of agents, markets and an exact ledger, with kinds of agents\n and market mechanisms from plugins, and writes results to be asked in SQL.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libondol-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "ondol (= ${PROJECT_VERSION}), librandom123-dev, libsleef-dev, libboost-dev, libcsv-dev, libfmt-dev, libsqlite3-dev, libtbb-dev, libtomlplusplus-dev, libxxhash-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION
    "Plugin-based agent-based market simulator (development files)\n Headers that plugins are written against, the engine as a static library, and\n the CMake package of both.")

if(TARGET ondol_python)
  list(APPEND CPACK_COMPONENTS_ALL python)
  math(EXPR next "${PYTHON_VERSION_MINOR} + 1")
  set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-ondol)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
      "ondol (= ${PROJECT_VERSION}), python3 (>= 3.${PYTHON_VERSION_MINOR}), python3 (<< 3.${next}), python3-numpy")
  set(CPACK_COMPONENT_PYTHON_DESCRIPTION
      "Plugin-based agent-based market simulator (Python module)\n Loads worlds, runs them and asks their results, as arrays of numpy.")
  install(FILES LICENSE DESTINATION share/doc/python3-ondol RENAME copyright COMPONENT python)
endif()

set(CPACK_DEBIAN_WORLDS_PACKAGE_NAME ondol-worlds)
set(CPACK_DEBIAN_WORLDS_PACKAGE_ARCHITECTURE all)
set(CPACK_COMPONENT_WORLDS_DESCRIPTION
    "Plugin-based agent-based market simulator (worlds)\n World files to run, to read and to begin with.")

set(CPACK_DEBIAN_DOC_PACKAGE_NAME ondol-doc)
set(CPACK_DEBIAN_DOC_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOC_PACKAGE_ARCHITECTURE all)
set(CPACK_COMPONENT_DOC_DESCRIPTION
    "Plugin-based agent-based market simulator (documents)\n Guides, the reference of the shipped plugins, and how it is built.")

# Every Debian package says under which licence it is.
install(FILES LICENSE DESTINATION share/doc/ondol RENAME copyright COMPONENT command)
install(FILES LICENSE DESTINATION share/doc/libondol-dev RENAME copyright COMPONENT dev)
install(FILES LICENSE DESTINATION share/doc/ondol-worlds RENAME copyright COMPONENT worlds)
install(FILES LICENSE DESTINATION share/doc/ondol-doc RENAME copyright COMPONENT doc)

include(CPack)
