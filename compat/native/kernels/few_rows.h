// Products with few rows: the weight is read once, from where it lies, whatever the number of rows.
#pragma once

#include "decoding.h"
#include "lanes.h"
#include "side_by_side.h"
#include "team.h"

#include <type_traits>

namespace wgqa::decoding {
namespace {

constexpr int kMostRows = kRegisters == 32 ? 8 : 4;   // rows multiplied at once
constexpr int kColumns = 12;                          // what tasks begin at: a multiple of each number of columns multiplied at once
constexpr int64_t kChunkBytes = 128 << 10;            // of weights, the share that a thread takes at a time
constexpr int64_t kAheadBytes = 8 << 10;              // how far the weight is asked for before it is needed
constexpr int64_t kAheadOfColumn = 512;               // the same where each column is read for itself
constexpr int kTileColumns = kRegisters == 32 ? 12 : kLanes == 8 ? 6 : 4;   // outputs at once where rows lie side by side: their sums fit in registers, and a row of them in a vector

// Outputs at once, so that all sums fit in registers beside what is multiplied.
constexpr int columns_at_once(int64_t rows) {
  return kRegisters == 32 ? (rows == 4 ? 6 : rows <= 6 ? 4 : 3) : (rows <= 2 ? 4 : rows == 3 ? 3 : 2);
}

// Where outputs go. `place` is asked once for a column, `put` once for all columns of a row that there are values of.
template <class T>
struct Placed {
  const Product& product;
  int64_t place(int64_t column) const {
    return product.width == product.outputs ? column : column / product.width * product.head_stride + column % product.width;
  }
  template <int columns>
  void put(int64_t row, const int64_t* places, const float* values) const {
    T* y = static_cast<T*>(product.y) + row * product.row_stride;
    if (places[columns - 1] - places[0] == columns - 1) {
      narrow_all<columns>(values, y + places[0]);
    } else {
      for (int c = 0; c < columns; c++) narrow(values[c], y[places[c]]);
    }
  }
};

// [rows, stride], rectified or not.
template <class T, bool rectified>
struct Kept {
  T* y;
  int64_t stride;
  int64_t place(int64_t column) const { return column; }
  template <int columns>
  void put(int64_t row, const int64_t* places, const float* values) const {
    float kept[kLanes];
    for (int c = 0; c < columns; c++) kept[c] = rectified && !(values[c] > 0) ? 0.0f : values[c];
    narrow_all<columns>(kept, y + row * stride + places[0]);
  }
};

// Added to [rows, stride].
struct Added {
  float* y;
  int64_t stride;
  int64_t place(int64_t column) const { return column; }
  template <int columns>
  void put(int64_t row, const int64_t* places, const float* values) const {
    for (int c = 0; c < columns; c++) y[row * stride + places[0] + c] += values[c];
  }
};

template <class Sink, int columns>
struct Places {
  int64_t of[columns];
  Places(const Sink& sink, int64_t column) {
    for (int c = 0; c < columns; c++) of[c] = sink.place(column + c);
  }
};

// `rows` rows of x from `row` on against `columns` rows of the weight. `first`: nobody has read this part of the weight yet.
template <class T, int rows, int columns, bool first, class Sink>
void block(const Number<T>* x, int64_t inputs, const T* all, const Sink& sink, int64_t row, int64_t column) {
  using Factors = Factor<T>;
  constexpr int step = Factors::kCount;
  const T* weight = all + column * inputs;
  const Number<T>* from = x + row * inputs;
  // All loops over columns and rows are unrolled: sums that are indexed otherwise would lie in memory.
  Floats total[columns][rows];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) total[c][r] = Floats{};
  }
  int64_t i = 0;
  for (; i + step <= inputs; i += step) {
    typename Factors::Vector of_column[columns];
    for (int c = 0; c < columns; c++) {
      of_column[c] = Factors::read(weight + c * inputs + i);
      // These columns and the next lie in one piece, which is asked for from its beginning to its end.
      if (first) __builtin_prefetch(reinterpret_cast<const char*>(weight + i * columns + c * step) + kAheadBytes, 0, 3);
    }
    for (int r = 0; r < rows; r++) {
      const auto of_row = Factors::read(from + r * inputs + i);
      for (int c = 0; c < columns; c++) Factors::add_product(total[c][r], of_column[c], of_row);
    }
  }
  // Sums across lanes are taken several at a time, for less than each would cost alone.
  constexpr int together = rows > 4 ? 8 : rows > 2 ? 4 : rows;
  float values[columns][kLanes];
#pragma GCC unroll 8
  for (int c = 0; c < columns; c++) {
    Floats of_rows[together];
#pragma GCC unroll 8
    for (int r = 0; r < together; r++) of_rows[r] = r < rows ? total[c][r < rows ? r : 0] : Floats{};
    store(values[c], sums(of_rows));
  }
  const Places<Sink, columns> places(sink, column);
  for (int r = 0; r < rows; r++) {
    float of_row[kLanes];
    for (int c = 0; c < columns; c++) {
      of_row[c] = values[c][r];
      for (int64_t rest = i; rest < inputs; rest++) of_row[c] += widen(weight[c * inputs + rest]) * widen(from[r * inputs + rest]);
    }
    sink.template put<columns>(row + r, places.of, of_row);
  }
}

