// Attention of few targets: each key and value of a group is read once for all query rows of that group, and sums are in float32.
#pragma once

#include "decoding.h"
#include "few_rows.h"
#include "lanes.h"
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
  constexpr int kWidth = 4;
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
  float* scores = scratch.of(rows * (a.s + 2 * a.d + 1));   // [rows, s]
  float* totals = scores + rows * a.s;                      // [rows, d]
  float* normals = totals + rows * a.d;
  auto* queries = reinterpret_cast<Number<T>*>(normals + rows);   // [rows, d]
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
  for (int64_t key = 0; key < a.s; key += kKeysNear) {
    const int64_t keys = least(kKeysNear, a.s - key);
    score<T, true>(queries, k + key * a.d, keys, a.d, scores + key);
    for (int64_t row = 1; row < rows; row++) score<T, false>(queries + row * a.d, k + key * a.d, keys, a.d, scores + row * a.s + key);
  }
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
