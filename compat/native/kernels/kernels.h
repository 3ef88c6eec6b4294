// The arithmetic of the project's own kernels: plain functions over pointers, for one thread and a part of the work each.
// Their files are compiled for AVX-512 and include no header of libtorch's, so that nothing compiled so can stand in for
// what must run on every processor. fused.cpp shares the work out and gives it to autograd.
#pragma once

#include <cstdint>

namespace wgqa {

// A matrix of rows: element (i, j) is data[i * stride + j], float32 or bfloat16.
struct Rows {
  void* data;
  int64_t stride;
  bool narrow;   // bfloat16
};

// Attention of one batch: q [b, t, h, d], k and v [b, s, g, d] as their strides have it, y [b, t, h, d]; strides in elements, the last is 1.
struct Attention {
  int64_t batch, targets, sources, heads, groups, width;
  bool narrow;                                   // all four of bfloat16, else of float32
  const void *q, *k, *v;
  int64_t q_strides[3], k_strides[3], v_strides[3];   // of the batch, the position, the head
  const float* bias;                             // null, or element (b, h, t, s) by its strides; 0 where it is shared
  int64_t bias_strides[4];
  const float* padding;                          // null, or [b, s]: added to the scores of a source, whatever the head and the target
  int64_t padding_stride;                        // of the batch
  const uint32_t* kept;                          // null, or [b, h, ⌈t/32⌉, s]: a bit for each of 32 targets, 1 where dropout keeps the probability
  float scale;                                   // what kept probabilities are multiplied by: 1/(1 − p)
  float* log_sum;                                // [b, h, t]: log Σ exp of each row, written forward and read backward

  void* y;                                       // forward: [b, t, h, d]
  const void* dy;                                // backward: of y's layout, contiguous
  void *dq, *dk, *dv;                            // contiguous: [b, t, h, d], [b, s, g, d] twice
};

constexpr int64_t kBlock = 32;   // targets that are attended from at once: two vectors

// Bytes of scratch that one thread needs.
int64_t attention_scratch(const Attention& a);

// One query head of one row of the batch.
void attend_forward(const Attention& a, int64_t batch, int64_t head, void* scratch);

// One group of one row of the batch, all its query heads. The bias's gradient, [h, t, s] or with the batch before it as
// `dbias_strides` say, is added to; null where nobody wants it.
void attend_backward(const Attention& a, int64_t batch, int64_t group, float* dbias, const int64_t* dbias_strides, void* scratch);

// y = w · x / √(mean x² + ε) for rows [first, last); `inverse` keeps 1/√(…) of each row.
void rms_norm_forward(const float* x, const float* weight, float epsilon, Rows y, float* inverse, int64_t width, int64_t first, int64_t last);

// dx, and the weight's gradient of these rows added to `dweight` [width].
void rms_norm_backward(const float* x, const float* weight, const float* inverse, Rows dy, float* dx, float* dweight, int64_t width, int64_t first, int64_t last);

// log Σ exp of rows, and the loss of each: 0 where its label is `ignored`.
void cross_entropy_forward(Rows logits, const int64_t* labels, int64_t ignored, float* log_sum, float* losses, int64_t classes, int64_t first, int64_t last);

// scale · (softmax − one at the label), 0 where ignored; the gradient may be written over the logits.
void cross_entropy_backward(Rows logits, const int64_t* labels, int64_t ignored, const float* log_sum, float scale, Rows gradient, int64_t classes, int64_t first, int64_t last);

// sum = x + y · kept/(1 − p), elements [first, last): y float32 or bfloat16, `kept` null or a bit for each element.
void add_dropped(const float* x, const void* y, bool narrow, const uint8_t* kept, float scale, float* sum, int64_t first, int64_t last);

// y = x · kept/(1 − p), of one type each; x is also written where it is y.
void drop(const void* x, bool x_narrow, const uint8_t* kept, float scale, void* y, bool y_narrow, int64_t first, int64_t last);

// Bits that are 1 with probability 1 − p, a function of the seed and of `first`, which is a multiple of 8: elements [first, last).
void draw_kept(uint8_t* kept, uint64_t seed, double probability, int64_t first, int64_t last);

// torch.optim.AdamW: values · decay + stride · mean / (√square + slack) after both moments have taken in the gradient.
struct AdamW {
  float *values, *mean, *square;
  const float* gradient;
  float decay, keep_mean, new_mean, keep_square, new_square, slack, stride;
};
void adamw(const AdamW& a, int64_t length);

// Σ x².
double sum_of_squares(const float* x, int64_t length);

}  // namespace wgqa
