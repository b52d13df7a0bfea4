"""Writes reference.json: far-tail reference values for package stat.

Needs mpmath (1.3.0 was used). Everything is computed with 60 significant digits, by routes other than those of the
Go code: mpmath's own functions, direct sums of probabilities, exact fractions and brute-force enumeration.
Usage: python3 reference.py > reference.json
"""
import itertools, json, math
from fractions import Fraction
from mpmath import mp, mpf

mp.dps = 60
out = {}


def put(name, args, value):
    args = [float(a) for a in args]
    out.setdefault(name, []).append({"args": args, "want": float(value)})


def chisf(x, df):
    return mp.gammainc(mpf(df) / 2, mpf(x) / 2, mp.inf, regularized=True)


for z in [-8, -3, -0.5, 0, 1e-8, 0.3, 1, 2.5, 5, 8, 12, 20, 30, 37]:
    put("normal_sf", [z], mp.erfc(mpf(z) / mp.sqrt(2)) / 2)
for z in [-30, -9, -1, 0, 1, 5, 9.9, 10.1, 20, 37, 40, 100, 1e4, 1e8]:
    put("log_normal_sf", [z], mp.log1p(-mp.erfc(-mpf(z) / mp.sqrt(2)) / 2) if z < 0 else mp.log(mp.erfc(mpf(z) / mp.sqrt(2)) / 2))
for q in [0.9, 0.6, 0.4, 0.1, 0.01, 1e-3, 1e-6, 1e-12, 1e-20, 1e-100, 1e-300]:
    f = lambda z: mp.log(mp.erfc(z / mp.sqrt(2)) / 2) - mp.log(mpf(q))
    guess = mpf(0.2) if q > 0.3 else mp.sqrt(-2 * mp.log(mpf(q))) * mpf("0.95")
    put("normal_quantile_upper", [q], mp.findroot(f, guess))

for df in [0.5, 1, 2, 3.7, 9, 39.5, 200, 1e4, 1e6]:
    for f in [-3, -0.5, 0, 1, 4, 8, 15, 25, 36]:
        x = df + f * math.sqrt(2 * df)
        if f > 0:
            x += f * f * 2 / 3 + f
        if x > 0 and chisf(x, df) > mpf("1e-305"):
            put("chisquare_sf", [x, df], chisf(x, df))

def bisect(f, lo, hi):
    for _ in range(170):
        mid = (lo + hi) / 2
        if f(mid) > 0:
            lo = mid
        else:
            hi = mid
    return lo


for q in [0.99, 0.5, 0.05, 1e-3, 1e-12, 1e-30, 1e-200]:
    for df in [1, 9, 39, 200]:
        put("chisquare_quantile", [q, df], bisect(lambda x: chisf(x, df) - mpf(q), mpf("1e-12"), mpf(df) + 3000))


def ncx2(x, df, lam, upper):
    """Sum over the Poisson mixture, whole range, with recurrences at 60 digits."""
    x, a, half = mpf(x) / 2, mpf(df) / 2, mpf(lam) / 2
    top = int(half + mp.sqrt(half * x + 1) + 60 * mp.sqrt(half + mp.sqrt(half * x) + 1) + 60)
    lo = max(0, int(min(half, mp.sqrt(half * x)) - 60 * mp.sqrt(half + 1) - 60)) if upper else 0
    if not upper and half > 1000:
        lo = max(0, int(min(half, mp.sqrt(half * x)) - 60 * mp.sqrt(half + 1) - 60))
    w = mp.exp(lo * mp.log(half) - half - mp.loggamma(lo + 1)) if lam > 0 else mpf(1)
    q = mp.gammainc(a + lo, x, mp.inf, regularized=True) if upper else mp.gammainc(a + lo, 0, x, regularized=True)
    d = mp.exp((a + lo) * mp.log(x) - x - mp.loggamma(a + lo + 1))
    s = mpf(0)
    for j in range(lo, top + 1):
        s += w * q
        if lam == 0:
            break
        q = q + d if upper else q - d
        d *= x / (a + j + 1)
        w *= half / (j + 1)
    return s


