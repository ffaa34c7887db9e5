#include "sluice/eval_stream.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>

#include "sluice/eval_progress.h"
#include "sluice/eval_text_edits.h"
#include "sluice/eval_vcache.h"

namespace sluice::eval {
namespace {

constexpr std::size_t most_neighbours = 300;

std::vector<Neighbour> nearest(const Vectors& vectors, const std::vector<std::size_t>& places,
                               std::size_t query, double lowest) {
  std::vector<Neighbour> found;
  for (std::size_t other = 0; other < places.size(); other++) {
    if (other == query) continue;
    const double similarity = dot(vectors.at(places[query]), vectors.at(places[other]));
    if (similarity >= lowest)
      found.push_back({static_cast<std::uint32_t>(other), static_cast<float>(similarity)});
  }
  std::ranges::sort(found, [](const Neighbour& x, const Neighbour& y) {
    return x.similarity > y.similarity || (x.similarity == y.similarity && x.query < y.query);
  });
  if (found.size() > most_neighbours) found.resize(most_neighbours);
  return found;
}

}  // namespace

std::vector<std::vector<Neighbour>> neighbours_of(const std::vector<Query>& queries,
                                                  const Vectors& vectors, double lowest) {
  std::vector<std::size_t> places;
  for (const Query& query : queries) places.push_back(vectors.index_of(query.text));
  std::vector<std::vector<Neighbour>> all(queries.size());
  Progress progress("searching neighbours", queries.size());
  std::mutex drawing;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < queries.size();) {
      all[i] = nearest(vectors, places, i, lowest);
      const std::scoped_lock lock(drawing);
      progress.advance();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); i++) threads.emplace_back(work);
    work();
  }
  return all;
}

StreamResult& StreamResult::operator+=(const StreamResult& other) {
  requests += other.requests;
  hits += other.hits;
  wrong += other.wrong;
  entries += other.entries;
  return *this;
}

bool is_right(const std::vector<Query>& queries, std::size_t asked, std::size_t stored) {
  return queries[asked].intent >= 0 && queries[asked].intent == queries[stored].intent;
}

std::vector<std::uint32_t> Stream::order(std::size_t length, std::uint64_t seed) const {
  std::vector<std::uint32_t> order(queries_.size());
  std::iota(order.begin(), order.end(), 0u);
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; i--) std::swap(order[i - 1], order[below(random, i)]);
  order.resize(std::min(length, order.size()));
  return order;
}

StreamResult Stream::run(const std::vector<std::uint32_t>& order, std::size_t candidates,
                         const Same& same, std::size_t tenants) const {
  StreamResult result;
  std::vector<char> stored(queries_.size(), 0);
  for (const std::uint32_t asked : order) {
    result.requests++;
    std::size_t seen = 0;
    bool served = false;
    for (const Neighbour& neighbour : neighbours_[asked]) {
      if (stored[neighbour.query] == 0 || neighbour.query % tenants != asked % tenants) continue;
      if (same(asked, neighbour)) {
        served = true;
        result.hits++;
        result.wrong += !is_right(queries_, asked, neighbour.query);
      }
      if (served || ++seen == candidates) break;
    }
    if (served) continue;
    stored[asked] = 1;
    result.entries++;
  }
  return result;
}

StreamResult Stream::run_vcache(const std::vector<std::uint32_t>& order, double delta,
                                std::uint64_t seed) const {
  StreamResult result;
  Random random(seed);
  std::vector<std::unique_ptr<VCacheEntry>> entries(queries_.size());
  for (const std::uint32_t asked : order) {
    result.requests++;
    const auto& near = neighbours_[asked];
    const auto found = std::ranges::find_if(
        near, [&](const Neighbour& each) { return entries[each.query] != nullptr; });
    if (found == near.end()) {
      entries[asked] = std::make_unique<VCacheEntry>();
      result.entries++;
      continue;
    }
    VCacheEntry& entry = *entries[found->query];
    const bool right = is_right(queries_, asked, found->query);
    const double similarity = static_cast<double>(found->similarity);
    const double draw = static_cast<double>(random() >> 11) * 0x1p-53;
    if (draw > entry.explore_probability(similarity, delta)) {
      result.hits++;
      result.wrong += !right;
      continue;
    }
    entry.observe(similarity, right);
    if (right || entries[asked] != nullptr) continue;
    entries[asked] = std::make_unique<VCacheEntry>();
    result.entries++;
  }
  return result;
}

}  // namespace sluice::eval
