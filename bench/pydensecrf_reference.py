"""pydensecrf, a case at a time, for as many turns as are asked for.

Argument: {"folder", "width", "height"}; the folder holds image.u8 (h x w x 3) and
          unary<labels>.f32 (labels x h x w).
Input:    lines of {"labels", "iterations", "keep"}; with "keep" the folder gets q.f32 (labels x h x w).
Output:   "ready"; then for each line {"build", "total", "cpu_build", "cpu"}, milliseconds.
"""
import json
import os
import sys
import time

import numpy as np
import pydensecrf.densecrf as dcrf

request = json.loads(sys.argv[1])
folder, width, height = request["folder"], request["width"], request["height"]
image = np.fromfile(os.path.join(folder, "image.u8"), np.uint8).reshape(height, width, 3)


def build(unary):
    crf = dcrf.DenseCRF2D(width, height, unary.shape[0])
    crf.setUnaryEnergy(unary)
    crf.addPairwiseGaussian(sxy=3, compat=3)
    crf.addPairwiseBilateral(sxy=80, srgb=13, rgbim=image, compat=10)
    return crf


def now():
    return 1e3 * time.perf_counter(), 1e3 * time.process_time()


print("ready", flush=True)
for line in sys.stdin:
    case = json.loads(line)
    path = os.path.join(folder, "unary%d.f32" % case["labels"])
    unary = np.ascontiguousarray(np.fromfile(path, np.float32).reshape(case["labels"], -1))
    start, cpu_start = now()
    crf = build(unary)
    built, cpu_built = now()
    q = np.array(crf.inference(case["iterations"]))
    end, cpu_end = now()
    if case["keep"]:
        q.astype(np.float32).tofile(os.path.join(folder, "q.f32"))
    answer = {"build": built - start, "total": end - start}
    answer.update({"cpu_build": cpu_built - cpu_start, "cpu": cpu_end - cpu_start})
    print(json.dumps(answer), flush=True)
