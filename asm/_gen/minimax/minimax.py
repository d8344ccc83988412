#!/usr/bin/env python3
"""Computes the polynomials of the elementary functions.

    pip install mpmath==1.4.1
    python3 minimax.py > ../coefficients.go && gofmt -w ../coefficients.go

Each polynomial is the best one in the sense of Chebyshev for its function,
interval and weight, found by Remez's exchange (E. Remez, Comptes Rendus 199,
1934) in 60 digits. Its coefficients are then rounded to float64. What a
program adds exactly, like the 1 + r of exp, is no part of the polynomial.
"""
import struct
import sys
from mpmath import mp, mpf, matrix, lu_solve

mp.dps = 60
mp.pretty = False


def remez(f, w, a, b, n):
    """n coefficients c of the polynomial that minimises max |w(f-c)| on [a, b]."""
    a, b = mpf(a), mpf(b)
    grid = [a + (b - a) * (1 - mp.cos(mp.pi * i / 600)) / 2 for i in range(601)]
    fw = [(f(x), w(x)) for x in grid]
    # Start from the extremes of a Chebyshev polynomial.
    idx = [round(600 * i / n) for i in range(n + 1)]
    for _ in range(30):
        m = matrix(n + 1, n + 1)
        rhs = matrix(n + 1, 1)
        for r, i in enumerate(idx):
            x, (v, wt) = grid[i], fw[i]
            p = wt
            for k in range(n):
                m[r, k] = p
                p *= x
            m[r, n] = (-1) ** r
            rhs[r] = v * wt
        sol = lu_solve(m, rhs)
        c = [sol[k] for k in range(n)]
        e = [(wt * (v - mp.polyval(c[::-1], x))) for x, (v, wt) in zip(grid, fw)]
        # One extreme between any two changes of sign.
        ext, best = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or e[i] * e[best] < 0:
                ext.append(best)
                best = i
            elif abs(e[i]) > abs(e[best]):
                best = i
        while len(ext) > n + 1:
            # Drop the smaller end.
            ext.pop(0 if abs(e[ext[0]]) < abs(e[ext[-1]]) else -1)
        if len(ext) < n + 1:
            break
        if ext == idx:
            break
        idx = ext
    return c, max(abs(v) for v in e)


tiny = mpf(10) ** -12


def atanh2(z):
    s = mp.sqrt(z)
    return 2 * mp.atanh(s) / s


def scaled_erfc(t):
    return mp.exp(t * t) * mp.erfc(t)


def exp1(r):
    return (mp.exp(r) - 1 - r) / r**2 if abs(r) > tiny else mpf(1) / 2


def exp21(f):
    return (mp.power(2, f) - 1) / f if abs(f) > tiny else mp.log(2)


