#include "io/async.h"

namespace sluice::io {

thread_local void* FrameList::free_[FrameList::classes] = {};

}  // namespace sluice::io
