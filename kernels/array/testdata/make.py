"""Writes numpy.npz: inputs and what NumPy makes of them, for numpy_test.go.

    python3 make.py

Results are named after the case in the test. Text is stored as its bytes. The
versions are in the file under "versions".
"""
import platform
import numpy as np

rng = np.random.default_rng(1)
out = {}


def put(name, value):
    if isinstance(value, str):
        value = np.frombuffer(value.encode(), np.uint8)
    out[name] = np.asarray(value)


def text(name, value):
    put("print/" + name, str(value))


# Inputs. Halves and quarters make sums exact in any order.
a = rng.integers(-40, 40, (3, 4, 5)) / 4.0
r = rng.standard_normal((3, 4, 5))
b = rng.integers(1, 9, (4, 1)) / 2.0
c = rng.integers(1, 9, (5,)) / 2.0
i = rng.integers(-5, 6, (3, 4, 5))
nan = r.copy()
nan[0, 1, 2] = nan[2, 3, 4] = nan[1, 0, 0] = np.nan
nan[1, 2, :] = np.nan
mask = rng.random((3, 4, 5)) < 0.6
m = rng.standard_normal((6, 6))
tall = rng.standard_normal((7, 3))
tied = rng.integers(0, 4, (5, 9)).astype(float)
long = rng.standard_normal(3000)
for name in "a r b c i nan mask m tall tied long".split():
    put("in/" + name, globals()[name])

# Layouts.
put("slice/steps", a[::2, 1:, ::-1])
put("slice/negative", a[-2:, -1::-2, 4:0:-3])
put("slice/empty", a[2:1, :, 5:])
put("slice/beyond", a[:99, -99:2, 3])
put("slice/newaxis", a[:, None, 1, ..., None])
put("slice/rest", a[..., 2])
put("transpose", a.transpose(2, 0, 1))
put("moveaxis", np.moveaxis(a, 0, -1))
put("reshape", a.T.reshape(6, 10))
put("ravel", a[:, ::-1].ravel())
put("broadcast", np.broadcast_to(b, (2, 4, 3)))
put("diagonal", np.diagonal(a, 1, 1, 2))
put("diagonal/below", np.diagonal(a, -2, 1, 2))
put("concat", np.concatenate([a, a[:, :2] * 2], axis=1))
put("stack", np.stack([a, a + 1], axis=-1))
put("take", np.take(a, [3, -1, 0, 0], axis=1))
put("compress", a[mask])
put("nonzero", np.argwhere(mask))
put("arange", np.arange(-1.5, 4, 0.25))
put("arange/int", np.arange(10, -5, -4))
put("linspace", np.linspace(-1, 2, 11))

# Elementwise, broadcast.
put("add", a + b)
put("sub", a[:, ::-1] - c)
put("mul", a.T * np.arange(3.0))
put("div", r / c)
put("add/scalar", a + 2.5)
put("add/zero stride", np.broadcast_to(c, (4, 5)) + b)
put("add/empty", a[:0] + c)
put("add/int", i + i.transpose(0, 1, 2)[:, ::-1])
put("maximum", np.maximum(nan, 0.1))
put("minimum", np.minimum(nan, r[::-1]))
edge = np.array([-2.5, -1.5, -0.5, -0.0, 0.0, 0.5, 1.5, 2.5, np.inf, -np.inf, np.nan, 1e300, -7.25])
put("in/edge", edge)
put("neg", -edge)
put("abs", np.abs(edge))
put("sign", np.sign(edge))
put("floor", np.floor(edge))
put("ceil", np.ceil(edge))
put("trunc", np.trunc(edge))
put("round", np.rint(edge))
with np.errstate(invalid="ignore"):
    put("sqrt", np.sqrt(edge))
put("clip", np.clip(edge, -1, 1.5))
put("isnan", np.isnan(edge))
put("isinf", np.isinf(edge))
put("isfinite", np.isfinite(edge))
put("where", np.where(mask, a, b))
for n, f in dict(equal=np.equal, not_equal=np.not_equal, less=np.less, less_equal=np.less_equal,
                 greater=np.greater, greater_equal=np.greater_equal).items():
    put(n, f(nan, nan[::-1]))
put("and", mask & mask[::-1])
put("or", mask | mask[::-1])
put("xor", mask ^ mask[::-1])
put("not", ~mask)

# Reductions: over everything, axes, several axes, keepdims, masks, NaN.
axes = {"all": None, "0": 0, "1": 1, "2": 2, "01": (0, 1), "02": (0, 2), "12": (1, 2), "none": ()}
for n, ax in axes.items():
    put("sum/" + n, a.sum(ax))
    put("sum/int/" + n, i.sum(ax))
    put("sum/T/" + n, a.T.sum(ax))
    put("mean/" + n, r.mean(ax))
    put("var/" + n, r.var(ax))
    put("max/" + n, nan.max(ax))
    put("min/" + n, r.min(ax))
    put("any/" + n, mask.any(ax))
    put("all/" + n, mask.all(ax))
    put("count/" + n, np.count_nonzero(mask, ax) if ax != () else mask.astype(int))
    put("sum/where/" + n, a.sum(ax, where=mask))
    put("median/" + n, np.median(r, ax) if ax != () else r)
    put("nansum/" + n, np.nansum(nan, ax) if ax != () else np.where(np.isnan(nan), 0, nan))
