// Disk: the suite of every store, and what only it promises: it lives on, it is bounded, several
// processes share it.
#include "store/disk_store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/store_conformance_test.h"

namespace sluice::store {
namespace {

namespace fs = std::filesystem;
using io::testing::TempFolder;
constexpr Milliseconds patience{20'000};

std::shared_ptr<DiskStore> open(const TempFolder& folder, std::size_t capacity = 64u << 20) {
  auto store = DiskStore::open({.directory = folder.file("cache"), .capacity_bytes = capacity});
  EXPECT_TRUE(store) << store.error().message;
  return store ? *store : nullptr;
}

std::optional<std::string> read(DiskStore& store, std::string_view key) {
  const auto found = store.find(key);
  EXPECT_TRUE(found) << found.error().message;
  if (!found || found->bytes == nullptr) return std::nullopt;
  return *found->bytes;
}

// Waits for the disk now and then, so that both the queue and the file answer.
class FlushingStore final : public Store {
 public:
  explicit FlushingStore(std::shared_ptr<DiskStore> store) : store_(std::move(store)) {}
  io::Async<Result<Bytes>> get(std::string_view key, io::WaitLimit limit) override {
    flush_sometimes();
    return store_->get(key, limit);
  }
  io::Async<Status> put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                        io::WaitLimit limit) override {
    return store_->put(key, std::move(value), ttl, limit);
  }
  io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit) override {
    flush_sometimes();
    return store_->erase(key, limit);
  }
  io::Async<Result<std::size_t>> clear(std::string_view prefix, io::WaitLimit limit) override {
    flush_sometimes();
    return store_->clear(prefix, limit);
  }
  io::Async<Result<StoreStats>> stats(io::WaitLimit limit) override { return store_->stats(limit); }
  io::Async<Status> check(io::WaitLimit limit) override { return store_->check(limit); }
  std::string_view name() const override { return store_->name(); }

