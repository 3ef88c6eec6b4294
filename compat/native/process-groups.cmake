# What libtorch's process groups (c10d) need to be compiled against: a libtorch that has them, and the headers of Gloo, which
# c10d's own include. NCCL's come with PyTorch for CUDA or with CUDA itself. What is missing is left out, and the product says
# so when several processes are asked for; nothing else depends on it.
# Makes the interface target `process_groups`; include libtorch.cmake first.
add_library(process_groups INTERFACE)

set(TORCH_HAS_GLOO "")
if(EXISTS "${TORCH_INCLUDE}/torch/csrc/distributed/c10d/ProcessGroupGloo.hpp")
  file(STRINGS "${torch_cpu_LIBRARY}" TORCH_HAS_GLOO REGEX "_ZN4c10d16ProcessGroupGlooC1E" LIMIT_COUNT 1)
endif()
find_path(GLOO_INCLUDE gloo/rendezvous/store.h HINTS "${TORCH_INCLUDE}")
if(TORCH_HAS_GLOO AND GLOO_INCLUDE)
  target_compile_definitions(process_groups INTERFACE USE_DISTRIBUTED USE_C10D USE_C10D_GLOO)
  target_include_directories(process_groups SYSTEM INTERFACE "${GLOO_INCLUDE}")
  message(STATUS "process groups: Gloo's headers in ${GLOO_INCLUDE}")

  set(TORCH_HAS_NCCL "")
  if(torch_cuda_LIBRARY AND EXISTS "${TORCH_INCLUDE}/torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp")
    file(STRINGS "${torch_cuda_LIBRARY}" TORCH_HAS_NCCL REGEX "_ZN4c10d16ProcessGroupNCCLC1E" LIMIT_COUNT 1)
  endif()
  # PyTorch's wheel for CUDA brings NCCL and CUDA's runtime beside itself: site-packages/nvidia/{nccl,cuda_runtime,cu13}/include.
  file(GLOB NVIDIA_INCLUDES "${TORCH_INCLUDE}/../../nvidia/*/include")
  find_path(NCCL_INCLUDE nccl.h HINTS ${NVIDIA_INCLUDES})
  find_path(CUDA_INCLUDE cuda_runtime_api.h HINTS ${NVIDIA_INCLUDES} /usr/local/cuda/include)
  if(TORCH_HAS_NCCL AND NCCL_INCLUDE AND CUDA_INCLUDE)
    target_compile_definitions(process_groups INTERFACE USE_C10D_NCCL)
    target_include_directories(process_groups SYSTEM INTERFACE "${NCCL_INCLUDE}" "${CUDA_INCLUDE}" ${NVIDIA_INCLUDES})
    message(STATUS "process groups: NCCL's headers in ${NCCL_INCLUDE}")
  endif()
else()
  message(STATUS "process groups: none, for want of ${TORCH_INCLUDE}/torch/csrc/distributed or of Gloo's headers")
endif()
