"""Snippets of C that speak with CPython and the runtime; CPython's stable ABI is declared, not included."""

_API = """
/* the part of CPython's stable ABI that is used here */
typedef struct _object PyObject;
typedef struct _ts PyThreadState;
typedef intptr_t Py_ssize_t;
typedef struct {
    void *buf;
    PyObject *obj;
    Py_ssize_t len, itemsize;
    int readonly, ndim;
    char *format;
    Py_ssize_t *shape, *strides, *suboffsets;
    void *internal;
} Py_buffer;
typedef struct {
    const char *ml_name;
    PyObject *(*ml_meth)(PyObject *, PyObject *);
    int ml_flags;
    const char *ml_doc;
} PyMethodDef;
typedef int PyGILState_STATE;
"""
# Functions of CPython: each is declared where it is used.
_FUNCTIONS = """
PyObject *Py_BuildValue(const char *, ...);
PyObject *PyTuple_GetItem(PyObject *, Py_ssize_t);
PyObject *PyCMethod_New(PyMethodDef *, PyObject *, PyObject *, PyObject *);
PyObject *PyErr_NoMemory(void);
PyObject *PyErr_Occurred(void);
int PyErr_CheckSignals(void);
void PyErr_Fetch(PyObject **, PyObject **, PyObject **);
void PyErr_Restore(PyObject *, PyObject *, PyObject *);
void PyErr_Clear(void);
void Py_IncRef(PyObject *);
void Py_DecRef(PyObject *);
int PyObject_GetBuffer(PyObject *, Py_buffer *, int);
void PyBuffer_Release(Py_buffer *);
PyThreadState *PyEval_SaveThread(void);
void PyEval_RestoreThread(PyThreadState *);
PyObject *PyObject_CallMethod(PyObject *, const char *, const char *, ...);
PyObject *PyObject_GetAttrString(PyObject *, const char *);
PyObject *PyMemoryView_FromMemory(char *, Py_ssize_t, int);
PyObject *PyTuple_New(Py_ssize_t);
Py_ssize_t PyTuple_Size(PyObject *);
PyObject *PyObject_Call(PyObject *, PyObject *, PyObject *);
int PyTuple_SetItem(PyObject *, Py_ssize_t, PyObject *);
PyGILState_STATE PyGILState_Ensure(void);
void PyGILState_Release(PyGILState_STATE);
PyObject *PyNumber_Index(PyObject *);
long long PyLong_AsLongLong(PyObject *);
unsigned long long PyLong_AsUnsignedLongLong(PyObject *);
double PyFloat_AsDouble(PyObject *);
int PyObject_IsTrue(PyObject *);
PyObject *PyBool_FromLong(long);
PyObject *PyFloat_FromDouble(double);
PyObject *PyLong_FromLongLong(long long);
PyObject *PyLong_FromUnsignedLongLong(unsigned long long);
PyObject *PyComplex_FromDoubles(double, double);
"""
_ARRAY_ARGUMENT = """
/* The buffer of an array argument, or false: the guard has seen to types, this to what would crash. */
NOINLINE bool array_argument(PyObject *args, Py_ssize_t k, int rank, size_t size, bool writable,
                           Py_buffer *view)
{
    if (PyObject_GetBuffer(PyTuple_GetItem(args, k), view, 0x8 | (writable ? 0x1 : 0)) < 0) {
        PyErr_Clear();
        return false;
    }
    if (view->ndim != rank || view->itemsize != (Py_ssize_t)size)
        return false;
    for (int axis = 0; axis < rank; axis++)
        if (view->shape[axis] > (Py_ssize_t)1 << 31)
            return false;
    return true;
}
"""
_PRIVATE_COPY = """
NOINLINE bool private_copy(const Py_buffer *view, void **copy)
{
    *copy = malloc((size_t)view->len + 1);
    if (*copy != NULL)
        memcpy(*copy, view->buf, (size_t)view->len);
    return *copy != NULL;
}
"""
_SMALL_INT = """
/* Python's ints start within 2**31, so that subscripts computed from them rarely overflow. */
NOINLINE bool small_int_argument(PyObject *args, Py_ssize_t k, int64_t *value)
{
    *value = PyLong_AsLongLong(PyTuple_GetItem(args, k));
    if (*value == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return *value >= -((int64_t)1 << 31) && *value <= (int64_t)1 << 31;
}
"""
_SIGNED = """
NOINLINE bool argument_$N(PyObject *args, Py_ssize_t k, $T *value)
{
    const long long number = PyLong_AsLongLong(PyTuple_GetItem(args, k));
    *value = ($T)number;
    if (number == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return *value == number;
}
"""
_UNSIGNED = """
NOINLINE bool argument_$N(PyObject *args, Py_ssize_t k, $T *value)
{
    PyObject *const index = PyNumber_Index(PyTuple_GetItem(args, k));
    const unsigned long long number = index == NULL ? 0 : PyLong_AsUnsignedLongLong(index);
    Py_DecRef(index);
    *value = ($T)number;
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return *value == number;
}
"""
_FLOAT = """
NOINLINE bool argument_$N(PyObject *args, Py_ssize_t k, $T *value)
{
    const double number = PyFloat_AsDouble(PyTuple_GetItem(args, k));
    *value = ($T)number;
    if (number == -1 && PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return true;
}
"""
_BOOL = """
NOINLINE bool argument_$N(PyObject *args, Py_ssize_t k, $T *value)
{
    const int truth = PyObject_IsTrue(PyTuple_GetItem(args, k));
    *value = truth > 0;
    if (truth < 0)
        PyErr_Clear();
    return truth >= 0;
}
"""
_PART = """
NOINLINE bool part_of(PyObject *number, const char *name, double *value)
{
    PyObject *const part = PyObject_GetAttrString(number, name);
    *value = part == NULL ? 0 : PyFloat_AsDouble(part);
    Py_DecRef(part);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return true;
}
"""
_COMPLEX = """
NOINLINE bool argument_$N(PyObject *args, Py_ssize_t k, $T *value)
{
    PyObject *const number = PyTuple_GetItem(args, k);
    double real, imag;
    if (!part_of(number, "real", &real) || !part_of(number, "imag", &imag))
        return false;
    *value = __builtin_complex(($R)real, ($R)imag);
    return true;
}
"""
_BYTES_OF = """
/* the bytes of an array; false if an extent is negative or the array too big for any memory */
NOINLINE bool bytes_of(size_t size, int rank, const int64_t *shape, size_t *bytes)
{
    int64_t product = (int64_t)size;
    bool empty = false;
    for (int axis = 0; axis < rank; axis++) {
        if (shape[axis] < 0)
            return false;
        if (shape[axis] == 0)
            empty = true;
        else if (__builtin_mul_overflow(product, shape[axis], &product))
            return false;
    }
    *bytes = empty ? 0 : (size_t)product;
    return true;
}
"""
_RESERVE = """
/* Memory for an array, the old one where it is big enough; what was in it is lost. */
NOINLINE void *reserve(void *old, size_t *room, size_t size, int rank, const int64_t *shape)
{
    size_t bytes;
    if (bytes_of(size, rank, shape, &bytes) && old != NULL && bytes <= *room)
        return old;
    free(old);
    if (!bytes_of(size, rank, shape, &bytes))
        return NULL;
    *room = (bytes / 64 + 1) * 64;
    return aligned_alloc(64, *room);
}
"""
_NEW_ARRAY = """
/* A NumPy array of the runtime's in *object, in place of what was there; gives its data. */
NOINLINE void *new_array(PyObject **object, const char *dtype, int rank, const int64_t *shape)
{
    Py_buffer view = {0};
    void *data = NULL;
    const PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *const extents = PyTuple_New(rank);
    for (int axis = 0; extents != NULL && axis < rank; axis++)
        PyTuple_SetItem(extents, axis, PyLong_FromLongLong(shape[axis]));
    Py_DecRef(*object);
    *object = PyObject_CallMethod(runtime, "allocate", "Ns", extents, dtype);
    if (*object != NULL && PyObject_GetBuffer(*object, &view, 0) == 0) {
        data = view.buf;
        PyBuffer_Release(&view);
    }
    PyErr_Clear();
    PyGILState_Release(gil);
    return data;
}
"""
_DROP_ARRAY = """
NOINLINE void drop_array(PyObject *object)
{
    if (object == NULL)
        return;
    const PyGILState_STATE gil = PyGILState_Ensure();
    Py_DecRef(object);
    PyGILState_Release(gil);
}
"""
_KEEP_ARRAY = """
NOINLINE PyObject *keep_array(PyObject *object)
{
    const PyGILState_STATE gil = PyGILState_Ensure();
    Py_IncRef(object);
    PyGILState_Release(gil);
    return object;
}
"""
_SLOT = """
/* An array that several names may stand for. A fixed one is a parameter. */
struct slot {
    void *data;
    int64_t shape[32];
    PyObject *object;
    size_t room;
    bool fixed;
};
"""
_NEW_SLOT = """
static bool is_taken(const struct slot *slot, struct slot *const *others, int count)
{
    for (int k = 0; k < count; k++)
        if (others[k] == slot)
            return true;
    return slot->fixed;
}

static bool has_shape(const struct slot *slot, int rank, const int64_t *shape)
{
    for (int axis = 0; axis < rank; axis++)
        if (slot->shape[axis] != shape[axis])
            return false;
    return slot->data != NULL;
}

/* A slot that no other name stands for, with an array of that shape: an old one if there is one. */
NOINLINE struct slot *new_slot(struct slot *slots, int count, struct slot *const *others, int other_count,
                             const char *dtype, size_t size, int rank, const int64_t *shape)
{
    struct slot *chosen = NULL;
    for (int k = 0; k < count; k++)
        if (!is_taken(&slots[k], others, other_count)) {
            if (has_shape(&slots[k], rank, shape))
                return &slots[k];
            chosen = chosen == NULL || chosen->data == NULL ? &slots[k] : chosen;
        }
    size_t bytes;
    if (chosen == NULL || !bytes_of(size, rank, shape, &bytes))
        return NULL;
    if (dtype == NULL)
        chosen->data = reserve(chosen->data, &chosen->room, size, rank, shape);
    else
        chosen->data = new_array(&chosen->object, dtype, rank, shape);
    for (int axis = 0; axis < rank; axis++)
        chosen->shape[axis] = shape[axis];
    return chosen->data == NULL ? NULL : chosen;
}
"""
_FREE_SLOTS = """
NOINLINE void free_slots(struct slot *slots, int count)
{
    for (int k = 0; k < count; k++) {
        if (slots[k].fixed)
            continue;
        if (slots[k].object != NULL)
            drop_array(slots[k].object);
        else
            free(slots[k].data);
    }
}
"""
_IS_INSIDE = """
static inline bool is_inside(int64_t start, int64_t length, int64_t extent)
{
    return start >= 0 && length >= 0 && start <= extent && length <= extent - start;
}
"""
_SECTION_VIEW = """
/* (memory, dtype, shape, strides in bytes), of which the runtime makes an ndarray */
NOINLINE PyObject *section_view(const void *data, size_t size, const char *dtype, int rank,
                              const int64_t *shape, const int64_t *strides)
{
    PyObject *const extents = PyTuple_New(rank), *const steps = PyTuple_New(rank);
    int64_t span = (int64_t)size;
    for (int axis = 0; axis < rank; axis++) {
        const int64_t step = strides[axis] * (int64_t)size;
        span = shape[axis] == 0 ? 0 : span == 0 ? 0 : span + (shape[axis] - 1) * step;
        PyTuple_SetItem(extents, axis, PyLong_FromLongLong(shape[axis]));
        PyTuple_SetItem(steps, axis, PyLong_FromLongLong(step));
    }
    PyObject *const memory = PyMemoryView_FromMemory((char *)data, (Py_ssize_t)span, 0x200);
    return Py_BuildValue("(NsNN)", memory, dtype, extents, steps);
}
"""
_OMP = """
#ifdef _OPENMP
#include <omp.h>
#else
static inline int omp_get_thread_num(void) { return 0; }
static inline int omp_get_num_threads(void) { return 1; }
#endif
"""
_THREADS = """
#define MAX_TEAM 256
SHARED int threads = 1;
SHARED bool every_team;
"""
_TEAM_FOR = """
/* The threads for a loop that takes one thread so long, in units of about 0.1 ns. The first team of a call
   has to wake them, which pays only after more work than the start of the next ones takes. */
static inline int team_for(double time, double *before)
{
    *before += time;
    return (time < 4e5 || *before < 3e6) && !every_team ? 1 : threads;
}
"""
_SHARE = """
/* the part of a loop that this thread does */
static inline void share(int64_t start, int64_t stop, int64_t step, int64_t *first, int64_t *last)
{
    const int64_t count = stop > start ? (stop - start + step - 1) / step : 0;
    const int64_t thread = omp_get_thread_num(), team = omp_get_num_threads();
    const int64_t each = count / team, rest = count % team;
    *first = start + (thread * each + (thread < rest ? thread : rest)) * step;
    *last = *first + (each + (thread < rest)) * step;
    *last = *last < stop ? *last : stop;
}
"""
_FLAGS_START = """
/* the other threads of a team begin without flags */
static inline void flags_start(void)
{
    if (omp_get_thread_num() > 0)
        flags_save();
}
"""
_FLAGS_GATHER = """
static inline void flags_gather(int *flags)
{
    if (omp_get_thread_num() > 0) {
        #pragma omp atomic
        *flags |= flags_now();
    }
}
"""
_HOLDS = """
NOINLINE bool holds_{what}(PyObject *array, bool is_single)
{{
    Py_buffer view = {{0}};
    bool found = false;
    if (array == NULL || PyObject_GetBuffer(array, &view, 0) < 0) {{
        PyErr_Clear();
        return false;
    }}
    const float *const singles = view.buf;
    const double *const doubles = view.buf;
    const int64_t count = view.len / (int64_t)(is_single ? sizeof(float) : sizeof(double));
    for (int64_t k = 0; k < count && !found; k++)
        found = is_single ? {test}(singles[k]) : {test}(doubles[k]);
    PyBuffer_Release(&view);
    return found;
}}
"""

