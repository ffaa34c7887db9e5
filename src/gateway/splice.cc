#include "gateway/splice.h"

#include <algorithm>

#include "base/json_write.h"
#include "provider/params.h"

namespace sluice::gateway {

void PieceList::add(std::string_view text) {
  const bool extends = !parts_.empty() && parts_.back().borrowed == nullptr;
  if (extends)
    parts_.back().size += text.size();
  else
    parts_.push_back({nullptr, own_.size(), text.size()});
  own_.append(text);
  size_ += text.size();
}

void PieceList::borrow(std::string_view text) {
  if (text.empty()) return;  // its address may be null, which marks a text of our own
  parts_.push_back({text.data(), 0, text.size()});
  size_ += text.size();
}

std::string PieceList::join() const {
  std::string out;
  out.reserve(size_);
  for (const Part& part : parts_)
    out.append(part.borrowed != nullptr ? part.borrowed : own_.data() + part.at, part.size);
  return out;
}

std::span<const std::string_view> PieceList::pieces(std::size_t most) {
  views_.clear();
  if (parts_.size() > most) {
    own_ = join();
    parts_.assign(1, {nullptr, 0, own_.size()});
  }
  for (const Part& part : parts_)
    views_.emplace_back(part.borrowed != nullptr ? part.borrowed : own_.data() + part.at,
                        part.size);
  return views_;
}

void PieceList::clear() {
  own_.clear();
  parts_.clear();
  views_.clear();
  size_ = 0;
}

namespace {

// What only the gateway decides; no extra body and no default may set it.
bool is_gateways(std::string_view name) {
  return name == "stream" || field_use(name) == FieldUse::replace;
}

class Splicer {
 public:
  Splicer(const SpliceInput& input, PieceList& out)
      : in_(input), out_(out), names_(*input.deployment.spec, input.model) {
    // Both were checked with what they came in.
    if (!in_.call.extra_body.empty()) (void)scan_json_object(in_.call.extra_body, extra_);
    if (!in_.overrides.empty()) (void)scan_json_object(in_.overrides, overrides_);
  }

  Status run() {
    out_.add("{\"model\":");
    add_string(in_.model);
    if (const Status status = copy_fields(); !status) return status;
    add_overrides();
    for (const auto& [name, value] : in_.deployment.defaults) add_default(name, value);
    add_stream_options();
    out_.add("}");
    return Done{};
  }

 private:
  // A fallback's own fields, like the request's, may also be meant for the gateway.
  bool in_overrides(std::string_view name) const {
    return overrides_.find(name) != nullptr && field_use(name) == FieldUse::forward;
  }

  // extra_body, the deployment's too, goes over what the client sent, as in OpenAI's own client.
  bool overridden(std::string_view name) const {
    const NamedValues& fixed = in_.deployment.extra_body;
    const bool found =
        in_overrides(name) || extra_.find(name) != nullptr ||
        std::ranges::find(fixed, name, &NamedValues::value_type::first) != fixed.end();
    return found && !is_gateways(name);
  }

  // Runs of fields that stay as they are become one borrowed piece, with what stands between them.
  Status copy_fields() {
    const JsonFields& fields = in_.call.fields;
    std::uint32_t from = 0, to = 0;
    const auto flush = [&] {
      if (to == from) return;
      out_.add(",");
      out_.borrow(in_.call.body.substr(from, to - from));
      from = to = 0;
    };
    for (const JsonField& field : fields) {
      std::string_view name = field.key;
      bool keep = false;
      if (const Status status = decide(field, keep, name); !status) return status;
      if (keep && name == field.key) {
        if (to == from) from = field.begin;
        to = field.end;
        continue;
      }
      flush();
      if (keep) add_field(name, field.value);
    }
    flush();
    return Done{};
  }

  Status decide(const JsonField& field, bool& keep, std::string_view& name) {
    keep = false;
    if (!in_.call.fields.counts(field) || overridden(field.key)) return Done{};
    if (field.key == "stream_options" && !in_.call.stream) return keep = true, Done{};
    if (field_use(field.key) != FieldUse::forward) return Done{};
    if (field.type == JsonType::null && is_renamed_to(field.key)) return Done{};
    if (Status status = check_param(field.key, field.value, keep, name); !status) return status;
    if (name != field.key) keep = keep && claim(name);
    return Done{};
  }

  // A parameter under another name gives way to one that has this name anyway.
  bool claim(std::string_view name) {
    const JsonField* own = in_.call.fields.find(name);
    if (own != nullptr && own->type != JsonType::null) return false;
    if (overridden(name) || is_taken(name)) return false;
    taken_.push_back(name);
    return true;
  }

  bool is_taken(std::string_view name) const {
    return std::ranges::find(taken_, name) != taken_.end();
  }

