#pragma once
// A stream of queries against a cache that begins empty: who is served what, and was it right?
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sluice/eval_data.h"
#include "sluice/eval_vectors.h"

namespace sluice::eval {

struct Neighbour {
  std::uint32_t query;
  float similarity;
};

// For each query its nearest others, from the nearest down to `lowest`, at most 300.
std::vector<std::vector<Neighbour>> neighbours_of(const std::vector<Query>& queries,
                                                  const Vectors& vectors, double lowest);

struct StreamResult {
  std::size_t requests = 0, hits = 0, wrong = 0, entries = 0;
  double hit_rate() const { return share(hits, requests); }
  double wrong_per_request() const { return share(wrong, requests); }
  double precision() const { return hits == 0 ? 1 : 1 - share(wrong, hits); }
  static double share(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
  StreamResult& operator+=(const StreamResult& other);
};

// Whether the answer to `stored` is right for `asked`: the same intent, and not out of scope.
bool is_right(const std::vector<Query>& queries, std::size_t asked, std::size_t stored);

class Stream {
 public:
  Stream(const std::vector<Query>& queries, const std::vector<std::vector<Neighbour>>& neighbours)
      : queries_(queries), neighbours_(neighbours) {}

  // The first `length` of the queries in an order that the seed makes.
  std::vector<std::uint32_t> order(std::size_t length, std::uint64_t seed) const;

  // Serves the nearest of the first `candidates` stored queries for which `same(asked, neighbour)`
  // holds; stores what was not served. Queries of different `tenants` do not see each other.
  using Same = std::function<bool(std::uint32_t asked, const Neighbour& stored)>;
  StreamResult run(const std::vector<std::uint32_t>& order, std::size_t candidates,
                   const Same& same, std::size_t tenants = 1) const;

  // vCache (Schroeder et al., arXiv 2502.03771) at an error rate of `delta` per request.
  StreamResult run_vcache(const std::vector<std::uint32_t>& order, double delta,
                          std::uint64_t seed) const;

 private:
  const std::vector<Query>& queries_;
  const std::vector<std::vector<Neighbour>>& neighbours_;
};

}  // namespace sluice::eval
