// The C entries of Wgqa.Training.Distributed: libtorch's own process groups (c10d), and gradients that are summed over the
// processes while the backward pass still runs.
//
// Compiled against what CMake found: without c10d's headers the one entry left says so, and the product runs in one process.
// The rules of torch.cpp hold here too: handles are at::Tensor*, and no exception leaves this file.

#include "guarded.h"

#include <cstdint>

// What this build can open: 1 Gloo, 2 NCCL, both added; 0 is none.
WGQA_API int32_t wgqa_group_backends() {
  int32_t backends = 0;
#ifdef USE_C10D_GLOO
  backends |= 1;
#endif
#ifdef USE_C10D_NCCL
  backends |= 2;
#endif
  return backends;
}

#ifdef USE_C10D_GLOO

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <torch/version.h>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

#include <chrono>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

namespace {

using wgqa::guarded;
using Milliseconds = std::chrono::milliseconds;

// From 2.0 on, what communicates is a Backend and ProcessGroup dispatches to several of them; one is all that is needed here.
#if TORCH_VERSION_MAJOR >= 2
using Communicator = c10d::Backend;
#else
using Communicator = c10d::ProcessGroup;
#endif

at::Tensor& tensor(void* handle) { return *static_cast<at::Tensor*>(handle); }

struct Group {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<Communicator> communicator;
  // Collectives meet by their order, which is one order for all threads of a process.
  std::mutex order;
};

struct Pending {
  c10::intrusive_ptr<c10d::Work> work;
  at::Tensor held;
};

c10::intrusive_ptr<c10d::Work> all_reduce(Group& group, const at::Tensor& values, c10d::ReduceOp::RedOpType op) {
  std::vector<at::Tensor> list{values};
  c10d::AllreduceOptions options;
  options.reduceOp = c10d::ReduceOp(op);
  std::lock_guard<std::mutex> lock(group.order);
  return group.communicator->allreduce(list, options);
}

c10::intrusive_ptr<c10d::Work> broadcast(Group& group, const at::Tensor& values, int root) {
  std::vector<at::Tensor> list{values};
  c10d::BroadcastOptions options;
  options.rootRank = root;
  std::lock_guard<std::mutex> lock(group.order);
  return group.communicator->broadcast(list, options);
}

// What ProcessGroupGloo listens on: the interfaces in GLOO_SOCKET_IFNAME, as with PyTorch; the loopback where the first
// process is reached over it; else the interface that this machine's name resolves to.
std::vector<std::shared_ptr<::gloo::transport::Device>> gloo_devices(const std::string& host) {
  std::vector<std::shared_ptr<::gloo::transport::Device>> devices;
  const char* names = std::getenv("GLOO_SOCKET_IFNAME");
  if (names != nullptr && *names != '\0') {
    std::stringstream list(names);
    for (std::string name; std::getline(list, name, ',');) {
      devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(name));
    }
  } else if (host == "localhost" || host == "::1" || host.rfind("127.", 0) == 0) {
    devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(host));
  } else {
    devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
  }
  return devices;
}

// A parameter whose gradient is summed over the processes.
struct Parameter {
  at::Tensor value;
  at::Tensor home;  // its part of a bucket, of its shape
  decltype(torch::autograd::impl::grad_accumulator(std::declval<at::Tensor>())) accumulator;  // a shared_ptr, from libtorch 2.14 on an intrusive_ptr
  uintptr_t hook;
  size_t bucket;
  bool ready;
};

struct Bucket {
  at::Tensor flat;
  size_t parameters = 0;
  size_t missing = 0;
  c10::intrusive_ptr<c10d::Work> work;
};

// Gradients gather in buckets as the backward pass produces them, and a bucket that is full is summed over the processes while
// the pass goes on. Buckets are summed in their own order, whatever order they fill in: that order is the same everywhere.
struct Buckets {
  Group& group;
  std::vector<Parameter> parameters;
  std::vector<Bucket> buckets;
  std::mutex mutex;  // a device's backward pass runs on a thread of its own
  std::exception_ptr failure;
  bool armed = false;
  bool early = true;
  size_t next = 0;

  explicit Buckets(Group& owner) : group(owner) {}

  ~Buckets() {
    for (auto& parameter : parameters) {
      parameter.accumulator->del_post_hook(parameter.hook);
    }
  }

  void arm() {
    std::lock_guard<std::mutex> lock(mutex);
    for (auto& parameter : parameters) {
      parameter.ready = false;
    }
    for (auto& bucket : buckets) {
      bucket.missing = bucket.parameters;
      bucket.work.reset();
    }
    failure = nullptr;
    next = 0;
    armed = true;
  }

