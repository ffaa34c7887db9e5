#pragma once
// What a configuration says that is not honoured, and where. A file without verdicts runs exactly
// as written.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/node.h"

namespace sluice::config {

enum class Level {
  ignored,      // runs, without what this key asks for
  unsupported,  // runs; requests for this deployment get an error that names the reason
  error,        // cannot run
};
std::string_view name_of(Level level);

struct Place {
  std::string file;
  int line = 0;     // from 1; 0 = the file as a whole, or no file
  int column = 0;   // from 1
  std::string key;  // "model_list[0].litellm_params.api_base"
};

struct Verdict {
  Level level = Level::ignored;
  Place place;
  std::string message;      // one sentence with the fix
  std::vector<Place> also;  // further places with the same cause, in the order of the files
};

// Collects verdicts while a configuration is read. The same message for several places is one
// verdict, so that one cause takes one line.
class Report {
 public:
  // The index for marks of that file.
  int add_file(std::string path);
  const std::vector<std::string>& files() const { return files_; }

  void ignored(const Mark& mark, std::string key, std::string message);
  void unsupported(const Mark& mark, std::string key, std::string message);
  void error(const Mark& mark, std::string key, std::string message);

  bool has_errors() const;
  // In the order of the files' lines. Leaves this empty.
  std::vector<Verdict> take();

 private:
  struct Entry {
    Level level;
    std::string message;
    std::vector<std::pair<Mark, std::string>> places;  // with the key
  };
  void add(Level level, const Mark& mark, std::string key, std::string message);
  Place place_of(const Mark& mark, std::string key) const;

  std::vector<std::string> files_;
  std::vector<Entry> entries_;
};

// 0 = everything is honoured, 1 = runs without something, 2 = cannot run.
int exit_code(const std::vector<Verdict>& verdicts);

}  // namespace sluice::config