  // Whether the client sent something else that the provider calls by this name.
  bool is_renamed_to(std::string_view name) const {
    if (in_.call.endpoint != Endpoint::chat) return false;
    return std::ranges::any_of(in_.call.fields, [&](const JsonField& field) {
      return field.type != JsonType::null && field.key != name &&
             names_.upstream_name({.name = field.key, .json = field.value}) == name;
    });
  }

  // Whether the provider takes the parameter, and under which name.
  Status check_param(std::string_view key, std::string_view value, bool& keep,
                     std::string_view& name) {
    const Deployment& deployment = in_.deployment;
    if (listed(deployment.additional_drop_params, key)) return Done{};
    if (listed(in_.call.additional_drop_params, key)) return Done{};
    keep = true;
    if (value == "null" || in_.call.endpoint != Endpoint::chat) return Done{};
    if (listed(deployment.allowed_openai_params, key)) return Done{};
    if (listed(in_.call.allowed_openai_params, key)) return Done{};
    const auto known = names_.upstream_name({.name = key, .json = value});
    if (known) return name = *known, Done{};
    keep = false;
    const bool drop =
        in_.call.drop_params.value_or(deployment.drop_params.value_or(in_.settings.drop_params));
    return drop ? Status(Done{}) : fail(unsupported(key));
  }

  static bool listed(const std::vector<std::string>& names, std::string_view name) {
    return !names.empty() && std::ranges::find(names, name) != names.end();
  }

  Error unsupported(std::string_view key) const {
    const std::string name(key);
    return Error{
        .code = ErrorCode::unsupported_params,
        .blame = Blame::client,
        .status = 400,
        .message = "litellm.UnsupportedParamsError: " + std::string(in_.deployment.spec->name) +
                   " does not support parameters: ['" + name +
                   "'], for model=" + std::string(in_.model) +
                   ". Leave it out, set `litellm_settings: drop_params: true` to drop it, or send "
                   "allowed_openai_params=['" +
                   name + "'] to pass it on.",
        .param = name};
  }

  void add_overrides() {
    for (const JsonField& field : overrides_) {
      if (overrides_.counts(field) && in_overrides(field.key) && !is_gateways(field.key))
        add_field(field.key, field.value);
    }
    for (const JsonField& field : extra_) {
      if (extra_.counts(field) && !in_overrides(field.key) && !is_gateways(field.key))
        add_field(field.key, field.value);
    }
    const NamedValues& fixed = in_.deployment.extra_body;
    for (auto each = fixed.begin(); each != fixed.end(); ++each) {
      const auto& [name, value] = *each;
      const bool counts = std::find_if(each + 1, fixed.end(), [&](const auto& other) {
                            return other.first == name;
                          }) == fixed.end();
      if (counts && !in_overrides(name) && extra_.find(name) == nullptr && !is_gateways(name))
        add_field(name, value);
    }
  }

  void add_default(std::string_view name, std::string_view value) {
    if (is_gateways(name) || in_.call.fields.find(name) != nullptr || overridden(name)) return;
    bool keep = false;
    // A default that the provider lacks is dropped: the client did not ask for it.
    if (!check_param(name, value, keep, name) || !keep) return;
    if (in_.call.fields.find(name) != nullptr || overridden(name) || is_taken(name)) return;
    taken_.push_back(name);
    add_field(name, value);
  }

  // A stream's usage is always asked for; the gateway takes it out again for who did not ask.
  void add_stream_options() {
    if (!in_.call.stream || in_.call.endpoint == Endpoint::embeddings) return;
    const JsonField* asked = in_.call.fields.find("stream_options");
    if (!in_.deployment.spec->stream_usage) {
      if (asked != nullptr && asked->type == JsonType::object)
        add_field("stream_options", asked->value);
      return;
    }
    out_.add(",\"stream_options\":{\"include_usage\":true");
    JsonFields options;
    if (asked != nullptr && asked->type == JsonType::object)
      (void)scan_json_object(asked->value, options);
    for (const JsonField& option : options) {
      if (option.key != "include_usage" && options.counts(option))
        add_field(option.key, option.value);
    }
    out_.add("}");
  }

  void add_field(std::string_view name, std::string_view value) {
    out_.add(",");
    add_string(name);
    out_.add(":");
    out_.add(value);
  }

  void add_string(std::string_view text) {
    thread_local std::string quoted;
    quoted.clear();
    append_json_string(quoted, text);
    out_.add(quoted);
  }

  const SpliceInput& in_;
  PieceList& out_;
  const provider::ParamNames names_;
  JsonFields extra_, overrides_;
  std::vector<std::string_view> taken_;  // by renamed parameters and by defaults
};

}  // namespace

Status splice_body(const SpliceInput& input, PieceList& out) {
  out.clear();
  return Splicer(input, out).run();
}

}  // namespace sluice::gateway
