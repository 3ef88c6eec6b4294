using TorchSharp.Dispatch;

namespace TorchSharp;

/// <summary>Switches autograd's anomaly detection until disposed.</summary>
public class AnomalyMode : IDisposable
{
    private readonly bool _before = IsEnabled;
    private readonly bool _checkedBefore = ShouldCheckNaN;

    public AnomalyMode(bool enabled, bool check_nan = true) => Native.wgqa_set_anomaly(enabled ? 1 : 0, check_nan ? 1 : 0);

    public static bool IsEnabled => Native.wgqa_anomaly_enabled() != 0;

    public static bool ShouldCheckNaN => Native.wgqa_anomaly_checks_nan() != 0;

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Native.wgqa_set_anomaly(_before ? 1 : 0, _checkedBefore ? 1 : 0);
        }
    }
}