for df, lam in [(1, 0), (1, 0.1), (7, 1.5), (9, 40), (199.5, 3), (39, 1000), (200, 1e4)]:
    m, sd = df + lam, math.sqrt(2 * (df + 2 * lam))
    for f in [-1, 0, 2, 6, 12, 20]:
        x = m + f * sd + (f * f if f > 0 else 0)
        if x > 0:
            put("ncchisquare_sf", [x, df, lam], ncx2(x, df, lam, True))
mp.dps = 400
for f in [-2, 0, 5, 20, 35]:
    df, lam = 8, 1e6
    x = df + lam + f * math.sqrt(2 * (df + 2 * lam))
    put("ncchisquare_sf", [x, df, lam], ncx2(x, df, lam, True))
for x, df, lam in [(3, 9, 40), (30, 39, 100), (0.5, 1, 20), (9000, 8, 10000), (120, 200, 10)]:
    put("ncchisquare_cdf", [x, df, lam], ncx2(x, df, lam, False))
mp.dps = 60


def tsf(t, nu):
    nu = mpf(nu)
    logc = mp.loggamma((nu + 1) / 2) - mp.loggamma(nu / 2) - mp.log(nu * mp.pi) / 2
    f = lambda u: mp.exp(logc - (nu + 1) / 2 * mp.log1p(u * u / nu))
    t = mpf(t)
    scale = max(mpf(1) / (t + 1), mpf("1e-3"))
    # u = t + scale*sinh(v): one smooth integrand for both the Gaussian and the power tail
    return mp.quad(lambda v: f(t + scale * mp.sinh(v)) * scale * mp.cosh(v), [0, 1, 2, 3, 4, 6, 8, 12, 20, 40, 80, 200])


mp.dps = 35
for nu in [0.7, 1, 2.5, 10, 100.3, 1e5, 1e9]:
    for t in [0.1, 1, 3, 8, 20, 35]:
        x = mpf(nu) / (nu + mpf(t) ** 2)
        # betainc is slow for huge df; quadrature is not accurate enough for power tails
        put("student_sf", [t, nu], tsf(t, nu) if nu > 1e6 else mp.betainc(mpf(nu) / 2, mpf(1) / 2, 0, x, regularized=True) / 2)
for nu in [2.5, 10, 100.3]:
    put("student_sf", [1e6, nu], mp.betainc(mpf(nu) / 2, mpf(1) / 2, 0, mpf(nu) / (nu + mpf(10) ** 12), regularized=True) / 2)
mp.dps = 60
for d1, d2 in [(1, 1), (3, 7.5), (7, 497), (0.8, 20), (37, 37 * 71), (6.5, 1e4)]:
    for f in [0.1, 0.9, 1, 2, 6, 20, 60]:
        v = mp.betainc(mpf(d2) / 2, mpf(d1) / 2, 0, mpf(d2) / (d2 + mpf(d1) * mpf(f)), regularized=True)
        if v > mpf("1e-300"):
            put("f_sf", [f, d1, d2], v)


def binom_upper(k, n, p):
    p = mpf(p)
    t = mp.exp(mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1) + k * mp.log(p) + (n - k) * mp.log1p(-p))
    s = mpf(0)
    while k <= n and (t > s * mpf("1e-30") or k < n * p):
        s += t
        t *= mpf(n - k) / (k + 1) * p / (1 - p)
        k += 1
    return s


for k, n, p in [(1, 10, 0.1), (5, 10, 0.5), (10, 10, 0.01), (30, 100, 0.1), (90, 100, 0.1), (600, 1000, 0.5), (3, 10**9, 1e-9),
                (50, 10**9, 1e-9), (10**6 + 20000, 10**9, 1e-3), (5 * 10**8 + 300000, 10**9, 0.5), (5 * 10**8, 10**9, 0.5)]:
    put("binomial_upper", [k, n, p], binom_upper(k, n, p))


def beta_q(p, a, b):
    return bisect(lambda x: mpf(p) - mp.betainc(a, b, 0, x, regularized=True), mpf(0), mpf(1))


mp.dps = 40
for p in [1e-12, 1e-3, 0.025, 0.5, 0.975]:
    for a, b in [(0.5, 0.5), (1, 10), (3, 98), (50, 51), (2.5, 0.7)]:
        put("beta_quantile", [p, a, b], beta_q(p, a, b))
