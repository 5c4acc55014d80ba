#!/bin/sh
set -e
python3 -m openapi_python_client generate --path ../../openapi.yaml --config generator.yaml --meta none --output-path keyfob_client --overwrite
