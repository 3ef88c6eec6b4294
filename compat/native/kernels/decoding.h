// What decoding computes with: for a few rows, what libtorch's general products do for many. Weights and caches are read once, from
// where they lie; sums are in float32 whatever is read. No gradients, and nothing here knows libtorch: tensors come as addresses, sizes
// and strides in elements. decoding.cpp is compiled once for each instruction set; few_rows.cpp chooses and gives it to libtorch's tensors.
#pragma once

#include <cstdint>

namespace wgqa::decoding {

enum Type : int32_t { kFloat32 = 0, kBFloat16 = 1 };

// One product of several with the same rows: y[r, j] = sum over i of x[r, i] * weight[j, i], for j < outputs. Output j of row r goes to
// y + r * row_stride + (j / width) * head_stride + j % width, so that it can land in a cache of heads of that width.
struct Product {
  const void* weight;   // [outputs, inputs], contiguous
  void* y;
  int64_t outputs;
  int64_t row_stride;
  int64_t width;
  int64_t head_stride;
};

// softmax(q k' + bias) v for a few targets. Query heads that share a key/value head are scored together, so each is read once.
struct Attention {
  const void* q;        // [b, t, h, d], contiguous
  const void* k;        // [b, G, s, d]: rows of d lie together
  const void* v;        // as k
  const float* bias;    // [b, h, t, s] by its strides, the last of them 1; null without
  void* y;              // [b, t, h, d], contiguous
  const int32_t* heads;   // the h query heads, group by group
  const int32_t* starts;  // [G + 1]: where each group's heads begin in `heads`
  int64_t b, t, h, groups, s, d;
  int64_t k_batch, k_group;   // strides; a position's is d
  int64_t v_batch, v_group;
  int64_t bias_batch, bias_head, bias_target;
};

// The entries of one instruction set.
struct Kernels {
  const char* name;
  void (*multiply)(const void* x, int64_t rows, int64_t inputs, const Product* products, int32_t count, Type type, int threads);
  void (*attend)(const Attention& attention, Type type, int threads);
};

extern const Kernels avx512_kernels;
extern const Kernels avx2_kernels;
extern const Kernels portable_kernels;

}  // namespace wgqa::decoding
