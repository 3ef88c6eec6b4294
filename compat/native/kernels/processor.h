// Which instruction sets may be used: what libtorch is told not to use by its own variable, ATEN_CPU_CAPABILITY, the kernels here leave unused too.
#pragma once

#include <cstdlib>
#include <cstring>

namespace wgqa {

enum class Capability { kDefault, kAvx2, kAvx512 };

inline Capability allowed_capability() {
  const char* named = std::getenv("ATEN_CPU_CAPABILITY");
  return named == nullptr ? Capability::kAvx512 : std::strcmp(named, "default") == 0 ? Capability::kDefault : std::strcmp(named, "avx2") == 0 ? Capability::kAvx2 : Capability::kAvx512;
}

}  // namespace wgqa
