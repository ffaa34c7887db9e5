#include "store/disk_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "base/log.h"
#include "store/disk_open.h"

namespace sluice::store {

namespace {

// For what the queue holds when the store closes.
constexpr Milliseconds closing_time{5000};
// Entries that for_each() visits before it gives up its snapshot, as old pages are kept for that.
constexpr std::size_t visited_at_once = 1000;

// The stores of this process by directory: LMDB's file must be open only once, also while a store
// is closing.
struct OpenStore {
  std::weak_ptr<DiskStore> store;
  std::weak_ptr<DiskState> state;
};
struct OpenStores {
  std::mutex mutex;
  std::map<std::string, OpenStore> by_directory;
};
OpenStores& open_stores() {
  static OpenStores stores;
  return stores;
}

Status wait_until_closed(const OpenStore& store, const std::string& directory) {
  const auto give_up = io::Clock::now() + closing_time;
  while (!store.state.expired() && io::Clock::now() < give_up)
    std::this_thread::sleep_for(Milliseconds(1));
  if (store.state.expired()) return Done{};
  return fail(gateway_error("`disk_cache_dir`: `" + directory +
                            "` is still being closed, as its disk does not answer; restart"));
}

std::int64_t since_1970(DiskStore::WallTime time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

std::int64_t end_after(std::int64_t now, std::optional<Milliseconds> ttl) {
  if (!ttl || ttl->count() >= no_end - now) return no_end;
  return now + std::max<std::int64_t>(ttl->count(), 0);
}

// One step of for_each(): whether there is more. `from` is where it goes on.
struct Walk {
  const std::string& begin;
  std::string_view prefix;
  std::int64_t now;
  std::string from;
};

void show(const Walk& walk, std::string_view stored, std::string_view bytes,
          const DiskStore::Visit& visit) {
  const auto row = read_row(stored, bytes);
  if (!row || !row->key.starts_with(walk.prefix) || row->end <= walk.now || !is_intact(*row))
    return;
  std::optional<DiskStore::WallTime> end;
  if (row->end != no_end) end = DiskStore::WallTime(Milliseconds(row->end));
  visit(row->key, row->value, end);
}

int walk_some(ReadTransaction& reading, MDB_dbi entries, Walk& walk,
              const DiskStore::Visit& visit) {
  Cursor cursor(reading.get(), entries);
  std::string_view stored = walk.from, bytes;
  int error = cursor.go(stored, bytes, MDB_SET_RANGE);
  for (std::size_t i = 0; error == 0 && i < visited_at_once; i++) {
    if (!stored.starts_with(walk.begin)) return MDB_NOTFOUND;
    show(walk, stored, bytes, visit);
    walk.from = stored;
    walk.from += '\0';  // the least key that is greater
    error = cursor.go(stored, bytes, MDB_NEXT);
  }
  return error;
}

// Of what is in the file: how many begin with the prefix and count.
int count_in_file(ReadTransaction& reading, MDB_dbi entries, const Walk& walk,
                  const DiskQueue::Snapshot& queue, std::size_t& count) {
  Cursor cursor(reading.get(), entries);
  std::string_view stored = walk.begin, bytes;
  int error = cursor.go(stored, bytes, MDB_SET_RANGE);
  for (; error == 0 && stored.starts_with(walk.begin); error = cursor.go(stored, bytes, MDB_NEXT)) {
    const auto row = read_row(stored, bytes);
    if (row && row->key.starts_with(walk.prefix) && row->end > walk.now && !queue.hides(row->key))
      count++;
  }
  return error == MDB_NOTFOUND ? 0 : error;
}

}  // namespace

Result<std::shared_ptr<DiskStore>> DiskStore::open(Options options) {
  TRY(const std::string directory, prepare_directory(options.directory));
  OpenStores& stores = open_stores();
  const std::lock_guard lock(stores.mutex);
  OpenStore& known = stores.by_directory[directory];
  if (auto store = known.store.lock()) {
    store->state_->capacity = options.capacity_bytes;
    store->state_->file->resize(options.capacity_bytes, Milliseconds(1000));
    return store;
  }
  if (Status closed = wait_until_closed(known, directory); !closed)
    return fail(std::move(closed).error());
  TRY(const std::shared_ptr<DiskState> state, open_disk(directory, options.capacity_bytes));
  state->now = [clock = std::move(options.clock)] { return since_1970(clock()); };
  std::shared_ptr<DiskStore> store(new DiskStore(state));
  known = {store, state};
  return store;
}

DiskStore::DiskStore(std::shared_ptr<DiskState> state)
    : state_(std::move(state)), writer_(write_changes, state_) {}

DiskStore::~DiskStore() {
  if (state_->queue.stop(closing_time)) {
    writer_.join();
    return;
  }
  log(LogLevel::warn, "the disk cache closes without its last entries: the disk does not answer",
      {{"file", state_->file->path()}});
  writer_.detach();
}

Error DiskStore::read_error(int code) const {
  return gateway_error("`disk_cache_dir`: can't read `" + state_->file->path() +
                       "`: " + lmdb_text(code));
}

Result<Found> DiskStore::found(Bytes bytes, std::int64_t end) {
  const std::int64_t now = state_->now();
  if (bytes == nullptr || end <= now) {
    misses_.fetch_add(1, std::memory_order_relaxed);
    return Found{};
  }
  hits_.fetch_add(1, std::memory_order_relaxed);
  Found found{.bytes = std::move(bytes)};
  if (end != no_end) found.left = Milliseconds(end - now);
  return found;
}

Result<Found> DiskStore::find(std::string_view key) {
  if (auto pending = state_->queue.peek(key)) return found(std::move(pending->bytes), pending->end);
  return find_in_file(key);
}

Result<Found> DiskStore::find_in_file(std::string_view key) {
  ReadTransaction reading(*state_->file);
  if (reading.error() != 0) return fail(read_error(reading.error()));
  const std::string stored = stored_key(key);
  MDB_val name = as_value(stored), data{};
  const int error = mdb_get(reading.get(), state_->tables.entries, &name, &data);
  if (error == MDB_NOTFOUND) return found(nullptr, no_end);
  if (error != 0) return fail(read_error(error));
  const auto row = read_row(stored, as_text(data));
  // What is not as it was written is as good as absent.
  if (!row || row->key != key || !is_intact(*row)) return found(nullptr, no_end);
  return found(std::make_shared<const std::string>(row->value), row->end);
}

Status DiskStore::keep(std::string_view key, Bytes value, std::optional<Milliseconds> ttl) {
  const std::int64_t now = state_->now(), end = end_after(now, ttl);
  const bool fits = key.size() + value->size() <= state_->largest_value();
  if (end <= now || !fits) return state_->queue.erase(key);
  return state_->queue.put(key, std::move(value), end);
}

Result<bool> DiskStore::remove(std::string_view key) {
  TRY(const Found before, find(key));
  if (Status queued = state_->queue.erase(key); !queued) return fail(std::move(queued).error());
  return before.bytes != nullptr;
}

Result<std::size_t> DiskStore::remove_prefix(std::string_view prefix) {
  std::optional<ReadTransaction> reading;
  TRY(const DiskQueue::Snapshot queue,
      state_->queue.clear(prefix, [&] { reading.emplace(*state_->file); }));
  if (reading->error() != 0) return fail(read_error(reading->error()));
  const std::string begin = stored_prefix(prefix);
  const Walk walk{.begin = begin, .prefix = prefix, .now = state_->now()};
  std::size_t count = 0;
  for (const auto& each : queue.pending)
    if (each.second.bytes != nullptr && each.second.end > walk.now) count++;
  if (const int error = count_in_file(*reading, state_->tables.entries, walk, queue, count))
    return fail(read_error(error));
  return count;
}

Status DiskStore::for_each(std::string_view prefix, const Visit& visit) {
  ReadTransaction reading(*state_->file);
  const std::string begin = stored_prefix(prefix);
  Walk walk{.begin = begin, .prefix = prefix, .now = state_->now(), .from = begin};
  int error = reading.error();
  while (error == 0) {
    error = walk_some(reading, state_->tables.entries, walk, visit);
    if (error == 0) error = reading.renew();
  }
  if (error != MDB_NOTFOUND) return fail(read_error(error));
  return Done{};
}

Status DiskStore::flush(Milliseconds patience) { return state_->queue.flush(patience); }

io::Async<Result<Bytes>> DiskStore::get(std::string_view key, io::WaitLimit) {
  CO_TRY(Found found, find(key));
  co_return std::move(found.bytes);
}

io::Async<Result<Found>> DiskStore::look(std::string_view key, io::WaitLimit) {
  co_return find(key);
}

io::Async<Status> DiskStore::put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                                 io::WaitLimit) {
  co_return keep(key, std::move(value), ttl);
}

io::Async<Result<bool>> DiskStore::erase(std::string_view key, io::WaitLimit) {
  co_return remove(key);
}

io::Async<Result<std::size_t>> DiskStore::clear(std::string_view prefix, io::WaitLimit) {
  co_return remove_prefix(prefix);
}

io::Async<Result<StoreStats>> DiskStore::stats(io::WaitLimit) {
  StoreStats stats{.capacity_bytes = state_->capacity,
                   .evicted = state_->evicted,
                   .expired = state_->expired,
                   .hits = hits_,
                   .misses = misses_};
  ReadTransaction reading(*state_->file);
  if (reading.error() != 0) co_return fail(read_error(reading.error()));
  if (const int error = count_pages(reading.get(), state_->tables, stats.bytes, stats.entries))
    co_return fail(read_error(error));
  co_return stats;
}

io::Async<Status> DiskStore::check(io::WaitLimit) { co_return check_file(); }

Status DiskStore::check_file() const {
  const std::string trouble = state_->queue.trouble();
  if (!trouble.empty()) return fail(gateway_error(trouble));
  const std::string& path = state_->file->path();
  mdb_filehandle_t open_file{};
  struct stat ours{}, there{};
  mdb_env_get_fd(state_->file->env(), &open_file);
  if (::fstat(open_file, &ours) != 0 || ::stat(path.c_str(), &there) != 0 ||
      ours.st_ino != there.st_ino)
    return fail(gateway_error("`disk_cache_dir`: `" + path +
                              "` was removed or replaced; restart to use the new one"));
  if (::access(path.c_str(), R_OK | W_OK) != 0)
    return fail(gateway_error("`disk_cache_dir`: can't write `" + path + "`: " + lmdb_text(errno)));
  return Done{};
}

}  // namespace sluice::store
