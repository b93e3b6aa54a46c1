# The documents as a site under <build>/site/html, with a gallery of reports: `cmake --build build/release --target site`. Needs
# mkdocs-material and doxygen.
find_program(mkdocs mkdocs)
find_program(doxygen doxygen)
if(NOT mkdocs OR NOT doxygen)
  return()
endif()
set(site ${CMAKE_BINARY_DIR}/site)
configure_file(${CMAKE_CURRENT_LIST_DIR}/Doxyfile.in ${site}/Doxyfile @ONLY)
add_custom_target(
  site
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${site}/installed ${site}/html
  COMMAND ${CMAKE_COMMAND} --install ${CMAKE_BINARY_DIR} --component doc --prefix ${site}/installed
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/gallery.sh $<TARGET_FILE:ondol> ${PROJECT_SOURCE_DIR}/worlds ${site}/installed/share/doc/ondol/gallery
  COMMAND ${CMAKE_COMMAND} -E env ONDOL_SITE_DOCS=${site}/installed/share/doc/ondol ONDOL_SITE=${site}/html ${mkdocs} build
          --quiet -f ${CMAKE_CURRENT_LIST_DIR}/mkdocs.yml
  COMMAND ${doxygen} ${site}/Doxyfile
  VERBATIM)
add_dependencies(site ondol)
