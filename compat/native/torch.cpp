// libWgqaTorch: the C entries compat/TorchSharp stands on.
//
// One entry, wgqa_call, serves every operator: find it once by schema name, push tagged values on a stack, call it boxed
// through the dispatcher (autograd included). The other entries are what the dispatcher has no operator for. No C++
// exception leaves this file: an entry returns 0, or 1 with libtorch's first line in wgqa_error().

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIndexing.h>
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/ops/from_blob.h>
#include <ATen/CPUGeneratorImpl.h>
#include <c10/core/DefaultDtype.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "guarded.h"
#include "tape.h"

namespace {

thread_local std::string error_line;

}  // namespace

int wgqa::fail(const char* message) {
  const char* end = std::strchr(message, '\n');
  error_line.assign(message, end ? static_cast<size_t>(end - message) : std::strlen(message));
  return 1;
}

namespace {

using wgqa::guarded;

// What crosses the border, argument or result. The managed struct NativeValue has the same layout.
struct Value {
  int32_t tag;
  int32_t count;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};
static_assert(sizeof(Value) == 16, "NativeValue in Dispatch/NativeValue.cs must match");

enum Tag : int32_t {
  kNone = 0,
  kTensor = 1,          // pointer: at::Tensor*
  kInt = 2,             // also a scalar type, layout or memory format
  kDouble = 3,
  kBool = 4,
  kIntList = 5,         // pointer: int64_t[count]
  kDoubleList = 6,      // pointer: double[count]
  kBoolList = 7,        // pointer: uint8_t[count]
  kTensorList = 8,      // pointer: at::Tensor*[count]
  kOptionalTensors = 9, // as kTensorList, null for a missing one
  kString = 10,         // pointer: char[count]
  kDevice = 11,         // integer: type in the low byte, index + 1 above
  kGenerator = 12,      // pointer: at::Generator*
  kDefault = 13,        // the schema's own default
  kOneInt = 14,         // a list of the one int64_t in `integer`
  kComplex = 15,        // pointer: double[2]
};

at::Tensor* tensor(void* handle) { return static_cast<at::Tensor*>(handle); }
at::Generator* generator(void* handle) { return static_cast<at::Generator*>(handle); }
void* owned(at::Tensor value) { return new at::Tensor(std::move(value)); }

c10::Device device(int64_t packed) {
  return c10::Device(static_cast<c10::DeviceType>(packed & 0xff), static_cast<c10::DeviceIndex>((packed >> 8) - 1));
}

int64_t packed(c10::Device value) {
  return static_cast<int64_t>(static_cast<uint8_t>(value.type())) | ((static_cast<int64_t>(value.index()) + 1) << 8);
}

std::vector<at::Tensor> tensors(void* const* handles, int64_t count) {
  std::vector<at::Tensor> list;
  list.reserve(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; i++) {
    list.push_back(handles[i] ? *tensor(handles[i]) : at::Tensor());
  }
  return list;
}

// An operator of the dispatcher with the schema that fills what a caller leaves out.
struct Operator {
  c10::OperatorHandle handle;
  const c10::FunctionSchema* schema;
};

const c10::IValue& default_of(const Operator& op, size_t index) {
  const auto& argument = op.schema->arguments()[index];
  TORCH_CHECK(argument.default_value().has_value(),
              op.schema->name(), " needs a value for '", argument.name(), "' with this libtorch");
  return *argument.default_value();
}

c10::IValue pushed(const Operator& op, size_t index, const Value& v) {
  switch (v.tag) {
    case kNone:
      return c10::IValue();
    case kTensor:
      return c10::IValue(*tensor(v.pointer));
    case kInt:
      return c10::IValue(v.integer);
    case kDouble:
      return c10::IValue(v.real);
    case kBool:
      return c10::IValue(v.integer != 0);
    case kOneInt:
      return c10::IValue(at::IntArrayRef(&v.integer, 1));
    case kIntList:
      return c10::IValue(at::IntArrayRef(static_cast<const int64_t*>(v.pointer), static_cast<size_t>(v.count)));
    case kDoubleList: {
      const auto* values = static_cast<const double*>(v.pointer);
      return c10::IValue(std::vector<double>(values, values + v.count));
    }
    case kBoolList: {
      const auto* values = static_cast<const uint8_t*>(v.pointer);
      c10::List<bool> list;
      for (int32_t i = 0; i < v.count; i++) {
        list.push_back(values[i] != 0);
      }
      return c10::IValue(std::move(list));
    }
    case kTensorList:
      return c10::IValue(tensors(static_cast<void* const*>(v.pointer), v.count));
    case kOptionalTensors: {
      c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
      for (int32_t i = 0; i < v.count; i++) {
        void* handle = static_cast<void* const*>(v.pointer)[i];
        list.push_back(handle ? c10::IValue(*tensor(handle)) : c10::IValue());
      }
      return c10::IValue(std::move(list));
    }
    case kString:
      return c10::IValue(std::string(static_cast<const char*>(v.pointer), static_cast<size_t>(v.count)));
    case kDevice:
      return c10::IValue(device(v.integer));
    case kGenerator:
      return c10::IValue(*generator(v.pointer));
    case kComplex: {
      const auto* parts = static_cast<const double*>(v.pointer);
      return c10::IValue(c10::complex<double>(parts[0], parts[1]));
    }
    case kDefault:
      return default_of(op, index);
    default:
      TORCH_CHECK(false, "unknown value tag ", v.tag);
  }
}

Value popped(c10::IValue&& value) {
  Value v{kNone, 0, {0}};
  if (value.isTensor()) {
    at::Tensor t = std::move(value).toTensor();
    if (t.defined()) {
      v.tag = kTensor;
      v.pointer = owned(std::move(t));
    }
  } else if (value.isInt()) {
    v.tag = kInt;
    v.integer = value.toInt();
  } else if (value.isDouble()) {
    v.tag = kDouble;
    v.real = value.toDouble();
  } else if (value.isBool()) {
    v.tag = kBool;
    v.integer = value.toBool();
  } else if (value.isTensorList()) {
    std::vector<at::Tensor> list = value.toTensorVector();
    auto handles = std::make_unique<void*[]>(list.size());
    for (size_t i = 0; i < list.size(); i++) {
      handles[i] = owned(std::move(list[i]));
    }
    v.tag = kTensorList;
    v.count = static_cast<int32_t>(list.size());
    v.pointer = handles.release();
  } else if (!value.isNone()) {
    TORCH_CHECK(false, "a result of kind ", value.tagKind(), " has no managed counterpart");
  }
  return v;
}

}  // namespace

