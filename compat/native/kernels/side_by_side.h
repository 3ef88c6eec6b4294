// Rows side by side in the lanes of vectors: what they are multiplied with is read once for all of them, and few sums or none are left to take across lanes.
#pragma once

#include "lanes.h"
#include "team.h"

namespace wgqa::decoding {
namespace {

template <class T>
using Number = typename Factor<T>::Number;

// A word is 32 bits: a float32, or a pair of bfloat16. A word of pairs meets one word where an instruction multiplies pairs, and else two float32.
template <class T>
constexpr int kNumbersOfWord = 4 / sizeof(T);
template <class T>
constexpr int kWordsMet = sizeof(Number<T>) / sizeof(T);

// Vectors of rows that are multiplied at once.
constexpr int kMostVectors = 2;

// `rows` of x [rows, words], up to as many as there are lanes, become [words, lanes], `stride` floats from word to word; 0 in lanes without a row.
inline void lay_in_lanes(const float* x, int64_t rows, int64_t words, float* laid, int64_t stride) {
  int64_t i = 0;
  for (; i + kLanes <= words; i += kLanes) {
    Floats block[kLanes];
    for (int r = 0; r < kLanes; r++) block[r] = r < rows ? load(x + r * words + i) : Floats{};
    transpose(block);
    for (int w = 0; w < kLanes; w++) store(laid + (i + w) * stride, block[w]);
  }
  for (; i < words; i++) {
    for (int64_t r = 0; r < kLanes; r++) laid[i * stride + r] = r < rows ? x[r * words + i] : 0;
  }
}

// total[c][v] = sums over row c of the weight [.., inputs] times the rows in vector v. `wide` words of the weight are read at once, and each vector holds as many of
// kLanes / wide rows: `laid` is [words / wide, vectors, kLanes]. `ahead(i)` is what to ask for when number i of a row is read, counted from the row's beginning.
template <class T, int wide, int vectors, int columns, class Ahead>
inline void multiply_side_by_side(const float* laid, const T* weight, int64_t inputs, Floats (&total)[columns][vectors], const Ahead& ahead) {
  constexpr int step = wide * kNumbersOfWord<T>, line = 64 / sizeof(T), met = kWordsMet<T>;
  using Vector = typename Factor<T>::Vector;
  // All loops over columns and vectors are unrolled: sums that are indexed otherwise would lie in memory.
#pragma GCC unroll 16
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) total[c][v] = Floats{};
  }
  for (int64_t i = 0; i < inputs; i += step, laid += met * vectors * kLanes) {
    if (i % line == 0) {
      const T* next = weight + ahead(i);
#pragma GCC unroll 16
      for (int c = 0; c < columns; c++) __builtin_prefetch(next + c * inputs, 0, 3);
    }
    Floats x[met][vectors];
#pragma GCC unroll 4
    for (int part = 0; part < met; part++) {
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++) x[part][v] = load(laid + (part * vectors + v) * kLanes);
    }
#pragma GCC unroll 16
    for (int c = 0; c < columns; c++) {
      const Floats word = repeated<wide>(weight + c * inputs + i);
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++) {
        if constexpr (met == 1) {
          Factor<T>::add_product(total[c][v], reinterpret_cast<Vector>(word), reinterpret_cast<Vector>(x[0][v]));
        } else {
          const Words pair = reinterpret_cast<Words>(word);
          total[c][v] += reinterpret_cast<Floats>(pair << 16) * x[0][v];
          total[c][v] += reinterpret_cast<Floats>(pair & 0xffff0000u) * x[1][v];
        }
      }
    }
  }
}

}  // namespace
}  // namespace wgqa::decoding
