# What recording a CUDA graph needs to be compiled against: a libtorch for CUDA and the headers of CUDA's runtime, which come with CUDA
# itself or with PyTorch's wheel (site-packages/nvidia/{cuda_runtime,cu13}/include). Without them decoding goes by its steps one by one.
# Makes the interface target `cuda_graph`; include libtorch.cmake first.
add_library(cuda_graph INTERFACE)

if(torch_cuda_LIBRARY AND c10_cuda_LIBRARY AND EXISTS "${TORCH_INCLUDE}/ATen/cuda/CUDAGraph.h")
  file(GLOB NVIDIA_INCLUDES "${TORCH_INCLUDE}/../../nvidia/*/include")
  find_path(CUDA_INCLUDE cuda_runtime_api.h HINTS ${NVIDIA_INCLUDES} /usr/local/cuda/include)
  if(CUDA_INCLUDE)
    target_compile_definitions(cuda_graph INTERFACE WGQA_CUDA_GRAPH)
    target_include_directories(cuda_graph SYSTEM INTERFACE "${CUDA_INCLUDE}" ${NVIDIA_INCLUDES})
    message(STATUS "CUDA graphs: the runtime's headers in ${CUDA_INCLUDE}")
  else()
    message(STATUS "CUDA graphs: none, for want of cuda_runtime_api.h")
  endif()
endif()