// ---- Errors and versions

WGQA_API const char* wgqa_error() { return error_line.c_str(); }

WGQA_API const char* wgqa_version() { return TORCH_VERSION; }

// ---- Operators

WGQA_API int wgqa_find(const char* name, const char* overload, void** result) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch has no operator ", name, overload[0] ? "." : "", overload);
    // Lives as long as the process: managed code caches it in a static field.
    *result = new Operator{*handle, &handle->schema()};
  });
}

// Calls `op`; arguments beyond `count` take the schema's defaults. `capacity` 0 drops the results (in-place operators,
// whose result is an argument the caller has a handle for).
WGQA_API int wgqa_call(void* op, const Value* arguments, int32_t count, Value* results, int32_t capacity) {
  return guarded([&] {
    const auto& target = *static_cast<const Operator*>(op);
    const size_t wanted = target.schema->arguments().size();
    TORCH_CHECK(static_cast<size_t>(count) <= wanted,
                target.schema->name(), " takes ", wanted, " arguments with this libtorch, not ", count);
    c10::Stack stack;
    stack.reserve(wanted);
    for (size_t i = 0; i < wanted; i++) {
      stack.push_back(i < static_cast<size_t>(count) ? pushed(target, i, arguments[i]) : default_of(target, i));
    }
    if (wgqa::taping()) {
      c10::Stack given = stack;
      target.handle.callBoxed(stack);
      wgqa::tape(target.handle, std::move(given), stack);
    } else {
      target.handle.callBoxed(stack);
    }
    for (int32_t i = 0; i < capacity; i++) {
      results[i] = static_cast<size_t>(i) < stack.size() ? popped(std::move(stack[static_cast<size_t>(i)])) : Value{kNone, 0, {0}};
    }
  });
}

WGQA_API void wgqa_free_list(void* handles) { delete[] static_cast<void**>(handles); }

// ---- Tensors

WGQA_API void wgqa_free(void* handle) { delete tensor(handle); }

