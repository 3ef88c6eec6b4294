// The kernels as functions of tensors with gradients, and their C entries. Whoever calls them decides when; what they can
// take is checked here, so that a wrong tensor is an error and no more.

#include "kernels.h"
#include "processor.h"

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "../recorded.h"

namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Below this many elements a second thread costs more than it saves.
constexpr int64_t kGrain = int64_t{1} << 15;

int64_t rows_at_once(int64_t width) { return std::max<int64_t>(1, kGrain / std::max<int64_t>(1, width)); }

bool narrow(const Tensor& t) { return t.scalar_type() == at::kBFloat16; }

void check(const Tensor& t, const char* name, bool may_be_narrow) {
  TORCH_CHECK(t.device().is_cpu() && (t.scalar_type() == at::kFloat || (may_be_narrow && narrow(t))), name, " is ", t.scalar_type(), " on ",
              t.device(), ", and must be float32", may_be_narrow ? " or bfloat16" : "", " on the CPU");
}

wgqa::Rows rows_of(const Tensor& t) { return {t.data_ptr(), t.size(-1), narrow(t)}; }

// ---- Norm

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight, double epsilon, at::ScalarType type) {
    check(x, "x", false);
    check(weight, "weight", false);
    const auto in = x.contiguous(), w = weight.contiguous();
    const int64_t width = in.size(-1), rows = in.numel() / width;
    auto y = at::empty(in.sizes(), in.options().dtype(type));
    auto inverse = at::empty({rows}, in.options());
    const auto out = rows_of(y);
    at::parallel_for(0, rows, rows_at_once(width), [&](int64_t first, int64_t last) {
      wgqa::rms_norm_forward(in.data_ptr<float>(), w.data_ptr<float>(), static_cast<float>(epsilon), out, inverse.data_ptr<float>(), width, first, last);
    });
    context->save_for_backward({in, w, inverse});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &weight = saved[1], &inverse = saved[2];
    const auto dy = gradients[0].contiguous();
    const int64_t width = x.size(-1), rows = x.numel() / width;
    auto dx = at::empty_like(x);
    auto parts = at::zeros({at::get_num_threads(), width}, x.options());
    at::parallel_for(0, rows, rows_at_once(width), [&](int64_t first, int64_t last) {
      wgqa::rms_norm_backward(x.data_ptr<float>(), weight.data_ptr<float>(), inverse.data_ptr<float>(), rows_of(dy), dx.data_ptr<float>(),
                              parts.data_ptr<float>() + at::get_thread_num() * width, width, first, last);
    });
    return {dx, parts.sum(0), Tensor(), Tensor()};
  }
};

// ---- Loss

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static Tensor forward(AutogradContext* context, const Tensor& logits, const Tensor& labels, int64_t ignored) {
    check(logits, "logits", true);
    const auto in = logits.contiguous(), targets = labels.contiguous();
    const int64_t classes = in.size(-1), rows = in.numel() / classes;
    TORCH_CHECK(targets.scalar_type() == at::kLong && targets.numel() == rows, "labels must be ", rows, " int64");
    auto log_sum = at::empty({rows}, in.options().dtype(at::kFloat));
    auto losses = at::empty({rows}, in.options().dtype(at::kFloat));
    const auto* label = targets.data_ptr<int64_t>();
    int64_t counted = 0;
    for (int64_t row = 0; row < rows; row++) {
      TORCH_CHECK(label[row] == ignored || (label[row] >= 0 && label[row] < classes), "Target ", label[row], " is out of bounds.");
      counted += label[row] != ignored;
    }
    at::parallel_for(0, rows, rows_at_once(classes), [&](int64_t first, int64_t last) {
      wgqa::cross_entropy_forward(rows_of(in), label, ignored, log_sum.data_ptr<float>(), losses.data_ptr<float>(), classes, first, last);
    });
    context->save_for_backward({in, targets, log_sum});
    context->saved_data["ignored"] = ignored;
    context->saved_data["counted"] = counted;
    return losses.sum().div_(static_cast<double>(counted));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &logits = saved[0], &targets = saved[1], &log_sum = saved[2];
    const int64_t classes = logits.size(-1), rows = logits.numel() / classes;
    const float scale = gradients[0].item<float>() / static_cast<float>(context->saved_data["counted"].toInt());
    auto dlogits = at::empty_like(logits);
    at::parallel_for(0, rows, rows_at_once(classes), [&](int64_t first, int64_t last) {
      wgqa::cross_entropy_backward(rows_of(logits), targets.data_ptr<int64_t>(), context->saved_data["ignored"].toInt(), log_sum.data_ptr<float>(), scale,
                                   rows_of(dlogits), classes, first, last);
    });
    return {dlogits, Tensor(), Tensor()};
  }
};

