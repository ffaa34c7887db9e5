#include "base/reaper.h"

#include <gtest/gtest.h>

#include <future>

namespace sluice {
namespace {

struct Ending {
  std::promise<std::thread::id>* on_thread;
  ~Ending() { on_thread->set_value(std::this_thread::get_id()); }
};

struct ReaperTest : ::testing::Test {
  std::promise<std::thread::id> on_thread;
  std::future<std::thread::id> ended = on_thread.get_future();
  std::shared_ptr<Ending> make() { return std::shared_ptr<Ending>(new Ending{&on_thread}); }
};

TEST_F(ReaperTest, WhoLetsGoLastDoesNotDestroy) {
  Reaper reaper;
  auto first = reaper.adopt(make());
  auto last = first;
  first.reset();
  last.reset();
  EXPECT_NE(ended.get(), std::this_thread::get_id());
}

TEST_F(ReaperTest, AtItsOwnEndAllIsDestroyed) {
  {
    Reaper reaper;
    reaper.adopt(make()).reset();
  }
  EXPECT_EQ(ended.wait_for(std::chrono::seconds(0)), std::future_status::ready);
}

}  // namespace
}  // namespace sluice
