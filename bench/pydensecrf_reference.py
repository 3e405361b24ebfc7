"""pydensecrf's least times for the cases of the JSON argument, and its labels.

Argument: {"folder", "width", "height", "cases": [{"labels", "iterations"}, ...]}; the folder holds
          image.u8 (h x w x 3) and unary<labels>.f32 (labels x h x w).
Output:   [{"build", "total"}, ...], milliseconds; the folder gets labels<case>.u8 (h x w).
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


answer = []
for i, case in enumerate(request["cases"]):
    path = os.path.join(folder, "unary%d.f32" % case["labels"])
    unary = np.ascontiguousarray(np.fromfile(path, np.float32).reshape(case["labels"], -1))
    builds, totals = [], []
    for _ in range(4):
        start = time.perf_counter()
        crf = build(unary)
        builds.append(time.perf_counter() - start)
        q = np.array(crf.inference(case["iterations"]))
        totals.append(time.perf_counter() - start)
    labels = q.argmax(axis=0).astype(np.uint8)
    labels.tofile(os.path.join(folder, "labels%d.u8" % i))
    answer.append({"build": 1e3 * min(builds), "total": 1e3 * min(totals)})
print(json.dumps(answer))
