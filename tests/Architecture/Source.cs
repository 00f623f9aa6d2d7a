using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace WorkerRpc.Tests.Architecture;

/// <summary>A source file of a top-level type.</summary>
/// <param name="Type">Full name of the type.</param>
/// <param name="Namespace">Namespace of the type.</param>
/// <param name="File">Path of the file below the project's folder.</param>
/// <param name="ExpectedNamespace">Namespace that belongs to the file's folder.</param>
internal sealed record Source(string Type, string Namespace, string File, string ExpectedNamespace)
{
    // The debug information that names the file of a type without code, such as an enum ("Type Definition Documents").
    // https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md
    private static readonly Guid s_typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Reads the sources of an assembly from its debug symbols, without generated files.</summary>
    public static IEnumerable<Source> ReadAll(string assembly, House house, Project project)
    {
        using var image = new PEReader(System.IO.File.OpenRead(assembly));
        using MetadataReaderProvider symbols =
            MetadataReaderProvider.FromPortablePdbStream(System.IO.File.OpenRead(Path.ChangeExtension(assembly, "pdb")));
        MetadataReader types = image.GetMetadataReader();
        MetadataReader files = symbols.GetMetadataReader();
        string folder = $"/{house.Folder}/{project.Folder}".TrimEnd('/') + "/";
        HashSet<Source> sources = [];
        foreach ((TypeDefinitionHandle type, DocumentHandle document) in Documents(types, files))
        {
            string path = files.GetString(files.GetDocument(document).Name).Replace('\\', '/');
            int start = path.LastIndexOf(folder, StringComparison.Ordinal);
            string below = start < 0 ? "obj/" : path[(start + folder.Length)..];
            if (!below.StartsWith("obj/", StringComparison.Ordinal))
            {
                TypeDefinition outermost = Outermost(types, types.GetTypeDefinition(type));
                string @namespace = types.GetString(outermost.Namespace);
                string expected = string.Join('.', [project.RootNamespace, .. below.Split('/').SkipLast(1)]);
                sources.Add(new Source($"{@namespace}.{types.GetString(outermost.Name)}", @namespace, below, expected));
            }
        }

        return sources;
    }

    private static IEnumerable<(TypeDefinitionHandle Type, DocumentHandle Document)> Documents(MetadataReader types, MetadataReader files)
    {
        foreach (MethodDebugInformationHandle method in files.MethodDebugInformation)
        {
            DocumentHandle document = files.GetMethodDebugInformation(method).Document;
            if (!document.IsNil)
            {
                yield return (types.GetMethodDefinition(method.ToDefinitionHandle()).GetDeclaringType(), document);
            }
        }

        foreach (CustomDebugInformation information in files.CustomDebugInformation.Select(files.GetCustomDebugInformation))
        {
            if (files.GetGuid(information.Kind) == s_typeDocuments)
            {
                foreach (DocumentHandle document in DocumentsIn(files.GetBlobReader(information.Value)))
                {
                    yield return ((TypeDefinitionHandle)information.Parent, document);
                }
            }
        }
    }

    private static List<DocumentHandle> DocumentsIn(BlobReader rows)
    {
        List<DocumentHandle> documents = [];
        while (rows.RemainingBytes > 0)
        {
            documents.Add(MetadataTokens.DocumentHandle(rows.ReadCompressedInteger()));
        }

        return documents;
    }

    private static TypeDefinition Outermost(MetadataReader types, TypeDefinition type) =>
        type.GetDeclaringType() is { IsNil: false } outer ? Outermost(types, types.GetTypeDefinition(outer)) : type;
}
