// Descriptions of plugins: names, units, numbers and sizes as they come, behind pointers and counts that are true.
#include <ondol/engine/error.hpp>
#include <ondol/engine/plugins.hpp>

#include <fuzzer/FuzzedDataProvider.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace {

// Lives as long as what is described.
class Description {
 public:
  explicit Description(FuzzedDataProvider& data) : data_(data) {
    for (std::uint32_t i = few(3); i > 0; --i) kinds_.push_back(kind());
    for (std::uint32_t i = few(2); i > 0; --i) mechanisms_.push_back(mechanism());
    for (const ondol_kind& one : kinds_) kind_list_.push_back(&one);
    for (const ondol_mechanism& one : mechanisms_) mechanism_list_.push_back(&one);
  }

  ondol_plugin plugin() {
    ondol_plugin plugin{};
    plugin.size = size_of<ondol_plugin>();
    plugin.abi_major = ONDOL_ABI_MAJOR;
    plugin.abi_minor = ONDOL_ABI_MINOR;
    plugin.name = text();
    plugin.version = text();
    plugin.kinds = kind_list_.data();
    plugin.mechanisms = mechanism_list_.data();
    plugin.kind_count = static_cast<std::uint32_t>(kind_list_.size());
    plugin.mechanism_count = static_cast<std::uint32_t>(mechanism_list_.size());
    return plugin;
  }

 private:
  static std::int32_t nothing(ondol_chunk*) { return 0; }
  static std::int32_t no_trade(ondol_clearing*) { return 0; }

  // An older plugin's structs are shorter.
  template <class T>
  std::uint32_t size_of() {
    return data_.ConsumeBool() ? std::uint32_t{sizeof(T)} : data_.ConsumeIntegralInRange<std::uint32_t>(0, sizeof(T));
  }
  std::uint32_t few(std::uint32_t most) { return data_.ConsumeIntegralInRange<std::uint32_t>(0, most); }
  std::uint32_t number() { return data_.ConsumeBool() ? few(64) : data_.ConsumeIntegral<std::uint32_t>(); }

  const char* text() {
    if (data_.ConsumeIntegralInRange<int>(0, 15) == 0) return nullptr;
    return texts_.emplace_back(data_.ConsumeRandomLengthString(12)).c_str();
  }
  std::uint32_t texts(const char* const*& list) {
    std::vector<const char*>& made = lists_.emplace_back();
    for (std::uint32_t i = few(3); i > 0; --i) made.push_back(text());
    list = made.data();
    return static_cast<std::uint32_t>(made.size());
  }

  ondol_field field() {
    ondol_field field{};
    field.name = text();
    field.unit = text();
    field.doc = text();
    field.record = text();
    field.role = few(4);
    field.type = few(6);
    field.offset = number();
    field.count = number();
    field.flags = few(7);
    field.initial = data_.ConsumeFloatingPoint<double>();
    field.minimum = data_.ConsumeFloatingPoint<double>();
    field.maximum = data_.ConsumeFloatingPoint<double>();
    return field;
  }
  ondol_port_spec port() {
    ondol_port_spec port{};
    port.name = text();
    port.unit = text();
    port.doc = text();
    port.type = few(13);
    port.flags = few(7);
    port.attribute_count = texts(port.attributes);
    port.lags = number();
    port.handle = text();
    port.market_param_count = texts(port.market_params);
    return port;
  }
  ondol_kind kind() {
    ondol_kind kind{};
    kind.size = size_of<ondol_kind>();
    kind.params_size = number();
    kind.traits_size = number();
    kind.state_size = number();
    kind.name = text();
    kind.doc = text();
    std::vector<ondol_field>& fields = fields_.emplace_back();
    for (std::uint32_t i = few(5); i > 0; --i) fields.push_back(field());
    std::vector<ondol_port_spec>& ports = ports_.emplace_back();
    for (std::uint32_t i = few(3); i > 0; --i) ports.push_back(port());
    std::vector<ondol_purpose>& purposes = purposes_.emplace_back();
    for (std::uint32_t i = few(3); i > 0; --i) purposes.push_back({text(), text(), few(4), 0, text()});
    std::vector<ondol_rule>& rules = rules_.emplace_back();
    for (std::uint32_t i = few(3); i > 0; --i)
      rules.push_back({text(), text(), data_.ConsumeBool() ? nothing : nullptr});
    kind.fields = fields.data();
    kind.field_count = static_cast<std::uint32_t>(fields.size());
    kind.field_stride = sizeof(ondol_field);
    kind.ports = ports.data();
    kind.port_count = static_cast<std::uint32_t>(ports.size());
    kind.port_stride = sizeof(ondol_port_spec);
    kind.purposes = purposes.data();
    kind.purpose_count = static_cast<std::uint32_t>(purposes.size());
    kind.purpose_stride = sizeof(ondol_purpose);
    kind.rules = rules.data();
    kind.rule_count = static_cast<std::uint32_t>(rules.size());
    kind.rule_stride = sizeof(ondol_rule);
    return kind;
  }
  ondol_mechanism mechanism() {
    ondol_mechanism mechanism{};
    mechanism.size = size_of<ondol_mechanism>();
    mechanism.flags = few(7);
    mechanism.params_size = number();
    mechanism.state_size = number();
    mechanism.name = text();
    mechanism.doc = text();
    std::vector<ondol_field>& fields = fields_.emplace_back();
    for (std::uint32_t i = few(4); i > 0; --i) fields.push_back(field());
    mechanism.fields = fields.data();
    mechanism.field_count = static_cast<std::uint32_t>(fields.size());
    mechanism.field_stride = sizeof(ondol_field);
    mechanism.clear = data_.ConsumeBool() ? no_trade : nullptr;
    return mechanism;
  }

  FuzzedDataProvider& data_;
  std::deque<std::string> texts_;
  std::deque<std::vector<const char*>> lists_;
  std::deque<std::vector<ondol_field>> fields_;
  std::deque<std::vector<ondol_port_spec>> ports_;
  std::deque<std::vector<ondol_purpose>> purposes_;
  std::deque<std::vector<ondol_rule>> rules_;
  std::deque<ondol_kind> kinds_;
  std::deque<ondol_mechanism> mechanisms_;
  std::vector<const ondol_kind*> kind_list_;
  std::vector<const ondol_mechanism*> mechanism_list_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  FuzzedDataProvider data(bytes, size);
  Description description(data);
  const ondol_plugin plugin = description.plugin();
  try {
    ondol::load_plugin(plugin);
  } catch (const ondol::Error&) {
  }
  return 0;
}
