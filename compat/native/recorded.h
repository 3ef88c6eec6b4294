// How an entry ends that is an operator of its own: it does not go through the dispatcher, so it says itself when it begins and ends.
#pragma once

#include <ATen/record_function.h>

#include <utility>

#include "guarded.h"
#include "tape.h"

namespace wgqa {

// As guarded; whoever times operators (profile.cpp) sees it under that name, and where nobody does it costs next to nothing.
template <class Body>
int recorded(const char* name, Body&& body) noexcept {
  return guarded([&] {
    off_tape(name);
    RECORD_FUNCTION(name, c10::ArrayRef<const c10::IValue>{});
    body();
  });
}

}  // namespace wgqa
