// Attention of few targets: each key and value of a group is read once for all query rows of that group, and sums are in float32.
#pragma once

#include "decoding.h"
#include "few_rows.h"
#include "lanes.h"
#include "side_by_side.h"
#include "team.h"

namespace wgqa::decoding {
namespace {

constexpr int64_t kKeysNear = 64;   // keys or values that stay near while row after row meets them

// Asks for what lies `count` numbers behind `at`, so that memory is read from end to end.
template <bool first, class T>
void ask_ahead(const T* at, int64_t count) {
  if (first) {
    for (int64_t i = 0; i < count; i += static_cast<int64_t>(64 / sizeof(T))) __builtin_prefetch(reinterpret_cast<const char*>(at + i) + kAheadBytes, 0, 3);
  }
}

// scores[s] = q . k[s]; `first`: nobody has read these keys yet.
template <class T, bool first>
void score(const Number<T>* q, const T* k, int64_t s, int64_t d, float* scores) {
  using Factors = Factor<T>;
  constexpr int step = Factors::kCount;
  int64_t key = 0;
  if (d % step == 0) {
    for (; key + kLanes <= s; key += kLanes) {
      Floats total[kLanes] = {};
      for (int64_t i = 0; i < d; i += step) {
        const auto part = Factors::read(q + i);
        for (int j = 0; j < kLanes; j++) {
          ask_ahead<first>(k + key * d + i * kLanes + j * step, step);
          Factors::add_product(total[j], Factors::read(k + (key + j) * d + i), part);
        }
      }
      store(scores + key, sums(total));
    }
  }
  for (; key < s; key++) {
    Floats total = {};
    int64_t i = 0;
    for (; i + step <= d; i += step) Factors::add_product(total, Factors::read(q + i), Factors::read(k + key * d + i));
    float value = sum(total);
    for (; i < d; i++) value += widen(q[i]) * widen(k[key * d + i]);
    scores[key] = value;
  }
}

// More rows than that lie side by side, and four words of a key are read for all of them.
constexpr int64_t kFewQueries = 3;
constexpr int kFour = 4;
constexpr int kRowsOfVector = kLanes / kFour;
constexpr int kTileKeys = kRegisters == 32 ? 12 : 4;

template <class T>
bool queries_side_by_side(int64_t rows, int64_t d) {
  return rows > kFewQueries && d % (kFour * kNumbersOfWord<T>) == 0;
}

// Query rows [rows, words] as four words of a key meet them: for each two vectors of rows, or the last one, [words / 4 / met, met, vectors, rows of a vector, 4], the words that
// numbers at the same place of a key's four words meet lying together; 0 where there is no row.
template <int met>
void lay_queries(const float* q, int64_t rows, int64_t words, float* laid) {
  for (int64_t row = 0; row < rows; row += kMostVectors * kRowsOfVector) {
    const int64_t end = row + (rows - row > kRowsOfVector ? kMostVectors : 1) * kRowsOfVector;
    for (int64_t i = 0; i < words; i += kFour * met) {
      for (int64_t part = 0; part < met; part++) {
        for (int64_t r = row; r < end; r++) {
          for (int64_t j = 0; j < kFour; j++) *laid++ = r < rows ? q[r * words + i + j * met + part] : 0;
        }
      }
    }
  }
}

// scores[r, c] of `keys` keys, a multiple of four, and up to as many rows as there are in `vectors`.
template <class T, int vectors, int keys>
void score_tile(const float* laid, const T* k, int64_t rows, int64_t d, float* scores, int64_t stride) {
  constexpr int64_t far = kAheadBytes / static_cast<int64_t>(sizeof(T));
  Floats total[keys][vectors];
  multiply_side_by_side<T, kFour, vectors, keys>(laid, k, d, total, [](int64_t i) { return i + far; });
  Ints by_row;   // what is left of the sums over four lanes lies as [4 keys, rows]
  for (int lane = 0; lane < kLanes; lane++) by_row[lane] = lane % kFour * kRowsOfVector + lane / kFour;
#pragma GCC unroll 4
  for (int c = 0; c < keys; c += kFour) {
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
      const Floats all = add_neighbours(add_neighbours(total[c][v], total[c + 1][v]), add_neighbours(total[c + 2][v], total[c + 3][v]));
      float values[kLanes];
      store(values, __builtin_shuffle(all, by_row));
      for (int64_t r = 0; r < kRowsOfVector; r++) {
        if (v * kRowsOfVector + r < rows) std::memcpy(scores + (v * kRowsOfVector + r) * stride + c, values + r * kFour, kFour * sizeof(float));
      }
    }
  }
}

template <class T, int keys>
int64_t score_tiles(const float* laid, const T* k, int64_t rows, int64_t s, int64_t d, float* scores, int64_t key) {
  for (; key + keys <= s; key += keys) {
    const float* from = laid;
    for (int64_t row = 0; row < rows; row += kMostVectors * kRowsOfVector, from += kMostVectors * kRowsOfVector * d / kNumbersOfWord<T> * kWordsMet<T>) {
      if (rows - row > kRowsOfVector) {
        score_tile<T, 2, keys>(from, k + key * d, rows - row, d, scores + row * s + key, s);
      } else {
        score_tile<T, 1, keys>(from, k + key * d, rows - row, d, scores + row * s + key, s);
      }
    }
  }
  return key;
}

// scores[r, s] of all rows of a group, each key read once.
template <class T>
void score_rows(const Number<T>* q, const T* k, int64_t rows, int64_t s, int64_t d, float* scores, float* laid) {
  if (queries_side_by_side<T>(rows, d)) {
    lay_queries<kWordsMet<T>>(reinterpret_cast<const float*>(q), rows, d / kNumbersOfWord<T> * kWordsMet<T>, laid);
    const int64_t key = score_tiles<T, kFour>(laid, k, rows, s, d, scores, score_tiles<T, kTileKeys>(laid, k, rows, s, d, scores, 0));
    for (int64_t row = 0; row < rows && key < s; row++) score<T, false>(q + row * d, k + key * d, s - key, d, scores + row * s + key);
    return;
  }
  for (int64_t key = 0; key < s; key += kKeysNear) {
    const int64_t keys = least(kKeysNear, s - key);
    score<T, true>(q, k + key * d, keys, d, scores + key);
    for (int64_t row = 1; row < rows; row++) score<T, false>(q + row * d, k + key * d, keys, d, scores + row * s + key);
  }
}

// Scores plus bias become exponentials of their distance from the largest; returns their sum.
float exponentiate(float* scores, const float* bias, int64_t s) {
  Floats most = broadcast(-__builtin_inff());
  int64_t i = 0;
  for (; i + kLanes <= s; i += kLanes) {
    Floats value = load(scores + i);
    if (bias) {
      value += load(bias + i);
      store(scores + i, value);
    }
    most = larger(value, most);
  }
  float top = largest(most);
  for (; i < s; i++) {
    if (bias) scores[i] += bias[i];
    top = scores[i] > top ? scores[i] : top;
  }
  Floats total = {};
  const Floats highest = broadcast(top);
  for (i = 0; i + kLanes <= s; i += kLanes) {
    const Floats value = exponential(load(scores + i) - highest);
    store(scores + i, value);
    total += value;
  }
  float all = sum(total);
  for (; i < s; i++) {
    scores[i] = exponential(broadcast(scores[i] - top))[0];
    all += scores[i];
  }
  return all;
}

// totals[r, d] += sum over `keys` of weights[r, s] * v[s, d], for `rows` rows and `width` vectors of d from `at` on.
template <class T, int rows, int width, bool first>
void gather_block(const float* weights, const T* v, int64_t keys, int64_t s, int64_t d, int64_t at, float* totals) {
  Floats total[rows][width];
  for (int r = 0; r < rows; r++) {
    for (int w = 0; w < width; w++) total[r][w] = load(totals + r * d + at + w * kLanes);
  }
  for (int64_t key = 0; key < keys; key++) {
    ask_ahead<first>(v + key * d + at, width * kLanes);
    Floats value[width];
    for (int w = 0; w < width; w++) value[w] = load(v + key * d + at + w * kLanes);
    for (int r = 0; r < rows; r++) {
      const Floats weight = broadcast(weights[r * s + key]);
      for (int w = 0; w < width; w++) total[r][w] += weight * value[w];
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int w = 0; w < width; w++) store(totals + r * d + at + w * kLanes, total[r][w]);
  }
}

template <class T, int rows, bool first>
void gather(const float* weights, const T* v, int64_t keys, int64_t s, int64_t d, float* totals) {
  constexpr int kWidth = kRegisters == 32 || rows == 1 ? 4 : 2;
  int64_t at = 0;
  for (; at + kWidth * kLanes <= d; at += kWidth * kLanes) gather_block<T, rows, kWidth, first>(weights, v, keys, s, d, at, totals);
  for (; at + kLanes <= d; at += kLanes) gather_block<T, rows, 1, first>(weights, v, keys, s, d, at, totals);
  for (; at < d; at++) {
    for (int r = 0; r < rows; r++) {
      for (int64_t key = 0; key < keys; key++) totals[r * d + at] += weights[r * s + key] * widen(v[key * d + at]);
    }
  }
}

// All rows of a group over some keys.
template <class T>
void gather_rows(const float* weights, const T* v, int64_t rows, int64_t keys, int64_t s, int64_t d, float* totals) {
  int64_t row = 0;
  const auto some = [&](auto gathering, int64_t count) {
    gathering(weights + row * s, v, keys, s, d, totals + row * d);
    row += count;
  };
  if (rows >= 4) {
    some(gather<T, 4, true>, 4);
  } else if (rows >= 2) {
    some(gather<T, 2, true>, 2);
  } else {
    some(gather<T, 1, true>, 1);
  }
  while (rows - row >= 4) some(gather<T, 4, false>, 4);
  if (rows - row >= 2) some(gather<T, 2, false>, 2);
  if (rows - row >= 1) some(gather<T, 1, false>, 1);
}

// Query rows `first` to `last` of one group of one batch row; row i is target i % t of the group's head i / t.
template <class T>
void attend_rows(const Attention& a, int64_t batch, int64_t group, int64_t first, int64_t last, Scratch& scratch) {
  const int64_t rows = last - first;
  float* scores = scratch.of(rows * (a.s + 2 * a.d + 1) + (rows + kMostVectors * kRowsOfVector) * a.d);   // [rows, s]
  float* totals = scores + rows * a.s;                      // [rows, d]
  float* normals = totals + rows * a.d;
  auto* queries = reinterpret_cast<Number<T>*>(normals + rows);   // [rows, d]
  float* laid = normals + rows + rows * a.d;
  const T* k = static_cast<const T*>(a.k) + batch * a.k_batch + group * a.k_group;
  const T* v = static_cast<const T*>(a.v) + batch * a.v_batch + group * a.v_group;
  const auto each = [&](auto&& work) {
    for (int64_t row = 0; row < rows; row++) {
      const int64_t head = a.heads[a.starts[group] + (first + row) / a.t], target = (first + row) % a.t;
      work(row, head, target, ((batch * a.t + target) * a.h + head) * a.d);
    }
  };
  each([&](int64_t row, int64_t, int64_t, int64_t at) {
    for (int64_t i = 0; i < a.d; i++) queries[row * a.d + i] = as_factor(static_cast<const T*>(a.q)[at + i]);
  });
  score_rows<T>(queries, k, rows, a.s, a.d, scores, laid);
  each([&](int64_t row, int64_t head, int64_t target, int64_t) {
    const float* bias = a.bias ? a.bias + batch * a.bias_batch + head * a.bias_head + target * a.bias_target : nullptr;
    normals[row] = exponentiate(scores + row * a.s, bias, a.s);
  });
  for (int64_t i = 0; i < rows * a.d; i++) totals[i] = 0;
  for (int64_t key = 0; key < a.s; key += kKeysNear) gather_rows(scores + key, v + key * a.d, rows, least(kKeysNear, a.s - key), a.s, a.d, totals);
  each([&](int64_t row, int64_t, int64_t, int64_t at) {
    const float scale = 1 / normals[row];
    for (int64_t i = 0; i < a.d; i++) narrow(totals[row * a.d + i] * scale, static_cast<T*>(a.y)[at + i]);
  });
}

// How many tasks attention is divided into, a group of a batch row each, or a part of its rows where there are fewer groups than threads:
// what one reads the other finds in the cache.
inline int64_t attention_parts(const Attention& a, int threads) {
  return a.b * a.groups >= threads ? 1 : (threads + a.b * a.groups - 1) / (a.b * a.groups);
}

template <class T>
void attend_task(const Attention& a, int64_t parts, int64_t task, Scratch& scratch) {
  const int64_t part = task % parts;
  const int64_t group = task / parts % a.groups;
  const int64_t rows = (a.starts[group + 1] - a.starts[group]) * a.t;
  const int64_t first = rows * part / parts;
  const int64_t last = rows * (part + 1) / parts;
  if (first < last) attend_rows<T>(a, task / parts / a.groups, group, first, last, scratch);
}

}  // namespace
}  // namespace wgqa::decoding