WGQA_API void* wgqa_alias(void* handle) { return owned(*tensor(handle)); }

WGQA_API int wgqa_same(void* left, void* right) { return tensor(left)->is_same(*tensor(right)); }

// Queries that cannot fail on a tensor that exists and allocate nothing.
WGQA_API int64_t wgqa_dim(void* handle) { return tensor(handle)->dim(); }
WGQA_API int64_t wgqa_numel(void* handle) { return tensor(handle)->numel(); }
WGQA_API int64_t wgqa_element_size(void* handle) { return static_cast<int64_t>(tensor(handle)->element_size()); }
WGQA_API int32_t wgqa_dtype(void* handle) { return static_cast<int32_t>(tensor(handle)->scalar_type()); }
WGQA_API int64_t wgqa_device(void* handle) { return packed(tensor(handle)->device()); }
WGQA_API int32_t wgqa_requires_grad(void* handle) { return tensor(handle)->requires_grad(); }
WGQA_API int32_t wgqa_is_leaf(void* handle) { return tensor(handle)->is_leaf(); }
WGQA_API int32_t wgqa_is_sparse(void* handle) { return tensor(handle)->layout() != c10::Layout::Strided; }

WGQA_API void wgqa_sizes(void* handle, int64_t* sizes) {
  const auto values = tensor(handle)->sizes();
  std::copy(values.begin(), values.end(), sizes);
}

WGQA_API int wgqa_strides(void* handle, int64_t* strides) {
  return guarded([&] {
    const auto values = tensor(handle)->strides();
    std::copy(values.begin(), values.end(), strides);
  });
}

WGQA_API int wgqa_storage_offset(void* handle, int64_t* offset) {
  return guarded([&] { *offset = tensor(handle)->storage_offset(); });
}

WGQA_API int wgqa_is_contiguous(void* handle, int32_t* contiguous) {
  return guarded([&] { *contiguous = tensor(handle)->is_contiguous(); });
}

WGQA_API int wgqa_data(void* handle, void** data) {
  return guarded([&] {
    wgqa::off_tape("reading a tensor on the host");
    *data = tensor(handle)->data_ptr();
  });
}

// The whole storage behind a tensor, views' neighbours included, and its length in bytes.
WGQA_API int wgqa_storage(void* handle, void** data, int64_t* bytes) {
  return guarded([&] {
    const auto& storage = tensor(handle)->storage();
    *data = const_cast<void*>(static_cast<const void*>(storage.data()));
    *bytes = static_cast<int64_t>(storage.nbytes());
  });
}

// A tensor over memory the caller owns; `release(context)` is called once libtorch lets go of it.
WGQA_API int wgqa_from_blob(void* data, const int64_t* sizes, int32_t dims, int32_t dtype, void (*release)(void*),
                            void* context, void** result) {
  return guarded([&] {
    wgqa::off_tape("a tensor made from the host's numbers");
    const auto options = at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype));
    *result = owned(at::from_blob(data, at::IntArrayRef(sizes, static_cast<size_t>(dims)),
                                  [release, context](void*) { release(context); }, options));
  });
}

// ---- Indexing: tensor[a, ..., b:c] in one call, however many views lie between

struct Index {
  int64_t kind;   // 0 a new axis, 1 one position, 2 an ellipsis, 3 a truth value, 4 a tensor, 5 a slice
  int64_t start;  // the position, the truth value, or where the slice starts
  int64_t stop;
  int64_t step;
  void* tensor;
};

static std::vector<at::indexing::TensorIndex> indices_of(const Index* indices, int32_t count) {
  std::vector<at::indexing::TensorIndex> list;
  list.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; i++) {
    const Index& index = indices[i];
    switch (index.kind) {
      case 0: list.emplace_back(at::indexing::None); break;
      case 1: list.emplace_back(index.start); break;
      case 2: list.emplace_back(at::indexing::Ellipsis); break;
      case 3: list.emplace_back(index.start != 0); break;
      case 4: list.emplace_back(*tensor(index.tensor)); break;
      case 5: list.emplace_back(at::indexing::Slice(index.start, index.stop, index.step)); break;
      default: TORCH_CHECK(false, "unknown kind of index ", index.kind);
    }
  }
  return list;
}

