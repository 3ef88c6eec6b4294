// A CUDA device for tests on machines without one: loaded beside a libtorch that has no CUDA, this library gives it two devices whose
// operators run on the CPU. It is as strict as a device: its memory cannot be read by the host, tensors of different devices do not meet
// in an operator, and what would make the host wait for the device is written down. It is no part of the product.
//
// A tensor there lies in the CPU's memory, and its address is shifted to where no processor finds anything: whoever uses it on the host
// ends as with a device. Each operator is called on tensors of the CPU over the same memory; what it returns goes back the other way.

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

constexpr c10::DeviceIndex kDevices = 2;

c10::Device cuda(c10::DeviceIndex index) { return {c10::DeviceType::CUDA, index}; }

// ---- What makes the host wait

// Operators, a line each, while somebody listens: "read" where the host asks for what the device has computed, "write" where it waits for
// memory of its own to have been copied, "wait" where it says so itself.
std::atomic<bool> listening{false};
std::mutex heard_gate;
std::string heard;

void waits(const char* how, const std::string& what) {
  if (listening) {
    const std::lock_guard<std::mutex> lock(heard_gate);
    heard.append(how).append(" ").append(what).append("\n");
  }
}

// What CUDA's kernels of these operators ask the device for before they return. A mask among indices is looked for in on_the_cpu; index itself
// calls nonzero.
const std::unordered_set<std::string> kReading{
    "_local_scalar_dense", "bincount", "equal", "masked_select", "multinomial", "nonzero", "repeat_interleave", "unique_consecutive", "unique_dim", "_unique", "_unique2",
};

// ---- Devices and streams: there is one stream, and work on it is done when it is asked for

thread_local c10::DeviceIndex current_device = 0;

struct PretendGuard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return c10::DeviceType::CUDA; }
  c10::Device exchangeDevice(c10::Device device) const override {
    const auto before = getDevice();
    setDevice(device);
    return before;
  }
  c10::Device getDevice() const override { return cuda(current_device); }
  void setDevice(c10::Device device) const override {
    TORCH_CHECK(device.index() >= 0 && device.index() < kDevices, "CUDA error: invalid device ordinal");
    current_device = device.index();
  }
  void uncheckedSetDevice(c10::Device device) const noexcept override { current_device = device.index(); }
  c10::Stream getStream(c10::Device device) const noexcept override { return c10::Stream(c10::Stream::DEFAULT, device); }
  c10::Stream getDefaultStream(c10::Device device) const override { return getStream(device); }
  c10::Stream exchangeStream(c10::Stream stream) const noexcept override { return getStream(stream.device()); }
  c10::DeviceIndex deviceCount() const noexcept override { return kDevices; }
  void record(void** event, const c10::Stream&, const c10::DeviceIndex, const c10::EventFlag) const override { *event = nullptr; }
  void block(void*, const c10::Stream&) const override {}
  bool queryEvent(void*) const override { return true; }
  bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override { waits("wait", "stream"); }
};

C10_REGISTER_GUARD_IMPL(CUDA, PretendGuard)

// ---- Random numbers: a device's own generator, which is one of the CPU's

struct PretendGenerator final : c10::GeneratorImpl {
  explicit PretendGenerator(c10::Device device, at::Generator like)
      : GeneratorImpl(device, c10::DispatchKeySet(c10::DispatchKey::CUDA)), numbers(std::move(like)) {}

  void set_current_seed(uint64_t seed) override { numbers.set_current_seed(seed); }
  uint64_t current_seed() const override { return numbers.current_seed(); }
  uint64_t seed() override { return numbers.seed(); }
  void set_state(const c10::TensorImpl& state) override { numbers.unsafeGetGeneratorImpl()->set_state(state); }
  c10::intrusive_ptr<c10::TensorImpl> get_state() const override { return numbers.unsafeGetGeneratorImpl()->get_state(); }
  // Newer versions ask for these.
  void set_offset(uint64_t) { TORCH_CHECK(false, "the stand-in's generators have no offset"); }
  uint64_t get_offset() const { TORCH_CHECK(false, "the stand-in's generators have no offset"); }
  GeneratorImpl* clone_impl() const override { return new PretendGenerator(device(), numbers.clone()); }

  at::Generator numbers;
};

