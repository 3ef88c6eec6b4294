// The kernels for one instruction set: CMakeLists.txt compiles this file once for each, with WGQA_KERNELS naming the table.
#include "decoding.h"
#include "decoding_step.h"
#include "few_rows.h"
#include "few_targets.h"
#include "team.h"

namespace wgqa::decoding {
namespace {

template <class T>
void multiply_typed(const T* x, int64_t rows, int64_t inputs, const Product* products, int32_t count, int threads) {
  thread_local Scratch widened, laid;
  const auto* from = factors(x, rows, inputs, widened, laid);
  const int64_t chunks = chunks_of<T>(products, count, inputs);
  const int team = static_cast<int>(least(threads, chunks));
#pragma omp parallel for num_threads(team) schedule(dynamic, 1) if (team > 1)
  for (int64_t i = 0; i < chunks; i++) multiply_chunk<T>(from, rows, inputs, products, i);
}

void multiply(const void* x, int64_t rows, int64_t inputs, const Product* products, int32_t count, Type type, int threads) {
  if (type == kFloat32) {
    multiply_typed(static_cast<const float*>(x), rows, inputs, products, count, threads);
  } else {
    multiply_typed(static_cast<const BFloat16*>(x), rows, inputs, products, count, threads);
  }
}

template <class T>
void attend_typed(const Attention& a, int threads) {
  const int64_t parts = attention_parts(a, threads);
  const int64_t tasks = a.b * a.groups * parts;
  const bool alone = threads == 1 || a.b * a.h * a.t * a.s * a.d < 16384;   // shorter than waking another thread
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1) if (!alone)
  for (int64_t task = 0; task < tasks; task++) {
    thread_local Scratch scratch;
    attend_task<T>(a, parts, task, scratch);
  }
}

void attend(const Attention& attention, Type type, int threads) {
  if (type == kFloat32) {
    attend_typed<float>(attention, threads);
  } else {
    attend_typed<BFloat16>(attention, threads);
  }
}

void step(const Step& step, Type type, int threads) {
  if (type == kFloat32) {
    step_typed<float>(step, threads);
  } else {
    step_typed<BFloat16>(step, threads);
  }
}

}  // namespace

extern const Kernels WGQA_KERNELS{WGQA_NAME, multiply, attend, step};

}  // namespace wgqa::decoding
