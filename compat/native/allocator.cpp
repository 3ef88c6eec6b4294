// Where libtorch's CPU tensors lie. glibc maps a large tensor when it is made and unmaps it when it is freed, so every step
// asks the system for the same pages again, zeroed one by one: a fifth of a training step. Here large blocks come from one
// range of addresses in huge pages and go back to it, adjacent ones joined, and the system is asked only when a step needs
// more than any before it.

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "guarded.h"

namespace {

constexpr size_t kLarge = size_t{1} << 20;        // from here on a block comes from the range
constexpr size_t kGranule = size_t{1} << 12;      // sizes are multiples of a page
constexpr size_t kHugePage = size_t{1} << 21;
constexpr size_t kAlignment = 64;

// What tensors hold now, wherever it lies.
std::atomic<int64_t> blocks_held{0};
std::atomic<int64_t> bytes_held{0};

void count(int64_t blocks, size_t bytes) {
  blocks_held.fetch_add(blocks, std::memory_order_relaxed);
  bytes_held.fetch_add(blocks * static_cast<int64_t>(bytes), std::memory_order_relaxed);
}

class Range {
 public:
  // Twice the machine's memory: addresses cost nothing until they are written to.
  Range() {
    const size_t bytes = 2 * static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void* mapped = mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) {
      return;  // an address limit: every block comes from malloc, as without this file
    }
    start_ = (reinterpret_cast<uintptr_t>(mapped) + kHugePage - 1) / kHugePage * kHugePage;
    size_ = bytes;
    madvise(reinterpret_cast<void*>(start_), size_, MADV_HUGEPAGE);
    insert(start_, size_);
  }

  bool holds(void* block) const { return reinterpret_cast<uintptr_t>(block) - start_ < size_; }

  // Best fit, the lowest address of equal ones; null when the range is full.
  void* take(size_t bytes) {
    bytes = (bytes + kGranule - 1) / kGranule * kGranule;
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto best = by_size_.lower_bound({bytes, 0});
    if (best == by_size_.end()) {
      return nullptr;
    }
    const auto [size, start] = *best;
    by_size_.erase(best);
    by_start_.erase(start);
    if (size > bytes) {
      insert(start + bytes, size - bytes);
    }
    taken_[start] = bytes;
    reached_ = std::max(reached_, start + bytes - start_);
    count(1, bytes);
    return reinterpret_cast<void*>(start);
  }

  void give(void* block) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto start = reinterpret_cast<uintptr_t>(block);
    const auto mine = taken_.find(start);
    size_t size = mine->second;
    taken_.erase(mine);
    count(-1, size);
    auto after = by_start_.lower_bound(start);
    if (after != by_start_.end() && after->first == start + size) {
      size += after->second;
      by_size_.erase({after->second, after->first});
      after = by_start_.erase(after);
    }
    if (after != by_start_.begin()) {
      const auto before = std::prev(after);
      if (before->first + before->second == start) {
        start = before->first;
        size += before->second;
        by_size_.erase({before->second, before->first});
        by_start_.erase(before);
      }
    }
    insert(start, size);
  }

  // How far into the range a block has ever lain: the memory that the system has been asked for.
  size_t reached() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reached_;
  }

 private:
  void insert(uintptr_t start, size_t size) {
    by_start_.emplace(start, size);
    by_size_.emplace(size, start);
  }

  uintptr_t start_ = 0;
  size_t size_ = 0;
  size_t reached_ = 0;
  std::mutex mutex_;
  std::map<uintptr_t, size_t> by_start_;                 // free, by address
  std::set<std::pair<size_t, uintptr_t>> by_size_;       // the same, by size
  std::map<uintptr_t, size_t> taken_;
};

Range& range() {
  static auto* const only = new Range;  // tensors outlive static destructors
  return *only;
}

void release(void* block) {
  if (range().holds(block)) {
    range().give(block);
  } else if (block != nullptr) {
    count(-1, malloc_usable_size(block));
    std::free(block);
  }
}

at::DataPtr allocated(size_t bytes) {
  void* block = bytes >= kLarge ? range().take(bytes) : nullptr;
  if (block == nullptr && bytes > 0) {
    TORCH_CHECK_WITH(OutOfMemoryError, posix_memalign(&block, kAlignment, bytes) == 0, "there is no memory for a tensor of ", bytes, " bytes");
    count(1, malloc_usable_size(block));
  }
  return {block, block, &release, at::Device(at::DeviceType::CPU)};
}

// What libtorch asks to be overridden changed between versions: allocate was const, and copying came with 2.3.
struct RangeAllocator final : c10::Allocator {
  at::DataPtr allocate(size_t bytes) const { return allocated(bytes); }
  at::DataPtr allocate(size_t bytes) { return allocated(bytes); }
  void copy_data(void* target, const void* source, std::size_t bytes) const { std::memcpy(target, source, bytes); }
  at::DeleterFnPtr raw_deleter() const override { return &release; }
};

RangeAllocator allocator;

// Before the first tensor: this library is what loads libtorch. WGQA_ALLOCATOR=malloc leaves libtorch's own, to compare.
const bool installed = [] {
  const char* chosen = std::getenv("WGQA_ALLOCATOR");
  if (chosen == nullptr || std::strcmp(chosen, "malloc") != 0) {
    c10::SetCPUAllocator(&allocator, 1);
  }
  return true;
}();

}  // namespace

// Blocks and bytes that CPU tensors hold, and how much of the range has ever been in use.
WGQA_API int wgqa_memory_held(int64_t* blocks, int64_t* bytes, int64_t* reached) {
  if (c10::GetCPUAllocator() != &allocator) {
    return wgqa::fail("libtorch's own allocator is in use");
  }
  *blocks = blocks_held.load();
  *bytes = bytes_held.load();
  *reached = static_cast<int64_t>(range().reached());
  return 0;
}
