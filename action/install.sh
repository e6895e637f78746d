#!/usr/bin/env bash
# Installs evalreport from the action's own checkout into an environment of its own, so that neither
# the packages nor the PATH of the job change.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "::error title=evalreport::Python 3.11 or newer is needed. Give the action a python-version."
    exit 1
}
environment="${RUNNER_TEMP:?}/evalreport-environment"
python3 -m venv --clear "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check "$here"
"$environment/bin/evalreport" --version
echo "evalreport=$environment/bin/evalreport" >>"$GITHUB_OUTPUT"
