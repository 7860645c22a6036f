# statsmodels 0.13.5 has STL but no MSTL: Bandara, Hyndman & Bergmeir's algorithm around its STL, as in statsmodels 0.14.
# python3 test/oracles/mstl.py > test/oracles/mstl.golden.json
import json, numpy as np
from statsmodels.tsa.seasonal import STL
def mstl(y, periods, iterate=2):
    windows = [7 + 4 * i for i in range(1, len(periods) + 1)]
    rest, seasons = y.copy(), np.zeros((len(periods), len(y)))
    for _ in range(iterate if len(periods) > 1 else 1):
        for i, p in enumerate(periods):
            rest = rest + seasons[i]
            fit = STL(rest, period=p, seasonal=windows[i]).fit()
            seasons[i] = fit.seasonal
            rest = rest - seasons[i]
    return fit.trend, seasons, rest - fit.trend
i = np.arange(240)
y = 100 + i / 20 + 8 * ((i * 7) % 24) / 24 + 5 * np.where(i % 60 < 40, 1, 0) + ((i * 37) % 11) / 10
trend, seasons, rest = mstl(y, [24, 60])
pick = [0, 1, 50, 119, 200, 239]
print(json.dumps({"pick": pick, "trend": trend[pick].tolist(), "seasons": seasons[:, pick].tolist(), "remainder": rest[pick].tolist()}))
