// decoding.h's kernels as functions of tensors, with the best instruction set that this processor has unless another is chosen. An entry
// that does not take its tensors gives none back, and the caller computes the same with libtorch's operators.

#include "decoding.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/record_function.h>
#include <c10/core/GradMode.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <vector>

#include "../guarded.h"
#include "processor.h"

namespace {

using at::Tensor;
using namespace wgqa::decoding;

// Rows up to which a product is faster than one that packs the weight first.
constexpr int64_t kMostRows = 32;

// Targets up to which keys and values are worth reading once for each.
constexpr int64_t kMostTargets = 16;

bool supported(const Kernels* kernels) {
#if defined(WGQA_X86)
#if defined(WGQA_AVX512BF16)
  if (kernels == &avx512bf16_kernels) return supported(&avx512_kernels) && __builtin_cpu_supports("avx512bf16");
#endif
  if (kernels == &avx512_kernels) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  }
  if (kernels == &avx2_kernels) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return kernels == &portable_kernels;
}

const Kernels* const all_kernels[] = {
#if defined(WGQA_AVX512BF16)
    &avx512bf16_kernels,
#endif
#if defined(WGQA_X86)
    &avx512_kernels, &avx2_kernels,
#endif
    &portable_kernels};

bool allowed(const Kernels* kernels) {
#if defined(WGQA_X86)
  return kernels == &portable_kernels || wgqa::allowed_capability() >= (kernels == &avx2_kernels ? wgqa::Capability::kAvx2 : wgqa::Capability::kAvx512);
#else
  return kernels == &portable_kernels;
#endif
}

const Kernels* best() {
  for (const auto* kernels : all_kernels) {
    if (supported(kernels) && allowed(kernels)) return kernels;
  }
  return &portable_kernels;
}

std::atomic<const Kernels*> chosen{best()};

const Tensor& tensor(void* handle) { return *static_cast<Tensor*>(handle); }
void* owned(Tensor value) { return new Tensor(std::move(value)); }
Type type_of(const Tensor& t) { return t.scalar_type() == at::kFloat ? kFloat32 : kBFloat16; }

// Autograd does not see what happens here.
bool reads(const Tensor& t) {
  return t.device().is_cpu() && (t.scalar_type() == at::kFloat || t.scalar_type() == at::kBFloat16) && !(c10::GradMode::is_enabled() && t.requires_grad());
}

bool multiplies(const Tensor& x, const Tensor& weight) {
  return reads(x) && reads(weight) && x.scalar_type() == weight.scalar_type() && weight.dim() == 2 && x.numel() > 0 && x.size(-1) == weight.size(1) &&
         x.numel() <= kMostRows * weight.size(1) && x.is_contiguous() && weight.is_contiguous();
}

// [b, G, s, d] with the d elements of consecutive positions lying together.
bool lies_in_rows(const Tensor& t, at::ScalarType type) { return reads(t) && t.scalar_type() == type && t.dim() == 4 && t.stride(3) == 1 && t.stride(2) == t.size(3); }

Product appended(const Tensor& weight, const Tensor& held, int64_t position) {
  TORCH_CHECK(held.is_contiguous() && held.scalar_type() == weight.scalar_type() && held.size(1) * held.size(3) == weight.size(0) && position < held.size(2),
              "a cache of ", held.sizes(), " does not take position ", position, " from a weight of ", weight.sizes());
  const int64_t groups = held.size(1), room = held.size(2), width = held.size(3);
  auto* y = static_cast<char*>(held.data_ptr()) + position * width * held.element_size();
  return {weight.data_ptr(), y, groups * width, groups * room * width, width, room * width};
}

// A layer's tensors as they come: addresses of at::Tensor, `linear` null where the feed-forward is not gated.
struct LayerTensors {
  void *self_norm, *self_q, *self_k, *self_v, *self_o, *self_keys, *self_values;
  void *cross_norm, *cross_q, *cross_o, *cross_keys, *cross_values;
  void *norm, *gate, *linear, *wo;
};

