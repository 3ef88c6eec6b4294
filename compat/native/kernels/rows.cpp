// Norm, loss, dropout, residual sum and AdamW: one pass over memory each, where a chain of operators makes five to ten.
#include "kernels.h"
#include "vectors.h"

#include <math.h>

namespace wgqa {

void rms_norm_forward(const float* x, const float* weight, float epsilon, Rows y, float* inverse, int64_t width, int64_t first, int64_t last) {
  const int64_t size = y.narrow ? 2 : 4;
  for (int64_t row = first; row < last; row++) {
    const float* in = x + row * width;
    V squares = _mm512_setzero_ps();
    for (int64_t j = 0; j < width; j += 16) {
      const V value = load(in, false, j, lanes(width - j));
      squares = _mm512_fmadd_ps(value, value, squares);
    }
    const float scale = 1.0f / sqrtf(_mm512_reduce_add_ps(squares) / static_cast<float>(width) + epsilon);
    inverse[row] = scale;
    void* out = static_cast<char*>(y.data) + row * y.stride * size;
    for (int64_t j = 0; j < width; j += 16) {
      const __mmask16 mask = lanes(width - j);
      const V normed = _mm512_mul_ps(load(in, false, j, mask), broadcast(scale));
      store(out, y.narrow, j, _mm512_mul_ps(normed, load(weight, false, j, mask)), mask);
    }
  }
}

void rms_norm_backward(const float* x, const float* weight, const float* inverse, Rows dy, float* dx, float* dweight, int64_t width, int64_t first, int64_t last) {
  const int64_t size = dy.narrow ? 2 : 4;
  for (int64_t row = first; row < last; row++) {
    const float* in = x + row * width;
    const void* gradient = static_cast<const char*>(dy.data) + row * dy.stride * size;
    V dot = _mm512_setzero_ps();
    for (int64_t j = 0; j < width; j += 16) {
      const __mmask16 mask = lanes(width - j);
      const V g = load(gradient, dy.narrow, j, mask);
      const V value = load(in, false, j, mask);
      dot = _mm512_fmadd_ps(_mm512_mul_ps(g, load(weight, false, j, mask)), value, dot);
      const V normed = _mm512_mul_ps(value, broadcast(inverse[row]));
      store(dweight, false, j, _mm512_fmadd_ps(g, normed, load(dweight, false, j, mask)), mask);
    }
    // d/dx of w·x·r: r·(w·g − x·r²·mean(w·g·x))
    const float scale = inverse[row];
    const V pull = broadcast(_mm512_reduce_add_ps(dot) / static_cast<float>(width) * scale * scale);
    for (int64_t j = 0; j < width; j += 16) {
      const __mmask16 mask = lanes(width - j);
      const V g = _mm512_mul_ps(load(gradient, dy.narrow, j, mask), load(weight, false, j, mask));
      store(dx + row * width, false, j, _mm512_mul_ps(_mm512_fnmadd_ps(load(in, false, j, mask), pull, g), broadcast(scale)), mask);
    }
  }
}

void cross_entropy_forward(Rows logits, const int64_t* labels, int64_t ignored, float* log_sum, float* losses, int64_t classes, int64_t first, int64_t last) {
  const int64_t size = logits.narrow ? 2 : 4;
  for (int64_t row = first; row < last; row++) {
    const void* in = static_cast<const char*>(logits.data) + row * logits.stride * size;
    V most = broadcast(-INFINITY);
    for (int64_t j = 0; j < classes; j += 16) {
      const __mmask16 mask = lanes(classes - j);
      most = _mm512_mask_max_ps(most, mask, most, load(in, logits.narrow, j, mask));
    }
    const float largest = _mm512_reduce_max_ps(most);
    V sum = _mm512_setzero_ps();
    for (int64_t j = 0; j < classes; j += 16) {
      const __mmask16 mask = lanes(classes - j);
      const V power = exponential(_mm512_sub_ps(load(in, logits.narrow, j, mask), broadcast(largest)));
      sum = _mm512_mask_add_ps(sum, mask, sum, power);
    }
    log_sum[row] = largest + logf(_mm512_reduce_add_ps(sum));
    losses[row] = labels[row] == ignored ? 0 : log_sum[row] - _mm512_cvtss_f32(load(in, logits.narrow, labels[row], 1));
  }
}

void cross_entropy_backward(Rows logits, const int64_t* labels, int64_t ignored, const float* log_sum, float scale, Rows gradient, int64_t classes, int64_t first, int64_t last) {
  const int64_t in_size = logits.narrow ? 2 : 4, out_size = gradient.narrow ? 2 : 4;
  for (int64_t row = first; row < last; row++) {
    const void* in = static_cast<const char*>(logits.data) + row * logits.stride * in_size;
    void* out = static_cast<char*>(gradient.data) + row * gradient.stride * out_size;
    const bool counts = labels[row] != ignored;
    const V factor = broadcast(counts ? scale : 0), sum = broadcast(log_sum[row]);
    const V labelled = counts ? load(in, logits.narrow, labels[row], 1) : sum;   // before the gradient may take its place
    for (int64_t j = 0; j < classes; j += 16) {
      const __mmask16 mask = lanes(classes - j);
      store(out, gradient.narrow, j, _mm512_mul_ps(exponential(_mm512_sub_ps(load(in, logits.narrow, j, mask), sum)), factor), mask);
    }
    if (counts) {
      store(out, gradient.narrow, labels[row], _mm512_mul_ps(_mm512_sub_ps(exponential(_mm512_sub_ps(labelled, sum)), broadcast(1)), factor), 1);
    }
  }
}

// Sixteen factors from `at`, a multiple of 16.
static inline V kept_factor(const uint8_t* kept, float scale, int64_t at, __mmask16 mask) {
  if (kept == nullptr) {
    return broadcast(scale);
  }
  // The last byte is the mask's own: a half of sixteen bits may not be there.
  const unsigned low = kept[at / 8], high = (mask >> 8) != 0 ? kept[at / 8 + 1] : 0;
  return _mm512_maskz_mov_ps(static_cast<__mmask16>(low | (high << 8)), broadcast(scale));
}

void add_dropped(const float* x, const void* y, bool narrow, const uint8_t* kept, float scale, float* sum, int64_t first, int64_t last) {
  for (int64_t j = first; j < last; j += 16) {
    const __mmask16 mask = lanes(last - j);
    store(sum, false, j, _mm512_fmadd_ps(load(y, narrow, j, mask), kept_factor(kept, scale, j, mask), load(x, false, j, mask)), mask);
  }
}

void drop(const void* x, bool x_narrow, const uint8_t* kept, float scale, void* y, bool y_narrow, int64_t first, int64_t last) {
  for (int64_t j = first; j < last; j += 16) {
    const __mmask16 mask = lanes(last - j);
    store(y, y_narrow, j, _mm512_mul_ps(load(x, x_narrow, j, mask), kept_factor(kept, scale, j, mask)), mask);
  }
}

static uint64_t mixed(uint64_t& state) {   // splitmix64 (Steele, Lea and Flood 2014)
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Sixteen xoshiro128+ generators (Blackman and Vigna 2021) side by side.
void draw_kept(uint8_t* kept, uint64_t seed, double probability, int64_t first, int64_t last) {
  uint64_t state = seed;
  state = mixed(state) ^ static_cast<uint64_t>(first);
  alignas(64) uint32_t words[4][16];
  for (auto& word : words) {
    for (auto& lane : word) {
      lane = static_cast<uint32_t>(mixed(state) >> 32);
    }
  }
  __m512i a = _mm512_load_si512(words[0]), b = _mm512_load_si512(words[1]), c = _mm512_load_si512(words[2]), d = _mm512_load_si512(words[3]);
  const double limit = probability * 4294967296.0 + 0.5;
  const __m512i threshold = _mm512_set1_epi32(static_cast<int32_t>(limit >= 4294967295.0 ? 4294967295u : static_cast<uint32_t>(limit)));
  for (int64_t j = first; j < last; j += 16) {
    const __m512i drawn = _mm512_add_epi32(a, d);
    const __m512i shifted = _mm512_slli_epi32(b, 9);
    c = _mm512_xor_si512(c, a);
    d = _mm512_xor_si512(d, b);
    b = _mm512_xor_si512(b, c);
    a = _mm512_xor_si512(a, d);
    c = _mm512_xor_si512(c, shifted);
    d = _mm512_rol_epi32(d, 11);
    const unsigned bits = _mm512_cmpge_epu32_mask(drawn, threshold);
    kept[j / 8] = static_cast<uint8_t>(bits);
    if (last - j > 8) {
      kept[j / 8 + 1] = static_cast<uint8_t>(bits >> 8);
    }
  }
}

void adamw(const AdamW& a, int64_t length) {
  for (int64_t j = 0; j < length; j += 16) {
    const __mmask16 mask = lanes(length - j);
    const V gradient = load(a.gradient, false, j, mask);
    const V mean = _mm512_fmadd_ps(gradient, broadcast(a.new_mean), _mm512_mul_ps(load(a.mean, false, j, mask), broadcast(a.keep_mean)));
    const V square = _mm512_fmadd_ps(_mm512_mul_ps(gradient, gradient), broadcast(a.new_square), _mm512_mul_ps(load(a.square, false, j, mask), broadcast(a.keep_square)));
    const V denominator = _mm512_add_ps(_mm512_sqrt_ps(square), broadcast(a.slack));
    const V step = _mm512_div_ps(_mm512_mul_ps(mean, broadcast(a.stride)), denominator);
    store(a.mean, false, j, mean, mask);
    store(a.square, false, j, square, mask);
    store(a.values, false, j, _mm512_fmadd_ps(load(a.values, false, j, mask), broadcast(a.decay), step), mask);
  }
}

double sum_of_squares(const float* x, int64_t length) {
  __m512d sums[2] = {_mm512_setzero_pd(), _mm512_setzero_pd()};
  for (int64_t j = 0; j < length; j += 16) {
    const V value = load(x, false, j, lanes(length - j));
    const __m512d low = _mm512_cvtps_pd(_mm512_castps512_ps256(value)), high = _mm512_cvtps_pd(_mm512_extractf32x8_ps(value, 1));
    sums[0] = _mm512_fmadd_pd(low, low, sums[0]);
    sums[1] = _mm512_fmadd_pd(high, high, sums[1]);
  }
  return _mm512_reduce_add_pd(_mm512_add_pd(sums[0], sums[1]));
}

}  // namespace wgqa
