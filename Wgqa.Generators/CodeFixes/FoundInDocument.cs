using Microsoft.CodeAnalysis;

namespace Wgqa.CodeFixes;

/// <summary>A finding and the document that it is in.</summary>
internal readonly record struct FoundInDocument(Document Document, Diagnostic Finding);