// The head maps of a layer's attentions, as in decoding.h.
struct LayerMaps {
  const int32_t *self_heads, *self_starts, *cross_heads, *cross_starts;
};

// Tells whether tensors are as a step takes them, and gives their addresses.
class Taking {
 public:
  explicit Taking(at::ScalarType type) : type_(type) {}

  const void* weight(void* handle, int64_t outputs, int64_t inputs) { return checked(tensor(handle), type_, {outputs, inputs}); }
  const float* norm(void* handle, int64_t width) { return static_cast<const float*>(checked(tensor(handle), at::kFloat, {width})); }
  void* cache(void* handle, int64_t rows, int64_t groups, int64_t room, int64_t width) { return checked(tensor(handle), type_, {rows, groups, room, width}); }
  bool took_all() const { return took_all_; }

 private:
  void* checked(const Tensor& t, at::ScalarType type, at::IntArrayRef sizes) {
    if (t.scalar_type() == type && reads(t) && t.sizes() == sizes && t.is_contiguous()) return t.data_ptr();
    took_all_ = false;
    return nullptr;
  }

  const at::ScalarType type_;
  bool took_all_ = true;
};

}  // namespace

// The name of the instruction set that is used.
WGQA_API const char* wgqa_decoding_kernels() { return chosen.load(std::memory_order_relaxed)->name; }

// Uses the instruction set of that name from now on; 1 where this processor or this build lacks it.
WGQA_API int32_t wgqa_use_decoding_kernels(const char* name) {
  for (const auto* kernels : all_kernels) {
    if (std::strcmp(kernels->name, name) == 0 && supported(kernels)) {
      chosen = kernels;
      return 0;
    }
  }
  return 1;
}

// x [..., m] times weight' [n, m]: [..., n]; null where this does not take them.
WGQA_API int wgqa_multiply(void* x_handle, void* weight_handle, void** result) {
  return wgqa::guarded([&] {
    *result = nullptr;
    const auto &x = tensor(x_handle), &weight = tensor(weight_handle);
    if (!multiplies(x, weight)) return;
    RECORD_FUNCTION("wgqa::multiply", c10::ArrayRef<const c10::IValue>{});
    const int64_t inputs = weight.size(1), outputs = weight.size(0);
    auto sizes = x.sizes().vec();
    sizes.back() = outputs;
    auto y = at::empty(sizes, x.options());
    const Product product{weight.data_ptr(), y.data_ptr(), outputs, outputs, outputs, 0};
    chosen.load(std::memory_order_relaxed)->multiply(x.data_ptr(), x.numel() / inputs, inputs, &product, 1, type_of(x), at::get_num_threads());
    *result = owned(std::move(y));
  });
}

// x [b, 1, m] times the projections of keys and values, each to `position` of its cache [b, G, room, d]. 0 in `done` where this does not take them.
WGQA_API int wgqa_append(void* x_handle, void* key_handle, void* keys, void* value_handle, void* values, int64_t position, int32_t* done) {
  return wgqa::guarded([&] {
    const auto &x = tensor(x_handle), &key = tensor(key_handle), &value = tensor(value_handle);
    *done = x.dim() == 3 && x.size(1) == 1 && multiplies(x, key) && multiplies(x, value);
    if (!*done) return;
    RECORD_FUNCTION("wgqa::append", c10::ArrayRef<const c10::IValue>{});
    TORCH_CHECK(tensor(keys).size(0) == x.size(0) && tensor(values).size(0) == x.size(0), "caches of ", tensor(keys).size(0), " rows do not take ", x.size(0));
    const Product products[] = {appended(key, tensor(keys), position), appended(value, tensor(values), position)};
    chosen.load(std::memory_order_relaxed)->multiply(x.data_ptr(), x.size(0), x.size(2), products, 2, type_of(x), at::get_num_threads());
  });
}

