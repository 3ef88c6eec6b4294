// One token a row through a whole decoder: inside one parallel region, phase after phase, so that between products no thread is woken, no
// memory is asked for and nothing is left to do but to read weights.
#pragma once

#include "decoding.h"
#include "few_rows.h"
#include "few_targets.h"
#include "lanes.h"
#include "team.h"

#include <omp.h>

namespace wgqa::decoding {
namespace {

// Hugging Face's gelu_new.
inline Floats gelu(Floats x) {
  const Floats inner = 0.7978845608028654f * (x + 0.044715f * x * x * x);
  const Floats shrunk = exponential(-2 * (inner > 0 ? inner : -inner));
  const Floats tangent = (1 - shrunk) / (1 + shrunk);
  return 0.5f * x * (1 + (inner > 0 ? tangent : -tangent));
}

template <class T>
class Stepping {
 public:
  // `memory` is what all threads see of this step, as many bytes as `bytes` says.
  Stepping(const Step& step, int threads, char* memory) : s_(step), threads_(threads), phases_(reinterpret_cast<Phases::Phase*>(memory)) {
    for (int64_t i = 0; i < phases(s_); i++) reinterpret_cast<Phases::Phase*>(memory)[i] = {};
    memory += phases(s_) * static_cast<int64_t>(sizeof(Phases::Phase));
    const auto take = [&](int64_t bytes) {
      char* at = memory;
      memory += rounded(bytes);
      return at;
    };
    x_ = reinterpret_cast<float*>(take(s_.rows * s_.m * 4));
    q_ = reinterpret_cast<T*>(take(s_.rows * s_.h * s_.d * sizeof(T)));
    context_ = reinterpret_cast<T*>(take(s_.rows * s_.h * s_.d * sizeof(T)));
    inner_ = reinterpret_cast<T*>(take(s_.rows * s_.f * sizeof(T)));
    const T* embedding = static_cast<const T*>(s_.embedding);
    for (int64_t row = 0; row < s_.rows; row++) {
      for (int64_t i = 0; i < s_.m; i++) x_[row * s_.m + i] = widen(embedding[s_.tokens[row] * s_.m + i]);
    }
  }

  static int64_t bytes(const Step& s) {
    return phases(s) * static_cast<int64_t>(sizeof(Phases::Phase)) + rounded(s.rows * s.m * 4) + 2 * rounded(s.rows * s.h * s.d * sizeof(T)) + rounded(s.rows * s.f * sizeof(T));
  }

  // What each thread does.
  void run(int thread) {
    thread_local Scratch normed, widened, laid, attending;
    Own own{thread, 0, normed, widened, laid, attending};
    for (int64_t i = 0; i < s_.layer_count; i++) {
      const DecoderLayer& layer = s_.layers[i];
      attend(own, layer.self, true, first_of(layer.cross.q));
      attend(own, layer.cross, false, first_of(layer.gate));
      feed_forward(own, layer, i + 1 < s_.layer_count ? first_of(s_.layers[i + 1].self.q) : first_of(s_.head));
    }
    const Product logits{s_.head, s_.logits, s_.vocabulary, s_.vocabulary, s_.vocabulary, 0};
    phases_.share(own.phase++, chunks_of<T>(&logits, 1, s_.m), {}, [&] { return norm(own, s_.norm, s_.head_scale); },
                  [&](const Number<T>* hidden, int64_t task) { multiply_chunk<T>(hidden, s_.rows, s_.m, &logits, task); });
  }

 private:
  struct Own {
    int thread;
    int64_t phase;   // the next one
    Scratch &normed, &widened, &laid, &attending;
    Ahead ahead(const Ahead& first) const { return {static_cast<const char*>(first.from) + thread * kChunkBytes, first.bytes}; }
  };

  static constexpr int64_t kPhasesOfLayer = 8;   // three of each attention, two of the feed-forward

  static int64_t phases(const Step& s) { return s.layer_count * kPhasesOfLayer + 1; }

  static int64_t rounded(int64_t bytes) { return (bytes + 63) / 64 * 64; }

  // What each thread begins a product with, but for its place.
  static Ahead first_of(const void* weight) { return {weight, kChunkBytes / 2}; }

  // Each thread norms all rows for itself: they are few, and near from then on.
  const Number<T>* norm(Own& own, const float* weight, float factor = 1) {
    auto* to = reinterpret_cast<Number<T>*>(own.normed.bytes(s_.rows * s_.m * static_cast<int64_t>(sizeof(Number<T>))));
    for (int64_t row = 0; row < s_.rows; row++) {
      const float* x = x_ + row * s_.m;
      Floats squares = {};
      int64_t i = 0;
      for (; i + kLanes <= s_.m; i += kLanes) squares += load(x + i) * load(x + i);
      float all = sum(squares);
      for (; i < s_.m; i++) all += x[i] * x[i];
      const float scale = factor / __builtin_sqrtf(all / static_cast<float>(s_.m) + s_.epsilon);
      for (i = 0; i < s_.m; i++) {
        T value;
        narrow(x[i] * scale * weight[i], value);
        to[row * s_.m + i] = as_factor(value);
      }
    }
    return arranged<T>(to, s_.rows, s_.m, own.laid);
  }

