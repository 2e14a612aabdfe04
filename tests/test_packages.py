"""pyproject.toml, environment.yml and requirements.lock name the same packages."""

import tomllib

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from common.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_conda_environment_holds_base_gpu_and_dev():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][-1]["pip"]
    extras = PROJECT["optional-dependencies"]
    assert sorted(conda) == sorted([*PROJECT["dependencies"], *extras["gpu"], *extras["dev"]])


def test_the_lock_pins_exactly_what_the_project_allows():
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    locked = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    assert all(locked.values()), "every line of the lock is name==version"
    extras = PROJECT["optional-dependencies"]
    for text in [*PROJECT["dependencies"], *extras["cpu"], *extras["dev"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), text
