# Answers lines of words between tabs: "about", "setup" with a type and a number
# of elements, "time" with a statement. The operands are those of cells.go.
import platform, sys, timeit
import numpy as np


def setup(dtype, n):
    rows = 1
    while rows * rows * 4 <= n:
        rows *= 2
    cols = n // rows
    rng = np.random.default_rng(1)

    def new(*shape):
        if dtype == "bool":
            return rng.random(shape) < 0.5
        if dtype == "int64":
            return rng.integers(-100, 100, shape)
        return (2 * rng.random(shape) - 1).astype(dtype)

    m = n // 4
    x = new(n)
    return dict(
        np=np, x=x, positive=np.abs(x), y=new(n), z=new(n), mask=rng.random(n) < 0.5, less=np.zeros(n, bool),
        wide=new(2 * n)[::2], back=new(n)[::-1],
        a=new(rows, cols), b=new(rows, cols), d=new(rows, cols), t=new(cols, rows).T,
        gaps=new(rows, 2 * cols)[:, ::2], every=new(2 * rows, cols)[::2],
        row=new(cols), col=new(rows, 1), to0=new(cols), to1=new(rows),
        narrow=new(m, 4), flat=new(4, m), three=new(2, rows, cols // 2), four=new(4), long=new(m), to3=new(2, cols // 2),
        at0=np.zeros(cols, np.int64), at1=np.zeros(rows, np.int64),
        flag0=np.zeros(cols, bool), flag1=np.zeros(rows, bool), one=np.zeros((), dtype), two=np.asarray(2).astype(dtype),
    )


env = {}
calls = {}
for line in sys.stdin:
    word, *rest = line.rstrip("\n").split("\t")
    if word == "about":
        print(f"NumPy {np.__version__}, Python {platform.python_version()}", flush=True)
    elif word == "setup":
        env, calls = setup(rest[0], int(rest[1])), {}
        print("ready", flush=True)
    elif word == "time":
        timer = timeit.Timer(rest[0], globals=env)
        if rest[0] not in calls:
            k = 1
            while timer.timeit(k) < 1e-3:
                k *= 2
            calls[rest[0]] = k
        k = calls[rest[0]]
        print(timer.timeit(k) / k, flush=True)
