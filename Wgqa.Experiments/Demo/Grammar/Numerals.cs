namespace Wgqa.Experiments.Demo;

/// <summary>Numbers from 2 to 100 in words.</summary>
internal static class Numerals
{
    private static readonly string[] GermanBelowTwenty =
    [
        "", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn",
        "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
    ];

    private static readonly string[] GermanTens = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

    private static readonly string[] EnglishBelowTwenty =
    [
        "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] EnglishTens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    /// <summary>German puts the units first: <c>einundzwanzig</c>.</summary>
    public static string German(int number) => number switch
    {
        100 => "hundert",
        < 20 => GermanBelowTwenty[number],
        _ when number % 10 == 0 => GermanTens[number / 10],
        _ => GermanBelowTwenty[number % 10] + "und" + GermanTens[number / 10],
    };

    /// <summary>English has a hyphen: <c>twenty-one</c>.</summary>
    public static string English(int number) => number switch
    {
        100 => "a hundred",
        < 20 => EnglishBelowTwenty[number],
        _ when number % 10 == 0 => EnglishTens[number / 10],
        _ => EnglishTens[number / 10] + "-" + EnglishBelowTwenty[number % 10],
    };
}
