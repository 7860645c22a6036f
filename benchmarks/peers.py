"""The Python peers of the benchmarks: reads one JSON request per line, runs the job once, answers with its time.

Loading files and building the peer's own input from them is not timed unless the job says so. Debian packages:
python3-sklearn python3-pandas python3-fastcluster libopenblas0-pthread. Started by python.ts.
"""
import functools, json, os, sys, time, warnings
warnings.filterwarnings("ignore")
try:
    import numpy as np, pandas as pd, sklearn
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.impute import KNNImputer
    from sklearn.metrics import silhouette_score
except ImportError:
    sys.exit(0)  # no greeting: the caller says how to install
FOLDER = sys.argv[1]
KINDS = {"f64": np.float64, "u32": np.uint32, "i32": np.int32}

@functools.lru_cache(maxsize=16)
def load(name):
    return np.fromfile(os.path.join(FOLDER, name), dtype=KINDS[name.rsplit(".", 1)[1]])

def matrix(name, columns):
    return load(name).reshape(-1, columns)

def timed(f):
    begin = time.perf_counter(); result = f(); return time.perf_counter() - begin, result

def kmeans(r):
    X, start = matrix(r["values"], r["columns"]), np.array(r["start"])
    seconds, m = timed(lambda: KMeans(len(start), init=start, n_init=1, algorithm="lloyd", tol=1e-4, max_iter=300).fit(X))
    m.labels_.astype(np.int32).tofile(os.path.join(FOLDER, "labels.i32"))
    other = load(r["labels"]) if r.get("labels") else None
    quality = {"inertia": float(m.inertia_), "iterations": int(m.n_iter_)}
    if other is not None:
        # Ours are numbered by size: compare as partitions, by the most frequent counterpart of each cluster.
        table = pd.crosstab(other, m.labels_).values
        quality["differingLabels"] = int(len(other) - table.max(1).sum())
    return seconds, quality

def seeding(r):
    X = matrix(r["values"], r["columns"])
    seconds, m = timed(lambda: KMeans(r["k"], init="k-means++", n_init=1, random_state=1, max_iter=1).fit(X))
    return seconds, {"inertia": float(m.inertia_)}

def elbow(r):
    X = matrix(r["values"], r["columns"])
    seconds, fits = timed(lambda: [KMeans(k, init="k-means++", n_init=1, random_state=1).fit(X).inertia_ for k in range(2, 11)])
    return seconds, {"inertia": float(sum(fits))}

def silhouette(r):
    X, labels = matrix(r["values"], r["columns"]), load(r["labels"])
    seconds, score = timed(lambda: silhouette_score(X, labels))
    return seconds, {"silhouette": float(score)}

GAP = 30 * 60 * 1000

def frame(r, categorical):
    user = load(r["customer"])
    if categorical:
        user = pd.Categorical.from_codes(user.astype(np.int32), names(r["customers"]))
    return pd.DataFrame({"user": user, "ts": load(r["time"])})

@functools.lru_cache(maxsize=2)
def names(count):
    return ["cust_%08x" % ((c * 2654435761) % 4294967296) for c in range(count)]

def sessions_numpy(r):
    user, ts = load(r["customer"]), load(r["time"])
    def job():
        order = np.lexsort((ts, user)); u, t = user[order], ts[order]
        new = np.ones(len(u), bool); new[1:] = (u[1:] != u[:-1]) | (t[1:] - t[:-1] > GAP)
        return np.cumsum(new)
    seconds, s = timed(job)
    return seconds, {"sessions": int(s[-1])}

@functools.lru_cache(maxsize=2)
def ready_frame(key):
    return frame(json.loads(key), True)

def sessions_pandas(r):
    df = ready_frame(json.dumps(r, sort_keys=True))
    def job():
        d = df.sort_values(["user", "ts"])
        new = (d["user"].cat.codes.diff() != 0) | (d["ts"].diff() > GAP)
        return new.cumsum()
    seconds, s = timed(job)
    return seconds, {"sessions": int(s.iloc[-1])}

