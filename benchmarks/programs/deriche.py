"""deriche: a smoothing recursive filter, along the rows and then along the columns of an image.

In each direction two passes of second order, one from each end, whose results are added.
"""

import math

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Rows = list[list[float]]

SIZES = {"tiny": (6, 7), "S": (96, 64), "M": (720, 480), "L": (4096, 2160)}
OUTPUTS = ("smooth",)


def inputs(w, h):
    """alpha, image, smooth (w x h)."""
    return {"alpha": 0.25, "image": np.random.default_rng(1).random((w, h)), "smooth": np.zeros((w, h))}


def coefficients(alpha):
    """a0 ... a3 weigh the inputs, b1 and b2 the results before."""
    decay = math.exp(-alpha)
    k = (1.0 - decay) ** 2 / (1.0 + 2.0 * alpha * decay - decay**2)
    b1 = 2.0 ** (-alpha)
    return k, k * decay * (alpha - 1.0), k * decay * (alpha + 1.0), -k * decay**2, b1, -(decay**2)


def lists(alpha: float, image: Rows, smooth: Rows):
    w, h = len(image), len(image[0])
    a0, a1, a2, a3, b1, b2 = coefficients(alpha)
    forward = [[0.0] * h for _ in range(w)]
    backward = [[0.0] * h for _ in range(w)]
    for i in range(w):
        x1 = y1 = y2 = 0.0
        for j in range(h):
            forward[i][j] = a0 * image[i][j] + a1 * x1 + b1 * y1 + b2 * y2
            x1 = image[i][j]
            y2, y1 = y1, forward[i][j]
    for i in range(w):
        x1 = x2 = y1 = y2 = 0.0
        for j in range(h - 1, -1, -1):
            backward[i][j] = a2 * x1 + a3 * x2 + b1 * y1 + b2 * y2
            x2, x1 = x1, image[i][j]
            y2, y1 = y1, backward[i][j]
    for i in range(w):
        for j in range(h):
            smooth[i][j] = forward[i][j] + backward[i][j]
    for j in range(h):
        x1 = y1 = y2 = 0.0
        for i in range(w):
            forward[i][j] = a0 * smooth[i][j] + a1 * x1 + b1 * y1 + b2 * y2
            x1 = smooth[i][j]
            y2, y1 = y1, forward[i][j]
    for j in range(h):
        x1 = x2 = y1 = y2 = 0.0
        for i in range(w - 1, -1, -1):
            backward[i][j] = a2 * x1 + a3 * x2 + b1 * y1 + b2 * y2
            x2, x1 = x1, smooth[i][j]
            y2, y1 = y1, backward[i][j]
    for i in range(w):
        for j in range(h):
            smooth[i][j] = forward[i][j] + backward[i][j]


def loops(alpha: float, image: Matrix, smooth: Matrix):
    w, h = image.shape
    a0, a1, a2, a3, b1, b2 = coefficients(alpha)
    forward = np.zeros((w, h))
    backward = np.zeros((w, h))
    for i in range(w):
        x1 = y1 = y2 = 0.0
        for j in range(h):
            forward[i, j] = a0 * image[i, j] + a1 * x1 + b1 * y1 + b2 * y2
            x1 = image[i, j]
            y2, y1 = y1, forward[i, j]
    for i in range(w):
        x1 = x2 = y1 = y2 = 0.0
        for j in range(h - 1, -1, -1):
            backward[i, j] = a2 * x1 + a3 * x2 + b1 * y1 + b2 * y2
            x2, x1 = x1, image[i, j]
            y2, y1 = y1, backward[i, j]
    for i in range(w):
        for j in range(h):
            smooth[i, j] = forward[i, j] + backward[i, j]
    for j in range(h):
        x1 = y1 = y2 = 0.0
        for i in range(w):
            forward[i, j] = a0 * smooth[i, j] + a1 * x1 + b1 * y1 + b2 * y2
            x1 = smooth[i, j]
            y2, y1 = y1, forward[i, j]
    for j in range(h):
        x1 = x2 = y1 = y2 = 0.0
        for i in range(w - 1, -1, -1):
            backward[i, j] = a2 * x1 + a3 * x2 + b1 * y1 + b2 * y2
            x2, x1 = x1, smooth[i, j]
            y2, y1 = y1, backward[i, j]
    for i in range(w):
        for j in range(h):
            smooth[i, j] = forward[i, j] + backward[i, j]


def filtered(x, a0, a1, a2, a3, b1, b2):
    """The filter along the first axis, all columns at a time."""
    n = x.shape[0]
    forward = np.empty_like(x)
    backward = np.empty_like(x)
    forward[0] = a0 * x[0]
    forward[1] = a0 * x[1] + a1 * x[0] + b1 * forward[0]
    for i in range(2, n):
        forward[i] = a0 * x[i] + a1 * x[i - 1] + b1 * forward[i - 1] + b2 * forward[i - 2]
    backward[-1] = 0.0
    backward[-2] = a2 * x[-1]
    for i in range(n - 3, -1, -1):
        backward[i] = a2 * x[i + 1] + a3 * x[i + 2] + b1 * backward[i + 1] + b2 * backward[i + 2]
    return forward + backward


def arrays(alpha: float, image: Matrix, smooth: Matrix):
    a0, a1, a2, a3, b1, b2 = coefficients(alpha)
    rows = filtered(image.T, a0, a1, a2, a3, b1, b2).T
    smooth[:] = filtered(rows, a0, a1, a2, a3, b1, b2)
