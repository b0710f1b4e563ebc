"""Reads metrics and a dashboard with the code of those whose formats they are. In: JSON on standard input. Out: JSON."""
import json
import sys

from datadog_api_client import Configuration
from datadog_api_client.model_utils import validate_and_convert_types
from datadog_api_client.v1.model.dashboard import Dashboard
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_prometheus


def families(read, text):
    try:
        return [
            {
                "name": family.name,
                "type": family.type,
                "unit": family.unit,
                "samples": [{"labels": dict(one.labels), "value": one.value} for one in family.samples],
            }
            for family in read(text)
        ]
    except ValueError as error:
        return str(error)


def unknown(model, place="dashboard"):
    """What the models could not take for what it should be, and keys that they do not know."""
    found = [place] if getattr(model, "_unparsed", False) else []
    if isinstance(model, list):
        for at, one in enumerate(model):
            found += unknown(one, f"{place}[{at}]")
    for key, value in (getattr(model, "_data_store", None) or {}).items():
        if key not in type(model).openapi_types:
            found.append(f"{place}.{key} is not known")
        found += unknown(value, f"{place}.{key}")
    return found


given = json.load(sys.stdin)
dashboard = validate_and_convert_types(given["dashboard"], (Dashboard,), ["body"], True, True, Configuration())
print(
    json.dumps(
        {
            "prometheus": families(read_prometheus, given["prometheus"]),
            "openmetrics": families(read_openmetrics, given["openmetrics"]),
            "dashboard": unknown(dashboard),
        }
    )
)
