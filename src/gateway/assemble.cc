#include "gateway/assemble.h"

#include <map>
#include <vector>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "http/sse.h"

namespace sluice::gateway {

namespace {

Failure unfit(const char* why) {
  return fail(connection_error(std::string("the stream can't be put together: ") + why));
}

bool is_null(const JsonField* field) { return field == nullptr || field->type == JsonType::null; }

// Something that grows delta by delta: a text, an object, a list, or a value of which the last
// counts. Kept in the order in which the fields came.
class Growing {
 public:
  // Error: the text is no JSON.
  bool add(JsonType type, std::string_view value) {
    switch (type) {
      case JsonType::null: return true;
      case JsonType::string: return add_text(value);
      case JsonType::object: return add_object(value);
      case JsonType::array: return add_list(value);
      default: kind_ = Kind::value, text_.assign(value);
    }
    return true;
  }
  // Numbers and names that are told again with each delta.
  void set(std::string_view value) { kind_ = Kind::value, text_.assign(value); }

  void write(std::string& out) const {
    switch (kind_) {
      case Kind::none: out += "null"; break;
      case Kind::value: out += text_; break;
      case Kind::text: append_json_string(out, text_); break;
      case Kind::object: write_object(out); break;
      case Kind::list: write_list(out); break;
    }
  }

 private:
  enum class Kind { none, value, text, object, list };
  // Of one object. No provider has more than a dozen; each is looked for in all that are there.
  static constexpr std::size_t most_members = 256;

  bool add_text(std::string_view value) {
    if (kind_ != Kind::text) text_.clear();
    kind_ = Kind::text;
    text_ += json_unescape(value);
    return true;
  }

  bool add_object(std::string_view value) {
    JsonFields fields;
    if (scan_json_object(value, fields)) return false;
    kind_ = Kind::object;
    for (const JsonField& field : fields) {
      if (!fields.counts(field)) continue;
      if (!add_member(field)) return false;
    }
    return true;
  }

  bool add_member(const JsonField& field) {
    if (members_.size() >= most_members) return false;
    Growing& member = this->member(field.key);
    // Identities, unlike texts, are not told in parts, and some providers repeat them.
    const bool whole =
        field.key == "id" || field.key == "type" || field.key == "role" || field.key == "name";
    if (whole && field.type == JsonType::string) {
      if (field.value != "\"\"") member.set(field.value);
      return true;
    }
    return member.add(field.type, field.value);
  }

  // Items that say which one they belong to are joined, others follow one another.
  bool add_list(std::string_view value) {
    std::vector<std::string_view> items;
    if (scan_json_array(value, items)) return false;
    kind_ = Kind::list;
    for (const std::string_view item : items) {
      JsonFields fields;
      const bool object = item.starts_with('{') && !scan_json_object(item, fields);
      const JsonField* index = object ? fields.find("index") : nullptr;
      const auto number = is_null(index) ? std::nullopt : json_number(index->value);
      if (!number) {
        items_[1e15 + static_cast<double>(items_.size())].set(item);
      } else if (!items_[*number].add_object(item)) {
        return false;
      }
    }
    return true;
  }

  Growing& member(std::string_view name) {
    for (auto& [key, value] : members_)
      if (key == name) return value;
    return members_.emplace_back(std::string(name), Growing()).second;
  }

  void write_object(std::string& out) const {
    out += '{';
    for (const auto& [key, value] : members_) {
      if (out.back() != '{') out += ',';
      append_json_string(out, key);
      out += ':';
      value.write(out);
    }
    out += '}';
  }

  // An item's `index` has done its work: a whole answer has none.
  void write_list(std::string& out) const {
    out += '[';
    for (const auto& [number, item] : items_) {
      if (out.back() != '[') out += ',';
      if (item.kind_ != Kind::object) {
        item.write(out);
        continue;
      }
      Growing plain = item;
      std::erase_if(plain.members_, [](const auto& member) { return member.first == "index"; });
      plain.write_object(out);
    }
    out += ']';
  }

  Kind kind_ = Kind::none;
  std::string text_;
  std::vector<std::pair<std::string, Growing>> members_;
  std::map<double, Growing> items_;
};

struct Choice {
  Growing message, text, logprobs;
  std::string finish_reason;  // JSON
};

std::string usage_json(const Usage& usage) {
  std::string out = "{\"completion_tokens\":" + std::to_string(usage.completion_tokens) +
                    ",\"prompt_tokens\":" + std::to_string(usage.prompt_tokens) +
                    ",\"total_tokens\":" + std::to_string(usage.total_tokens);
  if (usage.cached_tokens > 0)
    out += ",\"prompt_tokens_details\":{\"cached_tokens\":" + std::to_string(usage.cached_tokens) +
           "}";
  if (usage.reasoning_tokens > 0)
    out += ",\"completion_tokens_details\":{\"reasoning_tokens\":" +
           std::to_string(usage.reasoning_tokens) + "}";
  return out + "}";
}

class Assembly {
 public:
  explicit Assembly(provider::Endpoint endpoint) : chat_(endpoint == provider::Endpoint::chat) {}

