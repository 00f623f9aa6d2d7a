using System.Text;
using System.Text.Json;

namespace WorkerRpc.Functions;

/// <summary>
/// Creates the data of payloads. The text depends only on the kind and the wanted length. A longer text usually starts like a shorter
/// one.
/// </summary>
internal sealed class PayloadText
{
    // The pseudo-random numbers of .NET for this seed are pinned by a test, so that the payloads of all runs stay the same.
    private const int Seed = 1_234_567;

    // On average every second word is one of these; the others are made of syllables. A list alone would compress much better than prose.
    private static readonly string[] s_words =
    [
        "the", "of", "and", "to", "a", "in", "is", "it", "you", "that", "was", "for", "on", "are", "with", "as", "they", "be", "at", "one",
        "have", "this", "from", "or", "had", "by", "but", "some", "what", "there", "we", "can", "out", "other", "were", "all", "your",
        "when", "up", "use", "word", "how", "said", "an", "each", "she", "which", "their", "time", "will", "order", "customer", "invoice",
    ];

    private static readonly string[] s_syllables =
    [
        "an", "ber", "co", "del", "en", "fi", "gra", "hol", "in", "jo", "ka", "li", "mor", "ne", "ol", "per", "qua", "ri", "sta", "ter",
        "un", "ver", "wis", "ya", "zo", "bra", "ce", "dri", "el", "for", "gen", "ham", "ist", "ki", "lo", "men", "nor", "os", "pla", "re",
        "sil", "tra", "ul", "vo", "wen", "al", "be", "cha", "do", "er", "fle", "gu", "her", "im", "ju", "kel", "lan", "mi", "na", "or",
    ];

    private static readonly string[] s_nonAsciiWords =
        ["café", "naïve", "Zürich", "señor", "Łódź", "façade", "smörgåsbord", "λόγος", "東京", "Дом", "€20", "–", "🙂"];

    private readonly StringBuilder _text = new();
    private readonly Random _random = new(Seed);
    private int _nonAscii;

    private PayloadText(int jsonBytes) => Left = jsonBytes;

    // The bytes of JSON that the text can still grow by.
    private int Left { get; set; }

    /// <summary>Creates a text that has the wanted length as JSON.</summary>
    /// <param name="kind">The kind of text.</param>
    /// <param name="jsonBytes">The number of bytes of the text in JSON, with its escapes and without the quotes around it.</param>
    public static string Of(PayloadKind kind, int jsonBytes)
    {
        var text = new PayloadText(jsonBytes);
        Action<PayloadText> write = kind switch
        {
            PayloadKind.Text => WriteSentences,
            PayloadKind.Json => WriteRecords,
            PayloadKind.Binary => WriteBase64,
            _ => one => one.Fill(PayloadSize.PlainLetter),
        };
        write(text);
        return text._text.ToString();
    }

    /// <summary>Creates a text of one repeated letter that has the wanted length as JSON.</summary>
    /// <param name="letter">
    /// The letter. If the remaining bytes are too few for it, <see cref="PayloadSize.PlainLetter"/> fills them.
    /// </param>
    /// <param name="jsonBytes">The number of bytes of the text in JSON, with its escapes and without the quotes around it.</param>
    public static string Of(char letter, int jsonBytes)
    {
        var text = new PayloadText(jsonBytes);
        text.Fill(letter);
        text.Fill(PayloadSize.PlainLetter);
        return text._text.ToString();
    }

    // Each sentence is a line. Every third sentence begins with two quoted words. The first sentence is short, so that also a text of
    // 50 bytes has a line end.
    private static void WriteSentences(PayloadText text)
    {
        for (int sentence = 0; ; sentence++)
        {
            bool quotes = sentence % 3 == 0;
            int words = sentence == 0 ? 3 : text._random.Next(7, 14);
            for (int word = 0; word < words; word++)
            {
                string before = word == 0 ? "" : " ";
                string after = word == words - 1 ? ".\n" : "";
                (string open, string close) = quotes && word < 2 ? (word == 0 ? "\"" : "", word == 1 ? "\"" : "") : ("", "");
                if (!text.TryAdd(before + open + text.NextWord() + close + after))
                {
                    text.Fill(PayloadSize.PlainLetter);
                    return;
                }
            }
        }
    }

    // A list of records. If a last record does not fit, a string of words and spaces between the items fill the list.
    private static void WriteRecords(PayloadText text)
    {
        const string End = "]";
        text.TryAdd("[");
        int id = 1;
        while (text.TryAdd(Separator() + text.NextRecord(id), reserved: End.Length))
        {
            id++;
        }

        if (text.TryAdd($$"""{{Separator()}}{"id":{{id}}}""", reserved: End.Length))
        {
            id++;
        }

        int quote = JsonBytes("\"");
        if (text.TryAdd(Separator() + "\"", reserved: quote + End.Length))
        {
            while (text.TryAdd(text.NextAsciiWord() + " ", reserved: quote + End.Length))
            {
            }

            text.Fill(PayloadSize.PlainLetter, reserved: quote + End.Length);
            text.TryAdd("\"");
        }

        text.Fill(' ', reserved: End.Length);
        text.TryAdd(End);

        string Separator() => id == 1 ? "" : ",";
    }

    // Base64 in groups of four characters. JSON escapes a "+", so a group can be too long for the rest; a group of zero bits then replaces
    // it. Up to three spaces follow the last group, because base64 decoders skip spaces.
    private static void WriteBase64(PayloadText text)
    {
        const int GroupBytes = 3;
        const int GroupLength = 4;
        Span<byte> bytes = stackalloc byte[GroupBytes];
        while (text.Left >= GroupLength)
        {
            text._random.NextBytes(bytes);
            if (!text.TryAdd(Convert.ToBase64String(bytes)))
            {
                text.TryAdd("AAAA");
            }
        }

        text.Fill(' ');
    }

    // The default encoder of JSON, as WireJson uses it, escapes each character by itself. So the lengths of the parts add up.
    private static int JsonBytes(string part) => JsonEncodedText.Encode(part).EncodedUtf8Bytes.Length;

    private string NextRecord(int id)
    {
        string name = NextAsciiWord();
        string city = NextAsciiWord();
        int cents = _random.Next(100, 100_000);
        string paid = cents % 2 == 0 ? "true" : "false";
        return $$$"""{"id":{{{id}}},"name":"{{{name}}}","to":{"city":"{{{city}}}","cents":{{{cents}}}},"paid":{{{paid}}}}""";
    }

    // Keeps the non-ASCII characters at 1 % of all characters.
    private string NextWord()
    {
        if (_nonAscii * 100 >= _text.Length)
        {
            return NextAsciiWord();
        }

        string word = s_nonAsciiWords[_random.Next(s_nonAsciiWords.Length)];
        _nonAscii += word.Count(character => !char.IsAscii(character));
        return word;
    }

    private string NextAsciiWord() => _random.Next(2) == 0
        ? s_words[_random.Next(s_words.Length)]
        : string.Concat(Enumerable.Range(0, _random.Next(2, 5)).Select(_ => s_syllables[_random.Next(s_syllables.Length)]));

    // Adds a part if it fits and leaves the reserved bytes.
    private bool TryAdd(string part, int reserved = 0)
    {
        int bytes = JsonBytes(part);
        if (bytes + reserved > Left)
        {
            return false;
        }

        _text.Append(part);
        Left -= bytes;
        return true;
    }

    private void Fill(char letter, int reserved = 0)
    {
        int bytes = JsonBytes(letter.ToString());
        int count = Math.Max(0, Left - reserved) / bytes;
        _text.Append(letter, count);
        Left -= count * bytes;
    }
}
