// Vectors of as many floats as the instruction set that this is compiled for has in a register, and reading numbers of both types into them.
#pragma once

#include <cstdint>
#include <cstring>
#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr int kRegisters = 32;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
constexpr int kRegisters = 16;
#else
constexpr int kLanes = 4;
constexpr int kRegisters = 16;
#endif

typedef float Floats __attribute__((vector_size(4 * kLanes)));
typedef int32_t Ints __attribute__((vector_size(4 * kLanes)));
typedef uint32_t Words __attribute__((vector_size(4 * kLanes)));
typedef uint16_t Halves __attribute__((vector_size(2 * kLanes)));

// The upper half of a float32.
struct BFloat16 {
  uint16_t bits;
};

inline Floats broadcast(float value) { return value - Floats{}; }

inline Floats load(const float* from) {
  Floats value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

inline Floats load(const BFloat16* from) {
  Halves halves;
  std::memcpy(&halves, from, sizeof halves);
  return reinterpret_cast<Floats>(__builtin_convertvector(halves, Words) << 16);
}

inline void store(float* to, Floats value) { std::memcpy(to, &value, sizeof value); }

// One word of 32 bits in all lanes, or four words again and again.
template <int words>
inline Floats repeated(const void* from) {
  static_assert(words == 1 || words == 4);
  if constexpr (words == 1) {
    uint32_t word;
    std::memcpy(&word, from, sizeof word);
    return reinterpret_cast<Floats>(word + Words{});
  } else {
#if defined(__AVX512F__)
    return _mm512_broadcast_f32x4(_mm_loadu_ps(static_cast<const float*>(from)));
#elif defined(__AVX2__)
    return _mm256_broadcast_ps(static_cast<const __m128*>(from));
#else
    return load(static_cast<const float*>(from));
#endif
  }
}

inline float widen(float value) { return value; }

inline float widen(BFloat16 value) {
  const uint32_t word = static_cast<uint32_t>(value.bits) << 16;
  float wide;
  std::memcpy(&wide, &word, sizeof wide);
  return wide;
}

inline void narrow(float value, float& to) { to = value; }

// To the nearest, ties to even, as libtorch rounds.
inline void narrow(float value, BFloat16& to) {
  uint32_t word;
  std::memcpy(&word, &value, sizeof word);
  to.bits = value != value ? 0x7fc0 : static_cast<uint16_t>((word + 0x7fff + ((word >> 16) & 1)) >> 16);
}

// The first `count` of `values`, of which there are as many as lanes, to `to`.
template <int count>
inline void narrow_all(const float* values, float* to) {
  std::memcpy(to, values, count * sizeof *to);
}

template <int count>
inline void narrow_all(const float* values, BFloat16* to) {
  if constexpr (2 * count > kLanes) {
    const Floats wide = load(values);
    const Words word = reinterpret_cast<Words>(wide);
    const Words nearest = (word + 0x7fff + ((word >> 16) & 1)) >> 16;
    const Halves halves = __builtin_convertvector(wide != wide ? Words{} + 0x7fc0 : nearest, Halves);
    std::memcpy(to, &halves, count * sizeof *to);
  } else {
    for (int i = 0; i < count; i++) narrow(values[i], to[i]);
  }
}

// [a0 + a1, a2 + a3, ..., b0 + b1, b2 + b3, ...]
inline Floats add_neighbours(Floats a, Floats b) {
  Ints even, odd;
  for (int i = 0; i < kLanes; i++) {
    even[i] = 2 * i;
    odd[i] = 2 * i + 1;
  }
  return __builtin_shuffle(a, b, even) + __builtin_shuffle(a, b, odd);
}

// Lane i of the result is the sum of vector i's lanes: `count` vectors, a power of two up to kLanes, in the first `count` lanes.
template <int count>
inline Floats sums(Floats (&vectors)[count]) {
  if constexpr (count == 1) {
    Floats one = vectors[0];
    for (int width = kLanes; width > 1; width /= 2) one = add_neighbours(one, one);
    return one;
  } else {
    Floats half[count / 2];
    for (int i = 0; i < count / 2; i++) half[i] = add_neighbours(vectors[2 * i], vectors[2 * i + 1]);
    Floats total = half[0];
    if constexpr (count > 2) {
      // What is left to fold lies `kLanes` wide: fold pairs until one vector is left, then its own lanes.
      Floats rest[count / 2];
      for (int i = 0; i < count / 2; i++) rest[i] = half[i];
      int left = count / 2;
      for (; left > 1; left /= 2) {
        for (int i = 0; i < left / 2; i++) rest[i] = add_neighbours(rest[2 * i], rest[2 * i + 1]);
      }
      total = rest[0];
    }
    for (int width = kLanes / count; width > 1; width /= 2) total = add_neighbours(total, total);
    return total;
  }
}

inline float sum(Floats value) {
  Floats one[1] = {value};
  return sums(one)[0];
}

// Lane j of vector i becomes lane i of vector j: blocks of `width` first, then of twice as many.
template <int width = 1>
inline void transpose(Floats (&vectors)[kLanes]) {
  Ints low, high;
  for (int i = 0; i < kLanes; i++) {
    low[i] = i & width ? kLanes + i - width : i;
    high[i] = i & width ? kLanes + i : i + width;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) {
    if (i & width) continue;
    const Floats a = vectors[i], b = vectors[i + width];
    vectors[i] = __builtin_shuffle(a, b, low);
    vectors[i + width] = __builtin_shuffle(a, b, high);
  }
  if constexpr (2 * width < kLanes) transpose<2 * width>(vectors);
}

inline Floats larger(Floats a, Floats b) { return a > b ? a : b; }

inline float largest(Floats value) {
  float most = value[0];
  for (int i = 1; i < kLanes; i++) most = value[i] > most ? value[i] : most;
  return most;
}

// e to the power of x for x <= 0, to within 2 units in the last place; 0 where that is no normal number.
inline Floats exponential(Floats x) {
  const Floats magic = broadcast(12582912.0f);   // 1.5 * 2^23: adding it rounds to an integer
  const Floats n = (x * 1.44269504088896341f + magic) - magic;
  const Floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;   // ln 2 in two parts
  Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const Floats scale = reinterpret_cast<Floats>((__builtin_convertvector(n, Ints) + 127) << 23);
  return x < -87.0f ? Floats{} : p * scale;
}

// How rows meet a weight of type T: what a row's numbers are, and as many of them as one instruction multiplies.
template <class T>
struct Factor {
  using Number = float;
  using Vector = Floats;
  static constexpr int kCount = kLanes;
  template <class From>
  static Vector read(const From* from) { return load(from); }
  static void add_product(Floats& sum, Vector a, Vector b) { sum += a * b; }
};

#if defined(__AVX512BF16__)
// Pairs of bfloat16 are multiplied and summed in float32 by one instruction, without being widened.
template <>
struct Factor<BFloat16> {
  using Number = BFloat16;
  using Vector = __m512bh;
  static constexpr int kCount = 2 * kLanes;
  static Vector read(const BFloat16* from) {
    Vector value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  static void add_product(Floats& sum, Vector a, Vector b) { sum = reinterpret_cast<Floats>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), a, b)); }
};
#endif

}  // namespace
