// The C entries of Wgqa.Kernels.CudaGraphs: work on a CUDA device recorded as a graph, and replayed.
//
// Compiled against what the build found: without the headers of CUDA's runtime no entry is there, and the product does the work
// as it stands. The rules of torch.cpp hold here too: no exception leaves this file.

#ifdef WGQA_CUDA_GRAPH

#include "guarded.h"

#include <ATen/cuda/CUDAGraph.h>
#include <ATen/ops/zeros.h>
#include <c10/core/Event.h>
#include <c10/core/InferenceMode.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/version.h>

#include <cstdint>
#include <memory>
#include <optional>

// In the library that torch_cuda brings along: linking needs no CUDA of its own.
#pragma weak cudaGetLastError

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
#define WGQA_NAMED_POOLS
#endif

namespace {

using at::cuda::CUDAGraph;
using c10::cuda::CUDAStream;
using wgqa::guarded;

// What records on one device; lives as long as the process.
struct Graphs {
  c10::DeviceIndex device;
  CUDAStream side;  // recording is not possible on the default stream
  decltype(at::cuda::graph_pool_handle()) pool;  // its name moves from release to release
  std::unique_ptr<CUDAGraph> keeper;
  at::Tensor kept;

  // Between enter and leave.
  std::optional<CUDAStream> outside;
  c10::DeviceIndex device_before = 0;
  std::unique_ptr<CUDAGraph> recording;

  explicit Graphs(c10::DeviceIndex index)
      : device(index), side(c10::cuda::getStreamFromPool(false, index)), pool(at::cuda::graph_pool_handle()) {}

  void enter() {
    device_before = c10::cuda::current_device();
    c10::cuda::set_device(device);
    const CUDAStream before = c10::cuda::getCurrentCUDAStream(device);
    hand_over(before, side);
    c10::cuda::setCurrentCUDAStream(side);
    outside = before;
  }

  void leave() {
    if (!outside) {
      return;
    }
    const CUDAStream before = *outside;
    outside.reset();
    c10::cuda::setCurrentCUDAStream(before);
    c10::cuda::set_device(device_before);
    hand_over(side, before);
  }

  void begin() {
    // What libtorch itself allocates here, such as the seed of random numbers, outlives this thread's inference mode.
    const c10::InferenceMode ordinary(false);
    recording = std::make_unique<CUDAGraph>();
#ifdef WGQA_NAMED_POOLS
    // What other threads do meanwhile, a finalizer's for one, does not break the recording.
    recording->capture_begin(pool, cudaStreamCaptureModeThreadLocal);
#else
    recording->capture_begin(pool);
#endif
  }

  CUDAGraph* end() {
    recording->capture_end();
    return recording.release();
  }

  // Leaves the stream and the allocator as if nothing had been recorded.
  void abandon() noexcept {
    if (!recording) {
      return;
    }
    try {
      recording->capture_end();
    } catch (...) {
      // The error that ended the recording is not one of what follows.
      if (cudaGetLastError != nullptr) {
        (void)cudaGetLastError();
      }
#ifdef WGQA_NAMED_POOLS
      try {
        c10::cuda::CUDACachingAllocator::endAllocateToPool(device, pool);
        c10::cuda::CUDACachingAllocator::releasePool(device, pool);
      } catch (...) {
      }
#endif
    }
    try {
      recording.reset();
    } catch (...) {
    }
  }

  static void hand_over(const CUDAStream& from, const CUDAStream& to) {
    c10::Event done(c10::DeviceType::CUDA);
    done.record(from.unwrap());
    done.block(to.unwrap());
  }
};

Graphs& graphs(void* handle) { return *static_cast<Graphs*>(handle); }

}  // namespace

// What records on a device, made once for each.
WGQA_API int wgqa_graphs_open(int32_t device, void** result) {
  return guarded([&] {
    auto made = std::make_unique<Graphs>(static_cast<c10::DeviceIndex>(device));
    // Graphs share one pool of memory, which lasts while a graph of it does: one that does next to nothing is kept. Where each
    // session had a pool of its own, every one would leave its memory behind until the device has none left.
    made->enter();
    try {
      const c10::InferenceMode ordinary(false);
      const auto next_to_nothing = [&] { return at::zeros({1}, at::TensorOptions().dtype(at::kFloat).device(at::kCUDA, made->device)); };
      (void)next_to_nothing();  // its kernel is loaded before it is recorded
      made->begin();
      made->kept = next_to_nothing();
      made->keeper.reset(made->end());
    } catch (...) {
      made->abandon();
      made->leave();
      throw;
    }
    made->leave();
    *result = made.release();
  });
}

// From here to wgqa_graphs_leave this thread computes on the stream that recording takes place on, after what it has done
// before; and what it does afterwards comes after that.
WGQA_API int wgqa_graphs_enter(void* handle) {
  return guarded([&] { graphs(handle).enter(); });
}

WGQA_API int wgqa_graphs_leave(void* handle) {
  return guarded([&] { graphs(handle).leave(); });
}

// Between enter and leave: what follows is recorded, and not done.
WGQA_API int wgqa_graphs_begin(void* handle) {
  return guarded([&] { graphs(handle).begin(); });
}

WGQA_API int wgqa_graphs_end(void* handle, void** result) {
  return guarded([&] { *result = graphs(handle).end(); });
}

// After begin, instead of end.
WGQA_API void wgqa_graphs_abandon(void* handle) { graphs(handle).abandon(); }

// Does what was recorded, on the current stream.
WGQA_API int wgqa_graph_replay(void* graph) {
  return guarded([&] { static_cast<CUDAGraph*>(graph)->replay(); });
}

WGQA_API int wgqa_graph_free(void* graph) {
  return guarded([&] {
    const std::unique_ptr<CUDAGraph> owned(static_cast<CUDAGraph*>(graph));
    c10::cuda::getCurrentCUDAStream().unwrap().synchronize();  // it may be under way
  });
}

#endif  // WGQA_CUDA_GRAPH
