// Attention of few targets: each key and value of a group is read once for all query rows of that group, and sums are in float32.
#pragma once

#include "decoding.h"
#include "team.h"

namespace wgqa::decoding {
namespace {

// scores[s] = q . k[s]
template <class T>
void score(const float* q, const T* k, int64_t s, int64_t d, float* scores) {
  int64_t key = 0;
  if (d % kLanes == 0) {
    for (; key + kLanes <= s; key += kLanes) {
      Floats total[kLanes] = {};
      for (int64_t i = 0; i < d; i += kLanes) {
        const Floats part = load(q + i);
        for (int j = 0; j < kLanes; j++) total[j] += part * load(k + (key + j) * d + i);
      }
      store(scores + key, sums(total));
    }
  }
  for (; key < s; key++) {
    Floats total = {};
    int64_t i = 0;
    for (; i + kLanes <= d; i += kLanes) total += load(q + i) * load(k + key * d + i);
    float value = sum(total);
    for (; i < d; i++) value += q[i] * widen(k[key * d + i]);
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

// totals[r, d] = sum over s of weights[r, s] * v[s, d], for `rows` rows and `width` vectors of d from `at` on.
template <class T, int rows, int width>
void gather_block(const float* weights, const T* v, int64_t s, int64_t d, int64_t at, float* totals) {
  Floats total[rows][width] = {};
  for (int64_t key = 0; key < s; key++) {
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

template <class T, int rows>
void gather(const float* weights, const T* v, int64_t s, int64_t d, float* totals) {
  constexpr int kWidth = 4;
  int64_t at = 0;
  for (; at + kWidth * kLanes <= d; at += kWidth * kLanes) gather_block<T, rows, kWidth>(weights, v, s, d, at, totals);
  for (; at + kLanes <= d; at += kLanes) gather_block<T, rows, 1>(weights, v, s, d, at, totals);
  for (; at < d; at++) {
    for (int r = 0; r < rows; r++) {
      float total = 0;
      for (int64_t key = 0; key < s; key++) total += weights[r * s + key] * widen(v[key * d + at]);
      totals[r * d + at] = total;
    }
  }
}

// Query rows `first` to `last` of one group of one batch row; row i is target i % t of the group's head i / t.
template <class T>
void attend_rows(const Attention& a, int64_t batch, int64_t group, int64_t first, int64_t last, Scratch& scratch) {
  const int64_t count = last - first;
  float* query = scratch.of(a.d + count * (a.s + a.d + 1));
  float* all_scores = query + a.d;          // [count, s]
  float* totals = all_scores + count * a.s;   // [count, d]
  float* normals = totals + count * a.d;
  const T* k = static_cast<const T*>(a.k) + batch * a.k_batch + group * a.k_group;
  const T* v = static_cast<const T*>(a.v) + batch * a.v_batch + group * a.v_group;
  const auto place = [&](int64_t row, int64_t& head, int64_t& target) {
    head = a.heads[a.starts[group] + row / a.t];
    target = row % a.t;
  };
  for (int64_t row = first; row < last; row++) {
    int64_t head, target;
    place(row, head, target);
    const T* q = static_cast<const T*>(a.q) + ((batch * a.t + target) * a.h + head) * a.d;
    for (int64_t i = 0; i < a.d; i++) query[i] = widen(q[i]);
    float* scores = all_scores + (row - first) * a.s;
    score(query, k, a.s, a.d, scores);
    const float* bias = a.bias ? a.bias + batch * a.bias_batch + head * a.bias_head + target * a.bias_target : nullptr;
    normals[row - first] = exponentiate(scores, bias, a.s);
  }
  for (int64_t row = 0; row < count;) {
    const float* weights = all_scores + row * a.s;
    float* to = totals + row * a.d;
    if (count - row >= 4) {
      gather<T, 4>(weights, v, a.s, a.d, to);
      row += 4;
    } else if (count - row >= 2) {
      gather<T, 2>(weights, v, a.s, a.d, to);
      row += 2;
    } else {
      gather<T, 1>(weights, v, a.s, a.d, to);
      row += 1;
    }
  }
  for (int64_t row = first; row < last; row++) {
    int64_t head, target;
    place(row, head, target);
    T* y = static_cast<T*>(a.y) + ((batch * a.t + target) * a.h + head) * a.d;
    const float scale = 1 / normals[row - first];
    for (int64_t i = 0; i < a.d; i++) narrow(totals[(row - first) * a.d + i] * scale, y[i]);
  }
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
