"""Snippets of C by which a kernel hears of signals: it asks Python, and ends where a handler raises.

for (int64_t t = 0; t < steps; t++) {
    if (--turns < 0 && (turns = keep_on(&results->patience)) < 0) goto interrupted;

`turns` is counted down in a register. Where it ends, `keep_on` looks at the clock, and each tenth of a second
it lets Python run the handlers of its signals. What one raises is kept until the kernel is over.
"""

_PATIENCE = """
/* When a kernel last looked at the clock and asked Python for signals, and what their handlers raised. */
struct patience {
    double looked, asked;
    int64_t turns, pace;
    PyObject *raised[3];
    int raises;
    int bound;  /* 1: it changes arguments of which nobody keeps a copy, so it stops when asked twice */
};
"""
_FIRST_TURNS = """
/* turns without a look at the clock: a millisecond at most, by the estimated time of one, and not many */
static inline int64_t first_turns(double time)
{
    return time < 6e5 ? 16 : time < 1e7 ? (int64_t)(1e7 / time) : 1;
}
"""
_KEEP_RAISED = """
/* with the GIL: takes the exception that is set; the first one counts */
NOINLINE void keep_raised(struct patience *patience)
{
    patience->raises++;
    if (patience->raised[0] != NULL)
        PyErr_Clear();
    else
        PyErr_Fetch(&patience->raised[0], &patience->raised[1], &patience->raised[2]);
}
"""
_KEEP_ON = """
/* The turns until the next call, or -1 where the handler of a signal has raised an exception. */
NOINLINE int64_t keep_on(struct patience *patience)
{
    struct timespec clock;
    clock_gettime(CLOCK_MONOTONIC, &clock);
    const double now = (double)clock.tv_sec + 1e-9 * (double)clock.tv_nsec, since = now - patience->looked;
    if (since > 2e-2)
        patience->turns = patience->turns / 4 + 1;
    else if (since < 1e-3 && patience->turns < 10000)
        patience->turns *= 2;
    patience->looked = now;
    patience->asked = patience->asked == 0 ? now : patience->asked;
    if (now - patience->asked > 0.1) {
        const PyGILState_STATE gil = PyGILState_Ensure();
        if (PyErr_CheckSignals() < 0)
            keep_raised(patience);
        PyGILState_Release(gil);
        clock_gettime(CLOCK_MONOTONIC, &clock);
        patience->asked = patience->looked = (double)clock.tv_sec + 1e-9 * (double)clock.tv_nsec;
    }
    return patience->raises > patience->bound ? -1 : patience->turns;
}
"""
_KEEP_PACE = """
/* the same in a parallel loop, where one thread asks and the others do as it does */
NOINLINE int64_t keep_pace(struct patience *patience)
{
    int64_t turns;
    if (omp_get_thread_num() == 0) {
        turns = keep_on(patience);
        #pragma omp atomic write
        patience->pace = turns;
        return turns;
    }
    #pragma omp atomic read
    turns = patience->pace;
    return turns == 0 ? 1 : turns;
}
"""
_RAISE_AGAIN = """
/* with the GIL: what was kept, in place of an answer */
NOINLINE PyObject *raise_again(struct patience *patience, PyObject *answer)
{
    if (patience->raised[0] == NULL)
        return answer;
    Py_DecRef(answer);
    PyErr_Restore(patience->raised[0], patience->raised[1], patience->raised[2]);
    return NULL;
}
"""
_ONCE_MORE = """
/* With the GIL, after a call that has raised: the handler of a signal may have done that, so the call is made
   once more. One that raises again does so by itself. */
NOINLINE bool once_more(struct patience *patience, int *tries)
{
    const bool is_first = *tries == 0, is_mine = *tries == 1;
    *tries = patience->raised[0] == NULL ? 1 : 2;
    if (is_first) {
        keep_raised(patience);
        return true;
    }
    PyErr_Clear();
    patience->raises--;
    for (int k = 0; k < 3 && is_mine; k++) {
        Py_DecRef(patience->raised[k]);
        patience->raised[k] = NULL;
    }
    return false;
}
"""
_WRITE_ALL = """
/* With the GIL: what a library call has given goes to its places, all of it. No code of Python runs here, so
   no handler of a signal can come between. */
NOINLINE bool write_all(PyObject *answer)
{
    if (answer == NULL)
        return false;
    PyObject *const write = PyObject_GetAttrString(runtime, "write");
    bool succeeded = write != NULL;
    for (Py_ssize_t k = 0; succeeded && k < PyTuple_Size(answer); k++) {
        PyObject *const done = PyObject_Call(write, PyTuple_GetItem(answer, k), NULL);
        succeeded = done != NULL;
        Py_DecRef(done);
    }
    if (!succeeded)
        PyErr_Clear();
    Py_DecRef(write);
    Py_DecRef(answer);
    return succeeded;
}
"""
_EARLIER = """
/* an argument that is changed in place, and what it was before */
struct earlier {
    void *const home;
    const size_t bytes;
    void *copy;
};
"""
_KEEP_BEFORE = """
/* Keeps the arguments as they are where what comes, in units of about 0.1 ns, takes so long that this is no
   loss. Then the kernel may stop at once. */
NOINLINE void keep_before(struct patience *patience, struct earlier *earlier, int count, double time,
                          double least, double per_byte)
{
    double bytes = 0;
    for (int k = 0; k < count; k++)
        bytes += (double)earlier[k].bytes;
    bool is_kept = time >= least && time >= per_byte * bytes;
    for (int k = 0; k < count && is_kept; k++) {
        earlier[k].copy = malloc(earlier[k].bytes + 1);
        is_kept = earlier[k].copy != NULL;
        if (is_kept)
            memcpy(earlier[k].copy, earlier[k].home, earlier[k].bytes);
    }
    patience->bound = !is_kept;
}
"""
_PUT_BACK = """
NOINLINE void put_back(const struct patience *patience, const struct earlier *earlier, int count)
{
    for (int k = 0; k < count && !patience->bound; k++)
        if (earlier[k].copy != NULL)
            memcpy(earlier[k].home, earlier[k].copy, earlier[k].bytes);
}
"""

PATIENCE_SINGLE: dict[str, str] = {
    "patience": _PATIENCE,
    "first_turns": _FIRST_TURNS,
    "keep_raised": _KEEP_RAISED,
    "keep_on": _KEEP_ON,
    "keep_pace": _KEEP_PACE,
    "raise_again": _RAISE_AGAIN,
    "once_more": _ONCE_MORE,
    "write_all": _WRITE_ALL,
    "earlier": _EARLIER,
    "keep_before": _KEEP_BEFORE,
    "put_back": _PUT_BACK,
    "INTERRUPTED": "#define INTERRUPTED -3",
}