@functools.lru_cache(maxsize=1)
def row_dicts(key):
    r = json.loads(key); people = np.array(names(r["customers"]), dtype=object)[load(r["customer"])]
    kinds = np.array(r["types"], dtype=object)[load(r["type"])]
    return [{"customer": c, "time": t, "type": k, "value": v} for c, t, k, v in zip(people, load(r["time"]).tolist(), kinds, load(r["value"]).tolist())]

def path(df, as_of):
    d = df.sort_values(["customer", "time"], kind="stable")
    new = (d["customer"] != d["customer"].shift()) | (d["time"].diff() > GAP)
    sessions = int(new.sum())
    bought = d[d["type"] == "purchase"].groupby("customer", sort=True).agg(last=("time", "max"), orders=("time", "size"), revenue=("value", "sum"))
    bought["recency"] = (as_of - bought["last"]) / 86400000
    for c in ("recency", "orders", "revenue"):
        cuts = bought[c].quantile([.2, .4, .6, .8]).values
        bought[c + "_score"] = (bought[c].values[:, None] > cuts).sum(1) + 1
    return sessions, bought

def pandas_path(r):
    if r["from"] == "rows":
        rows = row_dicts(json.dumps(r, sort_keys=True))
        seconds, (sessions, b) = timed(lambda: path(pd.DataFrame(rows), r["asOf"]))
    else:
        df = pd.DataFrame(row_dicts(json.dumps({**r, "from": "rows"}, sort_keys=True)))
        seconds, (sessions, b) = timed(lambda: path(df, r["asOf"]))
    return seconds, {"sessions": sessions, "buyers": len(b), "revenue": round(float(b["revenue"].sum()), 2)}

def pca_numpy(r):
    X = matrix(r["values"], r["columns"])
    seconds, (variances, _) = timed(lambda: np.linalg.eigh(np.cov(X, rowvar=False)))
    return seconds, {"first": float(variances[-1]), "last": float(variances[0])}

def pca_sklearn(r):
    X = matrix(r["values"], r["columns"])
    seconds, m = timed(lambda: PCA().fit(X))
    return seconds, {"first": float(m.explained_variance_[0]), "last": float(m.explained_variance_[-1])}

def impute_neighbors(r):
    X = matrix(r["values"], r["columns"])
    seconds, filled = timed(lambda: KNNImputer(n_neighbors=5).fit_transform(X))
    return seconds, {"sum": float(filled.sum())}

def dictionary_pandas(r):
    people = names(r["customers"])
    # Strings of their own for every row and lap: Python keeps a string's hash once it is known.
    column = np.array([people[c][:5] + people[c][5:] for c in load(r["customer"])], dtype=object)
    seconds, (codes, found) = timed(lambda: pd.factorize(column))
    return seconds, {"names": len(found)}

@functools.lru_cache(maxsize=1)
def purchase_frame(customer, time, type_, value):
    return pd.DataFrame({"customer": load(customer), "time": load(time), "type": load(type_), "value": load(value)})

def shared_frame(r):
    return purchase_frame(r["customer"], r["time"], r["type"], r["value"])

def rfm_pandas(r):
    df = shared_frame(r)
    def job():
        for as_of in r["dates"]:
            d = df[(df["type"] == r["purchase"]) & (df["time"] <= as_of)]
            t = d.groupby("customer", sort=True).agg(last=("time", "max"), orders=("time", "size"), revenue=("value", "sum"))
            t["recency"] = (as_of - t["last"]) / 86400000
        return t
    seconds, t = timed(job)
    return seconds, {"buyers": len(t), "orders": int(t["orders"].sum()), "revenue": round(float(t["revenue"].sum()), 2)}

