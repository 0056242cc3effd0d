"""Parsing YAML that nests more deeply than libyaml goes; knows no documents.

From PyYAML 6.0.4 on, libyaml stops at 1,000 levels, where Go reads ten times as many. PyYAML's own parser has no such
limit, but looks at every level for each token that it reads.
"""

from typing import Any

import yaml

_LONGEST_KEY = 1024  # characters, by the YAML specification


class DeepLoader(yaml.BaseLoader):
    """PyYAML's own parser, made to look only at the keys that can have become impossible: the oldest ones."""

    possible_simple_keys: dict[int, Any]  # by level, in the order in which they were met

    def next_possible_simple_key(self) -> Any:
        """Give the number of the oldest token that may turn out to be a key; None where there is none."""
        return next((key.token_number for key in self.possible_simple_keys.values()), None)

    def stale_possible_simple_keys(self) -> None:
        """Forget the keys that ended with their line or have become too long. Raises ScannerError for a needed one."""
        scanner: Any = self
        while self.possible_simple_keys:
            level, key = next(iter(self.possible_simple_keys.items()))
            if key.line == scanner.line and scanner.index - key.index <= _LONGEST_KEY:
                return
            if key.required:
                raise yaml.scanner.ScannerError(
                    "while scanning a simple key", key.mark, "could not find expected ':'", scanner.get_mark()
                )
            del self.possible_simple_keys[level]
