using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Serving;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Presenting.Serving;

public sealed partial class ReportServerTests : IAsyncLifetime
{
    private const string Secret = "nothing outside the folder";

    private readonly TemporaryFolder _folder = new();
    private ReportServer _server = null!;

    private string Artifacts => _folder.File("artifacts");

    private string Token => _server.Address.AbsolutePath.Trim('/');

    public async ValueTask InitializeAsync()
    {
        Write("results", day: 3);
        Write("baseline", day: 1);
        await File.WriteAllTextAsync(_folder.File("report.json"), Secret, TestContext.Current.CancellationToken);
        _server = await ReportServer.StartAsync(Artifacts, port: 0, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task List_shows_the_newest_report_first()
    {
        RawResponse list = await GetAsync("");

        Assert.Equal(200, list.Status);
        Assert.Equal(
            ["results, 2026-01-03 03:04 UTC", "baseline, 2026-01-01 03:04 UTC"],
            Headings().Matches(list.Body).Select(match => match.Groups[1].Value));
        Assert.Contains("commit 0123456789ab; noise: quiet; profile standard, 2 cases", list.Body, StringComparison.Ordinal);
        Assert.Contains("Made-up CPU 3000, 2 cores, Made-up OS 1.0", list.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_shows_the_verdict_of_each_report()
    {
        Write("failed", day: 2, new CaseFailure(1, "went away"));

        string body = (await GetAsync("")).Body;

        Assert.Equal(["good ✓ viable", "bad ! failed", "good ✓ viable"], Verdicts().Matches(body).Select(match =>
            $"{match.Groups["kind"].Value} {match.Groups["mark"].Value} {match.Groups["words"].Value}"));
    }

    [Fact]
    public async Task List_has_each_run_once_and_no_copy_or_launch()
    {
        Keep(day: 4, name: null, finishes: true);
        Keep(day: 5, name: "before", finishes: true);
        Keep(day: 6, name: null, finishes: false);
        Directory.CreateDirectory(Path.Combine(Artifacts, "results/runs/20260107T030405Z-0123456"));
        await File.WriteAllTextAsync(
            Path.Combine(Artifacts, "results/runs/20260107T030405Z-0123456/run.json"), "{}", TestContext.Current.CancellationToken);

        RawResponse list = await GetAsync("");

        Assert.Equal(
            [
                "results/runs/20260106T030405Z-0123456, 2026-01-06 03:04 UTC, unfinished",
                "before, 2026-01-05 03:04 UTC",
                "results/runs/20260104T030405Z-0123456, 2026-01-04 03:04 UTC",
                "baseline, 2026-01-01 03:04 UTC",
                "results/runs/20260107T030405Z-0123456: unfinished",
            ],
            Headings().Matches(list.Body).Select(match => match.Groups[1].Value));
        Assert.Contains(
            "<small>results/runs/20260105T030405Z-0123456-before; commit 0123456789ab;", list.Body, StringComparison.Ordinal);
        Assert.Equal(4, (await IdsAsync()).Length);
    }

    [Fact]
    public async Task List_follows_changes_of_the_folder()
    {
        string[] before = await IdsAsync();
        Write("results/gate", day: 4);
        File.Delete(Path.Combine(Artifacts, "baseline", RunReport.FileName));

        string[] after = await IdsAsync();

        Assert.Equal(before[0], after[1]);
        Assert.Equal(2, after.Length);
        Assert.Equal(404, (await GetAsync($"view?run={before[1]}")).Status);
    }

    [Fact]
    public async Task View_accepts_1_to_32_reports()
    {
        Write("older", day: 2);
        string[] ids = await IdsAsync();

        foreach (string query in new[] { $"run={ids[0]}", $"run={ids[0]}&run={ids[1]}", $"run={ids[2]}&run={ids[0]}&run={ids[1]}" })
        {
            RawResponse response = await GetAsync("view?" + query);
            Assert.Equal(200, response.Status);
            Assert.Contains("Content-Type: text/html; charset=utf-8", response.Headers, StringComparison.Ordinal);
        }

        Assert.Equal(400, (await GetAsync("view")).Status);
        Assert.Equal(400, (await GetAsync("view?" + string.Join('&', Enumerable.Range(0, 33).Select(number => $"run={number}")))).Status);
    }

    [Fact]
    public async Task Damaged_report_is_listed_but_cannot_be_chosen()
    {
        Directory.CreateDirectory(Path.Combine(Artifacts, "<script>alert(1)</script>"));
        await File.WriteAllTextAsync(
            Path.Combine(Artifacts, "<script>alert(1)</script>", RunReport.FileName),
            "{\"schemaVersion\": \"<b>\"",
            TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(Artifacts, "empty"));
        await File.WriteAllTextAsync(Path.Combine(Artifacts, "empty", RunReport.FileName), "", TestContext.Current.CancellationToken);

        RawResponse list = await GetAsync("");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;: damaged</strong><small>", list.Body, StringComparison.Ordinal);
        Assert.Contains(
            "empty: damaged</strong><small>empty has a report of 0 bytes. Accepted: 1 to ", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Root, list.Body, StringComparison.Ordinal);
        Assert.Equal(2, (await IdsAsync()).Length);
    }

    [Fact]
    public async Task Symbolic_links_are_not_followed()
    {
        Write("../outside", day: 9);
        Directory.CreateDirectory(Path.Combine(Artifacts, "linked"));
        File.CreateSymbolicLink(Path.Combine(Artifacts, "linked", RunReport.FileName), _folder.File("outside/report.json"));
        Directory.CreateSymbolicLink(Path.Combine(Artifacts, "folder"), _folder.File("outside"));

        RawResponse list = await GetAsync("");

        Assert.DoesNotContain("2026-01-09", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("linked", list.Body, StringComparison.Ordinal);
        Assert.Equal(2, (await IdsAsync()).Length);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/TOKEN")]
    [InlineData("/TOKEN/report.json")]
    [InlineData("/TOKEN/results/report.json")]
    [InlineData("/TOKEN/../report.json")]
    [InlineData("/TOKEN/../../report.json")]
    [InlineData("/TOKEN/..%2freport.json")]
    [InlineData("/TOKEN/%2e%2e/report.json")]
    [InlineData("/TOKEN/%2e%2e%2freport.json")]
    [InlineData("/TOKEN/..\\report.json")]
    [InlineData("/TOKEN/view/../../report.json")]
    [InlineData("/TOKEN/view?run=../report.json")]
    [InlineData("/TOKEN/view?run=..%2f..%2freport.json")]
    [InlineData("/TOKEN/view?run=/etc/passwd")]
    [InlineData("/TOKEN/view?run=results")]
    [InlineData("//TOKEN/")]
    [InlineData("/TOKEN//")]
    public async Task Unknown_path_returns_404(string target)
    {
        RawResponse answer = await RawRequest.GetAsync(_server.Address, target.Replace("TOKEN", Token, StringComparison.Ordinal));

        Assert.Equal(404, answer.Status);
        Assert.DoesNotContain(Secret, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_token_returns_404()
    {
        Assert.Matches("^[0-9a-f]{64}$", Token);
        string lastDigitWrong = Token[..^1] + (Token[^1] == '0' ? '1' : '0');
        string[] wrongTokens =
            [new string('0', Token.Length), Token[..^1], Token + "0", lastDigitWrong, Token.ToUpperInvariant() + "A", ""];
        foreach (string wrong in wrongTokens)
        {
            Assert.Equal(404, (await RawRequest.GetAsync(_server.Address, $"/{wrong}/")).Status);
            Assert.Equal(404, (await RawRequest.GetAsync(_server.Address, $"/{wrong}/view?run={(await IdsAsync())[0]}")).Status);
        }
    }

    [Fact]
    public async Task Each_server_has_its_own_token_and_port()
    {
        await using ReportServer other = await ReportServer.StartAsync(Artifacts, port: 0, TestContext.Current.CancellationToken);

        Assert.NotEqual(_server.Address.Port, other.Address.Port);
        Assert.Equal(404, (await RawRequest.GetAsync(other.Address, _server.Address.AbsolutePath)).Status);
    }

    [Theory]
    [InlineData("evil.example", 421)]
    [InlineData("evil.example:PORT", 421)]
    [InlineData("127.0.0.1.evil.example:PORT", 421)]
    [InlineData("127.0.0.1", 421)]
    [InlineData("127.0.0.1:1", 421)]
    [InlineData("127.0.0.2:PORT", 421)]
    [InlineData("localhost:PORT", 200)]
    [InlineData("127.0.0.1:PORT", 200)]
    [InlineData("", 421)]
    [InlineData("a b", 400)]
    public async Task Host_other_than_loopback_is_refused(string host, int status) => Assert.Equal(
        status, (await RawRequest.GetAsync(_server.Address, _server.Address.AbsolutePath, WithPort(host))).Status);

    [Fact]
    public async Task Foreign_target_and_second_host_are_refused()
    {
        string path = _server.Address.AbsolutePath;

        Assert.Equal(400, (await RawRequest.GetAsync(_server.Address, $"http://evil.example{path}")).Status);
        string hosts = $"Host: {_server.Address.Authority}\r\nHost: evil.example\r\n";
        Assert.Equal(400, (await SendAsync($"GET {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n")).Status);
        Assert.Equal(421, (await SendAsync($"GET {path} HTTP/1.0\r\n\r\n")).Status);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PROPFIND")]
    [InlineData("get")]
    public async Task Http_method_other_than_GET_is_refused(string method)
    {
        RawResponse answer = await SendAsync(
            $"{method} {_server.Address.AbsolutePath} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\n"
            + "Content-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(405, answer.Status);
        Assert.Contains("\r\nAllow: GET\r\n", answer.Headers + "\r\n", StringComparison.Ordinal);
        Assert.DoesNotContain("<html", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_response_has_security_headers()
    {
        foreach (string page in new[] { "", $"view?run={(await IdsAsync())[0]}", "nothing" })
        {
            RawResponse answer = await GetAsync(page);
            Assert.Matches("(?m)^Content-Security-Policy: default-src 'none';.* frame-ancestors 'none'\r$", answer.Headers + "\r");
            Assert.Contains("\r\nReferrer-Policy: no-referrer", answer.Headers, StringComparison.Ordinal);
            Assert.Contains("\r\nX-Content-Type-Options: nosniff", answer.Headers, StringComparison.Ordinal);
            Assert.Contains("\r\nCache-Control: no-store", answer.Headers, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\nServer:", answer.Headers, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control", answer.Headers, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Server_listens_only_on_loopback()
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken);
        foreach (IPAddress address in addresses.Where(address => !IPAddress.IsLoopback(address)))
        {
            using var client = new TcpClient(address.AddressFamily);
            await Assert.ThrowsAnyAsync<SocketException>(
                () => client.ConnectAsync(address, _server.Address.Port, TestContext.Current.CancellationToken).AsTask());
        }

        Assert.Equal("127.0.0.1", _server.Address.Host);
    }

    [Fact]
    public async Task Port_in_use_is_refused()
    {
        UnusableInputException refused = await Assert.ThrowsAsync<UnusableInputException>(
            () => ReportServer.StartAsync(Artifacts, _server.Address.Port, TestContext.Current.CancellationToken));

        Assert.Equal(
            $"--port {_server.Address.Port}: another program listens there. Accepted: a free port, 1 to 65535; "
            + "without --port a free one is found.",
            refused.Message);
    }

    [GeneratedRegex("<strong>(.*)</strong>")]
    private static partial Regex Headings();

    [GeneratedRegex("<span class=\"chip (?<kind>\\w+)\"><span aria-hidden=\"true\">(?<mark>.)</span> (?<words>[^<]+)</span>")]
    private static partial Regex Verdicts();

    [GeneratedRegex("value=\"([0-9a-f]+)\"")]
    private static partial Regex Ids();

    // Makes a kept run with a launch, and its copies.
    private void Keep(int day, string? name, bool finishes)
    {
        using var results = ResultsFolder.Open(Artifacts, RunKind.Run);
        using RunFolder run = results.Create(
            new DateTimeOffset(2026, 1, day, 3, 4, 5, TimeSpan.Zero), "0123456789abcdef0123456789abcdef01234567", name);
        Write(run.Path, day);
        Write(run.Launch(1), day);
        File.WriteAllText(Path.Combine(run.Path, KeptRun.PlanFile), "{}");
        results.Copy(run);
        if (finishes)
        {
            run.Finish();
        }
    }

    private void Write(string folder, int day, params CaseFailure[] failures)
    {
        CaseReport delegated = MadeUp.Flat("service-binding/echo/1KB", 16_000) with { Failures = failures };
        RunReport report = MadeUp.Report(6, MadeUp.Flat("direct/echo/1KB", 1_000), delegated);
        var startedAt = new DateTimeOffset(2026, 1, day, 3, 4, 5, TimeSpan.Zero);
        report = report with { Run = report.Run with { StartedAt = startedAt } };
        ReportFiles.Write(new RunAnalysis(report), Path.Combine(Artifacts, folder));
    }

    private string WithPort(string host) => host.Replace("PORT", $"{_server.Address.Port}", StringComparison.Ordinal);

    private Task<RawResponse> SendAsync(string request) => RawRequest.SendAsync(_server.Address.Port, request);

    private Task<RawResponse> GetAsync(string page) => RawRequest.GetAsync(_server.Address, _server.Address.AbsolutePath + page);

    private async Task<string[]> IdsAsync() => [.. Ids().Matches((await GetAsync("")).Body).Select(match => match.Groups[1].Value)];
}
