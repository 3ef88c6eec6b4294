// Products with few rows: the weight is read once, from where it lies, whatever the number of rows.
#pragma once

#include "decoding.h"
#include "lanes.h"
#include "team.h"

#include <type_traits>

namespace wgqa::decoding {
namespace {

constexpr int kMostRows = kRegisters == 32 ? 8 : 4;   // rows multiplied at once
constexpr int kColumns = 12;                          // what tasks begin at: a multiple of each number of columns multiplied at once
constexpr int64_t kChunkBytes = 128 << 10;            // of weights, the share that a thread takes at a time
constexpr int64_t kHeldBytes = 96 << 10;              // of weights that stay near while block after block of rows meets them
constexpr int64_t kAheadBytes = 8 << 10;              // how far the weight is asked for before it is needed

// Outputs at once, so that all sums fit in registers beside what is multiplied.
constexpr int columns_at_once(int64_t rows) {
  return kRegisters == 32 ? (rows == 4 ? 6 : rows <= 6 ? 4 : 3) : (rows <= 2 ? 4 : rows == 3 ? 3 : 2);
}

template <class T>
using Number = typename Factor<T>::Number;

// Where there are more rows they come in blocks of so many, and find the weight in the cache: four beside six columns, but eight beside three where a product of pairs
// leaves little else to do than to add up lanes.
template <class T>
constexpr int64_t rows_of_many() {
  return std::is_same_v<T, float> || !std::is_same_v<T, Number<T>> ? 4 : kMostRows;
}

// Where outputs go. `place` is asked once for a column, `put` for each row of it.
template <class T>
struct Placed {
  const Product& product;
  int64_t place(int64_t column) const {
    return product.width == product.outputs ? column : column / product.width * product.head_stride + column % product.width;
  }
  void put(int64_t row, int64_t place, float value) const { narrow(value, static_cast<T*>(product.y)[row * product.row_stride + place]); }
};

// [rows, stride], rectified or not.
template <class T, bool rectified>
struct Kept {
  T* y;
  int64_t stride;
  int64_t place(int64_t column) const { return column; }
  void put(int64_t row, int64_t place, float value) const { narrow(rectified && !(value > 0) ? 0.0f : value, y[row * stride + place]); }
};

// Added to [rows, stride].
struct Added {
  float* y;
  int64_t stride;
  int64_t place(int64_t column) const { return column; }
  void put(int64_t row, int64_t place, float value) const { y[row * stride + place] += value; }
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
  for (int c = 0; c < columns; c++) {
    const int64_t place = sink.place(column + c);
    for (int r = 0; r < rows; r++) {
      float value = values[c][r];
      for (int64_t rest = i; rest < inputs; rest++) value += widen(weight[c * inputs + rest]) * widen(from[r * inputs + rest]);
      sink.put(row + r, place, value);
    }
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

// Outputs `begin` to `end` of a product, all rows.
template <class T, class Sink>
void multiply_columns(const Number<T>* x, int64_t rows, int64_t inputs, const T* weight, const Sink& sink, int64_t begin, int64_t end) {
  if (rows <= kMostRows) return some_rows<T, true>(rows, x, inputs, weight, sink, 0, begin, end);
  const int64_t held = most(kColumns, kHeldBytes / static_cast<int64_t>(sizeof(T)) / inputs / kColumns * kColumns);
  for (int64_t column = begin; column < end; column += held) {
    const int64_t until = least(end, column + held);
    for (int64_t row = 0, left = (rows + rows_of_many<T>() - 1) / rows_of_many<T>(); left > 0; left--) {
      const int64_t count = (rows - row + left - 1) / left;
      if (row == 0) {
        some_rows<T, true>(count, x, inputs, weight, sink, row, column, until);
      } else {
        some_rows<T, false>(count, x, inputs, weight, sink, row, column, until);
      }
      row += count;
    }
  }
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

// Rows as they are multiplied: as they are, or widened.
template <class T>
const Number<T>* factors(const T* x, int64_t count, Scratch& scratch) {
  if constexpr (std::is_same_v<T, Number<T>>) {
    return x;
  } else {
    auto* wide = scratch.of(count);
    for (int64_t i = 0; i < count; i++) wide[i] = as_factor(x[i]);
    return wide;
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
