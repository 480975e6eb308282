#!/usr/bin/env python3
"""Holds crates/stats against SciPy, at 1e-9 of each value.

    cargo run -q -p affiant-stats --example grid > grid.csv
    python3 -m venv venv && venv/bin/pip install scipy mpmath statsmodels
    venv/bin/python tests/statistics/compare.py grid.csv

Where SciPy and we differ by more, `mpmath` computes the value anew with 50 digits or
more: if it is ours, the row is counted as one in which SciPy is off; if not, the
comparison fails. Prints the largest differences of each result of each function.
"""
import csv
import math
import sys
import warnings

import mpmath
import numpy
import scipy
import scipy.stats as st
import statsmodels.stats.multitest as mt

mpmath.mp.dps = 50
LIMIT = 1e-9
# Below this SciPy and we may each give 0: the smallest numbers lose digits.
TINY = 1e-290


# --- SciPy ---------------------------------------------------------------------------

def clopper_pearson(x, n, confidence):
    interval = st.binomtest(int(x), int(n)).proportion_ci(confidence, method="exact")
    return [interval.low, interval.high]


def upper_bound_of_zero(n, confidence):
    return [st.beta.isf(1 - confidence, 1, n)]


def fisher_exact(a, b, c, d):
    table = [[int(a), int(b)], [int(c), int(d)]]
    found = [st.fisher_exact(table, alternative=side) for side in ("two-sided", "less", "greater")]
    # SciPy gives infinity or NaN where b·c is 0; we give none.
    odds = None if b * c == 0 else a * d / (b * c)
    if odds is not None:
        assert math.isclose(odds, found[0].statistic, rel_tol=1e-12)
    return [result.pvalue for result in found] + [odds]


def mcnemar_exact(b, c):
    if b + c == 0:
        return [1.0, 1.0]
    found = [st.binomtest(int(b), int(b + c), 0.5, side) for side in ("two-sided", "greater")]
    return [result.pvalue for result in found]


def poisson_interval(count, confidence):
    half = (1 - confidence) / 2
    low = st.gamma.ppf(half, count) if count else 0.0
    return [low, st.gamma.isf(half, count + 1)]


def rate_comparison(a, exposure_a, b, exposure_b, confidence):
    n, p = int(a + b), exposure_a / (exposure_a + exposure_b)
    tests = [st.binomtest(int(a), n, p, side) for side in ("two-sided", "less", "greater")]
    interval = tests[0].proportion_ci(confidence, method="exact")
    scale = exposure_b / exposure_a
    # One less the upper end loses digits; it is the lower end for the other kind.
    other = st.binomtest(int(b), n, 1 - p).proportion_ci(confidence, method="exact")
    low = interval.low / other.high * scale
    high = None if b == 0 else interval.high / other.low * scale
    ratio = None if b == 0 else a / b * scale
    return [ratio, low, high] + [test.pvalue for test in tests]


def holm(*values):
    return list(mt.multipletests(values, method="holm")[1])


def benjamini_hochberg(*values):
    return list(st.false_discovery_control(values, method="bh"))


# --- mpmath --------------------------------------------------------------------------

def exactly(value):
    return value if isinstance(value, mpmath.mpf) else mpmath.mpf(float(value))


def log_binomial(x, n, p):
    x, n = mpmath.mpf(x), mpmath.mpf(n)
    return (mpmath.loggamma(n + 1) - mpmath.loggamma(x + 1) - mpmath.loggamma(n - x + 1)
            + x * mpmath.log(p) + (n - x) * mpmath.log1p(-p))


def log_choose(n, x):
    return mpmath.loggamma(n + 1) - mpmath.loggamma(x + 1) - mpmath.loggamma(n - x + 1)


