"""Finds the programs of a build directory, and asks readelf about them."""
import os
import re
import subprocess


def programs(build):
    """Paths of the ELF executables in a build directory that get installed: none from tests/ and docs/."""
    for folder, folders, names in os.walk(build):
        at_top = os.path.samefile(folder, build)
        folders[:] = sorted(f for f in folders if not f.endswith('.p') and not f.startswith('meson-')
                            and not (at_top and f in ('tests', 'docs')))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not name.endswith(('.o', '.so', '.a')) and os.access(path, os.X_OK) and is_elf(path):
                yield path


def is_elf(path):
    with open(path, 'rb') as file:
        return file.read(4) == b'\x7fELF'


def readelf(path, *options):
    return subprocess.run(['readelf', '-W', *options, path], check=True, capture_output=True,
                          text=True, env={**os.environ, 'LC_ALL': 'C'}).stdout


def libraries(path):
    return set(re.findall(r'\(NEEDED\).*\[(.*)\]', readelf(path, '-d')))
