"""Look into an instrument that was drafted."""


def points_of(instrument, item):
    return [(p.value, p.label.say()) for p in instrument.format_of(item).points]


def remarks_of(instrument):
    return " ".join(line.lstrip("# ") for line in instrument.yaml.splitlines())
