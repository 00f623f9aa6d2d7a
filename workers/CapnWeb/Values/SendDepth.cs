namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// The sender's side of the depth limit. Hardly any value comes near it, so a text is only scanned when its brackets nest so
/// deep that it might.
/// </summary>
internal static class SendDepth
{
    public static void Check(ReadOnlySpan<byte> text, int depth)
    {
        int limit = RpcLimits.Trusted.MaxDepth;

        // Each level takes a bracket at either end, at the least.
        if (text.Length < limit - depth || Nesting(text, limit - depth) < limit - depth)
        {
            return;
        }

        MentionList mentions = default;
        try
        {
            ExpressionScanner.ScanAll(text, RpcLimits.Trusted, ref mentions, depth);
        }
        catch (RpcProtocolException error)
        {
            throw new RpcValueException($"The value cannot be sent: it is nested too deep, at most {limit} levels are accepted. Does it hold itself?", error);
        }
        finally
        {
            mentions.Dispose();
        }
    }

    // Brackets within strings are not brackets; the search for what ends a string skips over long ones with vectors.
    private static int Nesting(ReadOnlySpan<byte> text, int enough)
    {
        if (text.Count((byte)'[') + text.Count((byte)'{') < enough)
        {
            return 0;
        }

        int nesting = 0;
        int deepest = 0;
        for (int at = 0; at < text.Length && deepest < enough; at++)
        {
            switch (text[at])
            {
                case (byte)'[' or (byte)'{':
                    deepest = Math.Max(deepest, ++nesting);
                    break;
                case (byte)']' or (byte)'}':
                    nesting--;
                    break;
                case (byte)'"':
                    at = EndOfString(text, at + 1);
                    break;
            }
        }

        return deepest;
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            int found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0 || text[at + found] == '"')
            {
                return found < 0 ? text.Length : at + found;
            }

            at += found + 2;
        }
    }
}
