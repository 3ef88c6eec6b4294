// Operators on a tape: see tape.cpp.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

namespace wgqa {

// Whether this thread's operators are being recorded.
bool taping() noexcept;

// Throws, while recording, as what an entry is about to do could not be done again without the host.
void off_tape(const char* what);

// Adds an operator that has been called: what it was given, and what it returned.
void tape(const c10::OperatorHandle& op, c10::Stack&& given, const c10::Stack& returned);

}  // namespace wgqa
