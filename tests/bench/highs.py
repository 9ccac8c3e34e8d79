#!/usr/bin/env python3
"""Holds sopc against HiGHS on the same exported models.

    pip install highspy
    tests/bench/highs.py [--seconds S] [--sopc FILE] PROJECT...

Prints a row for each project: what each earns, what each proves, how long each took. Exits with 1 where the two contradict each other: a plan above the
other's bound.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import highspy


def sopc(program, project, folder):
    """Objective, bound and seconds of a plan, and the exported model."""
    plan, model = folder / "plan.json", folder / "model.mps"
    began = time.monotonic()
    subprocess.run([program, "plan", project, "--out", plan], check=True, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - began
    subprocess.run([program, "export", project, "--out", model], check=True, stderr=subprocess.DEVNULL)
    certificate = json.loads(plan.read_text())["certificate"]
    return float(certificate["objective"]), float(certificate["bound"]), seconds, model


def highs(model, limit):
    """Objective, bound and seconds of HiGHS on one thread."""
    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("time_limit", float(limit))
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.readModel(str(model))
    began = time.monotonic()
    solver.run()
    info = solver.getInfo()
    return info.objective_function_value, info.mip_dual_bound, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("projects", nargs="+")
    parser.add_argument("--seconds", type=float, default=100)
    parser.add_argument("--sopc", default="target/release/sopc")
    arguments = parser.parse_args()
    contradictions = 0
    print(f"{'project':>20} {'sopc':>14} {'bound':>14} {'s':>7} {'HiGHS':>14} {'bound':>14} {'s':>7}")
    for project in arguments.projects:
        with tempfile.TemporaryDirectory() as folder:
            ours, our_bound, our_time, model = sopc(arguments.sopc, project, pathlib.Path(folder))
            theirs, their_bound, their_time = highs(model, arguments.seconds)
        name = pathlib.Path(project).name
        print(f"{name:>20} {ours:14.2f} {our_bound:14.2f} {our_time:7.2f} {theirs:14.2f} {their_bound:14.2f} {their_time:7.2f}", flush=True)
        # Payments are rounded in plans and not in the exported model: a cent a line.
        slack = 1e-6 * abs(our_bound) + 1.0
        if theirs > our_bound + slack or ours > their_bound + slack:
            print(f"{name}: a plan above the other's bound")
            contradictions += 1
    sys.exit(1 if contradictions else 0)


if __name__ == "__main__":
    main()
