using Microsoft.Data.Sqlite;
using Wgqa.Experiments.Sweeps;

namespace Wgqa.Experiments.Tests.Sweeps;

/// <summary>All of a sweep's numbers, where other tools find them.</summary>
public sealed class SweepDatabaseTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Fact]
    public void TheDatabaseHasWhatTheFoldersHaveAndIsMadeAnewFromThem()
    {
        var folder = tiny.New("sweep");
        App.Run(
            "table", "--model", tiny.Four, "--data", $"one={tiny.Data}", "--data", $"two={tiny.Data}", "--variants", "WGqa,Gqa", "--steps", "3", "--log-every", "1", "--batch", "8",
            "--max-target", "8", "--out", folder).Succeeded();
        var file = Path.Combine(folder, "runs.sqlite");
        var cells = SweepFolder.Open(folder).Cells;
        RequireWhole();

        File.Delete(file);
        File.WriteAllText(Path.Combine(cells[3].Path, "failure.json"), """{"error": "it's no good", "time": "2026-01-01T00:00:00Z"}""");
        File.Delete(Path.Combine(cells[3].Path, "row.json"));
        App.Run("table", "--rebuild", "--out", folder).RefusedWith("1 of 4 cells failed", "it's no good");
        Assert.Equal("failed|it's no good", Ask("SELECT state, error FROM cells WHERE task = 'two' AND variant = 'Gqa'"));
        App.Run("table", "--rebuild", "--out", tiny.New("nothing")).RefusedWith("sweep.json");

        void RequireWhole()
        {
            Assert.Equal("one|WGqa|1|finished;one|Gqa|1|finished;two|WGqa|1|finished;two|Gqa|1|finished", Ask("SELECT task, variant, seed, state FROM cells ORDER BY cell"));
            Assert.Equal(Words(cells[0].Row!.Scores!["bleu"]), Ask("SELECT score FROM scores JOIN cells USING (cell) WHERE task = 'one' AND variant = 'WGqa' AND metric = 'bleu'"));
            Assert.Equal(string.Join(';', cells[1].Metrics.Select(line => $"{line.Step}|{Words(line.Loss)}")), Ask("SELECT step, loss FROM metrics WHERE cell = 1 ORDER BY step"));
            Assert.Equal("8|8|16", Ask("SELECT (SELECT count(*) FROM blocks WHERE cell = 0), (SELECT count(*) FROM blocks WHERE cell = 1), (SELECT count(*) FROM heads WHERE cell = 0)"));
            Assert.Equal(Words(cells[0].Blocks[0].PerHead![1]), Ask("SELECT mean_absolute_difference FROM heads WHERE cell = 0 AND site = 'DecoderSelf' AND layer = 0 AND kind = 'key' AND head = 1"));
            Assert.Equal("8", Ask("SELECT count(*) FROM blocks WHERE cell = 1 AND mean_absolute_difference IS NULL AND from_checkpoint > 0"));
        }

        string Ask(string query)
        {
            using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = query;
            using var reader = command.ExecuteReader();
            var rows = new List<string>();
            while (reader.Read())
            {
                rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(column => reader.GetValue(column) is double number ? Words(number) : $"{reader.GetValue(column)}")));
            }

            return string.Join(';', rows);
        }

        static string Words(double number) => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
    }
}
