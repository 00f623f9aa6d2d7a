using System.CommandLine;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The options that select cases and set the length of a measurement.</summary>
internal sealed class SelectionOptions
{
    private static readonly Bounds<int> s_seedBounds = new(0, int.MaxValue, "as a whole number");

    private readonly Option<string[]> _filter = new("--filter")
    {
        Description = "Cases by method/function/payload or BenchmarkDotNet's full name; * is any text. Without it: the core methods",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "GLOB",
    };

    private readonly Option<string[]> _anyCategories = new("--anyCategories")
    {
        Description = "Cases with any of these categories: a method, one of its tags, a function, a payload",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "NAME",
    };

    private readonly Option<string[]> _allCategories = new("--allCategories")
    {
        Description = "Cases with all of these categories",
        AllowMultipleArgumentsPerToken = true,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "NAME",
    };

    private readonly Option<string> _profile = new("--profile")
    {
        Description = "How much is measured: " + string.Join(", ", Profile.All.Select(profile =>
            FormattableString.Invariant($"{profile.Name} ({profile.Launches} × {profile.Calls} calls a case)"))),
        DefaultValueFactory = _ => Profile.DefaultName,
        HelpName = "NAME",
    };

    private readonly Option<string> _launches = Bounded(
        "--launches", RunSettings.LaunchBounds, "Processes, one after another; without it as the profile says");

    private readonly Option<string> _iterations = Bounded(
        "--iterations", RunSettings.CallBounds, "Length of a pass; without it as the profile says");

    private readonly Option<string?> _callers = new("--callers")
    {
        Description = "Measures each case besides with so many callers at once: calls a second, percentiles, processor time. "
            + FormattableString.Invariant($"A list like 1,8,64: up to {CallerCounts.MaxCounts} numbers, ")
            + FormattableString.Invariant($"each {CallerCounts.Bounds.Min} to {CallerCounts.Bounds.Max} {CallerCounts.Bounds.What}"),
        HelpName = "LIST",
    };

    private readonly Option<string> _seed = Bounded(
        "--seed", s_seedBounds, "What the order of the cases is drawn from; without it a random one, printed");

    private readonly Option<string?> _bindings = new("--bindings")
    {
        Description = "An assembly with bindings of your own (public types that implement IBinding), measured beside the others",
        HelpName = "FILE.dll",
    };

    private readonly Option<string?> _functions = new("--functions")
    {
        Description = "An assembly with functions of your own (public types that implement IPayloadFunction), measured beside the others",
        HelpName = "FILE.dll",
    };

    private readonly PayloadKindOption _payloadKind = new();

    private readonly Option<string?> _payloadFile = new(PayloadFileReport.Option)
    {
        Description = "Measures besides with a JSON text of yours, in UTF-8, as a payload's data: "
            + $"payload {PayloadFileReport.Label} in case names. "
            + $"Of a folder, {PayloadFileReport.Label} is its *.json files drawn in turn, "
            + $"and {PayloadFileReport.Label}-NAME each by itself. "
            + "Where a method speaks JSON, its quotes and all but ASCII are escaped in the body: that is what such a method costs. "
            + FormattableString.Invariant($"As a payload {PayloadSize.Bounds.Min} to {PayloadSize.Bounds.Max} {PayloadSize.Bounds.What}"),
        HelpName = "PATH",
    };

    /// <summary>All options of this class. A run accepts all of them.</summary>
    public IEnumerable<Option> All =>
    [
        _filter, _anyCategories, _allCategories, _profile, _launches, _iterations, _callers, _seed, _bindings, _functions,
        _payloadKind.Option, _payloadFile,
    ];

    /// <summary>The options of a command that measures a single launch.</summary>
    public IEnumerable<Option> ForOneLaunch => All.Where(option => option != _launches);

    /// <summary>
    /// The options of the gate. An assembly or a payload file of the user is not accepted, because the gate's builds cannot load it.
    /// </summary>
    public IEnumerable<Option> ForGate => [_filter, _anyCategories, _allCategories, _seed, _payloadKind.Option];

    /// <summary>Returns the value of <c>--seed</c>. Without the option, returns the seed of the resumed run, or a random seed.</summary>
    /// <exception cref="UnusableInputException">The seed is outside its bounds.</exception>
    public int Seed(ParseResult parsed, RunSettings? earlier = null) =>
        Value(parsed, _seed, s_seedBounds) ?? earlier?.Seed ?? Random.Shared.Next();

    /// <summary>Returns the value of <c>--payload-kind</c>, or the default kind of runs if the option is missing.</summary>
    /// <exception cref="UnusableInputException">No kind has the given name.</exception>
    public PayloadKind Kind(ParseResult parsed) => _payloadKind.Value(parsed) ?? PayloadKinds.OfRuns;

    public string? BindingsAssembly(ParseResult parsed) =>
        parsed.GetValue(_bindings) is { } path ? Path.GetFullPath(path) : null;