const at::Generator& default_generator(c10::DeviceIndex index) {
  static const std::array<at::Generator, kDevices> all{
      at::make_generator<PretendGenerator>(cuda(0), at::detail::createCPUGenerator()),
      at::make_generator<PretendGenerator>(cuda(1), at::detail::createCPUGenerator()),
  };
  return all.at(static_cast<size_t>(index < 0 ? current_device : index));
}

// Of these, versions of libtorch ask for different ones.
struct CUDAHooks final : at::CUDAHooksInterface {
  explicit CUDAHooks(at::CUDAHooksArgs) {}
  bool hasCUDA() const override { return true; }
  void initCUDA() const {}
  void init() const {}
  const at::Generator& getDefaultCUDAGenerator(c10::DeviceIndex index = -1) const { return default_generator(index); }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex index = -1) const { return default_generator(index); }
  at::Allocator* getPinnedMemoryAllocator() const override { return c10::GetCPUAllocator(); }
  bool isBuilt() const { return true; }
  bool isAvailable() const { return true; }
  bool hasPrimaryContext(int64_t) const { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const { return true; }
  int getNumGPUs() const override { return kDevices; }
  c10::DeviceIndex deviceCount() const { return kDevices; }
};

using at::CUDAHooksRegistry;
using at::RegistererCUDAHooksRegistry;
REGISTER_CUDA_HOOKS(CUDAHooks)

// ---- Memory

constexpr uintptr_t kFar = uintptr_t{1} << 54;  // an address with this bit is none of the processor's

void* far(const void* near) { return near == nullptr ? nullptr : reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(near) + kFar); }
void* near(const void* far) { return far == nullptr ? nullptr : reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(far) - kFar); }

using Storage = c10::intrusive_ptr<c10::StorageImpl>;

// Memory that another storage owns.
at::DataPtr of(Storage owner, void* data, c10::Device device) {
  return {data, owner.release(), [](void* held) { Storage::reclaim(static_cast<c10::StorageImpl*>(held)); }, device};
}

// A tensor of the same sizes in other storage; a view takes after its base, which inference mode may not have made.
at::Tensor tensor_like(const at::Tensor& tensor, const Storage& storage, c10::DispatchKey key, const at::Tensor& base = {}) {
  auto result = base.defined() ? at::detail::make_tensor<c10::TensorImpl>(c10::TensorImpl::VIEW, c10::Storage(storage), base.key_set(), tensor.dtype())
                               : at::detail::make_tensor<c10::TensorImpl>(c10::Storage(storage), c10::DispatchKeySet(key), tensor.dtype());
  auto* impl = result.unsafeGetTensorImpl();
  impl->set_sizes_and_strides(tensor.sizes(), tensor.strides());
  impl->set_storage_offset(tensor.storage_offset());
  if (tensor.unsafeGetTensorImpl()->is_wrapped_number()) {
    impl->set_wrapped_number(true);
  }
  return result;
}

// The tensors of one call of an operator, on both sides.
class Crossing {
 public:
  // The device's tensor, as the CPU sees it.
  at::Tensor near_side(const at::Tensor& tensor) {
    for (const auto& pair : tensors_) {
      if (pair.far.is_same(tensor)) {
        return pair.near;
      }
    }
    tensors_.push_back({tensor, tensor_like(tensor, near_storage(tensor), c10::DispatchKey::CPU)});
    return tensors_.back().near;
  }

  // What an operator on the CPU returned, as a tensor of the device: one that was given to it, a view of one, or one of its own.
  at::Tensor far_side(const at::Tensor& tensor, c10::Device device) {
    for (const auto& pair : tensors_) {
      if (pair.near.is_same(tensor)) {
        return pair.far;
      }
    }
    const auto storage = far_storage(tensor, device);
    at::Tensor base;
    for (const auto& pair : tensors_) {
      if (pair.far.storage().unsafeGetStorageImpl() == storage.get()) {
        base = pair.far;
      }
    }
    return tensor_like(tensor, storage, c10::DispatchKey::CUDA, base);
  }

  // Gives the device's tensors what an operator changed about those that it was given, beside their elements.
  void settle() {
    for (const auto& pair : tensors_) {
      const auto storage = near_of(pair.near);
      auto* const impl = pair.far.unsafeGetTensorImpl();
      const auto own = far_storage(pair.near, pair.far.device());
      if (own.get() != pair.far.storage().unsafeGetStorageImpl()) {
        impl->set_storage_keep_dtype(c10::Storage(own));
      } else if (near(own->data_ptr().get()) != storage->data_ptr().get()) {
        own->set_data_ptr_noswap(of(storage, far(storage->data_ptr().get()), pair.far.device()));
        own->set_nbytes(storage->nbytes());
      }
      if (pair.near.sizes() != pair.far.sizes() || pair.near.strides() != pair.far.strides() || pair.near.storage_offset() != pair.far.storage_offset()) {
        impl->set_sizes_and_strides(pair.near.sizes(), pair.near.strides());
        impl->set_storage_offset(pair.near.storage_offset());
      }
    }
  }

