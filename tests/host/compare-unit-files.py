#!/usr/bin/env python3
"""Runs systemctl(1) and svctl(1) with --root= on copies of one random tree of unit files, and
compares the links that are left, the exit statuses and the states of all units.

Usage: compare-unit-files.py SVCTL [TREES [SEED]]. Prints each difference with what leads to it;
the last line counts the steps that were compared.

Differences that are meant, and that no tree leads to: links in a circle fail every "disable" of
systemctl; "link" of a file that is in the load path does nothing, as without --root=; a link that
leads to a unit of another type or kind is removed by "disable", where systemctl stops; a unit whose
[Install] is wrong does not keep "preset-all" from the others; a link in /etc to the file of its own name
in the load path is "linked", where --root= makes systemctl call it bad."""
import os
import random
import shutil
import subprocess
import sys
import tempfile

ETC, RUN, USR, LOCAL = ('etc/systemd/system', 'run/systemd/system', 'usr/lib/systemd/system',
                        'usr/local/lib/systemd/system')
PRESETS = ['etc/systemd/system-preset', 'run/systemd/system-preset', 'usr/lib/systemd/system-preset']
SERVICES = ['a.service', 'b.service', 'c.service', 'd@.service', 'e@.service', 'a.socket']
INSTANCES = ['d@1.service', 'd@2.service', 'e@1.service']
TARGETS = ['x.target', 'y.target', 'z@.target', 'default.target']
NAMES = SERVICES + INSTANCES + TARGETS + ['none.service', 'al.service', 'al@.service', 'al@1.service']


class Tree:
    """One random system, as a list of files that can be made anywhere."""

    def __init__(self, rng):
        self.rng = rng
        self.files = {}  # path: text, or ('link', target)
        for name in SERVICES + TARGETS[:3]:
            if rng.random() < 0.85:
                self.files[self.place(name)] = self.unit(name)
        for _ in range(rng.randrange(4)):
            self.odd_one()
        for name in rng.sample(PRESETS, rng.randrange(3)):
            self.files[f'{name}/{rng.choice(["10-a", "20-b", "90-c"])}.preset'] = self.preset()

    def place(self, name):
        directory = self.rng.choices([USR, ETC, RUN, LOCAL, 'opt'], [12, 3, 2, 2, 2])[0]
        return f'{directory}/{name}'

    def some(self, names, most):
        return ' '.join(self.rng.choice(names) for _ in range(self.rng.randint(1, most)))

    def unit(self, name):
        rng, lines = self.rng, []
        suffix = name.rsplit('.', 1)[1]
        if rng.random() < 0.6:
            lines.append('WantedBy=' + self.some(['x.target', 'y.target', 'z@.target', 'z@%i.target', 'b.service', 'nowhere.target', '%p.target'], 2))
        if rng.random() < 0.25:
            lines.append('RequiredBy=' + self.some(['x.target', 'y.target', 'a.service', 'z@1.target'], 2))
        if rng.random() < 0.3:
            lines.append('Alias=' + self.some([f'al.{suffix}', f'al@.{suffix}', 'al@1.service', f'%p-x.{suffix}', name, 'al.socket', 'bad', 'x.target.wants/' + name, 'x.target.wants/other.service'], 2))
        if rng.random() < 0.25:
            lines.append('Also=' + self.some(SERVICES + ['none.service', 'd@2.service', 'e@%i.service'], 2))
        if '@' in name and rng.random() < 0.4:
            lines.append('DefaultInstance=' + rng.choice(['1', '2', 'q', '']))
        if lines and rng.random() < 0.1:
            lines.insert(rng.randrange(len(lines)), 'WantedBy=')
        if rng.random() < 0.04:
            return ''  # masked
        rng.shuffle(lines)
        return '\n'.join(['[Unit]', 'Description=one'] + (['[Install]'] + lines if lines else []) + [''])

    def like(self, name):
        """What a link of this name may lead to."""
        kind = ('@' in name, name.rsplit('.', 1)[1])
        return self.rng.choice([n for n in NAMES if ('@' in n, n.rsplit('.', 1)[1]) == kind
                                and n != name and ('@.' in n or '@' not in n)] or ['none.service'])

    def odd_one(self):
        """Something that a person or a package left there."""
        rng = self.rng
        where = rng.choice([ETC, ETC, RUN, USR])
        name = rng.choice(NAMES)
        kind = rng.randrange(8)
        if kind == 0:
            self.files.setdefault(f'{where}/{name}', ('link', '/dev/null'))
        elif kind == 1:
            self.files.setdefault(f'{where}/{name}', ('link', f'/{USR}/{self.like(name)}'))
        elif kind == 2:
            self.files.setdefault(f'{where}/{name}', ('link', f'/opt/{name}'))
        elif kind == 3:
            self.files[f'{where}/{rng.choice(TARGETS[:2])}.wants/{name}'] = ('link', f'/{USR}/{name}')
        elif kind == 4:
            self.files[f'{where}/x.target.requires/{name}'] = ('link', f'../{rng.choice(SERVICES)}')
        elif kind == 5:
            self.files.setdefault(f'{where}/{name}', ('link', self.like(name)))
        elif kind == 6:
            self.files[f'{where}/a.service.d/x.conf'] = '[Install]\nWantedBy=y.target\n'
        else:
            self.files.setdefault(f'{where}/al.service', ('link', 'al2.service'))
            self.files.setdefault(f'{where}/al2.service', ('link', 'a.service'))

    def preset(self):
        rng, lines = self.rng, []
        for _ in range(rng.randint(1, 4)):
            pattern = rng.choice(SERVICES[:3] + ['d@.service', 'e@*.service', '*.socket', '*', 'd@1.service'])
            lines.append(rng.choice(['enable', 'disable']) + ' ' + pattern)
        if rng.random() < 0.3:
            lines.insert(0, 'enable d@.service 1 2')
        return '\n'.join(['# rules'] + lines + [''])

    def make(self, root):
        os.makedirs(f'{root}/{ETC}')
        for path, content in self.files.items():
            full = f'{root}/{path}'
            os.makedirs(os.path.dirname(full), exist_ok=True)
            if isinstance(content, tuple):
                os.symlink(content[1], full)
            else:
                with open(full, 'w', encoding='utf-8') as f:
                    f.write(content)

    def steps(self):
        rng = self.rng
        for _ in range(rng.randint(3, 6)):
            verb = rng.choice(['enable'] * 5 + ['disable'] * 4 + ['reenable', 'mask', 'unmask', 'preset', 'preset',
                              'preset-all', 'link', 'revert', 'add-wants', 'add-requires', 'set-default', 'get-default'])
            options = [o for o, p in (('--runtime', 0.15), ('--force', 0.15)) if rng.random() < p]
            names = rng.sample(NAMES, rng.choice([1, 1, 2]))
            if verb == 'preset-all':
                names = []
                options += rng.choice([[], ['--preset-mode=enable-only'], ['--preset-mode=disable-only']])
            elif verb == 'link':
                names = [f'/opt/{n}' for n in names]
            elif verb in ('add-wants', 'add-requires'):
                names.insert(0, rng.choice(TARGETS + ['a.service']))
            elif verb == 'set-default':
                names = names[:1]
            elif verb == 'get-default':
                options, names = [], []  # svctl takes none of them
            elif verb in ('enable', 'reenable') and rng.random() < 0.1:
                names = ['/opt/' + names[0]]
            yield [verb] + options + names