class Law:
    """log-mass, growth from one outcome to the next, range, mode."""

    def __init__(self, log_mass, growth, least, greatest, mode):
        self.log_mass, self.growth = log_mass, growth
        self.least, self.greatest = least, greatest
        self.mode = min(max(mode, least), greatest)

    def outwards(self, k, step):
        """The masses from k outwards: every term, none taken as the rest of 1."""
        first = mpmath.exp(self.log_mass(k))
        total = term = mpmath.mpf(1)
        while True:
            if step > 0:
                if k >= self.greatest:
                    break
                ratio = self.growth(k)
            else:
                if k <= self.least:
                    break
                ratio = 1 / self.growth(k - 1)
            term *= ratio
            total += term
            k += step
            if ratio < 1 and term * ratio < mpmath.mpf(10) ** -25 * total * (1 - ratio):
                break
        return first * total

    def at_most(self, k):
        if k < self.least:
            return mpmath.mpf(0)
        if k >= self.greatest:
            return mpmath.mpf(1)
        return self.outwards(k, -1) if k < self.mode else 1 - self.outwards(k + 1, 1)

    def at_least(self, k):
        if k > self.greatest:
            return mpmath.mpf(0)
        if k <= self.least:
            return mpmath.mpf(1)
        return self.outwards(k, 1) if k > self.mode else 1 - self.outwards(k - 1, -1)

    def no_likelier(self, k):
        bound = self.log_mass(k) + mpmath.log(1 + mpmath.mpf("1e-7"))
        if self.log_mass(self.mode) <= bound:
            return mpmath.mpf(1)
        if k < self.mode:
            low, high = self.mode, self.greatest + 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if self.log_mass(middle) <= bound else (middle, high)
            return min(mpmath.mpf(1), self.at_most(k) + self.at_least(high))
        low, high = self.least - 1, self.mode
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.log_mass(middle) <= bound else (low, middle)
        return min(mpmath.mpf(1), self.at_least(k) + self.at_most(low))


def binomial(n, p):
    return Law(lambda k: log_binomial(k, n, p),
               lambda k: mpmath.mpf(n - k) / (k + 1) * p / (1 - p),
               0, n, int((n + 1) * p))


