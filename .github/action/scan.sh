#!/usr/bin/env bash
# The scan of action.yml: reports and outputs from the inputs, which the environment holds. Findings do
# not fail it, what keeps it from scanning does. Bash 3.2 (macOS) must do.
set -eo pipefail

bin=$RUNNER_TEMP/backhaul/bin
reports=$(mktemp -d "$RUNNER_TEMP/backhaul-reports.XXXXXX")

options=("--cache-dir=$RUNNER_TEMP/backhaul-cache")
add() { if [ -n "$2" ]; then options+=("$1=$2"); fi; }
add --config "$CONFIG"
add --select "$SELECT"
add --ignore "$IGNORE"
add --min-severity "$MIN_SEVERITY"
add --min-confidence "$MIN_CONFIDENCE"
add --baseline "$BASELINE"
if [ "$PEDANTIC" = true ]; then options+=(--pedantic); fi

targets=()
while IFS= read -r path; do
  if [ -n "$path" ]; then targets+=("$path"); fi
done <<<"$PATHS"

# The base of a pull request: the first parent of its merge, which a checkout of depth 1 does not hold.
base_of_pull_request() {
  if ! git rev-parse --quiet --verify "$GITHUB_SHA^2" >/dev/null; then
    git fetch --quiet --no-tags --depth=2 origin "$GITHUB_SHA" || true
  fi
  if [ "$(git rev-parse HEAD)" = "$GITHUB_SHA" ] && git rev-parse --quiet --verify HEAD^2 >/dev/null; then
    git rev-parse HEAD^1
  else
    git merge-base "$BASE_SHA" HEAD
  fi
}

since=$CHANGED_SINCE
case $since in
  all) since= ;;
  auto)
    since=
    if [ -n "$BASE_SHA" ] && ! since=$(base_of_pull_request); then
      echo "::warning::The base of the pull request is not in the checkout (fetch-depth: 2 or 0), so everything is reported."
      since=
    fi
    ;;
esac

# Code scanning gets everything: of a partial report it would take the rest for fixed.
"$bin/backhaul" scan --quiet --exit-zero --format sarif --output "$SARIF_FILE" "${options[@]}" -- "${targets[@]}"

add --fail-on "$FAIL_ON"
add --changed-since "$since"
exit_code=0
"$bin/backhaul" scan "${options[@]}" --output "github:$reports/annotations" --output "markdown:$reports/summary.md" \
  --output "json:$reports/report.json" -- "${targets[@]}" >"$reports/log" || exit_code=$?
if [ "$exit_code" -gt 1 ]; then exit "$exit_code"; fi

# What stands in a source file is shown, and is no command to the runner.
token=$("$bin/python" -I -c 'import secrets; print(secrets.token_hex(16))')
echo "::stop-commands::$token"
cat "$reports/log"
echo "::$token::"

# GitHub refuses a summary of more than a mebibyte.
if [ "$SUMMARY" = true ]; then head -c 1000000 "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"; fi

"$bin/python" -I - "$reports/report.json" >>"$GITHUB_OUTPUT" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
print(f"findings={len(report['findings'])}")
for severity in ("error", "warning", "note"):
    print(f"{severity}s={report['summary'][severity]}")
PYTHON
{
  echo "sarif-file=$(cd "$(dirname "$SARIF_FILE")" && pwd)/$(basename "$SARIF_FILE")"
  echo "annotations=$reports/annotations"
  echo "changed-since=$since"
  echo "exit-code=$exit_code"
} >>"$GITHUB_OUTPUT"
