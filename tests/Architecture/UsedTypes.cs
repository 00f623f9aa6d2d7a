using Mono.Cecil;
using Mono.Cecil.Cil;

namespace WorkerRpc.Tests.Architecture;

/// <summary>
/// Full names of all top-level types that a type and its nested types use, in signatures, bodies and attributes. Uses of constants
/// and <c>nameof</c> are missing, because the compiler replaces them by values.
/// </summary>
internal sealed class UsedTypes
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public UsedTypes(TypeDefinition type) => AddType(type);

    public IReadOnlySet<string> Names => _names;

    /// <summary>The top-level type that contains a type, or the type itself.</summary>
    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private void AddType(TypeDefinition type)
    {
        Add(type.BaseType);
        AddAttributes(type);
        AddParameters(type);
        foreach (InterfaceImplementation implemented in type.Interfaces)
        {
            Add(implemented.InterfaceType);
        }

        foreach (FieldDefinition field in type.Fields)
        {
            Add(field.FieldType);
            AddAttributes(field);
        }

        foreach (IMemberDefinition member in type.Properties.Concat<IMemberDefinition>(type.Events))
        {
            AddAttributes(member);
        }

        foreach (MethodDefinition method in type.Methods)
        {
            AddMethod(method);
        }

        foreach (TypeDefinition nested in type.NestedTypes)
        {
            AddType(nested);
        }
    }

    private void AddMethod(MethodDefinition method)
    {
        Add((MethodReference)method);
        AddAttributes(method);
        AddParameters(method);
        foreach (ParameterDefinition parameter in method.Parameters)
        {
            AddAttributes(parameter);
        }

        if (!method.HasBody)
        {
            return;
        }

        foreach (VariableDefinition variable in method.Body.Variables)
        {
            Add(variable.VariableType);
        }

        foreach (ExceptionHandler handler in method.Body.ExceptionHandlers)
        {
            Add(handler.CatchType);
        }

        foreach (Instruction instruction in method.Body.Instructions)
        {
            AddOperand(instruction.Operand);
        }
    }

    private void AddOperand(object? operand)
    {
        switch (operand)
        {
            case TypeReference type:
                Add(type);
                break;
            case FieldReference field:
                Add(field.DeclaringType);
                Add(field.FieldType);
                break;
            case MethodReference method:
                Add(method);
                break;
            case CallSite site:
                Add(site.ReturnType);
                foreach (ParameterDefinition parameter in site.Parameters)
                {
                    Add(parameter.ParameterType);
                }

                break;
        }
    }

    private void Add(MethodReference method)
    {
        Add(method.DeclaringType);
        Add(method.ReturnType);
        foreach (ParameterDefinition parameter in method.Parameters)
        {
            Add(parameter.ParameterType);
        }

        if (method is GenericInstanceMethod generic)
        {
            foreach (TypeReference argument in generic.GenericArguments)
            {
                Add(argument);
            }
        }
    }

    private void AddParameters(IGenericParameterProvider provider)
    {
        foreach (GenericParameter parameter in provider.GenericParameters)
        {
            foreach (GenericParameterConstraint constraint in parameter.Constraints)
            {
                Add(constraint.ConstraintType);
            }
        }
    }

    private void AddAttributes(ICustomAttributeProvider provider)
    {
        foreach (CustomAttribute attribute in provider.CustomAttributes)
        {
            Add(attribute.AttributeType);
            foreach (CustomAttributeArgument argument in attribute.ConstructorArguments
                .Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument)))
            {
                AddArgument(argument);
            }
        }
    }

    private void AddArgument(CustomAttributeArgument argument)
    {
        Add(argument.Type);
        switch (argument.Value)
        {
            case TypeReference type:
                Add(type);
                break;
            case CustomAttributeArgument inner:
                AddArgument(inner);
                break;
            case CustomAttributeArgument[] elements:
                Array.ForEach(elements, AddArgument);
                break;
        }
    }

    private void Add(TypeReference? type)
    {
        switch (type)
        {
            case null or GenericParameter:
                break;
            case GenericInstanceType generic:
                Add(generic.ElementType);
                foreach (TypeReference argument in generic.GenericArguments)
                {
                    Add(argument);
                }

                break;
            case FunctionPointerType pointer:
                Add(pointer.ReturnType);
                foreach (ParameterDefinition parameter in pointer.Parameters)
                {
                    Add(parameter.ParameterType);
                }

                break;
            case IModifierType modified:
                Add(modified.ElementType);
                Add(modified.ModifierType);
                break;
            case TypeSpecification specification:
                Add(specification.ElementType);
                break;
            default:
                _names.Add(Outermost(type).FullName);
                break;
        }
    }
}
