#!/usr/bin/env python3
"""Counts test cases for tests/run.sh.

    count.py meson TESTLOG STAGE   prints one line a result of a meson test run
    count.py total RESULTS         prints failures, skips with their reasons, and the sums

A test program that says how many cases it ran ("cases: 3 passed, 0 failed, 1 skipped", or the
summary of cmocka) counts as that many; any other counts as one. A program that failed counts as
at least one failure, whatever it said.
"""
import json
import re
import sys

CASES = re.compile(r'^cases: (\d+) passed, (\d+) failed, (\d+) skipped$', re.M)
CMOCKA = re.compile(r'^\[  (PASSED |FAILED |SKIPPED) \] (\d+) test\(s\)', re.M)
REASON = re.compile(r'^skipped: (.*)$', re.M)
NO_REASON = 'the test gives no reason'


def cases(text):
    """(passed, failed, skipped) as the program itself counted, or None."""
    said = CASES.findall(text)
    if said:
        return tuple(int(n) for n in said[-1])
    groups = CMOCKA.findall(text)
    if groups:
        return tuple(sum(int(n) for word, n in groups if word.strip() == which)
                     for which in ('PASSED', 'FAILED', 'SKIPPED'))
    return None


def results(test):
    """The lines of one meson test: (result, name, reason, how many)."""
    text = test.get('stdout', '') + '\n' + test.get('stderr', '')
    name, verdict = test['name'].rpartition(' / ')[2], test['result']
    reasons = REASON.findall(text)
    if verdict == 'SKIP':
        yield 'skipped', name, '; '.join(reasons) or NO_REASON, 1
        return
    good = verdict in ('OK', 'EXPECTEDFAIL')
    passed, failed, skipped = cases(text) or ((1, 0, 0) if good else (0, 1, 0))
    if not good and not failed:
        failed = 1
    if good and failed:
        yield 'failed', name, 'it reports failed cases and yet exits with 0', failed
    elif failed:
        yield 'failed', name, verdict.lower(), failed
    if passed:
        yield 'passed', name, '', passed
    if skipped:
        yield 'skipped', name, '; '.join(reasons) or NO_REASON, skipped


def count_meson(log, stage):
    seen = 0
    with open(log, encoding='utf-8') as lines:
        for line in lines:
            seen += 1
            for result, name, reason, n in results(json.loads(line)):
                print(result, stage, name, reason.replace('\t', ' '), n, sep='\t')
    return 0 if seen else 1


def count_total(path):
    sums = {'passed': 0, 'failed': 0, 'skipped': 0}
    with open(path, encoding='utf-8') as lines:
        for line in lines:
            result, stage, name, reason, n = line.rstrip('\n').split('\t')
            sums[result] += int(n)
            if result != 'passed':
                print(f'{result}: {stage}: {name}' + (f' ({n} cases)' if n != '1' else '') +
                      (f': {reason}' if reason else ''))
    print('{passed} passed, {failed} failed, {skipped} skipped'.format(**sums))
    return 1 if sums['failed'] or not sums['passed'] else 0


def main():
    if sys.argv[1] == 'meson':
        try:
            return count_meson(sys.argv[2], sys.argv[3])
        except (OSError, ValueError, KeyError) as error:
            print(f'count.py: {error}', file=sys.stderr)
            return 1
    return count_total(sys.argv[2])


sys.exit(main())
