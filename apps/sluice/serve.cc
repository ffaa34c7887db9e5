#include "sluice/serve.h"

#include <malloc.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <iostream>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/reaper.h"
#include "sluice/check.h"
#include "sluice/command_line.h"
#include "sluice/version.h"
#include "sluice/worker.h"

namespace sluice {

namespace {

using Serving = Worker::Serving;

// As many connections as the system allows this process.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Large bodies come and go: by default the allocator would give their memory back to the system
// after each and fault it in again for the next.
void keep_freed_memory() {
  constexpr int mapped_from = 4 << 20, kept = 16 << 20;  // bytes
  ::mallopt(M_MMAP_THRESHOLD, mapped_from);
  ::mallopt(M_TRIM_THRESHOLD, kept);
}

// Cores that this process may run on: a pinned process must not have loops that share a core.
int usable_cores() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

// The signals that the main thread waits for; blocked before any thread starts, so all inherit it.
sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, each);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

// Reads configurations and makes snapshots of them, at start and on reload.
class ConfigSource {
 public:
  ConfigSource(const ServeOptions& options, std::shared_ptr<const io::ProxySettings> proxies,
               embed::Models& models)
      : options_(options), proxies_(std::move(proxies)), models_(models) {}

  // Nothing when the configuration can't run; what is wrong was printed.
  std::optional<Serving> load() {
    const auto environment = config::Environment::of_process();
    config::Loaded loaded = options_.config.empty()
                                ? config::load_without_file(options_.model, environment)
                                : config::load(options_.config, environment);
    print_verdicts(loaded.verdicts, std::cerr);
    if (!loaded.settings) return std::nullopt;
    set_log_format(loaded.settings->json_logs ? LogFormat::json : LogFormat::text);
    set_log_level(options_.debug || loaded.settings->verbose ? LogLevel::debug : LogLevel::info);
    auto snapshot =
        gateway::Snapshot::make(std::move(*loaded.settings), health_, trust_, *proxies_);
    if (snapshot) return Serving{*snapshot, open_cache((*snapshot)->settings().cache)};
    log(LogLevel::error, snapshot.error().message);
    return std::nullopt;
  }

 private:
  // The running cache when the settings are the same. One that can't be opened costs its hits, not
  // the service.
  std::shared_ptr<cache::SharedCache> open_cache(const std::optional<CacheSettings>& settings) {
    if (!settings) return cache_ = nullptr;
    if (cache_ != nullptr && cache_->settings() == *settings) return cache_;
    auto opened = cache::SharedCache::open(*settings, models_);
    if (opened) return cache_ = reaper_.adopt(std::move(*opened));
    log(LogLevel::error, "serving without a cache: " + opened.error().message);
    return cache_ = nullptr;
  }

  const ServeOptions& options_;
  std::shared_ptr<const io::ProxySettings> proxies_;
  router::HealthTable health_;
  gateway::TrustStore trust_;
  embed::Models& models_;
  Reaper reaper_;  // of replaced caches, which the last of the loops' requests lets go of
  std::shared_ptr<cache::SharedCache> cache_;
};

class Service {
 public:
  Service(const ServeOptions& options, ConfigSource& source, embed::Models& models)
      : options_(options), source_(source), models_(models) {
    process_.version = version_text;
    process_.started = std::chrono::system_clock::now();
  }
  // Encoders call back into the loops.
  ~Service() { models_.stop(); }

  Status start(const Serving& serving, std::shared_ptr<const io::ProxySettings> proxies) {
    std::shared_ptr<io::TlsContext> tls;
    if (!options_.certificate.empty()) {
      TRY(tls, io::TlsContext::server(options_.certificate, options_.key));
    }
    TRY([[maybe_unused]] const Done free, io::Listener::check_free(options_.host, options_.port));
    const int count = options_.workers > 0 ? options_.workers : usable_cores();
    for (int i = 0; i < count; i++) {
      workers_.push_back(std::make_unique<Worker>(Worker::Parts{.serving = serving,
                                                                .flights = &flights_,
                                                                .models = &models_,
                                                                .proxies = proxies,
                                                                .tls = tls,
                                                                .process = &process_}));
      process_.metrics.push_back(&workers_.back()->metrics());
      const int port = i == 0 ? options_.port : workers_.front()->port();
      TRY([[maybe_unused]] const Done listening, workers_.back()->listen(options_.host, port));
    }
    for (const auto& worker : workers_) worker->start();
    announce(*serving.snapshot);
    return Done{};
  }

