// Sixteen float32 at a time (AVX-512), and bfloat16 as it comes and goes.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace wgqa {

using V = __m512;

inline V broadcast(float value) { return _mm512_set1_ps(value); }

inline V widened(__m256i narrow) { return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(narrow), 16)); }

inline __m256i narrowed(V wide) { return reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(wide)); }

// The first `count` lanes.
inline __mmask16 lanes(int64_t count) { return count >= 16 ? 0xffff : static_cast<__mmask16>((1u << count) - 1); }

// Sixteen elements of a row from `at` on; those beyond the mask are 0, and not read.
inline V load(const void* row, bool narrow, int64_t at, __mmask16 mask = 0xffff) {
  return narrow ? widened(_mm256_maskz_loadu_epi16(mask, static_cast<const uint16_t*>(row) + at))
                : _mm512_maskz_loadu_ps(mask, static_cast<const float*>(row) + at);
}

inline void store(void* row, bool narrow, int64_t at, V value, __mmask16 mask = 0xffff) {
  if (narrow) {
    _mm256_mask_storeu_epi16(static_cast<uint16_t*>(row) + at, mask, narrowed(value));
  } else {
    _mm512_mask_storeu_ps(static_cast<float*>(row) + at, mask, value);
  }
}

// eˣ within 1 unit in the last place: 2ⁿ·eʳ with |r| ≤ ½·ln 2, eʳ by the polynomial of Cephes' expf; 0 far below.
inline V exponential(V x) {
  x = _mm512_max_ps(broadcast(-120.0f), x);   // in this order NaN stays NaN
  const V n = _mm512_roundscale_ps(_mm512_mul_ps(x, broadcast(1.44269504088896341f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const V high = _mm512_fnmadd_ps(n, broadcast(0.693359375f), x);
  const V r = _mm512_fnmadd_ps(n, broadcast(-2.12194440e-4f), high);
  V p = broadcast(1.9875691500e-4f);
  p = _mm512_fmadd_ps(p, r, broadcast(1.3981999507e-3f));
  p = _mm512_fmadd_ps(p, r, broadcast(8.3334519073e-3f));
  p = _mm512_fmadd_ps(p, r, broadcast(4.1665795894e-2f));
  p = _mm512_fmadd_ps(p, r, broadcast(1.6666665459e-1f));
  p = _mm512_fmadd_ps(p, r, broadcast(5.0000001201e-1f));
  p = _mm512_fmadd_ps(_mm512_mul_ps(p, r), r, r);
  p = _mm512_add_ps(p, broadcast(1.0f));
  return _mm512_scalef_ps(p, n);
}

// A 16 × 16 block on its other side.
inline void transpose(V r[16]) {
  V t[16];
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_ps(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_ps(r[2 * i], r[2 * i + 1]);
  }
  for (int i = 0; i < 4; i++) {
    const auto pair = [](V low, V high, bool upper) {
      const __m512d a = _mm512_castps_pd(low), b = _mm512_castps_pd(high);
      return _mm512_castpd_ps(upper ? _mm512_unpackhi_pd(a, b) : _mm512_unpacklo_pd(a, b));
    };
    r[4 * i] = pair(t[4 * i], t[4 * i + 2], false);
    r[4 * i + 1] = pair(t[4 * i], t[4 * i + 2], true);
    r[4 * i + 2] = pair(t[4 * i + 1], t[4 * i + 3], false);
    r[4 * i + 3] = pair(t[4 * i + 1], t[4 * i + 3], true);
  }
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_f32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_f32x4(r[i + 8], r[i + 12], 0xdd);
  }
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0x88);
    r[i + 4] = _mm512_shuffle_f32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 8] = _mm512_shuffle_f32x4(t[i], t[i + 8], 0xdd);
    r[i + 12] = _mm512_shuffle_f32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

}  // namespace wgqa