# name, doc, function, weight, from, to, coefficients
ln2h = mp.log(2) / 2 * mpf("1.0001")
q = mp.pi / 4 * mpf("1.0001")
third = (mp.sqrt(2) - 1) ** 2 * mpf("1.0005")
polys = [
    ("exp", "(exp(r)-1-r-r^2/2)/r^3 for |r| <= log(2)/2",
     lambda r: (mp.exp(r) - 1 - r - r * r / 2) / r**3 if abs(r) > tiny else mpf(1) / 6, lambda r: r * r, -ln2h, ln2h, (10, 5)),
    ("expWhole", "(exp(r)-1-r)/r^2 for |r| <= log(2)/2", exp1, lambda r: r * r / mp.exp(r), -ln2h, ln2h, (10, 0)),
    ("exp2", "(2^f-1)/f for |f| <= 1/2", exp21, lambda f: f, -mpf("0.5"), mpf("0.5"), (12, 0)),
    ("log", "(2*atanh(s)/s-2)/z in z = s^2, for s <= (sqrt(2)-1)^2",
     lambda z: (atanh2(z) - 2) / z, lambda z: z, tiny, third * third, (7, 4)),
    ("powLog", "(2*atanh(s)/s-2-2/3*z)/z^2 in z = s^2, for s <= (sqrt(2)-1)^2",
     lambda z: (atanh2(z) - 2 - 2 * z / 3) / z**2, lambda z: z * z, tiny, third * third, (8, 0)),
    ("sin", "(sin(r)-r)/r^3 in z = r^2, for |r| <= pi/4",
     lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda z: z, tiny, q * q, (6, 4)),
    ("cos", "(cos(r)-1+z/2)/z^2 in z = r^2, for |r| <= pi/4",
     lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, lambda z: z * z, tiny, q * q, (6, 3)),
    ("atan", "(atan(t)-t)/t^3 in z = t^2, for |t| <= sqrt(2)-1",
     lambda z: (mp.atan(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda z: z, tiny, third, (11, 5)),
    ("asin", "(asin(t)-t)/t^3 in z = t^2, for |t| <= 1/2",
     lambda z: (mp.asin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda z: z, tiny, mpf("0.2501"), (13, 6)),
    ("cbrt", "m^(-1/3) for 1 <= m <= 2",
     lambda m: mp.cbrt(1 / m), lambda m: mp.cbrt(m), 1, 2, (7, 7)),
    ("erf", "erf(x)/x-1 in z = x^2, for |x| <= 1",
     lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1, lambda z: mpf(1), tiny, mpf("1.0001"), (12, 7)),
    ("erfc", "-log(erfc(1+u)) for 0 <= u <= 5",
     lambda u: -mp.log(mp.erfc(1 + u)), lambda u: mp.erfc(1 + u), 0, 5, (19, 8)),
    ("gelu", "exp(t^2)*erfc(t)*(t+3/4) in y = (t-3)/(t+3), for 0 <= t <= 30",
     lambda y: scaled_erfc(3 * (1 + y) / (1 - y)) * (3 * (1 + y) / (1 - y) + mpf(3) / 4), lambda y: mpf(1), -1, mpf(27) / 33, (25, 13)),
]

small = mpf("0.3334")
# name, doc, function, weight, from, to, coefficients, the first one if it is fixed
singles = [
    ("exp", "(exp(r)-1-r)/r^2 for |r| <= log(2)/2", exp1, lambda r: r * r, -mp.log(2) / 2 * mpf("1.0003"), mp.log(2) / 2 * mpf("1.0003"), 5, None),
    ("exp2", "(2^r-1)/r for |r| <= 1/2", exp21, lambda r: r, -mpf("0.5"), mpf("0.5"), 6, None),
    ("log1", "(log(1+f)-f)/f^2 for |f| <= 1/3", lambda f: (mp.log1p(f) - f) / f**2 if abs(f) > tiny else -mpf(1) / 2 + f / 3,
     lambda f: f * f / abs(mp.log1p(f)) if abs(f) > tiny else abs(f), -small, small, 9, -mpf("0.5")),
    ("tanh", "(tanh(x)-x)/x^3 in z = x^2, for |x| <= 1", lambda z: (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, lambda z: z, mpf(10) ** -9, 1, 7, None),
]


def float32(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def main():
    out = sys.stdout
    out.write("package main\n\n// Written by minimax/minimax.py.\n\n")
    for name, doc, f, w, a, b, counts in polys:
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        lists = []
        for n in counts:
            if n:
                c, e = remez(f, w, a, b, n)
                if name == "erf":
                    # Round the first two, and let the others make up for it.
                    c0, c1 = mpf(float(c[0])), mpf(float(c[1]))
                    c, e = remez(lambda z: (f(z) - c0 - c1 * z) / z**2, lambda z: z * z, a, b, n - 2)
                    c = [c0, c1] + c
                sys.stderr.write("%-8s %2d coefficients, error 2^%.1f\n" % (name, n, mp.log(e, 2)))
                lists.append(", ".join(float(x).hex() for x in c))
            else:
                lists.append(None)
        out.write("// %sPoly approximates %s.\nvar %sPoly = poly{\n" % (name, doc, name))
        for label, l in zip(("f64", "f32"), lists):
            if l:
                out.write("%s: []float64{%s},\n" % (label, l))
        out.write("}\n\n")
    for name, doc, f, w, a, b, n, fixed in singles:
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        if fixed is None:
            c, e = remez(f, w, a, b, n)
        else:
            c, e = remez(lambda x: (f(x) - fixed) / x, lambda x: w(x) * x, a, b, n - 1)
            c = [fixed] + c
        sys.stderr.write("%-8s %2d coefficients of float32, error 2^%.1f\n" % (name, n, mp.log(e, 2)))
        l = ", ".join(float32(x).hex() for x in c)
        out.write("// %sSinglePoly approximates %s in float32.\nvar %sSinglePoly = []float64{%s}\n\n" % (name, doc, name, l))


main()
