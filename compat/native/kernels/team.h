// What threads that compute one thing together need: memory of their own, tasks to share, a place to meet.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <new>
#include <sched.h>

namespace wgqa::decoding {
namespace {

// Nothing of the standard library that is code: the linker keeps one copy of a template, and it might be one with instructions that this
// processor lacks.
inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// Memory that a thread works in, kept from call to call; it begins at a cache line.
class Scratch {
 public:
  ~Scratch() { std::free(memory_); }

  char* bytes(int64_t count) {
    if (count > count_) {
      std::free(memory_);
      count = (count + 4095) / 4096 * 4096;
      memory_ = static_cast<char*>(std::aligned_alloc(64, static_cast<size_t>(count)));
      count_ = memory_ ? count : 0;
      if (!memory_) throw std::bad_alloc();
    }
    return memory_;
  }

  float* of(int64_t count) { return reinterpret_cast<float*>(bytes(count * static_cast<int64_t>(sizeof(float)))); }

 private:
  char* memory_ = nullptr;
  int64_t count_ = 0;
};

// Memory that a thread is about to read.
struct Ahead {
  const void* from;
  int64_t bytes;
};

// Threads inside one parallel region that do phase after phase. In each a thread takes the task of its own number first, so that it knows
// what it will read, and then whatever is left; at the end all wait for the last, reading ahead meanwhile. Waiting spins: a phase is
// shorter than putting a thread to sleep.
class Team {
 public:
  // How many there are, before the first phase.
  void gather(int threads) { threads_ = next_ = threads; }

  int threads() const { return static_cast<int>(threads_); }

  template <class Work>
  void share(int thread, int64_t tasks, const Work& work) {
    for (int64_t task = thread; task < tasks; task = __atomic_fetch_add(&next_, 1, __ATOMIC_RELAXED)) work(task);
  }

  void meet(Ahead ahead = {}) {
    constexpr int kPatience = 4000;   // beyond it somebody else has the processor of whom is waited for
    const int64_t phase = __atomic_load_n(&phase_, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&arrived_, 1, __ATOMIC_ACQ_REL) == threads_) {
      arrived_ = 0;
      next_ = threads_;
      __atomic_store_n(&phase_, phase + 1, __ATOMIC_RELEASE);
      return;
    }
    const auto* from = static_cast<const char*>(ahead.from);
    int64_t done = 0;
    for (int turns = 0; __atomic_load_n(&phase_, __ATOMIC_ACQUIRE) == phase; turns++) {
      if (done < ahead.bytes) {
        __builtin_prefetch(from + done, 0, 2);
        done += 64;
      } else if (turns > kPatience) {
        sched_yield();
      } else {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
      }
    }
  }

 private:
  int64_t threads_ = 1;
  alignas(64) int64_t next_ = 1;
  alignas(64) int64_t arrived_ = 0;
  alignas(64) int64_t phase_ = 0;
};

}  // namespace
}  // namespace wgqa::decoding