  // A parameter's gradient is complete. Nothing is thrown into the backward pass: launch_rest does it afterwards.
  void arrived(size_t index) noexcept {
    std::lock_guard<std::mutex> lock(mutex);
    auto& parameter = parameters[index];
    if (!armed || parameter.ready || failure) {
      return;
    }
    try {
      take(parameter);
      auto& bucket = buckets[parameter.bucket];
      bucket.missing--;
      if (early) {
        launch();
      }
    } catch (...) {
      failure = std::current_exception();
    }
  }

  // Moves a gradient into its bucket, where the optimizer then finds it.
  static void take(Parameter& parameter) {
    const at::NoGradGuard no_grad;
    auto& gradient = parameter.value.mutable_grad();
    if (!gradient.defined()) {
      return;
    }
    if (gradient.data_ptr() != parameter.home.data_ptr()) {
      parameter.home.copy_(gradient);
      gradient = parameter.home;
    }
    parameter.ready = true;
  }

  void launch() {
    while (next < buckets.size() && buckets[next].missing == 0) {
      auto& bucket = buckets[next++];
      bucket.work = all_reduce(group, bucket.flat, c10d::ReduceOp::SUM);
    }
  }

  // What this process has no gradient for counts as 0.
  void launch_rest() {
    std::lock_guard<std::mutex> lock(mutex);
    armed = false;
    if (failure) {
      std::rethrow_exception(failure);
    }
    const at::NoGradGuard no_grad;
    for (auto& parameter : parameters) {
      if (!parameter.ready) {
        take(parameter);  // accumulated by an earlier batch of the same update
        if (!parameter.ready) {
          parameter.home.zero_();
        }
        buckets[parameter.bucket].missing--;
      }
    }
    launch();
  }
};

// libtorch's own hook from a lambda is made differently in every other release; what it derives from has stayed.
struct Arrival : torch::autograd::FunctionPostHook {
  Buckets& buckets;
  size_t index;

  Arrival(Buckets& owner, size_t place) : buckets(owner), index(place) {}

  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    buckets.arrived(index);
    return outputs;
  }
};

}  // namespace

// Opens a group, which takes until all of its processes are there. `backend` is 1 for Gloo, 2 for NCCL; `serves` says whether
// this process keeps the store that they meet at, `prefix` what their keys begin with.
WGQA_API int wgqa_group_open(int32_t backend, const char* host, int32_t port, const char* prefix, int32_t serves, int32_t rank,
                             int32_t size, int64_t timeout_ms, void** result) {
  return guarded([&] {
    const Milliseconds timeout(timeout_ms);
    c10d::TCPStoreOptions at;
    at.port = static_cast<uint16_t>(port);
    at.isServer = serves != 0;
    at.waitWorkers = false;
    at.timeout = timeout;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at.useLibUV = false;  // the default from 2.4 on, which a distribution's libtorch was built without; clients need not agree
#endif
    auto group = std::make_unique<Group>();
    c10::intrusive_ptr<c10d::Store> tcp = c10::make_intrusive<c10d::TCPStore>(host, at);
    group->store = c10::make_intrusive<c10d::PrefixStore>(prefix, tcp);
    group->store->setTimeout(timeout);
    if (backend == 1) {
      auto options = c10d::ProcessGroupGloo::Options::create(timeout);
      options->devices = gloo_devices(host);
      group->communicator = c10::make_intrusive<c10d::ProcessGroupGloo>(group->store, rank, size, options);
    } else {
#ifdef USE_C10D_NCCL
      auto options = c10d::ProcessGroupNCCL::Options::create();
      options->timeout = timeout;
      group->communicator = c10::make_intrusive<c10d::ProcessGroupNCCL>(group->store, rank, size, options);
#else
      TORCH_CHECK(false, "this build has no NCCL");
#endif
    }
    *result = group.release();
  });
}

WGQA_API void wgqa_group_close(void* group) { delete static_cast<Group*>(group); }

// Sums (op 0) or takes the greatest (op 1) of a tensor's values over all processes, in place and in the background.
WGQA_API int wgqa_group_reduce(void* group, void* values, int32_t op, void** result) {
  return guarded([&] {
    const auto kind = op == 0 ? c10d::ReduceOp::SUM : c10d::ReduceOp::MAX;
    *result = new Pending{all_reduce(*static_cast<Group*>(group), tensor(values), kind), tensor(values)};
  });
}

