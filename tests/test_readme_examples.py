"""The README's Python runs as it stands."""

import os
import re
import subprocess
import sys

from common.paths import ROOT

CHECKS = """
assert len(answers) == 7200
assert kept.low < kept.value < kept.high
assert len(model.sample(["Question: 7 + 5 * 3 =?\\nSolution:"], Sampling(n=4, stop=("\\n",)))[0]) == 4
"""


def test_the_python_in_the_readme_runs(mirror_folder, tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert len(blocks) == 2
    environment = {**os.environ, "DATA_MIRROR": str(mirror_folder), "OUTPUTS_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "\n".join([*blocks, CHECKS])]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "store.sqlite").is_file()


def test_every_path_in_the_readmes_exists():
    for readme in [ROOT / "README.md", *ROOT.glob("replications/**/README.md"), *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", readme.read_text()):
            assert target.startswith("http") or (readme.parent / target).exists(), f"{readme.name}: {target}"
