#include "vector/flat_index.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

#include "base/assert.h"

namespace sluice::vector {
namespace {

// The nearest so far, and how near a row must be to join them.
class Shortlist {
 public:
  explicit Shortlist(std::size_t wanted) : wanted_(wanted) { list_.reserve(wanted + room); }

  std::vector<Candidate>& list() { return list_; }
  std::uint32_t limit() const { return limit_; }
  // Call after adding: keeps the nearest.
  void cut() {
    if (list_.size() <= wanted_) return;
    const auto last = list_.begin() + static_cast<std::ptrdiff_t>(wanted_) - 1;
    std::nth_element(list_.begin(), last, list_.end());
    limit_ = distance_of(*last);
    list_.resize(wanted_);
  }

 private:
  static constexpr std::size_t room = Segment::most_rows;
  std::size_t wanted_;
  std::uint32_t limit_ = std::numeric_limits<std::uint32_t>::max();
  std::vector<Candidate> list_;
};

// A mean of fewer rows says little.
constexpr std::size_t fewest_to_centre = 32, most_to_centre = 1024;

}  // namespace

FlatIndex::FlatIndex(std::size_t dims, CpuLevel level)
    : dims_(dims), kernels_(kernels_of(level)), segments_(std::make_shared<const Segments>()) {
  SLUICE_ASSERT(dims > 0);
}

std::shared_ptr<const FlatIndex::Segments> FlatIndex::segments() const {
  const std::lock_guard lock(list_);
  return segments_;
}

void FlatIndex::publish(Segments segments) {
  auto list = std::make_shared<const Segments>(std::move(segments));
  const std::lock_guard lock(list_);
  segments_.swap(list);
}

// The last segment, which has room.
Segment& FlatIndex::open_segment() {
  const auto now = segments();
  if (!now->empty() && !now->back()->is_full()) return *now->back();
  std::size_t rows = 0;
  for (const auto& segment : *now) rows += segment->live();
  // Twice as many rows each time, from one: most indexes stay tiny (one for each conversation).
  rows = std::min(std::bit_ceil(rows), Segment::most_rows);
  move_centre(*now);
  Segments more = *now;
  more.push_back(std::make_shared<Segment>(dims_, rows, centre_));
  Segment& open = *more.back();
  publish(std::move(more));
  return open;
}

// Each time twice as many rows have come, so that a search needs few codes; from some of the rows,
// evenly spread, so that it never takes long.
void FlatIndex::move_centre(const Segments& segments) {
  if (inserted_ < fewest_to_centre || inserted_ < 2 * centred_at_) return;
  std::vector<double> sum(Direction::padded(dims_));
  std::size_t rows = 0, taken = 0;
  for (const auto& segment : segments) rows += segment->rows();
  const std::size_t step = rows / most_to_centre + 1;
  std::size_t at = 0;  // the next row to take, from the beginning of the segment
  for (const auto& segment : segments) {
    for (; at < segment->rows(); at += step, taken++)
      std::ranges::transform(sum, segment->values(at), sum.begin(), std::plus());
    at -= segment->rows();
  }
  std::vector<float> mean(sum.size());
  for (std::size_t i = 0; i < mean.size(); i++)
    mean[i] = static_cast<float>(sum[i] / static_cast<double>(taken));
  centre_ = std::make_shared<const std::vector<float>>(std::move(mean));
  centred_at_ = inserted_;
}

bool FlatIndex::insert(std::uint64_t id, std::span<const float> vector, Moment ends) {
  if (vector.size() != dims_) return false;
  const auto direction = Direction::of(vector);
  if (!direction) return false;
  const std::lock_guard lock(writing_);
  open_segment().append(kernels_, id, *direction, ends);
  inserted_++;
  return true;
}

bool FlatIndex::erase(std::uint64_t id) {
  const std::lock_guard lock(writing_);
  const auto now = segments();
  const auto after = std::upper_bound(
      now->begin(), now->end(), id,
      [](std::uint64_t wanted, const auto& segment) { return wanted < segment->first_id(); });
  if (after == now->begin() || !(*(after - 1))->erase(id)) return false;
  tidy(static_cast<std::size_t>(after - now->begin()) - 1);
  return true;
}

// Gives memory back: neighbours whose rows fit into one segment are merged, so that segments are
// half full on average. It costs less than inserting the rows did.
void FlatIndex::tidy(std::size_t at) {
  const auto now = segments();
  const auto fit = [&](std::size_t first) {
    return first + 2 < now->size() &&  // rows are still being appended to the last
           (*now)[first]->live() + (*now)[first + 1]->live() <= Segment::most_rows;
  };
  if (fit(at)) return merge(at);
  if (at > 0 && fit(at - 1)) merge(at - 1);
}

void FlatIndex::merge(std::size_t first) {
  Segments fewer = *segments();
  const std::size_t live = fewer[first]->live() + fewer[first + 1]->live();
  const auto at = fewer.begin() + static_cast<std::ptrdiff_t>(first);
  if (live == 0) {
    fewer.erase(at, at + 2);
    return publish(std::move(fewer));
  }
  auto merged = std::make_shared<Segment>(dims_, live, centre_);
  merged->append_live(*fewer[first]);
  merged->append_live(*fewer[first + 1]);
  fewer[first] = std::move(merged);
  fewer.erase(at + 1);
  publish(std::move(fewer));
}

std::vector<Hit> FlatIndex::nearest(std::span<const float> vector, std::size_t count,
                                    Moment now) const {
  if (vector.size() != dims_ || count == 0) return {};
  const auto query = Direction::of(vector);
  if (!query) return {};
  const auto segments = this->segments();
  Shortlist shortlist(std::max(shortlisted, 4 * count));
  Centre centre;  // of the code
  Code code = code_of(query->values(), centre);
  for (std::size_t i = 0; i < segments->size(); i++) {
    const Segment& segment = *(*segments)[i];
    if (segment.centre() != centre) {
      centre = segment.centre();
      code = code_of(query->values(), centre);
    }
    segment.scan({.kernels = kernels_,
                  .query = code,
                  .now = now,
                  .limit = shortlist.limit(),
                  .first_row = static_cast<std::uint32_t>(i * Segment::most_rows)},
                 shortlist.list());
    shortlist.cut();
  }
  std::vector<Hit> hits;
  hits.reserve(shortlist.list().size());
  for (const Candidate each : shortlist.list()) {
    const std::size_t row = row_of(each);
    hits.push_back(
        (*segments)[row / Segment::most_rows]->score(kernels_, *query, row % Segment::most_rows));
  }
  const auto best = hits.begin() + static_cast<std::ptrdiff_t>(std::min(count, hits.size()));
  std::partial_sort(hits.begin(), best, hits.end(),
                    [](const Hit& a, const Hit& b) { return a.cosine > b.cosine; });
  hits.erase(best, hits.end());
  return hits;
}

std::size_t FlatIndex::size() const {
  std::size_t rows = 0;
  for (const auto& segment : *segments()) rows += segment->live();
  return rows;
}

std::size_t FlatIndex::memory_bytes() const {
  std::size_t bytes = sizeof *this;
  for (const auto& segment : *segments()) bytes += segment->memory_bytes();
  return bytes;
}

}  // namespace sluice::vector