def hypergeometric(a, b, c, d):
    marked, plain, drawn = a + b, c + d, a + c
    return Law(lambda k: log_choose(marked, k) + log_choose(plain, drawn - k)
               - log_choose(marked + plain, drawn),
               lambda k: mpmath.mpf((marked - k) * (drawn - k))
               / ((k + 1) * (plain - drawn + k + 1)),
               max(0, drawn - plain), min(drawn, marked),
               (marked + 1) * (drawn + 1) // (marked + plain + 2))


def poisson(mean):
    return Law(lambda k: k * mpmath.log(mean) - mean - mpmath.loggamma(k + 1),
               lambda k: mean / (k + 1), 0, 10 ** 30, int(mean))


def relative_error(found, tail, target, slope):
    """By how much `found` is off, relatively: one Newton step from it."""
    value = tail(found)
    return abs((mpmath.log(value) - mpmath.log(target)) / (slope(found, value) * found))


def check_interval(name, arguments, index, ours):
    """The error of an end of an interval: how far its tail is from what it must be."""
    if name == "poisson_interval":
        count, confidence = int(arguments[0]), arguments[1]
        law = poisson
    else:
        count, n, confidence = int(arguments[0]), int(arguments[1]), arguments[2]
        law = lambda p: binomial(n, p)
    target = (1 - exactly(confidence)) / 2
    found = exactly(ours)
    if index == 0:
        tail = lambda value: law(value).at_least(count)
        slope = lambda value, at: count * mpmath.exp(law(value).log_mass(count)) / at / value
    else:
        tail = lambda value: law(value).at_most(count)
        slope = lambda value, at: ((count + 1) * mpmath.exp(law(value).log_mass(count + 1))
                                   / at / value)
    return relative_error(found, tail, target, slope)


def true_error(name, arguments, index, ours):
    """Relative error of our result by mpmath; None where it is not computed."""
    if name in ("clopper_pearson", "poisson_interval"):
        return check_interval(name, arguments, index, ours)
    if name == "upper_bound_of_zero":
        n, confidence = arguments
        truth = -mpmath.expm1(mpmath.log(1 - exactly(confidence)) / int(n))
    elif name == "fisher_exact":
        law, k = hypergeometric(*map(int, arguments)), int(arguments[0])
        truth = [law.no_likelier, law.at_most, law.at_least][index](k)
    elif name == "mcnemar_exact":
        b, c = map(int, arguments)
        law = binomial(b + c, mpmath.mpf(1) / 2)
        truth = law.at_least(b) if index else min(1, 2 * law.at_most(min(b, c)))
    elif name == "rate_comparison":
        a, b = int(arguments[0]), int(arguments[2])
        first, second = exactly(arguments[1]), exactly(arguments[3])
        if index in (1, 2):
            # Back from the ratio to the share of the first kind.
            odds = exactly(ours) * first / second
            p = odds / (1 + odds)
            error = check_interval("clopper_pearson", [a, a + b, arguments[4]], index - 1, p)
            # d ln odds = d ln p / (1 − p).
            return error / (1 - p)
        if index == 0:
            return None
        law = binomial(a + b, first / (first + second))
        truth = [law.no_likelier, law.at_most, law.at_least][index - 3](a)
    else:
        return None
    if truth < TINY:
        return mpmath.mpf(0 if ours < TINY else 1)
    return abs(exactly(ours) - truth) / truth


# --- comparison ----------------------------------------------------------------------

def difference(ours, theirs):
    if ours is None or theirs is None:
        return 0.0 if ours is theirs else math.inf
    if math.isnan(theirs):
        return math.inf
    if ours == theirs or (abs(ours) < TINY and abs(theirs) < TINY):
        return 0.0
    return abs(ours - theirs) / max(abs(theirs), TINY)


NAMES = {
    "clopper_pearson": ["low", "high"],
    "upper_bound_of_zero": ["exact"],
    "fisher_exact": ["two_sided", "less", "greater", "odds_ratio"],
    "mcnemar_exact": ["two_sided", "greater"],
    "poisson_interval": ["low", "high"],
    "rate_comparison": ["ratio", "low", "high", "two_sided", "less", "greater"],
}


def main(path):
    warnings.simplefilter("ignore")
    print(f"SciPy {scipy.__version__}, NumPy {numpy.__version__}, mpmath {mpmath.__version__}")
    table, failures = {}, []
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            name = row["function"]
            arguments = [float(text) for text in row["arguments"].split()]
            ours = [None if text == "none" else float(text) for text in row["results"].split()]
            theirs = globals()[name](*arguments)
            assert len(ours) == len(theirs), row
            for index, (mine, other) in enumerate(zip(ours, theirs)):
                labels = NAMES.get(name)
                key = (name, labels[index] if labels else "each")
                entry = table.setdefault(key, [0, 0.0, None, 0, 0.0])
                entry[0] += 1
                apart = difference(mine, None if other is None else float(other))
                if apart <= LIMIT:
                    if apart >= entry[1]:
                        entry[1], entry[2] = apart, row["arguments"]
                    continue
                error = None if mine is None else true_error(name, arguments, index, mine)
                if error is not None and error <= LIMIT:
                    entry[3] += 1
                    entry[4] = max(entry[4], float(error))
                else:
                    failures.append((key, row["arguments"], mine, other, error))
    print(f"{'function':20} {'result':10} {'compared':>8} {'largest':>9}  at"
          f"{'SciPy off':>44} {'then ours':>9}")
    for (name, label), (count, largest, where, off, ours) in table.items():
        print(f"{name:20} {label:10} {count:8} {largest:9.1e}  {where or '':37}"
              f"{off:9} {ours:9.1e}")
    for key, arguments, mine, other, error in failures:
        print(f"DIFFERS {key[0]} {key[1]} at {arguments}: ours {mine!r}, SciPy {other!r}, "
              f"by mpmath ours is off by {error and mpmath.nstr(error, 3)}")
    print(f"{sum(entry[0] for entry in table.values())} values compared, "
          f"{len(failures)} differ by more than {LIMIT:g}")
    return 1 if failures or not table else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
