# Finds libtorch without its own TorchConfig.cmake, which insists on a CUDA toolkit (PyTorch from pip) or on protobuf's
# and Caffe2's development files (Debian) although only headers and three libraries are needed here.
# Makes the interface target `libtorch`.
include_guard()

set(TORCH_ROOTS "")
foreach(prefix IN LISTS CMAKE_PREFIX_PATH)
  # torch.utils.cmake_prefix_path is ROOT/share/cmake.
  list(APPEND TORCH_ROOTS "${prefix}" "${prefix}/../..")
endforeach()

find_path(TORCH_INCLUDE ATen/core/dispatch/Dispatcher.h HINTS ${TORCH_ROOTS} PATH_SUFFIXES include)
foreach(name torch torch_cpu c10)
  find_library(${name}_LIBRARY ${name} HINTS ${TORCH_ROOTS} PATH_SUFFIXES lib)
  if(NOT ${name}_LIBRARY)
    set(TORCH_INCLUDE "")
  endif()
endforeach()
if(NOT TORCH_INCLUDE)
  message(FATAL_ERROR "libtorch's headers or libraries are missing; run ./wgqa setup")
endif()

# The CUDA halves, where this libtorch has them: looked for beside torch_cpu only.
get_filename_component(TORCH_LIBRARY_FOLDER "${torch_cpu_LIBRARY}" DIRECTORY)
set(TORCH_CUDA_LIBRARIES "")
foreach(name torch_cuda c10_cuda)
  find_library(${name}_LIBRARY ${name} PATHS "${TORCH_LIBRARY_FOLDER}" NO_DEFAULT_PATH)
  if(${name}_LIBRARY)
    list(APPEND TORCH_CUDA_LIBRARIES "${${name}_LIBRARY}")
  endif()
endforeach()

# libtorch and this shim must agree on std::string: PyTorch's older wheels use the pre-C++11 one.
file(STRINGS "${c10_LIBRARY}" TORCH_CXX11 REGEX "_ZN3c105ErrorC.*__cxx11" LIMIT_COUNT 1)
if(TORCH_CXX11)
  set(TORCH_CXX11_ABI 1)
else()
  set(TORCH_CXX11_ABI 0)
endif()

# The distribution's libtorch takes BLAS from whatever Debian's alternatives point at; the OpenMP build of OpenBLAS shares
# libtorch's own threads instead of spinning against them. Linked first, its symbols are found first.
set(TORCH_BLAS "")
if(TORCH_LIBRARY_FOLDER MATCHES "^/usr/lib")
  find_library(OPENBLAS_OPENMP libopenblas.so.0 PATHS "${TORCH_LIBRARY_FOLDER}/openblas-openmp" NO_DEFAULT_PATH)
  if(OPENBLAS_OPENMP)
    set(TORCH_BLAS "${OPENBLAS_OPENMP}")
  endif()
endif()

add_library(libtorch INTERFACE)
target_include_directories(libtorch SYSTEM INTERFACE
  "${TORCH_INCLUDE}" "${TORCH_INCLUDE}/torch/csrc/api/include")
target_compile_definitions(libtorch INTERFACE _GLIBCXX_USE_CXX11_ABI=${TORCH_CXX11_ABI})
# Its newer headers are written in C++20, and the older ones were never tried with it.
file(STRINGS "${TORCH_INCLUDE}/torch/csrc/api/include/torch/version.h" TORCH_VERSION_LINES REGEX "define TORCH_VERSION_(MAJOR|MINOR) ")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" TORCH_VERSION "${TORCH_VERSION_LINES}")
if(TORCH_VERSION VERSION_LESS 2.9)
  target_compile_features(libtorch INTERFACE cxx_std_17)
else()
  target_compile_features(libtorch INTERFACE cxx_std_20)
endif()
# Nothing refers to torch_cuda's symbols, yet loading it is what registers the CUDA kernels.
target_link_libraries(libtorch INTERFACE
  "-Wl,--no-as-needed" ${TORCH_BLAS} "${torch_LIBRARY}" "${torch_cpu_LIBRARY}" ${TORCH_CUDA_LIBRARIES} "${c10_LIBRARY}" "-Wl,--as-needed")
message(STATUS "libtorch ${TORCH_VERSION}: ${torch_cpu_LIBRARY}, C++11 strings ${TORCH_CXX11_ABI}, CUDA: ${TORCH_CUDA_LIBRARIES}")
