namespace WorkerRpc.Tests.Architecture;

/// <summary>Finds uses between folders that the floors of a house forbid.</summary>
internal static class FloorCheck
{
    /// <summary>All faults of a house. Each fault is one line that names the types.</summary>
    public static IReadOnlyList<string> Faults(House house)
    {
        CompiledHouse compiled = CompiledHouse.Read(house);
        Use[] uses =
        [
            .. compiled.Uses.OrderBy(use => use.From.Name, StringComparer.Ordinal).ThenBy(use => use.To, StringComparer.Ordinal),
        ];
        Edge[] edges =
        [
            .. uses.Where(use => compiled.Types.ContainsKey(use.To)).Select(use => new Edge(use.From, compiled.Types[use.To])),
        ];
        return
        [
            .. compiled.Sources.Where(source => source.Namespace != source.ExpectedNamespace).OrderBy(source => source.Type)
                .Select(source => $"{source.Type} in {house.Folder}/{source.File}: its namespace should be {source.ExpectedNamespace}."),
            .. compiled.Types.Values.Select(type => type.Folder).Distinct().Where(folder => house.FloorOf(folder) is null).Select(folder =>
                $"{house.Folder}/{folder} is on no floor: add it to the table of the house."),
            .. edges.Select(edge => HigherUse(house, edge)).OfType<string>(),
            .. uses.SelectMany(use => ReservedUses(house, use)),
            .. Circles(edges),
        ];
    }

    private static string? HigherUse(House house, Edge edge)
    {
        if (house.FloorOf(edge.From.Folder) is not { } from || house.FloorOf(edge.To.Folder) is not { } to || from.Entry == to.Entry)
        {
            return null;
        }

        return to.Floor > from.Floor ? $"{edge}: {to.Entry} is a higher floor than {from.Entry}."
            : to.Floor == from.Floor ? $"{edge}: {to.Entry} and {from.Entry} share a floor, so they must not know each other."
            : null;
    }

    private static IEnumerable<string> ReservedUses(House house, Use use) => house.Reserved
        .Where(reserved => reserved.Covers(use.To)
            && (reserved.Within is null || House.Contains(reserved.Within, use.From.Folder))
            && !House.Contains(reserved.Only, use.From.Folder))
        .Select(reserved =>
            $"{use.From.Name} uses {use.To}: in {reserved.Within ?? house.Folder}, only {reserved.Only} may use {reserved.Namespace}.");

    // Checks each depth of folders: two folders can form a circle although their subfolders form none.
    private static IEnumerable<string> Circles(Edge[] edges)
    {
        int deepest = edges.Select(edge => edge.From.Folder.Count(c => c == '/') + 1).DefaultIfEmpty().Max();
        return Enumerable.Range(1, deepest).Select(depth => Circle(edges, depth)).OfType<string>().Distinct();
    }

    private static string? Circle(Edge[] edges, int depth)
    {
        Dictionary<string, Dictionary<string, Edge>> next = edges
            .Select(edge => (From: Cut(edge.From.Folder, depth), To: Cut(edge.To.Folder, depth), Edge: edge))
            .Where(arrow => arrow.From != arrow.To)
            .GroupBy(arrow => arrow.From)
            .ToDictionary(
                arrows => arrows.Key,
                arrows => arrows.GroupBy(arrow => arrow.To).ToDictionary(to => to.Key, to => to.First().Edge));
        Edge[]? shortest = next.Keys.Select(folder => WayBack(next, folder)).OfType<Edge[]>().MinBy(way => way.Length);
        return shortest is null ? null : $"Folders in a circle: {string.Join("; ", shortest.Select(edge => edge.ToString()))}.";
    }

    // The shortest circle through a folder, by breadth-first search; null if there is none.
    private static Edge[]? WayBack(Dictionary<string, Dictionary<string, Edge>> next, string start)
    {
        var ways = new Queue<(string Folder, Edge[] Way)>([(start, [])]);
        HashSet<string> seen = [];
        while (ways.TryDequeue(out (string Folder, Edge[] Way) reached))
        {
            foreach ((string folder, Edge edge) in next.GetValueOrDefault(reached.Folder) ?? [])
            {
                if (folder == start)
                {
                    return [.. reached.Way, edge];
                }

                if (seen.Add(folder))
                {
                    ways.Enqueue((folder, [.. reached.Way, edge]));
                }
            }
        }

        return null;
    }

    private static string Cut(string folder, int depth) => string.Join('/', folder.Split('/').Take(depth));

    private sealed record Edge(HouseType From, HouseType To)
    {
        public override string ToString() => $"{From.Name} uses {To.Name}";
    }
}
