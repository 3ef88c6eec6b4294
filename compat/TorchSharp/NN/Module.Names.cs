using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        // Walking the tree by name: own components in order of registration, then each child's under "child.".
        public partial class Module
        {
            /// <summary>
            /// All parameters by dotted name, one that is registered twice only under its first name. Disposed ones are left out.
            /// </summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<IntPtr>();
                foreach (var (name, parameter) in _internal_params)
                {
                    if (!parameter.IsInvalid && seen.Add(parameter.Handle))
                    {
                        yield return (name, parameter);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (child, module) in _internal_submodules)
                {
                    foreach (var (name, parameter) in module.named_parameters(true))
                    {
                        if (!parameter.IsInvalid && seen.Add(parameter.Handle))
                        {
                            yield return ($"{child}.{name}", parameter);
                        }
                    }
                }
            }

            /// <summary>
            /// The persistent buffers by dotted name. <paramref name="include_nonpersistent"/> changes nothing, in
            /// TorchSharp either: buffers that are not persistent are in no listing.
            /// </summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<IntPtr>();
                foreach (var (name, (buffer, persistent)) in _internal_buffers)
                {
                    if (persistent && !buffer.IsInvalid && seen.Add(buffer.Handle))
                    {
                        yield return (name, buffer);
                    }
                }

                if (!recurse)
                {
                    yield break;
                }

                foreach (var (child, module) in _internal_submodules)
                {
                    foreach (var (name, buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (!buffer.IsInvalid && seen.Add(buffer.Handle))
                        {
                            yield return ($"{child}.{name}", buffer);
                        }
                    }
                }
            }

            /// <summary>The direct children by name.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _internal_submodules;

            /// <summary>All modules below this one, without it: the children first, then what is below each of them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in _internal_submodules)
                {
                    yield return child;
                }

                foreach (var (child, module) in _internal_submodules)
                {
                    foreach (var (name, below) in module.named_modules())
                    {
                        yield return ($"{child}.{name}", below);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(named => named.parameter);

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            public virtual IEnumerable<Module> children() => named_children().Select(named => named.module);

            /// <summary>Whether a dotted name leads to a parameter.</summary>
            public virtual bool has_parameter(string target) =>
                _internal_params.ContainsKey(target) || Below(target).Any(step => step.module.has_parameter(step.rest));

            /// <summary>The parameter that a dotted name leads to, or null.</summary>
            public virtual Parameter? get_parameter(string target) =>
                _internal_params.TryGetValue(target, out var parameter)
                    ? parameter
                    : Below(target).Select(step => step.module.get_parameter(step.rest)).FirstOrDefault(found => found is not null);

            /// <summary>Whether a dotted name leads to a buffer.</summary>
            public virtual bool has_buffer(string target) =>
                _internal_buffers.ContainsKey(target) || Below(target).Any(step => step.module.has_buffer(step.rest));

            /// <summary>The buffer that a dotted name leads to, or null.</summary>
            public virtual Tensor? get_buffer(string target) =>
                _internal_buffers.TryGetValue(target, out var registered)
                    ? registered.Item1
                    : Below(target).Select(step => step.module.get_buffer(step.rest)).FirstOrDefault(found => found is not null);

            /// <summary>The child that the first part of a dotted name leads to, with the rest of the name; empty for a name without a dot.</summary>
            private IEnumerable<(Module module, string rest)> Below(string target)
            {
                var dot = target.IndexOf('.');
                return dot < 0
                    ? []
                    : named_children().Where(child => child.name == target[..dot]).Select(child => (child.module, target[(dot + 1)..]));
            }
        }
    }
}
