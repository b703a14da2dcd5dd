"""An instance of a function while its text is written: what it is, and how the text names its parts."""

from msgspec import Struct

from pyaot.backends.python_text import Names
from pyaot.base.names import fresh, is_python_reserved
from pyaot.ir.program import Entry
from pyaot.ir.walk import makers_of, returns
from pyaot.output.runtime_names import Wording
from pyaot.plan.plan import InstancePlan

STEP = "    "


class Scene(Struct, frozen=True):
    """An instance and the names of what is generated for it."""

    entry: Entry
    plan: InstancePlan
    wording: Wording
    number: str  # '' for the only instance, else '_1', '_2', ...

    def own(self, name: str) -> str:
        """The name of a generated thing of this instance."""
        return self.wording.own(name + self.number)

    @property
    def names(self) -> Names:
        """How expressions name values; parameters that are builtins' or the prefix's names are renamed."""
        values: dict[str, str] = {}
        makers = {maker.name for stmt in returns(self.plan.function) for maker in makers_of(stmt.result)}
        for param in self.plan.function.params:
            reserved = is_python_reserved(param.name) or param.name in makers
            if reserved or param.name.startswith(self.wording.prefix):
                taken = {p.name for p in self.plan.function.params} | set(values.values())
                values[param.name] = fresh(f"{param.name.lstrip('_')}_", taken)
        return self.wording.names(values)

    @property
    def params(self) -> str:
        """The IR parameters as the guard and the call name them."""
        return ", ".join(self.names.value(param.name) for param in self.plan.function.params)

    @property
    def texts(self) -> dict[str, str]:
        """Where each IR parameter comes from, as the user writes it."""
        return {binding.param: binding.text for binding in self.plan.instance.bindings}

    @property
    def as_tuple(self) -> str:
        """The IR parameters as the tuple that kernels take."""
        return f"({self.params},)" if len(self.plan.function.params) == 1 else f"({self.params})"
