"""Makes a value that fits a JSON schema, as a model with structured output would answer it."""

TEXT = "Paris"  # every string, so that a test can know the answer


def example(schema: dict, root: dict | None = None):
    root = root or schema
    if "$ref" in schema:
        return example(_resolve(schema["$ref"], root), root)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example(schema[choice][0], root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    return _example_of(kind[0] if isinstance(kind, list) else kind, schema, root)


def _example_of(kind: str, schema: dict, root: dict):
    if kind == "object":
        return {name: example(part, root) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {"type": "string"}), root)] * max(1, schema.get("minItems", 1))
    numbers = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.5)}
    return {"string": TEXT, "boolean": True, "null": None, **numbers}[kind]


def _resolve(reference: str, root: dict) -> dict:
    found = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