mp.dps = 60


def hyper_terms(a, b, c, d):
    """Probabilities of every table with the margins of [[a,b],[c,d]], exact."""
    r1, c1, n = a + b, a + c, a + b + c + d
    lo, hi = max(0, c1 - (c + d)), min(r1, c1)
    tot = math.comb(n, c1)
    return lo, [Fraction(math.comb(r1, x) * math.comb(c + d, c1 - x), tot) for x in range(lo, hi + 1)]


for t in [(10, 0, 0, 10), (3, 7, 4, 12), (50, 100, 2, 180), (120, 880, 900, 9100), (0, 5, 3, 400), (300, 2, 5, 290), (8, 2, 1, 5), (7, 7, 7, 7), (2, 998, 40, 9960)]:
    lo, pr = hyper_terms(*t)
    i = t[0] - lo
    put("fisher_two_sided", t, sum(p for p in pr if p <= pr[i]))
    put("fisher_lower", t, sum(pr[: i + 1]))
    put("fisher_upper", t, sum(pr[i:]))


def hyper_upper_big(a, b, c, d):
    lg = lambda v: mp.loggamma(v + 1)
    r1, r2, c1, n = a + b, c + d, a + c, a + b + c + d
    t = mp.exp(lg(r1) - lg(a) - lg(b) + lg(r2) - lg(c) - lg(d) - lg(n) + lg(c1) + lg(n - c1))
    s, x = mpf(0), a
    while x <= min(r1, c1):
        s += t
        nxt = t * mpf(r1 - x) * (c1 - x) / (mpf(x + 1) * (r2 - c1 + x + 1))
        if nxt < s * mpf("1e-30") and nxt < t:
            break
        t, x = nxt, x + 1
    return s


for t in [(30, 10**9 - 30, 5, 10**9 - 5), (12, 10**6 - 12, 3, 10**9 - 3), (501000, 499500000, 499000, 499501000), (10**8 + 70000, 4 * 10**8 - 70000, 10**8, 4 * 10**8)]:
    put("fisher_upper", t, hyper_upper_big(*t))

for k, n, m in [(1, 100, 10000), (5, 100, 10000), (3, 1000, 50), (40, 1000, 100000), (0, 5, 5), (70, 70, 1), (25, 10**6, 10**7)]:
    v = Fraction(1)
    for i in range(k):
        v *= Fraction(n - i, n + m - i)
    put("exceedance", [k, n, m], mpf(v.numerator) / v.denominator)


def durbin(n, d):
    """Exact P(D_n < d) by Durbin's matrix, 60 digits."""
    d = mpf(d)
    k = int(mp.floor(n * d)) + 1
    m, h = 2 * k - 1, k - n * d
    H = [[mpf(1) if i - j + 1 >= 0 else mpf(0) for j in range(m)] for i in range(m)]
    for i in range(m):
        H[i][0] -= h ** (i + 1)
        H[m - 1][i] -= h ** (m - i)
    H[m - 1][0] += (2 * h - 1) ** m if 2 * h - 1 > 0 else 0
    for i in range(m):
        for j in range(m):
            if i - j + 1 > 0:
                H[i][j] /= mp.factorial(i - j + 1)
    v = [mpf(0)] * m
    v[k - 1] = mpf(1)
    for _ in range(n):  # row vector times H, n times
        v = [sum(v[i] * H[i][j] for i in range(max(0, j - 1), m)) for j in range(m)]
    return v[k - 1] * mp.factorial(n) / mpf(n) ** n


for n, ds in [(1, [0.6, 0.9]), (2, [0.3, 0.5, 0.7, 0.95]), (10, [0.06, 0.15, 0.3, 0.45, 0.6, 0.8]), (50, [0.05, 0.1, 0.2, 0.3, 0.45]), (140, [0.03, 0.07, 0.12, 0.165, 0.2, 0.3])]:
    for d in ds:
        put("kstwo_sf", [d, n], 1 - durbin(n, d))
for n, d in [(141, 0.03), (141, 0.06), (141, 0.09), (141, 0.12), (200, 0.05), (200, 0.08), (400, 0.06)]:
    put("kstwo_sf_approx", [d, n], 1 - durbin(n, d))