 private:
  struct Pair {
    at::Tensor far;
    at::Tensor near;
  };

  static Storage near_of(const at::Tensor& tensor) { return Storage::reclaim_copy(tensor.storage().unsafeGetStorageImpl()); }

  Storage near_storage(const at::Tensor& tensor) {
    const auto owner = near_of(tensor);
    for (const auto& pair : storages_) {
      if (pair.first == owner) {
        return pair.second;
      }
    }
    auto made = c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), owner->nbytes(), of(owner, near(owner->data_ptr().get()), c10::kCPU),
                                                      c10::GetCPUAllocator(), true);
    storages_.emplace_back(owner, made);
    return made;
  }

  Storage far_storage(const at::Tensor& tensor, c10::Device device) {
    const auto owner = near_of(tensor);
    for (const auto& pair : storages_) {
      if (pair.second == owner) {
        return pair.first;
      }
    }
    auto made = c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), owner->nbytes(), of(owner, far(owner->data_ptr().get()), device), nullptr, false);
    storages_.emplace_back(made, owner);
    return made;
  }

  std::vector<Pair> tensors_;
  std::vector<std::pair<Storage, Storage>> storages_;
};

// ---- Operators

// The name without its namespace, and without the mark of those that work in place.
std::string plain_name(const c10::FunctionSchema& schema) {
  auto name = schema.name().substr(schema.name().find("::") + 2);
  if (name.size() > 1 && name.back() == '_') {
    name.pop_back();
  }
  return name;
}

// Operators whose kernels take a number of the CPU, a tensor without dimensions, beside the device's tensors.
const std::unordered_set<std::string> kTakingNumbers{
    "add", "sub", "rsub", "mul", "div", "true_divide", "floor_divide", "remainder", "fmod", "pow", "atan2", "eq", "ne", "lt", "le", "gt", "ge", "maximum", "minimum", "fmax", "fmin",
    "logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor", "fill", "masked_fill", "index_put", "_index_put_impl",
};

// Those whose indices may lie on the CPU.
const std::unordered_set<std::string> kIndexing{"index", "index_put", "_index_put_impl"};

template <class Visit>
void each_tensor(const c10::IValue& value, Visit&& visit) {
  if (value.isTensor()) {
    visit(value.toTensor());
  } else if (value.isList()) {
    for (const auto& element : value.toListRef()) {
      if (element.isTensor()) {
        visit(element.toTensor());
      }
    }
  }
}

// The value with each of its tensors replaced.
template <class Replace>
c10::IValue replaced(const c10::IValue& value, Replace&& replace) {
  if (value.isTensor()) {
    return value.toTensor().defined() ? c10::IValue(replace(value.toTensor())) : value;
  }
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& tensor : value.toTensorVector()) {
      list.push_back(tensor.defined() ? replace(tensor) : tensor);
    }
    return list;
  }
  if (value.isList() && !value.toListRef().empty()) {
    c10::impl::GenericList list(value.toList().elementType());
    for (const auto& element : value.toListRef()) {
      list.push_back(replaced(element, replace));
    }
    return list;
  }
  return value;
}

bool wants_generator(const c10::Argument& argument) {
  const auto& type = argument.type();
  return type->kind() == c10::TypeKind::GeneratorType ||
         (type->kind() == c10::TypeKind::OptionalType && type->castRaw<c10::OptionalType>()->getElementType()->kind() == c10::TypeKind::GeneratorType);
}

// An operator that is called, and what it is given.
struct Call {
  const c10::FunctionSchema& schema;
  c10::ArrayRef<c10::IValue> given;
  std::string name = plain_name(schema);
  bool copies = name == "copy";  // from device to device, as it likes

