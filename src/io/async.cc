#include "io/async.h"

namespace sluice::io {

thread_local void* FrameList::free_[FrameList::classes] = {};

// The slow path also arranges the clean-up, so that the fast one stays free of a check whether this
// thread has been prepared.
void* FrameList::allocate(std::size_t size) {
  struct AtThreadEnd {
    ~AtThreadEnd() { release(); }
  };
  static thread_local const AtThreadEnd at_thread_end;
  return ::operator new(size);
}

void FrameList::release() {
  for (void*& list : free_) {
    while (list != nullptr) {
      void* frame = list;
      list = *static_cast<void**>(frame);
      ::operator delete(frame);
    }
  }
}

}  // namespace sluice::io