// softmax(q k' + bias) v: q [b, t, h*d], k and v [b, G, s, d], bias broadcastable to [b, h, t, s] or null; `heads` and `starts` as in
// decoding.h. Null where this does not take them.
WGQA_API int wgqa_attend_few(void* q_handle, void* k_handle, void* v_handle, void* bias_handle, const int32_t* heads, const int32_t* starts, int64_t head_count, void** result) {
  return wgqa::guarded([&] {
    *result = nullptr;
    const auto &q = tensor(q_handle), &k = tensor(k_handle), &v = tensor(v_handle);
    if (!reads(q) || q.dim() != 3 || q.size(1) > kMostTargets || !q.is_contiguous() || !lies_in_rows(k, q.scalar_type()) || !lies_in_rows(v, q.scalar_type())) return;
    Attention a{};
    a.b = q.size(0), a.t = q.size(1), a.h = head_count, a.groups = k.size(1), a.s = k.size(2), a.d = k.size(3);
    if (q.size(2) != a.h * a.d || k.size(0) != a.b || v.sizes() != k.sizes() || q.numel() == 0 || a.s == 0) return;
    if (bias_handle) {
      const auto& bias = tensor(bias_handle);
      if (!reads(bias) || bias.scalar_type() != at::kFloat || bias.dim() != 4 || bias.size(3) != a.s || bias.stride(3) != 1) return;
      const auto stride = [&](int64_t dim) { return bias.size(dim) == 1 ? 0 : bias.stride(dim); };
      a.bias = bias.data_ptr<float>();
      a.bias_batch = stride(0), a.bias_head = stride(1), a.bias_target = stride(2);
    }
    auto y = at::empty_like(q);
    RECORD_FUNCTION("wgqa::attend_few", c10::ArrayRef<const c10::IValue>{});
    a.q = q.data_ptr(), a.k = k.data_ptr(), a.v = v.data_ptr(), a.y = y.data_ptr();
    a.heads = heads, a.starts = starts;
    a.k_batch = k.stride(0), a.k_group = k.stride(1), a.v_batch = v.stride(0), a.v_group = v.stride(1);
    chosen.load(std::memory_order_relaxed)->attend(a, type_of(q), at::get_num_threads());
    *result = owned(std::move(y));
  });
}