template <class T, int rows, bool first, class Sink>
void columns_of(const Number<T>* x, int64_t inputs, const T* weight, const Sink& sink, int64_t row, int64_t begin, int64_t end) {
  constexpr int together = columns_at_once(rows);
  int64_t column = begin;
  for (; column + together <= end; column += together) block<T, rows, together, first>(x, inputs, weight, sink, row, column);
  for (; column < end; column++) block<T, rows, 1, first>(x, inputs, weight, sink, row, column);
}

template <class T, bool first, class Sink>
void some_rows(int64_t count, const Number<T>* x, int64_t inputs, const T* weight, const Sink& sink, int64_t row, int64_t begin, int64_t end) {
  switch (count) {
    case 1: return columns_of<T, 1, first>(x, inputs, weight, sink, row, begin, end);
    case 2: return columns_of<T, 2, first>(x, inputs, weight, sink, row, begin, end);
    case 3: return columns_of<T, 3, first>(x, inputs, weight, sink, row, begin, end);
    case 4: return columns_of<T, 4, first>(x, inputs, weight, sink, row, begin, end);
#if defined(__AVX512F__)
    case 5: return columns_of<T, 5, first>(x, inputs, weight, sink, row, begin, end);
    case 6: return columns_of<T, 6, first>(x, inputs, weight, sink, row, begin, end);
    case 7: return columns_of<T, 7, first>(x, inputs, weight, sink, row, begin, end);
    case 8: return columns_of<T, 8, first>(x, inputs, weight, sink, row, begin, end);
#endif
  }
}

// More rows than that lie side by side. (A row of bfloat16 of an odd length, which is none of words, comes with others like it.)
template <class T>
bool side_by_side(int64_t rows, int64_t inputs) {
  return rows > kMostRows && inputs % kNumbersOfWord<T> == 0;
}

// `vectors` of rows from `row` on against `columns` rows of the weight.
template <class T, int vectors, int columns, class Sink>
void tile(const float* laid, int64_t inputs, const T* all, const Sink& sink, int64_t row, int64_t rows, int64_t column) {
  constexpr int64_t far = kAheadOfColumn / static_cast<int64_t>(sizeof(T));
  Floats total[columns][vectors];
  multiply_side_by_side<T, 1, vectors, columns>(laid, all + column * inputs, inputs, total, [&](int64_t i) { return i + far < inputs ? i + far : i + far + (columns - 1) * inputs; });
  const Places<Sink, columns> places(sink, column);
  for (int v = 0; v < vectors; v++) {
    Floats of_rows[kLanes];
#pragma GCC unroll 16
    for (int c = 0; c < kLanes; c++) of_rows[c] = c < columns ? total[c < columns ? c : 0][v] : Floats{};
    transpose(of_rows);
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; r++) {
      float values[kLanes];
      store(values, of_rows[r]);
      if (row + v * kLanes + r < rows) sink.template put<columns>(row + v * kLanes + r, places.of, values);
    }
  }
}