  Status add(std::string_view chunk) {
    JsonFields fields;
    if (scan_json_object(chunk, fields)) return unfit("an event is no JSON object");
    if (!is_null(fields.find("error"))) return unfit("it holds an error");
    for (const JsonField& field : fields) {
      if (!fields.counts(field) || field.type == JsonType::null) continue;
      if (field.key == "choices") {
        if (const Status status = add_choices(field); !status) return status;
      } else if (field.key == "usage") {
        usage_ = field.value;
      } else if (field.key != "object") {
        note(field);
      }
    }
    return Done{};
  }

  Result<std::string> finish(const Usage& usage) {
    if (choices_.empty()) return unfit("it has no choices");
    std::string out = "{";
    for (const auto& [key, value] : facts_) {
      append_json_string(out, key);
      out.append(":").append(value).append(",");
    }
    out += chat_ ? "\"object\":\"chat.completion\",\"choices\":["
                 : "\"object\":\"text_completion\",\"choices\":[";
    for (const auto& [index, choice] : choices_) {
      if (choice.finish_reason.empty()) return unfit("a choice did not finish");
      if (out.back() != '[') out += ",";
      write_choice(out, index, choice);
    }
    out += "]";
    if (usage_.empty() && usage.known) usage_ = usage_json(usage);
    if (!usage_.empty()) out.append(",\"usage\":").append(usage_);
    return out + "}";
  }

 private:
  // What each chunk repeats: id, created, model. The first one counts.
  void note(const JsonField& field) {
    for (const auto& [key, value] : facts_)
      if (key == field.key) return;
    facts_.emplace_back(field.key, field.value);
  }

  Status add_choices(const JsonField& list) {
    std::vector<std::string_view> items;
    if (list.type != JsonType::array || scan_json_array(list.value, items))
      return unfit("its choices are no list");
    for (const std::string_view item : items) {
      JsonFields fields;
      if (!item.starts_with('{') || scan_json_object(item, fields))
        return unfit("a choice is no object");
      const JsonField* index = fields.find("index");
      const auto number = is_null(index) ? 0 : json_number(index->value);
      if (!number) return unfit("a choice's index is no number");
      if (!add_choice(choices_[static_cast<std::int64_t>(*number)], fields))
        return unfit("a choice can't be read");
    }
    return Done{};
  }

  bool add_choice(Choice& choice, const JsonFields& fields) const {
    const JsonField* said = fields.find(chat_ ? "delta" : "text");
    Growing& whole = chat_ ? choice.message : choice.text;
    if (!is_null(said) && !whole.add(said->type, said->value)) return false;
    const JsonField* logprobs = fields.find("logprobs");
    if (!is_null(logprobs) && !choice.logprobs.add(logprobs->type, logprobs->value)) return false;
    const JsonField* reason = fields.find("finish_reason");
    if (!is_null(reason)) choice.finish_reason = reason->value;
    return true;
  }

  void write_choice(std::string& out, std::int64_t index, const Choice& choice) const {
    out.append("{\"finish_reason\":").append(choice.finish_reason);
    out.append(",\"index\":").append(std::to_string(index));
    if (!chat_) {
      out += ",\"logprobs\":";
      choice.logprobs.write(out);
      out += ",\"text\":";
      choice.text.write(out);
      out += "}";
      return;
    }
    std::string logprobs;
    choice.logprobs.write(logprobs);
    if (logprobs != "null") out.append(",\"logprobs\":").append(logprobs);
    out += ",\"message\":";
    write_message(out, choice.message);
    out += "}";
  }

  // A whole message has a role and a content, be it null.
  static void write_message(std::string& out, const Growing& message) {
    std::string text;
    message.write(text);
    JsonFields fields;
    const bool object = !scan_json_object(text, fields);
    out += "{";
    if (!object || is_null(fields.find("role"))) out += "\"role\":\"assistant\",";
    if (!object || fields.find("content") == nullptr) out += "\"content\":null,";
    if (object && fields.size() > 0)
      out.append(text, 1, text.size() - 2);
    else
      out.pop_back();
    out += "}";
  }

  bool chat_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::map<std::int64_t, Choice> choices_;
  std::string usage_;
};

}  // namespace

Result<std::string> assemble_stream(provider::Endpoint endpoint, std::string_view events,
                                    const Usage& usage) {
  Assembly assembly(endpoint);
  http::SseSplitter splitter;
  splitter.feed(events);
  while (const auto event = splitter.next()) {
    if (!event->has_data) continue;
    if (event->data.starts_with("[DONE]")) return assembly.finish(usage);
    TRY([[maybe_unused]] const Done added, assembly.add(event->data));
  }
  return unfit("it has no end");
}

}  // namespace sluice::gateway