def look(root):
    """What is in the tree: links with their targets, and files."""
    found = {}
    for directory, _, files in os.walk(root):
        for name in files + [d for d in os.listdir(directory) if os.path.islink(f'{directory}/{d}')]:
            path = f'{directory}/{name}'
            found[os.path.relpath(path, root)] = os.readlink(path) if os.path.islink(path) else 'FILE'
    return found


def run(program, root, arguments):
    done = subprocess.run([program, f'--root={root}'] + arguments, capture_output=True, text=True, check=False)
    return done


def states(program, root):
    rows = {}
    for line in run(program, root, ['list-unit-files']).stdout.splitlines():
        words = line.split()
        if len(words) == 3 and '.' in words[0]:
            rows[words[0]] = (words[1], words[2])
    return rows


def difference(theirs, ours):
    keys = sorted(set(theirs) | set(ours))
    return [f'{k}: systemctl {theirs.get(k)}, svctl {ours.get(k)}' for k in keys if theirs.get(k) != ours.get(k)]


def meant(path, theirs, ours):
    """Is this one of the differences that are meant? Disabling a template does not unmask its instances."""
    return '@' in path and '@.' not in path and theirs is None and ours == '/dev/null'


def compare(svctl, tree, scratch, number):
    """Returns how many steps were the same, and a text for the first that was not."""
    roots = [f'{scratch}/their{number}', f'{scratch}/our{number}']
    for root in roots:
        tree.make(root)
    done, history = 0, []
    for step in [['list']] + list(tree.steps()):
        history.append(' '.join(step))
        if step != ['list']:
            theirs, ours = run('systemctl', roots[0], step), run(svctl, roots[1], step)
            left = look(roots[0]), look(roots[1])
            if any(meant(p, left[0].get(p), left[1].get(p)) for p in left[1]):
                break
            found = difference(*left)
            if theirs.returncode != ours.returncode:
                found.append(f'status: systemctl {theirs.returncode}, svctl {ours.returncode}')
            if step[0] == 'get-default' and theirs.stdout != ours.stdout:
                found.append(f'output: systemctl {theirs.stdout!r}, svctl {ours.stdout!r}')
            said = theirs.stderr + theirs.stdout + '---\n' + ours.stderr + ours.stdout
        else:
            found, said = [], ''
        found = found or difference(states('systemctl', roots[0]), states(svctl, roots[1]))
        if found:
            files = '\n'.join(f'  {p}: {c!r}' for p, c in sorted(tree.files.items()))
            return done, f'tree {number}:\n{files}\n  steps: {"; ".join(history)}\n' + '\n'.join('    ' + f for f in found) + '\n' + said
        done += 1
    for root in roots:
        shutil.rmtree(root)
    return done, None


def main():
    svctl = sys.argv[1]
    trees = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 252
    same = differing = 0
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(trees):
            done, text = compare(svctl, Tree(random.Random(seed * 100000 + number)), scratch, number)
            same += done
            if text:
                differing += 1
                print(text)
    print(f'trees: {trees}, steps that are the same: {same}, trees that differ: {differing}')
    return 1 if differing else 0


sys.exit(main())
