"""The README's Python runs as it stands."""

import re

from common.paths import ROOT


def test_the_python_in_the_readme_runs(mirror):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert blocks
    for block in blocks:
        namespace = {}
        exec(compile(block, "README.md", "exec"), namespace)
        assert len(namespace["answers"]) == 7200
        assert namespace["kept"].low < namespace["kept"].value < namespace["kept"].high


def test_every_path_in_the_readmes_exists():
    for readme in [ROOT / "README.md", *ROOT.glob("replications/*/README.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", readme.read_text()):
            assert target.startswith("http") or (readme.parent / target).exists(), f"{readme.name}: {target}"
