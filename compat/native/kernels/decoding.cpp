// The kernels for one instruction set: CMakeLists.txt compiles this file once for each, with WGQA_KERNELS naming the table.
#include "decoding.h"
#include "lanes.h"

#include <cstdlib>
#include <new>
#include <type_traits>

namespace wgqa::decoding {
namespace {

// Nothing of the standard library that is code: the linker keeps one copy of a template, and it might be one with instructions that this
// processor lacks.
inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// Memory that a thread works in, kept from call to call.
class Scratch {
 public:
  ~Scratch() { std::free(memory_); }
  float* of(int64_t count) {
    if (count > count_) {
      std::free(memory_);
      memory_ = static_cast<float*>(std::malloc(static_cast<size_t>(count) * sizeof(float)));
      count_ = memory_ ? count : 0;
      if (!memory_) throw std::bad_alloc();
    }
    return memory_;
  }

 private:
  float* memory_ = nullptr;
  int64_t count_ = 0;
};

// ---- Products with few rows

constexpr int kMostRows = kRegisters == 32 ? 8 : 4;    // rows multiplied at once: more come in blocks, and find the weight in the cache
constexpr int64_t kChunkBytes = 256 << 10;              // of weights, the share that a thread takes at a time

// Outputs at once, so that all sums fit in registers beside what is multiplied.
template <int rows>
constexpr int columns_at_once() {
  return kRegisters == 32 ? (rows <= 4 ? 4 : 3) : (rows <= 2 ? 4 : rows == 3 ? 3 : 2);
}

template <class T>
void put(const Product& product, int64_t row, int64_t column, float value) {
  narrow(value, static_cast<T*>(product.y)[row * product.row_stride + column / product.width * product.head_stride + column % product.width]);
}

// `rows` rows of x from `row` on against `columns` rows of the weight.
template <class T, int rows, int columns>
void block(const float* x, int64_t inputs, const Product& product, int64_t row, int64_t column) {
  const T* weight = static_cast<const T*>(product.weight) + column * inputs;
  const float* from = x + row * inputs;
  Floats total[columns][rows] = {};
  int64_t i = 0;
  for (; i + kLanes <= inputs; i += kLanes) {
    Floats of_column[columns];
    for (int c = 0; c < columns; c++) {
      of_column[c] = load(weight + c * inputs + i);
      __builtin_prefetch(weight + (c + columns) * inputs + i, 0, 2);   // the next columns lie behind these
    }
    for (int r = 0; r < rows; r++) {
      const Floats of_row = load(from + r * inputs + i);
      for (int c = 0; c < columns; c++) total[c][r] += of_column[c] * of_row;
    }
  }
  // Sums across lanes are taken several at a time, for less than each would cost alone.
  constexpr int together = rows > 8 ? 16 : rows > 4 ? 8 : rows > 2 ? 4 : rows;
  static_assert(together <= kLanes);
  for (int c = 0; c < columns; c++) {
    Floats of_rows[together] = {};
    for (int r = 0; r < rows; r++) of_rows[r] = total[c][r];
    const Floats values = sums(of_rows);
    for (int r = 0; r < rows; r++) {
      float value = values[r];
      for (int64_t rest = i; rest < inputs; rest++) value += widen(weight[c * inputs + rest]) * from[r * inputs + rest];
      put<T>(product, row + r, column + c, value);
    }
  }
}

template <class T, int rows>
void blocks(const float* x, int64_t inputs, const Product& product, int64_t row, int64_t column, int64_t columns) {
  if (columns == columns_at_once<rows>()) {
    block<T, rows, columns_at_once<rows>()>(x, inputs, product, row, column);
  } else {
    for (int64_t c = 0; c < columns; c++) block<T, rows, 1>(x, inputs, product, row, column + c);
  }
}

template <class T>
void some_rows(int64_t count, const float* x, int64_t inputs, const Product& product, int64_t row, int64_t column, int64_t columns) {
  switch (count) {
    case 1: return blocks<T, 1>(x, inputs, product, row, column, columns);
    case 2: return blocks<T, 2>(x, inputs, product, row, column, columns);
    case 3: return blocks<T, 3>(x, inputs, product, row, column, columns);
    case 4: return blocks<T, 4>(x, inputs, product, row, column, columns);
#if defined(__AVX512F__)
    case 5: return blocks<T, 5>(x, inputs, product, row, column, columns);
    case 6: return blocks<T, 6>(x, inputs, product, row, column, columns);
    case 7: return blocks<T, 7>(x, inputs, product, row, column, columns);
    case 8: return blocks<T, 8>(x, inputs, product, row, column, columns);
#endif
  }
}

int64_t columns_for(int64_t rows) {
  switch (rows) {
    case 1: return columns_at_once<1>();
    case 2: return columns_at_once<2>();
    case 3: return columns_at_once<3>();
    case 4: return columns_at_once<4>();
    default: return columns_at_once<8>();
  }
}

// Outputs `begin` to `end` of a product, all rows.
template <class T>
void share(const float* x, int64_t rows, int64_t inputs, const Product& product, int64_t begin, int64_t end) {
  const int64_t row_blocks = (rows + kMostRows - 1) / kMostRows;
  const int64_t step = columns_for((rows + row_blocks - 1) / row_blocks);
  for (int64_t column = begin; column < end; column += step) {
    const int64_t columns = least(step, end - column);
    for (int64_t done = 0, left = row_blocks; left > 0; left--) {
      const int64_t count = (rows - done + left - 1) / left;
      // A last, smaller block of rows may take more columns at once than the others; it gets what they got.
      for (int64_t c = 0; c < columns;) {
        const int64_t taken = least(columns_for(count), columns - c);
        some_rows<T>(count, x, inputs, product, done, column + c, taken);
        c += taken;
      }
      done += count;
    }
  }
}

template <class T>
void multiply_typed(const T* x, int64_t rows, int64_t inputs, const Product* products, int32_t count, int threads) {
  thread_local Scratch scratch;
  const float* from;
  if constexpr (std::is_same_v<T, float>) {
    from = x;
  } else {
    float* wide = scratch.of(rows * inputs);
    for (int64_t i = 0; i < rows * inputs; i++) wide[i] = widen(x[i]);
    from = wide;
  }
  const int64_t chunk = most(12, kChunkBytes / static_cast<int64_t>(sizeof(T)) / inputs / 12 * 12);   // a multiple of 3 and 4
  int64_t chunks = 0;
  for (int32_t p = 0; p < count; p++) chunks += (products[p].outputs + chunk - 1) / chunk;
  const int team = static_cast<int>(least(threads, chunks));
#pragma omp parallel for num_threads(team) schedule(dynamic, 1) if (team > 1)
  for (int64_t i = 0; i < chunks; i++) {
    int64_t at = i;
    int32_t p = 0;
    for (int64_t of; at >= (of = (products[p].outputs + chunk - 1) / chunk); p++) at -= of;
    share<T>(from, rows, inputs, products[p], at * chunk, least(products[p].outputs, (at + 1) * chunk));
  }
}

void multiply(const void* x, int64_t rows, int64_t inputs, const Product* products, int32_t count, Type type, int threads) {
  if (type == kFloat32) {
    multiply_typed(static_cast<const float*>(x), rows, inputs, products, count, threads);
  } else {
    multiply_typed(static_cast<const BFloat16*>(x), rows, inputs, products, count, threads);
  }
}

// ---- Attention of few targets

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

template <class T>
void attend_typed(const Attention& a, int threads) {
  // Where there are fewer groups than threads, a group's rows are shared out: what one reads the other finds in the cache.
  const int64_t parts = a.b * a.groups >= threads ? 1 : (threads + a.b * a.groups - 1) / (a.b * a.groups);
  const int64_t tasks = a.b * a.groups * parts;
  const bool alone = threads == 1 || a.b * a.h * a.t * a.s * a.d < 16384;   // shorter than waking another thread
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (!alone)
  for (int64_t task = 0; task < tasks; task++) {
    thread_local Scratch scratch;
    const int64_t part = task % parts;
    const int64_t group = task / parts % a.groups;
    const int64_t rows = (a.starts[group + 1] - a.starts[group]) * a.t;
    const int64_t first = rows * part / parts;
    const int64_t last = rows * (part + 1) / parts;
    if (first < last) attend_rows<T>(a, task / parts / a.groups, group, first, last, scratch);
  }
}

void attend(const Attention& attention, Type type, int threads) {
  if (type == kFloat32) {
    attend_typed<float>(attention, threads);
  } else {
    attend_typed<BFloat16>(attention, threads);
  }
}

}  // namespace

extern const Kernels WGQA_KERNELS{WGQA_NAME, multiply, attend};

}  // namespace wgqa::decoding
