"""Writes pca.golden.json: principal components by scikit-learn, with the sign of the largest loading made positive.

Run: /usr/bin/python3 test/oracles/pca.py   (Debian: apt-get install python3-sklearn; made with scikit-learn 1.2.1)
`tall` is 60 × 6 with units from 0.01 to 1000, far from 0; `wide` is 5 × 8: more features than rows. `scaled` divides by
the sample standard deviation first, as R's prcomp with scale. = TRUE.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import PCA

random = np.random.RandomState(20240302)


def fitted(data):
    pca = PCA().fit(data)
    signs = np.sign(pca.components_[np.arange(len(pca.components_)), np.abs(pca.components_).argmax(axis=1)])
    return {
        "loadings": (pca.components_ * signs[:, None]).tolist(),
        "explainedVariance": pca.explained_variance_.tolist(),
        "explainedRatio": pca.explained_variance_ratio_.tolist(),
        "scores": (pca.transform(data) * signs).tolist(),
    }


mix = random.normal(size=(6, 6))
tall = np.round(random.normal(size=(60, 6)) @ mix * [1, 1000, 0.01, 5, 1, 20] + [0, 1e6, 3, -50, 1, 7], 4)
wide = np.round(random.normal(size=(5, 8)), 3)
golden = {
    "scikit-learn": sklearn.__version__,
    "tall": {"rows": tall.tolist(), "raw": fitted(tall), "scaled": fitted((tall - tall.mean(0)) / tall.std(0, ddof=1))},
    "wide": {"rows": wide.tolist(), "raw": fitted(wide)},
}
(Path(__file__).parent / "pca.golden.json").write_text(json.dumps(golden) + "\n")
