// softmax(q·kᵀ + bias)·v without the scores ever leaving the cache, and its gradients from q, k, v and each row's log-sum.
//
// Everything lies on its side: a vector holds the same key (or feature) of 16 targets, so that a softmax runs down columns
// and needs no sum across a vector, and every product is one kernel, C[m × 32] = Σₖ A[m, k]·B[k × 32], that broadcasts A from
// where it lies. In bfloat16 a unit of 32 bits is a pair of neighbours along k, and the kernel's multiply-add takes both.
#include "kernels.h"
#include "vectors.h"

#include <math.h>
#include <string.h>

#include <type_traits>

namespace wgqa {
namespace {

constexpr float kHidden = -1e37f;   // above what a mask adds to a score, below what any score is
constexpr int64_t kRows = 12;   // of C at once: 24 sums, 2 vectors of B and one of A fill 27 of 32 registers

template <bool Narrow>
inline V multiply_add(V a, V b, V sum) {
  if constexpr (Narrow) {
    return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
  } else {
    return _mm512_fmadd_ps(a, b, sum);
  }
}

template <bool Narrow, int M>
void product(const float* a, int64_t a_row, int64_t a_step, const float* b, int64_t b_step, float* c, int64_t c_row, int64_t steps, bool add) {
  V low[M], high[M];
#pragma GCC unroll 12
  for (int i = 0; i < M; i++) {
    low[i] = add ? _mm512_loadu_ps(c + i * c_row) : _mm512_setzero_ps();
    high[i] = add ? _mm512_loadu_ps(c + i * c_row + 16) : _mm512_setzero_ps();
  }
  for (int64_t k = 0; k < steps; k++, a += a_step, b += b_step) {
    const V first = _mm512_loadu_ps(b), second = _mm512_loadu_ps(b + 16);
#pragma GCC unroll 12
    for (int i = 0; i < M; i++) {
      const V one = broadcast(a[i * a_row]);
      low[i] = multiply_add<Narrow>(one, first, low[i]);
      high[i] = multiply_add<Narrow>(one, second, high[i]);
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < M; i++) {
    _mm512_storeu_ps(c + i * c_row, low[i]);
    _mm512_storeu_ps(c + i * c_row + 16, high[i]);
  }
}

// C[rows × 32] (+)= Σ A[row, k]·B[k × 32], all in units of 32 bits.
template <bool Narrow>
void products(const float* a, int64_t a_row, int64_t a_step, const float* b, int64_t b_step, float* c, int64_t c_row, int64_t rows, int64_t steps, bool add) {
  for (int64_t row = 0; row < rows; row += kRows, a += kRows * a_row, c += kRows * c_row) {
    switch (rows - row) {
      case 1: product<Narrow, 1>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 2: product<Narrow, 2>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 3: product<Narrow, 3>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 4: product<Narrow, 4>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 5: product<Narrow, 5>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 6: product<Narrow, 6>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 7: product<Narrow, 7>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 8: product<Narrow, 8>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 9: product<Narrow, 9>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 10: product<Narrow, 10>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      case 11: product<Narrow, 11>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
      default: product<Narrow, 12>(a, a_row, a_step, b, b_step, c, c_row, steps, add); break;
    }
  }
}

// [rows ≤ 32, units] as [units, 32], missing rows 0.
void pack_columns(const float* from, int64_t stride, int64_t rows, int64_t units, float* to) {
  for (int64_t half = 0; half < 2; half++) {
    for (int64_t j = 0; j < units; j += 16) {
      V block[16];
      for (int64_t i = 0; i < 16; i++) {
        const int64_t row = half * 16 + i;
        block[i] = row < rows ? _mm512_maskz_loadu_ps(lanes(units - j), from + row * stride + j) : _mm512_setzero_ps();
      }
      transpose(block);
      for (int64_t i = 0; i < 16 && j + i < units; i++) {
        _mm512_storeu_ps(to + (j + i) * kBlock + half * 16, block[i]);
      }
    }
  }
}

// Two rows of 16-bit elements side by side: the units of a product along them.
inline __m512i interleaved(__m256i first, __m256i second) {
  return _mm512_or_si512(_mm512_cvtepu16_epi32(first), _mm512_slli_epi32(_mm512_cvtepu16_epi32(second), 16));
}

// Rows of bfloat16 [rows, width] as pairs of rows [⌈rows/2⌉, padded]; what is missing is 0.
void pack_pairs(const uint16_t* from, int64_t stride, int64_t rows, int64_t all_rows, int64_t width, int64_t padded, float* to) {
  for (int64_t row = 0; row < all_rows; row += 2, to += padded) {
    for (int64_t j = 0; j < padded; j += 16) {
      const __mmask16 mask = j < width ? lanes(width - j) : 0;
      const __m256i first = row < rows ? _mm256_maskz_loadu_epi16(mask, from + row * stride + j) : _mm256_setzero_si256();
      const __m256i second = row + 1 < rows ? _mm256_maskz_loadu_epi16(mask, from + (row + 1) * stride + j) : _mm256_setzero_si256();
      _mm512_storeu_si512(to + j, interleaved(first, second));
    }
  }
}

// Rows of float32 [rows, width] as [32, padded].
void pack_rows(const float* from, int64_t stride, int64_t rows, int64_t width, int64_t padded, float* to) {
  for (int64_t row = 0; row < kBlock; row++, to += padded) {
    for (int64_t j = 0; j < padded; j += 16) {
      const __mmask16 mask = row < rows && j < width ? lanes(width - j) : 0;
      _mm512_storeu_ps(to + j, _mm512_maskz_loadu_ps(mask, from + row * stride + j));
    }
  }
}

// float32 [sources, 32] rounded: as pairs of sources [⌈sources/2⌉, 32], and as pairs of targets [sources, 16]; either may be left out.
void round_pairs(const float* from, int64_t sources, float* by_source, float* by_target) {
  for (int64_t j = 0; j < sources; j += 2) {
    const float* row = from + j * kBlock;
    const V first[2] = {_mm512_loadu_ps(row), _mm512_loadu_ps(row + 16)};
    const bool both = j + 1 < sources;
    const V second[2] = {both ? _mm512_loadu_ps(row + kBlock) : _mm512_setzero_ps(), both ? _mm512_loadu_ps(row + kBlock + 16) : _mm512_setzero_ps()};
    if (by_source != nullptr) {
      _mm512_storeu_si512(by_source + j / 2 * kBlock, interleaved(narrowed(first[0]), narrowed(second[0])));
      _mm512_storeu_si512(by_source + j / 2 * kBlock + 16, interleaved(narrowed(first[1]), narrowed(second[1])));
    }
    if (by_target != nullptr) {
      _mm512_storeu_si512(by_target + j * 16, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(first[1], first[0])));
      if (both) {
        _mm512_storeu_si512(by_target + (j + 1) * 16, reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(second[1], second[0])));
      }
    }
  }
}

// One thread's scratch; in bfloat16 `padded` counts the features as they are, and packed columns hold half as many units.
struct Scratch {
  Scratch(const Attention& a, void* memory) : padded((a.width + 31) / 32 * 32), pairs((a.sources + 1) / 2) {
    auto* at = static_cast<float*>(memory);
    const auto take = [&at](int64_t floats) {
      float* const mine = at;
      at += (floats + 15) / 16 * 16;
      return mine;
    };
    const int64_t sources = pairs * 2;
    scores = take(sources * kBlock);
    gradients = take(sources * kBlock);
    key_sums = take(sources * padded);
    value_sums = take(sources * padded);
    q_columns = take(padded * kBlock);
    dy_columns = take(padded * kBlock);
    q_rows = take(kBlock * padded);
    dy_rows = take(kBlock * padded);
    result = take((padded + kRows) * kBlock);
    by_source = take(pairs * kBlock);
    by_target = take(sources * 16);
    key_pairs = take(pairs * padded);
    value_pairs = take(pairs * padded);
    bytes = reinterpret_cast<char*>(at) - static_cast<char*>(memory);
  }

