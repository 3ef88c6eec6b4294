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

// Phase after phase that threads inside one parallel region do together. A phase's tasks go to whoever comes, and it is over when all are done, whether or not every thread
// has come: one that is still being woken, or has lost its processor to somebody else, keeps nobody waiting. Waiting for tasks that others do spins, reading ahead meanwhile: a phase is shorter than
// putting a thread to sleep.
class Phases {
 public:
  struct alignas(64) Phase {
    int64_t next, done;
  };

  // `phases`: zeroes.
  explicit Phases(Phase* phases) : phases_(phases) {}

  // `prepare` is what a thread does for itself before its first task, and what comes of it is given to each of them.
  template <class Prepare, class Work>
  void share(int64_t number, int64_t tasks, Ahead ahead, const Prepare& prepare, const Work& work) {
    constexpr int kPatience = 4000;   // beyond it somebody else has the processor of whom is waited for
    Phase& phase = phases_[number];
    if (__atomic_load_n(&phase.next, __ATOMIC_RELAXED) < tasks) {
      const auto prepared = prepare();
      int64_t done = 0;
      for (int64_t task; (task = __atomic_fetch_add(&phase.next, 1, __ATOMIC_RELAXED)) < tasks; done++) work(prepared, task);
      if (done > 0) __atomic_fetch_add(&phase.done, done, __ATOMIC_RELEASE);
    }
    const auto* from = static_cast<const char*>(ahead.from);
    int64_t asked = 0;
    for (int turns = 0; __atomic_load_n(&phase.done, __ATOMIC_ACQUIRE) < tasks; turns++) {
      if (asked < ahead.bytes) {
        __builtin_prefetch(from + asked, 0, 2);
        asked += 64;
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
  Phase* const phases_;
};

}  // namespace
}  // namespace wgqa::decoding
