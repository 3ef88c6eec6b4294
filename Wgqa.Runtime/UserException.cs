namespace Wgqa;

/// <summary>
/// Something the user can put right: a missing file, a wrong shape, a bad value. The message is one sentence that names
/// the file, the field and the numbers; the console app prints it and nothing else, and exits with code 2.
/// </summary>
/// <param name="message">The sentence to print.</param>
/// <param name="inner">What was thrown underneath, kept for a debugger and never printed.</param>
public sealed class UserException(string message, Exception? inner = null) : Exception(message, inner);
