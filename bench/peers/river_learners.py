# Rows a learner of River predicts and learns in a second of CPU, one after the other: python river_learners.py DATA.csv.gz ROWS PASSES EXPRESSION
# Prints a line a pass: rows a second of CPU, and the share of right answers. Called by bench/peers.ts.
import csv, gzip, sys, time

from river import (anomaly, cluster, drift, ensemble, facto, forest, linear_model, naive_bayes, neighbors, optim,
                   preprocessing, reco, rules, tree)

path, rows, passes, expression = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
data = []
with gzip.open(path, "rt") as file:
    for row in list(csv.DictReader(file))[:rows]:
        label = 1 if row.popitem()[1].strip() == "UP" else 0
        data.append(({name: float(value) for name, value in row.items()}, label))

for _ in range(passes):
    model = eval(expression)
    scores = "HalfSpaceTrees" in expression
    right = 0
    start = time.process_time()
    for x, y in data:
        if scores:
            model.score_one(x)
            model.learn_one(x)
            continue
        if "GaussianScorer" in expression:
            model.score_one(None, x["nswprice"])
            model.learn_one(None, x["nswprice"])
            continue
        if "reco." in expression:
            model.predict_one(x["period"], x["day"])
            model.learn_one(x["period"], x["day"], y)
            continue
        if "cluster." in expression:
            model.predict_one(x)
            model.learn_one(x)
            continue
        if "rules." in expression:
            model.predict_one(x)
            model.learn_one(x, x["nswdemand"])
            continue
        votes = model.predict_proba_one(x)
        right += (max(votes, key=votes.get) if votes else 0) == y
        model.learn_one(x, y)
    print(len(data) / (time.process_time() - start), right / len(data), flush=True)