put("std/ddof", r.std(1, ddof=1, keepdims=True))
put("prod", b.prod())
put("prod/axis", (i[:, :, 1:]).prod(1))
put("mean/keepdims", r.mean((0, 2), keepdims=True))
put("mean/where", r.mean(2, where=mask | (np.arange(5) == 0)))
with np.errstate(all="ignore"):
    import warnings
    warnings.simplefilter("ignore")
    put("nanmax", np.nanmax(nan, 2))
    put("nanmean", np.nanmean(nan, 1))
    put("nanmedian", np.nanmedian(nan, (0, 2)))
    put("mean/empty", np.zeros((0, 3)).mean(0))
put("sum/empty", np.zeros((3, 0)).sum(1))
put("argmax", i.argmax())
put("argmax/1", i.argmax(1))
put("argmin/2", nan.argmin(2))
put("nanargmin", np.nanargmin(nan[0], 1))
put("norm1", np.abs(r).sum(0))
put("norm2", np.sqrt((r * r).sum((1, 2))))
put("norminf", np.abs(r).max(1))
put("cumsum", np.cumsum(r, 1))
put("cumsum/last", np.cumsum(r, 2))
put("cumprod", np.cumprod(r, 0))
put("cummax", np.maximum.accumulate(nan, 2))
for q in (0, 0.1, 0.25, 0.5, 0.9, 1):
    put(f"quantile/{q}", np.quantile(r, q, axis=2))
put("histogram", np.histogram(long, 17, (-2, 2.5))[0])
put("histogram/edges", np.histogram(long, 17, (-2, 2.5))[1])
put("bincount", np.bincount(i.ravel() + 5, minlength=15))
put("sort", np.sort(nan, 1))
put("sort/long", np.sort(long))
put("sort/int", np.sort(i, 0))
put("argsort", np.argsort(tied, 1, kind="stable"))
put("argsort/long", np.argsort(np.round(long, 1), kind="stable"))
put("unique", np.unique(tied, return_counts=True)[0])
put("unique/counts", np.unique(tied, return_counts=True)[1])
put("searchsorted", np.searchsorted(np.sort(tied[0]), tied))
put("searchsorted/right", np.searchsorted(np.sort(tied[0]), tied, "right"))

# Products and factorisations.
put("matmul", a @ a.transpose(0, 2, 1))
put("matmul/broadcast", a @ a[0].T)
put("matmul/vector", a @ c)
put("matmul/row", a[0, :, 0] @ a)
put("outer", np.multiply.outer(c, b))
put("einsum/ij,jk", np.einsum("ij,jk->ik", a[0].T, a[1]))
put("einsum/bij,bkj", np.einsum("bij,bkj->bik", a, a))
put("einsum/ii", np.einsum("ii->i", m))
put("einsum/trace", np.einsum("ii", m))
put("einsum/three", np.einsum("ij,jk,lk->il", m, m, m))
put("einsum/outer", np.einsum("i,jk->kij", c, a[0]))
put("einsum/sum", np.einsum("ijk,k->j", a, c))
put("solve", np.linalg.solve(m, m[:, ::2] + 1))
put("inv", np.linalg.inv(m))
put("det", np.linalg.det(m))
spd = m @ m.T + np.eye(6)
put("in/spd", spd)
put("cholesky", np.linalg.cholesky(spd))
put("eigvals", np.linalg.eigvalsh(spd))
put("svdvals", np.linalg.svd(tall)[1])
put("lstsq", np.linalg.lstsq(tall, np.arange(7.0), rcond=None)[0])
put("pinv", np.linalg.pinv(tall))
put("cov", np.cov(tall.T))
put("corr", np.corrcoef(tall.T))
d = tall[:, None] - tall[None, :4]
put("sqeuclidean", (d * d).sum(2))
u = tall / np.linalg.norm(tall, axis=1, keepdims=True)
put("cosine", 1 - u @ u[:4].T)

# Printing.
text("float", a)
text("normal", r)
text("nan", nan)
text("int", i)
text("bool", mask)
text("wide", np.arange(40.0) / 3)
text("large", np.array([1e10, 1.5, -2e-5]))
text("small", np.array([1e-5, 2e-5]))
text("edge", edge)
text("brief", np.arange(1200.0).reshape(30, 40))
text("brief3", np.arange(4000).reshape(10, 20, 20))
text("float32", np.linspace(0, 1, 7, dtype=np.float32))
text("scalar", np.array(1.5))
text("scalar/large", np.array(1e20))
text("scalar/int", np.array(7))
text("one", np.array([True]))
text("empty", a[:0])
text("zeros", np.zeros((2, 2)))
text("ninf", np.array([-np.inf, 1.0]))
text("third", np.array(1 / 3))
text("brief/exp", np.logspace(-5, 5, 1500))

put("versions", f"NumPy {np.__version__}, Python {platform.python_version()}")
np.savez_compressed("numpy.npz", **out)

# Files: both byte orders, column order, small types.
files = {
    "big": np.arange(6, dtype=">f8").reshape(2, 3),
    "fortran": np.asfortranarray(np.arange(6.0, dtype=np.float32).reshape(2, 3)),
    "bigint": np.arange(6, dtype=">i4").reshape(3, 2),
    "byte": np.arange(5, dtype=np.int8) - 2,
    "ushort": np.array([0, 65535], np.uint16),
    "long": np.array([2**62, -(2**62)]),
    "flag": np.array([[True, False]]),
    "scalar": np.array(2.5),
    "empty": np.zeros((0, 4)),
    "complex": np.zeros(2, complex),
}
np.savez("files.npz", **files)
