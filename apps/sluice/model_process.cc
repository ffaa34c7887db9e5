#include "sluice/model_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>

namespace sluice {

namespace {

namespace fs = std::filesystem;

// Ctrl-C ends the program that runs; this one goes on to clear up.
class IgnoredInterrupts {
 public:
  IgnoredInterrupts() : before_(::signal(SIGINT, SIG_IGN)) {}
  ~IgnoredInterrupts() { ::signal(SIGINT, before_); }
  IgnoredInterrupts(const IgnoredInterrupts&) = delete;

 private:
  using Handler = void (*)(int);
  Handler before_;
};

// Error number, or 0 with the process id set. What it says goes to the file `log`.
int start(std::vector<std::string>& words, const fs::path& folder, const std::string& log,
          pid_t& pid) {
  std::vector<char*> args;
  for (std::string& word : words) args.push_back(word.data());
  args.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGINT);
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  const int failed = ::posix_spawnp(&pid, args[0], &actions, &attributes, args.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return failed;
}

std::uintmax_t bytes_in(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    const std::uintmax_t size = entry.file_size(error);
    if (!error) bytes += size;
  }
  return bytes;
}

int wait_for(pid_t pid, const fs::path& folder, Progress& progress) {
  constexpr auto pause = std::chrono::milliseconds(100);
  int status = 0;
  while (::waitpid(pid, &status, WNOHANG) == 0) {
    progress.tick(bytes_in(folder));
    std::this_thread::sleep_for(pause);
  }
  return status;
}

// The last lines of what a program said.
std::string end_of(const std::string& log) {
  constexpr std::size_t most = 1000;
  std::ifstream in(log, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.size() > most) text = "…" + text.substr(text.find('\n', text.size() - most) + 1);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "sluice-model-XXXXXX").string();
  if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

Status run_program(std::vector<std::string> words, const std::string& install,
                   const fs::path& folder, Progress& progress) {
  const std::string program = words.front(), log = (folder / "output.log").string();
  const IgnoredInterrupts ignored;
  pid_t pid = 0;
  if (const int failed = start(words, folder, log, pid); failed == ENOENT)
    return fail(gateway_error("`" + program + "` is not installed; install " + install));
  else if (failed != 0)
    return fail(gateway_error("`" + program +
                              "` can't be run: " + std::generic_category().message(failed)));
  const int status = wait_for(pid, folder, progress);
  if (WIFSIGNALED(status)) return fail(gateway_error("`" + program + "` was interrupted"));
  if (WEXITSTATUS(status) != 0)
    return fail(gateway_error("`" + program + "` ended with code " +
                              std::to_string(WEXITSTATUS(status)) + ":\n" + end_of(log)));
  return Done{};
}

}  // namespace sluice