  int64_t padded, pairs, bytes;
  float *scores, *gradients, *key_sums, *value_sums, *q_columns, *dy_columns, *q_rows, *dy_rows, *result, *by_source, *by_target, *key_pairs, *value_pairs;
};

template <class T>
const T* at(const void* data, const int64_t strides[3], int64_t batch, int64_t position, int64_t head) {
  return static_cast<const T*>(data) + batch * strides[0] + position * strides[1] + head * strides[2];
}

const float* padding_of(const Attention& a, int64_t batch) { return a.padding == nullptr ? nullptr : a.padding + batch * a.padding_stride; }

// Adds the bias of up to 32 targets to scores that lie on their side.
void add_bias(const Attention& a, int64_t batch, int64_t head, int64_t target, int64_t rows, float* scores) {
  const float* bias = a.bias + batch * a.bias_strides[0] + head * a.bias_strides[1] + target * a.bias_strides[2];
  if (a.bias_strides[2] == 0) {
    for (int64_t j = 0; j < a.sources; j++, scores += kBlock) {
      const V one = broadcast(bias[j * a.bias_strides[3]]);
      _mm512_storeu_ps(scores, _mm512_add_ps(_mm512_loadu_ps(scores), one));
      _mm512_storeu_ps(scores + 16, _mm512_add_ps(_mm512_loadu_ps(scores + 16), one));
    }
    return;
  }
  for (int64_t half = 0; half * 16 < rows; half++) {
    for (int64_t j = 0; j < a.sources; j += 16) {
      const __mmask16 mask = lanes(a.sources - j);
      V block[16];
      for (int64_t i = 0; i < 16; i++) {
        const int64_t row = half * 16 + i;
        block[i] = row < rows ? _mm512_maskz_loadu_ps(mask, bias + row * a.bias_strides[2] + j) : _mm512_setzero_ps();
      }
      transpose(block);
      for (int64_t i = 0; i < 16 && j + i < a.sources; i++) {
        float* score = scores + (j + i) * kBlock + half * 16;
        _mm512_storeu_ps(score, _mm512_add_ps(_mm512_loadu_ps(score), block[i]));
      }
    }
  }
}

// The way back: gradients of scores into the bias's.
void add_to_bias(const float* gradients, int64_t rows, int64_t sources, float* dbias, int64_t stride) {
  for (int64_t half = 0; half * 16 < rows; half++) {
    for (int64_t j = 0; j < sources; j += 16) {
      V block[16];
      for (int64_t i = 0; i < 16; i++) {
        block[i] = j + i < sources ? _mm512_loadu_ps(gradients + (j + i) * kBlock + half * 16) : _mm512_setzero_ps();
      }
      transpose(block);
      const __mmask16 mask = lanes(sources - j);
      for (int64_t i = 0; i < 16 && half * 16 + i < rows; i++) {
        float* target = dbias + (half * 16 + i) * stride + j;
        _mm512_mask_storeu_ps(target, mask, _mm512_add_ps(_mm512_maskz_loadu_ps(mask, target), block[i]));
      }
    }
  }
}

// What a column's bits keep of it.
inline V kept_of(const uint32_t* kept, int64_t source, int half, V value) {
  return kept == nullptr ? value : _mm512_maskz_mov_ps(static_cast<__mmask16>(kept[source] >> (16 * half)), value);
}

const uint32_t* kept_by(const Attention& a, int64_t batch, int64_t head, int64_t target) {
  return a.kept == nullptr ? nullptr : a.kept + (((batch * a.heads + head) * ((a.targets + kBlock - 1) / kBlock)) + target / kBlock) * a.sources;
}

// Writes [features, 32] back as rows of q's kind: y or dq.
void write_rows(const float* columns, int64_t rows, int64_t width, bool narrow, void* to, int64_t stride) {
  for (int64_t half = 0; half * 16 < rows; half++) {
    for (int64_t j = 0; j < width; j += 16) {
      V block[16];
      for (int64_t i = 0; i < 16; i++) {
        block[i] = j + i < width ? _mm512_loadu_ps(columns + (j + i) * kBlock + half * 16) : _mm512_setzero_ps();
      }
      transpose(block);
      for (int64_t i = 0; i < 16 && half * 16 + i < rows; i++) {
        store(static_cast<char*>(to) + (half * 16 + i) * stride * (narrow ? 2 : 4), narrow, j, block[i], lanes(width - j));
      }
    }
  }
}

template <bool Narrow>
void forward(const Attention& a, int64_t batch, int64_t head, const Scratch& s) {
  constexpr int64_t kUnit = Narrow ? 2 : 1;   // elements in 32 bits
  using T = std::conditional_t<Narrow, uint16_t, float>;
  const int64_t group = head / (a.heads / a.groups), units = a.width / kUnit;
  const T* k = at<T>(a.k, a.k_strides, batch, 0, group);
  const T* v = at<T>(a.v, a.v_strides, batch, 0, group);
  if constexpr (Narrow) {
    pack_pairs(v, a.v_strides[1], a.sources, a.sources, a.width, s.padded, s.value_pairs);
  }
  for (int64_t target = 0; target < a.targets; target += kBlock) {
    const int64_t rows = a.targets - target < kBlock ? a.targets - target : kBlock;
    pack_columns(reinterpret_cast<const float*>(at<T>(a.q, a.q_strides, batch, target, head)), a.q_strides[1] / kUnit, rows, units, s.q_columns);
    products<Narrow>(reinterpret_cast<const float*>(k), a.k_strides[1] / kUnit, 1, s.q_columns, kBlock, s.scores, kBlock, a.sources, units, false);
    if (a.bias != nullptr) {
      add_bias(a, batch, head, target, rows, s.scores);
    }

    V most[2] = {broadcast(-INFINITY), broadcast(-INFINITY)}, sum[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
    const float* padding = padding_of(a, batch);
    for (int64_t j = 0; j < a.sources; j++) {
      for (int half = 0; half < 2; half++) {
        float* score = s.scores + j * kBlock + half * 16;
        V value = _mm512_loadu_ps(score);
        if (padding != nullptr) {
          value = _mm512_add_ps(value, broadcast(padding[j]));
          _mm512_storeu_ps(score, value);
        }
        most[half] = _mm512_max_ps(most[half], value);
      }
    }
    const uint32_t* kept = kept_by(a, batch, head, target);
    for (int64_t j = 0; j < a.sources; j++) {
      for (int half = 0; half < 2; half++) {
        float* score = s.scores + j * kBlock + half * 16;
        const V power = exponential(_mm512_sub_ps(_mm512_loadu_ps(score), most[half]));
        sum[half] = _mm512_add_ps(sum[half], power);
        _mm512_storeu_ps(score, kept_of(kept, j, half, power));
      }
    }

    if constexpr (Narrow) {
      round_pairs(s.scores, a.sources, s.by_source, nullptr);
      products<Narrow>(s.value_pairs, 1, s.padded, s.by_source, kBlock, s.result, kBlock, a.width, s.pairs, false);
    } else {
      products<Narrow>(v, 1, a.v_strides[1], s.scores, kBlock, s.result, kBlock, a.width, a.sources, false);
    }
    alignas(64) float sums[kBlock], largest[kBlock];
    for (int half = 0; half < 2; half++) {
      _mm512_store_ps(sums + half * 16, sum[half]);
      _mm512_store_ps(largest + half * 16, most[half]);
      const V scale = _mm512_div_ps(broadcast(a.kept == nullptr ? 1.0f : a.scale), sum[half]);
      for (int64_t i = 0; i < a.width; i++) {
        float* y = s.result + i * kBlock + half * 16;
        _mm512_storeu_ps(y, _mm512_mul_ps(_mm512_loadu_ps(y), scale));
      }
    }
    for (int64_t i = 0; i < rows; i++) {
      a.log_sum[(batch * a.heads + head) * a.targets + target + i] = largest[i] + logf(sums[i]);
    }
    write_rows(s.result, rows, a.width, Narrow, static_cast<T*>(a.y) + ((batch * a.targets + target) * a.heads + head) * a.width, a.heads * a.width);
  }
}

template <bool Narrow>
void backward(const Attention& a, int64_t batch, int64_t group, float* dbias, const int64_t* dbias_strides, const Scratch& s) {
  constexpr int64_t kUnit = Narrow ? 2 : 1;
  using T = std::conditional_t<Narrow, uint16_t, float>;
  const int64_t shared = a.heads / a.groups, units = a.width / kUnit, y_stride = a.heads * a.width;
  const T* k = at<T>(a.k, a.k_strides, batch, 0, group);
  const T* v = at<T>(a.v, a.v_strides, batch, 0, group);
  if constexpr (Narrow) {
    pack_pairs(k, a.k_strides[1], a.sources, a.sources, a.width, s.padded, s.key_pairs);
  }
  memset(s.key_sums, 0, static_cast<size_t>(a.sources * s.padded) * sizeof(float));
  memset(s.value_sums, 0, static_cast<size_t>(a.sources * s.padded) * sizeof(float));
  for (int64_t head = group * shared; head < (group + 1) * shared; head++) {
    for (int64_t target = 0; target < a.targets; target += kBlock) {
      const int64_t rows = a.targets - target < kBlock ? a.targets - target : kBlock;
      const T* q = at<T>(a.q, a.q_strides, batch, target, head);
      const T* dy = static_cast<const T*>(a.dy) + ((batch * a.targets + target) * a.heads + head) * a.width;
      pack_columns(reinterpret_cast<const float*>(q), a.q_strides[1] / kUnit, rows, units, s.q_columns);
      pack_columns(reinterpret_cast<const float*>(dy), y_stride / kUnit, rows, units, s.dy_columns);
      if constexpr (Narrow) {
        pack_pairs(q, a.q_strides[1], rows, kBlock, a.width, s.padded, s.q_rows);
        pack_pairs(dy, y_stride, rows, kBlock, a.width, s.padded, s.dy_rows);
      } else {
        pack_rows(q, a.q_strides[1], rows, a.width, s.padded, s.q_rows);
        pack_rows(dy, y_stride, rows, a.width, s.padded, s.dy_rows);
      }

      // P again, and dP = v·dyᵀ.
      products<Narrow>(reinterpret_cast<const float*>(k), a.k_strides[1] / kUnit, 1, s.q_columns, kBlock, s.scores, kBlock, a.sources, units, false);
      products<Narrow>(reinterpret_cast<const float*>(v), a.v_strides[1] / kUnit, 1, s.dy_columns, kBlock, s.gradients, kBlock, a.sources, units, false);
      if (a.bias != nullptr) {
        add_bias(a, batch, head, target, rows, s.scores);
      }
      alignas(64) float sums[kBlock] = {};
      memcpy(sums, a.log_sum + (batch * a.heads + head) * a.targets + target, static_cast<size_t>(rows) * sizeof(float));
      const uint32_t* kept = kept_by(a, batch, head, target);
      const float* padding = padding_of(a, batch);
      const V scale = broadcast(a.kept == nullptr ? 1.0f : a.scale);
      // A target to which every source is hidden sees all alike, and beside such scores the logarithm of their number was lost.
      const __mmask16 blind[2] = {_mm512_cmp_ps_mask(_mm512_load_ps(sums), broadcast(kHidden), _CMP_LT_OQ), _mm512_cmp_ps_mask(_mm512_load_ps(sums + 16), broadcast(kHidden), _CMP_LT_OQ)};
      const V alike = broadcast(1.0f / static_cast<float>(a.sources));
      V dot[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};
      for (int64_t j = 0; j < a.sources; j++) {
        const V pad = broadcast(padding == nullptr ? 0.0f : padding[j]);
        for (int half = 0; half < 2; half++) {
          float *score = s.scores + j * kBlock + half * 16, *gradient = s.gradients + j * kBlock + half * 16;
          V p = exponential(_mm512_sub_ps(_mm512_add_ps(_mm512_loadu_ps(score), pad), _mm512_load_ps(sums + half * 16)));
          if (blind[half] != 0) {
            p = _mm512_mask_mov_ps(p, blind[half], alike);
          }
          const V dp = kept_of(kept, j, half, _mm512_mul_ps(_mm512_loadu_ps(gradient), scale));
          dot[half] = _mm512_fmadd_ps(p, dp, dot[half]);
          _mm512_storeu_ps(score, p);
          _mm512_storeu_ps(gradient, dp);
        }
      }

      // dS = P∘(dP − Σ P∘dP), and what dropout left of P for dv.
      for (int64_t j = 0; j < a.sources; j++) {
        for (int half = 0; half < 2; half++) {
          float *score = s.scores + j * kBlock + half * 16, *gradient = s.gradients + j * kBlock + half * 16;
          const V p = _mm512_loadu_ps(score);
          _mm512_storeu_ps(gradient, _mm512_mul_ps(p, _mm512_sub_ps(_mm512_loadu_ps(gradient), dot[half])));
          if (kept != nullptr) {
            _mm512_storeu_ps(score, kept_of(kept, j, half, _mm512_mul_ps(p, scale)));
          }
        }
      }
      if (dbias != nullptr) {
        add_to_bias(s.gradients, rows, a.sources, dbias + batch * dbias_strides[0] + head * dbias_strides[1] + target * dbias_strides[2], dbias_strides[2]);
      }

      // dv += Pᵀ·dy, dk += dSᵀ·q, dq = dS·k
      const float *probabilities = s.scores, *gradients = s.gradients;
      const int64_t steps = kBlock / kUnit;
      if constexpr (Narrow) {
        round_pairs(s.scores, a.sources, nullptr, s.by_target);
        probabilities = s.by_target;
      }
      for (int64_t j = 0; j < s.padded; j += 32) {
        products<Narrow>(probabilities, steps, 1, s.dy_rows + j, s.padded, s.value_sums + j, s.padded, a.sources, steps, true);
      }
      if constexpr (Narrow) {
        round_pairs(s.gradients, a.sources, s.by_source, s.by_target);
        gradients = s.by_target;
      }
      for (int64_t j = 0; j < s.padded; j += 32) {
        products<Narrow>(gradients, steps, 1, s.q_rows + j, s.padded, s.key_sums + j, s.padded, a.sources, steps, true);
      }
      if constexpr (Narrow) {
        products<Narrow>(s.key_pairs, 1, s.padded, s.by_source, kBlock, s.result, kBlock, a.width, s.pairs, false);
      } else {
        products<Narrow>(k, 1, a.k_strides[1], s.gradients, kBlock, s.result, kBlock, a.width, a.sources, false);
      }
      write_rows(s.result, rows, a.width, Narrow, static_cast<T*>(a.dq) + ((batch * a.targets + target) * a.heads + head) * a.width, y_stride);
    }
  }
  for (int64_t source = 0; source < a.sources; source++) {
    const int64_t row = ((batch * a.sources + source) * a.groups + group) * a.width;
    for (int64_t j = 0; j < a.width; j += 16) {
      const __mmask16 mask = lanes(a.width - j);
      store(static_cast<T*>(a.dk) + row, Narrow, j, _mm512_loadu_ps(s.key_sums + source * s.padded + j), mask);
      store(static_cast<T*>(a.dv) + row, Narrow, j, _mm512_loadu_ps(s.value_sums + source * s.padded + j), mask);
    }
  }
}

}  // namespace

int64_t attention_scratch(const Attention& a) { return Scratch(a, nullptr).bytes; }

void attend_forward(const Attention& a, int64_t batch, int64_t head, void* scratch) {
  const Scratch s(a, scratch);
  a.narrow ? forward<true>(a, batch, head, s) : forward<false>(a, batch, head, s);
}

void attend_backward(const Attention& a, int64_t batch, int64_t group, float* dbias, const int64_t* dbias_strides, void* scratch) {
  const Scratch s(a, scratch);
  a.narrow ? backward<true>(a, batch, group, dbias, dbias_strides, s) : backward<false>(a, batch, group, dbias, dbias_strides, s);
}

}  // namespace wgqa
