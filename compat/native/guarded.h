// How every C entry of this library ends: 0, or 1 with the first line of what was thrown in wgqa_error().
#pragma once

#include <c10/util/Exception.h>

#include <exception>

#define WGQA_API extern "C" __attribute__((visibility("default")))

namespace wgqa {

// Keeps the message's first line for wgqa_error(), and returns 1.
int fail(const char* message);

// Runs the body of an entry; 0 when it returned, 1 when it threw.
template <class Body>
int guarded(Body&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& e) {
    return fail(e.what_without_backtrace());
  } catch (const std::exception& e) {
    return fail(e.what());
  } catch (...) {
    return fail("libtorch threw something that is not an exception");
  }
}

}  // namespace wgqa
