#!/usr/bin/env python3
"""Holds float64 results against mpmath: the largest error in ulp and where.

    go run ./internal/ulp -f64 100000 -dump DIR
    python3 internal/ulp/check.py DIR/*     # needs mpmath 1.4.1, faster with gmpy2

With HARD=FILE in the environment it also writes the hardest cases to FILE: those
with the largest errors, and those nearest to halfway between two numbers. Each
line is a function, its arguments, the float64 next to the value, and the value
less that in ulp. kernels/vmath tests with them.
"""
import math, os, struct, sys
from mpmath import mp, mpf, libmp

mp.prec = 140


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def softplus(x):
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))


def gelu(x):
    return x * mp.erfc(-x / mp.sqrt(2)) / 2


def log1p(x):
    with mp.workprec(1300 if abs(x) < 1e-30 else 300):
        return +mp.log(1 + x) if abs(x) > 1e-30 else x - x * x / 2


def expm1(x):
    return mp.expm1(x) if abs(x) > 1e-30 else x + x * x / 2


def asin(x):
    with mp.workprec(300):
        return mp.asin(x)


F = {
    "Exp": mp.exp, "Exp2": lambda x: mp.power(2, x), "Expm1": expm1, "Log": mp.log,
    "Log2": lambda x: mp.log(x) / mp.log(2), "Log10": mp.log10, "Log1p": log1p, "Sin": mp.sin, "Cos": mp.cos,
    "Tan": mp.tan, "Asin": asin, "Acos": mp.acos, "Atan": mp.atan, "Sinh": mp.sinh, "Cosh": mp.cosh,
    "Tanh": mp.tanh, "Sigmoid": sigmoid, "Softplus": softplus, "Cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)), "Erf": mp.erf,
    "Gelu": gelu, "Pow": mp.power, "Atan2": mp.atan2,
}
NAN = 0x7FF8 << 48
DOMAIN = {
    "Log": lambda x: x > 0, "Log2": lambda x: x > 0, "Log10": lambda x: x > 0, "Log1p": lambda x: x > -1,
    "Asin": lambda x: abs(x) <= 1, "Acos": lambda x: abs(x) <= 1,
}
BIG = {"Exp": 800, "Expm1": 800, "Sinh": 800, "Cosh": 800, "Sigmoid": 800, "Softplus": 800, "Tanh": 60, "Exp2": 1200, "Erf": 8, "Gelu": 45}


def ulps(got, want):
    if want == 0:
        return 0.0 if got == 0 else math.inf
    a = abs(want)
    e = max(int(mp.floor(mp.log(a, 2))) if a < mpf(2) ** -1080 else mp.frexp(a)[1] - 1, -1022)
    if math.isinf(got):
        got = math.copysign(2.0**1023, got)
        d = abs(mpf(got) * 2 - want) if a < mpf(2) ** 1024 else 0
        e = min(e, 1023)
    elif a >= mpf(2) ** 1024:
        return math.inf
    else:
        d = abs(mpf(got) - want)
    return float(d / mpf(2) ** (e - 52))


def value(name, row):
    """The function's value at the arguments of row, to 140 bits."""
    if len(row) == 3:
        return F[name](*map(mpf, row[:-1]))
    x = row[0]
    arg = math.copysign(min(abs(x), BIG.get(name, 1e999)), x)
    if arg != x:
        if name == "Softplus" and x > 0:
            return mpf(x)
        if name == "Gelu":
            return mpf(x) if x > 0 else mpf(0)
    return F[name](mpf(arg))


def main():
    hard = open(os.environ["HARD"], "w") if "HARD" in os.environ else None
    for path in sys.argv[1:]:
        name = os.path.basename(path)
        data = open(path, "rb").read()
        n = 3 if name in ("Pow", "Atan2") else 2
        worst, at, count, cases = 0.0, None, 0, []
        for row in struct.iter_unpack("<%dd" % n, data):
            x, got = row[0], row[-1]
            if name in DOMAIN and not DOMAIN[name](x):
                if struct.pack("<d", got) != struct.pack("<Q", NAN) and not math.isinf(got):
                    worst, at = math.inf, row
                continue
            want = value(name, row)
            u = ulps(got, want)
            count += 1
            if not u <= worst:
                worst, at = u, row
            near = float(want)
            if hard and 0 < abs(near) < 2.0**1023 and got != 0:
                rest = float((want - mpf(near)) / mpf(math.ulp(near)))
                cases.append((row[:-1], near, rest, u))
        print("%-9s %9.6f  of %d, at %s" % (name, worst, count, " ".join(v.hex() for v in at or ())), flush=True)
        by_error = sorted(cases, key=lambda c: -c[3])[:20]
        by_tie = sorted(cases, key=lambda c: -abs(c[2]))[:15]
        for args, near, rest, _ in by_error + [c for c in by_tie if c not in by_error]:
            hard.write("%s %s %s %.9f\n" % (name, " ".join(v.hex() for v in args), near.hex(), rest))


main()
