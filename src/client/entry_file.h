#pragma once
// The entries of an embedded cache on disk: an LMDB database in a directory of its own. What has
// been put survives the end of the process; the last moments before a power cut may be lost, but
// never the rest. One process at a time.
//
// A record is what RedisVL's hash would hold, as names and values, each with its length in four
// little-endian bytes before it.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::client {

using EntryFields = std::map<std::string, std::string, std::less<>>;

class EntryFile {
 public:
  // Makes the directory when it is not there. Throws: argument, conflict (another process has it
  // open, or it holds vectors of another model), internal for what the disk fails with.
  EntryFile(const std::string& directory, std::string_view model);
  ~EntryFile();

  // Calls `use` for each entry; broken records are left out.
  void read(const std::function<void(std::string_view id, EntryFields fields)>& use) const;
  void put(std::string_view id, const EntryFields& fields);
  void erase(std::string_view id);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::client
