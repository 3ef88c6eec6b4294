using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Wgqa.Experiments.Sweeps;

/// <summary>
/// <c>runs.sqlite</c>: all of a sweep's numbers in one file that other tools read. It is made from the folders, anew each time, and nothing reads it back.
/// </summary>
internal static class SweepDatabase
{
    private const string Schema = """
        CREATE TABLE sweep (version INTEGER, recipe TEXT, model TEXT, device TEXT, scaled TEXT);
        CREATE TABLE tasks (
            task TEXT PRIMARY KEY, kind TEXT, data TEXT, metric TEXT, prefix TEXT, max_source_tokens INTEGER, max_target_tokens INTEGER,
            pairs INTEGER, test_pairs INTEGER, evaluated_on TEXT, batch_size INTEGER, beams INTEGER, steps INTEGER, learning_rate REAL);
        CREATE TABLE cells (
            cell INTEGER PRIMARY KEY, task TEXT, variant TEXT, seed INTEGER, state TEXT, error TEXT, folder TEXT,
            groups INTEGER, key_value_heads TEXT, extra_parameters INTEGER, trainable_parameters INTEGER, loss REAL, texts INTEGER, same_texts INTEGER, obstacle TEXT,
            fold_max_error REAL, kv_bytes_per_token INTEGER, tokens_per_second REAL,
            version TEXT, "commit" TEXT, torch TEXT, system TEXT, processor TEXT, cores INTEGER, threads INTEGER, device TEXT, processes INTEGER, started TEXT, finished TEXT,
            UNIQUE (task, variant, seed));
        CREATE TABLE scores (cell INTEGER REFERENCES cells, metric TEXT, score REAL, folded_score REAL, PRIMARY KEY (cell, metric));
        CREATE TABLE metrics (
            cell INTEGER REFERENCES cells, step INTEGER, epoch INTEGER, loss REAL, learning_rate REAL, gradient_norm REAL, tokens_per_second REAL, seconds REAL, validation_loss REAL,
            PRIMARY KEY (cell, step));
        CREATE TABLE blocks (
            cell INTEGER REFERENCES cells, site TEXT, layer INTEGER, kind TEXT, mean_absolute_difference REAL, from_checkpoint REAL, mean_absolute_weight REAL,
            PRIMARY KEY (cell, site, layer, kind));
        CREATE TABLE heads (
            cell INTEGER REFERENCES cells, site TEXT, layer INTEGER, kind TEXT, head INTEGER, mean_absolute_difference REAL, from_checkpoint REAL,
            PRIMARY KEY (cell, site, layer, kind, head));
        """;

    /// <summary>Writes the file, replacing an older one.</summary>
    /// <exception cref="UserException">The file cannot be written.</exception>
    public static void Write(SweepFolder sweep, string file)
    {
        var beside = $"{file}.{Guid.NewGuid():N}.part";
        try
        {
            using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = beside, Pooling = false }.ConnectionString))
            {
                connection.Open();
                using var transaction = connection.BeginTransaction();
                Fill(connection, sweep);
                transaction.Commit();
            }

            File.Move(beside, file, overwrite: true);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file} cannot be written: {error.Message}", error);
        }
        finally
        {
            File.Delete(beside);   // already renamed, unless something was thrown
        }
    }

    private static void Fill(SqliteConnection connection, SweepFolder sweep)
    {
        using (var schema = connection.CreateCommand())
        {
            schema.CommandText = Schema;
            schema.ExecuteNonQuery();
        }

        var plan = sweep.Plan;
        using var sweeps = new Rows(connection, "sweep", 5);
        using var tasks = new Rows(connection, "tasks", 14);
        using var cells = new Rows(connection, "cells", 29);
        using var scores = new Rows(connection, "scores", 4);
        using var metrics = new Rows(connection, "metrics", 9);
        using var blocks = new Rows(connection, "blocks", 7);
        using var heads = new Rows(connection, "heads", 7);
        sweeps.Add(plan.Version, plan.Recipe, plan.Model, plan.Device, plan.Scaled is null ? null : string.Join('\n', plan.Scaled));
        foreach (var task in plan.Tasks)
        {
            tasks.Add(
                task.Name, task.Task.Name, task.Data, task.Task.Metric, task.Task.Prefix, task.Task.MaxSourceTokens, task.Task.MaxTargetTokens,
                task.Pairs, task.TestPairs, task.EvaluatedOn, task.BatchSize, task.Beams, task.Training.Steps, task.Training.LearningRate);
        }

        foreach (var (number, cell) in sweep.Cells.Index())
        {
            var (row, failure, here) = (cell.Row, cell.Failure, cell.Environment);
            cells.Add(
                number, cell.Task, cell.Variant, cell.Seed, row is not null ? "finished" : failure is not null ? "failed" : "open", row is null ? failure?.Error : null, Path.GetRelativePath(sweep.Path, cell.Path),
                row?.Groups, row?.KeyValueHeads, row?.ExtraParameters, row?.TrainableParameters, row?.Loss, row?.Texts, row?.SameTexts, row?.Obstacle,
                row?.FoldMaxError, row?.KvBytesPerToken, row?.TokensPerSecond,
                here?.Version, here?.Commit, here?.Torch, here?.System, here?.Processor, here?.Cores, here?.Threads, here?.Device, here?.Processes,
                here?.Started.ToString("O", CultureInfo.InvariantCulture), here?.Finished?.ToString("O", CultureInfo.InvariantCulture));
            foreach (var metric in ((row?.Scores ?? row?.FoldedScores)?.Keys ?? []).Order(StringComparer.Ordinal))
            {
                scores.Add(number, metric, Of(row!.Scores, metric), Of(row.FoldedScores, metric));
            }

            foreach (var line in cell.Metrics)
            {
                metrics.Add(number, line.Step, line.Epoch, line.Loss, line.Lr, line.GradNorm, line.TokensPerSecond, line.Seconds, line.ValidationLoss);
            }

            foreach (var block in cell.Blocks)
            {
                blocks.Add(number, block.Site.ToString(), block.Layer, block.Kind, block.MeanAbsoluteDifference, block.FromCheckpoint, block.MeanAbsoluteWeight);
                for (var head = 0; head < (block.PerHead ?? block.FromCheckpointPerHead ?? []).Count; head++)
                {
                    heads.Add(number, block.Site.ToString(), block.Layer, block.Kind, head, block.PerHead?[head], block.FromCheckpointPerHead?[head]);
                }
            }
        }
    }

    private static double? Of(IReadOnlyDictionary<string, double>? scores, string metric) => scores is not null && scores.TryGetValue(metric, out var score) ? score : null;

    // One statement, prepared once, for all rows of a table.
    private sealed class Rows : IDisposable
    {
        private readonly SqliteCommand _insert;

        public Rows(SqliteConnection connection, string table, int columns)
        {
            _insert = connection.CreateCommand();
            var names = Enumerable.Range(0, columns).Select(column => $"$c{column}").ToArray();
            _insert.CommandText = $"INSERT INTO {table} VALUES ({string.Join(", ", names)})";
            foreach (var name in names)
            {
                _insert.Parameters.Add(new SqliteParameter(name, null));
            }
        }

        public void Add(params object?[] values)
        {
            for (var column = 0; column < _insert.Parameters.Count; column++)
            {
                _insert.Parameters[column].Value = values[column] ?? DBNull.Value;
            }

            _insert.ExecuteNonQuery();
        }

        public void Dispose() => _insert.Dispose();
    }
}