// One token a row through a whole decoder: tokens [rows, 1], mask [inputs, source] or null, position bias [1, h, 1, position + 1]. Appends to
// the self-attention's caches and gives logits [rows, 1, V]; null where this does not take them, and then nothing was changed.
WGQA_API int wgqa_decode_step(void* tokens_handle, void* embedding_handle, const LayerTensors* tensors, const LayerMaps* maps, int64_t layer_count, void* norm_handle, void* head_handle, double head_scale,
                              double epsilon, void* bias_handle, void* mask_handle, int64_t head_count, int64_t position, void** result) {
  return wgqa::guarded([&] {
    *result = nullptr;
    const auto &tokens = tensor(tokens_handle), &embedding = tensor(embedding_handle), &bias = tensor(bias_handle);
    if (layer_count < 1 || !reads(embedding) || embedding.dim() != 2 || tokens.scalar_type() != at::kLong || !tokens.device().is_cpu() || !tokens.is_contiguous() || tokens.numel() < 1 || tokens.numel() > kMostRows) return;
    Step step{};
    step.rows = tokens.numel(), step.vocabulary = embedding.size(0), step.m = embedding.size(1), step.h = head_count, step.layer_count = layer_count, step.position = position;
    const auto &first_q = tensor(tensors->self_q), &first_gate = tensor(tensors->gate), &first_keys = tensor(tensors->cross_keys);
    if (first_q.dim() != 2 || first_q.size(0) % head_count != 0 || first_gate.dim() != 2 || first_keys.dim() != 4) return;
    step.d = first_q.size(0) / head_count, step.f = first_gate.size(0), step.inputs = first_keys.size(0), step.source = first_keys.size(2);
    if (step.inputs < 1 || step.rows % step.inputs != 0 || step.source < 1) return;

    const int64_t width = step.h * step.d;
    Taking taking(embedding.scalar_type());
    const auto groups = [](void* keys) { return tensor(keys).dim() == 4 ? tensor(keys).size(1) : 0; };
    const auto room = [](void* keys) { return tensor(keys).dim() == 4 ? tensor(keys).size(2) : 0; };
    std::vector<DecoderLayer> layers(layer_count);
    for (int64_t i = 0; i < layer_count; i++) {
      const auto& from = tensors[i];
      auto& layer = layers[i];
      auto &self = layer.self, &cross = layer.cross;
      self.groups = groups(from.self_keys), self.room = room(from.self_keys), self.heads = maps[i].self_heads, self.starts = maps[i].self_starts;
      self.norm = taking.norm(from.self_norm, step.m), self.q = taking.weight(from.self_q, width, step.m), self.o = taking.weight(from.self_o, step.m, width);
      self.k = taking.weight(from.self_k, self.groups * step.d, step.m), self.v = taking.weight(from.self_v, self.groups * step.d, step.m);
      self.keys = taking.cache(from.self_keys, step.rows, self.groups, self.room, step.d), self.values = taking.cache(from.self_values, step.rows, self.groups, self.room, step.d);
      cross.groups = groups(from.cross_keys), cross.room = step.source, cross.heads = maps[i].cross_heads, cross.starts = maps[i].cross_starts;
      cross.norm = taking.norm(from.cross_norm, step.m), cross.q = taking.weight(from.cross_q, width, step.m), cross.o = taking.weight(from.cross_o, step.m, width);
      cross.keys = taking.cache(from.cross_keys, step.inputs, cross.groups, step.source, step.d), cross.values = taking.cache(from.cross_values, step.inputs, cross.groups, step.source, step.d);
      layer.norm = taking.norm(from.norm, step.m), layer.gate = taking.weight(from.gate, step.f, step.m), layer.wo = taking.weight(from.wo, step.m, step.f);
      layer.linear = from.linear ? taking.weight(from.linear, step.f, step.m) : nullptr;
      if (self.room <= position) return;
    }
    step.embedding = taking.weight(embedding_handle, step.vocabulary, step.m), step.head = taking.weight(head_handle, step.vocabulary, step.m);
    step.norm = taking.norm(norm_handle, step.m);
    if (!taking.took_all() || !reads(bias) || bias.scalar_type() != at::kFloat || bias.dim() != 4 || bias.size(0) != 1 || bias.size(1) != step.h || bias.size(2) != 1 || bias.size(3) != position + 1 || bias.stride(3) != 1) return;
    step.self_bias = bias.data_ptr<float>(), step.self_bias_head = bias.stride(1);
    std::vector<float> padding;
    if (mask_handle) {
      const auto& mask = tensor(mask_handle);
      if (!mask.device().is_cpu() || mask.scalar_type() != at::kLong || mask.dim() != 2 || mask.size(0) != step.inputs || mask.size(1) != step.source || !mask.is_contiguous()) return;
      const auto* seen = mask.data_ptr<int64_t>();
      padding.resize(mask.numel());
      for (int64_t i = 0; i < mask.numel(); i++) padding[i] = seen[i] ? 0.0f : std::numeric_limits<float>::lowest();
      step.cross_bias = padding.data();
    }
    step.tokens = tokens.data_ptr<int64_t>();
    for (int64_t row = 0; row < step.rows; row++) {
      TORCH_CHECK(step.tokens[row] >= 0 && step.tokens[row] < step.vocabulary, "token ", step.tokens[row], " of row ", row, " is not among the ", step.vocabulary, " that the model knows");
    }
    step.layers = layers.data(), step.head_scale = static_cast<float>(head_scale), step.epsilon = static_cast<float>(epsilon);
    RECORD_FUNCTION("wgqa::decode_step", c10::ArrayRef<const c10::IValue>{});
    auto logits = at::empty({step.rows, 1, step.vocabulary}, embedding.options().requires_grad(false));
    step.logits = logits.data_ptr();
    chosen.load(std::memory_order_relaxed)->step(step, type_of(embedding), at::get_num_threads());
    *result = owned(std::move(logits));
  });
}