  void attend(Own& own, const AttentionLayer& layer, bool self, Ahead next) {
    const int64_t width = s_.h * s_.d;
    Product products[3] = {{layer.q, q_, width, width, width, 0}};
    if (self) {
      const int64_t held = layer.groups * s_.d;
      products[1] = {layer.k, static_cast<T*>(layer.keys) + s_.position * s_.d, held, layer.groups * layer.room * s_.d, s_.d, layer.room * s_.d};
      products[2] = {layer.v, static_cast<T*>(layer.values) + s_.position * s_.d, held, layer.groups * layer.room * s_.d, s_.d, layer.room * s_.d};
    }
    const Ahead keys{static_cast<const T*>(layer.keys) + own.thread * layer.room * s_.d, s_.d * static_cast<int64_t>(sizeof(T)) * (self ? s_.position : least(256, s_.source))};
    phases_.share(own.phase++, chunks_of<T>(products, self ? 3 : 1, s_.m), keys, [&] { return norm(own, layer.norm); },
                  [&](const Number<T>* rows, int64_t task) { multiply_chunk<T>(rows, s_.rows, s_.m, products, task); });

    Attention a{};
    a.q = q_, a.k = layer.keys, a.v = layer.values, a.y = context_;
    a.heads = layer.heads, a.starts = layer.starts;
    a.b = self ? s_.rows : s_.inputs, a.t = s_.rows / a.b, a.h = s_.h, a.groups = layer.groups, a.s = self ? s_.position + 1 : s_.source, a.d = s_.d;
    a.k_group = a.v_group = layer.room * s_.d, a.k_batch = a.v_batch = layer.groups * layer.room * s_.d;
    if (self) {
      a.bias = s_.self_bias, a.bias_head = s_.self_bias_head;
    } else if (s_.cross_bias) {
      a.bias = s_.cross_bias, a.bias_batch = s_.source;
    }
    const int64_t parts = attention_parts(a, threads_);
    phases_.share(own.phase++, a.b * a.groups * parts, own.ahead(first_of(layer.o)), [] { return 0; }, [&](int, int64_t task) { attend_task<T>(a, parts, task, own.attending); });

    add_product(own, context_, width, layer.o, next);
  }

  void feed_forward(Own& own, const DecoderLayer& layer, Ahead next) {
    const T *gate = static_cast<const T*>(layer.gate), *linear = static_cast<const T*>(layer.linear);
    const int64_t chunk = chunk_of<T>(s_.m);
    phases_.share(own.phase++, chunks_of(s_.f, chunk), own.ahead(first_of(layer.wo)), [&] { return norm(own, layer.norm); }, [&](const Number<T>* rows, int64_t task) {
      const int64_t begin = task * chunk, end = least(s_.f, begin + chunk);
      if (!linear) return multiply_columns<T>(rows, s_.rows, s_.m, gate, Kept<T, true>{inner_, s_.f}, begin, end);
      const int64_t width = end - begin;
      float* gates = own.widened.of(2 * s_.rows * width + kLanes);
      float* linears = gates + s_.rows * width;
      multiply_columns<T>(rows, s_.rows, s_.m, gate, Kept<float, false>{gates - begin, width}, begin, end);
      multiply_columns<T>(rows, s_.rows, s_.m, linear, Kept<float, false>{linears - begin, width}, begin, end);
      for (int64_t row = 0; row < s_.rows; row++) {
        for (int64_t i = 0; i < width; i += kLanes) {
          const Floats values = gelu(load(gates + row * width + i)) * load(linears + row * width + i);   // what lies beyond the row's end is not kept
          for (int64_t lane = 0; lane < least(kLanes, width - i); lane++) narrow(values[lane], inner_[row * s_.f + begin + i + lane]);
        }
      }
    });
    add_product(own, inner_, s_.f, layer.wo, next);
  }

  // The residual sum takes in a product.
  void add_product(Own& own, const T* from, int64_t inputs, const void* weight, Ahead next) {
    const int64_t chunk = chunk_of<T>(inputs);
    phases_.share(own.phase++, chunks_of(s_.m, chunk), own.ahead(next), [&] { return factors(from, s_.rows, inputs, own.widened, own.laid); }, [&](const Number<T>* rows, int64_t task) {
      multiply_columns<T>(rows, s_.rows, inputs, static_cast<const T*>(weight), Added{x_, s_.m}, task * chunk, least(s_.m, (task + 1) * chunk));
    });
  }

  const Step& s_;
  const int threads_;
  Phases phases_;
  float* x_;      // [rows, m], residual sums
  T* q_;          // [rows, h*d]
  T* context_;    // [rows, h*d]
  T* inner_;      // [rows, f]
};

template <class T>
void step_typed(const Step& step, int threads) {
  thread_local Scratch scratch;
  Stepping<T> stepping(step, threads, scratch.bytes(Stepping<T>::bytes(step)));
#pragma omp parallel num_threads(threads)
  stepping.run(omp_get_thread_num());
}

}  // namespace
}  // namespace wgqa::decoding