WGQA_API int wgqa_index(void* handle, const Index* indices, int32_t count, void** result) {
  return guarded([&] {
    wgqa::off_tape("indexing");
    *result = owned(tensor(handle)->index(indices_of(indices, count)));
  });
}

WGQA_API int wgqa_index_put(void* handle, const Index* indices, int32_t count, void* value) {
  return guarded([&] {
    wgqa::off_tape("indexing");
    tensor(handle)->index_put_(indices_of(indices, count), *tensor(value));
  });
}

// ---- Autograd

WGQA_API int wgqa_set_requires_grad(void* handle, int32_t value) {
  return guarded([&] { tensor(handle)->requires_grad_(value != 0); });
}

WGQA_API int wgqa_grad(void* handle, void** result) {
  return guarded([&] {
    const auto& gradient = tensor(handle)->grad();
    *result = gradient.defined() ? owned(gradient) : nullptr;
  });
}

WGQA_API int wgqa_set_grad(void* handle, void* gradient) {
  return guarded([&] {
    auto& target = *tensor(handle);
    if (gradient == nullptr) {
      target.mutable_grad().reset();
      return;
    }
    const auto& value = *tensor(gradient);
    TORCH_CHECK(!value.is_same(target), "can't assign Tensor as its own grad");
    TORCH_CHECK(value.sizes() == target.sizes(), "assigned grad has data of a different size: ", value.sizes(),
                " for a tensor of ", target.sizes());
    TORCH_CHECK(value.scalar_type() == target.scalar_type(), "assigned grad has data of a different type");
    TORCH_CHECK(value.device() == target.device(), "assigned grad has data located on a different device");
    target.mutable_grad() = value;
  });
}

WGQA_API int wgqa_retain_grad(void* handle) {
  return guarded([&] { tensor(handle)->retain_grad(); });
}

WGQA_API int wgqa_backward(void* const* roots, int32_t root_count, void* const* gradients, int32_t gradient_count,
                           int32_t retain_graph, int32_t create_graph, void* const* inputs, int32_t input_count) {
  return guarded([&] {
    torch::autograd::backward(tensors(roots, root_count), tensors(gradients, gradient_count), retain_graph != 0,
                              create_graph != 0, tensors(inputs, input_count));
  });
}

// `results` has room for `input_count` handles; an unused input gives null.
WGQA_API int wgqa_gradients(void* const* outputs, int32_t output_count, void* const* inputs, int32_t input_count,
                            void* const* gradients, int32_t gradient_count, int32_t retain_graph, int32_t create_graph,
                            int32_t allow_unused, void** results) {
  return guarded([&] {
    auto found = torch::autograd::grad(tensors(outputs, output_count), tensors(inputs, input_count),
                                       tensors(gradients, gradient_count), retain_graph != 0, create_graph != 0,
                                       allow_unused != 0);
    for (size_t i = 0; i < found.size(); i++) {
      results[i] = found[i].defined() ? owned(found[i]) : nullptr;
    }
  });
}

WGQA_API int32_t wgqa_grad_enabled() { return c10::GradMode::is_enabled(); }
WGQA_API void wgqa_set_grad_enabled(int32_t value) { c10::GradMode::set_enabled(value != 0); }
WGQA_API int32_t wgqa_inference_enabled() { return c10::InferenceMode::is_enabled(); }
WGQA_API void* wgqa_enter_inference(int32_t value) { return new c10::InferenceMode(value != 0); }
WGQA_API void wgqa_leave_inference(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
WGQA_API int32_t wgqa_anomaly_enabled() { return torch::autograd::AnomalyMode::is_enabled(); }
WGQA_API int32_t wgqa_anomaly_checks_nan() { return torch::autograd::AnomalyMode::should_check_nan(); }
WGQA_API void wgqa_set_anomaly(int32_t enabled, int32_t check_nan) {
  torch::autograd::AnomalyMode::set_enabled(enabled != 0, check_nan != 0);
}

// ---- Random numbers

WGQA_API int wgqa_manual_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

WGQA_API int wgqa_default_generator(int64_t packed_device, void** result) {
  return guarded([&] { *result = new at::Generator(at::globalContext().defaultGenerator(device(packed_device))); });
}

WGQA_API int wgqa_new_generator(uint64_t seed, int64_t packed_device, void** result) {
  return guarded([&] {
    const auto target = device(packed_device);
    at::Generator made = target.is_cpu() ? at::detail::createCPUGenerator(seed)
                                         : at::globalContext().defaultGenerator(target).clone();
    made.set_current_seed(seed);
    *result = new at::Generator(std::move(made));
  });
}

WGQA_API void wgqa_free_generator(void* handle) { delete generator(handle); }

WGQA_API int wgqa_generator_seed(void* handle, uint64_t* seed) {
  return guarded([&] { *seed = generator(handle)->current_seed(); });
}

WGQA_API int wgqa_set_generator_seed(void* handle, uint64_t seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle)->mutex());
    generator(handle)->set_current_seed(seed);
  });
}