// ---- The head and the loss together

// As many rows of logits as this many bytes hold are there at once.
constexpr int64_t kLogitsBytes = int64_t{1} << 27;

// Mean cross-entropy of x·Wᵀ. A block of rows goes through product, loss and, where a gradient will be asked for, both gradients' products before the next: the logits
// of one block are all there ever is, and their gradient takes their place. Rows whose label is ignored add nothing to any of it, and are left out.
struct HeadLoss : torch::autograd::Function<HeadLoss> {
  static Tensor forward(AutogradContext* context, const Tensor& hidden, const Tensor& weight, const Tensor& labels, int64_t ignored, bool hidden_wanted, bool weight_wanted) {
    check(hidden, "hidden", true);
    const int64_t width = hidden.size(-1), rows = hidden.numel() / width, classes = weight.size(0);
    TORCH_CHECK(weight.dim() == 2 && weight.size(1) == width && weight.scalar_type() == hidden.scalar_type(), "the head ", weight.sizes(), " of ", weight.scalar_type(),
                " does not fit hidden states ", hidden.sizes(), " of ", hidden.scalar_type());
    TORCH_CHECK(labels.scalar_type() == at::kLong && labels.numel() == rows, "labels must be ", rows, " int64");
    auto x = hidden.reshape({rows, width}), targets = labels.reshape({rows}).contiguous();
    std::vector<int64_t> counting;
    for (int64_t row = 0; row < rows; row++) {
      const int64_t label = targets.data_ptr<int64_t>()[row];
      TORCH_CHECK(label == ignored || (label >= 0 && label < classes), "Target ", label, " is out of bounds.");
      if (label != ignored) {
        counting.push_back(row);
      }
    }
    const auto counted = static_cast<int64_t>(counting.size());
    Tensor places;
    if (counted < rows) {
      places = at::tensor(counting, labels.options());
      x = x.index_select(0, places);
      targets = targets.index_select(0, places);
    }

    const int64_t most = std::max<int64_t>(1, kLogitsBytes / (classes * static_cast<int64_t>(hidden.element_size())));
    const int64_t blocks = std::max<int64_t>(1, (counted + most - 1) / most), at_once = (counted + blocks - 1) / blocks;
    const auto logits = at::empty({at_once, classes}, hidden.options());
    auto log_sum = at::empty({counted}, hidden.options().dtype(at::kFloat)), losses = at::empty_like(log_sum);
    auto dx = hidden_wanted ? at::empty_like(x) : Tensor();
    // Sums over several blocks are of float32.
    auto dweight = weight_wanted ? at::empty(weight.sizes(), weight.options().dtype(blocks > 1 ? at::kFloat : weight.scalar_type())) : Tensor();
    const float scale = 1.0f / static_cast<float>(counted);
    for (int64_t from = 0; from < counted || from == 0; from += std::max<int64_t>(1, at_once)) {
      const int64_t some = std::min(at_once, counted - from);
      const auto in = x.narrow(0, from, some);
      auto block = logits.narrow(0, 0, some);
      at::mm_out(block, in, weight.t());
      const auto scores = rows_of(block);
      const auto* label = targets.data_ptr<int64_t>() + from;
      auto* const sums = log_sum.data_ptr<float>() + from;
      at::parallel_for(0, some, rows_at_once(classes), [&](int64_t first, int64_t last) {
        for (int64_t row = first; row < last; row++) {
          wgqa::cross_entropy_forward(scores, label, ignored, sums, losses.data_ptr<float>() + from, classes, row, row + 1);
          if (hidden_wanted || weight_wanted) {
            wgqa::cross_entropy_backward(scores, label, ignored, sums, scale, scores, classes, row, row + 1);   // while the row is in the cache
          }
        }
      });
      if (hidden_wanted) {
        auto part = dx.narrow(0, from, some);
        at::mm_out(part, block, weight);
      }
      if (weight_wanted && blocks == 1) {
        at::mm_out(dweight, block.t(), in);
      } else if (weight_wanted && narrow(in)) {
        const auto part = at::mm(block.t(), in);
        from == 0 ? dweight.copy_(part) : dweight.add_(part);
      } else if (weight_wanted) {
        from == 0 ? at::mm_out(dweight, block.t(), in) : dweight.addmm_(block.t(), in);
      }
    }
    if (hidden_wanted && places.defined()) {
      dx = at::zeros({rows, width}, hidden.options()).index_copy_(0, places, dx);
    }
    context->save_for_backward({hidden_wanted ? dx.view(hidden.sizes()) : Tensor(), weight_wanted ? dweight.to(weight.scalar_type()) : Tensor()});
    return losses.sum().div_(static_cast<double>(counted));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto scale = gradients[0].item<float>();
    const auto scaled = [scale](const Tensor& t) { return !t.defined() || scale == 1 ? t : t.mul(scale); };
    return {scaled(saved[0]), scaled(saved[1]), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

// ---- Dropout, alone and in a residual sum

// A bit for each element: 1 where it is kept.
Tensor drawn(int64_t elements, double probability, int64_t seed) {
  auto kept = at::empty({(elements + 15) / 16 * 2}, at::TensorOptions().dtype(at::kByte));
  at::parallel_for(0, (elements + kGrain - 1) / kGrain, 1, [&](int64_t first, int64_t last) {
    for (int64_t block = first; block < last; block++) {
      wgqa::draw_kept(kept.data_ptr<uint8_t>(), static_cast<uint64_t>(seed), probability, block * kGrain, std::min(elements, (block + 1) * kGrain));
    }
  });
  return kept;
}

const uint8_t* bits_of(const Tensor& kept) { return kept.defined() ? kept.data_ptr<uint8_t>() : nullptr; }

// In blocks of 16 elements, whose bits are bytes of their own.
template <class Body>
void by_blocks(int64_t elements, const Body& body) {
  at::parallel_for(0, (elements + 15) / 16, kGrain / 16, [&](int64_t first, int64_t last) { body(first * 16, std::min(elements, last * 16)); });
}

Tensor scaled(const Tensor& x, const Tensor& kept, double scale, at::ScalarType type) {
  auto y = at::empty(x.sizes(), x.options().dtype(type));
  by_blocks(x.numel(), [&](int64_t first, int64_t last) {
    wgqa::drop(x.data_ptr(), narrow(x), bits_of(kept), static_cast<float>(scale), y.data_ptr(), narrow(y), first, last);
  });
  return y;
}

// x in another type; its gradient in x's. libtorch 1.13's own conversion takes some three cycles an element, two times what memory does.
struct Cast : torch::autograd::Function<Cast> {
  static Tensor forward(AutogradContext* context, const Tensor& x, at::ScalarType type) {
    check(x, "x", true);
    context->saved_data["type"] = static_cast<int64_t>(x.scalar_type());
    return scaled(x.contiguous(), Tensor(), 1, type);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {scaled(gradients[0].contiguous(), Tensor(), 1, static_cast<at::ScalarType>(context->saved_data["type"].toInt())), Tensor()};
  }
};

struct AddDropped : torch::autograd::Function<AddDropped> {
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& y, double probability, int64_t seed) {
    check(x, "x", false);
    check(y, "y", true);
    TORCH_CHECK(x.sizes() == y.sizes(), "x is ", x.sizes(), " and y is ", y.sizes());
    const auto left = x.contiguous(), right = y.contiguous();
    const Tensor kept = probability > 0 ? drawn(x.numel(), probability, seed) : Tensor();
    const double scale = 1 / (1 - probability);
    auto sum = at::empty(left.sizes(), left.options());
    by_blocks(sum.numel(), [&](int64_t first, int64_t last) {
      wgqa::add_dropped(left.data_ptr<float>(), right.data_ptr(), narrow(right), bits_of(kept), static_cast<float>(scale), sum.data_ptr<float>(), first, last);
    });
    context->save_for_backward({kept});
    context->saved_data["scale"] = scale;
    context->saved_data["type"] = static_cast<int64_t>(y.scalar_type());
    return sum;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto kept = context->get_saved_variables()[0];
    const auto type = static_cast<at::ScalarType>(context->saved_data["type"].toInt());
    const auto gradient = gradients[0].contiguous();
    return {gradient, kept.defined() || type != gradient.scalar_type() ? scaled(gradient, kept, context->saved_data["scale"].toDouble(), type) : gradient,
            Tensor(), Tensor()};
  }
};

struct Dropped : torch::autograd::Function<Dropped> {
  static Tensor forward(AutogradContext* context, const Tensor& x, double probability, int64_t seed) {
    check(x, "x", true);
    const auto in = x.contiguous();
    const auto kept = drawn(x.numel(), probability, seed);
    const double scale = 1 / (1 - probability);
    context->save_for_backward({kept});
    context->saved_data["scale"] = scale;
    return scaled(in, kept, scale, in.scalar_type());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto gradient = gradients[0].contiguous();
    return {scaled(gradient, context->get_saved_variables()[0], context->saved_data["scale"].toDouble(), gradient.scalar_type()), Tensor(), Tensor()};
  }
};

// ---- Attention

// With features side by side, and pairs of them where pairs are multiplied; else a copy.
Tensor with_rows(const Tensor& t) {
  const int64_t unit = narrow(t) ? 2 : 1;
  bool fits = t.stride(-1) == 1;
  for (int64_t i = 0; i + 1 < t.dim(); i++) {
    fits = fits && t.stride(i) % unit == 0;
  }
  return fits ? t : t.contiguous();
}

wgqa::Attention described(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& bias, const Tensor& padding, int64_t heads, const Tensor& kept, double scale,
                          const Tensor& log_sum) {
  wgqa::Attention a{};
  a.batch = q.size(0);
  a.targets = q.size(1);
  a.sources = k.size(2);
  a.heads = heads;
  a.groups = k.size(1);
  a.width = q.size(2) / heads;
  a.narrow = narrow(q);
  const auto strides = [](int64_t (&into)[3], int64_t batch, int64_t position, int64_t head) {
    into[0] = batch;
    into[1] = position;
    into[2] = head;
  };
  strides(a.q_strides, q.stride(0), q.stride(1), a.width);
  strides(a.k_strides, k.stride(0), k.stride(2), k.stride(1));
  strides(a.v_strides, v.stride(0), v.stride(2), v.stride(1));
  a.q = q.data_ptr();
  a.k = k.data_ptr();
  a.v = v.data_ptr();
  if (bias.defined()) {
    a.bias = bias.data_ptr<float>();
    for (int64_t i = 0; i < 4; i++) {
      a.bias_strides[i] = bias.size(i) == 1 ? 0 : bias.stride(i);
    }
  }
  if (padding.defined()) {
    a.padding = padding.data_ptr<float>();
    a.padding_stride = padding.size(0) == 1 ? 0 : padding.stride(0);
  }
  a.kept = kept.defined() ? reinterpret_cast<const uint32_t*>(kept.data_ptr<uint8_t>()) : nullptr;
  a.scale = static_cast<float>(scale);
  a.log_sum = log_sum.data_ptr<float>();
  return a;
}

// Runs `body(unit, scratch)` for every unit, each thread with scratch of its own.
template <class Body>
void in_turns(int64_t units, int64_t scratch_bytes, const Body& body) {
  const auto scratch = at::empty({at::get_num_threads(), scratch_bytes + 64}, at::TensorOptions().dtype(at::kByte));
  at::parallel_for(0, units, 1, [&](int64_t first, int64_t last) {
    auto mine = reinterpret_cast<uintptr_t>(scratch.data_ptr<uint8_t>()) + static_cast<uintptr_t>(at::get_thread_num() * scratch.size(1));
    mine = (mine + 63) / 64 * 64;
    for (int64_t unit = first; unit < last; unit++) {
      body(unit, reinterpret_cast<void*>(mine));
    }
  });
}

struct Attend : torch::autograd::Function<Attend> {
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v, const c10::optional<Tensor>& bias,
                        const c10::optional<Tensor>& padding, int64_t heads, const c10::optional<Tensor>& kept, double scale) {
    check(q, "q", true);
    TORCH_CHECK(q.dim() == 3 && k.dim() == 4 && k.sizes() == v.sizes() && k.scalar_type() == q.scalar_type() && v.scalar_type() == q.scalar_type() &&
                    k.size(0) == q.size(0) && heads > 0 && heads % k.size(1) == 0 && q.size(2) == heads * k.size(3) && k.size(3) % 2 == 0,
                "q ", q.sizes(), " of ", heads, " heads cannot attend to k ", k.sizes(), " and v ", v.sizes());
    Tensor added;
    if (bias.has_value()) {
      const auto& given = *bias;
      check(given, "bias", false);
      const int64_t wanted[4] = {q.size(0), heads, q.size(1), k.size(2)};
      bool fits = given.dim() == 4;
      for (int64_t i = 0; fits && i < 4; i++) {
        fits = given.size(i) == wanted[i] || given.size(i) == 1;
      }
      TORCH_CHECK(fits, "the bias ", given.sizes(), " cannot be broadcast to the scores of q ", q.sizes(), " and k ", k.sizes());
      added = given.stride(3) == 1 && given.size(3) == k.size(2) ? given : given.expand({-1, -1, -1, k.size(2)}).contiguous();
    }
    Tensor pad;
    if (padding.has_value()) {
      check(*padding, "padding", false);
      TORCH_CHECK(padding->dim() == 4 && (padding->size(0) == 1 || padding->size(0) == q.size(0)) && padding->size(1) == 1 && padding->size(2) == 1 &&
                      padding->size(3) == k.size(2) && !padding->requires_grad(),
                  "the padding ", padding->sizes(), " is not one of k ", k.sizes(), "'s");
      pad = padding->contiguous();
    }
    const auto left = with_rows(q), keys = with_rows(k), values = with_rows(v);
    auto log_sum = at::empty({q.size(0), heads, q.size(1)}, q.options().dtype(at::kFloat));
    auto y = at::empty(q.sizes(), q.options());
    const Tensor bits = kept.has_value() ? *kept : Tensor();
    auto a = described(left, keys, values, added, pad, heads, bits, scale, log_sum);
    a.y = y.data_ptr();
    in_turns(a.batch * heads, wgqa::attention_scratch(a), [&](int64_t unit, void* scratch) { wgqa::attend_forward(a, unit / heads, unit % heads, scratch); });
    context->save_for_backward({left, keys, values, added, bits, log_sum, pad});
    context->saved_data["heads"] = heads;
    context->saved_data["scale"] = scale;
    context->saved_data["bias"] = bias.has_value() && bias->requires_grad();
    context->saved_data["bias_sizes"] = bias.has_value() ? bias->sizes().vec() : std::vector<int64_t>();
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2], &bias = saved[3];
    const int64_t heads = context->saved_data["heads"].toInt(), groups = k.size(1);
    auto a = described(q, k, v, bias, saved[6], heads, saved[4], context->saved_data["scale"].toDouble(), saved[5]);
    const auto dy = gradients[0].contiguous();
    auto dq = at::empty(q.sizes(), q.options()), dk = at::empty({a.batch, a.sources, groups, a.width}, k.options()), dv = at::empty_like(dk);
    a.dy = dy.data_ptr();
    a.dq = dq.data_ptr();
    a.dk = dk.data_ptr();
    a.dv = dv.data_ptr();

    // A bias that rows of the batch share is summed over them: by each thread for itself, and at the end over the threads.
    Tensor dbias;
    int64_t strides[3] = {0, a.targets * a.sources, a.sources}, part = 0;
    const bool wanted = context->saved_data["bias"].toBool();
    const auto sizes = context->saved_data["bias_sizes"].toIntVector();
    if (wanted) {
      const bool shared = sizes[0] == 1;
      strides[0] = shared ? 0 : heads * strides[1];
      part = shared ? heads * strides[1] : 0;
      dbias = at::zeros({shared ? at::get_num_threads() : 1, shared ? 1 : a.batch, heads, a.targets, a.sources}, q.options().dtype(at::kFloat));
    }
    auto* const sums = wanted ? dbias.data_ptr<float>() : nullptr;
    in_turns(a.batch * groups, wgqa::attention_scratch(a), [&](int64_t unit, void* scratch) {
      wgqa::attend_backward(a, unit / groups, unit % groups, wanted ? sums + at::get_thread_num() * part : nullptr, strides, scratch);
    });
    if (wanted) {
      dbias = dbias.size(0) == 1 ? dbias[0] : dbias.sum(0);
      for (int64_t i = 0; i < 4; i++) {
        dbias = sizes[static_cast<size_t>(i)] == 1 && dbias.size(i) > 1 ? dbias.sum(i, true) : dbias;
      }
    }
    return {dq, dk.transpose(1, 2), dv.transpose(1, 2), dbias, Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

Tensor& tensor(void* handle) { return *static_cast<Tensor*>(handle); }

void* owned(Tensor value) { return new Tensor(std::move(value)); }

}  // namespace

// Whether this processor has what the kernels are compiled for, and it may be used.
WGQA_API int32_t wgqa_kernels() {
  return wgqa::allowed_capability() == wgqa::Capability::kAvx512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bf16");
}

// `type`: 6 float32, 15 bfloat16, as libtorch counts.
WGQA_API int wgqa_rms_norm(void* x, void* weight, double epsilon, int32_t type, void** result) {
  return wgqa::recorded("wgqa::rms_norm", [&] { *result = owned(RmsNorm::apply(tensor(x), tensor(weight), epsilon, static_cast<at::ScalarType>(type))); });
}

WGQA_API int wgqa_cross_entropy(void* logits, void* labels, int64_t ignored, void** result) {
  return wgqa::recorded("wgqa::cross_entropy", [&] { *result = owned(CrossEntropy::apply(tensor(logits), tensor(labels), ignored)); });
}

// hidden […, m], weight [V, m] of one type, labels […] int64: the mean loss of hidden·weightᵀ.
WGQA_API int wgqa_head_loss(void* hidden, void* weight, void* labels, int64_t ignored, void** result) {
  return wgqa::recorded("wgqa::head_loss", [&] {
    const auto wanted = [](const Tensor& t) { return at::GradMode::is_enabled() && t.requires_grad(); };
    *result = owned(HeadLoss::apply(tensor(hidden), tensor(weight), tensor(labels), ignored, wanted(tensor(hidden)), wanted(tensor(weight))));
  });
}

WGQA_API int wgqa_add_dropped(void* x, void* y, double probability, int64_t seed, void** result) {
  return wgqa::recorded("wgqa::add_dropped", [&] { *result = owned(AddDropped::apply(tensor(x), tensor(y), probability, seed)); });
}

WGQA_API int wgqa_dropped(void* x, double probability, int64_t seed, void** result) {
  return wgqa::recorded("wgqa::dropped", [&] { *result = owned(Dropped::apply(tensor(x), probability, seed)); });
}

// `type` as for wgqa_rms_norm.
WGQA_API int wgqa_cast(void* x, int32_t type, void** result) {
  return wgqa::recorded("wgqa::cast", [&] { *result = owned(Cast::apply(tensor(x), static_cast<at::ScalarType>(type))); });
}

// A bit for each of 32 targets and each source, [b·h·⌈t/32⌉·s·4] bytes: what wgqa_attend takes as `kept`.
WGQA_API int wgqa_draw_kept(int64_t elements, double probability, int64_t seed, void** result) {
  return wgqa::recorded("wgqa::draw_kept", [&] { *result = owned(drawn(elements, probability, seed)); });
}

// q [b, t, h·d], k and v [b, g, s, d], bias broadcastable to [b, h, t, s] or null, padding [b or 1, 1, 1, s] or null, kept or null, scale 1/(1 − p): y [b, t, h·d].
WGQA_API int wgqa_attend(void* q, void* k, void* v, void* bias, void* padding, int64_t heads, void* kept, double scale, void** result) {
  return wgqa::recorded("wgqa::attend", [&] {
    const auto optional = [](void* handle) { return handle == nullptr ? c10::optional<Tensor>() : c10::optional<Tensor>(tensor(handle)); };
    *result = owned(Attend::apply(tensor(q), tensor(k), tensor(v), optional(bias), optional(padding), heads, optional(kept), scale));
  });
}

// AdamW on flat float32 memory, by the thread that calls: whoever has many stretches shares them out.
WGQA_API int wgqa_adamw(void* values, void* mean, void* square, void* gradient, double decay, double keep_mean, double keep_square, double slack, double stride) {
  return wgqa::recorded("wgqa::adamw", [&] {
    const int64_t length = tensor(values).numel();
    const auto memory = [length](void* handle) {
      const auto& t = tensor(handle);
      TORCH_CHECK(t.numel() == length && t.is_contiguous(), "AdamW's memory has ", t.numel(), " elements and not ", length);
      return t.data_ptr<float>();
    };
    const auto single = [](double value) { return static_cast<float>(value); };
    wgqa::adamw({memory(values), memory(mean), memory(square), memory(gradient), single(decay), single(keep_mean), single(1 - keep_mean), single(keep_square),
                 single(1 - keep_square), single(slack), single(stride)},
                length);
  });
}

// Σ x² of a contiguous float32 tensor, in float64.
WGQA_API int wgqa_sum_of_squares(void* x, double* sum) {
  return wgqa::recorded("wgqa::sum_of_squares", [&] {
    TORCH_CHECK(tensor(x).is_contiguous(), "the tensor is not contiguous");
    *sum = wgqa::sum_of_squares(tensor(x).data_ptr<float>(), tensor(x).numel());
  });
}
