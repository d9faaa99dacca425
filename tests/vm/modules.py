"""Loadable modules of the test kernel: which files a name stands for, in the order in which they load."""
import os
import re


class Unknown(Exception):
    """The kernel has no such module."""


def plain(path):
    """The name of a module by its path; the kernel takes "-" and "_" for the same."""
    return re.sub(r'\.ko$', '', os.path.basename(path)).replace('-', '_')


def listed(directory, name):
    with open(os.path.join(directory, name), encoding='utf-8') as file:
        return file.read().splitlines()


def load_order(directory, names):
    """Paths below DIRECTORY (that of one kernel's modules): what each name needs, and then it."""
    needs = dict(line.split(':', 1) for line in listed(directory, 'modules.dep'))
    by_name = {plain(path): path for path in needs}
    soft = {}
    for line in listed(directory, 'modules.softdep'):
        words = line.split()
        if words[:1] == ['softdep'] and 'pre:' in words:
            soft[words[1].replace('-', '_')] = words[words.index('pre:') + 1:]
    built_in = {plain(path) for path in listed(directory, 'modules.builtin')}
    order = []

    def want(name, required=True):
        name = name.replace('-', '_')
        if name in by_name:
            for before in soft.get(name, []):
                if before != 'post:':
                    want(before, required=False)
            # The file lists the nearest needs first; they load last.
            order.extend(path for path in [*reversed(needs[by_name[name]].split()), by_name[name]]
                         if path not in order)
        elif required and name not in built_in:
            raise Unknown(f'the kernel has no module {name}')

    for name in names:
        want(name)
    return order
