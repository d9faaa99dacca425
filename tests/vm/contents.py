"""What is in every test machine: busybox, what the build installs, vm-verdict and the agent, and the
device nodes of the serial ports."""
import json
import os
import stat
import subprocess
import tempfile

import image as images
import kernel as kernels
import machine as machines

BUSYBOX = '/bin/busybox'


def installed_programs(build):
    """(file in the build, where it is in the machine) of each program that the build installs."""
    try:
        with open(os.path.join(build, 'meson-info', 'intro-installed.json'), encoding='utf-8') as file:
            installed = json.load(file)
        with open(os.path.join(build, 'meson-info', 'intro-buildoptions.json'), encoding='utf-8') as file:
            prefix, = (o['value'] for o in json.load(file) if o['name'] == 'prefix')
    except OSError as error:
        raise images.Wrong(f'{build} is no build directory; build first, or name one with --build') from error
    for path, target in installed.items():
        if os.path.isfile(path) and os.stat(path).st_mode & stat.S_IXUSR:
            yield path, '/usr/' + os.path.relpath(target, prefix)


def base_image(build):
    image = images.Image()
    if not os.path.exists(BUSYBOX):
        raise kernels.Unavailable(f'{BUSYBOX} is not there; the package is busybox-static')
    applets = subprocess.run([BUSYBOX, '--list'], capture_output=True, text=True, check=True).stdout
    for name in applets.split():
        image.link('/usr/bin/' + name, 'busybox')
    image.add(BUSYBOX, '/usr/bin/busybox')
    for path, target in installed_programs(build):
        image.add(path, target)
    image.add(os.path.join(build, 'tests', 'vm', 'vm-agent'), '/vm/agent')
    image.add(os.path.join(build, 'tests', 'vm', 'vm-verdict'), '/usr/bin/vm-verdict')
    image.text('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n')
    image.text('/etc/group', 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n')
    for number, name in enumerate(machines.SERIAL_PORTS):
        image.node('/vm/' + name, 4, 64 + number)
    image.node('/dev/console', 5, 1)
    image.node('/dev/null', 1, 3)
    return image


def add_units(image, build):
    """The units that the build installs, which name its programs below its prefix."""
    with tempfile.TemporaryDirectory() as place:
        ran = subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--quiet', '--tags', 'units'],
                             env={**os.environ, 'DESTDIR': place}, capture_output=True, text=True, check=False)
        found = [folder for folder, _, _ in os.walk(place) if folder.endswith('/lib/svalinn/system')]
        if ran.returncode or not found:
            raise images.Wrong(f'{build}: its units cannot be installed: {ran.stdout}{ran.stderr}')
        prefix = found[0][len(place):-len('/lib/svalinn/system')]
        for entry in sorted(os.scandir(found[0]), key=lambda entry: entry.name):
            target = '/usr/lib/svalinn/system/' + entry.name
            if entry.is_symlink():
                image.link(target, os.readlink(entry.path))
                continue
            with open(entry.path, encoding='utf-8') as file:
                image.text(target, file.read().replace(prefix + '/', '/usr/'))
