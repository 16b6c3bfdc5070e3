"""Trains the model of the flights example and writes it as ONNX. Not needed to run the example: late.onnx is committed.

    npm start                                                          # fills the log
    npx millrace dataset examples/flights/flights.ts --as served --out flights.parquet
    python3 -m venv venv
    venv/bin/pip install lightgbm==4.7.0 onnx==1.23.2 onnxruntime==1.32.0 numpy pyarrow scikit-learn
    venv/bin/python examples/flights/train.py flights.parquet examples/flights/late.onnx

Reads a point-in-time dataset: one number column a feature, `label` (late or not, empty where no landing was joined) and
`time` (milliseconds since 1970, or a timestamp; UTC). Trains 100 trees of depth 6 on what departed before 2001-04-01 and
reports on the rest.

The ONNX graph takes the very branches LightGBM takes: features are float32 before training, thresholds are rounded down
to float32 (a float32 x is <= t if and only if it is <= the greatest float32 that is <= t), and a missing value goes where
LightGBM sends it. Nothing is written when a probability differs from LightGBM's by 1e-6 or more.

Beside the model it writes its SHA-256 (`late.onnx.sha256`), and LightGBM's own probabilities of some rows
(`late.golden.json`), which a test holds against what Millrace gives. The order of the features, and what the dataset says of itself
(its digest and the offsets of its rows), are in the model's metadata (`millrace.features`, `millrace.dataset`), and so in every receipt.
"""

import argparse
import hashlib
import json
import pathlib

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pyarrow as arrow
import pyarrow.parquet as parquet
from onnx import TensorProto, helper
from sklearn.metrics import log_loss, roc_auc_score

SPLIT = int(np.datetime64("2001-04-01", "ms").astype(np.int64))
NOT_FEATURES = {"label", "time", "id", "row"}
TREES = 100
# The size of the trees is the example's; the rest was chosen on March, by models trained on January and February.
PARAMETERS = {
    "objective": "binary",
    "max_depth": 6,
    "num_leaves": 63,
    "learning_rate": 0.2,
    "min_data_in_leaf": 500,
    "lambda_l2": 10.0,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}


def read(path):
    """Rows with a label: features in float32, labels, times in ms, and the names of the features."""
    table = parquet.read_table(path)
    names = [name for name in table.column_names if name not in NOT_FEATURES]

    def numbers(name):
        column = table[name]
        if arrow.types.is_timestamp(column.type):
            column = column.cast(arrow.timestamp("ms")).cast(arrow.int64())
        return column.cast(arrow.float64()).to_numpy(zero_copy_only=False)

    label = numbers("label")
    rows = np.empty((table.num_rows, len(names)), np.float32)
    for i, name in enumerate(names):
        rows[:, i] = numbers(name)
    kept = ~np.isnan(label)
    return rows[kept], label[kept], numbers("time")[kept], names


def float32_at_most(value):
    """The greatest float32 that is not above a double."""
    with np.errstate(over="ignore"):
        rounded = np.float32(value)
    return float(rounded if float(rounded) <= value else np.nextafter(rounded, np.float32(-np.inf)))


def missing_goes_left(node):
    """LightGBM sends NaN the learned way where it saw NaN in training, and takes it for 0 elsewhere."""
    if node["missing_type"] == "NaN":
        return bool(node["default_left"])
    if node["missing_type"] != "None":
        raise SystemExit(f"missing type {node['missing_type']} is not handled; train without zero_as_missing")
    return node["threshold"] >= 0.0


def flatten(node, nodes):
    """Appends a node of LightGBM's dump and all below it as (node, true child, false child); returns its number."""
    number = len(nodes)
    nodes.append(None)
    if "leaf_value" in node:
        nodes[number] = (node, 0, 0)
        return number
    if node["decision_type"] != "<=":
        raise SystemExit(f"decision {node['decision_type']} is not handled; train without categorical features")
    true = flatten(node["left_child"], nodes)
    nodes[number] = (node, true, flatten(node["right_child"], nodes))
    return number