 private:
  void flush_sometimes() {
    if (calls_++ % 3 == 0) EXPECT_TRUE(store_->flush(patience));
  }
  std::shared_ptr<DiskStore> store_;
  int calls_ = 0;
};

struct DiskMaker {
  TempFolder folder;
  std::unique_ptr<Store> make(io::Loop&) { return std::make_unique<FlushingStore>(open(folder)); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Disk, StoreConformance, DiskMaker);

TEST(DiskStore, LivesOnAfterItsProcess) {
  const TempFolder folder;
  const std::string long_key(1000, 'k');
  {
    const auto store = open(folder);
    store->keep("a", bytes_of("1"), {});
    store->keep(long_key + "1", bytes_of("long"), {});
    store->keep("short", bytes_of("gone"), Milliseconds(1));
    store->keep("b", bytes_of("2"), Milliseconds(3'600'000));
    store->keep("erased", bytes_of("3"), {});
    store->remove("erased");
  }
  const auto store = open(folder);
  EXPECT_EQ(read(*store, "a"), "1");
  EXPECT_EQ(read(*store, "b"), "2");
  EXPECT_EQ(read(*store, long_key + "1"), "long");
  EXPECT_EQ(read(*store, long_key + "2"), std::nullopt);
  EXPECT_EQ(read(*store, "erased"), std::nullopt);
}

TEST(DiskStore, EndsByTheClockOnTheWallAlsoAfterARestart) {
  const TempFolder folder;
  auto now = std::make_shared<DiskStore::WallTime>(std::chrono::system_clock::now());
  const DiskStore::Options options{.directory = folder.file("cache"),
                                   .clock = [now] { return *now; }};
  auto store = *DiskStore::open(options);
  store->keep("a", bytes_of("v"), Milliseconds(1000));
  store->keep("b", bytes_of("v"), Milliseconds(5000));
  store.reset();
  store = *DiskStore::open(options);
  *now += Milliseconds(999);
  EXPECT_EQ(store->find("a")->left, Milliseconds(1));
  *now += Milliseconds(1);
  EXPECT_EQ(store->find("a")->bytes, nullptr);
  EXPECT_NE(store->find("b")->bytes, nullptr);
  store->keep("c", bytes_of("v"), {});
  ASSERT_TRUE(store->flush(patience));
  io::Loop loop;
  EXPECT_EQ(io::testing::run(loop, store->stats({}))->expired, 1u);
  EXPECT_EQ(io::testing::run(loop, store->stats({}))->entries, 2u);
}

TEST(DiskStore, StaysWithinItsBytesAndDropsTheOldest) {
  const TempFolder folder;
  constexpr std::size_t capacity = 4u << 20;
  const auto store = open(folder, capacity);
  constexpr int count = 4000;
  for (int i = 0; i < count; i++) {
    const std::string value(static_cast<std::size_t>(i * 37 % 9000),
                            static_cast<char>('a' + i % 26));
    ASSERT_TRUE(store->keep("key-" + std::to_string(i), bytes_of(value), {}));
    if (i % 50 == 0) ASSERT_TRUE(store->flush(patience));
  }
  ASSERT_TRUE(store->flush(patience));
  EXPECT_LE(fs::file_size(folder.file("cache/sluice.mdb")), capacity);
  int kept = 0, oldest = count;
  for (int i = count - 1; i >= 0; i--) {
    const auto found = read(*store, "key-" + std::to_string(i));
    if (!found) continue;
    EXPECT_EQ(*found, std::string(static_cast<std::size_t>(i * 37 % 9000),
                                  static_cast<char>('a' + i % 26)));
    kept++, oldest = i;
  }
  EXPECT_EQ(kept, count - oldest) << "the oldest go first";
  EXPECT_GT(kept, 300);
}

TEST(DiskStore, LargeValuesBeyondItsBytesDoNotHurt) {
  const TempFolder folder;
  const auto store = open(folder, 4u << 20);
  std::minstd_rand random(1);
  for (int i = 0; i < 300; i++) {
    const std::size_t size = random() % (512u << 10);
    ASSERT_TRUE(store->keep("key-" + std::to_string(i % 40), bytes_of(std::string(size, 'v')), {}));
    ASSERT_TRUE(store->flush(patience));
    EXPECT_EQ(read(*store, "key-" + std::to_string(i % 40))->size(), size);
  }
  store->keep("key-1", bytes_of(std::string(1u << 20, 'v')), {});
  EXPECT_EQ(read(*store, "key-1"), std::nullopt) << "too large, and the old value would be wrong";
  EXPECT_LE(fs::file_size(folder.file("cache/sluice.mdb")), 4u << 20);
}

TEST(DiskStore, AClearIsSeenAtOnceAndTakesNothingThatCameLater) {
  const TempFolder folder;
  const auto store = open(folder);
  for (int i = 0; i < 3000; i++) store->keep("a:" + std::to_string(i), bytes_of("v"), {});
  ASSERT_TRUE(store->flush(patience));
  store->keep("a:pending", bytes_of("v"), {});
  store->keep("a:7", bytes_of("again"), {});
  store->remove("a:8");
  store->keep("b", bytes_of("v"), {});
  EXPECT_EQ(*store->remove_prefix("a:"), 3000u);
  EXPECT_EQ(read(*store, "a:9"), std::nullopt);
  EXPECT_EQ(read(*store, "a:pending"), std::nullopt);
  store->keep("a:9", bytes_of("new"), {});
  EXPECT_EQ(read(*store, "a:9"), "new");
  ASSERT_TRUE(store->flush(patience));
  EXPECT_EQ(read(*store, "a:9"), "new");
  EXPECT_EQ(read(*store, "b"), "v");
  EXPECT_EQ(*store->remove_prefix(""), 2u);
}

TEST(DiskStore, VisitsEveryEntryOnceInOrder) {
  const TempFolder folder;
  const auto store = open(folder);
  std::map<std::string, std::string> model;
  for (int i = 0; i < 2500; i++) model["x:" + std::to_string(i)] = std::to_string(i * i);
  model["x:" + std::string(600, 'l')] = "long key";
  for (const auto& [key, value] : model) store->keep(key, bytes_of(value), {});
  store->keep("y", bytes_of("v"), Milliseconds(60'000));
  ASSERT_TRUE(store->flush(patience));
  std::vector<std::pair<std::string, std::string>> seen;
  ASSERT_TRUE(store->for_each("x:", [&](std::string_view key, std::string_view bytes, auto end) {
    seen.emplace_back(key, bytes);
    EXPECT_FALSE(end);
  }));
  EXPECT_EQ(seen, (std::vector<std::pair<std::string, std::string>>(model.begin(), model.end())));
  int ending = 0;
  ASSERT_TRUE(store->for_each("y", [&](auto, auto, auto end) { ending += end ? 1 : 0; }));
  EXPECT_EQ(ending, 1);
}

TEST(DiskStore, OneDirectoryIsOneStoreInAProcess) {
  const TempFolder folder;
  const auto store = open(folder, 4u << 20);
  const auto same = open(folder, 32u << 20);
  EXPECT_EQ(store, same);
  io::Loop loop;
  EXPECT_EQ(io::testing::run(loop, store->stats({}))->capacity_bytes, 32u << 20);
  for (int i = 0; i < 200; i++)
    store->keep("key-" + std::to_string(i), bytes_of(std::string(100'000, 'v')), {});
  ASSERT_TRUE(store->flush(patience));
  EXPECT_NE(read(*store, "key-0"), std::nullopt) << "it may have more now";
}

TEST(DiskStore, IsOpenedAgainOnlyWhenItIsClosed) {
  const TempFolder folder;
  auto store = open(folder);
  for (int i = 0; i < 20; i++) {
    const std::string key = "key-" + std::to_string(i);
    store->keep(key, bytes_of("v"), {});
    std::thread closing([old = std::move(store)]() mutable { old.reset(); });
    store = open(folder);
    closing.join();
    EXPECT_EQ(read(*store, key), "v");
  }
}

// Runs `work` in another process, which must not return before the store is as wanted.
template <class Work>
pid_t in_a_process(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  return child;
}

int exit_code_of(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(DiskStore, ProcessesShareADirectory) {
  const TempFolder folder;
  const pid_t child = in_a_process([&] {
    const auto store = open(folder, 4u << 20);
    for (int i = 0; i < 500; i++) store->keep("child-" + std::to_string(i), bytes_of("c"), {});
    EXPECT_TRUE(store->flush(patience));
  });
  const auto store = open(folder);
  for (int i = 0; i < 500; i++) store->keep("parent-" + std::to_string(i), bytes_of("p"), {});
  EXPECT_TRUE(store->flush(patience));
  ASSERT_EQ(exit_code_of(child), 0);
  for (int i = 0; i < 500; i++) {
    EXPECT_EQ(read(*store, "child-" + std::to_string(i)), "c");
    EXPECT_EQ(read(*store, "parent-" + std::to_string(i)), "p");
  }
}

// Another process holds the file's lock for writing and hangs.
TEST(DiskStore, DoesNotWaitForAProcessThatHangs) {
  const TempFolder folder;
  open(folder)->keep("a", bytes_of("old"), {});
  int tell[2];
  ASSERT_EQ(::pipe(tell), 0);
  const pid_t child = in_a_process([&] {
    std::unique_ptr<LmdbFile> file;
    EXPECT_EQ(LmdbFile::open(folder.file("cache/sluice.mdb"), 64u << 20, file), 0);
    const WriteTransaction writing(*file);
    EXPECT_EQ(::write(tell[1], "x", 1), 1);
    ::pause();
  });
  char ready = 0;
  ASSERT_EQ(::read(tell[0], &ready, 1), 1);
  const auto store = open(folder);
  EXPECT_EQ(read(*store, "a"), "old");
  EXPECT_TRUE(store->keep("a", bytes_of("new"), {}));
  EXPECT_FALSE(store->flush(Milliseconds(10)));
  EXPECT_EQ(read(*store, "a"), "new");
  ::kill(child, SIGKILL);
  exit_code_of(child);
  EXPECT_TRUE(store->flush(patience));
  EXPECT_EQ(read(*store, "a"), "new");
}

// A limit on the size of files stands for a disk that is full.
TEST(DiskStore, GoesOnWhenTheDiskIsFull) {
  const TempFolder folder;
  const pid_t child = in_a_process([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto store = open(folder, 32u << 20);
    const auto key = [](int i) { return "key-" + std::to_string(i % 300); };
    const auto keep_some = [&](int from) {
      for (int i = from; i < from + 400; i++) {
        EXPECT_TRUE(store->keep(key(i), bytes_of(std::to_string(i) + std::string(9000, 'v')), {}));
        if (i % 20 == 0) static_cast<void>(store->flush(patience));
      }
      EXPECT_TRUE(store->flush(patience));
    };
    keep_some(0);
    const auto size = fs::file_size(folder.file("cache/sluice.mdb"));
    const rlimit limit{.rlim_cur = size, .rlim_max = RLIM_INFINITY};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    keep_some(10'000);
    int kept = 0;
    for (int i = 10'100; i < 10'400; i++) {
      const auto found = read(*store, key(i));
      if (!found) continue;
      kept++;
      EXPECT_TRUE(found->starts_with(std::to_string(i) + "v"));
    }
    EXPECT_GT(kept, 100);
    EXPECT_LE(fs::file_size(folder.file("cache/sluice.mdb")), size);
  });
  EXPECT_EQ(exit_code_of(child), 0);
}

std::string value_of(int i) {
  return std::string(static_cast<std::size_t>(i * 7919 % 20'000), static_cast<char>('a' + i % 26)) +
         std::to_string(i);
}

// A child tells through a pipe what it knows to be in the file, and is killed while it writes on.
TEST(DiskStore, IsWholeAfterAKillInTheMiddleOfWriting) {
  const TempFolder folder;
  for (int round = 0; round < 3; round++) {
    int tell[2];
    ASSERT_EQ(::pipe(tell), 0);
    const pid_t child = in_a_process([&] {
      const auto store = open(folder, 16u << 20);
      for (int i = 0;; i++) {
        store->keep(std::to_string(round) + ":" + std::to_string(i), bytes_of(value_of(i)), {});
        if (i % 20 == 19 && store->flush(patience)) ::write(tell[1], &i, sizeof i);
      }
    });
    int safe = 0;
    for (int i = 0; i < 12 + round; i++) ASSERT_EQ(::read(tell[0], &safe, sizeof safe), 4);
    ::kill(child, SIGKILL);
    EXPECT_EQ(exit_code_of(child), 128 + SIGKILL);
    while (::close(tell[1]) == 0) tell[1] = -1;
    while (::read(tell[0], &safe, sizeof safe) == 4) {
    }
    ::close(tell[0]);

    const auto store = open(folder, 16u << 20);
    for (int i = 0; i <= safe; i++)
      EXPECT_EQ(read(*store, std::to_string(round) + ":" + std::to_string(i)), value_of(i));
    int entries = 0;
    ASSERT_TRUE(store->for_each("", [&](std::string_view key, std::string_view bytes, auto) {
      EXPECT_EQ(bytes, value_of(std::stoi(std::string(key.substr(2)))));
      entries++;
    }));
    EXPECT_GT(entries, safe);
  }
}

std::string open_error(const std::string& directory) {
  const auto store = DiskStore::open({.directory = directory});
  return store ? "" : store.error().message;
}

TEST(DiskStore, SaysWhatIsWrongWithItsDirectory) {
  const TempFolder folder;
  std::ofstream(folder.file("file")) << "text";
  EXPECT_EQ(open_error(folder.file("file")),
            "`disk_cache_dir`: can't use `" + folder.file("file") + "`: it is no directory");
  EXPECT_TRUE(open_error(folder.file("file/below")).ends_with("Not a directory"));
  EXPECT_TRUE(
      open_error("/proc/nowhere").starts_with("`disk_cache_dir`: can't use `/proc/nowhere`"));
  fs::create_directory(folder.file("text"));
  std::ofstream(folder.file("text/sluice.mdb")) << std::string(100'000, 'x');
  EXPECT_NE(open_error(folder.file("text")).find("damaged, or no cache of Sluice"),
            std::string::npos);
}

void expect_no_wrong_value(const std::string& directory) {
  if (const auto store = DiskStore::open({.directory = directory})) {
    for (int i = 0; i < 500; i++) {
      const auto found = (*store)->find("key-" + std::to_string(i));
      if (found && found->bytes != nullptr) EXPECT_EQ(*found->bytes, std::string(5000, 'v'));
    }
  } else {
    EXPECT_NE(store.error().message.find("damaged"), std::string::npos);
  }
}

TEST(DiskStore, ATruncatedFileIsAnErrorAndNoCrash) {
  const TempFolder folder;
  {
    const auto store = open(folder);
    for (int i = 0; i < 500; i++)
      store->keep("key-" + std::to_string(i), bytes_of(std::string(5000, 'v')), {});
  }
  const std::string path = folder.file("cache/sluice.mdb");
  const auto size = fs::file_size(path);
  for (std::uintmax_t missing = 4096; missing <= 20 * 4096; missing += 4096) {
    fs::copy_file(path, folder.file("whole"), fs::copy_options::overwrite_existing);
    fs::resize_file(path, size - missing);
    expect_no_wrong_value(folder.file("cache"));
    fs::copy_file(folder.file("whole"), path, fs::copy_options::overwrite_existing);
  }
  fs::resize_file(path, size / 2);
  EXPECT_NE(open_error(folder.file("cache")).find("bytes are missing at its end"),
            std::string::npos);
  fs::resize_file(path, 100);
  EXPECT_NE(open_error(folder.file("cache")), "");
}

TEST(DiskStore, SetsAFileOfAnotherVersionAside) {
  const TempFolder folder;
  const std::string path = folder.file("cache/sluice.mdb");
  open(folder)->keep("a", bytes_of("old"), {});
  {
    std::unique_ptr<LmdbFile> file;
    ASSERT_EQ(LmdbFile::open(path, 64u << 20, file), 0);
    WriteTransaction writing(*file);
    MDB_dbi unnamed = 0;
    MDB_val name = as_value("format"), text = as_value("sluice-cache 999");
    ASSERT_EQ(mdb_dbi_open(writing.get(), nullptr, 0, &unnamed), 0);
    ASSERT_EQ(mdb_put(writing.get(), unnamed, &name, &text, 0), 0);
    ASSERT_EQ(writing.commit(), 0);
  }
  const auto store = open(folder);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(read(*store, "a"), std::nullopt);
  EXPECT_TRUE(fs::exists(path + ".1"));
  store->keep("a", bytes_of("new"), {});
  EXPECT_EQ(read(*store, "a"), "new");
}

TEST(DiskStore, SaysWhenItsFileIsGone) {
  const TempFolder folder;
  const auto store = open(folder);
  io::Loop loop;
  EXPECT_TRUE(io::testing::run(loop, store->check({})));
  fs::remove(folder.file("cache/sluice.mdb"));
  const Status gone = io::testing::run(loop, store->check({}));
  ASSERT_FALSE(gone);
  EXPECT_NE(gone.error().message.find("was removed"), std::string::npos);
}

TEST(DiskStore, ThreadsReadWhileItIsWritten) {
  const TempFolder folder;
  const auto store = open(folder, 4u << 20);
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; reader++) {
    readers.emplace_back([&] {
      for (int i = 0; !over; i = (i + 1) % 50) {
        const std::string key = "key-" + std::to_string(i);
        const auto found = store->find(key);
        if (!found || (found->bytes != nullptr && !found->bytes->starts_with(key + "="))) wrong++;
      }
    });
  }
  for (int i = 0; i < 3000; i++) {
    const std::string key = "key-" + std::to_string(i % 50);
    const std::string value = key + "=" + std::string(static_cast<std::size_t>(i), 'v');
    while (!store->keep(key, bytes_of(value), {})) ASSERT_TRUE(store->flush(patience));
    const auto found = store->find(key);
    if (found && found->bytes != nullptr && *found->bytes != value) wrong++;
    if (i % 500 == 0) store->remove_prefix("key-1");
  }
  over = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sluice::store
