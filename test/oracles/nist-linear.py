"""Writes nist-linear.golden.json: NIST's certified linear regressions, solved again in exact rational arithmetic.

The data of Filip (A. Filippelli), Pontius (P. Pontius), NoInt2, Wampler4 and Wampler5 are those of NIST's Statistical
Reference Datasets (public domain, itl.nist.gov/div898/strd/lls), here as decimals. The script solves the normal equations over
fractions and stops if a result differs from a certified digit, so a misprint in the data cannot survive. No library is used.
"""
from fractions import Fraction as F
from decimal import Decimal, getcontext
import json, os

getcontext().prec = 60

filip = """0.8116 -6.860120914 0.9072 -4.324130045 0.9052 -4.358625055 0.9039 -4.358426747 0.8053 -6.955852379
0.8377 -6.661145254 0.8667 -6.355462942 0.8809 -6.118102026 0.7975 -7.115148017 0.8162 -6.815308569 0.8515 -6.519993057
0.8766 -6.204119983 0.8885 -5.853871964 0.8859 -6.109523091 0.8959 -5.79832982 0.8913 -5.482672118 0.8959 -5.171791386
0.8971 -4.851705903 0.9021 -4.517126416 0.909 -4.143573228 0.9139 -3.709075441 0.9199 -3.499489089 0.8692 -6.300769497
0.8872 -5.953504836 0.89 -5.642065153 0.891 -5.031376979 0.8977 -4.680685696 0.9035 -4.329846955 0.9078 -3.928486195
0.7675 -8.56735134 0.7705 -8.363211311 0.7713 -8.107682739 0.7736 -7.823908741 0.7775 -7.522878745 0.7841 -7.218819279
0.7971 -6.920818754 0.8329 -6.628932138 0.8641 -6.323946875 0.8804 -5.991399828 0.7668 -8.781464495 0.7633 -8.663140179
0.7678 -8.473531488 0.7697 -8.247337057 0.77 -7.971428747 0.7749 -7.676129393 0.7796 -7.352812702 0.7897 -7.072065318
0.8131 -6.774174009 0.8498 -6.478861916 0.8741 -6.159517513 0.8061 -6.835647144 0.846 -6.53165267 0.8751 -6.224098421
0.8856 -5.910094889 0.8919 -5.598599459 0.8934 -5.290645224 0.894 -4.974284616 0.8957 -4.64454848 0.9047 -4.290560426
0.9129 -3.885055584 0.9209 -3.408378962 0.9219 -3.13200249 0.7739 -8.726767166 0.7681 -8.66695597 0.7665 -8.511026475
0.7703 -8.165388579 0.7702 -7.886056648 0.7761 -7.588043762 0.7809 -7.283412422 0.7961 -6.995678626 0.8253 -6.691862621
0.8602 -6.392544977 0.8809 -6.067374056 0.8301 -6.684029655 0.8664 -6.378719832 0.8834 -6.065855188 0.8898 -5.752272167
0.8964 -5.132414673 0.8963 -4.811352704 0.9074 -4.098269308 0.9119 -3.66174277 0.9228 -3.2644011""".split()

deflections = """.11019 .21956 .32949 .43899 .54803 .65694 .76562 .87487 .98292 1.09146 1.20001 1.30822 1.41599 1.52399 1.63194
1.73947 1.84646 1.95392 2.06128 2.16844 .11052 .22018 .32939 .43886 .54798 .65739 .76596 .87474 .98300 1.09150 1.20004 1.30818
1.41613 1.52408 1.63159 1.73965 1.84696 1.95445 2.06177 2.16829""".split()

# Wampler's observations are the polynomial with all coefficients 1 plus multiples of one vector of errors, orthogonal to it.
polynomial = [sum(x**k for k in range(6)) for x in range(21)]
errors = [759, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 1838, -2048, 2048, -2048, 1838, -2048, 2048, -2048, 2523, -2048, 2048, -2048, 759]
wampler = lambda size: [str(p + size * e) for p, e in zip(polynomial, errors)]
steps = [str(x) for x in range(21)]

sets = {
    "Filip": (filip[1::2], filip[0::2], 10, True),
    "Pontius": ([str(150000 * (1 + i % 20)) for i in range(40)], deflections, 2, True),
    "NoInt2": (["4", "5", "6"], ["3", "4", "4"], 1, False),
    "Wampler3": (steps, wampler(1), 5, True),
    "Wampler4": (steps, wampler(100), 5, True),
    "Wampler5": (steps, wampler(10000), 5, True),
}