PYTHON_SINGLE: dict[str, str] = {
    **{
        line.split("(")[0].split()[-1].lstrip("*"): f"extern {line}"
        for line in _FUNCTIONS.split("\n")
        if line
    },
    **dict.fromkeys(("PyObject", "PyThreadState", "PyGILState_STATE", "Py_buffer", "PyMethodDef"), _API),
    "array_argument": _ARRAY_ARGUMENT,
    "private_copy": _PRIVATE_COPY,
    "small_int_argument": _SMALL_INT,
    "part_of": _PART,
    "bytes_of": _BYTES_OF,
    "reserve": _RESERVE,
    "new_array": _NEW_ARRAY,
    "drop_array": _DROP_ARRAY,
    "keep_array": _KEEP_ARRAY,
    "slot": _SLOT,
    "new_slot": _NEW_SLOT,
    "free_slots": _FREE_SLOTS,
    "is_inside": _IS_INSIDE,
    "section_view": _SECTION_VIEW,
    "omp_get_thread_num": _OMP,
    "runtime": "/* what pyaot_attach was given */\nSHARED PyObject *runtime;",
    "team_for": _TEAM_FOR,
    **dict.fromkeys(("threads", "every_team", "MAX_TEAM"), _THREADS),
    "share": _SHARE,
    "flags_start": _FLAGS_START,
    "flags_gather": _FLAGS_GATHER,
    "holds_nan": _HOLDS.format(what="nan", test="isnan"),
    "holds_infinity": _HOLDS.format(what="infinity", test="isinf"),
    "OUT_OF_MEMORY": "#define OUT_OF_MEMORY -2",
}

PYTHON_FAMILIES: dict[tuple[str, str], str] = {
    ("argument", "i"): _SIGNED,
    ("argument", "u"): _UNSIGNED,
    ("argument", "f"): _FLOAT,
    ("argument", "b"): _BOOL,
    ("argument", "c"): _COMPLEX,
}
