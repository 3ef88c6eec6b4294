namespace Wgqa.Metrics;

public class PythonTextTests
{
    // What Python's str.lower gives: a capital sigma is a final one after a letter and before none, marks and signs within words aside.
    [Theory]
    [InlineData("ΟΔΟΣ ΣΟΦΟΣ", "οδος σοφος")]
    [InlineData("Σ", "σ")]
    [InlineData("ΣΑ", "σα")]
    [InlineData("ΑΣΑ", "ασα")]
    [InlineData("Α.Σ", "α.ς")]
    [InlineData("ΑΣ.Α", "ασ.α")]
    [InlineData("ΑΣ\u0301", "ας\u0301")]
    [InlineData("ΑΣ Α", "ας α")]
    [InlineData("Α1Σ", "α1σ")]
    [InlineData("Α-Σ", "α-σ")]
    [InlineData("中Σ", "中σ")]
    [InlineData("\u0130I", "i\u0307i")]
    public void LowerCaseIsPythons(string text, string lower) => Assert.Equal(lower, PythonText.Lower(text));
}
