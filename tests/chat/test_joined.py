"""The public's one script and one style sheet do what the files do that they are joined from."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from askpanel.chat.joined import (
    ENTRIES,
    SCRIPT,
    STYLE,
    TEMPLATES,
    joined,
    joined_script,
    named_in_pages,
)
from askpanel.chat.trimming import (
    UNUSED_CLASSES,
    CannotJoin,
    lean_script,
    lean_style,
    unused_out,
    used_rules,
)
from askpanel.chat.view import STATIC, static_version

NODE = shutil.which("node")


def ran(source: str, folder: Path) -> str:
    """What a module prints."""
    assert NODE, "node is needed to run scripts"
    file = folder / "run.mjs"
    file.write_text(source, "utf-8")
    done = subprocess.run([NODE, file], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def put(folder: Path, **sources: str) -> Path:
    for name, source in sources.items():
        (folder / f"{name}.mjs").write_text(source, "utf-8")
    return folder


def test_modules_run_once_and_in_order_and_keep_their_names_apart(tmp_path: Path) -> None:
    put(
        tmp_path,
        shared="let held = 0;\nexport function more() {\n  held += 1;\n  return held;\n}\n"
        "export const first = 'a';\nconsole.log('shared');\n",
        one="import { more as next } from './shared.mjs';\nconst held = 'one';\n"
        "console.log(held, next());\n",
        two="import {\n  first, more,\n} from './shared.mjs';\nconst held = 'two';\n"
        "export class Two {}\nconsole.log(held, more(), first);\n",
        bare="import './two.mjs';\nconsole.log('bare');\n",
    )
    source = joined_script(tmp_path, ("one.mjs", "bare.mjs"))
    assert ran(source, tmp_path) == "shared\none 1\ntwo 2 a\nbare\n"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("export default 1;\n", "cannot be joined"),
        ("import x from './a.mjs';\n", "cannot be joined"),
        ("const x = import.meta.url;\n", "cannot be joined"),
        ("const x = import('./a.mjs');\n", "cannot be joined"),
        ("const a = 1;\nexport { a as b };\n", "under another name"),
        ("const a = `one\n  two`;\n", "over several lines"),
        ("import { a } from './a.mjs';\n", "imports itself"),
    ],
)
def test_what_cannot_be_joined_is_refused_by_name(tmp_path: Path, source: str, why: str) -> None:
    with pytest.raises(CannotJoin, match=why) as refused:
        joined_script(put(tmp_path, a=source), ("a.mjs",))
    assert "a.mjs" in str(refused.value)


def test_comments_and_indents_go_and_nothing_else_does() -> None:
    source = "// all of it\n/** Of a\n * thing. */\nconst a = 1; // kept\n  call('// no');\n\n\n"
    assert lean_script(source) == "const a = 1; // kept\ncall('// no');\n"
    style = "/* a */\n.a,\n.b {\n  color: red;\n  margin: 0\n    auto;\n}\n"
    assert lean_style(style) == ".a,.b{color: red;margin: 0 auto;}"


def test_rules_of_unused_components_go_and_all_others_stay() -> None:
    named = {"table", "generic", "!-margin", "heading-l"}
    style = (
        ".govuk-tabs{a:b}.govuk-table,.govuk-tabs__list{c:d}"
        "@media print{.govuk-panel--x{e:f}}@media (x){.govuk-header .y{g:h}.z{i:j}}"
        ".govuk-generic-header{k:l}.govuk-\\!-margin-0{o:p}.govuk-\\!-padding-0{o:p}"
        ".govuk-heading{a:b}.a:not(.b,.govuk-panel){m:n}@keyframes q{from{r:s}}"
    )
    assert used_rules(style, named) == (
        ".govuk-table{c:d}@media (x){.z{i:j}}.govuk-generic-header{k:l}.govuk-\\!-margin-0{o:p}"
        "@keyframes q{from{r:s}}"
    )


def test_everything_that_a_page_of_the_public_names_is_styled() -> None:
    named = named_in_pages(TEMPLATES)
    assert {"button", "error-summary", "exit-this-page", "radios", "heading-l"} <= named
    assert not named & {"accordion", "service-navigation", "tabs", "date-input"}
    style = joined(STATIC)[STYLE].decode()
    whole = (STATIC / "vendor" / "govuk-frontend.min.css").read_text("utf-8")
    for path in TEMPLATES.glob("*.html"):
        shown = set(re.findall(r"govuk-[a-z]+(?:[-_]+[a-z]+)*", path.read_text("utf-8")))
        lost = {each for each in shown if f".{each}" in whole and f".{each}" not in style}
        assert lost <= {each for each in lost if "service-navigation" in each}, path.name


STATELESS = {"words.mjs", "net.mjs"}
"""What the script of one page may import as well: twice in a page they do no harm."""


def test_a_script_of_one_page_shares_nothing_with_the_joined_one() -> None:
    for path in TEMPLATES.glob("*.html"):
        source = path.read_text("utf-8")
        shown = re.sub(r"\{% if staff %\}.*?\{% (?:else|endif) %\}", "", source, flags=re.DOTALL)
        for script in set(re.findall(r"asset\('([\w-]+\.mjs)'\)", shown)) - {SCRIPT}:
            imported = re.findall(r"from '\./([^']+)'", (STATIC / script).read_text("utf-8"))
            assert set(imported) <= STATELESS, f"{path.name} loads {script}"
    for script in STATELESS:
        assert not re.search(r"^let ", (STATIC / script).read_text("utf-8"), re.MULTILINE)


def test_scripts_that_the_public_needs_are_all_there(tmp_path: Path) -> None:
    script = joined(STATIC)[SCRIPT].decode()
    for entry in ENTRIES:
        assert lean_script((STATIC / entry).read_text("utf-8")).splitlines()[-1] in script
    for name in UNUSED_CLASSES:
        assert f"class {name} extends" not in script
    for name in ("Button", "CharacterCount", "ErrorSummary", "ExitThisPage", "SkipLink"):
        assert f"class {name} extends" in script
    assert "/*! With parts of" in script
    assert NODE
    (tmp_path / "public.mjs").write_text(script, "utf-8")
    subprocess.run([NODE, "--check", tmp_path / "public.mjs"], check=True, timeout=30)


def test_another_build_of_the_library_is_noticed() -> None:
    with pytest.raises(CannotJoin, match="no class Accordion"):
        unused_out("class Button{}export{Button};\n")


def test_the_style_sheet_is_whole(tmp_path: Path) -> None:
    style = joined(STATIC)[STYLE].decode()
    assert style.count("{") == style.count("}")
    app = (STATIC / "app.css").read_text("utf-8")
    classes = set(re.findall(r"\.(ask-[a-z-]+)", re.sub(r"/\*.*?\*/", "", app, flags=re.DOTALL)))
    assert len(classes) > 30
    assert {name for name in classes if f".{name}" not in style} == set()


def test_a_change_of_any_file_gives_a_new_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = static_version()
    copy = shutil.copytree(STATIC, tmp_path / "static")
    (copy / "words.mjs").write_text((copy / "words.mjs").read_text("utf-8") + "// more\n")
    monkeypatch.setattr("askpanel.chat.view.STATIC", copy)
    static_version.cache_clear()
    assert static_version() != before
    static_version.cache_clear()
