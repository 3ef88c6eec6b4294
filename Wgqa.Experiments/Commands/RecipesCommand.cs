using System.CommandLine;
using System.Text.Json.Nodes;
using Wgqa.Experiments.Recipes;
using Wgqa.Experiments.Reports;

namespace Wgqa.Experiments.Commands;

/// <summary><c>recipes</c>: the papers' experiments, and all that each consists of.</summary>
internal static class RecipesCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "The recipe to print, with every hyper-parameter; without a name all are listed.", DefaultValueFactory = _ => null };
        var json = Options.Json();
        var command = new Command("recipes", "List the papers' experiments that `table --recipe` runs, or print one.") { name, json };
        command.SetAction(result =>
        {
            if (result.GetValue(name) is { } chosen)
            {
                var text = Recipe.Text(chosen);
                Recipe.Parse(text, chosen);   // what is printed can be run
                Console.Write(result.GetValue(json) ? JsonNode.Parse(text)!.ToJsonString() + "\n" : text);
                return;
            }

            var all = Recipe.Names.Select(Recipe.Find).ToArray();
            if (result.GetValue(json))
            {
                Options.PrintJson(new { recipes = all });
                return;
            }

            var table = new TextTable("recipe", "version", "model", "tasks", "variants", "source", "what is compared");
            foreach (var recipe in all)
            {
                table.Add(recipe.Name, $"{recipe.Version}", recipe.Model, string.Join(", ", recipe.Tasks.Select(task => task.Name)), $"{recipe.Variants.Count}", recipe.Source, recipe.About);
            }

            Console.Write(table);
        });
        return command;
    }
}
