#!/usr/bin/env python3
"""Holds float64 results against MPFR: the largest error in ulp and where.

    go run ./internal/ulp -f64 1000000 -dump DIR
    python3 internal/ulp/check.py DIR/*     # needs gmpy2 2.2.1

The references have 128 bits, correctly rounded where MPFR has the function.
With HARD=FILE in the environment it also writes the hardest cases to FILE: those
with the largest errors, and those nearest to halfway between two numbers. Each
line is a function, its arguments, the float64 next to the value, and the value
less that in ulp. kernels/vmath tests with them.
"""
import heapq, math, os, struct, sys
from itertools import repeat
from multiprocessing import Pool
import gmpy2
from gmpy2 import mpfr

gmpy2.get_context().precision = 128
HALF_ROOT = 1 / gmpy2.sqrt(mpfr(2))
LIMIT = mpfr(2) ** 1024


def softplus(x):
    return gmpy2.log1p(gmpy2.exp(x)) if x < 0 else x + gmpy2.log1p(gmpy2.exp(-x))


F = {
    "Exp": gmpy2.exp, "Exp2": gmpy2.exp2, "Expm1": gmpy2.expm1, "Log": gmpy2.log, "Log2": gmpy2.log2, "Log10": gmpy2.log10,
    "Log1p": gmpy2.log1p, "Sin": gmpy2.sin, "Cos": gmpy2.cos, "Tan": gmpy2.tan, "Asin": gmpy2.asin, "Acos": gmpy2.acos,
    "Atan": gmpy2.atan, "Sinh": gmpy2.sinh, "Cosh": gmpy2.cosh, "Tanh": gmpy2.tanh, "Sigmoid": lambda x: 1 / (1 + gmpy2.exp(-x)),
    "Softplus": softplus, "Cbrt": gmpy2.cbrt, "Erf": gmpy2.erf, "Gelu": lambda x: x * gmpy2.erfc(-x * HALF_ROOT) / 2,
    "Pow": lambda x, y: x**y, "Atan2": gmpy2.atan2,
}
ARGUMENTS = {"Pow": 2, "Atan2": 2}
NAN = struct.pack("<Q", 0x7FF8 << 48)


def ulps(got, want):
    if gmpy2.is_nan(want):
        return 0.0 if struct.pack("<d", got) == NAN else math.inf
    if want == 0:
        return 0.0 if got == 0 else math.inf
    a = abs(want)
    if math.isinf(got):
        if gmpy2.is_infinite(want) or a >= LIMIT:
            return 0.0 if (got > 0) == (want > 0) else math.inf
        got, e = math.copysign(1, got) * LIMIT, 1023
    elif gmpy2.is_infinite(want) or a >= LIMIT or got != got:
        return math.inf
    else:
        e = max(gmpy2.get_exp(want) - 1, -1022)
    d = abs(got - want)
    return float(gmpy2.mul_2exp(d, 52 - e) if e <= 52 else gmpy2.div_2exp(d, e - 52))


def piece(name, data, hard):
    """The worst of a piece of a file, how many there are, and hard cases by error and by closeness to a tie."""
    f, n = F[name], ARGUMENTS.get(name, 1)
    worst, at, count, cases = 0.0, (), 0, []
    for row in struct.iter_unpack("<%dd" % (n + 1), data):
        got = row[-1]
        want = f(*map(mpfr, row[:-1]))
        count += 1
        # Most are clear at once: below 0.49 ulp, where the unit is plain.
        if 1e-290 < abs(got) < 1e300 and abs(float(want - got)) < 0.49 * math.ulp(got) and math.frexp(got)[0] != 0.5:
            continue
        u = ulps(got, want)
        if not u <= worst:
            worst, at = u, row
        if hard and gmpy2.is_finite(want):
            near = float(want)
            if 0 < abs(near) < 2.0**1023 and got != 0:
                rest = float((want - near) / math.ulp(near))
                cases.append((u, abs(rest), row[:-1], near, rest))
    return worst, at, count, heapq.nlargest(20, cases), heapq.nlargest(20, cases, key=lambda c: c[1])


def main():
    hard = open(os.environ["HARD"], "w") if "HARD" in os.environ else None
    with Pool() as pool:
        for path in sys.argv[1:]:
            name = os.path.basename(path)
            data = open(path, "rb").read()
            size = 8 * (ARGUMENTS.get(name, 1) + 1) * 8192
            pieces = [data[i : i + size] for i in range(0, len(data), size)]
            results = pool.starmap(piece, zip(repeat(name), pieces, repeat(hard is not None)))
            worst, at = max((r[:2] for r in results), key=lambda r: r[0])
            print("%-9s %9.6f  of %d, at %s" % (name, worst, sum(r[2] for r in results), " ".join(v.hex() for v in at)), flush=True)
            by_error = heapq.nlargest(20, [c for r in results for c in r[3]])
            by_tie = heapq.nlargest(20, [c for r in results for c in r[4]], key=lambda c: c[1])
            for _, _, args, near, rest in by_error + [c for c in by_tie if c not in by_error]:
                hard and hard.write("%s %s %s %.9f\n" % (name, " ".join(v.hex() for v in args), near.hex(), rest))


main()
