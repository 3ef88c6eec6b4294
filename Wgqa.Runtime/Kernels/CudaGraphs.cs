using System.Runtime.InteropServices;
using TorchSharp;
using Wgqa.Decoding;
using static TorchSharp.torch;

namespace Wgqa.Kernels;

/// <summary>
/// Records work as CUDA graphs, in the native half of the stand-in for TorchSharp (compat/native/cuda_graph.cpp). This class alone decides whether that is possible; where not (TorchSharp's
/// packages, a build without CUDA's headers, <c>WGQA_CUDA_GRAPH=0</c>, another device), work is done as it stands.
/// </summary>
internal sealed unsafe class CudaGraphs : IWorkRecorder
{
    private static readonly delegate* unmanaged<int, out nint, int> Open = (delegate* unmanaged<int, out nint, int>)StandIn.Entry("wgqa_graphs_open");
    private static readonly delegate* unmanaged<nint, int> Enter = (delegate* unmanaged<nint, int>)StandIn.Entry("wgqa_graphs_enter");
    private static readonly delegate* unmanaged<nint, int> Leave = (delegate* unmanaged<nint, int>)StandIn.Entry("wgqa_graphs_leave");
    private static readonly delegate* unmanaged<nint, int> Begin = (delegate* unmanaged<nint, int>)StandIn.Entry("wgqa_graphs_begin");
    private static readonly delegate* unmanaged<nint, out nint, int> End = (delegate* unmanaged<nint, out nint, int>)StandIn.Entry("wgqa_graphs_end");
    private static readonly delegate* unmanaged<nint, void> Abandon = (delegate* unmanaged<nint, void>)StandIn.Entry("wgqa_graphs_abandon");
    private static readonly delegate* unmanaged<nint, int> ReplayGraph = (delegate* unmanaged<nint, int>)StandIn.Entry("wgqa_graph_replay");
    private static readonly delegate* unmanaged<nint, void> Free = (delegate* unmanaged<nint, void>)StandIn.Entry("wgqa_graph_free");

    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, CudaGraphs?> OfDevices = [];

    // A graph's intermediates lie in memory that all graphs of a device share, so that only one may be recorded at a time; replays take turns on the default stream.
    private readonly Lock _recording = new();
    private readonly nint _graphs;
    private bool _failed;

    private CudaGraphs(nint graphs) => _graphs = graphs;

    /// <inheritdoc/>
    public bool IsReady => !_failed;

    /// <summary>What records on a device; null where nothing does.</summary>
    public static IWorkRecorder? For(Device device)
    {
        if (device.type != DeviceType.CUDA || Open is null || Environment.GetEnvironmentVariable("WGQA_CUDA_GRAPH") == "0")
        {
            return null;
        }

        lock (Gate)
        {
            var index = Math.Max(device.index, 0);
            if (!OfDevices.TryGetValue(index, out var graphs))
            {
                graphs = Open(index, out var opened) == 0 ? new(opened) : null;
                if (graphs is null)
                {
                    Say(NativeKernels.Error());
                }

                OfDevices.Add(index, graphs);
            }

            return graphs;
        }
    }

    /// <inheritdoc/>
    public void Rehearse(Action work)
    {
        lock (_recording)
        {
            NativeKernels.Done(Enter(_graphs));
            try
            {
                work();
            }
            finally
            {
                NativeKernels.Done(Leave(_graphs));
            }
        }
    }

    /// <inheritdoc/>
    public IRecordedWork? Record(Action work)
    {
        lock (_recording)
        {
            NativeKernels.Done(Enter(_graphs));
            try
            {
                NativeKernels.Done(Begin(_graphs));
                work();
                NativeKernels.Done(End(_graphs, out var graph));
                return new Graph(graph);
            }
            catch (ExternalException e)
            {
                Abandon(_graphs);
                _failed = true;
                Say(e.Message);
                return null;
            }
            catch
            {
                Abandon(_graphs);
                throw;
            }
            finally
            {
                NativeKernels.Done(Leave(_graphs));
            }
        }
    }

    private static void Say(string reason) => Console.Error.WriteLine($"decoding goes on without a CUDA graph: {reason}");

    private sealed class Graph(nint graph) : IRecordedWork
    {
        private nint _graph = graph;

        public void Replay() => NativeKernels.Done(ReplayGraph(_graph));

        public void Dispose()
        {
            if (_graph != 0)
            {
                Free(_graph);
                _graph = 0;
            }
        }
    }
}
