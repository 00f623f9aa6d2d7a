namespace WorkerRpc.Functions;

/// <summary>Adds up the square roots of 0 to 999. The work is the same for every payload.</summary>
public sealed class ComputeFunction : Function<ComputeResult>
{
    private const int Terms = 1000;

    /// <inheritdoc/>
    public override string Id => "compute";

    /// <inheritdoc/>
    protected override ValueTask<ComputeResult> InvokeAsync(Payload payload, CancellationToken cancellation)
    {
        double sum = 0;
        for (int i = 0; i < Terms; i++)
        {
            sum += Math.Sqrt(i);
        }

        return new(new ComputeResult(sum, payload));
    }
}

/// <summary>The result of <see cref="ComputeFunction"/>.</summary>
/// <param name="Result">The sum of the square roots.</param>
/// <param name="Input">The payload of the request.</param>
public sealed record ComputeResult(double Result, Payload Input);