certified = {
    "Filip": ([-1467.48961422980, -2772.17959193342, -2316.37108160893, -1127.97394098372, -354.478233703349, -75.1242017393757,
               -10.8753180355343, -1.06221498588947, -0.0670191154593408, -0.00246781078275479, -0.402962525080404e-4],
              [298.084530995537, 559.779865474950, 466.477572127796, 227.204274477751, 71.6478660875927, 15.2897178747400,
               2.23691159816033, 0.221624321934227, 0.0142363763154724, 0.000535617408889821, 0.896632837373868e-5]),
    "Pontius": ([0.673565789473684e-3, 0.732059160401003e-6, -0.316081871345029e-14],
                [0.107938612033077e-3, 0.157817399981659e-9, 0.486652849992036e-16]),
    "NoInt2": ([0.727272727272727], [0.0420827318078432]),
    "Wampler3": ([1.0] * 6, [2152.32624678170, 2363.55173469681, 779.343524331583, 101.475507550350, 5.64566512170752, 0.112324854679312]),
    "Wampler4": ([1.0] * 6, [215232.624678170, 236355.173469681, 77934.3524331583, 10147.5507550350, 564.566512170752, 11.2324854679312]),
    "Wampler5": ([1.0] * 6, [21523262.4678170, 23635517.3469681, 7793435.24331583, 1014755.07550350, 56456.6512170752, 1123.24854679312]),
}


def inverse(matrix):
    """Gauss–Jordan over fractions."""
    n = len(matrix)
    rows = [list(row) + [F(int(i == j)) for j in range(n)] for i, row in enumerate(matrix)]
    for c in range(n):
        pivot = next(r for r in range(c, n) if rows[r][c] != 0)
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [cell / rows[c][c] for cell in rows[c]]
        for r in range(n):
            if r != c and rows[r][c] != 0:
                factor = rows[r][c]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[c])]
    return [row[n:] for row in rows]


def root(fraction):
    return float((Decimal(fraction.numerator) / Decimal(fraction.denominator)).sqrt())


def solve(design, y):
    n, p = len(design), len(design[0])
    gram = [[sum(row[a] * row[b] for row in design) for b in range(p)] for a in range(p)]
    inv = inverse(gram)
    right = [sum(row[a] * t for row, t in zip(design, y)) for a in range(p)]
    beta = [sum(inv[a][b] * right[b] for b in range(p)) for a in range(p)]
    rss = sum((t - sum(c * b for c, b in zip(row, beta))) ** 2 for row, t in zip(design, y))
    s2 = rss / (n - p)
    return beta, [root(s2 * inv[a][a]) for a in range(p)], rss, s2


def digits(got, want):
    return min((16.0 if g == w else min(16, -__import__("math").log10(abs(g - w) / abs(w)))) for g, w in zip(got, want))


if __name__ == "__main__":
    golden = {}
    for name, (x, y, degree, intercept) in sets.items():
        powers = range(0 if intercept else 1, degree + 1)
        exact = [[F(v) ** k for k in powers] for v in x]
        t = [F(v) for v in y]
        beta, sd, rss, s2 = solve(exact, t)
        wanted, wanted_sd = certified[name]
        assert digits([float(b) for b in beta], wanted) > 13.5, name
        assert digits(sd, wanted_sd) > 13.5, name
        total = sum(v * v for v in t) - (sum(t) ** 2 / len(t) if intercept else 0)
        golden[name] = {
            "x": [float(v) for v in x], "y": [float(v) for v in y], "degree": degree, "intercept": intercept,
            "coefficients": [float(b) for b in beta], "standardErrors": sd,
            "sigma": root(s2), "rSquared": float(1 - rss / total),
        }
        # How many digits the rounding of data and powers to doubles leaves to any program, however exact.
        rounded = []
        for v in x:
            power, row = 1.0, []
            for k in range(degree + 1):
                row.append(power)
                power *= float(v)
            rounded.append([F(row[k]) for k in powers])
        b2, sd2, _, _ = solve(rounded, [F(float(v)) for v in y])
        print(name, "digits that doubles allow: coefficients %.1f, standard errors %.1f" % (digits([float(b) for b in b2], wanted), digits(sd2, wanted_sd)))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "nist-linear.golden.json"), "w") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")
