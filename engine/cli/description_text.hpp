// How descriptions are put into words, on a terminal and in Markdown alike.
#pragma once

#include <ondol/engine/plugins.hpp>

#include <string>

namespace ondol::cli {

const char* port_type_name(ondol_port_type type);
std::string range_of(const FieldDescription& field);
// What is assumed of its default; empty where nothing is.
std::string assumed_of(const FieldDescription& field);
std::string initial_of(const FieldDescription& field);

// The reference page of a plugin, and the page that lists them, in Markdown.
std::string reference_page(const PluginLibrary& plugin);
std::string reference_index(const std::vector<PluginLibrary>& plugins);

}  // namespace ondol::cli
