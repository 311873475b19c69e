"""What the linters cannot say."""

from __future__ import annotations

import ast
import re

from tests.house.conftest import Function, Module

_VAGUE = re.compile(r"(^|[/_])(utils?|helpers?|common|managers?|misc)([/_.]|$)")
_LATER = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|NotImplementedErro[r])\b")
_MACHINE = re.compile(r"/wor[k]/|/roo[t]/|/hom[e]/[a-z]|/tm[p]/[a-z]")
_REGISTRY = re.compile(r"py[p]i[.]org|pythonh[o]sted|regi[s]try[.]npmjs|deb[.]deb[i]an")


def _untyped(function: Function) -> bool:
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    typed = all(a.annotation or a.arg in {"self", "cls"} for a in named)
    return not (typed and function.returns)


def test_every_function_is_annotated(modules: tuple[Module, ...]) -> None:
    """Every argument and every result has a type."""
    untyped = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules
        for function in module.functions()
        if _untyped(function)
    ]

    assert untyped == []


def test_every_test_states_its_fact(test_modules: tuple[Module, ...]) -> None:
    """Every test has a docstring."""
    silent = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in test_modules
        for function in module.functions()
        if function.name.startswith("test_")
        and not any("fixture" in ast.unparse(mark) for mark in function.decorator_list)
        and not ast.get_docstring(function)
    ]

    assert silent == []


def test_test_files_have_distinct_names(test_modules: tuple[Module, ...]) -> None:
    """No two files of tests share a name, so that a report names one place."""
    names = [module.path.name for module in test_modules]

    assert sorted(names) == sorted(set(names))


def test_no_room_is_named_by_a_pattern(texts: dict[str, str]) -> None:
    """No file or folder is called utils, helpers, common, manager or misc."""
    assert [name for name in texts if name.endswith(".py") and _VAGUE.search(name)] == []


def test_nothing_is_left_for_later(texts: dict[str, str]) -> None:
    """No source says that something is still to be done."""
    sources = {
        name: text for name, text in texts.items() if name.endswith((".py", ".html", ".css"))
    }

    assert [name for name, text in sources.items() if _LATER.search(text)] == []


def test_no_file_names_the_machine_it_was_written_on(texts: dict[str, str]) -> None:
    """No file holds a path that exists on one machine only."""
    assert [name for name, text in texts.items() if _MACHINE.search(text)] == []


def test_no_file_names_a_package_registry(texts: dict[str, str]) -> None:
    """Where packages come from is the machine's business, not the project's."""
    assert [name for name, text in texts.items() if _REGISTRY.search(text)] == []
