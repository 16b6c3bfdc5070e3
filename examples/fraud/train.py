"""Trains the model of the fraud example and writes it as ONNX. Not needed to run the example: fraud.onnx is committed.

    node examples/fraud/make.ts --to made --handbook transactions.parquet
    npx millrace import made/payments.jsonl --to payments --file examples/fraud/fraud.ts --end
    npx millrace import made/reports.jsonl --to reports --file examples/fraud/fraud.ts --end
    npx millrace dataset examples/fraud/fraud.ts --as ideal --from 2018-07-25T00:00Z --to 2018-08-15T00:00Z --out fraud.parquet
    python3 -m venv venv
    venv/bin/pip install lightgbm==4.7.0 onnx==1.23.2 onnxruntime==1.32.0 numpy pyarrow scikit-learn
    venv/bin/python examples/fraud/train.py fraud.parquet examples/fraud/fraud.onnx

As the Handbook does: trained on the payments of 2018-07-25 to 31, whose labels are all there on 2018-08-08, and judged by those of
2018-08-08 to 14. How trees become ONNX is said in examples/flights/train.py.
"""

import argparse
import importlib.util
import json
import pathlib

import lightgbm
import numpy as np
import pyarrow.parquet as parquet
from sklearn.metrics import average_precision_score, roc_auc_score

FLIGHTS = pathlib.Path(__file__).parent.parent / "flights" / "train.py"
PARAMETERS = {
    "objective": "binary",
    "max_depth": 5,
    "num_leaves": 31,
    "learning_rate": 0.1,
    "min_data_in_leaf": 20,
    "lambda_l2": 10.0,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
TREES = 100


def milliseconds(day):
    return int(np.datetime64(day, "ms").astype(np.int64))


def main():
    parser = argparse.ArgumentParser(description="Trains the model of the fraud example.")
    parser.add_argument("dataset", type=pathlib.Path, help="Parquet written by `millrace dataset`")
    parser.add_argument("model", type=pathlib.Path, help="ONNX file to write")
    arguments = parser.parse_args()

    spec = importlib.util.spec_from_file_location("flights", FLIGHTS)
    flights = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(flights)

    rows, label, time, names = flights.read(arguments.dataset)
    train = time < milliseconds("2018-08-01")
    test = time >= milliseconds("2018-08-08")
    booster = lightgbm.train(
        PARAMETERS, lightgbm.Dataset(rows[train], label[train], feature_name=names), num_boost_round=TREES)

    dataset = json.loads(parquet.read_schema(arguments.dataset).metadata[b"millrace.dataset"])
    trained = "2018-07-25T00:00Z to 2018-08-01T00:00Z"
    content = flights.onnx_model(booster, names, dataset, example="fraud", graph_name="fraud", trained=trained)
    difference = flights.check_equal(booster, content, rows[test])
    said = booster.predict(rows[test])
    print(
        f"2018-08-08 to 14: {test.sum():,} payments, average precision {average_precision_score(label[test], said):.4f}, "
        f"AUC {roc_auc_score(label[test], said):.4f}; greatest difference to ONNX Runtime {difference:.2e}")
    arguments.model.write_bytes(content)
    print(f"{arguments.model}: {len(content):,} bytes, {len(names)} features")


if __name__ == "__main__":
    main()
