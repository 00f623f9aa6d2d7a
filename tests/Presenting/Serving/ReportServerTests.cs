using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Serving;
using WorkerRpc.Benchmarks.Results;
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
    public async Task The_reports_are_listed_the_newest_first_with_date_commit_machine_and_noise()
    {
        RawAnswer list = await GetAsync("");

        Assert.Equal(200, list.Status);
        Assert.Equal(["results, 2026-01-03 03:04 UTC", "baseline, 2026-01-01 03:04 UTC"], Headings().Matches(list.Body).Select(match => match.Groups[1].Value));
        Assert.Contains("commit 0123456789ab; noise: quiet; profile standard, 2 cases", list.Body, StringComparison.Ordinal);
        Assert.Contains("Made-up CPU 3000, 2 cores, Made-up OS 1.0", list.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_is_written_meanwhile_is_listed_and_one_that_is_gone_is_not()
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
    public async Task One_is_shown_two_are_compared_and_more_are_a_history_and_none_is_refused()
    {
        Write("older", day: 2);
        string[] ids = await IdsAsync();

        Assert.All(await Task.WhenAll(
            GetAsync($"view?run={ids[0]}"), GetAsync($"view?run={ids[0]}&run={ids[1]}"), GetAsync($"view?run={ids[2]}&run={ids[0]}&run={ids[1]}")),
            answer => Assert.Equal((200, true), (answer.Status, answer.Headers.Contains("Content-Type: text/html; charset=utf-8", StringComparison.Ordinal))));
        Assert.Equal(400, (await GetAsync("view")).Status);
        Assert.Equal(400, (await GetAsync("view?" + string.Join('&', Enumerable.Range(0, 33).Select(number => $"run={number}")))).Status);
    }

    [Fact]
    public async Task A_damaged_report_is_listed_as_such_with_the_reason_and_cannot_be_chosen_and_the_others_can()
    {
        Directory.CreateDirectory(Path.Combine(Artifacts, "<script>alert(1)</script>"));
        await File.WriteAllTextAsync(Path.Combine(Artifacts, "<script>alert(1)</script>", RunReport.FileName), "{\"schemaVersion\": \"<b>\"", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(Artifacts, "empty"));
        await File.WriteAllTextAsync(Path.Combine(Artifacts, "empty", RunReport.FileName), "", TestContext.Current.CancellationToken);

        RawAnswer list = await GetAsync("");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;: damaged</strong><small>", list.Body, StringComparison.Ordinal);
        Assert.Contains("empty: damaged</strong><small>empty has a report of 0 bytes. Accepted: 1 to ", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Root, list.Body, StringComparison.Ordinal);
        Assert.Equal(2, (await IdsAsync()).Length);
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_not_followed_be_it_of_a_file_or_of_a_folder()
    {
        Write("../outside", day: 9);
        Directory.CreateDirectory(Path.Combine(Artifacts, "linked"));
        File.CreateSymbolicLink(Path.Combine(Artifacts, "linked", RunReport.FileName), _folder.File("outside/report.json"));
        Directory.CreateSymbolicLink(Path.Combine(Artifacts, "folder"), _folder.File("outside"));

        RawAnswer list = await GetAsync("");

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
    public async Task What_is_no_page_is_not_there_whatever_lies_on_the_disk(string target)
    {
        RawAnswer answer = await RawRequest.GetAsync(_server.Address, target.Replace("TOKEN", Token, StringComparison.Ordinal));

        Assert.Equal(404, answer.Status);
        Assert.DoesNotContain(Secret, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_on_every_page_be_it_a_part_of_the_right_one_or_longer()
    {
        Assert.Matches("^[0-9a-f]{64}$", Token);
        foreach (string wrong in new[] { new string('0', Token.Length), Token[..^1], Token + "0", Token[..^1] + (Token[^1] == '0' ? '1' : '0'), Token.ToUpperInvariant() + "A", "" })
        {
            Assert.Equal(404, (await RawRequest.GetAsync(_server.Address, $"/{wrong}/")).Status);
            Assert.Equal(404, (await RawRequest.GetAsync(_server.Address, $"/{wrong}/view?run={(await IdsAsync())[0]}")).Status);
        }
    }

    [Fact]
    public async Task Another_server_has_another_token_and_another_port()
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
    public async Task Only_this_machines_own_name_for_itself_is_answered(string host, int status) => Assert.Equal(
        status,
        (await RawRequest.GetAsync(_server.Address, _server.Address.AbsolutePath, host.Replace("PORT", $"{_server.Address.Port}", StringComparison.Ordinal))).Status);

    [Fact]
    public async Task A_foreign_name_in_the_target_or_a_second_host_is_refused()
    {
        string path = _server.Address.AbsolutePath;

        Assert.Equal(400, (await RawRequest.GetAsync(_server.Address, $"http://evil.example{path}")).Status);
        Assert.Equal(400, (await RawRequest.SendAsync(_server.Address.Port, $"GET {path} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).Status);
        Assert.Equal(421, (await RawRequest.SendAsync(_server.Address.Port, $"GET {path} HTTP/1.0\r\n\r\n")).Status);
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
    public async Task Every_method_but_GET_is_refused(string method)
    {
        RawAnswer answer = await RawRequest.SendAsync(
            _server.Address.Port, $"{method} {_server.Address.AbsolutePath} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(405, answer.Status);
        Assert.Contains("\r\nAllow: GET\r\n", answer.Headers + "\r\n", StringComparison.Ordinal);
        Assert.DoesNotContain("<html", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_forbids_to_be_framed_kept_sniffed_or_named_to_others()
    {
        foreach (RawAnswer answer in new[] { await GetAsync(""), await GetAsync($"view?run={(await IdsAsync())[0]}"), await GetAsync("nothing") })
        {
            Assert.Matches("(?m)^Content-Security-Policy: default-src 'none';.* frame-ancestors 'none'\r$", answer.Headers + "\r");
            Assert.Contains("\r\nReferrer-Policy: no-referrer", answer.Headers, StringComparison.Ordinal);
            Assert.Contains("\r\nX-Content-Type-Options: nosniff", answer.Headers, StringComparison.Ordinal);
            Assert.Contains("\r\nCache-Control: no-store", answer.Headers, StringComparison.Ordinal);
            Assert.DoesNotContain("\r\nServer:", answer.Headers, StringComparison.Ordinal);
            Assert.DoesNotContain("Access-Control", answer.Headers, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task It_listens_on_the_loopback_address_alone()
    {
        foreach (IPAddress address in (await Dns.GetHostAddressesAsync(Dns.GetHostName(), TestContext.Current.CancellationToken)).Where(address => !IPAddress.IsLoopback(address)))
        {
            using var client = new TcpClient(address.AddressFamily);
            await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(address, _server.Address.Port, TestContext.Current.CancellationToken).AsTask());
        }

        Assert.Equal("127.0.0.1", _server.Address.Host);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_refused_in_words()
    {
        UnusableInputException refused = await Assert.ThrowsAsync<UnusableInputException>(
            () => ReportServer.StartAsync(Artifacts, _server.Address.Port, TestContext.Current.CancellationToken));

        Assert.Equal($"--port {_server.Address.Port}: another program listens there. Accepted: a free port, 1 to 65535; without --port a free one is found.", refused.Message);
    }

    [GeneratedRegex("<strong>(.*)</strong>")]
    private static partial Regex Headings();

    [GeneratedRegex("value=\"([0-9a-f]+)\"")]
    private static partial Regex Ids();

    private void Write(string folder, int day)
    {
        RunReport report = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]), MadeUp.Case("service-binding/echo/1KB", [.. Enumerable.Repeat(16_000L, 6)]));
        ReportFiles.Write(new RunAnalysis(report with { Run = report.Run with { StartedAt = new DateTimeOffset(2026, 1, day, 3, 4, 5, TimeSpan.Zero) } }), Path.Combine(Artifacts, folder));
    }

    private Task<RawAnswer> GetAsync(string page) => RawRequest.GetAsync(_server.Address, _server.Address.AbsolutePath + page);

    private async Task<string[]> IdsAsync() => [.. Ids().Matches((await GetAsync("")).Body).Select(match => match.Groups[1].Value)];
}
