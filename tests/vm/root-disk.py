#!/usr/bin/python3
"""Makes a disk with an ext4 file system that a test machine boots from: all that is in every machine,
the units that the build installs, and what --add and --tree name. For root, as files get owners.

    tests/vm/root-disk.py --size 256M --add /usr/bin/redis-server --tree my-tree disk
    tests/vm/run.py --root-disk disk --as-init svinit
"""
import argparse
import os
import shutil
import stat
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
import contents
import image as images
import kernel as kernels

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def unpack(image, directory):
    for path, entry in sorted(image.entries.items()):
        target = directory + path
        if stat.S_ISDIR(entry.mode):
            os.mkdir(target)
        elif stat.S_ISLNK(entry.mode):
            os.symlink(entry.data, target)
        elif stat.S_ISCHR(entry.mode):
            os.mknod(target, entry.mode, os.makedev(*entry.device))
        else:
            with open(target, 'wb') as file:
                file.write(entry.data)
        if not stat.S_ISLNK(entry.mode):
            os.chmod(target, stat.S_IMODE(entry.mode))


def main():
    p = argparse.ArgumentParser(description='Makes a disk that a test machine boots from.', allow_abbrev=False)
    p.add_argument('--build', metavar='DIRECTORY', default=os.path.join(TOP, 'build'))
    p.add_argument('--size', metavar='SIZE', default='128M', help='of the file system (default: %(default)s)')
    p.add_argument('--add', metavar='HOST[:GUEST]', action='append', default=[],
                   help='a file with its libraries, or a directory; GUEST/ is into one')
    p.add_argument('--tree', metavar='DIRECTORY', help='what is in it is laid over the root, with owners and modes')
    p.add_argument('disk')
    arguments = p.parse_args()
    try:
        image = contents.base_image(arguments.build)
        contents.add_units(image, arguments.build)
        for value in arguments.add:
            host, _, guest = value.partition(':')
            image.add(host, guest or None)
        with tempfile.TemporaryDirectory() as directory:
            unpack(image, directory)
            if arguments.tree:
                subprocess.run(['cp', '-a', arguments.tree + '/.', directory], check=True)
            os.chmod(directory, 0o755)
            subprocess.run([shutil.which('mke2fs', path='/usr/sbin:/sbin'), '-q', '-t', 'ext4', '-m', '0', '-F',
                            '-d', directory, arguments.disk, arguments.size], check=True)
    except (images.Wrong, kernels.Unavailable, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f'root-disk.py: {error}')


main()