def tree_attributes(booster):
    """The attributes of TreeEnsembleRegressor (ai.onnx.ml 3)."""
    nodes = {key: [] for key in (
        "treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids",
        "missing_value_tracks_true")}
    target = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}

    def append(to, **values):
        for key, value in values.items():
            to[key].append(value)

    for tree, info in enumerate(booster.dump_model()["tree_info"]):
        flat = []
        flatten(info["tree_structure"], flat)
        for number, (node, true, false) in enumerate(flat):
            leaf = "leaf_value" in node
            append(
                nodes, treeids=tree, nodeids=number, truenodeids=true, falsenodeids=false,
                modes="LEAF" if leaf else "BRANCH_LEQ",
                featureids=0 if leaf else node["split_feature"],
                values=0.0 if leaf else float32_at_most(node["threshold"]),
                missing_value_tracks_true=0 if leaf else int(missing_goes_left(node)))
            if leaf:
                append(target, treeids=tree, nodeids=number, ids=0, weights=node["leaf_value"])
    return {f"nodes_{key}": value for key, value in nodes.items()} | {
        f"target_{key}": value for key, value in target.items()}


def onnx_model(booster, names, dataset, example="flights", graph_name="late", trained="< 2001-04-01T00:00Z"):
    trees = helper.make_node(
        "TreeEnsembleRegressor", ["features"], ["score"], domain="ai.onnx.ml",
        n_targets=1, aggregate_function="SUM", post_transform="NONE", **tree_attributes(booster))
    link = helper.make_node("Sigmoid", ["score"], ["probability"])
    graph = helper.make_graph(
        [trees, link], graph_name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["rows", len(names)])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["rows", 1])])
    model = helper.make_model(
        graph, ir_version=8, producer_name=f"millrace {example} example",
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)])
    helper.set_model_props(model, {
        "millrace.features": json.dumps(names),
        "millrace.dataset": json.dumps(dataset | {"trained": trained}),
    })
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def with_holes(rows):
    """The rows as they are, the same with three values in ten taken away, and one of nothing but holes."""
    random = np.random.default_rng(1)
    holed = np.where(random.random(rows.shape) < 0.3, np.float32(np.nan), rows)
    return np.concatenate([rows, holed, np.full_like(rows[:1], np.nan)])


def check_equal(booster, content, rows):
    """The greatest difference to LightGBM's probabilities."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    ours = session.run(["probability"], {"features": rows})[0][:, 0]
    difference = float(np.abs(ours - booster.predict(rows.astype(np.float64))).max())
    if not difference < 1e-6:
        raise SystemExit(f"the ONNX graph differs from LightGBM by {difference}; nothing was written")
    return difference


def golden(booster, names, rows):
    """Rows and LightGBM's probabilities, as JSON: a missing value is null."""
    values = [[None if np.isnan(value) else float(value) for value in row] for row in rows]
    return json.dumps({
        "features": names,
        "rows": values,
        "probability": [float(value) for value in booster.predict(rows.astype(np.float64))],
    })


def report(name, label, probability, rate):
    base = log_loss(label, np.full(len(label), rate))
    print(
        f"{name}: {len(label):,} flights, AUC {roc_auc_score(label, probability):.4f}, log loss "
        f"{log_loss(label, probability):.4f} (the base rate of January to March: {base:.4f}), late {label.mean():.4f}")


def main():
    parser = argparse.ArgumentParser(description="Trains the model of the flights example.")
    parser.add_argument("dataset", type=pathlib.Path, help="Parquet written by `millrace dataset`")
    parser.add_argument("model", type=pathlib.Path, help="ONNX file to write")
    arguments = parser.parse_args()

    rows, label, time, names = read(arguments.dataset)
    early = time < SPLIT
    booster = lightgbm.train(
        PARAMETERS, lightgbm.Dataset(rows[early], label[early], feature_name=names), num_boost_round=TREES)

    dataset = json.loads(parquet.read_schema(arguments.dataset).metadata[b"millrace.dataset"])
    content = onnx_model(booster, names, dataset)
    late_rows = rows[~early]
    difference = check_equal(booster, content, with_holes(late_rows[:: len(late_rows) // 100_000 + 1]))
    rate = label[early].mean()
    report("January to March (seen)", label[early], booster.predict(rows[early]), rate)
    report("April to June (not seen)", label[~early], booster.predict(late_rows), rate)
    print(f"greatest difference between ONNX Runtime and LightGBM: {difference:.2e}")

    model = arguments.model
    model.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    model.with_name(f"{model.name}.sha256").write_text(f"{digest}  {model.name}\n")
    sample = with_holes(late_rows[:: len(late_rows) // 10 + 1])
    model.with_name(f"{model.stem}.golden.json").write_text(golden(booster, names, sample) + "\n")
    print(f"{model}: {len(content):,} bytes, {len(names)} features, sha256 {digest}")


if __name__ == "__main__":
    main()
