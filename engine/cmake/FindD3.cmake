# Finds D3 and its layout of flows, scripts that the pages of `ondol report` carry: D3_SCRIPT, D3_SANKEY_SCRIPT and
# D3_COPYRIGHT, the paths of three files.
find_file(D3_SCRIPT d3.min.js PATHS /usr/share/nodejs/d3/dist)
find_file(D3_SANKEY_SCRIPT d3-sankey.min.js PATHS /usr/share/nodejs/d3-sankey/dist)
find_file(D3_COPYRIGHT copyright PATHS /usr/share/doc/node-d3 NO_DEFAULT_PATH)
mark_as_advanced(D3_SCRIPT D3_SANKEY_SCRIPT D3_COPYRIGHT)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(D3 REQUIRED_VARS D3_SCRIPT D3_SANKEY_SCRIPT D3_COPYRIGHT
                                  REASON_FAILURE_MESSAGE "Debian package: node-d3")