  // The device of its tensors, or the one that was asked for.
  c10::Device device() const {
    c10::optional<c10::Device> found;
    for (const auto& value : given) {
      if (value.isDevice() && value.toDevice().is_cuda()) {
        found = cuda(value.toDevice().has_index() ? value.toDevice().index() : current_device);
      }
      each_tensor(value, [&](const at::Tensor& tensor) {
        if (tensor.defined() && tensor.is_cuda()) {
          TORCH_CHECK(copies || !found || *found == tensor.device(), "Expected all tensors to be on the same device, but found at least two devices, ", tensor.device(), " and ", *found,
                      "! (when calling ", schema.name(), ")");
          found = tensor.device();
        }
      });
    }
    return found.value_or(cuda(current_device));
  }

  // Refuses what a device would, and notes what makes the host wait.
  void check() const {
    bool reads = kReading.count(name) != 0, writes = false;
    for (size_t i = 0; i < given.size(); i++) {
      const auto& argument = schema.arguments()[i];
      const bool index = argument.name() == "indices" && kIndexing.count(name) != 0;
      const bool written = argument.alias_info() != nullptr && argument.alias_info()->isWrite();
      each_tensor(given[i], [&](const at::Tensor& tensor) {
        if (!tensor.defined()) {
          return;
        }
        reads |= index && name != "index" && (tensor.scalar_type() == at::kBool || tensor.scalar_type() == at::kByte);
        if (copies && !tensor.is_cuda()) {
          reads |= written;
          writes |= !written && !given[2].toBool();
        }
        TORCH_CHECK(tensor.is_cuda() || copies || index || (tensor.dim() == 0 && !written && kTakingNumbers.count(name) != 0),
                    "Expected all tensors to be on the same device, but found at least two devices, ", device(), " and ", tensor.device(), "! (when checking argument ", argument.name(),
                    " of ", schema.name(), ")");
      });
    }
    if (reads || writes) {
      waits(reads ? "read" : "write", name);
    }
  }
};

void on_the_cpu(const c10::OperatorHandle& op, c10::Stack* stack) {
  const auto& schema = op.schema();
  const auto& arguments = schema.arguments();
  const size_t first = stack->size() - arguments.size();
  const Call call{schema, c10::ArrayRef<c10::IValue>(*stack).slice(first)};
  const auto target = call.device();
  call.check();

  Crossing crossing;
  std::vector<at::Tensor> of_the_cpu;
  for (size_t i = 0; i < arguments.size(); i++) {
    auto& value = (*stack)[first + i];
    if (value.isDevice()) {
      value = c10::Device(c10::kCPU);
    } else if ((value.isNone() || value.isGenerator()) && wants_generator(arguments[i])) {
      const auto given = value.isNone() ? default_generator(target.index()) : value.toGenerator();
      TORCH_CHECK(given.device() == target, "Expected a '", target, "' device type for generator but found '", given.device(), "'");
      value = given.get<PretendGenerator>()->numbers;
    } else {
      value = replaced(value, [&](const at::Tensor& tensor) {
        if (tensor.is_cuda()) {
          return crossing.near_side(tensor);
        }
        of_the_cpu.push_back(tensor);
        return tensor;
      });
    }
  }

  {
    const at::AutoDispatchBelowADInplaceOrView below;
    op.redispatchBoxed(c10::DispatchKeySet(c10::DispatchKey::CPU), stack);
  }

  crossing.settle();
  for (size_t i = stack->size() - schema.returns().size(); i < stack->size(); i++) {
    (*stack)[i] = replaced((*stack)[i], [&](const at::Tensor& tensor) {
      for (const auto& given : of_the_cpu) {
        if (given.is_same(tensor)) {
          return tensor;
        }
      }
      return crossing.far_side(tensor, target);
    });
  }
}

TORCH_LIBRARY_IMPL(_, CUDA, library) { library.fallback(torch::CppFunction::makeFromBoxedFunction<&on_the_cpu>()); }

// Those that libtorch has one implementation of for all devices, which looks for the device's part itself.
TORCH_LIBRARY_IMPL(aten, CUDA, library) { library.impl("copy_", torch::CppFunction::makeFromBoxedFunction<&on_the_cpu>()); }

}  // namespace

#define PRETEND_API extern "C" __attribute__((visibility("default")))

// From here on, what makes the host wait is written down.
PRETEND_API void wgqa_pretend_listen() {
  const std::lock_guard<std::mutex> lock(heard_gate);
  heard.clear();
  listening = true;
}

// What has been heard since, a line each; valid until the next call. Nothing more is written down.
PRETEND_API const char* wgqa_pretend_heard() {
  listening = false;
  const std::lock_guard<std::mutex> lock(heard_gate);
  return heard.c_str();
}