    public string? FunctionsAssembly(ParseResult parsed) =>
        parsed.GetValue(_functions) is { } path ? Path.GetFullPath(path) : null;

    /// <summary>Reads the file of <c>--payload-file</c>. Returns null if the option is missing.</summary>
    /// <exception cref="UnusableInputException">The file cannot be used as a payload.</exception>
    public LoadedPayloadFile? Payload(ParseResult parsed) =>
        parsed.GetValue(_payloadFile) is { } path ? LoadedPayloadFile.Read(path) : null;

    /// <summary>Creates the settings of a run from the options.</summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="thresholds">The thresholds of the run.</param>
    /// <param name="payload">The user's payload file, or null if there is none.</param>
    /// <param name="callerUrl">The address of a running caller worker, or null if the run starts launches.</param>
    /// <param name="earlier">The settings of the run to resume, which replace missing options, or null for a new run.</param>
    /// <param name="interrupted">A token that cancels the git commands which this method runs.</param>
    /// <exception cref="UnusableInputException">The value of an option is outside its bounds.</exception>
    public async Task<RunSettings> SettingsAsync(
        ParseResult parsed,
        IReadOnlyList<string> thresholds,
        LoadedPayloadFile? payload,
        Uri? callerUrl,
        RunSettings? earlier,
        CancellationToken interrupted)
    {
        Profile given = Profile.Find(parsed.GetValue(_profile)!);
        Profile profile = earlier is null || IsGiven(parsed, _profile)
            ? given
            : new Profile(earlier.Profile, earlier.Launches, earlier.Calls, earlier.PassLimitSeconds);
        int? launches = Value(parsed, _launches, RunSettings.LaunchBounds);
        IReadOnlyList<string> passedOn = parsed.UnmatchedTokens.Count == 0 && earlier is not null
            ? earlier.BenchmarkDotNetArguments
            : ForwardedArguments.Check(parsed.UnmatchedTokens);
        if (callerUrl is not null)
        {
            CallerUrlOption.RequireOneLaunch(launches, parsed.GetValue(_callers), parsed.GetValue(_functions), payload, passedOn);
        }

        (string? commit, bool? dirty) = await SourceState.ReadAsync(interrupted);
        return new RunSettings
        {
            Profile = profile.Name,
            Launches = callerUrl is not null ? 1 : launches ?? profile.Launches,
            Calls = Value(parsed, _iterations, RunSettings.CallBounds) ?? profile.Calls,
            PassLimitSeconds = profile.PassLimitSeconds,
            Callers = parsed.GetValue(_callers) is { } callers ? CallerCounts.Parse(callers, _callers.Name) : earlier?.Callers ?? [],
            Seed = Seed(parsed, earlier),
            Thresholds = thresholds,
            BenchmarkDotNetArguments = passedOn,
            CallerUrl = callerUrl?.ToString() ?? earlier?.CallerUrl,
            PayloadFile = payload?.Report,
            // A caller worker that does not know payload kinds sends letters, so that is the default for it.
            PayloadKind = _payloadKind.Value(parsed)
                ?? earlier?.PayloadKind
                ?? (callerUrl is null ? PayloadKinds.OfRuns : PayloadKind.Letters),
            StartedAt = earlier?.StartedAt ?? DateTimeOffset.UtcNow,
            Commit = commit,
            Dirty = dirty,
        };
    }

    /// <summary>
    /// Returns the selected cases in report order. The method "direct" is added for each selected function and payload. If a remedy is
    /// selected, the cases that it is compared with are added too.
    /// </summary>
    /// <exception cref="UnusableInputException">No case is selected, or no selected case has the user's payload file.</exception>
    public IReadOnlyList<CaseId> Select(ParseResult parsed, Matrix matrix)
    {
        CaseId[] wanted = Wanted(parsed, matrix);
        IEnumerable<CaseId> remedies = wanted.Where(id => matrix.Categories(id).Contains(BindingTags.Remedy));
        CaseId[] cases = [.. wanted, .. remedies.SelectMany(RemedyAdvice.Counterparts).Intersect(matrix.Cases)];
        return matrix.InOrder(cases.Concat(cases.Select(id => id.By(DirectBinding.BaselineId)).Intersect(matrix.Cases)).Distinct());
    }

    /// <summary>
    /// Returns the ids of the delegating methods that the user selected. The verdict is about them. Null if the user selected none of
    /// them.
    /// </summary>
    /// <exception cref="UnusableInputException">No case is selected, or no selected case has the user's payload file.</exception>
    public IReadOnlyList<string>? SelectedMethods(ParseResult parsed, Matrix matrix)
    {
        string[] methods = !HasFilter(parsed)
            ? []
            : [.. Wanted(parsed, matrix).Select(id => id.Method).Distinct().Where(method => Delegates(matrix.Catalog.Find(method)))];
        return methods.Length > 0 ? methods : null;

        static bool Delegates(IBinding binding) => binding.Id != DirectBinding.BaselineId
            && !binding.Tags.Contains(BindingTags.Reference) && !binding.Tags.Contains(BindingTags.Remedy);
    }

