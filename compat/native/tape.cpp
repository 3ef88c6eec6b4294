// What a CUDA graph does, on any device: the operators of some work, kept as they were called and called again without the host,
// numbers as they were then and tensors from outside where they are. It shows whether work can be recorded at all: a number that
// the host would change, or ask the device for, is found on the CPU, before there is a GPU to find it on.
//
// Unlike a graph's, the work is done while it is recorded, and its intermediates are allocated anew each time.

#include "tape.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "guarded.h"

namespace {

using wgqa::guarded;

constexpr int64_t kOutside = -1;

// An operator's call. `from` says, for each of its arguments, which intermediates it is: one of a tensor, several of a list.
struct Call {
  c10::OperatorHandle op;
  c10::Stack given;
  std::vector<std::vector<int64_t>> from;
  std::vector<int64_t> to;
};

struct Tape {
  std::vector<Call> calls;
  int64_t intermediates = 0;
  std::unordered_map<const c10::TensorImpl*, int64_t> known;  // while recording
  std::vector<at::Tensor> held;                               // so that no two have one address

  std::vector<int64_t> sources(const c10::IValue& value) const {
    const auto source = [this](const at::Tensor& tensor) {
      const auto found = known.find(tensor.unsafeGetTensorImpl());
      return found == known.end() ? kOutside : found->second;
    };
    std::vector<int64_t> result;
    if (value.isTensor()) {
      result.push_back(source(value.toTensor()));
    } else if (value.isTensorList()) {
      for (const at::Tensor& tensor : value.toTensorVector()) {
        result.push_back(source(tensor));
      }
    } else {
      TORCH_CHECK(!value.isList() || value.toListRef().empty() || !value.toListRef()[0].isTensor(), "lists of tensors that may be missing cannot be recorded");
    }
    return result;
  }

  void add(const c10::OperatorHandle& op, c10::Stack&& given, const c10::Stack& returned) {
    Call call{op, std::move(given), {}, {}};
    for (auto& value : call.given) {
      call.from.push_back(sources(value));
      if (value.isTensor() && call.from.back()[0] != kOutside) {
        value = c10::IValue();
      }
    }
    for (const auto& value : returned) {
      TORCH_CHECK(value.isTensor() || value.isTensorList(), op.schema().name(), " asks the device for a number, which cannot be recorded");
      const auto tensors = value.isTensor() ? std::vector<at::Tensor>{value.toTensor()} : value.toTensorVector();
      for (const at::Tensor& tensor : tensors) {
        call.to.push_back(intermediates++);
        // What an operator changes in place and returns is known already, or lies outside.
        if (tensor.defined() && !is_given(call, tensor)) {
          known.insert_or_assign(tensor.unsafeGetTensorImpl(), call.to.back());
          held.push_back(tensor);
        }
      }
    }
    calls.push_back(std::move(call));
  }

  bool is_given(const Call& call, const at::Tensor& tensor) const {
    for (const auto& value : call.given) {
      if (value.isTensor() && value.toTensor().is_same(tensor)) {
        return true;
      }
    }
    return known.count(tensor.unsafeGetTensorImpl()) != 0;
  }

  void replay() const {
    std::vector<at::Tensor> values(static_cast<size_t>(intermediates));
    for (const Call& call : calls) {
      c10::Stack stack = call.given;
      for (size_t i = 0; i < stack.size(); i++) {
        const auto& from = call.from[i];
        if (stack[i].isTensorList()) {
          auto tensors = stack[i].toTensorVector();
          for (size_t j = 0; j < from.size(); j++) {
            if (from[j] != kOutside) {
              tensors[j] = values[static_cast<size_t>(from[j])];
            }
          }
          stack[i] = c10::IValue(tensors);
        } else if (!from.empty() && from[0] != kOutside) {
          stack[i] = c10::IValue(values[static_cast<size_t>(from[0])]);
        }
      }
      call.op.callBoxed(stack);
      size_t place = 0;
      for (const auto& value : stack) {
        const auto tensors = value.isTensor() ? std::vector<at::Tensor>{value.toTensor()} : value.toTensorVector();
        for (const at::Tensor& tensor : tensors) {
          values[static_cast<size_t>(call.to[place++])] = tensor;
        }
      }
    }
  }
};

thread_local Tape* current = nullptr;

}  // namespace

bool wgqa::taping() noexcept { return current != nullptr; }

void wgqa::off_tape(const char* what) { TORCH_CHECK(current == nullptr, what, " cannot be recorded"); }

void wgqa::tape(const c10::OperatorHandle& op, c10::Stack&& given, const c10::Stack& returned) {
  current->add(op, std::move(given), returned);
}

// From here to wgqa_tape_end this thread's operators are recorded.
WGQA_API void* wgqa_tape_begin() { return current = new Tape(); }

WGQA_API void wgqa_tape_end(void* tape) {
  current = nullptr;
  static_cast<Tape*>(tape)->known.clear();
  static_cast<Tape*>(tape)->held.clear();
}

// Operators recorded.
WGQA_API int64_t wgqa_tape_length(void* tape) { return static_cast<int64_t>(static_cast<Tape*>(tape)->calls.size()); }

// The name of one of them.
WGQA_API const char* wgqa_tape_name(void* tape, int64_t index) { return static_cast<Tape*>(tape)->calls[static_cast<size_t>(index)].op.schema().name().c_str(); }

WGQA_API int wgqa_tape_replay(void* tape) {
  return guarded([&] { static_cast<Tape*>(tape)->replay(); });
}

WGQA_API void wgqa_tape_free(void* tape) { delete static_cast<Tape*>(tape); }