def view_pandas(r):
    df = shared_frame(r)
    as_of, day = r["asOf"], 86400000
    def job():
        d = df[df["time"] <= as_of].sort_values(["customer", "time"], kind="stable")
        d["day"] = (d["time"] // day).astype(np.int32)
        same = d["customer"].values[1:] == d["customer"].values[:-1]
        d["opens"] = np.append(True, ~(same & (np.diff(d["time"].values) <= 1800000)))
        # Activity and sessions.
        g = d.groupby("customer", sort=True)
        v = g["time"].agg(["size", "min", "max"]).rename(columns={"size": "events"})
        v["tenureDays"] = (as_of - v["min"]) / day
        v["daysSinceLastActivity"] = (as_of - v["max"]) / day
        v["activeDays"] = d.drop_duplicates(["customer", "day"]).groupby("customer").size()
        weeks = v["tenureDays"].clip(lower=1) / 7
        v["eventsPerWeek"] = v["events"] / weeks
        v["sessions"] = g["opens"].sum()
        v["sessionsPerWeek"] = v["sessions"] / weeks
        v["eventsPerSession"] = v["events"] / v["sessions"]
        # RFM and scores.
        b = d[d["type"] == r["purchase"]]
        t = b.groupby("customer", sort=True).agg(last=("time", "max"), orderCount=("time", "size"), revenue=("value", "sum"))
        t["daysSinceLastPurchase"] = (as_of - t["last"]) / day
        for name, sign in (("daysSinceLastPurchase", -1), ("orderCount", 1), ("revenue", 1)):
            cuts = t[name].quantile([.2, .4, .6, .8]).values
            above = (t[name].values[:, None] > cuts).sum(1)
            t[name + "Score"] = above + 1 if sign > 0 else 5 - above
        v = v.join(t.drop(columns="last"))
        v[["orderCount", "revenue"]] = v[["orderCount", "revenue"]].fillna(0)
        # Purchase summary, one row a customer and a day.
        days = b.groupby(["customer", "day"], sort=True)["value"].sum().reset_index()
        s = days.groupby("customer")["day"].agg(["size", "min", "max"])
        v["summaryFrequency"], v["summaryRecency"], v["summaryAge"] = s["size"] - 1, s["max"] - s["min"], as_of // day - s["min"]
        rest = days[days["customer"].duplicated()].groupby("customer")["value"].mean()
        v["summaryMonetary"] = rest.reindex(s.index).fillna(0)
        # Velocity: intervals, and the first browse since the order before.
        gaps = b.groupby("customer")["time"].diff() / day
        gaps = gaps[gaps > 0]
        g = gaps.groupby(b["customer"].loc[gaps.index])
        v["purchaseIntervalDaysMean"], v["purchaseIntervalDaysMedian"], v["purchaseIntervalDaysLast"] = g.mean(), g.median(), g.last()
        c = d[(d["type"] == r["purchase"]) | d["type"].isin(r["browse"])].copy()
        c["buys"] = c["type"] == r["purchase"]
        c["run"] = c["buys"].groupby(c["customer"]).cumsum() - c["buys"]
        looks = c[~c["buys"]].groupby(["customer", "run"])["time"].first()
        buys = c[c["buys"]].set_index(["customer", "run"])["time"]
        waits = ((buys - looks).dropna() / day).groupby("customer")
        v["browsedOrderCount"], v["browseToPurchaseDaysMean"], v["browseToPurchaseDaysMedian"] = waits.size(), waits.mean(), waits.median()
        v["averageOrderValue"] = b.groupby("customer")["value"].mean()
        # Product use.
        u = d[d["type"].isin(r["features"])]
        counts = u.groupby(["customer", "type"]).size().unstack(fill_value=0).reindex(v.index, fill_value=0)
        v["breadth"], v["depth"] = (counts > 0).sum(axis=1), counts.sum(axis=1)
        v["usageActiveDays"] = u.drop_duplicates(["customer", "day"]).groupby("customer").size()
        v["daysSinceLastUse"] = (as_of - u.groupby("customer")["time"].max()) / day
        v = v.join(counts.add_prefix("use"))
        # Points that fade.
        p = d[d["type"] == r["points"]]
        fading = np.exp2((p["time"] - as_of) / day / 14)
        v["behaviorScore"] = 3 * fading.groupby(p["customer"]).sum()
        # Engagement: ranks among the others, and decay.
        rank = lambda x: (x.rank(method="min") - 1) / (len(x) - 1)
        v["engagement"] = .5 * rank(v["eventsPerWeek"]) + .25 * rank(v["orderCount"]) + .25 * np.exp2(-v["daysSinceLastActivity"] / 14)
        return v
    seconds, v = timed(job)
    return seconds, {name: round(float(v[name].sum()), 2) for name in r["sums"]}

def summary_pandas(r):
    df = shared_frame(r)
    def job():
        d = df[(df["type"] == r["purchase"]) & (df["time"] <= r["asOf"])]
        # One row a customer and a day, then the four numbers: what lifetimes does, without its slow dates.
        days = d.assign(day=(d["time"] // 86400000).astype(np.int32)).groupby(["customer", "day"], sort=True)["value"].sum().reset_index()
        g = days.groupby("customer", sort=True)
        t = g["day"].agg(["size", "min", "max"])
        rest = days[days["customer"].duplicated()].groupby("customer")["value"].mean()
        return pd.DataFrame({"frequency": t["size"] - 1, "recency": t["max"] - t["min"], "age": r["asOf"] // 86400000 - t["min"], "monetary": rest.reindex(t.index).fillna(0)})
    seconds, t = timed(job)
    return seconds, {"buyers": len(t), "repeats": int(t["frequency"].sum()), "recency": int(t["recency"].sum()), "age": int(t["age"].sum())}

def texts(prefix, codes):
    # Strings of their own for every row and lap: Python keeps a string's hash once it is known.
    return np.array([prefix + str(c) for c in codes], dtype=object)

def deduplicate_pandas(r):
    ids = texts("event-", load(r["id"]))
    df = pd.DataFrame({"id": pd.Categorical(ids) if r["encoded"] else ids, "time": load(r["time"])})
    seconds, d = timed(lambda: df.drop_duplicates("id"))
    return seconds, {"kept": len(d)}

def stitch_scipy(r):
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    a, b = texts("user-", load(r["a"])), texts("cookie-", load(r["b"]))
    def job():
        codes, found = pd.factorize(np.concatenate([a, b]))
        graph = coo_matrix((np.ones(len(a), np.int8), (codes[:len(a)], codes[len(a):])), shape=(len(found), len(found)))
        return connected_components(graph, directed=False)[0]
    seconds, persons = timed(job)
    return seconds, {"persons": int(persons)}

def pseudonyms_hmac(r):
    import hmac
    key, people = bytes(range(32)), ["customer-%d@example.org" % i for i in range(r["count"])]
    seconds, found = timed(lambda: [hmac.digest(key, p.encode(), "sha256").hex() for p in people])
    return seconds, {"pseudonyms": len(set(found))}

def consent_pandas(r):
    df = pd.DataFrame({"customer": load(r["customer"]), "time": load(r["time"])})
    consents = pd.DataFrame({"granted": load(r["granted"]), "withdrawn": load(r["withdrawn"])})
    consents["customer"] = consents.index.astype(np.uint32)
    def job():
        d = df.merge(consents, on="customer", how="left")
        return df[((d["granted"] <= d["time"]) & (d["time"] < d["withdrawn"])).values]
    seconds, d = timed(job)
    return seconds, {"kept": len(d)}

def local_days_pandas(r):
    times = pd.DatetimeIndex(load(r["time"]).astype("int64") * 1_000_000, tz="UTC")
    seconds, days = timed(lambda: times.tz_convert(r["timeZone"]).normalize())
    return seconds, {"sum": int((days.tz_localize(None).asi8 // 86_400_000_000_000).sum())}

def funnel_pandas(r):
    df = pd.DataFrame({"session": load(r["session"]), "type": load(r["type"]), "time": load(r["time"])})
    df["pos"] = np.arange(len(df))
    def job():
        first = df[df["type"] == r["steps"][0]].groupby("session").agg(at=("pos", "first"), began=("time", "first"))
        counts = [len(first)]
        for code in r["steps"][1:]:
            d = df[df["type"] == code].merge(first, left_on="session", right_index=True)
            d = d[(d["pos"] > d["at"]) & (d["time"] - d["began"] <= r["windowMs"])]
            first = d.groupby("session").agg(at=("pos", "first"), began=("began", "first"))
            counts.append(len(first))
        return counts
    seconds, counts = timed(job)
    return seconds, {"reached": " ".join(map(str, counts))}

def transitions_pandas(r):
    df = pd.DataFrame({"customer": load(r["customer"]), "time": load(r["time"]), "type": load(r["type"])})
    def job():
        d = df.sort_values(["customer", "time"])
        who, kind = d["customer"].values, d["type"].values
        same = who[1:] == who[:-1]
        return pd.DataFrame({"from": kind[:-1][same], "to": kind[1:][same]}).groupby(["from", "to"]).size()
    seconds, counts = timed(job)
    return seconds, {"pairs": len(counts), "steps": int(counts.sum())}

def dbscan(r):
    from sklearn.cluster import DBSCAN
    X = load(r["values"]).reshape(-1, r["columns"])
    seconds, m = timed(lambda: DBSCAN(eps=r["epsilon"], min_samples=r["minPoints"], n_jobs=-1).fit(X))
    return seconds, {"clusters": int(m.labels_.max() + 1), "noise": int((m.labels_ < 0).sum()), "core": len(m.core_sample_indices_)}

def isolation_forest(r):
    from sklearn.ensemble import IsolationForest
    from sklearn.metrics import roc_auc_score
    X, odd = matrix(r["values"], r["columns"]), load(r["odd"])
    seconds, scores = timed(lambda: IsolationForest(n_estimators=100, max_samples=256, random_state=1, n_jobs=r["jobs"]).fit(X).score_samples(X))
    return seconds, {"auc": float(roc_auc_score(odd, -scores))}

def tree(r):
    import fastcluster, scipy.cluster.hierarchy
    X, linkage = matrix(r["values"], r["columns"]), r["linkage"]
    vector = linkage in ("ward", "single")
    fast = fastcluster.linkage_vector if vector else fastcluster.linkage
    seconds, Z = timed(lambda: (fast if r["library"] == "fastcluster" else scipy.cluster.hierarchy.linkage)(X, linkage))
    return seconds, {"last": float(Z[-1, 2]), "sum": float(Z[:, 2].sum())}

def logistic(r):
    from sklearn.linear_model import LogisticRegression
    X, y = matrix(r["values"], r["columns"]), load(r["outcome"])
    seconds, m = timed(lambda: LogisticRegression(C=1 / r["l2"], solver=r["solver"], tol=1e-4, max_iter=500).fit(X, y))
    w, z = m.coef_[0], X @ m.coef_[0] + m.intercept_[0]
    rest = 1 / (1 + np.exp(-z)) - y
    gradient = np.append(X.T @ rest + r["l2"] * w, rest.sum())
    objective = float((np.logaddexp(0, z) - y * z).sum() + r["l2"] / 2 * w @ w)
    return seconds, {"objective": objective, "gradientNorm": float(abs(gradient).max() / len(y)), "iterations": int(m.n_iter_[0])}

def cox(r):
    from statsmodels.duration.hazard_regression import PHReg
    X, t, e = matrix(r["values"], r["columns"]), load(r["durations"]), load(r["events"])
    seconds, m = timed(lambda: PHReg(t, X, status=e, ties="efron").fit())
    return seconds, {"objective": float(m.llf), "gradientNorm": float(abs(m.model.score(m.params)).max() / len(t))}

def cox_r(r):
    import subprocess
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cox.R")
    files = [os.path.join(FOLDER, r[name]) for name in ("values", "durations", "events")]
    said = subprocess.run(["Rscript", script, *files, str(r["columns"]), r["entry"]], check=True, capture_output=True, text=True).stdout
    seconds, objective, iterations = map(float, said.split())
    return seconds, {"objective": objective, "iterations": iterations}

def sarimax(r):
    from statsmodels.tsa.statespace.sarimax import SARIMAX
    y = load(r["values"])
    fit = lambda: SARIMAX(y, order=r["order"], seasonal_order=r["seasonal"], simple_differencing=True).fit(disp=False)
    seconds, m = timed(fit)
    return seconds, {"logLikelihood": float(m.llf), "iterations": int(m.mle_retvals["iterations"])}

def linear(r):
    from sklearn.linear_model import LinearRegression
    X, y = matrix(r["values"], r["columns"]), load(r["target"])
    seconds, m = timed(lambda: LinearRegression().fit(X, y))
    rest = y - m.predict(X)
    return seconds, {"coefficients": float(m.coef_ @ m.coef_), "sigma": float(np.sqrt(rest @ rest / (len(y) - X.shape[1] - 1)))}

def bg_nbd(r):
    from scipy.optimize import minimize
    from scipy.special import digamma, expit, gammaln
    (x, t, T), w = matrix(r["rows"], 3).T.copy(), load(r["weight"])
    n, scale, some = w.sum(), (load(r["weight"]) @ matrix(r["rows"], 3)[:, 2]) / w.sum(), x > 0
    t, T, before = t / scale, T / scale, np.where(x > 0, x - 1, 0)

    def loss(u):
        p, al, a, b = np.exp(u)
        lt, lT = np.log(al + t), np.log(al + T)
        z = np.where(some, np.log(a) - np.log(b + before) + (p + x) * (lT - lt), -np.inf)
        gone = expit(z)
        value = gammaln(p + x) - gammaln(p) + p * np.log(al) - (p + x) * lT + np.logaddexp(0, z)
        value += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        both = digamma(a + b) - digamma(a + b + x)
        slopes = [p * (digamma(p + x) - digamma(p) + np.log(al) - lT + gone * (lT - lt)),
                  p - al * (p + x) * ((1 - gone) / (al + T) + gone / (al + t)),
                  a * both + gone,
                  b * (both + digamma(b + x) - digamma(b) - gone / (b + before))]
        return -(w @ value) / n, -np.array([w @ s for s in slopes]) / n

    seconds, m = timed(lambda: minimize(loss, np.log([1, 1, 1, 1]), jac=True, method="L-BFGS-B", options={"ftol": 1e-13, "gtol": 1e-6, "maxiter": 1000}))
    p, al, a, b = np.exp(m.x)
    quality = {"logLikelihood": float(-m.fun * n - (w @ x) * np.log(scale)), "gradientNorm": float(np.linalg.norm(m.jac)), "iterations": int(m.nit)}
    return seconds, {**quality, "r": float(p), "alpha": float(al * scale), "a": float(a), "b": float(b)}

def proportions(r):
    from statsmodels.stats.proportion import proportions_ztest
    rows = matrix(r["counts"], 4)
    seconds, p = timed(lambda: [proportions_ztest((a, c), (n, m))[1] for a, n, c, m in rows])
    return seconds, {"meanP": float(np.nanmean(p))}

def stl(r):
    from statsmodels.tsa.seasonal import STL
    rows = matrix(r["values"], r["columns"])
    seconds, fits = timed(lambda: [STL(y, period=7, robust=r["robust"]).fit() for y in rows])
    middle = r["columns"] >> 1
    return seconds, {"trend": float(sum(f.trend[middle] for f in fits)), "seasonal": float(sum(abs(f.seasonal[middle]) for f in fits))}

JOBS = {"stl": stl, "proportions": proportions, "bg_nbd": bg_nbd, "cox": cox, "cox-r": cox_r, "linear": linear, "sarimax": sarimax, "logistic": logistic, "transitions-pandas": transitions_pandas, "funnel-pandas": funnel_pandas, "isolation-forest": isolation_forest, "dbscan": dbscan, "tree": tree, "dictionary-pandas": dictionary_pandas, "pca-numpy": pca_numpy, "pca-sklearn": pca_sklearn, "impute-neighbors": impute_neighbors, "kmeans": kmeans, "seeding": seeding, "elbow": elbow, "silhouette": silhouette, "sessions-numpy": sessions_numpy, "sessions-pandas": sessions_pandas, "path-pandas": pandas_path, "rfm-pandas": rfm_pandas, "summary-pandas": summary_pandas, "view-pandas": view_pandas, "deduplicate-pandas": deduplicate_pandas, "stitch-scipy": stitch_scipy, "pseudonyms-hmac": pseudonyms_hmac, "consent-pandas": consent_pandas, "local-days-pandas": local_days_pandas}
print(f"scikit-learn {sklearn.__version__}, numpy {np.__version__}, pandas {pd.__version__}", flush=True)
for line in sys.stdin:
    request = json.loads(line); seconds, quality = JOBS[request.pop("job")](request)
    print(json.dumps({"seconds": seconds, "quality": quality}), flush=True)
