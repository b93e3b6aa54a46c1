"""validate.py SCHEMA WORLD...: checks world files against a JSON Schema; a line for every mistake, exit code 1 if any."""
import json
import sys
import tomllib

import jsonschema


def leaves(error):
    """An error within alternatives is one of each alternative; the deepest says most."""
    return max(error.context, key=lambda e: len(e.absolute_path), default=error) if error.context else error


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
found = False
for name in sys.argv[2:]:
    with open(name, "rb") as file:
        world = tomllib.load(file)
    for error in validator.iter_errors(world):
        found = True
        print(f"{name}: {'.'.join(str(part) for part in error.absolute_path)}: {leaves(error).message}")
sys.exit(1 if found else 0)
