"""``${name}`` in a scenario file, replaced before anything is read; knows no key of the format.

Only files that declare parameters have them: in others the text stays as it is. ``$${`` writes ``${``.
"""

import re
from collections.abc import Mapping

from pytest_tiltsession.scenario import problems, yaml_nodes

_REFERENCE = re.compile(r"\$(\$\{)|\$\{([^{}]*)\}")


def replaced(node: yaml_nodes.Node, values: Mapping[str, str], found: problems.Problems) -> yaml_nodes.Node:
    """Give a node with every reference replaced by the value of that name."""
    # Aliases make one node stand in many places: each is replaced once.
    done: dict[int, yaml_nodes.Node] = {}

    def text(match: re.Match[str], line: int) -> str:
        if match[1]:
            return match[1]
        name = match[2].strip()
        if name not in values:
            hint = problems.nearest(name, values)
            found.add(line, f"${{{match[2]}}}: there is no such parameter; {hint}; $${{ writes the signs themselves")
        return values.get(name, match[0])

    def scalar(it: yaml_nodes.Scalar) -> yaml_nodes.Scalar:
        if "${" not in it.text:
            return it
        return yaml_nodes.Scalar(_REFERENCE.sub(lambda match: text(match, it.line), it.text), it.plain, it.line)

    def walk(it: yaml_nodes.Node) -> yaml_nodes.Node:
        if isinstance(it, yaml_nodes.Scalar):
            return scalar(it)
        known = done.get(id(it))
        if known is None:
            if isinstance(it, yaml_nodes.Mapping):
                known = yaml_nodes.Mapping([(walk(key), walk(value)) for key, value in it.items], it.line)
            else:
                known = yaml_nodes.Sequence([walk(item) for item in it.items], it.line)
            done[id(it)] = known
        return known

    return walk(node)
