#pragma once
// Async<T>: a lazily started coroutine that is awaited exactly once, on the loop where it began.
//
//   Async<Status> answer(Stream& client);
//   const Status sent = co_await answer(client);
//
// Rules: one await a line, into a name; nothing borrowed from a temporary across an await; clean up
// in destructors. Destroying an Async destroys the frame and with it whatever it waits for. Frames
// come from a per-thread free list: awaiting allocates nothing once the list is warm.
#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <optional>
#include <utility>

namespace sluice::io {

// Size-classed free list of coroutine frames. One per thread, never shared; what it holds is given
// back to the system only at the thread's end.
class FrameList {
 public:
  static void* take(std::size_t size) {
    const std::size_t k = size_class(size);
    if (!recycles || k >= classes || free_[k] == nullptr) return allocate(k * step);
    void* frame = free_[k];
    free_[k] = *static_cast<void**>(frame);
    return frame;
  }
  static void give(void* frame, std::size_t size) {
    const std::size_t k = size_class(size);
    if (!recycles || k >= classes) return ::operator delete(frame);
    *static_cast<void**>(frame) = free_[k];
    free_[k] = frame;
  }

 private:
  static constexpr std::size_t step = 64, classes = 64;
#if defined(__has_feature) && __has_feature(address_sanitizer)
  static constexpr bool recycles = false;  // so that a use of a dead frame is seen
#else
  static constexpr bool recycles = true;
#endif
  static void* allocate(std::size_t size);
  static void release();
  static std::size_t size_class(std::size_t size) { return (size + step - 1) / step; }
  static thread_local void* free_[classes];
};

template <class T>
class [[nodiscard]] Async {
 public:
  struct promise_type {
    std::coroutine_handle<> caller;
    // True while the caller is still inside await_suspend. A child that ends before it ever
    // suspends must not resume its caller: await_suspend then returns false and the caller just
    // goes on. This keeps the stack flat in every build; symmetric transfer does so only when
    // optimised.
    bool starting = true;
    std::optional<T> value;

    static void* operator new(std::size_t size) { return FrameList::take(size); }
    static void operator delete(void* frame, std::size_t size) { FrameList::give(frame, size); }

    Async get_return_object() {
      return Async(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct Final {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        if (!self.promise().starting) self.promise().caller.resume();
      }
      void await_resume() noexcept {}
    };
    Final final_suspend() noexcept { return {}; }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
    void unhandled_exception() { std::terminate(); }
  };

  Async(Async&& other) noexcept : self_(std::exchange(other.self_, nullptr)) {}
  Async& operator=(Async&&) = delete;
  ~Async() {
    if (self_) self_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> caller) {
    self_.promise().caller = caller;
    self_.resume();
    if (self_.done()) return false;
    self_.promise().starting = false;
    return true;
  }
  T await_resume() { return std::move(*self_.promise().value); }

 private:
  explicit Async(std::coroutine_handle<promise_type> self) : self_(self) {}
  std::coroutine_handle<promise_type> self_;
};

// A coroutine that nobody awaits: it starts at once and frees itself at its end. For the start of a
// connection and for background work; whoever starts one counts it, so that shutdown can wait.
struct Detached {
  struct promise_type {
    static void* operator new(std::size_t size) { return FrameList::take(size); }
    static void operator delete(void* frame, std::size_t size) { FrameList::give(frame, size); }
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

}  // namespace sluice::io