  // Until a signal asks for the end.
  void run(const sigset_t& signals) {
    for (;;) {
      int signal = 0;
      ::sigwait(&signals, &signal);
      if (signal == SIGHUP)
        reload();
      else
        break;
    }
    drain(signals);
  }

 private:
  void announce(const gateway::Snapshot& snapshot) const {
    const std::string scheme = options_.certificate.empty() ? "http" : "https";
    const std::string port = std::to_string(workers_.front()->port());
    log(LogLevel::info, "serving " + scheme + "://" + options_.host + ":" + port,
        {{"version", process_.version},
         {"workers", std::to_string(workers_.size())},
         {"model_groups", std::to_string(snapshot.router().public_names().size())},
         {"auth", snapshot.settings().master_key.empty() ? "none" : "master_key"}});
  }

  void reload() {
    std::optional<Serving> serving = source_.load();
    // A file that names no model at all was most likely read while it was being written.
    if (serving && serving->snapshot->settings().deployments.empty() &&
        serving->snapshot->settings().unavailable.empty()) {
      log(LogLevel::error, "the configuration names no model", {{"file", options_.config}});
      serving.reset();
    }
    if (!serving) {
      log(LogLevel::error, "reload failed: the configuration that runs is kept",
          {{"file", options_.config}});
      return;
    }
    for (const auto& worker : workers_) worker->use(*serving);
    log(LogLevel::info, "reloaded the configuration", {{"file", options_.config}});
  }

  void drain(const sigset_t& signals) {
    log(LogLevel::info, "draining: no new connections, requests in flight are finished");
    // A watchdog instead of a timed join: the end of the time, or a second signal, ends the
    // process.
    // It may outlive this object: it holds copies.
    std::thread([seconds = options_.drain_seconds, signals] {
      timespec limit{.tv_sec = seconds, .tv_nsec = 0};
      sigset_t ending = signals;
      sigdelset(&ending, SIGHUP);
      ::sigtimedwait(&ending, nullptr, &limit);
      log(LogLevel::warn, "requests were still in flight at the end of the drain time");
      ::_exit(0);
    }).detach();
    for (const auto& worker : workers_) worker->drain();
    for (const auto& worker : workers_) worker->join();
  }

  const ServeOptions& options_;
  ConfigSource& source_;
  embed::Models& models_;
  api::Process process_;
  gateway::FlightTable flights_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

int complain(const Error& error) {
  std::cerr << "sluice: " << error.message << "\n";
  return 2;
}

}  // namespace

int run_serve(std::span<const std::string_view> args) {
  const auto options = parse_serve_options(args, config::Environment::of_process());
  if (!options) return complain(options.error());
  if (options->help) return std::cout << serve_help(), 0;
  if (options->version) return std::cout << "sluice " << version_text << "\n", 0;
  if (options->config.empty() && options->model.model.empty())
    return complain(client_error(
        "nothing to serve: give --config FILE (or CONFIG_FILE_PATH), or --model NAME."));
  for (const std::string& flag : options->without_effect)
    log(LogLevel::warn, "this flag has no effect in Sluice", {{"flag", flag}});

  raise_descriptor_limit();
  keep_freed_memory();
  const sigset_t signals = block_signals();
  auto proxies = io::ProxySettings::from_environment();
  if (!proxies) return complain(proxies.error());
  const auto shared_proxies = std::make_shared<const io::ProxySettings>(std::move(*proxies));
  embed::Models models;
  ConfigSource source(*options, shared_proxies, models);
  const std::optional<Serving> serving = source.load();
  if (!serving) return 2;
  Service service(*options, source, models);
  const Status started = service.start(*serving, shared_proxies);
  if (!started) return complain(started.error());
  service.run(signals);
  return 0;
}

}  // namespace sluice
