#pragma once
// The seam behind Vectorizer: a local encoder, a remote server, a function.
#include <sluice/vectorizer.h>
#include <string>
#include <vector>

namespace sluice {

// Any thread; several at once.
class Vectorizer::Model {
 public:
  virtual ~Model() = default;
  // One vector of dims() numbers for each text; `texts` are UTF-8.
  virtual std::vector<Vector> embed(const std::vector<std::string>& texts) const = 0;
  virtual std::size_t dims() const = 0;
  virtual const std::string& name() const = 0;
  // Names the space of its vectors: those of two spaces mean nothing to each other.
  virtual const std::string& space() const { return name(); }
};

namespace client {

std::shared_ptr<const Vectorizer::Model> make_remote_model(const RemoteModel& options);

}  // namespace client
}  // namespace sluice