// A seed from the machine's own randomness, and the generator set to it.
WGQA_API int wgqa_reseed_generator(void* handle, uint64_t* seed) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle)->mutex());
    *seed = generator(handle)->seed();
  });
}

WGQA_API int wgqa_generator_state(void* handle, void** result) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle)->mutex());
    *result = owned(generator(handle)->get_state());
  });
}

WGQA_API int wgqa_set_generator_state(void* handle, void* state) {
  return guarded([&] {
    std::lock_guard<std::mutex> lock(generator(handle)->mutex());
    generator(handle)->set_state(*tensor(state));
  });
}

// ---- The process

WGQA_API int32_t wgqa_threads() { return at::get_num_threads(); }
WGQA_API int32_t wgqa_interop_threads() { return static_cast<int32_t>(at::get_num_interop_threads()); }
WGQA_API int wgqa_set_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}
WGQA_API int wgqa_set_interop_threads(int32_t count) {
  return guarded([&] { at::set_num_interop_threads(count); });
}

WGQA_API int32_t wgqa_default_dtype() { return static_cast<int32_t>(c10::get_default_dtype_as_scalartype()); }
WGQA_API int wgqa_set_default_dtype(int32_t dtype) {
  return guarded([&] { c10::set_default_dtype(c10::scalarTypeToTypeMeta(static_cast<c10::ScalarType>(dtype))); });
}

// Asks the device's own guard, which every build has where it has the device: no CUDA header is needed.
WGQA_API int32_t wgqa_device_count(int32_t type) {
  const auto kind = static_cast<c10::DeviceType>(type);
  return c10::impl::hasDeviceGuardImpl(kind) ? c10::impl::VirtualGuardImpl(kind).deviceCount() : 0;
}

WGQA_API int wgqa_synchronize(int64_t packed_device) {
  return guarded([&] {
    auto target = device(packed_device);
    const c10::impl::VirtualGuardImpl guard(target.type());
    if (!target.has_index()) {
      target = guard.getDevice();
    }
    guard.getStream(target).synchronize();
  });
}

WGQA_API int32_t wgqa_has_cudnn() { return at::globalContext().hasCuDNN(); }

// Settings of libtorch's context. `which`: 0 TF32 in cuDNN, 1 TF32 in cuBLAS, 2 deterministic algorithms, 3 cuDNN,
// 4 cuDNN benchmarking, 5 cuDNN deterministic.
WGQA_API int wgqa_context_get(int32_t which, int32_t* value) {
  return guarded([&] {
    auto& context = at::globalContext();
    switch (which) {
      case 0: *value = context.allowTF32CuDNN(); break;
      case 1: *value = context.allowTF32CuBLAS(); break;
      case 2: *value = context.deterministicAlgorithms(); break;
      case 3: *value = context.userEnabledCuDNN(); break;
      case 4: *value = context.benchmarkCuDNN(); break;
      case 5: *value = context.deterministicCuDNN(); break;
      default: TORCH_CHECK(false, "unknown setting ", which);
    }
  });
}

WGQA_API int wgqa_context_set(int32_t which, int32_t value) {
  return guarded([&] {
    auto& context = at::globalContext();
    const bool on = value != 0;
    switch (which) {
      case 0: context.setAllowTF32CuDNN(on); break;
      case 1: context.setAllowTF32CuBLAS(on); break;
      case 2: context.setDeterministicAlgorithms(on, false); break;
      case 3: context.setUserEnabledCuDNN(on); break;
      case 4: context.setBenchmarkCuDNN(on); break;
      case 5: context.setDeterministicCuDNN(on); break;
      default: TORCH_CHECK(false, "unknown setting ", which);
    }
  });
}