// Gives all processes one process's values, in place and in the background.
WGQA_API int wgqa_group_broadcast(void* group, void* values, int32_t root, void** result) {
  return guarded([&] { *result = new Pending{broadcast(*static_cast<Group*>(group), tensor(values), root), tensor(values)}; });
}

// Waits for a background operation and frees it.
WGQA_API int wgqa_group_wait(void* pending) {
  return guarded([&] {
    const std::unique_ptr<Pending> owned(static_cast<Pending*>(pending));
    owned->work->wait();
  });
}

// Leaves bytes for the other processes under a name that is used once.
WGQA_API int wgqa_group_put(void* group, const char* name, const uint8_t* bytes, int64_t count) {
  return guarded([&] { static_cast<Group*>(group)->store->set(name, std::vector<uint8_t>(bytes, bytes + count)); });
}

// Bytes that another process leaves, waited for; the result is freed with wgqa_group_free_bytes.
WGQA_API int wgqa_group_get(void* group, const char* name, int64_t timeout_ms, void** result, const uint8_t** bytes, int64_t* count) {
  return guarded([&] {
    auto& store = *static_cast<Group*>(group)->store;
    store.wait({name}, Milliseconds(timeout_ms));
    auto read = std::make_unique<std::vector<uint8_t>>(store.get(name));
    *bytes = read->data();
    *count = static_cast<int64_t>(read->size());
    *result = read.release();
  });
}

WGQA_API void wgqa_group_free_bytes(void* bytes) { delete static_cast<std::vector<uint8_t>*>(bytes); }

// Hooks onto the parameters. Parameter i belongs to bucket bucket_of[i], where homes[i] is its place.
WGQA_API int wgqa_buckets_open(void* group, void* const* values, void* const* homes, const int32_t* bucket_of, int32_t count,
                               void* const* flats, int32_t buckets, int32_t early, void** result) {
  return guarded([&] {
    auto made = std::make_unique<Buckets>(*static_cast<Group*>(group));
    auto* self = made.get();
    self->early = early != 0;
    self->buckets.resize(static_cast<size_t>(buckets));
    for (int32_t i = 0; i < buckets; i++) {
      self->buckets[static_cast<size_t>(i)].flat = tensor(flats[i]);
    }
    self->parameters.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; i++) {
      const auto index = static_cast<size_t>(i);
      auto accumulator = torch::autograd::impl::grad_accumulator(tensor(values[i]));
      TORCH_CHECK(accumulator != nullptr, "a parameter that no gradient is wanted of is in a bucket");
      const auto hook = accumulator->add_post_hook(std::make_unique<Arrival>(*self, index));
      const auto bucket = static_cast<size_t>(bucket_of[i]);
      self->parameters.push_back({tensor(values[i]), tensor(homes[i]), std::move(accumulator), hook, bucket, false});
      self->buckets[bucket].parameters++;
    }
    *result = made.release();
  });
}

WGQA_API void wgqa_buckets_close(void* buckets) { delete static_cast<Buckets*>(buckets); }

// From here on gradients go into their buckets, until wgqa_buckets_launch.
WGQA_API int wgqa_buckets_arm(void* buckets) {
  return guarded([&] { static_cast<Buckets*>(buckets)->arm(); });
}

// After the backward pass: sums the buckets that are not under way yet, and says which parameters had a gradient here.
WGQA_API int wgqa_buckets_launch(void* buckets, float* had, int32_t* launched_before) {
  return guarded([&] {
    auto& self = *static_cast<Buckets*>(buckets);
    *launched_before = static_cast<int32_t>(self.next);
    self.launch_rest();
    for (size_t i = 0; i < self.parameters.size(); i++) {
      had[i] = self.parameters[i].ready ? 1.0f : 0.0f;
    }
  });
}

// Waits for all buckets. A parameter that had a gradient in any process has the sum now, the others have none.
WGQA_API int wgqa_buckets_wait(void* buckets, const float* had) {
  return guarded([&] {
    auto& self = *static_cast<Buckets*>(buckets);
    for (auto& bucket : self.buckets) {
      bucket.work->wait();
      bucket.work.reset();
    }
    for (size_t i = 0; i < self.parameters.size(); i++) {
      auto& parameter = self.parameters[i];
      if (had[i] > 0) {
        parameter.value.mutable_grad() = parameter.home;
      } else {
        parameter.value.mutable_grad().reset();
      }
    }
  });
}

#endif  // USE_C10D_GLOO