    // Returns the cases that the filters and categories name.
    private CaseId[] Wanted(ParseResult parsed, Matrix matrix)
    {
        string[] filters = ShellExpansion.Undo(parsed.GetValue(_filter) ?? [], matrix);
        CasePattern[] patterns = [.. filters.Select(filter => new CasePattern(filter))];
        string[] any = parsed.GetValue(_anyCategories) ?? [];
        string[] all = parsed.GetValue(_allCategories) ?? [];
        RequireKnown([.. any, .. all], matrix);
        if (patterns.FirstOrDefault(pattern => !matrix.Cases.Any(id => Matches(pattern, id))) is { } unused)
        {
            throw NoCase($"'{unused}'.{unused.Question(matrix.Cases)}", matrix);
        }

        bool unfiltered = filters.Length == 0 && any.Length == 0 && all.Length == 0;
        IEnumerable<CaseId> selected = matrix.Cases
            .Where(id => !unfiltered || matrix.Categories(id).Contains(BindingTags.Core))
            .Where(id => filters.Length == 0 || patterns.Any(pattern => Matches(pattern, id)))
            .Where(id => any.Length == 0 || any.Any(category => HasCategory(id, category)))
            .Where(id => all.All(category => HasCategory(id, category)));
        CaseId[] wanted = [.. selected];
        string asked = string.Join(", ", filters.Concat(any).Concat(all).Select(given => $"'{given}'"));
        if (wanted.Length == 0)
        {
            throw NoCase($"{asked}.", matrix);
        }

        if (matrix.HasFile && !wanted.Any(id => PayloadFileReport.IsLabel(id.Payload)))
        {
            throw new UnusableInputException(
                $"{PayloadFileReport.Option} matches no case: none that {asked} selects has the payload {PayloadFileReport.Label}.");
        }

        return wanted;

        bool HasCategory(CaseId id, string category) =>
            matrix.Categories(id).Contains(category, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Returns the names with which filters begin, and the categories. Some of them are methods.</summary>
    public IReadOnlyCollection<string> Names(ParseResult parsed) =>
    [
        .. (parsed.GetValue(_filter) ?? []).Select(filter => filter.Split('/')[0]),
        .. parsed.GetValue(_anyCategories) ?? [],
        .. parsed.GetValue(_allCategories) ?? [],
    ];

    /// <summary>Whether the command line has an option that selects cases.</summary>
    public bool HasFilter(ParseResult parsed) =>
        new Option[] { _filter, _anyCategories, _allCategories }.Any(option => IsGiven(parsed, option));

    /// <summary>
    /// Whether the user left the cases and the size as they are: no option of this class was given, except <c>--seed</c> and
    /// <c>--payload-kind</c>, and none of BenchmarkDotNet.
    /// </summary>
    public bool IsDefault(ParseResult parsed) =>
        parsed.UnmatchedTokens.Count == 0 && !All.Except([_seed, _payloadKind.Option]).Any(option => IsGiven(parsed, option));

    /// <summary>
    /// Whether the passes of a run of these cases may end early: only in a large run, and only if the user gave neither
    /// <c>--profile</c> nor <c>--iterations</c>.
    /// </summary>
    public bool MayPassesEndEarly(ParseResult parsed, IReadOnlyCollection<CaseId> cases) =>
        LaunchCases.IsLarge(cases) && !IsGiven(parsed, _profile) && !IsGiven(parsed, _iterations);

    private static UnusableInputException NoCase(string asked, Matrix matrix) => new(
        $"No case matches {asked} "
        + $"Methods: {string.Join(", ", matrix.Catalog.All.Select(binding => binding.Id))}; "
        + $"functions: {string.Join(", ", matrix.Functions)}; "
        + $"payloads: {string.Join(", ", matrix.Payloads)}.");

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static bool Matches(CasePattern pattern, CaseId id) =>
        pattern.Matches(id.ToString()) || pattern.Matches(BenchmarkRun.FullName(id));

    private static void RequireKnown(string[] categories, Matrix matrix)
    {
        string[] known = [.. matrix.Cases.SelectMany(matrix.Categories).Distinct()];
        if (categories.FirstOrDefault(category => !known.Contains(category, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw UnusableInputException.Unknown("category", unknown, known);
        }
    }

    private static Option<string> Bounded(string name, Bounds<int> bounds, string description) => new(name)
    {
        Description = FormattableString.Invariant($"{description}. {bounds.Min} to {bounds.Max} {bounds.What}"),
        HelpName = "N",
    };

    private static int? Value(ParseResult parsed, Option<string> option, Bounds<int> bounds) =>
        parsed.GetValue(option) is { } text ? bounds.Parse(text, option.Name) : null;
}