template <class T, int columns, class Sink>
int64_t tiles(const float* laid, int64_t rows, int64_t inputs, const T* weight, const Sink& sink, int64_t column, int64_t end) {
  for (; column + columns <= end; column += columns) {
    const float* from = laid;
    for (int64_t row = 0; row < rows; row += kMostVectors * kLanes, from += kMostVectors * kLanes * inputs / kNumbersOfWord<T> * kWordsMet<T>) {
      if (rows - row > kLanes) {
        tile<T, 2, columns>(from, inputs, weight, sink, row, rows, column);
      } else {
        tile<T, 1, columns>(from, inputs, weight, sink, row, rows, column);
      }
    }
  }
  return column;
}

// Outputs `begin` to `end` of a product, all rows; x as `factors` gives it.
template <class T, class Sink>
void multiply_columns(const Number<T>* x, int64_t rows, int64_t inputs, const T* weight, const Sink& sink, int64_t begin, int64_t end) {
  if (side_by_side<T>(rows, inputs)) {
    const auto* laid = reinterpret_cast<const float*>(x);
    const int64_t column = tiles<T, kTileColumns>(laid, rows, inputs, weight, sink, begin, end);
    tiles<T, 1>(laid, rows, inputs, weight, sink, tiles<T, kTileColumns / 3>(laid, rows, inputs, weight, sink, column, end), end);
    return;
  }
  some_rows<T, true>(least(rows, kMostRows), x, inputs, weight, sink, 0, begin, end);
  for (int64_t row = kMostRows; row < rows; row += kMostRows) some_rows<T, false>(least(rows - row, kMostRows), x, inputs, weight, sink, row, begin, end);
}

// Outputs that make up a task, and how many tasks there are then.
template <class T>
int64_t chunk_of(int64_t inputs) {
  return most(kColumns, kChunkBytes / static_cast<int64_t>(sizeof(T)) / inputs / kColumns * kColumns);
}

inline int64_t chunks_of(int64_t outputs, int64_t chunk) { return (outputs + chunk - 1) / chunk; }

// A number as it is multiplied.
template <class T>
Number<T> as_factor(T value) {
  if constexpr (std::is_same_v<T, Number<T>>) {
    return value;
  } else {
    return widen(value);
  }
}

// Rows side by side where there are many, and else as they are.
template <class T>
const Number<T>* arranged(const Number<T>* x, int64_t rows, int64_t inputs, Scratch& scratch) {
  if (!side_by_side<T>(rows, inputs)) return x;
  const int64_t words = inputs / kNumbersOfWord<T> * kWordsMet<T>;
  float* laid = scratch.of((rows + kLanes - 1) / kLanes * kLanes * words);
  for (int64_t row = 0; row < rows; row += kLanes) {
    const int64_t block = row / (kMostVectors * kLanes) * (kMostVectors * kLanes);
    const int64_t vectors = rows - block > kLanes ? 2 : 1;
    lay_in_lanes(reinterpret_cast<const float*>(x) + row * words, rows - row, words, laid + block * words + (row - block), vectors * kLanes);
  }
  return reinterpret_cast<const Number<T>*>(laid);
}

// Rows as they are multiplied: as they are or widened, and side by side where there are many.
template <class T>
const Number<T>* factors(const T* x, int64_t rows, int64_t inputs, Scratch& widened, Scratch& laid) {
  if constexpr (std::is_same_v<T, Number<T>>) {
    return arranged<T>(x, rows, inputs, laid);
  } else {
    auto* wide = widened.of(rows * inputs);
    for (int64_t i = 0; i < rows * inputs; i++) wide[i] = as_factor(x[i]);
    return arranged<T>(wide, rows, inputs, laid);
  }
}

// Task `at` of several products with the same rows.
template <class T>
void multiply_chunk(const Number<T>* x, int64_t rows, int64_t inputs, const Product* products, int64_t at) {
  const int64_t chunk = chunk_of<T>(inputs);
  const Product* product = products;
  for (int64_t of; at >= (of = chunks_of(product->outputs, chunk)); product++) at -= of;
  multiply_columns<T>(x, rows, inputs, static_cast<const T*>(product->weight), Placed<T>{*product}, at * chunk, least(product->outputs, (at + 1) * chunk));
}

template <class T>
int64_t chunks_of(const Product* products, int32_t count, int64_t inputs) {
  int64_t chunks = 0;
  for (int32_t p = 0; p < count; p++) chunks += chunks_of(products[p].outputs, chunk_of<T>(inputs));
  return chunks;
}

}  // namespace
}  // namespace wgqa::decoding
