# Optimal totals of scipy's linear_sum_assignment for matrices that test/numeric/assignment.test.ts makes again.
# Run: /usr/bin/python3 test/oracles/assignment.py > test/oracles/assignment.golden.json
import json
import numpy as np
import scipy
from scipy.optimize import linear_sum_assignment

cases = []
for rows, columns in [(1, 1), (3, 3), (5, 9), (9, 5), (20, 20), (40, 25), (25, 40), (60, 60)]:
    # The same sequence of whole numbers in both languages: Lehmer's generator.
    state = 1 + rows * 1000 + columns
    costs = []
    for _ in range(rows * columns):
        state = state * 48271 % 2147483647
        costs.append(state % 101 - 50)
    matrix = np.array(costs).reshape(rows, columns)
    chosen = linear_sum_assignment(matrix)
    cases.append({"rows": rows, "columns": columns, "total": int(matrix[chosen].sum())})
print(json.dumps({"scipy": scipy.__version__, "cases": cases}, indent=2))
