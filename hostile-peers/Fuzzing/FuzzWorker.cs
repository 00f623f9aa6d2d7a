using SharpFuzz;
using WorkerRpc.Hostile.Mutating;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile.Fuzzing;

/// <summary>Runs inputs: those that AFL++ sends, or those in files.</summary>
internal static class FuzzWorker
{
    /// <summary>The text before the message of a failure.</summary>
    public const string Failed = "FAILED: ";

    /// <summary>The extension of the file that has the messages of an input that failed.</summary>
    public const string MessagesExtension = ".messages";

    /// <summary>
    /// The stack of the thread that runs the inputs. It is small, so that recursion over the input soon ends the process, which fails.
    /// </summary>
    private const int StackBytes = 1 << 20;

    /// <summary>Runs the inputs of AFL++, until AFL++ ends this process.</summary>
    public static void Serve(string name, string folder, bool isBytesOnly) => OnSmallStack(() =>
    {
        IFuzzTarget? target = null;
        Counts? counts = null;
        var failures = new Failures(name, folder);
        // The first process is only the server that starts the second one. So the target is created for the first input.
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            byte[] bytes = input.ToArray();
            target ??= FuzzTargets.Create(name);
            byte[] given = bytes;
            if (target.NeedsRecipes && !isBytesOnly)
            {
                // The fuzzer may have changed the byte that marks a recipe.
                bytes = [Recipe.Mark, .. given.Skip(1)];
            }

            counts ??= new Counts(folder);
            try
            {
                FuzzOutcome outcome = target.Run(bytes);
                counts.Add(outcome.Lived, outcome.Messages);
            }
            catch (FuzzFailureException e)
            {
                counts.Add(lived: false, messages: 0);
                failures.Add(given, e);
                throw;
            }
        });
    });

    /// <summary>Runs inputs in files. Writes each name before its input is run, and the outcome after it.</summary>
    /// <returns>Whether no input failed.</returns>
    public static bool Replay(string name, IReadOnlyList<string> paths, TextWriter output)
    {
        bool passed = true;
        OnSmallStack(() =>
        {
            IFuzzTarget target = FuzzTargets.Create(name);
            foreach (string path in paths)
            {
                output.Write(path + ": ");
                output.Flush();
                passed &= TryRun(target, path, output);
            }
        });
        return passed;
    }

    private static bool TryRun(IFuzzTarget target, string path, TextWriter output)
    {
        try
        {
            FuzzOutcome outcome = target.Run(File.ReadAllBytes(path));
            output.WriteLine(outcome.Lived ? "lived" : "ended");
            return true;
        }
        catch (FuzzFailureException e)
        {
            // What was sent, for a recipe that does not say it.
            File.WriteAllBytes(path + MessagesExtension, e.Input);
            output.WriteLine($"{Failed}{e.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    private static void OnSmallStack(Action run)
    {
        var thread = new Thread(() => run(), StackBytes);
        thread.Start();
        thread.Join();
    }
}
