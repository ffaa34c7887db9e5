#include "measured_store.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include "locked_lru.h"
#include "store/memory_store.h"

namespace bench {

namespace {

using sluice::store::Bytes;
using sluice::store::MemoryStore;

// As long as a real one: hexadecimal SHA-256.
std::string name_of(Key key) {
  char text[65];
  std::snprintf(text, sizeof text, "%064llx", 0x9e3779b97f4a7c15ULL * (key + 1));
  return text;
}

std::vector<std::string> make_names(std::size_t count) {
  std::vector<std::string> names;
  for (Key key = 0; key < count; ++key) names.push_back(name_of(key));
  return names;
}

double nanoseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// Nanoseconds per call of work(i) while that many threads call it; the least of sixty short tries,
// as others use the machine too.
template <class Work>
double per_call(unsigned threads, std::size_t calls, const Work& work) {
  double least = 1e9;
  for (int attempt = 0; attempt < 60; ++attempt) {
    std::atomic<unsigned> ready = 0;
    std::vector<std::thread> running;
    std::vector<double> took(threads);
    for (unsigned t = 0; t < threads; ++t) {
      running.emplace_back([&, t] {
        ++ready;
        while (ready < threads) {
        }
        const auto begin = std::chrono::steady_clock::now();
        for (std::size_t i = 0; i < calls; ++i) work(i + t * 7919);
        took[t] = nanoseconds_since(begin) / double(calls);
      });
    }
    for (std::thread& each : running) each.join();
    least = std::min(least, *std::ranges::max_element(took));
  }
  return least;
}

template <class Find>
void print_hits(const char* name, const std::vector<std::string>& names, const Stream& stream,
                const Find& find) {
  const auto spread = [&](std::size_t i) {
    find(names[stream.requests[i % stream.requests.size()]]);
  };
  const auto same = [&](std::size_t) { find(names[0]); };
  std::printf("%-24s %14.0f %14.0f %14.0f %14.0f\n", name, per_call(1, 50'000, spread),
              per_call(2, 50'000, spread), per_call(1, 50'000, same), per_call(2, 50'000, same));
}

void print_memory(const std::vector<std::string>& names, std::size_t value_size) {
  const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
  MemoryStore store(names.size() * (value_size + 400));
  for (const std::string& name : names)
    store.keep(name, std::make_shared<const std::string>(value_size, 'v'), {});
  const std::size_t took = mallinfo2().uordblks + mallinfo2().hblkhd - before;
  std::printf("%-24zu %14.0f %14.0f\n", value_size,
              double(store.count().bytes) / double(names.size()),
              double(took) / double(names.size()));
}

}  // namespace

double store_hit_rate(const Stream& stream, std::size_t entries) {
  const Bytes value = std::make_shared<const std::string>(1000, 'v');
  MemoryStore probe(std::size_t{64} << 20);
  probe.keep(name_of(0), value, {});
  MemoryStore store(entries * probe.count().bytes);
  std::size_t hits = 0, counted = 0;
  for (std::size_t i = 0; i < stream.requests.size(); ++i) {
    const std::string name = name_of(stream.requests[i]);
    const bool hit = store.find(name) != nullptr;
    if (!hit) store.keep(name, value, {});
    if (i < stream.requests.size() / 2 || stream.requests[i] >= stream.first_scanned) continue;
    ++counted;
    hits += hit ? 1 : 0;
  }
  return double(hits) / double(counted);
}

void print_store_costs() {
  const std::vector<std::string> names = make_names(100'000);
  const Stream stream = make_stream({.keys = names.size(), .requests = 1'000'000, .zipf = 0.99});
  MemoryStore store(names.size() * 1200);
  LockedLru locked(names.size() * 2);
  for (const std::string& name : names) {
    const Bytes value = std::make_shared<const std::string>(600, 'v');
    store.keep(name, value, {});
    locked.keep(name, value);
  }
  std::printf("\nns per hit             %16s %14s %14s %14s\n", "Zipf, 1 thread", "2 threads",
              "one key, 1", "2 threads");
  print_hits("the store", names, stream, [&](const std::string& name) { return store.find(name); });
  print_hits("map and list, locked", names, stream,
             [&](const std::string& name) { return locked.find(name); });

  std::atomic<bool> over = false;
  std::thread writer([&] {
    const Bytes value = std::make_shared<const std::string>(600, 'v');
    for (std::size_t i = 0; !over; ++i) store.keep(names[i % names.size()], value, {});
  });
  std::printf("%-24s %14.0f\n", "beside a writer", per_call(1, 50'000, [&](std::size_t i) {
                store.find(names[stream.requests[i % stream.requests.size()]]);
              }));
  over = true;
  writer.join();
  const Bytes value = std::make_shared<const std::string>(600, 'v');
  std::printf("%-24s %14.0f\n", "ns per overwrite", per_call(1, 50'000, [&](std::size_t i) {
                store.keep(names[i % names.size()], value, {});
              }));

  std::printf("\n%-24s %14s %14s\n", "bytes of a value", "counted", "from malloc");
  for (const std::size_t size : {0, 100, 1000, 10'000}) print_memory(names, size);
}

}  // namespace bench
