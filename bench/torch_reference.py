"""PyTorch's times for the cases given as JSON on standard input, one thread, least of several runs.

Input:  [{"name", "x", "w", "stride", "padding", "dilation", "groups"}, {"name", "a", "b"} or
         {"name", "step": repeats}, {"name", "network", "size", "trains"}, ...]
Output: {name: [forward, gradient by the first input, gradient by the second]}, milliseconds; for the
        training step of bench/step.ts {name: {"ms": [...], "losses": [...]}}; for a network of
        torchvision [forward, step of training].
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
    if "step" in case:
        return step(case["step"])
    if "network" in case:
        return network(case)
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


def network(case):
    """A photograph through a network of torchvision, and a step with batch norms frozen, as bench/networks.ts."""
    import torchvision.models

    net = getattr(torchvision.models, case["network"])(weights=None).eval()
    features = net.features if hasattr(net, "features") else torch.nn.Sequential(*list(net.children())[:-2])
    x = torch.randn(1, 3, *case["size"])
    with torch.no_grad():
        forward = least(lambda: features(x))
    if not case["trains"]:
        return [forward]
    trained = []
    for name, tensor in net.named_parameters():
        tensor.requires_grad_(name.startswith("layer") and ".bn" not in name and ".downsample.1" not in name)
        if tensor.requires_grad:
            trained.append(tensor)
    optimizer = torch.optim.SGD(trained, lr=1e-6)

    def train():
        optimizer.zero_grad()
        features(x).sum().backward()
        optimizer.step()

    return [forward, least(train)]


def ramp(shape, scale):
    """The same pseudo-random values as bench/step.ts, in [-scale, scale)."""
    size = torch.Size(shape).numel()
    values = (torch.arange(size) * 7919 % 1009).double() / 1009
    return ((2 * values - 1) * scale).float().reshape(shape)


def step(repeats):
    """Milliseconds of each training step and the first losses, as in bench/step.ts."""
    shapes = [(16, 3, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3), (64, 64, 3, 3), (21, 64, 1, 1)]
    moves = [
        {"padding": 1},
        {"padding": 1, "stride": 2},
        {"padding": 1, "stride": 2},
        {"padding": 2, "dilation": 2},
        {},
    ]
    weights = [ramp(s, (6 / (s[1] * s[2] * s[3])) ** 0.5).requires_grad_() for s in shapes]
    biases = [torch.zeros(s[0], requires_grad=True) for s in shapes]
    optimizer = torch.optim.SGD([*weights, *biases], lr=0.01, momentum=0.9)
    x = ramp((4, 3, 96, 96), 1.0)
    labels = (torch.arange(4 * 96 * 96) // 7 % 21).reshape(4, 96, 96)
    ms, losses = [], []
    for _ in range(repeats):
        start = time.perf_counter()
        y = x
        for w, b, how in zip(weights[:4], biases, moves):
            y = F.relu(F.conv2d(y, w, b, **how))
        y = F.interpolate(y, scale_factor=4, mode="bilinear", align_corners=False)
        loss = F.cross_entropy(F.conv2d(y, weights[4], biases[4]), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        ms.append(1e3 * (time.perf_counter() - start))
        losses.append(loss.item())
    return {"ms": ms, "losses": losses[:3]}


print(json.dumps({case["name"]: times(case) for case in json.load(sys.stdin)}))
