#pragma once
// A per-thread free list of objects that keep their memory: request and reply buffers of
// connections that are idle hold nothing, those in use allocate nothing once the list is warm.
#include <cstddef>
#include <memory>
#include <vector>

namespace sluice::http {

// T has reset(), which empties it, gives back excessive memory, and keeps the rest.
template <class T>
class Recycled {
 public:
  Recycled() : object_(take()) {}
  ~Recycled() { give(std::move(object_)); }
  Recycled(Recycled&& other) noexcept = default;
  Recycled& operator=(Recycled&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_.get(); }

 private:
  static constexpr std::size_t most_kept = 1024;
  static std::vector<std::unique_ptr<T>>& list() {
    thread_local std::vector<std::unique_ptr<T>> objects;
    return objects;
  }
  static std::unique_ptr<T> take() {
    if (list().empty()) return std::make_unique<T>();
    std::unique_ptr<T> object = std::move(list().back());
    list().pop_back();
    return object;
  }
  static void give(std::unique_ptr<T> object) {
    if (object == nullptr || list().size() >= most_kept) return;
    object->reset();
    list().push_back(std::move(object));
  }
  std::unique_ptr<T> object_;
};

// Empties a string; one that grew beyond what most messages need is given back to the system.
template <class String>
void reset_string(String& text, std::size_t most_kept = 16 * 1024) {
  if (text.capacity() > most_kept) {
    String().swap(text);
  } else {
    text.clear();
  }
}

}  // namespace sluice::http
