"""PyTorch's times for the cases given as JSON on standard input, one thread, least of several runs.

Input:  [{"name", "x", "w", "stride", "padding", "dilation", "groups"} or {"name", "a", "b"}, ...]
Output: {name: [forward, gradient by the first input, gradient by the second]}, milliseconds.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def least(compute, seconds=0.4):
    compute()
    runs, end = [], time.perf_counter() + seconds
    while len(runs) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        compute()
        runs.append(time.perf_counter() - start)
    return 1e3 * min(runs)


def times(case):
    if "a" in case:
        inputs = [torch.randn(case["a"], requires_grad=True), torch.randn(case["b"], requires_grad=True)]
        op = torch.matmul
    else:
        inputs = [torch.randn(case["x"], requires_grad=True), torch.randn(case["w"], requires_grad=True)]
        how = {key: case[key] for key in ("stride", "padding", "dilation", "groups") if key in case}
        op = lambda x, w: F.conv2d(x, w, **how)
    y = op(*inputs)
    dy = torch.randn_like(y)
    with torch.no_grad():
        forward = least(lambda: op(*inputs))
    gradients = [least(lambda: torch.autograd.grad(y, i, dy, retain_graph=True)) for i in inputs]
    return [forward, *gradients]


print(json.dumps({case["name"]: times(case) for case in json.load(sys.stdin)}))