def smirnov(n, x):
    """One-sided exact tail, Birnbaum and Tingey's sum."""
    x = mpf(x)
    s = (1 - x) ** n
    lg = [mp.mpf(0)]
    for v in range(1, n + 1):
        lg.append(lg[-1] + mp.log(v))
    for v in range(1, int(mp.floor(n * (1 - x))) + 1):
        u = x + mpf(v) / n
        if u < 1:
            s += x * mp.exp(lg[n] - lg[v] - lg[n - v] + (v - 1) * mp.log(u) + (n - v) * mp.log(1 - u))
    return s


mp.dps = 30
for n, x in [(5, 0.3), (100, 0.3), (1000, 0.06), (1000, 0.4), (30000, 0.01), (30000, 0.04), (30000, 0.1)]:
    put("smirnov_sf", [x, n], smirnov(n, x))
mp.dps = 60


def ks2(n, m, d):
    """P(D >= d) for samples without ties: share of lattice paths that touch |i/n - j/m| >= d."""
    L = n * m // math.gcd(n, m)
    h = round(d * L)
    row = [0] * (m + 1)
    for i in range(n + 1):
        for j in range(m + 1):
            if abs(i * (L // n) - j * (L // m)) >= h:
                row[j] = 0
            elif i == 0 and j == 0:
                row[j] = 1
            else:
                row[j] = (row[j] if i else 0) + (row[j - 1] if j else 0)
    return 1 - Fraction(row[m], math.comb(n + m, n))


for n, m, hs in [(7, 11, [20, 40, 60]), (30, 50, [30, 60, 100, 140]), (100, 60, [50, 100, 200, 280]), (40, 40, [3, 10, 25, 40]), (200, 200, [10, 30, 100, 199]), (3, 500, [400, 1200, 1500])]:
    L = n * m // math.gcd(n, m)
    for h in hs:
        put("ks_exact", [h / L, n, m], ks2(n, m, h / L))
for x in [0.2, 0.4, 0.8, 1, 1.5, 3, 8, 18]:
    put("kolmogorov_sf", [x], 2 * sum((-1) ** (k - 1) * mp.exp(-2 * mpf(k) ** 2 * mpf(x) ** 2) for k in range(1, 60)))


def cvm_cdf(x):
    """Anderson and Darling 1952, eq. 4.35."""
    x = mpf(x)
    s, k = mpf(0), 0
    while True:
        y = mpf(4 * k + 1)
        q = y * y / (16 * x)
        term = mp.gamma(k + mpf(1) / 2) / (mp.gamma(mpf(1) / 2) * mp.factorial(k)) * mp.sqrt(y) * mp.exp(-q) * mp.besselk(mpf(1) / 4, q)
        s += term
        if k > 3 and term < mpf("1e-360"):
            return s / (mp.pi * mp.sqrt(x))
        k += 1


mp.dps = 400  # one minus the distribution function, so as many digits as the tail has zeros
for x in [0.01, 0.03, 0.1, 0.46136, 0.74346, 1.168, 2, 3.4347002076576478, 4, 8, 15, 60, 140]:
    put("cvm_limit_sf", [x], 1 - cvm_cdf(x))
mp.dps = 60


def cvm_zeta(path, n, m):
    i = j = 0
    s = Fraction(0)
    for step in path:
        i, j = (i + 1, j) if step else (i, j + 1)
        s += (Fraction(i, n) - Fraction(j, m)) ** 2
    return s * n * m / Fraction((n + m) ** 2)


for n, m in [(4, 5), (6, 6), (3, 8)]:
    ts = []
    for c in itertools.combinations(range(n + m), n):
        path = [k in c for k in range(n + m)]
        ts.append(cvm_zeta(path, n, m))
    for q in sorted(set(ts))[:: max(1, len(set(ts)) // 5)]:
        put("cvm_exact", [float(q), n, m], Fraction(sum(t >= q for t in ts), len(ts)))
print(json.dumps({"method": "mpmath 1.3.0 at 60 digits, exact fractions and enumeration; see reference.py", "values": out}, indent=0))
