// Where the time of operators goes: libtorch says when one begins and ends, gradients' nodes included, and here their times are
// summed by name, each without those that it calls. Nothing is installed until somebody asks.

#include <ATen/record_function.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "guarded.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Spent {
  int64_t calls = 0;
  int64_t nanoseconds = 0;
};

std::mutex gate;
std::unordered_map<std::string, Spent> spent;             // by name
std::vector<std::pair<std::string, Spent>> reported;      // what was last read
at::CallbackHandle installed = 0;                         // 0 while nobody asks

// An operator at work, and the one that called it.
struct Working : at::ObserverContext {
  Clock::time_point began;
  Clock::duration within{0};   // others that it called
  Working* caller = nullptr;
};

thread_local Working* innermost = nullptr;

std::unique_ptr<at::ObserverContext> begins(const at::RecordFunction& operation) {
  if (operation.isAsync()) {
    return nullptr;   // ends on another thread
  }
  auto working = std::make_unique<Working>();
  working->caller = innermost;
  innermost = working.get();
  working->began = Clock::now();
  return working;
}

void ends(const at::RecordFunction& operation, at::ObserverContext* context) {
  if (context == nullptr) {
    return;
  }
  const auto now = Clock::now();
  auto* working = static_cast<Working*>(context);
  const auto all = now - working->began;
  innermost = working->caller;
  if (innermost != nullptr) {
    innermost->within += all;
  }
  const std::lock_guard<std::mutex> lock(gate);
  auto& mine = spent[operation.name()];
  mine.calls++;
  mine.nanoseconds += std::chrono::duration_cast<std::chrono::nanoseconds>(all - working->within).count();
}

}  // namespace

// From now on operators are timed, by all threads.
WGQA_API int wgqa_profile_begin() {
  return wgqa::guarded([] {
    if (installed == 0) {
      installed = at::addGlobalCallback(at::RecordFunctionCallback(begins, ends).scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
    }
  });
}

// From now on they are not.
WGQA_API int wgqa_profile_end() {
  return wgqa::guarded([] {
    if (installed != 0) {
      at::removeCallback(installed);
      installed = 0;
    }
  });
}

// Forgets what has been summed, and gives the number of operators that had been.
WGQA_API int wgqa_profile_take(int32_t* count) {
  return wgqa::guarded([&] {
    const std::lock_guard<std::mutex> lock(gate);
    reported.assign(spent.begin(), spent.end());
    spent.clear();
    *count = static_cast<int32_t>(reported.size());
  });
}

// One of those, in no particular order.
WGQA_API void wgqa_profile_read(int32_t index, const char** name, int64_t* calls, int64_t* nanoseconds) {
  const auto& [its, sum] = reported[static_cast<size_t>(index)];
  *name = its.c_str();
  *calls = sum.calls;
  *nanoseconds = sum.nanoseconds;
}
