#!/usr/bin/env bash
# Checks and reviews a project in a build. What the inputs say reaches the log as workflow commands of sopc alone; the review goes to a
# file, to the summary of the job, and to one comment of the pull request.
#
# Takes DIRECTORY, AGAINST (may be empty), COMMENT, RUNNER_TEMP, and what comment.sh takes. Ends as `sopc diff` does.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
review="$RUNNER_TEMP/sopc-review.md"
rm -f "$review"

sopc check "$DIRECTORY" --diagnostics github

arguments=(diff "$DIRECTORY" --diagnostics short --format markdown --max-bytes 60000 --out "$review")
if [ -n "${AGAINST:-}" ]; then
  arguments+=(--against "$AGAINST")
fi
code=0
# What check has told stands beside its line already.
sopc "${arguments[@]}" 2>"$RUNNER_TEMP/sopc-review.log" || code=$?
# Whatever a path is called, no line of it is a command to the runner.
sed -e 's/^/sopc: /' -e 's/##\[/# #[/g' "$RUNNER_TEMP/sopc-review.log"

if [ ! -f "$review" ]; then
  case $code in
    3) echo "There is no plan that keeps every commitment. The log of the build says what stands in its way." >"$review" ;;
    *) echo "The change could not be reviewed. The log of the build says why." >"$review" ;;
  esac
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$review" >>"$GITHUB_STEP_SUMMARY"
fi
if [ "${COMMENT:-}" = true ] && [ -n "${PULL_REQUEST:-}" ]; then
  # A pull request from a fork may not comment; its review is in the summary.
  REVIEW="$review" "$here/comment.sh" || echo "the review could not be written as a comment; it is in the summary of the job"
fi
exit "$code"
