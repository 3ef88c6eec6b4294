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

// One of a decoder layer's two attentions, between norm and residual sum.
struct AttentionLayer {
  const float* norm;      // [m]
  const void* q;          // [h*d, m]
  const void* k;          // [G*d, m]; null where keys and values are there already
  const void* v;          // likewise
  const void* o;          // [m, h*d]
  void* keys;             // [rows or inputs, G, room, d], contiguous
  void* values;           // as keys
  const int32_t* heads;   // as in Attention
  const int32_t* starts;
  int64_t groups, room;
};

struct DecoderLayer {
  AttentionLayer self, cross;
  const float* norm;      // [m]
  const void* gate;       // [f, m], through gelu where `linear` is there, else through relu
  const void* linear;     // [f, m] or null
  const void* wo;         // [m, f]
};

// One token a row through all of a T5 decoder to its logits. Weights, caches and logits are of one type; what lies between is rounded to it
// where libtorch's operators would, but for residual sums, which are in float32.
struct Step {
  const int64_t* tokens;      // [rows]
  const void* embedding;      // [V, m]
  const DecoderLayer* layers;
  const float* norm;          // [m]
  const void* head;           // [V, m]
  float head_scale;           // what hidden states are multiplied by before the head
  float epsilon;
  const float* self_bias;     // of head i and position j, self_bias[i * self_bias_head + j]
  int64_t self_bias_head;
  const float* cross_bias;    // [inputs, source], or null
  void* logits;               // [rows, V]
  int64_t layer_count, rows, inputs, m, h, d, f, vocabulary;
  int64_t position;           // tokens that the caches of self-attention hold already
  int64_t source;             // tokens of the encoder's output
};

// The entries of one instruction set.
struct Kernels {
  const char* name;
  void (*multiply)(const void* x, int64_t rows, int64_t inputs, const Product* products, int32_t count, Type type, int threads);
  void (*attend)(const Attention& attention, Type type, int threads);
  void (*step)(const Step& step, Type type, int threads);
};

extern const Kernels avx512bf16_kernels;
extern const Kernels avx512_kernels;
extern const Kernels avx2_kernels;
extern const Kernels portable_kernels;

}  // namespace wgqa::decoding
